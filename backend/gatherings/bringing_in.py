"""Putting in what was found good: in short transactions, so that nobody waits long meanwhile.

Each activity goes in whole or not at all, and is known again by its uid; so what was cut short
goes on when the same file is brought again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import ZONE
from backend.database import Database
from backend.gatherings.checks import instant_of
from backend.gatherings.dry_run import known_uids
from backend.gatherings.found import Differing, Found
from backend.models import Meeting, Series
from backend.models.base import new_id, table
from backend.services import catalogue as catalogues
from backend.services import series
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.services.making import meetings_to_come
from backend.services.schedule import AHEAD
from backend.services.series import NewSeries
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.ports import Clock

SECONDS = 0.5  # of one transaction
AT_ONCE = 100  # activities with one statement
TRIES = 5


async def bring_in(
    database: Database, clock: Clock, cache: CatalogueCache, actor: str, good: Sequence[Found]
) -> int:
    """Put activities in, those aside that are there; how many went in."""
    added, at, tries = 0, 0, 0
    while at < len(good):
        try:
            async with Work.begin(database, clock, actor) as work:
                done, new = await _some(work, cache, good[at:])
        except IntegrityError:  # somebody brings in the same at this moment
            tries += 1
            if tries == TRIES:
                raise
            continue
        at, added, tries = at + done, added + new, 0
    return added


async def _some(work: Work, cache: CatalogueCache, good: Sequence[Found]) -> tuple[int, int]:
    """As many as there is time for: how many were looked at, and how many of them went in."""
    session = await work.writing()
    until = time.monotonic() + SECONDS
    catalogue = await cache.get(session)
    await catalogues.touch(session)
    done = new = 0
    while done < len(good) and time.monotonic() < until:
        some = good[done : done + AT_ONCE]
        there = await known_uids(session, some)
        fresh = [found for found in some if found.new.uid not in there]
        await _add(work, session, catalogue, fresh)
        done, new = done + len(some), new + len(fresh)
    return done, new


async def _add(
    work: Work, session: AsyncSession, catalogue: Catalogue, fresh: Sequence[Found]
) -> None:
    """Some series and all their meetings, each with one statement."""
    now = work.clock.now()
    all_series: list[dict[str, Any]] = []
    meetings: list[dict[str, Any]] = []
    for found in fresh:
        values = series.checked(catalogue, found.new)
        row = Series(**values, id=new_id(), zone=ZONE.key, state="open", created_at=now)
        coming, until = meetings_to_come(catalogue, row, now, local_day(now) + AHEAD)
        differing = [made for each in found.differing if (made := _row(row.id, found.new, each))]
        elsewhere = {made["series_start"] for made in differing}
        meetings += [made for made in coming if made["series_start"] not in elsewhere]
        meetings += differing
        own = {"id": row.id, "zone": row.zone, "state": row.state, "created_at": now}
        all_series.append(values | own | {"made_until": until, "version": 0})
        work.note("series", row.id, "added", source=found.new.source)
    if all_series:
        await session.execute(insert(table(Series)), all_series)
    if meetings:
        await session.execute(insert(table(Meeting)), meetings)


def _row(added: str, new: NewSeries, differing: Differing) -> dict[str, Any] | None:
    """The meeting of one date, moved or off; None when there is no such time."""
    wall = differing.moved or differing.start
    starts = instant_of(wall)
    if starts is None:
        return None
    return {
        "id": new_id(),
        "service_id": new.service,
        "staff_id": new.coach,
        "unit_id": differing.unit or new.unit,
        "series_id": added,
        "series_start": f"{differing.start:%Y-%m-%dT%H:%M}",
        "mode": new.mode,
        "local_start": f"{wall:%Y-%m-%dT%H:%M}",
        "zone": ZONE.key,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=differing.minutes or new.minutes),
        "capacity": new.capacity,
        "taken": 0,
        "state": "planned" if differing.moved else "cancelled",
        "version": 0,
    }
