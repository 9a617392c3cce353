"""What dialogs need from the world: small protocols, and errors named after what happened.

Every port is bound to one person and one turn before a dialog sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from dialogs.i18n import Languages
from dialogs.text import Text, Words
from knowledge.article import Article, Translation
from knowledge.talk import SmallTalk


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


class NotPossible(Exception):
    """The booking is in no state for this any more: somebody was faster, or time has passed."""


class NotANumber(ValueError):
    """What was typed is not a telephone number."""


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
    "waiting", "held", "requested", "proposed", "confirmed",
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


@dataclass(frozen=True)
class Activity:
    """A group activity that is still to come."""

    meeting: str
    service: Service
    starts: datetime
    unit: Unit
    seats_left: int
    booking: str | None = None  # set when this person has signed up


@dataclass(frozen=True)
class Deadline:
    """A date in life that anyone may be reminded of. ``due`` is the next last day."""

    kind: str
    name: Text
    about: Text
    due: date
    on: bool
    article: str | None = None


@dataclass(frozen=True)
class Found:
    """One article search came up with. ``score`` is a confidence between 0 and 1."""

    article: Article
    translation: Translation
    score: float


@dataclass(frozen=True)
class Answered:
    """Search is sure enough to answer."""

    best: Found
    others: tuple[Found, ...] = ()
    asked_in: str | None = None  # another of our languages, in which the question was


@dataclass(frozen=True)
class Unsure:
    """Search has a few guesses."""

    choices: tuple[Found, ...]
    asked_in: str | None = None


@dataclass(frozen=True)
class Broad:
    """A word or two that may mean several things: what most people mean by them."""

    choices: tuple[Found, ...]


@dataclass(frozen=True)
class NotFound:
    """We have no answer to this. ``choices`` are for whoever writes no language of ours."""

    choices: tuple[Found, ...] = ()


Searched = Answered | Unsure | NotFound
Finding = Searched | Broad | SmallTalk


@dataclass(frozen=True)
class Holding:
    """What we keep about a person: counts and dates, never more than is shown."""

    since: datetime
    messages: int
    meetings: int
    reminders: int
    contacts: int
    kept_days: int


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


class Calendar(Protocol):
    """Services, and the free times of those who give them."""

    async def services(self) -> Sequence[Service]:
        """What can be booked with a coach."""

    async def nearest(self, service: str, language: str, limit: int) -> Sequence[Offer]:
        """The first free times, own coach first, then coaches who speak ``language``."""

    async def days(self, service: str, limit: int) -> Sequence[date]:
        """The next days with a free time."""

    async def on(self, service: str, day: date, language: str) -> Sequence[Offer]:
        """The free times of one day, at most one coach for each."""

    async def beside(self, slot: Slot, language: str, limit: int) -> Sequence[Offer]:
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


class Plans(Protocol):
    """Activities to join, and dates to be reminded of."""

    async def activities(self) -> Sequence[Activity]:
        """Activities to come that can be joined."""

    async def join(self, meeting: str) -> Meeting:
        """Take a seat. Raises Full, SlotGone, AlreadyBooked, OwnClash."""

    async def deadlines(self) -> Sequence[Deadline]:
        """Every date one may be reminded of, and whether this person is."""

    async def remind(self, kind: str, *, on: bool) -> Deadline:
        """Switch the reminders of a date on or off."""

    async def done(self, kind: str, due: date) -> Deadline:
        """She has done what was due that day; no more reminders until the next."""


class Handoff(Protocol):
    """A person takes over."""

    async def leave(self, text: str) -> None:
        """Put what she just wrote into the coaches' queue."""

    async def call_me(self, number: str) -> None:
        """Ask for a telephone call, at any time. Raises NotANumber."""

    async def call_when(self, when: CallTime) -> None:
        """Say when a call suits her."""

    async def cancel_call(self) -> None:
        """Take back a wish to be called; the number is deleted at once."""


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
    plans: Plans
    handoff: Handoff
    people: People
    clock: Clock
    languages: Languages
