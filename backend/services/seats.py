"""Seats in group activities: as many bookings as there are seats, and never one more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Booking, Meeting, Service
from backend.models.base import new_id
from backend.services import claims, owntime
from backend.services.bookings import Bookings
from backend.services.meetings import lock
from backend.services.states import change
from dialogs import ports
from dialogs.ports import Full, SlotGone

IN_TIME = timedelta(hours=2)  # to hear of a seat, and to come


@dataclass(frozen=True)
class Place:
    """Somebody's place in line for a seat at one occasion."""

    booking: str
    version: int
    person: str
    meeting: str


@dataclass(frozen=True)
class Taken:
    """A seat's row has been counted; of which activity, and when."""

    service: str
    series: str | None


@dataclass(frozen=True)
class Seats:
    """Seats within one unit of work."""

    bookings: Bookings

    async def join(self, person: str, meeting: str) -> ports.Meeting:
        """Take a seat in a group activity. Raises SlotGone, Full, OwnClash, HasOpenBooking."""
        work = self.bookings.work
        session = await work.writing()
        await lock(session, [], person)
        now = work.clock.now()
        taken = await _count(session, meeting, Meeting.starts_at > now)
        booking = await self._seat(person, meeting, taken)
        seen = await self.bookings.find(booking)
        own = claims.person_resource(person)
        wanted = [(own, cell) for cell in claims.cells(seen.starts, seen.ends)]
        await claims.take(session, booking, wanted, now, None)
        self.bookings.remind(person, seen)
        return seen

    async def join_at_the_door(self, person: str, meeting: str) -> ports.Meeting:
        """Take a seat until the activity is over: she is there. Raises SlotGone, Full."""
        work = self.bookings.work
        session = await work.writing()
        await lock(session, [], person)
        now = work.clock.now()
        taken = await _count(session, meeting, Meeting.ends_at > now)
        booking = await self._seat(person, meeting, taken)
        await owntime.claim(session, [booking], now)
        return await self.bookings.find(booking)

    async def wait(self, person: str, meeting: str) -> None:
        """Stand in line for a seat. Raises SlotGone, HasOpenBooking."""
        work = self.bookings.work
        session = await work.writing()
        now = work.clock.now()
        row = (
            await session.execute(
                select(Meeting.service_id, Meeting.series_id)
                .join(Service, Service.id == Meeting.service_id)
                .where(
                    Meeting.id == meeting,
                    Meeting.state == "planned",
                    Meeting.starts_at > now,
                    Service.is_group,
                )
            )
        ).first()
        if row is None:
            raise SlotGone(meeting)
        booking = await self._add(person, meeting, Taken(*row), "waiting")
        if booking is None:
            raise claims.HasOpenBooking
        work.note("booking", booking, "waiting", version=0)

    async def next_in_line(self, place: Place) -> ports.Meeting:
        """Somebody who waits gets a seat. Raises SlotGone, Full, OwnClash, BookingClosed."""
        work = self.bookings.work
        session = await work.writing()
        await lock(session, [], place.person)
        now = work.clock.now()
        await _count(session, place.meeting, Meeting.starts_at > now + IN_TIME)
        changed = await change(session, place.booking, place.version, "waiting", "confirmed")
        seen = await self.bookings.find(place.booking)
        own = claims.person_resource(place.person)
        wanted = [(own, cell) for cell in claims.cells(seen.starts, seen.ends)]
        await claims.take(session, place.booking, wanted, now, None)
        work.note("booking", place.booking, "confirmed", version=changed.version)
        self.bookings.remind(place.person, seen)
        return seen

    async def of(self, person: str, meeting: str) -> str:
        """The id of a person's booking of a meeting, or an empty string."""
        session = await self.bookings.work.reading()
        found = await session.scalar(
            select(Booking.id).where(
                Booking.person_id == person,
                Booking.meeting_id == meeting,
                Booking.state == "confirmed",
            )
        )
        return found or ""

    async def _seat(self, person: str, meeting: str, taken: Taken) -> str:
        """A booking for a seat that is counted: a new one, or her place in line."""
        work = self.bookings.work
        session = await work.writing()
        booking, version = await self._add(person, meeting, taken, "confirmed"), 0
        if booking is None:
            waited = await session.execute(
                select(Booking.id, Booking.version).where(
                    Booking.person_id == person,
                    Booking.meeting_id == meeting,
                    Booking.state == "waiting",
                )
            )
            place = waited.first()
            if place is None:
                raise claims.HasOpenBooking
            booking = place.id
            changed = await change(session, booking, place.version, "waiting", "confirmed")
            version = changed.version
        work.note("booking", booking, "confirmed", version=version)
        return booking

    async def _add(self, person: str, meeting: str, taken: Taken, state: str) -> str | None:
        """A new booking, or None when she has one. Staff see those of a series on its own list."""
        session = await self.bookings.work.writing()
        return await session.scalar(
            insertion(session, Booking)
            .values(
                id=new_id(),
                person_id=person,
                meeting_id=meeting,
                service_id=taken.service,
                series_id=taken.series,
                state=state,
                created_at=self.bookings.work.clock.now(),
                seen_by_staff=taken.series is not None or state == "waiting",
            )
            .on_conflict_do_nothing()
            .returning(Booking.id)
        )


async def _count(session: AsyncSession, meeting: str, in_time: ColumnElement[bool]) -> Taken:
    """One seat more is taken. Raises SlotGone, Full."""
    row = (
        await session.execute(
            update(Meeting)
            .where(
                Meeting.id == meeting,
                Meeting.state == "planned",
                Meeting.taken < Meeting.capacity,
                in_time,
            )
            .values(taken=Meeting.taken + 1)
            .returning(Meeting.service_id, Meeting.series_id)
            .execution_options(synchronize_session=False)
        )
    ).first()
    if row is None:
        await _explain_no_seat(session, meeting)
    return Taken(row.service_id, row.series_id)


async def _explain_no_seat(session: AsyncSession, meeting: str) -> NoReturn:
    row = await session.get(Meeting, meeting)
    if row is not None and row.taken >= row.capacity:
        raise Full(meeting)
    raise SlotGone(meeting)
