"""A coach's weekly hours: which can be meant, and how new ones take over from old ones."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Hours
from backend.services.walltime import instant


class WeeklySpan(NamedTuple):
    """Part of a weekday at a unit, in minutes since local midnight."""

    day: int
    start: int
    stop: int
    unit: str


class WrongHours(Exception):
    """Hours that cannot be meant. ``at`` says which span of those given, counted from 0."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class EmptySpan(WrongHours):
    """They end before they begin."""


class OverlappingSpans(WrongHours):
    """They begin before other hours of the same day have ended."""


class UnknownUnit(WrongHours):
    """They are at a place that does not exist."""


class SkippedTime(WrongHours):
    """The clocks jump over the beginning or the end on that day."""


def faults(
    spans: Sequence[WeeklySpan], units: Container[str], on: date | None = None
) -> list[WrongHours]:
    """Everything that is wrong with some hours; ``on`` when they are those of one date."""
    found: list[WrongHours] = [OverlappingSpans(at) for at in overlapping(spans)]
    for at, span in enumerate(spans):
        if span.start >= span.stop:
            found.append(EmptySpan(at))
        elif on and None in (instant(on, span.start), instant(on, span.stop)):
            found.append(SkippedTime(at))
        if span.unit not in units:
            found.append(UnknownUnit(at))
    return sorted(found, key=lambda fault: fault.at)


def expect_whole(
    spans: Sequence[WeeklySpan], units: Container[str], on: date | None = None
) -> None:
    """Raises the first fault: EmptySpan, OverlappingSpans, UnknownUnit or SkippedTime."""
    for fault in faults(spans, units, on):
        raise fault


def overlapping(spans: Sequence[WeeklySpan]) -> Iterator[int]:
    """Which spans begin before an earlier one of their day has ended."""
    ends: dict[int, int] = {}
    for at in sorted(range(len(spans)), key=lambda each: spans[each]):
        span = spans[at]
        if span.start < span.stop:
            if span.start < ends.get(span.day, 0):
                yield at
            ends[span.day] = max(span.stop, ends.get(span.day, 0))


async def week_of(session: AsyncSession, staff: str) -> list[WeeklySpan]:
    """The weekly hours that hold from now on, in order."""
    rows = await session.scalars(
        select(Hours).where(Hours.staff_id == staff, Hours.valid_until.is_(None))
    )
    return sorted(_span(row) for row in rows)


async def replace_weeks(
    session: AsyncSession, weeks: Mapping[str, Iterable[WeeklySpan]], today: date
) -> bool:
    """New hours of some coaches hold from today on, vanished ones held until yesterday.

    Whether anything changed. Hours of other coaches stay as they are.
    """
    found = await session.scalars(
        select(Hours).where(Hours.valid_until.is_(None), Hours.staff_id.in_(list(weeks)))
    )
    rows = {(row.staff_id, _span(row)): row for row in found}
    wanted = {(staff, span) for staff, week in weeks.items() for span in week}
    for key in rows.keys() - wanted:
        await _end(session, rows[key], today)
    session.add_all(_row(*key, today) for key in sorted(wanted - rows.keys()))
    return rows.keys() != wanted


async def _end(session: AsyncSession, row: Hours, today: date) -> None:
    """Hours that were to begin today or later have never held."""
    if row.valid_from < today:
        row.valid_until = today - timedelta(days=1)
    else:
        await session.delete(row)


def _span(row: Hours) -> WeeklySpan:
    return WeeklySpan(row.weekday, row.from_minute, row.to_minute, row.unit_id)


def _row(staff: str, span: WeeklySpan, today: date) -> Hours:
    return Hours(
        staff_id=staff,
        unit_id=span.unit,
        weekday=span.day,
        from_minute=span.start,
        to_minute=span.stop,
        valid_from=today,
    )
