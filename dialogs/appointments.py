"""Everything about a meeting with a time and a place, as a person sees it, and what may go wrong.

Pure values. Names are the field's own: a slot is a free time, an offer a slot with what she wants
to know, a booking her place in a meeting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialogs.text import Words


class SlotTaken(Exception):
    """Somebody else has that time now."""


class SlotGone(Exception):
    """That time has passed or is no longer offered."""


class HoldExpired(Exception):
    """The time was kept for five minutes, and they have passed."""


class AlreadyBooked(Exception):
    """The person has a booking of this kind already; ``booking`` is its id."""

    def __init__(self, booking: str) -> None:
        super().__init__(booking)
        self.booking = booking


class OwnClash(Exception):
    """The person has something else at that time."""


class Full(Exception):
    """The activity has no seat left."""


class NoSuchBooking(LookupError):
    """The booking is not this person's, or is gone."""


class BookingClosed(Exception):
    """The booking can no longer be changed: it is cancelled or has taken place."""


Mode = Literal["on_site", "phone", "video"]
InterpreterState = Literal["none", "wanted", "booked", "failed", "to_cancel", "cancelled"]


@dataclass(frozen=True)
class Unit:
    """A place where meetings are held. Names and addresses are Swedish and stay as they are."""

    id: str
    name: str
    address: str
    door: Words | None = None
    map_url: str | None = None
    floor: str | None = None
    step_free: Words | None = None


@dataclass(frozen=True)
class Service:
    """Something that can be booked. ``by_request``: a coach says yes first."""

    id: str
    name: Words
    about: Words
    minutes: int
    bring: Words | None = None
    group: bool = False
    modes: tuple[Mode, ...] = ("on_site",)
    by_request: bool = False


@dataclass(frozen=True)
class Slot:
    """A free time: ids of service, coach and unit, and the instant it starts."""

    service: str
    coach: str
    unit: str
    starts: datetime
    mode: Mode = "on_site"


@dataclass(frozen=True)
class Offer:
    """A slot and what a person wants to know before choosing it.

    ``speaks`` holds codes of the coach's languages that the person shares, best first.
    """

    slot: Slot
    coach: str
    unit: Unit
    speaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class InterpreterNeed:
    """Who should interpret: a language and its variety, and how.

    ``nameless``: by telephone, and the interpreter is not told who she is.
    """

    language: str
    variety: str = ""
    gender: Literal["any", "woman", "man"] = "any"
    how: Literal["phone", "on_site"] = "phone"
    nameless: bool = False


@dataclass(frozen=True)
class Held:
    """A slot kept for the person for a few minutes."""

    booking: str
    version: int
    slot: Slot


BookingState = Literal[
    "waiting", "held", "requested", "proposed", "confirmed", "enrolled",
    "attended", "no_show", "excused", "cancelled", "expired",
]  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """A booking as the person sees it: this person × this meeting."""

    booking: str
    version: int
    state: BookingState
    service: Service
    starts: datetime
    ends: datetime
    unit: Unit
    coach: str | None = None
    coach_id: str | None = None
    mode: Mode = "on_site"
    room: str | None = None  # where a video meeting is held
    card: str | None = None  # its page, to print and to show
    interpreter: InterpreterState = "none"
    need: InterpreterNeed | None = None
    speaks: tuple[str, ...] = ()  # the coach's languages


def slot_of(meeting: Meeting) -> Slot:
    """The slot a meeting of one with one is at."""
    return Slot(
        meeting.service.id,
        meeting.coach_id or "",
        meeting.unit.id,
        meeting.starts,
        meeting.mode,
    )


@dataclass(frozen=True)
class Wish:
    """Something she has asked for that has no time yet.

    Requested: a coach looks for one. Proposed: she chooses among ``proposals`` before ``until``.
    Waiting: she hears when one is free; ``instead_of`` is the booking she would give up for it.
    """

    booking: str
    version: int
    state: BookingState
    service: Service
    proposals: tuple[Offer, ...] = ()
    until: datetime | None = None
    instead_of: str | None = None
