"""The guard against double booking: five-minute cells of something scarce, as a primary key.

Whoever inserts a cell first has it. A claim that has lapsed (a hold that ran out, a meeting that
has been) is taken over by the same statement, so nothing needs to be cleaned up first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Booking, Claim, Instant
from dialogs.ports import OwnClash, SlotTaken

CELL = timedelta(minutes=5)
CELL_SECONDS = int(CELL.total_seconds())

RIGHT, PLACE = "open:", "wait:"

Wanted = tuple[str, int]  # resource, cell


class HasOpenBooking(Exception):
    """The person has an open booking of this service, or waits for one, already."""


def cell_of(at: datetime) -> int:
    """The five-minute cell an instant lies in, counted from 1970."""
    return int(at.timestamp()) // CELL_SECONDS


def cells(start: datetime, stop: datetime) -> range:
    """Every cell from ``start`` up to, but not including, ``stop``."""
    return range(cell_of(start), -(-int(stop.timestamp()) // CELL_SECONDS))


def coach_resource(coach: str) -> str:
    """A coach's time."""
    return f"coach:{coach}"


def person_resource(person: str) -> str:
    """A person's own time: nobody is in two places at once."""
    return f"person:{person}"


def open_resource(person: str, service: str) -> str:
    """A person's one open booking of a service."""
    return f"{RIGHT}{person}:{service}"


def wait_resource(person: str, service: str) -> str:
    """A person's one place in line for a service."""
    return f"{PLACE}{person}:{service}"


async def take(
    session: AsyncSession,
    booking: str,
    wanted: Iterable[Wanted],
    now: datetime,
    until: datetime | None,
) -> None:
    """Claim every wanted cell. Raises SlotTaken, OwnClash or HasOpenBooking; then roll back."""
    rows = [
        {"resource": resource, "cell": cell, "lane": 0, "booking_id": booking, "until": until}
        for resource, cell in sorted(wanted)
    ]
    inserted = insertion(session, Claim)
    statement = inserted.on_conflict_do_update(
        index_elements=["resource", "cell", "lane"],
        set_={"booking_id": inserted.excluded.booking_id, "until": inserted.excluded.until},
        where=Claim.until < now,
    ).returning(Claim.resource, Claim.cell)
    got = {(resource, cell) for resource, cell in await session.execute(statement, rows)}
    missing = {resource for resource, cell in set(wanted) - got}
    if not missing:
        return
    if any(resource.startswith((RIGHT, PLACE)) for resource in missing):
        raise HasOpenBooking
    if any(resource.startswith("coach:") for resource in missing):
        raise SlotTaken
    raise OwnClash


async def keep(session: AsyncSession, booking: str, one_open: str, ends: datetime) -> int:
    """Claims of a confirmed booking stay; how many there are.

    The right to another booking of the service, ``one_open``, comes back when this one ``ends``.
    """
    kept = await session.scalars(
        update(Claim)
        .where(Claim.booking_id == booking)
        .values(until=case((Claim.resource == one_open, literal(ends, Instant)), else_=None))
        .returning(Claim.cell)
    )
    return len(kept.all())


async def release(session: AsyncSession, booking: str) -> None:
    """Give back everything a booking has claimed."""
    await session.execute(delete(Claim).where(Claim.booking_id == booking))


async def release_all_but(session: AsyncSession, booking: str, kept: str) -> None:
    """Give back everything except her right to the booking, or her place in line."""
    await session.execute(
        delete(Claim).where(Claim.booking_id == booking, Claim.resource.not_like(f"{kept}%"))
    )


async def are_taken(
    session: AsyncSession, resource: str, wanted: range, person: str, now: datetime
) -> bool:
    """Whether somebody else has some of these cells; that nobody has, only ``take`` can say."""
    found = await session.scalar(
        select(Claim.cell)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(
            Claim.resource == resource,
            Claim.cell.between(wanted.start, wanted.stop - 1),
            or_(Claim.until.is_(None), Claim.until >= now),
            Booking.person_id != person,
        )
        .limit(1)
    )
    return found is not None


async def owner(session: AsyncSession, resource: str) -> str | None:
    """The booking that has claimed a right or a place in line, or None."""
    return await session.scalar(
        select(Claim.booking_id).where(Claim.resource == resource, Claim.cell == 0)
    )


async def leave_line(session: AsyncSession, booking: str) -> None:
    """She waits no more; what else the booking claims stays."""
    await session.execute(
        delete(Claim).where(Claim.booking_id == booking, Claim.resource.like(f"{PLACE}%"))
    )
