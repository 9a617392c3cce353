"""Activities as one person sees them: the activities port of one turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Row, Select, and_, or_, select

from backend.models import Booking, Meeting, Series, Service
from backend.services import claims
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue, CurrentCatalogue
from backend.services.claims import HasOpenBooking
from backend.services.desk import EXPECTED, PersonBooking
from backend.services.seats import Seats
from backend.services.states import change
from backend.work import Work
from dialogs import ports
from dialogs.gatherings import Activity
from dialogs.ports import AlreadyBooked, SlotGone

MOST_ACTIVITIES = 60
HERS = ("confirmed", "waiting")


@dataclass(frozen=True)
class PersonActivities:
    """Occasions one person may join, within one unit of work. What fails leaves nothing behind."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def coming(self) -> Sequence[Activity]:
        """Those to come, first first. Lessons of a course are not joined one by one."""
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        query = self._to_come().order_by(Meeting.starts_at, Meeting.id).limit(MOST_ACTIVITIES)
        return [_activity(catalogue, row) for row in await session.execute(query)]

    async def one(self, meeting: str) -> Activity:
        """One of them. Raises SlotGone."""
        session = await self.work.reading()
        row = (await session.execute(self._to_come().where(Meeting.id == meeting))).first()
        if row is None:
            raise SlotGone(meeting)
        return _activity(await self.catalogue.get(), row)

    async def join(self, meeting: str) -> ports.Meeting:
        """Take a seat. Raises Full, SlotGone, AlreadyBooked, OwnClash."""
        return await PersonBooking(self.person, self.work, self.catalogue).join(meeting)

    async def wait(self, meeting: str) -> None:
        """Hear when there is a seat. Raises SlotGone, AlreadyBooked."""
        seats = Seats(Bookings(self.work, await self.catalogue.get()))
        with suppress(HasOpenBooking):
            async with self._all_or_nothing():
                return await seats.wait(self.person, meeting)
        if booked := await seats.of(self.person, meeting):
            raise AlreadyBooked(booked)
        return None

    async def stop_waiting(self, meeting: str) -> None:
        """She wants to hear of it no more."""
        session = await self.work.writing()
        row = await session.scalar(
            select(Booking).where(
                Booking.person_id == self.person,
                Booking.meeting_id == meeting,
                Booking.state == "waiting",
            )
        )
        if row is None:
            return
        async with self._all_or_nothing():
            changed = await change(
                session, row.id, row.version, "waiting", "cancelled", closed_by="person"
            )
            await claims.release(session, row.id)
            self.work.note("booking", row.id, "cancelled", version=changed.version, by="person")

    def _to_come(self) -> Select[Meeting, Series, str, str]:
        return (
            select(Meeting, Series, Booking.id, Booking.state)
            .join(Service, Service.id == Meeting.service_id)
            .outerjoin(Series, Series.id == Meeting.series_id)
            .outerjoin(
                Booking,
                and_(
                    Booking.meeting_id == Meeting.id,
                    Booking.person_id == self.person,
                    Booking.state.in_(HERS),
                ),
            )
            .where(
                Service.is_group,
                Meeting.state == "planned",
                Meeting.starts_at > self.work.clock.now(),
                or_(Series.id.is_(None), Series.enrols.is_(False)),
            )
        )

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        try:
            yield
        except EXPECTED:
            await self.work.abandon()
            raise


def _activity(catalogue: Catalogue, row: Row[Meeting, Series, str, str]) -> Activity:
    meeting, series, booking, state = row
    return Activity(
        meeting.id,
        catalogue.service_of(meeting.service_id, meeting.series_id),
        meeting.starts_at,
        meeting.ends_at,
        catalogue.units[meeting.unit_id],
        meeting.capacity - meeting.taken,
        booking if state == "confirmed" else None,
        state == "waiting",
        series.organiser if meeting.series_id else None,
    )
