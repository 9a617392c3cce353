"""The next dates of an activity as they will be, and the days that are left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Closure
from backend.models.calendar import EVERYWHERE
from backend.services import schedule
from backend.services.catalogue import Catalogue
from backend.services.closures import OPEN
from backend.services.series import NewSeries
from backend.services.walltime import instant

SHOWN = 10


@dataclass(frozen=True)
class LeftOut:
    """A day on which it does not take place. ``why``: a closed day's name, empty if unknown."""

    day: date
    why: str


@dataclass(frozen=True)
class Preview:
    """The first dates as instants, what is left out among them, and how many there are in all.

    ``is_more``: there are others after the last one shown.
    """

    dates: tuple[datetime, ...]
    left_out: tuple[LeftOut, ...]
    is_more: bool


async def look(session: AsyncSession, catalogue: Catalogue, new: NewSeries) -> Preview:
    """What would be made of a series. Raises BadRule."""
    first = new.first.date()
    starts = schedule.expand(new.first, new.rule, first, first + schedule.AHEAD)
    names = await _names(session, new.unit, starts)
    dates: list[datetime] = []
    left_out: list[LeftOut] = []
    for number, start in enumerate(starts):
        if len(dates) == SHOWN:
            return Preview(tuple(dates), tuple(left_out), number < len(starts))
        at = instant(start.date(), start.hour * 60 + start.minute)
        if new.skips_closures and is_closed(catalogue, new, start):
            left_out.append(LeftOut(start.date(), names.get(start.date(), "")))
        elif at is not None:
            dates.append(at)
    return Preview(tuple(dates), tuple(left_out), is_more=False)


def is_closed(catalogue: Catalogue, new: NewSeries, start: datetime) -> bool:
    """Whether the place closes before it would end."""
    closes = catalogue.closed_from(start.date(), new.unit)
    return closes is not None and closes < start.hour * 60 + start.minute + new.minutes


async def _names(session: AsyncSession, unit: str, starts: Sequence[datetime]) -> dict[date, str]:
    """What closed days are called."""
    if not starts:
        return {}
    rows = await session.execute(
        select(Closure.day, Closure.name).where(
            Closure.day >= starts[0].date(),
            Closure.day <= starts[-1].date(),
            Closure.from_minute < OPEN,
            or_(Closure.unit_id == unit, Closure.unit_id == EVERYWHERE),
        )
    )
    return dict(rows.all())
