"""About talking: by telephone, at a meeting, with an interpreter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.services.prepared.message import Prepared
from backend.services.prepared.values import Interpreted
from dialogs import places
from dialogs.core import Content, to
from dialogs.text import _


@dataclass(frozen=True)
class BookATime(Prepared):
    """It is better to talk."""

    name = "book-a-time"
    title = _("Please book a time")

    def content(self) -> tuple[Content, ...]:
        """A way straight to the free times."""
        return (
            _("Please book a time with a coach. Then we can talk about this."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )


@dataclass(frozen=True)
class WillCall(Prepared):
    """A call is agreed."""

    name = "will-call"
    title = _("I will call you at a time")
    at: datetime

    def content(self) -> tuple[Content, ...]:
        """When, and what she sees on her phone."""
        return (
            _("I will call you on {at:moment}.", at=self.at),
            _("The number may be hidden on your phone."),
            _("Does another time suit you better? Write back."),
        )


@dataclass(frozen=True)
class TriedToCall(Prepared):
    """Nobody answered the telephone."""

    name = "tried-to-call"
    title = _("I tried to call you")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the next try is."""
        return (
            _(
                "I tried to call you and could not reach you. I will try again on {day:day}.",
                day=self.day,
            ),
            _("Does another day suit you better? Write back."),
        )


@dataclass(frozen=True)
class MayICall(Prepared):
    """Her number is not known."""

    name = "may-i-call"
    title = _("May I call you?")

    def content(self) -> tuple[Content, ...]:
        """A way to leave the number where only the coaches see it."""
        return (
            _("May I call you? Tap the button and write your number there."),
            _("Only the coaches see it. It is deleted when they have called."),
            to(_("Call me"), places.CALL_ME, icon="person"),
        )


@dataclass(frozen=True)
class ByPhone(Prepared):
    """A meeting need not be in a room."""

    name = "by-phone"
    title = _("Our meeting can be by phone")

    def content(self) -> tuple[Content, ...]:
        """That it is an offer."""
        return (
            _("Our meeting can be by phone. Then you do not need to come here."),
            _("Do you want that? Write back."),
        )


@dataclass(frozen=True)
class WhichInterpreter(Prepared):
    """An interpreter has to be booked."""

    name = "which-interpreter"
    title = _("Which language do you want an interpreter in?")

    def content(self) -> tuple[Content, ...]:
        """Which language, and that it costs nothing."""
        return (
            _("Which language should the interpreter speak? Write it here."),
            _("The interpreter costs you nothing, and must not tell others what you say."),
        )


@dataclass(frozen=True)
class InterpreterBooked(Prepared):
    """An interpreter for a meeting that is not booked here."""

    name = "interpreter-booked"
    title = _("I have booked an interpreter")
    hint = _("Is the meeting booked here? Then mark the interpreter as booked in the queue.")
    language: Interpreted

    def content(self) -> tuple[Content, ...]:
        """In which language."""
        return (
            _("I have booked an interpreter for our meeting."),
            _("Interpreter: {language}", language=self.language.name),
        )


KINDS: tuple[type[Prepared], ...] = (
    *(BookATime, WillCall, TriedToCall, MayICall),
    *(ByPhone, WhichInterpreter, InterpreterBooked),
)
