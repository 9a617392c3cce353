"""Seats and places that have come free, for those who wait in line: the worker's part.

Each in a transaction of its own, with that one person locked: whoever gave the seat back is
locked in another, and two people are never locked out of order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from backend.database import Database
from backend.models import Booking, Meeting, Series
from backend.services import enrolments, telling
from backend.services.bookings import Bookings
from backend.services.catalogue import CatalogueCache
from backend.services.line import is_awake
from backend.services.seated import Seated
from backend.services.seats import IN_TIME, Place, Seats
from backend.wake import Hub
from backend.work import Work
from dialogs.ports import BookingClosed, Clock, Full, OwnClash, SlotGone

MISSED = (SlotGone, Full, OwnClash, BookingClosed)


@dataclass(frozen=True)
class Filling:
    """Looks for free seats that somebody waits for; nobody is woken at night."""

    database: Database
    clock: Clock
    cache: CatalogueCache
    hub: Hub

    async def fill(self) -> int:
        """Give what is free to the first in line who can have it; how many got something."""
        if not is_awake(self.clock.now()):
            return 0
        given = 0
        for free, line in await self._lines():
            given += await self._fill_one(free, line)
        for person, series in await self._courses():
            given += await self._admit(person, series)
        if given:
            self.hub.nudge()
        return given

    async def _lines(self) -> Sequence[tuple[int, Sequence[Place]]]:
        """Free seats of an occasion, and who waits for one, first come first."""
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Booking, Meeting.capacity - Meeting.taken)
                .join(Meeting, Meeting.id == Booking.meeting_id)
                .where(
                    Booking.state == "waiting",
                    Meeting.state == "planned",
                    Meeting.taken < Meeting.capacity,
                    Meeting.starts_at > self.clock.now() + IN_TIME,
                )
                .order_by(Booking.created_at, Booking.id)
            )
            lines: dict[str, tuple[int, list[Place]]] = {}
            for row, free in rows:
                meeting = row.meeting_id or ""
                place = Place(row.id, row.version, row.person_id, meeting)
                lines.setdefault(meeting, (free, []))[1].append(place)
        return list(lines.values())

    async def _courses(self) -> Sequence[tuple[str, str]]:
        """Who waits for a course that has room, first come first: person and series."""
        enrolled = (
            select(func.count())
            .select_from(Booking)
            .where(Booking.series_id == Series.id, Booking.state == "enrolled")
            .correlate(Series)
            .scalar_subquery()
        )
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Booking.person_id, Booking.series_id)
                .join(Series, Series.id == Booking.series_id)
                .where(
                    Booking.state == "waiting",
                    Booking.meeting_id.is_(None),
                    Series.state == "open",
                    enrolled < Series.capacity,
                )
                .order_by(Booking.created_at, Booking.id)
            )
            return [(person, series) for person, series in rows if series is not None]

    async def _fill_one(self, free: int, line: Iterable[Place]) -> int:
        """So many seats of one occasion; who has something else then is passed over."""
        given = 0
        for place in line:
            if given == free:
                break
            given += await self._seat(place)
        return given

    async def _seat(self, place: Place) -> bool:
        try:
            async with Work.begin(self.database, self.clock, "system") as work:
                catalogue = await self.cache.get(await work.reading())
                seen = await Seats(Bookings(work, catalogue)).next_in_line(place)
                telling.tell_seat(work, Seated(place.person, seen))
        except MISSED:
            return False
        return True

    async def _admit(self, person: str, series: str) -> bool:
        async with Work.begin(self.database, self.clock, "system") as work:
            catalogue = await self.cache.get(await work.reading())
            return await enrolments.admit(work, catalogue, person, series)


async def close_lines(work: Work) -> int:
    """Nobody waits for a seat at what has begun; how many did."""
    now = work.clock.now()
    begun = select(Meeting.id).where(Meeting.starts_at <= now)
    late = (Booking.state == "waiting") & Booking.meeting_id.in_(begun)
    if await (await work.reading()).scalar(select(Booking.id).where(late).limit(1)) is None:
        return 0
    session = await work.writing()
    closed = await session.scalars(
        update(Booking)
        .where(late)
        .values(state="cancelled", version=Booking.version + 1, closed_by="system")
        .returning(Booking.id)
        .execution_options(synchronize_session=False)
    )
    found = closed.all()
    for booking in found:
        work.note("booking", booking, "cancelled", by="system")
    return len(found)
