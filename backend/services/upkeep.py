"""Activities kept going by the worker: meetings made ahead, seats given, lines closed.

Each part is a transaction of its own, short enough that nobody else waits for it long.
"""

from __future__ import annotations

from sqlalchemy import select, update

from backend.database import Database
from backend.models import Meeting, Series, Staff
from backend.services import enrolments, series
from backend.services.catalogue import CatalogueCache
from backend.services.filling import close_lines
from backend.services.schedule import AHEAD
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.ports import Clock


async def keep_activities(database: Database, clock: Clock, cache: CatalogueCache) -> None:
    """Everything about activities that only needs to happen now and then."""
    async with Work.begin(database, clock, "system") as work:
        await let_leaders_go(work)
        await close_lines(work)
    while await _make_some(database, clock, cache):
        pass
    while await _seat_some(database, clock, cache):
        pass


async def let_leaders_go(work: Work) -> int:
    """Who has left leads nothing any more; how many series that were."""
    gone = select(Staff.id).where(Staff.is_active.is_(False))
    led = Series.staff_id.in_(gone) & Series.state.in_(("open", "suggested"))
    coming = (
        Meeting.staff_id.in_(gone)
        & Meeting.series_id.is_not(None)
        & (Meeting.starts_at > work.clock.now())
    )
    reading = await work.reading()
    found = (await reading.scalars(select(Series.id).where(led))).all()
    if not found and await reading.scalar(select(Meeting.id).where(coming).limit(1)) is None:
        return 0
    session = await work.writing()
    unled = {"staff_id": None}
    away = {"synchronize_session": False}
    await session.execute(update(Series).where(led).values(**unled), execution_options=away)
    await session.execute(update(Meeting).where(coming).values(**unled), execution_options=away)
    for each in found:
        work.note("series", each, "leader_left")
    return len(found)


async def _make_some(database: Database, clock: Clock, cache: CatalogueCache) -> int:
    async with Work.begin(database, clock, "system") as work:
        catalogue = await cache.get(await work.reading())
        return await series.make_all(work, catalogue, local_day(clock.now()) + AHEAD)


async def _seat_some(database: Database, clock: Clock, cache: CatalogueCache) -> int:
    async with Work.begin(database, clock, "system") as work:
        catalogue = await cache.get(await work.reading())
        return await enrolments.seats_ahead(work, catalogue, clock.now())
