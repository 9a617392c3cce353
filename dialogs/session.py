"""Where a conversation stands between two turns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs.messages import Button, Place
from dialogs.talks import Owner

TRAIL_LENGTH = 12


@dataclass(frozen=True)
class Session:
    """A conversation's state: who, in which language, where, and how to go back.

    ``language`` is what the person is answered in; ``chosen`` says whether she has picked it
    herself. ``listen`` is the step that takes what she types next. ``version`` counts turns.
    ``owner`` is who speaks with her; ``is_live``: the coach and she talk just now. Without it
    there is only a letter of the coach's, and what she types next is her answer.
    """

    person: str
    language: str
    chosen: bool = False
    place: Place | None = None
    listen: Place | None = None
    trail: tuple[Place, ...] = ()
    version: int = 0
    owner: Owner = "assistant"
    is_live: bool = False

    def at(self, place: Place | None, listen: Place | None = None) -> Session:
        """The session after a page was shown: forward leaves a trail, back takes it up."""
        if place is None:
            return replace(self, place=None, listen=None, trail=())
        if place in self.trail:
            trail = self.trail[: self.trail.index(place)]
        elif self.place is None or self.place.step == place.step:
            trail = self.trail
        else:
            trail = (*self.trail, self.place)[-TRAIL_LENGTH:]
        return replace(self, place=place, listen=listen, trail=trail)

    @property
    def is_in_talk(self) -> bool:
        """Whether she waits for a person or talks with one: the assistant is silent."""
        return self.owner == "queue" or (self.owner == "coach" and self.is_live)

    @property
    def previous(self) -> Place | None:
        """Where Back leads."""
        return self.trail[-1] if self.trail else None


@dataclass(frozen=True)
class Offered:
    """The buttons of the message that was tapped, or of the page last shown.

    ``at_any_time``: its buttons work in a talk too. A coach has sent it, or it is a reminder.
    """

    message: str
    buttons: tuple[Button, ...]
    acted: frozenset[int] = frozenset()  # indexes of actions that have run already
    at_any_time: bool = False
