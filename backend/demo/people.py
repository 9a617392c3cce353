"""One person of the demonstration: she opens, says and taps, and her transcript grows.

The real engine answers her through the real ports, on a clock that stands in the past. Only the
numbering of her messages waits until the end, since reminders come in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.conversations import Loaded
from backend.front_door import CONCEALED
from backend.models import Address, Conversation, Person
from backend.models.base import new_id
from backend.runtime import Runtime
from backend.widget.channel import NAME as WEB
from backend.work import Work, message_row
from dialogs import places
from dialogs.core import say
from dialogs.messages import Event, Quote, Reply, Said, Started, Tapped
from dialogs.session import Offered, Session
from dialogs.text import Text

SEED = 20_261_123
THINKING_S = (4, 40)  # from one turn to the next
Row = dict[str, Any]


class NoSuchButton(LookupError):
    """A scene wants to tap something that is not on the page; the dialog must have changed."""


@dataclass
class PastClock:
    """A clock that stands where the story is."""

    at: datetime

    def now(self) -> datetime:
        """Where it stands."""
        return self.at


@dataclass(frozen=True)
class Stage:
    """What all visitors share: the program, one transaction and the clock.

    ``catalogue`` is the version of what can be booked, which nobody changes meanwhile.
    """

    runtime: Runtime
    work: Work
    clock: PastClock
    catalogue: int


@dataclass
class Visitor:
    """Someone in a conversation. ``lines`` are her message rows, without numbers so far."""

    stage: Stage
    number: int
    loaded: Loaded
    rng: Random
    lines: list[Row] = field(default_factory=list)

    @classmethod
    def named(cls, stage: Stage, number: int, language: str, at: datetime) -> Visitor:
        """Number ``number``, who comes at an instant; her dice are her own."""
        loaded = Loaded(
            row=0,
            message_id="",
            event=Started(language),
            at=at,
            sealed=stage.runtime.vault.seal(_account(number)),
            session=Session(new_id(), language),
            conversation=new_id(),
            address=new_id(),
            offered=None,
            is_new=True,
            catalogue=stage.catalogue,
            has_more=False,
            is_leaving=False,
        )
        rng = Random(f"{SEED}:{number}")  # noqa: S311 - for a story, not for secrets
        return cls(stage, number, loaded, rng)

    async def arrives(self) -> None:
        """Open the conversation and choose the language."""
        await self.does(self.loaded.event)
        await self.taps("welcome.speak", self.language)

    @property
    def language(self) -> str:
        """The language she is answered in."""
        return self.loaded.session.language

    @property
    def person(self) -> str:
        """Her id."""
        return self.loaded.session.person

    @property
    def asked_for_a_number(self) -> bool:
        """Whether what she writes next is a telephone number for a meeting."""
        place = self.loaded.session.place
        return place is not None and place.step == "booking.number"

    def sees(self, step: str) -> bool:
        """Whether a button leads to a step."""
        return bool(self._leading_to(step, ()))

    async def says(self, text: str) -> None:
        """Write something."""
        await self.does(Said(text))

    async def taps(self, step: str, *first: object) -> None:
        """Tap a button to a step, with these first arguments. Raises NoSuchButton."""
        indexes = self._leading_to(step, first)
        if not indexes or self.loaded.offered is None:
            raise NoSuchButton(step, self.loaded.session.place)
        index = self.rng.choice(indexes)
        await self.does(Tapped(self.loaded.offered.message, index))

    async def turns_to_menu(self) -> None:
        """Be on the menu."""
        if self.loaded.session.place != places.MENU:
            await self.taps(places.MENU.step)

    async def does(self, event: Event) -> None:
        """One turn, a few seconds after the one before."""
        stage, loaded = self.stage, self.loaded
        stage.clock.at += timedelta(seconds=self.rng.randint(*THINKING_S))
        door, channel = stage.runtime.door, stage.runtime.channels[WEB]
        ports = replace(door.ports(loaded, stage.work, channel), clock=stage.clock)
        advanced = await door.engine.advance(loaded.session, event, loaded.offered, ports, "")
        heard = self._as_heard(event, conceal=advanced.conceal)
        if heard is not None:
            self._keep(heard, direction="in", author="person")
        for reply in advanced.replies:
            self.hears(reply)
        self.loaded = replace(self.loaded, session=advanced.session)
        if stage.work.has_messages:
            await stage.work.write_messages()

    def hears(self, reply: Reply, **given: object) -> None:
        """Get a message. ``given`` are columns that differ from an answer of the assistant."""
        sent = self.stage.runtime.renderer.as_sent(reply, self.language)
        row = self._keep(reply, **{"sent_text": sent, "sent_at": self.stage.clock.now(), **given})
        if reply.buttons:
            offered = Offered(row["id"], reply.buttons)
            self.loaded = replace(self.loaded, offered=offered)

    async def leaves(self) -> list[Row]:
        """Number her messages in the order of time and save the conversation; the rows."""
        self.lines.sort(key=itemgetter("created_at"))
        last = self.lines[-1]
        before = await conversations.save(
            await self.stage.work.writing(),
            self.loaded.conversation,
            replace(self.loaded.session, version=0),
            last["id"],
            len(self.lines),
            max(row["created_at"] for row in self.lines if row["direction"] == "in"),
        )
        for seq, row in enumerate(self.lines, start=before + 1):
            row["seq"] = row["changed"] = seq
        return self.lines

    def _as_heard(self, event: Event, *, conceal: bool) -> Reply | None:
        """What she did, as a line of the transcript; a concealed text is not kept."""
        match event:
            case Said(text=text):
                return say(Quote(CONCEALED if conceal else text, self.language))
            case Tapped(index=index) if self.loaded.offered:
                label = self.loaded.offered.buttons[index].label
                if isinstance(label, Text):
                    return say(label)
                return say(Quote(self.stage.runtime.renderer.label(label, self.language)))
            case _:
                return None

    def _keep(self, reply: Reply, **given: object) -> Row:
        row = message_row(
            self.person,
            reply,
            self.stage.clock.now(),
            **{
                "conversation_id": self.loaded.conversation,
                "state": "delivered",
                "language": self.language,
                **given,
            },
        )
        self.lines.append(row)
        return row

    def _leading_to(self, step: str, first: tuple[object, ...]) -> list[int]:
        buttons = self.loaded.offered.buttons if self.loaded.offered else ()
        return [
            index
            for index, button in enumerate(buttons)
            if button.link.step == step and button.link.args[: len(first)] == first
        ]


async def register(session: AsyncSession, visitors: Sequence[Visitor]) -> None:
    """Persons, addresses and conversations of everyone, before anyone speaks."""
    people: list[Row] = []
    addresses: list[Row] = []
    threads: list[Row] = []
    for visitor in visitors:
        loaded, vault = visitor.loaded, visitor.stage.runtime.vault
        people.append({"id": visitor.person, "created_at": loaded.at})
        addresses.append(
            {
                "id": loaded.address,
                "person_id": visitor.person,
                "channel": WEB,
                "account": vault.fingerprint(WEB, _account(visitor.number)),
                "sealed": loaded.sealed,
            }
        )
        threads.append(
            {
                "id": loaded.conversation,
                "person_id": visitor.person,
                "address_id": loaded.address,
                "language": visitor.language,
                "place": {},
                "seen_at": loaded.at,
            }
        )
    await session.execute(insert(Person), people)
    await session.execute(insert(Address), addresses)
    await session.execute(insert(Conversation), threads)


def _account(number: int) -> str:
    return f"demo-{number}"
