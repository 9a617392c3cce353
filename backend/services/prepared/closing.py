"""How a conversation ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.services.prepared.message import Prepared
from dialogs.core import Content
from dialogs.text import _


@dataclass(frozen=True)
class WasThisIt(Prepared):
    """There is an answer; is it one for her?"""

    name = "was-this-it"
    title = _("Thank you. Was this what you needed?")

    def content(self) -> tuple[Content, ...]:
        """A question, not a goodbye."""
        return (
            _("Thank you. Was this what you needed?"),
            _("If something is missing, write it here."),
        )


@dataclass(frozen=True)
class ClosingNow(Prepared):
    """The day is over before the answer is there."""

    name = "closing-now"
    title = _("We are closing now, and I will answer on a day")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the answer comes."""
        return (
            _("We are closing now. I will answer you on {day:day}.", day=self.day),
            _("You do not need to write again. I have what you have written."),
        )


@dataclass(frozen=True)
class Ending(Prepared):
    """There is nothing more to say for now."""

    name = "ending"
    title = _("I end the chat now")

    def content(self) -> tuple[Content, ...]:
        """The door stays open."""
        return (_("I end the chat now. You are welcome to write again when you want."),)


KINDS: tuple[type[Prepared], ...] = (WasThisIt, ClosingNow, Ending)
