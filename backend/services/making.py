"""Meetings of a series, made as rows ahead of time: on no closed day, and never twice.

A meeting is known by the wall time its rule gave it (``series_start``), so that one that was
moved or called off is not made again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Meeting, Series
from backend.models.base import new_id
from backend.services import schedule
from backend.services.catalogue import Catalogue
from backend.services.schedule import AT_ONCE
from backend.services.walltime import instant, local_day

WALL = "%Y-%m-%dT%H:%M"


class NoSuchSeries(LookupError):
    """There is no such series, or it is not in a state in which this can be done."""


async def locked(session: AsyncSession, series: str, *states: str) -> Series:
    """A series that is in one of these states; nobody else changes it now. Raises NoSuchSeries.

    Comes after people are locked, and before its meetings.
    """
    row = await session.scalar(
        select(Series)
        .where(Series.id == series, Series.state.in_(states))
        .with_for_update(key_share=True)  # a booking of it may be added meanwhile
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NoSuchSeries(series)
    return row


async def set_values(session: AsyncSession, row: Series, **values: object) -> None:
    """Change columns of a locked series, and count that as a new version."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()


def first_of(row: Series) -> datetime:
    """The first start of a series, as naive wall time."""
    return datetime.strptime(row.first, WALL)  # noqa: DTZ007 - wall time


def wall_minute(wall: datetime) -> int:
    """Minutes since midnight, by the clock on the wall."""
    return wall.hour * 60 + wall.minute


async def make_meetings(
    session: AsyncSession, catalogue: Catalogue, row: Series, now: datetime, until: date
) -> int:
    """The meetings of a series from where it was left off up to a day; how many are new.

    At most AT_ONCE: ``made_until`` then says how far it came. Raises BadRule.
    """
    rows, until = meetings_to_come(catalogue, row, now, until)
    made = 0
    if rows:
        found = await session.scalars(
            insertion(session, Meeting)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["series_id", "series_start"])
            .returning(Meeting.id)
        )
        made = len(found.all())
    row.made_until = until
    await session.flush()
    return made


def meetings_to_come(
    catalogue: Catalogue, row: Series, now: datetime, until: date
) -> tuple[list[dict[str, Any]], date]:
    """The meetings of a series from where it was left off, as rows, and how far they reach.

    At most AT_ONCE, up to a day. Raises BadRule.
    """
    today = local_day(now)
    after = max(row.made_until + timedelta(days=1), today) if row.made_until else today
    if after > until:
        return [], row.made_until or until
    starts = schedule.expand(first_of(row), row.rule, after, until)
    if len(starts) == AT_ONCE:
        until = max(starts[-1].date() - timedelta(days=1), after)
    rows = [
        values
        for wall in starts
        if wall.date() <= until and not is_closed(catalogue, row, wall)
        if (values := _values(row, wall)) is not None and values["starts_at"] > now
    ]
    return rows, until


def is_closed(catalogue: Catalogue, row: Series, wall: datetime) -> bool:
    """Whether its place is closed then, and it takes closed days off."""
    closed_from = catalogue.closed_from(wall.date(), row.unit_id)
    return (
        row.skips_closures
        and closed_from is not None
        and wall_minute(wall) + row.minutes > closed_from
    )


def _values(row: Series, wall: datetime) -> dict[str, Any] | None:
    starts = instant(wall.date(), wall_minute(wall))
    if starts is None:
        return None
    return {
        "id": new_id(),
        "service_id": row.service_id,
        "staff_id": row.staff_id,
        "unit_id": row.unit_id,
        "series_id": row.id,
        "series_start": f"{wall:{WALL}}",
        "mode": row.mode,
        "local_start": f"{wall:{WALL}}",
        "zone": row.zone,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=row.minutes),
        "capacity": row.capacity,
        "taken": 0,
        "state": "planned",
        "version": 0,
    }
