"""The time that figures are of: whole weeks or whole months of Stockholm that have passed.

Never a part of one. Two periods that differ by a day would tell of that day, and of whoever
came on it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from backend.services.walltime import instant

Step = Literal["week", "month"]

WEEK = timedelta(days=7)
MOST_WEEKS = 16  # a longer time is counted by months
MOST_MONTHS = 36
DECEMBER = 12


class NothingWhole(Exception):
    """No whole week or month that has passed lies in what was asked for."""


@dataclass(frozen=True)
class Period:
    """From a first day to the day before ``stop``, in steps."""

    first: date
    stop: date
    step: Step

    @property
    def last(self) -> date:
        """The last day."""
        return self.stop - timedelta(days=1)

    @cached_property
    def parts(self) -> tuple[date, ...]:
        """The first day of each week or month."""
        return tuple(_steps(self.first, self.stop, self.step))

    @property
    def begins(self) -> datetime:
        """The instant it begins."""
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The instant it is over."""
        return _midnight(self.stop)

    def part(self, milliseconds: int) -> int:
        """Which part an instant of the period lies in, counted from 0."""
        return bisect_right(self._bounds, milliseconds) - 1

    @cached_property
    def _bounds(self) -> list[int]:
        return [round(_midnight(day).timestamp() * 1000) for day in self.parts]


def last_weeks(today: date, weeks: int) -> Period:
    """The last whole weeks, Monday to Sunday."""
    stop = monday(today)
    return Period(stop - weeks * WEEK, stop, "week")


def last_months(today: date, months: int) -> Period:
    """The last whole months."""
    stop = today.replace(day=1)
    return Period(_months_on(stop, -months), stop, "month")


def between(first: date, last: date, today: date) -> Period:
    """The whole weeks that two days lie in, or months when it is long. Raises NothingWhole."""
    weeks = Period(monday(first), min(monday(last) + WEEK, monday(today)), "week")
    if weeks.stop - weeks.first <= MOST_WEEKS * WEEK:
        return _something(weeks)
    stop = min(_months_on(last.replace(day=1), 1), today.replace(day=1))
    return _something(
        Period(max(first.replace(day=1), _months_on(stop, -MOST_MONTHS)), stop, "month")
    )


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _something(period: Period) -> Period:
    if period.stop <= period.first:
        raise NothingWhole
    return period


def _steps(first: date, stop: date, step: Step) -> Iterator[date]:
    day = first
    while day < stop:
        yield day
        day = day + WEEK if step == "week" else _months_on(day, 1)


def _months_on(day: date, months: int) -> date:
    """The first day of a month some months later, or earlier."""
    number = day.year * DECEMBER + day.month - 1 + months
    return date(number // DECEMBER, number % DECEMBER + 1, 1)


def _midnight(day: date) -> datetime:
    found = instant(day, 0)
    if found is None:  # no zone of ours moves its clocks at midnight
        raise NothingWhole
    return found
