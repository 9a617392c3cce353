"""Weeks in Stockholm: from one Monday's midnight to the next, however many hours that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from backend.services.workdays import edge

NAME = re.compile(r"(\d{4})-W(\d{2})")
DAYS = 7


@dataclass(frozen=True)
class Week:
    """Seven days in Stockholm from a Monday, ``first``: 168 hours, or one less or more."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The week a day lies in."""
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """From "2026-W48"; None when there is no such week."""
        found = NAME.fullmatch(name)
        try:
            return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else None
        except ValueError:
            return None

    @property
    def name(self) -> str:
        """By the calendar of weeks, such as "2026-W48"."""
        year, number, _weekday = self.first.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def number(self) -> int:
        """Its number in the year, 1-53."""
        return self.first.isocalendar().week

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, Monday first."""
        return tuple(self.first + timedelta(days=number) for number in range(DAYS))

    @property
    def starts(self) -> datetime:
        """Its first instant."""
        return edge(self.first, 0)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return edge(self.first + timedelta(days=DAYS), 0)

    def later(self, weeks: int) -> Self:
        """The week so many weeks later; earlier when negative."""
        return type(self)(self.first + timedelta(days=DAYS * weeks))
