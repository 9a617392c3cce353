"""The group activities of the site file, as series that take place every week.

A meeting of before, with the same service, place and start and no series, becomes one of it. Once
staff have changed a series in the console, its own row is the truth and the file is not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Series
from backend.models.base import new_id
from backend.services.catalogue import Catalogue
from backend.services.making import WALL, make_meetings
from backend.services.walltime import instant
from backend.site.entries import ActivityEntry, Site

AHEAD = timedelta(days=42)
WEEKLY = "FREQ=WEEKLY"
SOURCE = "site"


async def plan(
    session: AsyncSession, site: Site, catalogue: Catalogue, first: date, last: date
) -> int:
    """Add the meetings that are not there yet; how many. One called off by staff stays so."""
    now = instant(first, 0)
    if now is None:
        return 0
    rows = await session.scalars(select(Series).where(Series.source == SOURCE))
    known = {row.uid or "": row for row in rows}
    wanted = {uid_of(entry): entry for entry in site.activities}
    await _end(session, [row for uid, row in known.items() if uid not in wanted], now)
    made = 0
    for uid, entry in wanted.items():
        row = known.get(uid) or _series(uid, entry, now)
        session.add(row)
        untouched = row.version == 0
        if untouched:
            minutes = catalogue.services[entry.service].service.minutes
            await _say(session, row, entry, minutes, first, now)
        if row.state == "open":
            made += await _make(session, catalogue, row, now, last, again=untouched)
    return made


def uid_of(entry: ActivityEntry) -> str:
    """What an activity of the file is known by."""
    return f"{SOURCE}:{entry.service}:{entry.unit}:{entry.day}:{entry.start}"


def _series(uid: str, entry: ActivityEntry, now: datetime) -> Series:
    return Series(
        id=new_id(),
        service_id=entry.service,
        unit_id=entry.unit,
        first="",
        rule=WEEKLY,
        source=SOURCE,
        uid=uid,
        skips_closures=True,
        version=0,
        created_at=now,
    )


async def _say(
    session: AsyncSession,
    row: Series,
    entry: ActivityEntry,
    minutes: int,
    first: date,
    now: datetime,
) -> None:
    """What the file says: also that it takes place again, after it was not in the file."""
    day = first + timedelta(days=(entry.day - first.isoweekday()) % 7)
    clock = time(entry.start // 60, entry.start % 60)
    starts = f"{datetime.combine(day, clock):{WALL}}"
    row.first = min(row.first or starts, starts)
    row.minutes, row.capacity, row.state = minutes, entry.seats, "open"
    await session.flush()
    await session.execute(
        update(Meeting)
        .where(
            Meeting.series_id == row.id,
            Meeting.starts_at > now,
            Meeting.taken <= entry.seats,
            Meeting.capacity != entry.seats,
        )
        .values(capacity=entry.seats)
    )
    await _adopt(session, row)


async def _adopt(session: AsyncSession, row: Series) -> None:
    """Meetings that were planned before there were series."""
    loose = await session.scalars(
        select(Meeting).where(
            Meeting.service_id == row.service_id,
            Meeting.unit_id == row.unit_id,
            Meeting.series_id.is_(None),
        )
    )
    weekly = datetime.strptime(row.first, WALL)  # noqa: DTZ007 - wall time
    for meeting in loose:
        wall = datetime.strptime(meeting.local_start, WALL)  # noqa: DTZ007 - wall time
        if (wall.weekday(), wall.time()) == (weekly.weekday(), weekly.time()):
            meeting.series_id, meeting.series_start = row.id, meeting.local_start
    await session.flush()


async def _make(
    session: AsyncSession,
    catalogue: Catalogue,
    row: Series,
    now: datetime,
    last: date,
    *,
    again: bool,
) -> int:
    """``again``: all from ``now`` on, also a day that was closed when it was made before."""
    made_until = row.made_until
    if again:
        row.made_until = None
    made = await make_meetings(session, catalogue, row, now, last)
    row.made_until = max(made_until or last, row.made_until or last)
    await session.flush()
    return made


async def _end(session: AsyncSession, vanished: Collection[Series], now: datetime) -> None:
    """No more are made, and those nobody has booked go; the others are for staff."""
    ids = [row.id for row in vanished if row.state == "open" and row.version == 0]
    for row in vanished:
        if row.id in ids:
            row.state = "ended"
    await session.flush()
    booked = select(Booking.id).where(Booking.meeting_id == Meeting.id)
    await session.execute(
        delete(Meeting)
        .where(Meeting.series_id.in_(ids), Meeting.starts_at > now, ~booked.exists())
        .execution_options(synchronize_session=False)
    )
