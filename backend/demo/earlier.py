"""Meetings of earlier months, of people who have been deleted since: they are for the figures.

Nothing leads from them to anybody, as after every deletion, so no language is known either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.demo.people import SEED
from backend.models import Booking, Hours, Journal, Meeting, Service, Staff
from backend.models.base import new_id, table
from backend.services.walltime import instant, local_day, wall_text

WEEKS = 48
BUSY = 0.9  # of the days a coach is there
WAITED = 0.12  # of all: they had stood in line; what is cancelled of these they never took
AHEAD_DAYS = (2, 7, 30)  # at least, mostly, at most: from booking to meeting
ENDS: Mapping[tuple[str, str | None], int] = {  # state, closed by whom: how many of a hundred
    ("attended", None): 70,
    ("no_show", None): 10,
    ("excused", None): 8,
    ("cancelled", "person"): 9,
    ("cancelled", "coach"): 3,
}
IN_LINE = ("waiting", "offered", "confirmed")

Row = dict[str, Any]


@dataclass(frozen=True)
class Stay:
    """A coach at a place on a day, and what can be booked then."""

    coach: str
    unit: str
    starts: datetime
    services: Sequence[Service]


async def remember(session: AsyncSession, until: datetime) -> None:
    """Insert the meetings of the weeks before an instant."""
    rng = Random(SEED)  # noqa: S311 - for a story, not for secrets
    meetings: list[Row] = []
    bookings: list[Row] = []
    journal: list[Row] = []
    for stay in await _stays(session, local_day(until)):
        if not stay.services or rng.random() > BUSY:
            continue
        meeting, booking = _met(stay, rng)
        meetings.append(meeting)
        bookings.append(booking)
        waited, took = rng.random() < WAITED, booking["state"] != "cancelled"
        actions = (IN_LINE if took else IN_LINE[:2]) if waited else IN_LINE[2:]
        journal += (_noted(booking, action) for action in actions)
    for model, rows in ((Meeting, meetings), (Booking, bookings), (Journal, journal)):
        if rows:
            await session.execute(insert(table(model)), rows)


async def _stays(session: AsyncSession, stop: date) -> list[Stay]:
    services = (
        await session.scalars(
            select(Service).where(Service.is_group.is_(False)).order_by(Service.position)
        )
    ).all()
    rows = await session.execute(
        select(Hours, Staff.services)
        .join(Staff, Staff.id == Hours.staff_id)
        .order_by(Staff.username, Hours.weekday, Hours.from_minute)
    )
    stays = []
    for hours, own in rows.all():
        fitting = [
            service
            for service in services
            if service.id in own and (not service.units or hours.unit_id in service.units)
        ]
        for day in _days(stop, hours.weekday):
            starts = instant(day, hours.from_minute)
            if starts is not None:
                stays.append(Stay(hours.staff_id, hours.unit_id, starts, fitting))
    return stays


def _days(stop: date, weekday: int) -> Iterator[date]:
    """The same weekday of every week before."""
    last = stop - timedelta(days=1 + (stop.isoweekday() - 1 - weekday) % 7)
    return (last - timedelta(weeks=weeks) for weeks in range(WEEKS))


def _met(stay: Stay, rng: Random) -> tuple[Row, Row]:
    """A meeting and its booking; the first service is the usual one."""
    service = rng.choice((stay.services[0], *stay.services))
    state, closed_by = rng.choices([*ENDS], [*ENDS.values()])[0]
    is_off = state == "cancelled"
    least, mostly, most = AHEAD_DAYS
    meeting = {
        "id": new_id(),
        "service_id": service.id,
        "staff_id": stay.coach,
        "unit_id": stay.unit,
        "local_start": wall_text(stay.starts),
        "starts_at": stay.starts,
        "ends_at": stay.starts + timedelta(minutes=service.minutes),
        "taken": 0 if is_off else 1,
        "state": "cancelled" if is_off else "planned",
    }
    booking = {
        "id": new_id(),
        "person_id": new_id(),
        "meeting_id": meeting["id"],
        "service_id": service.id,
        "state": state,
        "closed_by": closed_by,
        "marked_at": None if is_off else meeting["ends_at"],
        "created_at": stay.starts - timedelta(days=rng.triangular(least, most, mostly)),
        "seen_by_staff": True,
    }
    return meeting, booking


def _noted(booking: Row, action: str) -> Row:
    return {
        "at": booking["created_at"],
        "actor": "person",
        "entity": "booking",
        "entity_id": booking["id"],
        "action": action,
        "data": {},
    }
