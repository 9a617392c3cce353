"""The group activities of the site file, as meetings of the coming weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import ZONE
from backend.models import Meeting
from backend.models.base import new_id, table
from backend.services.catalogue import Catalogue
from backend.services.walltime import instant, wall_text
from backend.site.entries import Site

AHEAD = timedelta(days=42)


async def plan(
    session: AsyncSession, site: Site, catalogue: Catalogue, first: date, last: date
) -> int:
    """Add the meetings that are not there yet; how many. One called off by staff stays so."""
    wanted = list(_meetings(site, catalogue, first, last))
    services = {activity.service for activity in site.activities}
    known = await session.execute(
        select(Meeting.service_id, Meeting.unit_id, Meeting.starts_at).where(
            Meeting.service_id.in_(services)
        )
    )
    there = {tuple(row) for row in known}
    missing = [
        row for row in wanted if (row["service_id"], row["unit_id"], row["starts_at"]) not in there
    ]
    if missing:
        await session.execute(insert(table(Meeting)), missing)
    return len(missing)


def _meetings(
    site: Site, catalogue: Catalogue, first: date, last: date
) -> Iterator[dict[str, Any]]:
    """One meeting for each week and activity from ``first`` to ``last``; none on closed days."""
    for activity in site.activities:
        minutes = catalogue.services[activity.service].service.minutes
        day = first + timedelta(days=(activity.day - first.isoweekday()) % 7)
        while day <= last:
            starts = instant(day, activity.start)
            if starts is not None and catalogue.closed_from(day, activity.unit) is None:
                yield {
                    "id": new_id(),
                    "service_id": activity.service,
                    "unit_id": activity.unit,
                    "local_start": wall_text(starts),
                    "zone": ZONE.key,
                    "starts_at": starts,
                    "ends_at": starts + timedelta(minutes=minutes),
                    "capacity": activity.seats,
                }
            day += timedelta(days=7)
