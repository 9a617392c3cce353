"""The group activities of the site file, as meetings of the weeks around a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from backend.clock import ZONE
from backend.models.base import new_id
from backend.services.catalogue import Catalogue
from backend.services.walltime import instant, wall_text
from backend.site import Site


def workshop_rows(
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
