"""What is counted: who came to what was booked, how long people waited, which offers they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Literal, NamedTuple, get_args

from backend.figures.hiding import LEAST_PEOPLE
from backend.figures.periods import Period
from backend.figures.tables import TOTAL, Measures, Table, Tally, tables, tally

By = Literal["service", "unit", "language"]
Outcome = Literal["attended", "no_show", "excused", "by_person", "by_us", "not_set"]
Answer = Literal["taken", "not_taken", "no_offer"]

OUTCOMES: Measures = {
    "booked": None,
    "with_outcome": "booked",
    "attended": "with_outcome",
    "no_show": "with_outcome",
    "excused": "with_outcome",
    "by_person": "booked",
    "by_us": "booked",
    "not_set": "booked",
}
ANSWERS: Measures = {
    "waited": None,
    "taken": "waited",
    "not_taken": "waited",
    "no_offer": "waited",
}
FIRST_MEETINGS: Measures = {"people": None}


class Booked(NamedTuple):
    """A booking whose meeting was in the period, and how it ended. ``at``: milliseconds.

    ``language`` is empty when nobody knows: she has been deleted.
    """

    person: str
    service: str
    unit: str
    language: str
    outcome: Outcome
    at: int


class FirstMeeting(NamedTuple):
    """Somebody's first meeting, and the days from booking it to having it."""

    person: str
    service: str
    unit: str
    language: str
    days: int


class Waited(NamedTuple):
    """Somebody who stood in line for a time. ``unit`` is empty while there is no time."""

    person: str
    service: str
    unit: str
    language: str
    answer: Answer


@dataclass(frozen=True)
class Spread:
    """Days: a quarter waited no longer than ``low``, half than ``middle``, the rest ``high``."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class Waiting:
    """How many people's first meeting it was, and their days; none for fewer than five."""

    table: Table
    spreads: Mapping[str, Spread | None]


def attendance(rows: Sequence[Booked], by: By, period: Period) -> Table:
    """Bookings by how they ended, and by week or month."""
    names = [day.isoformat() for day in period.parts]
    parts = [names[period.part(row.at)] for row in rows]

    def count(by: By) -> Tally:
        counted = zip(rows, parts, strict=True)
        found = ((group_of(row, by), row.outcome, part, row.person) for row, part in counted)
        return tally(found, OUTCOMES, names)

    return _together(count, by)


def waiting(rows: Sequence[FirstMeeting], by: By) -> Waiting:
    """Days from booking to each person's first meeting: median and quartiles."""

    def count(by: By) -> Tally:
        found = ((group_of(row, by), "people", "", row.person) for row in rows)
        return tally(found, FIRST_MEETINGS)

    table = _together(count, by)
    days: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        days[group_of(row, by)].append(row.days)
        days[TOTAL].append(row.days)
    spreads = {
        group: spread(days[group]) if table.number(group, "people") is not None else None
        for group in table.rows
    }
    return Waiting(table, spreads)


def offers(rows: Sequence[Waited], by: By) -> Table:
    """Who stood in line for a time, and whether she took one."""

    def count(by: By) -> Tally:
        found = ((group_of(row, by), row.answer, "", row.person) for row in rows)
        return tally(found, ANSWERS)

    return _together(count, by)


def _together(count: Callable[[By], Tally], by: By) -> Table:
    """The table by one kind of group, which hides no less of the totals than the other two."""
    kinds: tuple[By, ...] = get_args(By)
    return tables([count(each) for each in kinds])[kinds.index(by)]


def share(part: int | None, whole: int | None) -> int | None:
    """A percentage; None when either is not shown, or there is nothing to share."""
    return None if part is None or not whole else round(100 * part / whole)


def spread(days: list[int]) -> Spread | None:
    """Median and quartiles in whole days; None for fewer than five people."""
    if len(days) < LEAST_PEOPLE:
        return None
    low, middle, high = quantiles(days, n=4, method="inclusive")
    return Spread(round(low), round(middle), round(high))


def group_of(row: Booked | FirstMeeting | Waited, by: By) -> str:
    """The group a row belongs to."""
    match by:
        case "service":
            return row.service
        case "unit":
            return row.unit
        case "language":
            return row.language
