"""Fakes of the ports. ``tests/contracts`` runs the same cases against each and the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from backend.services.handoff import telephone_number
from backend.services.letterboxes import hint_of, mail_address, mobile_number
from dialogs.dates import today_at
from dialogs.deadlines import KINDS, next_due
from dialogs.gatherings import (
    Absence,
    Activity,
    CheckedIn,
    Coming,
    Course,
    CourseGone,
    Day,
    Recorded,
    SignedUp,
    TooManyTries,
    Week,
    WrongCode,
    overlapping,
)
from dialogs.handover import advance
from dialogs.holding import Holding
from dialogs.i18n import Languages
from dialogs.papers import (
    CARD_NAMES,
    LONGEST,
    Card,
    CardKind,
    Checklist,
    Folder,
    Part,
    Pause,
    Paused,
    Task,
    TooLong,
)
from dialogs.ports import (
    AlreadyBooked,
    Answered,
    BookingClosed,
    Broad,
    CallTime,
    Clock,
    Deadline,
    Finding,
    Found,
    Full,
    Held,
    HoldExpired,
    InterpreterNeed,
    InterpreterState,
    Meeting,
    Mode,
    Need,
    NoSuchBooking,
    NotFound,
    Offer,
    OwnClash,
    Ports,
    Searched,
    Service,
    Slot,
    SlotGone,
    SlotTaken,
    Unit,
    Unsure,
    Wish,
)
from dialogs.reaching import (
    MOST_TRIES,
    AlreadyThere,
    CodeTooOld,
    Kind,
    Means,
    NotTheCode,
    Way,
)
from dialogs.talks import ByHer, Desk, Notice, Standing, Talk, Terms
from dialogs.text import Text, Words, _
from knowledge.article import Article, Section, Source, Translation
from knowledge.talk import SmallTalk

UNIT = Unit("centre", "Etableringscentrum", "Medborgarplatsen 4", Words.of({"sv": "Röd dörr"}))
COACHING = Service(
    "coaching",
    Words.of({"sv": "Coachning", "en": "Coaching", "ar": "لقاء مع مدرب"}),
    Words.of({"sv": "Ett möte.", "en": "A meeting.", "ar": "لقاء."}),
    45,
    Words.of({"sv": "Id-kort", "en": "ID card", "ar": "بطاقة هوية"}),
)
ADVICE = replace(COACHING, id="advice", name=Words.of({"sv": "Rådgivning", "en": "Advice"}))
WORKSHOP = Service(
    "cv-workshop",
    Words.of({"sv": "CV-verkstad", "en": "CV workshop", "ar": "ورشة السيرة الذاتية"}),
    Words.of({"sv": "Skriv ditt CV.", "en": "Write your CV.", "ar": "كتابة السيرة الذاتية."}),
    90,
    None,
    group=True,
)
SFI = Service(
    "sfi",
    Words.of({"sv": "Sfi", "en": "SFI lesson", "ar": "درس"}),
    Words.of({"sv": "Svenska.", "en": "Swedish.", "ar": "السويدية."}),
    180,
    None,
    group=True,
)
LESSON = timedelta(minutes=SFI.minutes)
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOLD = timedelta(minutes=5)


@dataclass
class Diary:
    """What the fake calendar and the fake bookings share: who has which time."""

    clock: Clock
    starts: list[datetime] = field(
        default_factory=lambda: [TUESDAY_NINE + timedelta(hours=hour) for hour in range(6)]
    )
    taken: set[datetime] = field(default_factory=set)
    bookings: dict[str, Meeting] = field(default_factory=dict)
    held_until: dict[str, datetime] = field(default_factory=dict)
    activity_seats: int = 2
    wishes: dict[str, Wish] = field(default_factory=dict)

    def taken_by_someone_else(self, slot: Slot) -> None:
        """Another person was faster."""
        self.taken.add(slot.starts)

    def free(self) -> list[datetime]:
        """Starts that nobody has."""
        self._lapse()
        mine = {
            meeting.starts
            for meeting in self.bookings.values()
            if meeting.state in {"held", "confirmed"}
        }
        now = self.clock.now()
        return [at for at in self.starts if at not in self.taken | mine and at > now]

    def _lapse(self) -> None:
        for booking, until in list(self.held_until.items()):
            if until <= self.clock.now():
                self.end(booking, "expired")

    def confirmed(self) -> list[Meeting]:
        """What she has booked."""
        return [each for each in self.bookings.values() if each.state == "confirmed"]

    def seat(self, service: Service, starts: datetime, ends: datetime, unit: Unit) -> Meeting:
        """A seat of hers in something for many."""
        booking = f"b{len(self.bookings)}"
        seated = Meeting(booking, 0, "confirmed", service, starts, ends, unit)
        self.bookings[booking] = seated
        return seated

    def end(self, booking: str, state: str) -> Meeting:
        """Put a booking into a closed state."""
        self.held_until.pop(booking, None)
        ended = replace(self.bookings[booking], state=state)  # type: ignore[arg-type]
        self.bookings[booking] = ended
        return ended


@dataclass
class FakeCalendar:
    """Free times from a diary."""

    diary: Diary

    async def services(self) -> Sequence[Service]:
        """Two kinds of meeting."""
        return [COACHING, ADVICE]

    async def referred(self) -> Sequence[Service]:
        """None."""
        return []

    async def nearest(
        self, service: str, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The first free ones."""
        return [_offer(service, at, mode) for at in self.diary.free()][:limit]

    async def days(self, service: str, limit: int, mode: Mode = "on_site") -> Sequence[date]:
        """Their days."""
        return sorted({at.date() for at in self.diary.free()})[:limit]

    async def on(
        self, service: str, day: date, language: str, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """Those of a day."""
        return [_offer(service, at, mode) for at in self.diary.free() if at.date() == day]

    async def beside(
        self, slot: Slot, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The nearest to one."""
        near = sorted(self.diary.free(), key=lambda at: abs(at - slot.starts))[:limit]
        return [_offer(slot.service, at, mode) for at in sorted(near)]


@dataclass
class FakeBooking:
    """Bookings in memory."""

    diary: Diary

    async def hold(self, slot: Slot) -> Held:
        """Keep a time."""
        free = self.diary.free()
        for meeting in self.diary.bookings.values():
            if meeting.state == "confirmed" and meeting.service.id == slot.service:
                raise AlreadyBooked(meeting.booking)
        if slot.starts not in self.diary.starts or slot.starts <= self.diary.clock.now():
            raise SlotGone(slot)
        await self._release_all()
        if slot.starts not in [*free, *self.diary.free()]:
            raise SlotTaken(slot)
        booking = f"b{len(self.diary.bookings)}"
        self.diary.bookings[booking] = _meeting(booking, slot)
        self.diary.held_until[booking] = self.diary.clock.now() + HOLD
        return Held(booking, 0, slot)

    async def confirm(self, held: Held) -> Meeting:
        """Book it."""
        self.diary.free()
        meeting = self.diary.bookings.get(held.booking)
        if meeting is None or meeting.state != "held":
            raise HoldExpired(held.booking)
        self.diary.held_until.pop(held.booking)
        booked = replace(meeting, state="confirmed", version=held.version + 1)
        self.diary.bookings[held.booking] = booked
        return booked

    async def release(self, held: Held) -> None:
        """Give it back."""
        await self._release_all()

    async def move(self, booking: str, version: int, slot: Slot) -> Meeting:
        """Change the time."""
        meeting = await self.meeting(booking)
        if meeting.state != "confirmed" or meeting.version != version:
            raise BookingClosed(booking)
        if slot.starts not in self.diary.starts:
            raise SlotGone(slot)
        if slot.starts not in self.diary.free():
            raise SlotTaken(slot)
        moved = replace(_meeting(booking, slot), state="confirmed", version=version + 1)
        self.diary.bookings[booking] = moved
        return moved

    async def cancel(self, booking: str) -> Meeting:
        """Call it off."""
        meeting = await self.meeting(booking)
        if meeting.state != "confirmed" or meeting.starts <= self.diary.clock.now():
            raise BookingClosed(booking)
        return self.diary.end(booking, "cancelled")

    async def mine(self) -> Sequence[Meeting]:
        """What is to come."""
        now = self.diary.clock.now()
        found = [
            meeting
            for meeting in self.diary.bookings.values()
            if meeting.state == "confirmed" and meeting.starts > now
        ]
        return sorted(found, key=lambda meeting: meeting.starts)

    async def meeting(self, booking: str) -> Meeting:
        """One of them."""
        self.diary.free()
        try:
            return self.diary.bookings[booking]
        except KeyError:
            raise NoSuchBooking(booking) from None

    async def _release_all(self) -> None:
        for booking in list(self.diary.held_until):
            self.diary.end(booking, "expired")


@dataclass
class FakeWishes:
    """What has no time yet; a wish to wait is kept, proposals are put into the diary by a test."""

    diary: Diary

    async def open(self) -> Sequence[Wish]:
        """All of it."""
        return list(self.diary.wishes.values())

    async def one(self, booking: str) -> Wish:
        """One of them."""
        try:
            return self.diary.wishes[booking]
        except KeyError:
            raise NoSuchBooking(booking) from None

    async def pick(self, booking: str, version: int, index: int) -> Meeting:
        """Take a proposed time."""
        wish = self.diary.wishes.get(booking)
        if wish is None or wish.version != version or wish.state != "proposed":
            raise BookingClosed(booking)
        if wish.until is None or wish.until <= self.diary.clock.now():
            raise HoldExpired(booking)
        return self._book(booking, wish.proposals[index].slot)

    async def none_fits(self, booking: str, version: int) -> None:
        """A request again."""
        wish = self.diary.wishes.get(booking)
        if wish is None or wish.version != version or wish.state != "proposed":
            raise BookingClosed(booking)
        self.diary.wishes[booking] = Wish(booking, version + 1, "requested", wish.service)

    async def withdraw(self, booking: str) -> None:
        """No more."""
        if self.diary.wishes.pop(booking, None) is None:
            raise NoSuchBooking(booking)

    async def wait(self, service: str) -> Wish:
        """In line."""
        for meeting in self.diary.bookings.values():
            if meeting.state == "confirmed" and meeting.service.id == service:
                raise AlreadyBooked(meeting.booking)
        return self._wait(next(each for each in (COACHING, ADVICE) if each.id == service))

    async def wait_instead(self, booking: str) -> Wish:
        """In line, with a meeting to give up."""
        meeting = self.diary.bookings.get(booking)
        if meeting is None:
            raise NoSuchBooking(booking)
        if meeting.state != "confirmed":
            raise BookingClosed(booking)
        return self._wait(meeting.service, booking)

    async def take(self, booking: str, version: int) -> Meeting:
        """The time that a test has put into ``proposals`` of a waiting wish."""
        wish = self.diary.wishes.get(booking)
        if wish is None or wish.version != version or not wish.proposals:
            raise HoldExpired(booking)
        return self._book(booking, wish.proposals[0].slot)

    async def let_pass(self, booking: str, version: int) -> None:
        """To the next in line."""
        wish = self.diary.wishes.get(booking)
        if wish is None or wish.version != version or not wish.proposals:
            raise BookingClosed(booking)
        self.diary.wishes[booking] = replace(wish, proposals=())

    def _wait(self, service: Service, instead_of: str | None = None) -> Wish:
        for wish in self.diary.wishes.values():
            if wish.service.id == service.id:
                return wish
        booking = f"b{len(self.diary.bookings) + len(self.diary.wishes)}"
        waiting = Wish(booking, 0, "waiting", service, instead_of=instead_of)
        self.diary.wishes[booking] = waiting
        return waiting

    def _book(self, booking: str, slot: Slot) -> Meeting:
        if slot.starts not in self.diary.free():
            raise SlotTaken(slot)
        wish = self.diary.wishes.pop(booking)
        kept = wish.instead_of or booking
        version = self.diary.bookings[kept].version if wish.instead_of else wish.version
        booked = replace(_meeting(kept, slot), state="confirmed", version=version + 1)
        self.diary.bookings[kept] = booked
        return booked


@dataclass
class FakeInterpreters:
    """Wishes for interpreters at the diary's meetings."""

    diary: Diary

    async def want(self, booking: str, need: InterpreterNeed) -> None:
        """Asked for."""
        meeting = self.diary.bookings[booking]
        if meeting.interpreter == "booked":
            raise BookingClosed(booking)
        self.diary.bookings[booking] = replace(meeting, interpreter="wanted", need=need)

    async def drop(self, booking: str) -> None:
        """Not any more."""
        meeting = self.diary.bookings[booking]
        if meeting.interpreter not in {"wanted", "failed", "booked"}:
            raise BookingClosed(booking)
        after: InterpreterState = "to_cancel" if meeting.interpreter == "booked" else "none"
        self.diary.bookings[booking] = replace(meeting, interpreter=after)


@dataclass
class FakeNeeds:
    """Two needs, and a calendar."""

    picked: set[str] = field(default_factory=set)
    address: str | None = None

    async def all(self) -> Sequence[Need]:
        """Both."""
        known = {"lift": _("A lift, no stairs"), "child": _("A child comes along")}
        return [Need(name, words, name in self.picked) for name, words in known.items()]

    async def pick(self, name: str, *, on: bool) -> None:
        """One of them."""
        self.picked = self.picked | {name} if on else self.picked - {name}

    async def calendar(self) -> str:
        """Always the same."""
        self.address = "https://ingang.example/calendar/abc.ics"
        return self.address

    async def stop_calendar(self) -> None:
        """None."""
        self.address = None


@dataclass
class FakeActivities:
    """One workshop, and what a test puts beside it."""

    diary: Diary
    others: list[Activity] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    async def coming(self) -> Sequence[Activity]:
        """The workshop first."""
        now = self.diary.clock.now()
        found = [self._seen(each) for each in (self._workshop(), *self.others)]
        return sorted((each for each in found if each.starts > now), key=lambda each: each.starts)

    async def one(self, meeting: str) -> Activity:
        """One of them."""
        for found in await self.coming():
            if found.meeting == meeting:
                return found
        raise SlotGone(meeting)

    async def join(self, meeting: str) -> Meeting:
        """Take a seat."""
        wanted = await self.one(meeting)
        if wanted.booking:
            raise AlreadyBooked(wanted.booking)
        if wanted.seats_left < 1:
            raise Full(meeting)
        if overlapping(self.diary.confirmed(), wanted.starts, wanted.ends):
            raise OwnClash(meeting)
        return self.diary.seat(wanted.service, wanted.starts, wanted.ends, wanted.unit)

    async def wait(self, meeting: str) -> None:
        """In line."""
        found = await self.one(meeting)
        if found.booking:
            raise AlreadyBooked(found.booking)
        self.waiting.add(meeting)

    async def stop_waiting(self, meeting: str) -> None:
        """Out of it."""
        self.waiting.discard(meeting)

    def _workshop(self) -> Activity:
        starts = TUESDAY_NINE + timedelta(days=2)
        ends = starts + timedelta(minutes=WORKSHOP.minutes)
        return Activity("w1", WORKSHOP, starts, ends, UNIT, self.diary.activity_seats)

    def _seen(self, activity: Activity) -> Activity:
        seats = [
            meeting.booking
            for meeting in self.diary.confirmed()
            if (meeting.service, meeting.starts) == (activity.service, activity.starts)
        ]
        return replace(
            activity,
            seats_left=activity.seats_left - len(seats),
            booking=seats[0] if seats else None,
            waits=activity.meeting in self.waiting,
        )


@dataclass
class FakeCourses:
    """One course with three lessons."""

    diary: Diary
    seats: int = 2
    place: Literal["none", "enrolled", "waiting"] = "none"

    async def courses(self) -> Sequence[Course]:
        """The one."""
        lessons = self._lessons()
        return [Course("sfi", SFI, UNIT, lessons[0], len(lessons), self.seats, self.place)]

    async def course(self, series: str) -> Course:
        """With what is at the same time."""
        if series != "sfi":
            raise CourseGone(series)
        (found,) = await self.courses()
        if self.place != "none":
            return found
        hers = self.diary.confirmed()
        both = [own for at in self._lessons() for own in overlapping(hers, at, at + LESSON)]
        return replace(found, clashes=tuple(both))

    async def enrol(self, series: str) -> SignedUp:
        """Seats at all lessons that do not clash."""
        course = await self.course(series)
        if self.seats < 1:
            self.place = "waiting"
            return SignedUp(course, None, waiting=True)
        self.place = "enrolled"
        free = [
            at
            for at in self._lessons()
            if not overlapping(self.diary.confirmed(), at, at + LESSON)
        ]
        given = [self.diary.seat(SFI, at, at + LESSON, UNIT) for at in free]
        left_out = len(self._lessons()) - len(given)
        return SignedUp(course, given[0] if given else None, waiting=False, clashes=left_out)

    async def leave(self, series: str) -> None:
        """All seats back."""
        if self.place == "none":
            raise CourseGone(series)
        self.place = "none"
        for meeting in self.diary.confirmed():
            if meeting.service == SFI:
                self.diary.end(meeting.booking, "cancelled")

    @staticmethod
    def _lessons() -> list[datetime]:
        return [TUESDAY_NINE + timedelta(days=7 * week) for week in range(3)]


@dataclass
class FakeAttendance:
    """Remembers what she said; the code at the workshop's door is 123456."""

    diary: Diary
    coming: set[str] = field(default_factory=set)
    absences: dict[str, Absence] = field(default_factory=dict)
    leaving: dict[str, datetime] = field(default_factory=dict)
    wrong: list[datetime] = field(default_factory=list)

    async def comes(self, booking: str) -> Coming:
        """Yes."""
        meeting = self._confirmed(booking)
        again = booking in self.coming
        self.coming.add(booking)
        return Coming(meeting, again)

    async def tell_absence(self, booking: str, reason: Absence | None) -> Meeting:
        """No."""
        meeting = self._confirmed(booking)
        if reason or meeting.service == SFI or meeting.starts <= self.diary.clock.now():
            self.absences[booking] = reason or "other"
        return self.diary.end(booking, "cancelled")

    async def leave_home(self, booking: str, version: int, minutes: int) -> datetime:
        """One message."""
        meeting = self._confirmed(booking)
        at = meeting.starts - timedelta(minutes=minutes)
        if meeting.version != version or at <= self.diary.clock.now():
            raise BookingClosed(booking)
        self.leaving[booking] = at
        return at

    async def check_in(self, code: str) -> CheckedIn:
        """At the workshop."""
        now = self.diary.clock.now()
        if len([at for at in self.wrong if at > now - timedelta(minutes=10)]) >= 5:
            raise TooManyTries
        starts = TUESDAY_NINE + timedelta(days=2)
        if code != "123456" or now < starts - timedelta(minutes=30):
            self.wrong.append(now)
            raise WrongCode(code)
        ends = starts + timedelta(minutes=WORKSHOP.minutes)
        seat = next(
            (
                each
                for each in self.diary.bookings.values()
                if each.service == WORKSHOP and each.state in ("confirmed", "attended")
            ),
            None,
        )
        if seat is None and self.diary.activity_seats < 1:
            raise Full(code)
        found = seat or self.diary.seat(WORKSHOP, starts, ends, UNIT)
        if found.state == "attended":
            return CheckedIn(found, "already")
        come = self.diary.end(found.booking, "attended")
        return CheckedIn(come, "checked_in" if seat else "seat_given")

    def _confirmed(self, booking: str) -> Meeting:
        meeting = self.diary.bookings.get(booking)
        if meeting is None:
            raise NoSuchBooking(booking)
        if meeting.state != "confirmed" or meeting.ends <= self.diary.clock.now():
            raise BookingClosed(booking)
        return meeting


@dataclass
class FakeWeeks:
    """The diary by weeks."""

    diary: Diary
    attendance: FakeAttendance

    async def week(self, around: date | None) -> Week:
        """Its days that have something."""
        day = around or self.diary.clock.now().date()
        first = day - timedelta(days=day.weekday())
        shown = [
            meeting
            for meeting in self.diary.bookings.values()
            if meeting.state in {"confirmed", "attended"}
        ]
        by_day: dict[date, list[Meeting]] = {}
        for meeting in sorted(shown, key=lambda each: each.starts):
            if first <= meeting.starts.date() < first + timedelta(days=7):
                by_day.setdefault(meeting.starts.date(), []).append(meeting)
        return Week(first, tuple(Day(day, tuple(found)) for day, found in by_day.items()))

    async def recorded(self) -> Sequence[Recorded]:
        """What has been, and what she will miss."""
        absences = self.attendance.absences
        return [
            Recorded(each.service, each.starts, each.state, absences.get(each.booking))
            for each in self.diary.bookings.values()
            if each.booking in absences or each.ends <= self.diary.clock.now()
        ]


@dataclass
class FakePlans:
    """Every date there is."""

    clock: Clock
    reminded: dict[str, date | None] = field(default_factory=dict)
    counted: dict[str, date | None] = field(default_factory=dict)

    async def deadlines(self) -> Sequence[Deadline]:
        """Every kind there is."""
        return [self._seen(kind) for kind in KINDS]

    async def remind(self, kind: str, *, on: bool, counted_from: date | None = None) -> Deadline:
        """Switch."""
        if on:
            self.reminded.setdefault(kind, None)
            self.counted[kind] = counted_from
        else:
            self.reminded.pop(kind, None)
            self.counted.pop(kind, None)
        return self._seen(kind)

    async def done(self, kind: str, due: date) -> Deadline:
        """Met."""
        if kind in self.reminded:
            self.reminded[kind] = max(due, self.reminded[kind] or due)
        return self._seen(kind)

    def _seen(self, kind: str) -> Deadline:
        rule, today = KINDS[kind], today_at(self.clock.now())
        due = next_due(rule, today, self.reminded.get(kind), self.counted.get(kind))
        coming = [day for day in rule.remind_on(due) if day > today] if due else []
        return Deadline(
            kind,
            rule.name,
            rule.about,
            due,
            kind in self.reminded,
            rule.article,
            rule.asks,
            rule.span,
            coming[0] if coming else None,
            due is not None and due < today,
        )


@dataclass
class FakePapers:
    """Cards in memory."""

    clock: Clock
    cards: dict[CardKind, Card] = field(default_factory=dict)
    paused: Paused | None = None

    async def folder(self) -> Folder:
        """All of them."""
        cards = tuple(self.cards[kind] for kind in CARD_NAMES if kind in self.cards)
        return Folder(cards, self.paused)

    async def write(self, kind: CardKind, part: Part, value: str | date | bool) -> None:
        """One part."""
        most = LONGEST.get(part)
        if most and len(str(value)) > most:
            raise TooLong(most)
        blank = Card(kind, "", "", None, None, False, "person", self.clock.now(), 0)
        card = replace(self.cards.get(kind, blank), changed_at=self.clock.now())
        self.cards[kind] = replace(card, **{part: value})  # type: ignore[arg-type]

    async def remove(self, kind: CardKind) -> None:
        """Away with it."""
        self.cards.pop(kind, None)

    async def pause(self, why: Pause, until: date | None) -> None:
        """Quiet."""
        self.paused = Paused(why, until)

    async def start_again(self) -> None:
        """Not any more."""
        self.paused = None


@dataclass
class FakeFirstWeeks:
    """Two ways, three steps, one of them for children."""

    path: str | None = None
    children: bool = False
    done: set[str] = field(default_factory=set)

    def paths(self) -> Sequence[str]:
        """Two."""
        return ("assigned", "asylum")

    async def checklist(self) -> Checklist | None:
        """What was chosen."""
        if self.path is None:
            return None
        steps = ["personnummer", "register-for-sfi", *(["activity-report"] * self.children)]
        tasks = tuple(Task(each, each, each in self.done) for each in steps)
        address = f"https://ingang.example/first-weeks/{self.path}"
        return Checklist(self.path, self.children, tasks, address)

    async def choose(self, path: str, *, children: bool) -> None:
        """This one."""
        self.path, self.children = path, children

    async def tick(self, task: str, *, on: bool) -> None:
        """A tick."""
        self.done = self.done | {task} if on else self.done - {task}


@dataclass
class FakeHandoff:
    """Remembers what was handed over."""

    seen: bool = False
    left: list[str] = field(default_factory=list)
    number: str | None = None
    when: str | None = None

    async def leave(self, text: str) -> None:
        """A message."""
        self.left.append(text)

    async def take_back(self) -> bool:
        """Gone, unless somebody has seen it."""
        return not self.seen

    async def call_me(self, number: str) -> None:
        """A call."""
        self.number, self.when = telephone_number(number), "any"

    async def call_when(self, when: CallTime) -> None:
        """Its time."""
        self.when = when

    async def cancel_call(self) -> None:
        """No call."""
        self.number = self.when = None

    async def call_on(self, booking: str, number: str) -> None:
        """A number for a meeting."""
        self.number = telephone_number(number)


@dataclass
class FakeTalks:
    """One person's talk by the rules, at a desk that a test sets up."""

    clock: Clock
    desk: Desk = field(default_factory=lambda: Desk(is_open=False, on_duty=0))
    talk: Talk = field(default_factory=Talk)
    grade: int | None = None

    async def standing(self) -> Standing:
        """How it stands."""
        return Standing(self.talk, self.desk, self.talk.coach)

    async def happened(self, what: ByHer) -> Sequence[Notice]:
        """By the rules."""
        changed = advance(self.talk, what, self.clock.now(), self.desk, Terms())
        self.talk = changed.talk
        return changed.notices

    async def rate(self, grade: int) -> None:
        """A face."""
        self.grade = grade


@dataclass
class FakePeople:
    """A person who can be erased."""

    clock: Clock
    erased: bool = False
    told: Text | None = None

    async def notice(self) -> Text | None:
        """What the channel tells."""
        return self.told

    async def holding(self) -> Holding:
        """A little."""
        return Holding(self.clock.now() - timedelta(days=3), 12, 1, 2, 0, 90)

    async def erase(self) -> None:
        """Gone."""
        self.erased = True

    def promise(self) -> Text:
        """All of it."""
        return _("I delete everything you have written here. It cannot be brought back.")

    def receipt(self) -> Text:
        """All of it."""
        return _("You are deleted here. Your meetings are cancelled.")


def article(slug: str, languages: Sequence[str] = ("sv", "en", "ar")) -> Article:
    """An article with two sections, about nothing much."""
    words = {
        code: Translation(
            code,
            f"{slug} ({code})",
            (f"what is {slug}?",) * 5,
            (),
            f"**{slug}** is the answer.\n\n1. Go there.\n2. Bring it.",
            (Section("More", "More about it."), Section("Cost", "See [the page](https://a.se/)")),
        )
        for code in languages
    }
    source = Source("Skatteverket", "A page", "https://www.skatteverket.se/", date(2026, 11, 20))
    review = date(2027, 5, 1)
    return Article(
        slug, "Skatteverket", "papers", (), (source,), review, words, services=("coaching",)
    )


@dataclass
class FakeKnowledge:
    """Knows a few slugs: asking for one answers it, "maybe" gives choices."""

    articles: dict[str, Article] = field(
        default_factory=lambda: {
            slug: article(slug)
            for slug in (
                "personnummer",
                "register-for-sfi",
                "activity-report",
                "emergency-numbers",
                "violence-help",
            )
        }
    )

    def find(self, question: str, language: str) -> Finding:
        """By the slug in the question."""
        if "thanks" in question:
            return SmallTalk("thanks")
        if "robot" in question:
            return SmallTalk("robot")
        some = [Found(each, each.translations[language], 0.4) for each in self.articles.values()]
        if question == "money":
            return Broad(tuple(some[:3]))
        if "xyzzy" in question:
            return NotFound(tuple(some[:3]))
        found = [
            Found(each, each.translations[language], 0.9)
            for slug, each in self.articles.items()
            if slug in question and language in each.translations
        ]
        if found:
            return Answered(found[0], asked_in="ar" if "عربي" in question else None)
        if "maybe" in question:
            return Unsure(tuple(some[:3]))
        return NotFound()

    def read(self, slug: str, language: str) -> tuple[Article, Translation] | None:
        """In the language asked for, else the first."""
        found = self.articles.get(slug)
        if found is None:
            return None
        words = found.translations.get(language) or next(iter(found.translations.values()))
        return found, words

    def danger(self, text: str) -> str | None:
        """Fire and blows."""
        if "fire" in text:
            return "emergency"
        return "violence" if "hits me" in text else None

    def topic_of(self, slug: str) -> str | None:
        """What it is about."""
        found = self.articles.get(slug)
        return found.topic if found else None

    def article(self, slug: str) -> Article | None:
        """For rendering."""
        return self.articles.get(slug)


class FakeQuestions:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.asked_for: list[tuple[str, str]] = []
        self.chosen: dict[str, str] = {}
        self.rating: dict[str, bool] = {}
        self.waiting: list[str] = []

    async def asked(self, text: str, finding: Searched) -> str:
        """The token is the number of the question."""
        self.asked_for.append((text, type(finding).__name__))
        return str(len(self.asked_for))

    async def chose(self, token: str, slug: str) -> None:
        """One of the guesses."""
        self.chosen[token] = slug

    async def rated(self, token: str, *, helped: bool) -> None:
        """A thumb."""
        self.rating[token] = helped

    async def tell_me(self, token: str) -> None:
        """She waits."""
        self.waiting.append(token)

    async def no_more(self) -> None:
        """She waits for nothing."""
        self.waiting.clear()


@dataclass
class FakeReach:
    """Sends the code 1234 to whatever looks like a number or an address."""

    ways: list[Way] = field(default_factory=lambda: [Way("telegram")])
    may_add: tuple[Kind, ...] = ("sms", "mail")
    unproven: dict[str, Way] = field(default_factory=dict)
    tries: int = 0

    async def mine(self) -> Means:
        """Those that are proven."""
        return Means(tuple(self.ways))

    async def put_first(self, channel: str) -> None:
        """Stable otherwise."""
        self.ways.sort(key=lambda way: way.channel != channel)

    async def add(self, kind: Kind, typed: str) -> str:
        """The id is the number or address."""
        account = mobile_number(typed) if kind == "sms" else mail_address(typed)
        if any(way.hint == hint_of(kind, account) for way in self.ways):
            raise AlreadyThere
        address = f"{kind}-{account}"
        self.unproven = {address: Way(kind, address, hint_of(kind, account))}
        self.tries = 0
        return address

    async def confirm(self, address: str, code: str) -> None:
        """1234 is right."""
        if address not in self.unproven or self.tries >= MOST_TRIES:
            raise CodeTooOld
        if code != "1234":
            self.tries += 1
            if self.tries >= MOST_TRIES:
                raise CodeTooOld
            raise NotTheCode(MOST_TRIES - self.tries)
        proven = self.unproven.pop(address)
        self.ways = [proven, *(way for way in self.ways if way.channel != proven.channel)]

    async def remove(self, address: str) -> None:
        """Gone."""
        self.ways = [way for way in self.ways if way.address != address]


def fake_ports(clock: Clock, languages: Languages) -> Ports:
    """All of them, sharing one diary."""
    diary = Diary(clock)
    attendance = FakeAttendance(diary)
    return Ports(
        knowledge=FakeKnowledge(),
        questions=FakeQuestions(),
        calendar=FakeCalendar(diary),
        booking=FakeBooking(diary),
        requests=FakeWishes(diary),
        waitlist=FakeWishes(diary),
        interpreters=FakeInterpreters(diary),
        needs=FakeNeeds(),
        activities=FakeActivities(diary),
        courses=FakeCourses(diary),
        attendance=attendance,
        weeks=FakeWeeks(diary, attendance),
        plans=FakePlans(clock),
        papers=FakePapers(clock),
        first_weeks=FakeFirstWeeks(),
        reach=FakeReach(),
        handoff=FakeHandoff(),
        talks=FakeTalks(clock),
        people=FakePeople(clock),
        clock=clock,
        languages=languages,
    )


def _offer(service: str, at: datetime, mode: Mode = "on_site") -> Offer:
    return Offer(Slot(service, "amina", "centre", at, mode), "Amina", UNIT, ("ar", "sv"))


def _meeting(booking: str, slot: Slot) -> Meeting:
    service = next(each for each in (COACHING, ADVICE) if each.id == slot.service)
    ends = slot.starts + timedelta(minutes=service.minutes)
    return Meeting(
        booking, 0, "held", service, slot.starts, ends, UNIT, "Amina", "amina",
        mode=slot.mode, speaks=("ar", "sv", "en"),
    )  # fmt: skip
