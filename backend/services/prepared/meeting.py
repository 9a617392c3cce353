"""About a meeting: where, when, and what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.services.prepared.message import Prepared
from backend.services.prepared.values import Minutes, Room
from dialogs import places
from dialogs.core import Content, to
from dialogs.messages import Lines
from dialogs.ports import Unit
from dialogs.text import _, n_


@dataclass(frozen=True)
class Come(Prepared):
    """Come to a place at a time."""

    name = "come"
    title = _("Please come to a place at a time")
    unit: Unit
    at: datetime

    def content(self) -> tuple[Content, ...]:
        """Where, when, and that no reminder follows."""
        where = [
            _("Please come to {unit} on {at:moment}.", unit=self.unit.name, at=self.at),
            _("Address: {address}", address=self.unit.address),
        ]
        if self.unit.door:
            where.append(_("The door: {door}", door=self.unit.door))
        return (Lines(tuple(where)), _("You get no reminder of this."))


@dataclass(frozen=True)
class NewTime(Prepared):
    """A meeting that is not booked here has another time."""

    name = "new-time"
    title = _("Our meeting has a new time")
    hint = _("Is the meeting booked here? Then move the booking. The person is told by itself.")
    at: datetime

    def content(self) -> tuple[Content, ...]:
        """The time, and that another one is possible."""
        return (
            _("Our meeting has a new time: {at:moment}.", at=self.at),
            _("Does another time suit you better? Write back."),
        )


@dataclass(frozen=True)
class NewRoom(Prepared):
    """The room is another one than was said."""

    name = "new-room"
    title = _("We meet in another room")
    room: Room

    def content(self) -> tuple[Content, ...]:
        """The room as it stands on the door."""
        return (
            _("We meet in another room: {room}", room=self.room.name),
            _("If you do not find it, ask someone who works here."),
        )


@dataclass(frozen=True)
class Late(Prepared):
    """The coach is on her way."""

    name = "late"
    title = _("I am late to our meeting")
    minutes: Minutes

    def content(self) -> tuple[Content, ...]:
        """By how much."""
        return (
            n_(
                "I am late to our meeting. I come in about {n:number} minute.",
                "I am late to our meeting. I come in about {n:number} minutes.",
                self.minutes.number,
            ),
            _("Please wait for me. I am sorry."),
        )


@dataclass(frozen=True)
class CannotMeet(Prepared):
    """The coach cannot come."""

    name = "cannot-meet"
    title = _("I cannot come to our meeting")
    hint = _("Is the meeting booked here? Then cancel or move it too.")
    day: date

    def content(self) -> tuple[Content, ...]:
        """Which day, and that a new time follows."""
        return (
            _("I cannot come to our meeting on {day:day}. I am sorry.", day=self.day),
            _("I will write to you here about a new time."),
        )


@dataclass(frozen=True)
class DidNotMeet(Prepared):
    """She was not there; whatever the reason was."""

    name = "did-not-meet"
    title = _("We did not meet as planned")

    def content(self) -> tuple[Content, ...]:
        """No blame, and a way to a new time."""
        return (
            _("We did not meet as planned. That can happen."),
            _("Do you want a new time? You can choose one here."),
            to(_("Book a new time"), places.BOOK, icon="calendar"),
        )


KINDS: tuple[type[Prepared], ...] = (Come, NewTime, NewRoom, Late, CannotMeet, DidNotMeet)
