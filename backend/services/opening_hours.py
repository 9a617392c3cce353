"""When people answer at a unit: weekly hours, and days that differ. Pure: no closures, no clock.

Kept as ``{"week": {"1": [["08:00", "16:30"]]}, "days": {"2026-12-23": [["08:00", "12:00"]]},
"names": {"2026-12-23": "Short day"}}``. Hours that end before they begin go on after midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from backend.clockface import minute_of
from backend.models.calendar import MINUTES_OF_A_DAY

WEEKDAYS = range(1, 8)
MOST_A_DAY = 3  # intervals


class Stretch(NamedTuple):
    """From one minute to another, since local midnight; after 1440 it is the next day."""

    start: int
    stop: int


@dataclass(frozen=True)
class Opening:
    """The hours of a unit. A day that differs replaces its weekday; with no hours it is closed."""

    week: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)
    days: Mapping[date, tuple[Stretch, ...]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Stretch, ...]:
        """The stretches that begin on a day, closures aside."""
        return self.days.get(day, self.week.get(day.isoweekday(), ()))

    @property
    def written(self) -> dict[str, object]:
        """As it is kept in the database; empty when there are no hours at all."""
        if not (self.week or self.days):
            return {}
        return {
            "week": {str(day): written(self.week[day]) for day in sorted(self.week)},
            "days": {day.isoformat(): written(self.days[day]) for day in sorted(self.days)},
            "names": {day.isoformat(): self.names[day] for day in sorted(self.names)},
        }


class WrongStretch(Exception):
    """Hours that cannot be meant. ``at`` says which of those given, counted from 0."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class EmptyStretch(WrongStretch):
    """They begin and end at the same time."""


class OverlappingStretches(WrongStretch):
    """They begin before other hours of the same day have ended."""


def stretch(start: int, stop: int) -> Stretch:
    """From one time on the clock to another; an end that is earlier is on the next day."""
    return Stretch(start, stop if stop > start else stop + MINUTES_OF_A_DAY)


def fault_of(pairs: Sequence[tuple[int, int]]) -> WrongStretch | None:
    """What is wrong with one day's hours, as pairs of minutes on the clock; None when nothing is.

    That a night reaches into the next day's hours is no fault: it is open all through.
    """
    for at, (start, stop) in enumerate(pairs):
        if start in {stop, MINUTES_OF_A_DAY}:
            return EmptyStretch(at)
    end = 0
    for at in sorted(range(len(pairs)), key=lambda each: pairs[each]):
        found = stretch(*pairs[at])
        if found.start < end:
            return OverlappingStretches(at)
        end = found.stop
    return None


def sorted_day(pairs: Iterable[tuple[int, int]]) -> tuple[Stretch, ...]:
    """One day's hours in order."""
    return tuple(sorted(stretch(*pair) for pair in pairs))


def read(kept: Mapping[str, object]) -> Opening:
    """The hours as they are kept. Raises ValueError when they are not: only we write them."""
    week = {int(day): _stretches(rows) for day, rows in _table(kept, "week")}
    days = {date.fromisoformat(day): _stretches(rows) for day, rows in _table(kept, "days")}
    names = {date.fromisoformat(day): str(name) for day, name in _table(kept, "names")}
    return Opening(week, days, names)


def written(stretches: Iterable[Stretch]) -> list[list[str]]:
    """Hours as they are kept: pairs of times on the clock."""
    return [[clock(each.start), clock(each.stop)] for each in stretches]


def clock(minute: int) -> str:
    """A minute as a time on the clock; the end of the day is 24:00."""
    if minute > MINUTES_OF_A_DAY:
        minute -= MINUTES_OF_A_DAY
    return f"{minute // 60:02}:{minute % 60:02}"


def _table(kept: Mapping[str, object], name: str) -> Iterator[tuple[str, object]]:
    table = kept.get(name, {})
    if isinstance(table, dict):
        yield from table.items()


def _stretches(rows: object) -> tuple[Stretch, ...]:
    pairs = rows if isinstance(rows, list) else []
    return sorted_day((minute_of(start), minute_of(stop)) for start, stop in pairs)
