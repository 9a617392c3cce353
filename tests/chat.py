"""A person in a conversation, for tests that read as one: opens, says, taps, hears."""

from __future__ import annotations

from backend.clock import ZONE
from dialogs.core import Registry
from dialogs.engine import Advanced, Engine
from dialogs.i18n import Catalogue
from dialogs.messages import Button, Event, Place, Rendered, Reply, Said, SentFile, Started, Tapped
from dialogs.ports import Ports
from dialogs.render import Renderer
from dialogs.routing import DIALOGS, Router
from dialogs.session import Offered, Session
from dialogs.stored import dump_place, dump_reply, load_place, load_reply


class Chat:
    """Talks to the engine the way a channel does, through JSON at every turn.

    ``english`` looks a label up by its msgid's words, whatever language the person reads.
    """

    def __init__(self, ports: Ports, renderer: Renderer, language: str = "en") -> None:
        self.ports = ports
        self.renderer = renderer
        registry = Registry(DIALOGS)
        languages = renderer.catalogue.languages
        self.engine = Engine(registry, Router(registry, renderer, languages))
        self.session = Session("anna", language, chosen=True)
        self.heard: tuple[Reply, ...] = ()
        self.offered: Offered | None = None
        self.acted: dict[str, set[int]] = {}
        self.turns = 0

    async def starts(self, hint: str | None = None) -> None:
        """Open the conversation."""
        await self.sends(Started(hint))

    async def says(self, text: str, *, masked: bool = False) -> None:
        """Type something."""
        await self.sends(Said(text, masked))

    async def sends_a(self, kind: str) -> None:
        """Send a file."""
        await self.sends(SentFile(kind))  # type: ignore[arg-type]

    async def taps(self, label: str) -> None:
        """Tap the button with this English label."""
        await self.sends(Tapped(self._page, self._index(label)))

    async def opens(self, place: Place) -> None:
        """Be led to a place, as by a button of a message long ago."""
        message = f"old{self.turns}"
        self.offered = Offered(message, (Button("there", place),))
        await self.sends(Tapped(message, 0))

    async def sends(self, event: Event) -> None:
        """One turn. Session and messages pass through JSON, so a restart would change nothing."""
        self.turns += 1
        offered = self.offered
        if offered is not None:
            acted = frozenset(self.acted.get(offered.message, ()))
            offered = Offered(offered.message, offered.buttons, acted)
        advanced = await self.engine.advance(
            self.session, event, offered, self.ports, f"inbox:{self.turns}"
        )
        self._keep(advanced)

    def _keep(self, advanced: Advanced) -> None:
        if advanced.acted is not None:
            self.acted.setdefault(advanced.acted.message, set()).add(advanced.acted.index)
        before = advanced.session
        self.session = Session(
            before.person,
            before.language,
            before.chosen,
            _reloaded(before.place),
            _reloaded(before.listen),
            tuple(load_place(dump_place(place)) for place in before.trail),
            before.version + 1,
        )
        self.concealed = advanced.conceal
        self.heard = tuple(load_reply(dump_reply(reply)) for reply in advanced.replies)
        self._page = f"m{self.turns}"
        self.offered = Offered(self._page, self.heard[-1].buttons)

    @property
    def text(self) -> str:
        """Everything heard in the last turn, in English."""
        return "\n\n".join(self.rendered("en", number).text for number in range(len(self.heard)))

    @property
    def buttons(self) -> list[str]:
        """The labels on the page, in English, without isolates."""
        return [plain(self.renderer.label(each.label, "en")) for each in self.heard[-1].buttons]

    def rendered(self, language: str, number: int = -1) -> Rendered:
        """One of the replies of the last turn in a language."""
        return self.renderer.render(self.heard[number], language)

    def hears(self, words: str) -> bool:
        """Whether the English words were among the replies."""
        return words in plain(self.text)

    def sees_button(self, label: str) -> bool:
        """Whether the page has a button with this English label."""
        return any(label in each for each in self.buttons)

    def _index(self, label: str) -> int:
        for index, each in enumerate(self.buttons):
            if label in each:
                return index
        message = f"no button {label!r} among {self.buttons}"
        raise AssertionError(message)


def plain(text: str) -> str:
    """Without isolates and marks."""
    return "".join(char for char in text if char not in "\u2066\u2067\u2068\u2069\u200e\u200f")


def _reloaded(place: Place | None) -> Place | None:
    return load_place(dump_place(place)) if place else None


def renderer_of(texts: Catalogue, articles: object) -> Renderer:
    """A renderer over texts and whatever knows articles."""
    return Renderer(texts, articles, ZONE)  # type: ignore[arg-type]
