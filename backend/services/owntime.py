"""People's own time, for many seats at once: nobody is in two places, as far as we know.

As ``claims``, but with one statement for all. Everyone whose time changes is locked before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, delete, func, literal, null, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from backend.database import insertion
from backend.models import Booking, Claim, Meeting
from backend.services.claims import CELL_SECONDS

CELL_MS = CELL_SECONDS * 1_000
PERSON = "person:"
LONGEST = 600 * 60 // CELL_SECONDS + 1  # cells of the longest activity, when it starts within one


def first_cell() -> ColumnElement[int]:
    """The first five-minute cell of a meeting, as SQL."""
    return _ms(Meeting.starts_at) // CELL_MS


def end_cell() -> ColumnElement[int]:
    """The first cell after a meeting, as SQL."""
    return (_ms(Meeting.ends_at) + (CELL_MS - 1)) // CELL_MS


def has_something(person: InstrumentedAttribute[str], now: datetime) -> ColumnElement[bool]:
    """Whether a person has something else during a meeting; both are of the query around it."""
    return (
        select(Claim.booking_id)
        .where(
            Claim.resource == literal(PERSON) + person,
            Claim.cell >= first_cell(),
            Claim.cell < end_cell(),
            Claim.until.is_(None) | (Claim.until >= now),
        )
        .exists()
    )


async def claim(session: AsyncSession, bookings: Collection[str], now: datetime) -> None:
    """Each booking takes its person's time at its meeting, as far as nothing else has it."""
    offsets = select(literal(0, BigInteger).label("n")).cte("offsets", recursive=True)
    offsets = offsets.union_all(select(offsets.c.n + 1).where(offsets.c.n < LONGEST))
    cell = first_cell() + offsets.c.n
    wanted = (
        select(
            literal(PERSON) + Booking.person_id,
            cell,
            literal(0),
            Booking.id,
            null(),
        )
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .join(offsets, cell < end_cell())
        .where(Booking.id.in_(bookings))
        .order_by(Booking.person_id, cell)
    )
    columns = ["resource", "cell", "lane", "booking_id", "until"]
    inserted = insertion(session, Claim).from_select(columns, wanted)
    await session.execute(
        inserted.on_conflict_do_update(
            index_elements=["resource", "cell", "lane"],
            set_={"booking_id": inserted.excluded.booking_id, "until": inserted.excluded.until},
            where=Claim.until < now,
        )
    )


async def release(session: AsyncSession, bookings: Collection[str]) -> None:
    """Give back everything these bookings have claimed."""
    await session.execute(delete(Claim).where(Claim.booking_id.in_(bookings)))


async def clashing(session: AsyncSession, bookings: Collection[str]) -> frozenset[str]:
    """Those whose person has something else during some of the meeting."""
    claimed = (
        select(Claim.booking_id, func.count().label("cells"))
        .where(Claim.booking_id.in_(bookings), Claim.resource.startswith(PERSON))
        .group_by(Claim.booking_id)
        .subquery()
    )
    rows = await session.scalars(
        select(Booking.id)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .outerjoin(claimed, claimed.c.booking_id == Booking.id)
        .where(
            Booking.id.in_(bookings),
            func.coalesce(claimed.c.cells, 0) < end_cell() - first_cell(),
        )
    )
    return frozenset(rows)


def _ms(instant: InstrumentedAttribute[datetime]) -> ColumnElement[int]:
    return type_coerce(instant, BigInteger)
