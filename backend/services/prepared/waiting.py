"""About waiting: that it has been read, when the answer comes, and from whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.services.catalogue import Coach
from backend.services.prepared.message import Prepared
from dialogs.core import Content
from dialogs.text import _


@dataclass(frozen=True)
class ReadIt(Prepared):
    """The message has been read, and there is a day for the answer."""

    name = "read-it"
    title = _("I have read your message and will answer on a day")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the answer comes."""
        return (
            _("I have read your message. I will answer you on {day:day}.", day=self.day),
            _("You do not need to do anything now."),
        )


@dataclass(frozen=True)
class LookingItUp(Prepared):
    """The coach is there, and reads."""

    name = "looking-it-up"
    title = _("I have read your message and look for the answer now")

    def content(self) -> tuple[Content, ...]:
        """That someone is there; not how long it takes, which nobody knows."""
        return (
            _("I have read your message. I look for the answer now."),
            _("You can write more while you wait."),
        )


@dataclass(frozen=True)
class AskColleague(Prepared):
    """Somebody else knows."""

    name = "ask-colleague"
    title = _("I need to ask a colleague and will answer on a day")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the answer comes."""
        return (
            _("I need to ask a colleague. I will answer you on {day:day}.", day=self.day),
            _("You do not need to do anything now."),
        )


@dataclass(frozen=True)
class StillHere(Prepared):
    """She writes slowly, or looks for something."""

    name = "still-here"
    title = _("I am still here. Take your time.")

    def content(self) -> tuple[Content, ...]:
        """That there is no hurry."""
        return (_("I am still here. Take your time."),)


@dataclass(frozen=True)
class AreYouThere(Prepared):
    """She has been silent for a while."""

    name = "are-you-there"
    title = _("Are you still there?")

    def content(self) -> tuple[Content, ...]:
        """That later is fine too."""
        return (
            _("Are you still there?"),
            _("You can also write later. A person reads it."),
        )


@dataclass(frozen=True)
class PassedOn(Prepared):
    """Someone else helps."""

    name = "passed-on"
    title = _("Someone else will help you")
    coach: Coach

    def content(self) -> tuple[Content, ...]:
        """Who it is."""
        return (
            _(
                "{name} can help you better than I can. I have asked {name} to write to you here.",
                name=self.coach.name,
            ),
            _("You do not need to do anything now."),
        )


KINDS: tuple[type[Prepared], ...] = (
    *(ReadIt, LookingItUp, AskColleague),
    *(StillHere, AreYouThere, PassedOn),
)
