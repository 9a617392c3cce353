"""What an event means: which place it leads to.

Danger words come before everything else. Then: a tap, a command, a language's name, the exact
words of a button, text a step is waiting for, a button's number, and last a new question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs import places
from dialogs.core import Dialog, Registry, UnknownStep, say
from dialogs.flows import (
    activity,
    booking,
    coming,
    course,
    day,
    deadline,
    door,
    emergency,
    first_weeks,
    interpreter,
    meeting,
    moving,
    my_meetings,
    my_week,
    needs,
    papers,
    pause,
    person,
    privacy,
    question,
    reach,
    request,
    talk,
    welcome,
)
from dialogs.i18n import Languages
from dialogs.messages import Event, Place, Reply, Said, SentFile, Started, Tapped
from dialogs.ports import Knowledge
from dialogs.render import Renderer
from dialogs.session import Offered, Session
from dialogs.text import _

DIALOGS: tuple[Dialog, ...] = (
    welcome.welcome,
    question.question,
    meeting.meeting,
    booking.booking,
    my_meetings.my_meetings,
    moving.moving,
    request.request,
    interpreter.interpreter,
    needs.needs,
    activity.activity,
    course.course,
    coming.coming,
    my_week.my_week,
    door.door,
    deadline.deadline,
    day.day,
    papers.papers,
    pause.pause,
    first_weeks.first_weeks,
    person.person,
    talk.talk,
    reach.reach,
    privacy.privacy,
    emergency.emergency,
)

COMMANDS: Mapping[str, Place] = {
    "start": places.MENU,
    "menu": places.MENU,
    "ask": places.ASK_QUESTION,
    "book": places.BOOK,
    "my": places.MY_MEETINGS,
    "plan": places.PLANS,
    "person": places.PERSON,
    "language": places.LANGUAGE,
    "privacy": places.PRIVACY,
    "mydata": places.MY_DATA,
    "delete": places.DELETE,
    "help": places.HELP,
}

# Said for her by buttons of a chat that stand outside its messages; in no list of commands. No
# words of hers, so there is no danger to be looked for in them.
OF_BUTTONS: Mapping[str, Place] = {"/stop": places.STOP_WAITING, "/end": places.END_TALK}

# What is hers by right at any time, also while a person is there.
ALWAYS = frozenset({"language", "privacy", "mydata", "delete"})
LISTENED_TO = ("photo", "voice")

LONGEST_MESSAGE = 4_000
DOOR_DIGITS = 6


@dataclass(frozen=True)
class Route:
    """Where to go, and what to say before. ``tap`` is the message and button that led there.

    No ``place``: what she sent is for a person, and the assistant is silent. ``is_urgent``: there
    was danger in it.
    """

    place: Place | None
    first: tuple[Reply, ...] = ()
    tap: Tapped | None = None
    is_urgent: bool = False


@dataclass(frozen=True)
class Router:
    """Decides where an event leads. ``renderer`` gives a button's words as she reads them."""

    registry: Registry
    renderer: Renderer
    languages: Languages
    commands: Mapping[str, Place] = field(default_factory=lambda: COMMANDS)

    def route(
        self, session: Session, event: Event, offered: Offered | None, knowledge: Knowledge
    ) -> Route:
        """The place an event leads to."""
        pressed = _pressed(event)
        if pressed:
            return Route(pressed)
        if session.is_in_talk:
            return self._with_people(session, event, offered, knowledge)
        if session.owner == "coach" and isinstance(event, Said | SentFile):
            return self._by_letter(session, event, offered, knowledge)
        return self._with_the_assistant(session, event, offered, knowledge)

    def _with_the_assistant(
        self, session: Session, event: Event, offered: Offered | None, knowledge: Knowledge
    ) -> Route:
        match event:
            case Started(code=str(code)):
                return Route(places.check_in(code))
            case Started():
                return Route(places.MENU if session.chosen else places.LANGUAGE)
            case Tapped(index=index):
                return self._tapped(session, offered, index)
            case SentFile(kind=kind):
                step = "person.sent" if kind in LISTENED_TO else "person.unread_file"
                return Route(Place(step, (kind,)))
            case Said():
                return self._said(session, event, offered, knowledge)

    def _with_people(
        self, session: Session, event: Event, offered: Offered | None, knowledge: Knowledge
    ) -> Route:
        """In the queue or with a coach: her words are theirs, and pages of ours can wait."""
        match event:
            case Started(code=str(code)):
                return Route(places.check_in(code))
            case Started():
                return Route(places.TALKING)
            case Tapped(index=index):
                return self._meanwhile(self._tapped(session, offered, index), offered)
            case SentFile(kind=kind):
                return Route(None if kind in LISTENED_TO else Place("talk.only_these"))
            case Said():
                return self._to_a_person(session, event, offered, knowledge)

    def _by_letter(
        self,
        session: Session,
        event: Said | SentFile,
        offered: Offered | None,
        knowledge: Knowledge,
    ) -> Route:
        """A coach has written to her: what is no tap, command or form is her answer."""
        if isinstance(event, SentFile):
            taken = event.kind in LISTENED_TO
            return Route(None if taken else Place("person.unread_file", (event.kind,)))
        meant = self._meaning(session, event.text.strip(), offered)
        if meant is None or (meant.place and meant.place.step == places.typed_back().step):
            return self._to_a_person(session, event, None, knowledge)
        return self._said(session, event, offered, knowledge)

    def _to_a_person(
        self, session: Session, said: Said, offered: Offered | None, knowledge: Knowledge
    ) -> Route:
        text = said.text.strip()
        danger = knowledge.danger(text)
        first: tuple[Reply, ...] = (privacy.number_hidden(),) if said.masked else ()
        first = (emergency.card_for(danger), *first) if danger else first
        name = text[1:].partition(" ")[0].partition("@")[0].casefold()
        if text.startswith("/"):
            return Route(self.commands[name] if name in ALWAYS else places.TALKING, first)
        labelled = self._button(offered, text, session.language)
        if labelled is not None:
            return self._meanwhile(self._tapped(session, offered, labelled), offered)
        # Set since a person is here: a form that the coach has sent her to, such as her number.
        if session.listen and session.listen.step != places.typed_back().step:
            return Route(Place(session.listen.step, (text, *session.listen.args[1:])), first)
        return Route(None, first, is_urgent=bool(danger))

    def _meanwhile(self, route: Route, offered: Offered | None) -> Route:
        """Only what belongs to the talk, is hers by right, or does something she was asked for."""
        if offered is not None and offered.at_any_time:
            return route
        if route.place is None or route.place.step.startswith(("talk.", "privacy.", "welcome.sp")):
            return route
        try:
            does = self.registry.step(route.place).is_action
        except UnknownStep:
            does = False
        return route if does or route.place == places.LANGUAGE else Route(places.TALKING)

    def _tapped(self, session: Session, offered: Offered | None, index: int) -> Route:
        if offered is None or not 0 <= index < len(offered.buttons):
            return Route(Place("welcome.old_button"))
        link = offered.buttons[index].link
        if index in offered.acted and link.step == places.TALK.step:
            return Route(link)  # asking for a person again is no repetition
        if index in offered.acted:
            again = say(_("You have done this already. Nothing was done twice."))
            return Route(session.place or places.MENU, (again,))
        return Route(link, tap=Tapped(offered.message, index))

    def _said(
        self, session: Session, said: Said, offered: Offered | None, knowledge: Knowledge
    ) -> Route:
        first: tuple[Reply, ...] = (privacy.number_hidden(),) if said.masked else ()
        text = said.text.strip()
        danger = knowledge.danger(text)
        if danger:
            first = (emergency.card_for(danger), *first)
        if len(text) > LONGEST_MESSAGE:
            return Route(Place("welcome.too_long", (LONGEST_MESSAGE,)), first)
        route = self._meaning(session, text, offered)
        if route is None:
            place = places.emergency_before(danger, text) if danger else places.answer_to(text)
            route = Route(place)
            first = first[1:] if danger else first
        return Route(route.place, (*first, *route.first), route.tap)

    def _meaning(self, session: Session, text: str, offered: Offered | None) -> Route | None:
        """Where text leads that is not a new question."""
        everywhere = self._understood_everywhere(text)
        if everywhere:
            return Route(everywhere)
        labelled = self._button(offered, text, session.language)
        if labelled is not None:
            return self._tapped(session, offered, labelled)
        awaited = _awaited(session.listen, text)
        if awaited:
            return Route(awaited)
        numbered = _number(text)
        if offered and numbered is not None and 1 <= numbered <= len(offered.buttons):
            return self._tapped(session, offered, numbered - 1)
        if not any(char.isalnum() for char in text):
            return Route(Place("welcome.only_words"))
        return None

    def _understood_everywhere(self, text: str) -> Place | None:
        """Commands and the names of languages, which work on every page."""
        if text.startswith("/"):
            name = text[1:].partition(" ")[0].partition("@")[0].casefold()
            return self.commands.get(name) or Place("welcome.unknown_command")
        language = self.languages.named(text)
        return places.speak(language) if language else None

    def _button(self, offered: Offered | None, text: str, language: str) -> int | None:
        """The button whose words were typed, or None."""
        wanted = _folded(text)
        if offered is None or not wanted:
            return None
        for index, button in enumerate(offered.buttons):
            if _folded(self.renderer.label(button.label, language)) == wanted:
                return index
        return None


def _pressed(event: Event) -> Place | None:
    """Where a button outside the messages leads, which says a command for her."""
    return OF_BUTTONS.get(event.text.strip().casefold()) if isinstance(event, Said) else None


def _folded(text: str) -> str:
    """Letters and digits only, without case: how a label and what was typed are compared."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _awaited(listen: Place | None, text: str) -> Place | None:
    """A code at the door, or where a step waits for what she types.

    A message to the coaches is not six digits alone, so a code is looked for there too; when it
    is none, it goes to them all the same.
    """
    code = _door_code(text)
    if code and (listen is None or listen.step == places.typed_back().step):
        return places.typed_code(code, listen.step if listen else "")
    return Place(listen.step, (text, *listen.args[1:])) if listen else None


def _door_code(text: str) -> str | None:
    """Six digits in any script, however they are spaced, as 0-9; or None."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != DOOR_DIGITS or not all(char.isdecimal() for char in digits):
        return None
    return "".join(str(unicodedata.decimal(char)) for char in digits)


def _number(text: str) -> int | None:
    """A whole number typed in any script's digits, or None."""
    if not 1 <= len(text) <= 2 or not all(char.isdecimal() for char in text):  # noqa: PLR2004
        return None
    return int("".join(str(unicodedata.decimal(char)) for char in text))
