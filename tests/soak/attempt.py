"""One attempt in the contest: somebody, her dice and her clock, and what she may try."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.database import Database, is_deadlock
from backend.models import Booking, Claim, Meeting
from backend.services.asking import PersonWishes
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.desk import EXPECTED, PersonBooking
from backend.services.freetimes import wanted_cells
from backend.work import Work
from dialogs import ports
from dialogs.ports import AlreadyBooked, Held, NoSuchBooking, Slot, SlotTaken
from tests.clock import FrozenClock
from tests.soak.arena import (
    COACHES,
    MODES,
    QUARTER,
    SHARED,
    Fought,
    fresh,
    overlapping,
    shared,
)

T = TypeVar("T")

LOST = (*EXPECTED, AlreadyBooked, NoSuchBooking)
BUSY = "busy"  # waited for its turn until it gave up; over HTTP a 503
OTHER_TIMES = 3  # as the dialog shows to whoever has lost one


class Row(NamedTuple):
    """A booking somebody has come across."""

    booking: str
    version: int
    person: str
    service: str
    coach: str | None


@dataclass
class Attempt:
    """Its clock is its own. ``looks``: at a time before it is taken, as without a guard."""

    database: Database
    cache: CatalogueCache
    dice: random.Random
    number: int
    fought: Fought
    looks: bool = False
    clock: FrozenClock = field(default_factory=FrozenClock)

    @property
    def alone(self) -> tuple[str, str]:
        """Two people nobody else acts for."""
        first, second = fresh(self.number)
        return first, second

    def anyone(self) -> str:
        """Somebody, and half the time somebody who is in other processes too."""
        if self.dice.random() < 0.5:
            return shared(self.dice.randrange(SHARED))
        return self.alone[0]

    def slot(self, service: str) -> Slot:
        """One of the contested times."""
        return self.dice.choice(overlapping(service))

    async def free(self, service: str) -> Slot:
        """One that is free just now, as she is shown it: near one of the contested times."""
        slot, person = self.slot(service), self.alone[0]
        async with self.desk(person) as desk:
            calendar = PersonCalendar(person, desk.work, desk.catalogue)
            (offer,) = await calendar.beside(slot, "en", 1, slot.mode)
        return offer.slot

    def slot_beside(self, slot: Slot, service: str) -> Slot:
        """A time that overlaps another one, with another coach."""
        coach = self.dice.choice([coach for coach in COACHES if coach != slot.coach])
        starts = slot.starts + self.dice.choice((-QUARTER, 0 * QUARTER, QUARTER))
        return Slot(service, coach, slot.unit, starts, MODES[service][0])

    async def tries(self, what: str, doing: Awaitable[T]) -> T | None:
        """Try something, and count how it ended; None when it did not come off."""
        try:
            done = await doing
        except LOST as lost:
            ending = type(lost).__name__
        except PoolTimeout:
            ending = BUSY
        except DBAPIError as error:
            ending = _fault(error)
        else:
            self.fought.ended[f"{what}: done"] += 1
            return done
        self.fought.ended[f"{what}: {ending}"] += 1
        return None

    @asynccontextmanager
    async def work(self, actor: str = "person") -> AsyncIterator[tuple[Work, CurrentCatalogue]]:
        """A unit of work, and the catalogue as it sees it."""
        async with Work.begin(self.database, self.clock, actor) as work:
            yield work, CurrentCatalogue(self.cache, work)

    @asynccontextmanager
    async def desk(self, person: str) -> AsyncIterator[PersonBooking]:
        """What a person may do with her meetings, in a unit of work."""
        async with self.work() as (work, catalogue):
            yield PersonBooking(person, work, catalogue)

    @asynccontextmanager
    async def wishes(self, person: str) -> AsyncIterator[PersonWishes]:
        """What a person may do with what has no time yet, in a unit of work."""
        async with self.work() as (work, catalogue):
            yield PersonWishes(person, "en", work, catalogue)

    @asynccontextmanager
    async def staff(self) -> AsyncIterator[Bookings]:
        """What staff may do, in a unit of work."""
        async with self.work("staff:amina") as (work, catalogue):
            yield Bookings(work, await catalogue.get())

    async def hold(self, person: str, slot: Slot) -> Held | None:
        """Keep a time; whoever loses it is shown three others."""
        return await self.tries("hold", self._hold(person, slot))

    async def confirm(self, person: str, held: Held | None) -> ports.Meeting | None:
        """Book what is held, if anything is."""
        return None if held is None else await self.tries("confirm", self._confirm(person, held))

    async def book(self, person: str, slot: Slot) -> ports.Meeting | None:
        """Both, one after the other."""
        return await self.confirm(person, await self.hold(person, slot))

    async def move(self, row: Row, slot: Slot) -> ports.Meeting | None:
        """Change a meeting's time; whoever loses the new one is shown three others."""
        return await self.tries("move", self._move(row, slot))

    async def come_across(self, *which: ColumnElement[bool]) -> Row | None:
        """One of the bookings that are so, whosever it is."""
        columns = (Booking.id, Booking.version, Booking.person_id, Booking.service_id)
        query = (
            select(*columns, Meeting.staff_id)
            .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
            .where(*which)
            .order_by(Booking.created_at, Booking.id)
        )
        async with self.database.reading() as session:
            rows = (await session.execute(query)).all()
        return Row(*self.dice.choice(rows)) if rows else None

    async def _hold(self, person: str, slot: Slot) -> Held:
        began = perf_counter()
        async with self.desk(person) as desk:
            try:
                await self._look(desk, slot)
                return await desk.hold(slot)
            except SlotTaken:
                await self._see_others(desk, slot, began)
                raise

    async def _confirm(self, person: str, held: Held) -> ports.Meeting:
        async with self.desk(person) as desk:
            return await desk.confirm(held)

    async def _move(self, row: Row, slot: Slot) -> ports.Meeting:
        began = perf_counter()
        async with self.desk(row.person) as desk:
            try:
                await self._look(desk, slot, row.booking)
                return await desk.move(row.booking, row.version, slot)
            except SlotTaken:
                await self._see_others(desk, slot, began)
                raise

    async def _see_others(self, desk: PersonBooking, slot: Slot, began: float) -> None:
        """The times beside one that was lost, looked for in the same turn, as the dialog does."""
        lost = perf_counter()
        calendar = PersonCalendar(desk.person, desk.work, desk.catalogue)
        offers = await calendar.beside(slot, "en", OTHER_TIMES, slot.mode)
        seen = perf_counter()
        self.fought.after.append(round((seen - lost) * 1000, 2))
        self.fought.whole.append(round((seen - began) * 1000, 2))
        self.fought.others[str(len({offer.slot for offer in offers}))] += 1

    async def _look(self, desk: PersonBooking, slot: Slot, booking: str = "") -> None:
        """What a system without a guard does: whether it is free. Raises SlotTaken."""
        if not self.looks:
            return
        terms = (await desk.catalogue.get()).services[slot.service]
        now = self.clock.now()
        query = select(Claim.booking_id).where(
            tuple_(Claim.resource, Claim.cell).in_(wanted_cells(slot, terms, desk.person)),
            or_(Claim.until.is_(None), Claim.until >= now),
            Claim.booking_id != booking,
        )
        session = await desk.work.reading()
        if (await session.scalars(query)).first() is not None:
            raise SlotTaken


def _fault(error: DBAPIError) -> str:
    """A deadlock, SQLite's one writer who had no time for so long, or whatever it is called."""
    if is_deadlock(error):
        return "DeadlockError"
    return BUSY if "database is locked" in str(error.orig) else type(error).__name__
