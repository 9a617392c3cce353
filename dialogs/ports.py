"""What dialogs need from the world: small protocols, and errors named after what happened.

Every port is bound to one person and one turn before a dialog sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from dialogs.appointments import (
    AlreadyBooked,
    BookingClosed,
    BookingState,
    Full,
    Held,
    HoldExpired,
    InterpreterNeed,
    InterpreterState,
    Meeting,
    Mode,
    NoSuchBooking,
    Offer,
    OwnClash,
    Service,
    Slot,
    SlotGone,
    SlotTaken,
    Unit,
    Wish,
    slot_of,
)
from dialogs.dates import Span
from dialogs.findings import (
    Answered,
    Broad,
    Finding,
    Found,
    NotFound,
    Searched,
    Unsure,
)
from dialogs.gatherings import Activities, Attendance, Courses, Weeks
from dialogs.holding import Holding
from dialogs.i18n import Languages
from dialogs.papers import FirstWeeks, Papers
from dialogs.reaching import Reach
from dialogs.talks import ByHer, Notice, Standing
from dialogs.text import Text
from knowledge.article import Article, Translation

__all__ = [
    "AlreadyBooked",
    "Answered",
    "Booking",
    "BookingClosed",
    "BookingState",
    "Broad",
    "Calendar",
    "CallTime",
    "Clock",
    "Deadline",
    "Finding",
    "Found",
    "Full",
    "Handoff",
    "Held",
    "HoldExpired",
    "Holding",
    "InterpreterNeed",
    "InterpreterState",
    "Interpreters",
    "Knowledge",
    "Meeting",
    "Mode",
    "Need",
    "Needs",
    "NoSuchBooking",
    "NotANumber",
    "NotFound",
    "Offer",
    "OwnClash",
    "People",
    "Plans",
    "Ports",
    "Questions",
    "Requests",
    "Searched",
    "Service",
    "Slot",
    "SlotGone",
    "SlotTaken",
    "Unit",
    "Unsure",
    "Waitlist",
    "Wish",
    "slot_of",
]


class NotANumber(ValueError):
    """What was typed is not a telephone number."""


@dataclass(frozen=True)
class Deadline:
    """A date in life that anyone may be reminded of. ``due`` is the next last day, if any.

    ``asks`` is the question for the day it is counted from, which lies in ``span``. ``first`` is
    the day of the next reminder; ``passed``: the last day has been.
    """

    kind: str
    name: Text
    about: Text
    due: date | None
    on: bool
    article: str | None = None
    asks: Text | None = None
    span: Span = "any"
    first: date | None = None
    passed: bool = False


CallTime = Literal["morning", "afternoon", "any"]


class Knowledge(Protocol):
    """Articles, found and read in the best language they have."""

    def find(self, question: str, language: str) -> Finding:
        """Search for an answer to a person's own words."""

    def read(self, slug: str, language: str) -> tuple[Article, Translation] | None:
        """An article in the best language it has for a reader of ``language``."""

    def danger(self, text: str) -> str | None:
        """The kind of danger a text speaks of: emergency, violence or self-harm."""


class Questions(Protocol):
    """What people ask, kept without who asked: so that editors learn what is missing."""

    async def asked(self, text: str, finding: Searched) -> str:
        """Keep a question and what was found; a token for what comes of it."""

    async def chose(self, token: str, slug: str) -> None:
        """She took this article for the answer."""

    async def rated(self, token: str, *, helped: bool) -> None:
        """The answer has helped her, or has not."""

    async def tell_me(self, token: str) -> None:
        """She wants to hear when there is an answer: only now is the question linked to her."""

    async def no_more(self) -> None:
        """She does not want to hear of answers any more: no question is linked to her."""


class Calendar(Protocol):
    """Services, and the free times of those who give them."""

    async def services(self) -> Sequence[Service]:
        """What she can book with a coach herself."""

    async def referred(self) -> Sequence[Service]:
        """What only a coach books for her."""

    async def nearest(
        self, service: str, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The first free times, own coach first, then coaches who speak ``language``."""

    async def days(self, service: str, limit: int, mode: Mode = "on_site") -> Sequence[date]:
        """The next days with a free time."""

    async def on(
        self, service: str, day: date, language: str, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The free times of one day, at most one coach for each."""

    async def beside(
        self, slot: Slot, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The free times nearest to one that was lost, in order of time."""


class Booking(Protocol):
    """The person's own meetings."""

    async def hold(self, slot: Slot) -> Held:
        """Keep a time while she decides. Raises SlotTaken, SlotGone, AlreadyBooked, OwnClash."""

    async def confirm(self, held: Held) -> Meeting:
        """Book what is held. Raises HoldExpired."""

    async def release(self, held: Held) -> None:
        """Give a held time back."""

    async def move(self, booking: str, version: int, slot: Slot) -> Meeting:
        """Change the time. Raises SlotTaken, SlotGone, OwnClash, BookingClosed, NoSuchBooking."""

    async def cancel(self, booking: str) -> Meeting:
        """Call a meeting off. Raises BookingClosed, NoSuchBooking."""

    async def mine(self) -> Sequence[Meeting]:
        """What is booked from now on, first first."""

    async def meeting(self, booking: str) -> Meeting:
        """One of her bookings. Raises NoSuchBooking."""


class Requests(Protocol):
    """What she has asked for that has no time yet."""

    async def open(self) -> Sequence[Wish]:
        """All of it, oldest first."""

    async def one(self, booking: str) -> Wish:
        """One of them. Raises NoSuchBooking."""

    async def pick(self, booking: str, version: int, index: int) -> Meeting:
        """Take a proposed time. Raises BookingClosed, HoldExpired, SlotTaken, OwnClash."""

    async def none_fits(self, booking: str, version: int) -> None:
        """None of the proposed times suits her. Raises BookingClosed."""

    async def withdraw(self, booking: str) -> None:
        """She wants it no more. Raises NoSuchBooking, BookingClosed."""


class Waitlist(Protocol):
    """Waiting for a free time, or for an earlier one."""

    async def wait(self, service: str) -> Wish:
        """Hear when there is a free time. Raises AlreadyBooked."""

    async def wait_instead(self, booking: str) -> Wish:
        """Hear when there is an earlier time. Raises NoSuchBooking, BookingClosed."""

    async def take(self, booking: str, version: int) -> Meeting:
        """Take the time she was offered. Raises HoldExpired, SlotTaken, OwnClash."""

    async def let_pass(self, booking: str, version: int) -> None:
        """Leave it to the next in line. Raises BookingClosed."""


class Interpreters(Protocol):
    """An interpreter at a meeting of hers."""

    async def want(self, booking: str, need: InterpreterNeed) -> None:
        """Ask for one, or change what was asked for. Raises BookingClosed."""

    async def drop(self, booking: str) -> None:
        """She needs none after all. Raises BookingClosed."""


@dataclass(frozen=True)
class Need:
    """Something practical staff should know, from a fixed list; whether she has picked it."""

    name: str
    words: Text
    on: bool


class Needs(Protocol):
    """What she needs at a meeting, and her calendar."""

    async def all(self) -> Sequence[Need]:
        """The whole list."""

    async def pick(self, name: str, *, on: bool) -> None:
        """Pick one, or put it back."""

    async def calendar(self) -> str:
        """The address of her calendar, to subscribe to; made when there is none."""

    async def stop_calendar(self) -> None:
        """The address shows nothing any more."""


class Plans(Protocol):
    """Dates to be reminded of."""

    async def deadlines(self) -> Sequence[Deadline]:
        """Every date one may be reminded of, and whether this person is."""

    async def remind(self, kind: str, *, on: bool, counted_from: date | None = None) -> Deadline:
        """Switch the reminders of a date on or off. Another day takes the place of the first."""

    async def done(self, kind: str, due: date) -> Deadline:
        """She has done what was due that day; no more reminders until the next."""


class Handoff(Protocol):
    """A person takes over."""

    async def leave(self, text: str) -> None:
        """Put what she just wrote into the coaches' queue."""

    async def take_back(self) -> bool:
        """Delete the photo or recording she sent last; False when somebody has seen it."""

    async def call_me(self, number: str) -> None:
        """Ask for a telephone call, at any time. Raises NotANumber."""

    async def call_when(self, when: CallTime) -> None:
        """Say when a call suits her."""

    async def cancel_call(self) -> None:
        """Take back a wish to be called; the number is deleted at once."""

    async def call_on(self, booking: str, number: str) -> None:
        """The number to ring for a meeting by phone. Raises NotANumber, NoSuchBooking."""


class Talks(Protocol):
    """Who speaks with her: the assistant, the queue or a coach."""

    async def standing(self) -> Standing:
        """How it stands, and the coaches' side of it."""

    async def happened(self, what: ByHer) -> Sequence[Notice]:
        """What she did, and what she is to be told of it."""

    async def rate(self, grade: int) -> None:
        """How her last talk was, from 1 (not good) to 3 (good)."""


class People(Protocol):
    """What we know and keep of the person herself."""

    async def notice(self) -> Text | None:
        """What this channel must tell before she types, or None."""

    async def holding(self) -> Holding:
        """What is stored about her."""

    async def erase(self) -> None:
        """Delete everything about her that may be deleted."""

    def promise(self) -> Text:
        """What erasing does here, by law: depends on who runs the service."""

    def receipt(self) -> Text:
        """What erasing has done."""


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


@dataclass(frozen=True)
class Ports:
    """All ports of one turn."""

    knowledge: Knowledge
    questions: Questions
    calendar: Calendar
    booking: Booking
    requests: Requests
    waitlist: Waitlist
    interpreters: Interpreters
    needs: Needs
    activities: Activities
    courses: Courses
    attendance: Attendance
    weeks: Weeks
    plans: Plans
    papers: Papers
    first_weeks: FirstWeeks
    reach: Reach
    handoff: Handoff
    talks: Talks
    people: People
    clock: Clock
    languages: Languages
