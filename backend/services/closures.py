"""Days when the centre or one of its units is closed: Swedish holidays, and what staff decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from holidays.countries.sweden import Sweden
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Closure, Unit
from backend.models.calendar import EVERYWHERE, MINUTES_OF_A_DAY
from backend.services import catalogue
from backend.services.centre import DayPassed
from backend.services.uncovered import Uncovered, uncovered
from backend.services.walltime import instant, local_day
from backend.work import Work

OPEN = MINUTES_OF_A_DAY  # closed from midnight on: a holiday on which staff work


class NoSuchUnit(Exception):
    """There is no such place."""


class SkippedHour(Exception):
    """The clocks jump over the time on that day."""


def holidays_of(years: Iterable[int]) -> dict[date, str]:
    """Swedish holidays, with the eves nobody works, by day."""
    found = Sweden(
        years=years,
        categories=("public", "de_facto"),
        include_sundays=False,
        language="sv",
    )
    return dict(found.items())


async def coming(session: AsyncSession, first: date) -> Sequence[Closure]:
    """What is said about days from ``first`` on, in order; also holidays that staff opened."""
    rows = await session.scalars(
        select(Closure).where(Closure.day >= first).order_by(Closure.day, Closure.unit_id)
    )
    return rows.all()


async def set_closure(
    work: Work, day: date, unit: str, from_minute: int, name: str
) -> list[Uncovered]:
    """Close a unit, or all ("*"), on a day from a minute on; what was said before is replaced.

    Returns the bookings on closed days. Raises DayPassed, NoSuchUnit or SkippedHour.
    """
    if day < local_day(work.clock.now()):
        raise DayPassed(day)
    if instant(day, from_minute) is None:
        raise SkippedHour(day)
    session = await work.writing()
    if unit != EVERYWHERE and await session.get(Unit, unit) is None:
        raise NoSuchUnit(unit)
    await _put(session, day, unit, from_minute, name)
    work.note("closure", unit, "closed", day=day.isoformat(), from_minute=from_minute)
    return await _touched(work, session)


async def open_again(work: Work, day: date, unit: str) -> list[Uncovered]:
    """Take a closure back. A holiday is marked as open, so that it is not closed by itself."""
    session = await work.writing()
    holiday = holidays_of((day.year,)).get(day) if unit == EVERYWHERE else None
    if holiday is not None:
        await _put(session, day, unit, OPEN, holiday)
    else:
        await session.execute(delete(Closure).where(Closure.day == day, Closure.unit_id == unit))
    work.note("closure", unit, "opened", day=day.isoformat())
    return await _touched(work, session)


async def _put(session: AsyncSession, day: date, unit: str, from_minute: int, name: str) -> None:
    said = {"name": name, "from_minute": from_minute}
    await session.execute(
        insertion(session, Closure)
        .values(day=day, unit_id=unit, **said)
        .on_conflict_do_update(index_elements=["day", "unit_id"], set_=said)
    )


async def _touched(work: Work, session: AsyncSession) -> list[Uncovered]:
    await catalogue.touch(session)
    known = await catalogue.CatalogueCache().get(session)
    found = await uncovered(session, known, work.clock.now())
    return [each for each in found if each.reason == "closed"]
