"""Activities, courses, and a person's own week: values, what may go wrong, and the ports.

Pure. An activity is one occasion that is joined by itself; a course is a series of lessons that
is signed up for as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from dialogs.appointments import BookingState, Meeting, Service, Unit

Absence = Literal["ill", "child_ill", "other"]
TRAVEL = timedelta(minutes=30)  # between two places


class CourseGone(Exception):
    """The course has ended or was never open."""


class WrongCode(Exception):
    """No activity has this code at the door now."""


class TooManyTries(Exception):
    """So many wrong codes that none is looked at for a while."""


@dataclass(frozen=True)
class Activity:
    """A group activity that is still to come.

    ``booking``: her seat, when she has one. ``waits``: she hears when there is a seat.
    """

    meeting: str
    service: Service
    starts: datetime
    ends: datetime
    unit: Unit
    seats_left: int
    booking: str | None = None
    waits: bool = False
    organiser: str | None = None  # an association's name; None is the centre itself


@dataclass(frozen=True)
class Course:
    """A course that one signs up for as a whole. ``lessons`` counts those to come.

    ``place``: whether she has one in the course, or is in line for one. ``clashes``: what of her
    own is at the time of a lesson, first first.
    """

    series: str
    service: Service
    unit: Unit
    first: datetime | None  # the next lesson's start
    lessons: int
    seats_left: int
    place: Literal["none", "enrolled", "waiting"] = "none"
    organiser: str | None = None
    clashes: tuple[Meeting, ...] = ()


@dataclass(frozen=True)
class SignedUp:
    """What came of signing up for a course. ``clashes``: lessons left out, for she is taken."""

    course: Course
    first: Meeting | None
    waiting: bool
    clashes: int = 0


@dataclass(frozen=True)
class Coming:
    """She has said that she comes. ``again``: she had said so before."""

    meeting: Meeting
    again: bool


@dataclass(frozen=True)
class CheckedIn:
    """What came of a code at the door."""

    meeting: Meeting
    outcome: Literal["checked_in", "already", "seat_given"]


@dataclass(frozen=True)
class Recorded:
    """What is recorded of one meeting that has been, or that she has told us she missed."""

    service: Service
    starts: datetime
    state: BookingState
    absence: Absence | None = None
    absent_from: datetime | None = None
    absent_to: datetime | None = None


@dataclass(frozen=True)
class Day:
    """One day of her week, by the calendar in Stockholm; what is on it, in order."""

    day: date
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True)
class Week:
    """A week from its Monday; only the days that have something."""

    first: date
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Clash:
    """Two things she cannot both be at: at one time, or too close in two places."""

    one: Meeting
    other: Meeting
    overlaps: bool


class Activities(Protocol):
    """Occasions to join one by one."""

    async def coming(self) -> Sequence[Activity]:
        """Those to come, first first, with her own seats marked."""

    async def one(self, meeting: str) -> Activity:
        """One of them. Raises SlotGone when it has begun or is off."""

    async def join(self, meeting: str) -> Meeting:
        """Take a seat. Raises Full, SlotGone, AlreadyBooked, OwnClash."""

    async def wait(self, meeting: str) -> None:
        """Hear when there is a seat. Raises SlotGone, AlreadyBooked."""

    async def stop_waiting(self, meeting: str) -> None:
        """She wants to hear of it no more; nothing when she does not wait."""


class Courses(Protocol):
    """Courses to sign up for as a whole."""

    async def courses(self) -> Sequence[Course]:
        """Those that are open, by name; ``clashes`` is left empty here."""

    async def course(self, series: str) -> Course:
        """One of them, and what of hers it clashes with. Raises CourseGone."""

    async def enrol(self, series: str) -> SignedUp:
        """A seat at every lesson, or a place in line. Raises CourseGone."""

    async def leave(self, series: str) -> None:
        """Leave it; seats to come are given back. Raises CourseGone when she is not in it."""


class Attendance(Protocol):
    """Coming or not."""

    async def comes(self, booking: str) -> Coming:
        """She says that she comes. Raises NoSuchBooking, BookingClosed."""

    async def tell_absence(self, booking: str, reason: Absence | None) -> Meeting:
        """She cannot come, and need not say why. Raises NoSuchBooking, BookingClosed."""

    async def leave_home(self, booking: str, version: int, minutes: int) -> datetime:
        """One message so long before the start; when. Raises NoSuchBooking, BookingClosed."""

    async def check_in(self, code: str) -> CheckedIn:
        """She is at the door. Raises WrongCode, TooManyTries, Full."""


class Weeks(Protocol):
    """What she has, week by week, and what is recorded of the weeks that have been."""

    async def week(self, around: date | None) -> Week:
        """The week a day lies in; None is today."""

    async def recorded(self) -> Sequence[Recorded]:
        """The last 30 days, latest first."""


def clashes(meetings: Sequence[Meeting]) -> Iterator[Clash]:
    """Every two that overlap, or lie too close to get from one place to the other."""
    ordered = sorted(meetings, key=lambda meeting: (meeting.starts, meeting.booking))
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.starts < one.ends:
                yield Clash(one, other, overlaps=True)
            elif other.starts - one.ends < TRAVEL and _are_apart(one, other):
                yield Clash(one, other, overlaps=False)


def overlapping(
    meetings: Sequence[Meeting], starts: datetime, ends: datetime
) -> tuple[Meeting, ...]:
    """Those that take place at a time, first first."""
    found = (each for each in meetings if each.starts < ends and starts < each.ends)
    return tuple(sorted(found, key=lambda meeting: meeting.starts))


def _are_apart(one: Meeting, other: Meeting) -> bool:
    """Whether she has to travel between them."""
    return one.mode == other.mode == "on_site" and one.unit.id != other.unit.id
