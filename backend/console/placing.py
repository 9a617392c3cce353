"""Where the entries of a week stand on the page: rows of a quarter of an hour, and lanes.

Rows follow the clock on the wall, so that nine o'clock is in one row on every day of the year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services.agenda import Entry
from backend.services.walltime import local_day, local_minute

ROW_MINUTES = 15
ROWS_AN_HOUR = 4
MOST_ROWS = MINUTES_OF_A_DAY // ROW_MINUTES
MOST_LANES = 4
OFFICE_HOURS = (8, 17)  # the least that is drawn


@dataclass(frozen=True)
class Placed:
    """An entry, its first row from 1 on, how many rows, its lane. Lane 0 is the whole width."""

    entry: Entry
    row: int
    rows: int
    lane: int


@dataclass(frozen=True)
class Column:
    """A day's entries in order of time."""

    day: date
    placed: tuple[Placed, ...]
    lanes: int


@dataclass(frozen=True)
class Grid:
    """Days side by side. ``hours``: the row of each full hour, and the hour."""

    columns: tuple[Column, ...]
    hours: tuple[tuple[int, int], ...]

    @property
    def rows(self) -> int:
        """How many rows all columns have."""
        return len(self.hours) * ROWS_AN_HOUR


def grid(days: Sequence[date], entries: Sequence[Entry]) -> Grid:
    """Place the entries of some days."""
    spans = [_minutes(entry) for entry in entries]
    first = min([OFFICE_HOURS[0], *(start // 60 for start, _stop in spans)])
    last = max([OFFICE_HOURS[1], *(-(-stop // 60) for _start, stop in spans)])
    return Grid(
        tuple(_column(day, [each for each in entries if on(each) == day], first) for day in days),
        tuple(((hour - first) * ROWS_AN_HOUR + 1, hour) for hour in range(first, last)),
    )


def on(entry: Entry) -> date:
    """The day an entry is shown on: the one it begins on."""
    return local_day(entry.starts)


def _column(day: date, entries: Sequence[Entry], first_hour: int) -> Column:
    placed: list[Placed] = []
    for group in _touching(entries):
        placed += _in_lanes(group, first_hour)
    return Column(day, tuple(placed), max((each.lane for each in placed), default=0) or 1)


def _touching(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Entries in order of time, those that share rows together."""
    group: list[Entry] = []
    end = 0
    for entry in entries:
        row, after = _rows(entry)
        if group and row >= end:
            yield group
            group = []
        end = max(end if group else 0, after)
        group.append(entry)
    if group:
        yield group


def _in_lanes(group: Sequence[Entry], first_hour: int) -> Iterator[Placed]:
    """One alone has the whole width; others stand side by side, each in the first free lane."""
    ends: list[int] = []
    for entry in group:
        row, after = _rows(entry)
        lane = next((number for number, end in enumerate(ends) if end <= row), len(ends))
        ends[lane : lane + 1] = [after]
        shown = 0 if len(group) == 1 else min(lane + 1, MOST_LANES)
        yield Placed(entry, row - first_hour * ROWS_AN_HOUR + 1, after - row, shown)


def _rows(entry: Entry) -> tuple[int, int]:
    """The first quarter of the day it lies in, and the first one after it."""
    start, stop = _minutes(entry)
    row = start // ROW_MINUTES
    return row, max(row + 1, -(-stop // ROW_MINUTES))


def _minutes(entry: Entry) -> tuple[int, int]:
    """From and to on the wall; what goes on after midnight is drawn until then."""
    stop = local_minute(entry.ends) if local_day(entry.ends) == on(entry) else MINUTES_OF_A_DAY
    return local_minute(entry.starts), stop
