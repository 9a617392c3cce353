"""A course of the demonstration: lessons on Mondays and Wednesdays, for all who sign up."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from backend.services import series
from backend.services.catalogue import Catalogue
from backend.services.series import NewSeries
from backend.services.walltime import local_day
from backend.work import Work

LESSON, MINUTES, SEATS = "sfi-lesson", 180, 25
HALF_YEAR = timedelta(weeks=26)


async def open_one(work: Work, catalogue: Catalogue) -> None:
    """Lessons from this week's Monday on, for half a year; none when the site has no lessons."""
    if LESSON not in catalogue.services:
        return
    today = local_day(work.clock.now())
    monday = today - timedelta(days=today.weekday())
    rule = f"FREQ=WEEKLY;BYDAY=MO,WE;UNTIL={monday + HALF_YEAR:%Y%m%d}T235900"
    first = datetime.combine(monday, time(9))
    unit = next(iter(catalogue.units))
    await series.add(
        work,
        catalogue,
        NewSeries(LESSON, unit, first, MINUTES, SEATS, rule, enrols=True, name={"sv": "SFI B"}),
    )
