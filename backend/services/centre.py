"""Keeping coaches' hours: a week, and days that differ. Journalled; nothing booked is cancelled.

Each change returns the coach's bookings that her hours no longer cover, for staff to move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Override, Staff, Unit
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services import catalogue
from backend.services.hours import WeeklySpan, expect_whole, replace_weeks, week_of
from backend.services.meetings import lock
from backend.services.uncovered import Uncovered, uncovered
from backend.services.walltime import local_day
from backend.work import Work

LONGEST_LEAVE = timedelta(days=366)


class NoSuchStaff(Exception):
    """There is no such account."""


class ChangedMeanwhile(Exception):
    """It is no longer as the page showed it."""


class DayPassed(Exception):
    """The day has been."""


class TooLong(Exception):
    """The last day is before the first, or more than a year after it."""


def mark_of(spans: Sequence[WeeklySpan]) -> str:
    """A week in a few letters, to tell whether it has changed."""
    return hashlib.sha256(repr(sorted(spans)).encode()).hexdigest()[:16]


async def set_week(
    work: Work, staff: str, spans: Sequence[WeeklySpan], seen: str | None = None
) -> list[Uncovered]:
    """Weekly hours from today on; from now on they are kept here and not in the site file.

    ``seen`` is the mark of the week that the page showed. Raises NoSuchStaff, ChangedMeanwhile,
    EmptySpan, OverlappingSpans or UnknownUnit.
    """
    session, row = await _locked(work, staff)
    expect_whole(spans, await _units(session))
    if seen is not None and seen != mark_of(await week_of(session, staff)):
        raise ChangedMeanwhile(staff)
    row.keeps_hours = True
    return await _replace(work, session, staff, spans, "set")


async def follow_file(work: Work, staff: str, spans: Sequence[WeeklySpan]) -> list[Uncovered]:
    """The hours of the site file hold again, from today on. Raises NoSuchStaff."""
    session, row = await _locked(work, staff)
    row.keeps_hours = False
    return await _replace(work, session, staff, spans, "as_in_file")


async def set_override(
    work: Work,
    staff: str,
    day: date,
    spans: Sequence[WeeklySpan],
    until: date | None = None,
) -> list[Uncovered]:
    """Other hours on a day, or on every day ``until`` another one; without spans she is away.

    The spans' weekdays do not count. Raises NoSuchStaff, DayPassed, TooLong, EmptySpan,
    OverlappingSpans, UnknownUnit or SkippedTime.
    """
    last = until or day
    if day < local_day(work.clock.now()):
        raise DayPassed(day)
    if not day <= last <= day + LONGEST_LEAVE:
        raise TooLong(last)
    session, _row = await _locked(work, staff)
    days = [day + timedelta(days=number) for number in range((last - day).days + 1)]
    same_day = [span._replace(day=day.isoweekday()) for span in spans]
    units = await _units(session)
    for each in days:
        expect_whole(same_day, units, each)
    await session.execute(
        delete(Override).where(Override.staff_id == staff, Override.day.between(day, last))
    )
    rows = [values for each in days for values in _values(staff, each, same_day)]
    await session.execute(insert(Override), rows)
    work.note("override", staff, "set", day=day.isoformat(), days=len(days), spans=len(spans))
    return await _touched(work, session, staff)


async def clear_override(work: Work, staff: str, day: date) -> list[Uncovered]:
    """The usual hours of a day hold again. Raises NoSuchStaff."""
    session, _row = await _locked(work, staff)
    await session.execute(delete(Override).where(Override.staff_id == staff, Override.day == day))
    work.note("override", staff, "cleared", day=day.isoformat())
    return await _touched(work, session, staff)


async def overrides_of(
    session: AsyncSession, staff: str, first: date
) -> dict[date, list[WeeklySpan]]:
    """Days that differ from ``first`` on, in order; none of their hours means away."""
    rows = await session.scalars(
        select(Override)
        .where(Override.staff_id == staff, Override.day >= first)
        .order_by(Override.day, Override.from_minute)
    )
    days: dict[date, list[WeeklySpan]] = {}
    for row in rows:
        spans = days.setdefault(row.day, [])
        if row.is_open:
            unit = row.unit_id or ""
            spans.append(WeeklySpan(row.day.isoweekday(), row.from_minute, row.to_minute, unit))
    return days


async def _locked(work: Work, staff: str) -> tuple[AsyncSession, Staff]:
    session = await work.writing()
    await lock(session, [staff])
    row = await session.get(Staff, staff)
    if row is None:
        raise NoSuchStaff(staff)
    return session, row


async def _units(session: AsyncSession) -> frozenset[str]:
    return frozenset(await session.scalars(select(Unit.id)))


async def _replace(
    work: Work, session: AsyncSession, staff: str, spans: Sequence[WeeklySpan], how: str
) -> list[Uncovered]:
    await replace_weeks(session, {staff: spans}, local_day(work.clock.now()))
    work.note("hours", staff, how, spans=len(spans))
    return await _touched(work, session, staff)


async def _touched(work: Work, session: AsyncSession, staff: str) -> list[Uncovered]:
    await session.flush()
    await catalogue.touch(session)
    known = await catalogue.CatalogueCache().get(session)
    return await uncovered(session, known, work.clock.now(), staff)


def _values(staff: str, day: date, spans: Sequence[WeeklySpan]) -> list[dict[str, object]]:
    """The rows of one day; a day away is one row that is not open."""
    away = WeeklySpan(day.isoweekday(), 0, MINUTES_OF_A_DAY, "")
    return [
        {
            "staff_id": staff,
            "day": day,
            "from_minute": span.start,
            "to_minute": span.stop,
            "is_open": bool(spans),
            "unit_id": span.unit or None,
        }
        for span in (spans or (away,))
    ]
