"""A quarter of a year lived fast: people book, move, cancel, learn, and are reminded.

Everything goes through the services that a turn or the console would use, and every minute that
matters through the real releaser, sender and sweeps; only time is driven. What was truly booked,
from when until when, is written down beside it, so that what must have been sent can be worked
out without asking the code that sends (``tests.soak.almanac``).
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update

from backend.console import attendance
from backend.models import (
    Address,
    Booking,
    Closure,
    Conversation,
    Meeting,
    Person,
    Series,
    Service,
)
from backend.reminders import afterwards
from backend.services import attending, enrolments, occasions, series
from backend.services.catalogue import CurrentCatalogue
from backend.services.catalogue import touch as catalogue_changed
from backend.services.closures import holidays_of
from backend.services.desk import PersonBooking
from backend.services.plans import PersonPlans
from backend.services.walltime import instant, local_day
from backend.work import Work
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    NoSuchBooking,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
)
from tests.house import House

LANGUAGES = ("sv", "en", "ar", "fa_AF", "so", "ti", "uk", "ru")
MISSED = (AlreadyBooked, BookingClosed, NoSuchBooking, OwnClash, SlotGone, SlotTaken)
HOURS = (9, 10, 11)
LESSON = 180  # minutes
SWEEPS = (3, 12)  # o'clock
PERMIT, REPORT = "permit-extension", "activity-report"


@dataclass(frozen=True)
class Scale:
    """How much of it there is. ``lessons`` are days with a lesson of each course."""

    people: int
    coaches: int
    first: date
    last: date
    courses: int
    seats: int
    begins: date  # the first Monday of the courses, which last two weeks
    acts_a_day: int


@dataclass
class Life:
    """A booking as it truly was: at this time, from ``since`` until it was moved or off."""

    person: str
    starts: datetime
    kind: str
    version: int
    since: datetime
    until: datetime | None = None
    missed_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it was booked at an instant."""
        return self.since < at and (self.until is None or self.until > at)


@dataclass
class Ledger:
    """What is true, written down as it happens."""

    lives: dict[str, list[Life]] = field(default_factory=dict)  # by booking
    speaks: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    reports: dict[str, list[tuple[datetime, date]]] = field(default_factory=dict)  # done for
    permits: dict[str, date] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)  # acts by name

    def booked(self, booking: str, life: Life) -> None:
        """It is booked, or booked at another time."""
        lives = self.lives.setdefault(booking, [])
        if lives and lives[-1].until is None:
            lives[-1].until = life.since
        lives.append(life)

    def off(self, booking: str, at: datetime) -> None:
        """It is off."""
        lives = self.lives.get(booking, [])
        if lives and lives[-1].until is None:
            lives[-1].until = at

    def language(self, person: str, at: datetime) -> str:
        """What she read at an instant."""
        return next(code for since, code in reversed(self.speaks[person]) if since <= at)


Act = Callable[[], Awaitable[None]]


@dataclass
class Quarter:
    """The city of a quarter: acts in order of time, and everything due in between."""

    house: House
    scale: Scale
    rng: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    people: list[str] = field(default_factory=list)
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def live(self) -> Ledger:
        """From the first day's midnight to the last day's; what was true."""
        self.house.clock.at = at(self.scale.first, 0)
        await self._move_in()
        self._script()
        end = at(self.scale.last, 24 * 60 - 1)
        while True:
            due = await self.house.releaser.next_due()
            act = self._acts[0][0] if self._acts else end
            moment = min(end, act, due or end)
            if moment >= end:
                return self.ledger
            self.house.clock.at = max(self.house.clock.at, moment)
            while self._acts and self._acts[0][0] <= self.house.clock.at:
                with suppress(*MISSED):  # somebody else has that time, or it is too late
                    await heappop(self._acts)[2]()
            while await self.house.releaser.release_due():
                pass
            await self.house.sender.send_due()

    async def _move_in(self) -> None:
        now = self.house.clock.now()
        rows: list[list[dict[str, Any]]] = [[], [], []]
        for number in range(self.scale.people):
            person, account = f"person-{number}", str(number)
            code = LANGUAGES[number % len(LANGUAGES)]
            fingerprint = self.house.vault.fingerprint("telegram", account)
            rows[0].append({"id": person, "created_at": now})
            rows[1].append(
                {
                    "id": f"address-{number}",
                    "person_id": person,
                    "channel": "telegram",
                    "account": fingerprint,
                    "sealed": self.house.vault.seal(account),
                }
            )
            rows[2].append(
                {
                    "id": f"thread-{number}",
                    "person_id": person,
                    "address_id": f"address-{number}",
                    "language": code,
                    "chosen": True,
                    "seen_at": now,
                }
            )
            self.people.append(person)
            self.ledger.speaks[person] = [(now, code)]
        lesson = {"sv": "SFI-lektion", "en": "SFI lesson"}
        async with self.house.database.writing() as session:
            for model, values in zip((Person, Address, Conversation), rows, strict=True):
                await session.execute(insert(model), values)
            await session.execute(
                insert(Service).values(
                    id="sfi", position=9, name=lesson, about=lesson, bring={}, minutes=LESSON,
                    is_group=True, horizon_days=90,
                )
            )  # fmt: skip
            await session.execute(update(Service).values(horizon_days=90))
            holidays = holidays_of([self.scale.first.year])
            closed = [{"day": day, "name": name} for day, name in sorted(holidays.items())]
            await session.execute(insert(Closure), closed)
            await catalogue_changed(session)

    # What happens, and when ---------------------------------------------------------------------

    def _script(self) -> None:
        day = self.scale.first
        while day <= self.scale.last:
            for hour in SWEEPS:
                self._at(day, hour * 60, self._sweep)
            for _act in range(self.scale.acts_a_day):
                self._at(day, self.rng.randrange(8 * 60, 20 * 60), self._something)
            self._at(day, 21 * 60, self._mark_yesterday)
            day += timedelta(days=1)
        self._at(self.scale.first, 10 * 60, self._switch_on_deadlines)
        self._at(self.scale.begins - timedelta(days=10), 11 * 60, self._open_courses)
        self._at(self.scale.begins, 12 * 60, self._change_a_lesson)

    def _at(self, day: date, minute: int, act: Act) -> None:
        seconds = timedelta(seconds=self.rng.randrange(1, 60))
        heappush(self._acts, (at(day, minute) + seconds, next(self._numbers), act))

    async def _something(self) -> None:
        throw, person = self.rng.random(), self.rng.choice(self.people)
        if throw < 0.62:
            await self._book(person)
        elif throw < 0.74:
            await self._move()
        elif throw < 0.86:
            await self._cancel()
        elif throw < 0.93:
            await self._speak(person)
        else:
            await self._tell_absence()

    async def _book(self, person: str) -> None:
        async with self._as(person) as (work, catalogue):
            desk = PersonBooking(person, work, catalogue)
            meeting = await desk.confirm(await desk.hold(self._slot()))
        now = self.house.clock.now()
        life = Life(person, meeting.starts, "meeting", meeting.version, now)
        self.ledger.booked(meeting.booking, life)

    async def _move(self) -> None:
        booking, life = self._any("meeting")
        if life is None:
            return
        async with self._as(life.person) as (work, catalogue):
            desk = PersonBooking(life.person, work, catalogue)
            moved = await desk.move(booking, life.version, self._slot())
        now = self.house.clock.now()
        self.ledger.booked(booking, Life(life.person, moved.starts, "meeting", moved.version, now))

    async def _cancel(self) -> None:
        booking, life = self._any("meeting")
        if life is None:
            return
        async with self._as(life.person) as (work, catalogue):
            await PersonBooking(life.person, work, catalogue).cancel(booking)
        self.ledger.off(booking, self.house.clock.now())

    async def _speak(self, person: str) -> None:
        code = self.rng.choice(LANGUAGES)
        async with self.house.database.writing() as session:
            await session.execute(
                update(Conversation).where(Conversation.person_id == person).values(language=code)
            )
        self.ledger.speaks[person].append((self.house.clock.now(), code))

    async def _tell_absence(self) -> None:
        booking, life = self._any("lesson")
        if life is None:
            return
        async with self._as(life.person) as (work, catalogue):
            known = await catalogue.get()
            await attending.tells_absence(work, known, life.person, booking, "child_ill")
        self.ledger.off(booking, self.house.clock.now())

    async def _switch_on_deadlines(self) -> None:
        for number, person in enumerate(self.people):
            async with self._as(person) as (work, catalogue):
                plans = PersonPlans(person, work, catalogue)
                await plans.remind(REPORT, on=True)
                if number % 5 == 0:
                    ends = self.scale.first + timedelta(days=self.rng.randrange(30, 150))
                    await plans.remind(PERMIT, on=True, counted_from=ends)
                    self.ledger.permits[person] = ends
            self.ledger.reports[person] = []

    async def _open_courses(self) -> None:
        """Half on Mondays and Wednesdays at nine, half on Tuesdays and Thursdays at one."""
        for number in range(self.scale.courses):
            early = number % 2 == 0
            first = self.scale.begins + timedelta(days=0 if early else 1)
            new = series.NewSeries(
                "sfi", "centre", datetime.combine(first, time(9 if early else 13)), LESSON,
                self.scale.seats, f"FREQ=WEEKLY;BYDAY={'MO,WE' if early else 'TU,TH'};COUNT=4",
                enrols=True, name={"sv": f"SFI kurs {number}"},
            )  # fmt: skip
            async with self._as("system") as (work, catalogue):
                opened = await series.add(work, await catalogue.get(), new)
            for place in range(self.scale.seats):
                person = self.people[number * self.scale.seats + place]
                async with self._as(person) as (work, catalogue):
                    await enrolments.enrol(work, await catalogue.get(), person, opened)
        await self._note_seats()

    async def _change_a_lesson(self) -> None:
        """One is moved to the afternoon, one is called off; everybody with a seat hears."""
        now = self.house.clock.now()
        async with self.house.database.reading() as session:
            rows = await session.execute(
                select(Meeting)
                .join(Series, Series.id == Meeting.series_id)
                .where(Meeting.starts_at > now + timedelta(days=4), Meeting.state == "planned")
                .order_by(Meeting.series_id, Meeting.starts_at)
            )
            lessons = [row for (row,) in rows]
        moved, off = lessons[0], lessons[-1]
        later = datetime.combine(local_day(moved.starts_at), time(14))
        async with self._as("staff:amina") as (work, catalogue):
            await occasions.move(work, await catalogue.get(), moved.id, moved.version, later)
        async with self._as("staff:amina") as (work, catalogue):
            await occasions.call_off(work, await catalogue.get(), off.id, off.version)
        await self._note_seats()

    async def _mark_yesterday(self) -> None:
        """A coach says who came to yesterday's meetings; every fifth did not."""
        now = self.house.clock.now()
        for booking, lives in self.ledger.lives.items():
            life = lives[-1]
            is_over = timedelta(hours=12) < now - life.starts < timedelta(hours=36)
            if life.kind == "meeting" and life.until is None and is_over:
                missed = self.rng.random() < 0.2
                to: attendance.Mark = "no_show" if missed else "attended"
                async with self._as("staff:amina") as (work, catalogue):
                    await attendance.mark(work, booking, life.version, to)
                    languages = self.house.texts.languages
                    await afterwards.follow_up(work, catalogue, languages, booking, to)
                life.missed_at = now if missed else None

    async def _sweep(self) -> None:
        await self.house.worker.sweep()
        await self._note_seats()

    async def _note_seats(self) -> None:
        """Seats of courses that are new, at another time, or off, as the tables have them."""
        now = self.house.clock.now()
        async with self.house.database.reading() as session:
            rows = await session.execute(
                select(
                    Booking.id, Booking.person_id, Booking.state, Booking.version,
                    Meeting.starts_at,
                )
                .join(Meeting, Meeting.id == Booking.meeting_id)
                .where(Meeting.series_id.is_not(None))
            )  # fmt: skip
            seats = rows.all()
        for booking, person, state, version, starts in seats:
            known = self.ledger.lives.get(booking)
            if state == "confirmed" and (known is None or known[-1].starts != starts):
                self.ledger.booked(booking, Life(person, starts, "lesson", version, now))
            elif state == "cancelled":
                self.ledger.off(booking, now)

    # With what ----------------------------------------------------------------------------------

    def _slot(self) -> Slot:
        coach = f"coach{self.rng.randrange(self.scale.coaches):02}"
        day = local_day(self.house.clock.now()) + timedelta(days=self.rng.randrange(1, 13))
        starts = at(day, self.rng.choice(HOURS) * 60)
        return Slot("coaching", coach, "centre", starts)

    def _any(self, kind: str) -> tuple[str, Life | None]:
        """One that is booked and still to come."""
        now = self.house.clock.now()
        coming = [
            (booking, lives[-1])
            for booking, lives in self.ledger.lives.items()
            if lives[-1].kind == kind and lives[-1].until is None and lives[-1].starts > now
        ]
        return self.rng.choice(coming) if coming else ("", None)

    def _as(self, who: str) -> _Doing:
        return _Doing(self, who)


@dataclass
class _Doing:
    """One unit of work of somebody's. What cannot be done any more is left."""

    quarter: Quarter
    who: str
    work: Work | None = None

    async def __aenter__(self) -> tuple[Work, CurrentCatalogue]:
        house = self.quarter.house
        actor = self.who if ":" in self.who or self.who == "system" else "person"
        self.work = Work(house.database, house.clock, actor)
        return self.work, CurrentCatalogue(house.cache, self.work)

    async def __aexit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        assert self.work is not None
        try:
            if kind is None:
                await self.work.commit()
        finally:
            await self.work.close()


def at(day: date, minute: int) -> datetime:
    """The instant of a wall time; one the clocks jump over counts an hour later."""
    found = instant(day, minute) or instant(day, minute + 60)
    assert found is not None
    return found
