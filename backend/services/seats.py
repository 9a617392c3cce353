"""Seats in group activities: as many bookings as there are seats, and never one more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Booking, Meeting
from backend.models.base import new_id
from backend.services import claims
from backend.services.bookings import Bookings
from backend.services.meetings import lock
from dialogs import ports
from dialogs.ports import Full, SlotGone


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
        row = (
            await session.execute(
                update(Meeting)
                .where(
                    Meeting.id == meeting,
                    Meeting.state == "planned",
                    Meeting.taken < Meeting.capacity,
                    Meeting.starts_at > now,
                )
                .values(taken=Meeting.taken + 1)
                .returning(Meeting.service_id, Meeting.starts_at, Meeting.ends_at)
            )
        ).first()
        if row is None:
            await _explain_no_seat(session, meeting)
        booking = new_id()
        seated = await session.scalar(
            insertion(session, Booking)
            .values(
                id=booking,
                person_id=person,
                meeting_id=meeting,
                service_id=row.service_id,
                state="confirmed",
                created_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Booking.id)
        )
        if seated is None:
            raise claims.HasOpenBooking
        own = claims.person_resource(person)
        wanted = [(own, cell) for cell in claims.cells(row.starts_at, row.ends_at)]
        await claims.take(session, booking, wanted, now, None)
        work.note("booking", booking, "confirmed", version=0)
        seen = await self.bookings.find(booking)
        self.bookings.remind(person, seen)
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


async def _explain_no_seat(session: AsyncSession, meeting: str) -> NoReturn:
    row = await session.get(Meeting, meeting)
    if row is not None and row.taken >= row.capacity:
        raise Full(meeting)
    raise SlotGone(meeting)
