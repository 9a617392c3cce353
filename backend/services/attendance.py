"""Who was expected, who came, and who said that she could not: one occasion, or a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Series, Service
from backend.services import seeing
from backend.services.catalogue import Catalogue
from backend.services.meetings import with_meeting
from backend.services.walltime import instant
from dialogs import ports
from dialogs.ports import BookingState

Absence = Literal["ill", "child_ill", "other"]
SEATED = ("confirmed", "attended", "no_show", "excused")


@dataclass(frozen=True)
class Seat:
    """One row of an occasion's list."""

    booking: str
    version: int
    state: BookingState
    person: str
    coming_at: datetime | None
    absence: Absence | None
    told_at: datetime | None
    absent_from: datetime | None
    absent_to: datetime | None
    marked_at: datetime | None


@dataclass(frozen=True)
class Attendance:
    """One row of a month: who was expected when, and for which of it she was away.

    ``absent_from`` and ``absent_to`` are None when she was there for all of it, or when nobody
    has said yet (``meeting.state`` is confirmed). ``told_at``: she said so before it ended.
    """

    meeting: ports.Meeting
    person: str
    absent_from: datetime | None
    absent_to: datetime | None
    told_at: datetime | None
    absence: Absence | None


async def sheet(session: AsyncSession, catalogue: Catalogue, meeting: str) -> Sequence[Seat]:
    """Everyone of an occasion: seats first, in order of signing up, then who cannot come.

    Who said that she cannot, and took a seat again, is there once.
    """
    has_seat = Booking.state.in_(SEATED)
    told = and_(Booking.state == "cancelled", Booking.told_at.is_not(None))
    rows = await session.scalars(
        select(Booking)
        .where(Booking.meeting_id == meeting, or_(has_seat, told))
        .order_by(case((has_seat, 0), else_=1), Booking.created_at, Booking.id)
    )
    seats: dict[str, Seat] = {}
    for row in rows:
        seats.setdefault(row.person_id, _seat(row))
    return list(seats.values())


async def month(
    session: AsyncSession, catalogue: Catalogue, year: int, month: int
) -> Sequence[Attendance]:
    """Everyone who was expected at a group activity of a month, by time and person.

    Only what has begun by the end of the month counts as expected; whoever gave back a seat that
    she was free to take, and gave no reason, was not.
    """
    start = instant(date(year, month, 1), 0)
    stop = instant(date(year + month // 12, month % 12 + 1, 1), 0)
    gave_reason = or_(Booking.absence.is_not(None), Series.enrols)
    absent = and_(
        Booking.state == "cancelled",
        Booking.closed_by == "person",
        Booking.told_at.is_not(None),
        gave_reason,
    )
    rows = await session.execute(
        with_meeting()
        .join(Service, Service.id == Meeting.service_id)
        .outerjoin(Series, Series.id == Meeting.series_id)
        .where(
            Service.is_group,
            Meeting.state != "cancelled",
            Meeting.starts_at >= start,
            Meeting.starts_at < stop,
            or_(Booking.state.in_(SEATED), absent),
        )
        .order_by(Meeting.starts_at, Meeting.id, Booking.person_id, Booking.created_at.desc())
    )
    found: dict[tuple[str, str], Attendance] = {}
    for booking, held in rows:
        key = (held.id, booking.person_id)
        if key not in found or booking.state != "cancelled":
            found[key] = _attendance(catalogue, booking, held)
    return list(found.values())


def _seat(row: Booking) -> Seat:
    return Seat(
        row.id,
        row.version,
        cast("BookingState", row.state),
        row.person_id,
        row.coming_at,
        cast("Absence | None", row.absence),
        row.told_at,
        row.absent_from,
        row.absent_to,
        row.marked_at,
    )


def _attendance(catalogue: Catalogue, booking: Booking, held: Meeting) -> Attendance:
    away: tuple[datetime | None, datetime | None] = booking.absent_from, booking.absent_to
    if booking.state in {"no_show", "excused", "cancelled"} and away == (None, None):
        away = held.starts_at, held.ends_at
    return Attendance(
        seeing.meeting(catalogue, booking, held),
        booking.person_id,
        *away,
        booking.told_at,
        cast("Absence | None", booking.absence),
    )
