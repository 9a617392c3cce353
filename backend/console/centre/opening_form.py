"""When people answer, as it is filled in: a week, days that differ, and what is wrong where.

Inputs are called ``1-0-from`` (weekday, which of its times) and ``d2-day``, ``d2-name``,
``d2-0-from`` (row of the days that differ).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from starlette.datastructures import FormData

from backend.console.centre.spans import clock, minute_of
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services.opening_hours import (
    MOST_A_DAY,
    WEEKDAYS,
    EmptyStretch,
    Opening,
    Stretch,
    fault_of,
    sorted_day,
)
from dialogs.text import Text, _

MOST_ROWS = 60
SPARE = 2  # blank rows to fill in
LONGEST_NAME = 80
FURTHEST = timedelta(days=3 * 366)

Times = tuple[tuple[str, str], ...]  # (from, to), as typed
BLANK: Times = (("", ""),) * MOST_A_DAY


@dataclass(frozen=True)
class DayRow:
    """A day that differs, as it is typed."""

    day: str = ""
    name: str = ""
    times: Times = BLANK

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything in it."""
        return not (self.day or self.name or any(map(any, self.times)))


@dataclass(frozen=True)
class Draft:
    """The whole form. ``wrong`` says what is wrong, by input."""

    week: Mapping[int, Times]
    days: Sequence[DayRow]
    wrong: Mapping[str, Text] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[DayRow]:
        """The days that differ, and a few blank rows."""
        return (*self.days, *(DayRow(),) * SPARE)


class WrongOpening(Exception):
    """It cannot be meant; the draft says what is wrong at which input."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(len(draft.wrong))
        self.draft = draft


def shown(opening: Opening, today: date) -> Draft:
    """Hours that are known, as a form to change; days that have been are left out."""
    return Draft(
        {day: _written(opening.week.get(day, ())) for day in WEEKDAYS},
        [
            DayRow(day.isoformat(), opening.names.get(day, ""), _written(opening.days[day]))
            for day in sorted(opening.days)
            if day >= today
        ],
    )


def typed(form: FormData) -> Draft:
    """What was filled in, without rows that were left blank or are to be removed."""
    removed = set(map(str, form.getlist("remove")))
    rows = [
        DayRow(_said(form, f"d{row}-day"), _said(form, f"d{row}-name"), _times(form, f"d{row}"))
        for row in range(MOST_ROWS)
        if str(row) not in removed
    ]
    week = {day: _times(form, str(day)) for day in WEEKDAYS}
    return Draft(week, [row for row in rows if not row.is_blank])


def read(draft: Draft, before: Opening, today: date) -> Opening:
    """The hours that a form means; days that have been stay as they were. Raises WrongOpening."""
    wrong: dict[str, Text] = {}
    week = {day: _read(draft.week[day], str(day), wrong) for day in WEEKDAYS}
    days = {day: hours for day, hours in before.days.items() if day < today}
    names = {day: name for day, name in before.names.items() if day < today}
    for number, row in enumerate(draft.days):
        hours = _read(row.times, f"d{number}", wrong)
        day = _day(row.day, f"d{number}-day", today, wrong)
        if len(row.name) > LONGEST_NAME:
            wrong[f"d{number}-name"] = _(
                "This is too long. {most:number} characters are the most.", most=LONGEST_NAME
            )
        if day is None:
            continue
        if day in days:
            wrong[f"d{number}-day"] = _("This day is in the list twice.")
        days[day] = hours
        if row.name:
            names[day] = row.name
    if wrong:
        raise WrongOpening(replace(draft, wrong=wrong))
    return Opening({day: hours for day, hours in week.items() if hours}, days, names)


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _times(form: FormData, prefix: str) -> Times:
    return tuple(
        (_said(form, f"{prefix}-{number}-from"), _said(form, f"{prefix}-{number}-to"))
        for number in range(MOST_A_DAY)
    )


def _written(stretches: Sequence[Stretch]) -> Times:
    times = tuple((clock(each.start), clock(each.stop)) for each in stretches)
    return (times + BLANK)[:MOST_A_DAY]


def _day(written: str, name: str, today: date, wrong: dict[str, Text]) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        wrong[name] = _("Choose a day.")
        return None
    if day < today:
        wrong[name] = _("That day has passed.")
        return None
    if day > today + FURTHEST:
        wrong[name] = _("That day is more than three years away.")
        return None
    return day


def _read(times: Times, prefix: str, wrong: dict[str, Text]) -> tuple[Stretch, ...]:
    """One day's hours; what is wrong is told at the input where it is."""
    found = dict(_pairs(times, prefix, wrong))
    numbers, pairs = list(found), list(found.values())
    if (fault := fault_of(pairs)) is not None:
        at = f"{prefix}-{numbers[fault.at]}-from"
        wrong[at] = (
            _("The beginning and the end are the same.")
            if isinstance(fault, EmptyStretch)
            else _("These hours overlap with other hours of the same day.")
        )
        return ()
    return sorted_day(pairs)


def _pairs(
    times: Times, prefix: str, wrong: dict[str, Text]
) -> Iterator[tuple[int, tuple[int, int]]]:
    for number, (start, stop) in enumerate(times):
        if not (start or stop):
            continue
        minutes = minute_of(start), minute_of(stop)
        for name, minute in zip(("from", "to"), minutes, strict=True):
            if minute is None:
                wrong[f"{prefix}-{number}-{name}"] = _("Write a time, such as 09:00.")
        if minutes[0] is not None and minutes[1] is not None:
            yield number, (minutes[0], minutes[1] or MINUTES_OF_A_DAY)
