"""Hours as they are filled in: rows of a form, and what is wrong with which field."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from starlette.datastructures import FormData

from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services.hours import (
    EmptySpan,
    OverlappingSpans,
    SkippedTime,
    UnknownUnit,
    WeeklySpan,
    WrongHours,
    faults,
)
from backend.services.walltime import instant
from dialogs.text import Text, _

TIME = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
NO_DAY = 0


@dataclass(frozen=True)
class Row:
    """One row as it was typed; ``wrong`` says what is wrong, by field."""

    day: str = ""
    unit: str = ""
    start: str = ""
    stop: str = ""
    wrong: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written any hours in it."""
        return not (self.start or self.stop)


class WrongRows(Exception):
    """Rows that cannot be meant, with what is wrong at each field."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__(len(rows))
        self.rows = tuple(rows)


def shown(spans: Iterable[WeeklySpan]) -> tuple[Row, ...]:
    """Hours that are known, as rows to change."""
    return tuple(
        Row(str(span.day), span.unit, clock(span.start), clock(span.stop)) for span in spans
    )


def clock(minute: int) -> str:
    """A minute of a day as a time on the clock; midnight at its end is 00:00 too."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def minute_of(time: str) -> int | None:
    """The minute of a day that a time means, or None."""
    found = TIME.fullmatch(time.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else None
    return minute if minute is not None and minute <= MINUTES_OF_A_DAY else None


def typed(form: FormData) -> tuple[Row, ...]:
    """What was filled in, without rows that were left blank or are to be removed."""
    columns = [_column(form, name) for name in ("unit", "from", "to")]
    days = _column(form, "day") or [""] * len(columns[0])
    removed = set(_column(form, "remove"))
    rows = [
        Row(day, unit, start, stop)
        for number, (day, unit, start, stop) in enumerate(zip(days, *columns, strict=False))
        if str(number) not in removed
    ]
    return tuple(row for row in rows if not row.is_blank)


def read(
    rows: Sequence[Row], units: Container[str], on: date | None = None
) -> tuple[WeeklySpan, ...]:
    """The hours that some rows mean; ``on`` when they are those of one date. Raises WrongRows."""
    read = [_read(row, on) for row in rows]
    spans = {at: span for at, (span, _row) in enumerate(read) if span is not None}
    found = [row for _span, row in read]
    places = list(spans)
    for fault in faults(tuple(spans.values()), units, on):
        at = places[fault.at]
        name, words = _told(fault, spans[at], on)
        found[at] = replace(found[at], wrong={**found[at].wrong, name: words})
    if any(row.wrong for row in found):
        raise WrongRows(found)
    return tuple(spans.values())


def _column(form: FormData, name: str) -> list[str]:
    return [value.strip() for value in form.getlist(name) if isinstance(value, str)]


def _read(row: Row, on: date | None) -> tuple[WeeklySpan | None, Row]:
    """A row's hours, or the row with what is wrong at its own fields."""
    wrong: dict[str, Text] = {}
    start, stop = minute_of(row.start), minute_of(row.stop)
    if start is None:
        wrong["from"] = _("Write a time, such as 09:00.")
    if stop is None:
        wrong["to"] = _("Write a time, such as 09:00.")
    day = on.isoweekday() if on else _weekday(row.day)
    if day == NO_DAY:
        wrong["day"] = _("Choose a day.")
    if wrong or start is None or stop is None:
        return None, replace(row, wrong=wrong)
    return WeeklySpan(day, start, stop or MINUTES_OF_A_DAY, row.unit), row


def _weekday(written: str) -> int:
    return int(written) if re.fullmatch(r"[1-7]", written) else NO_DAY


def _told(fault: WrongHours, span: WeeklySpan, on: date | None) -> tuple[str, Text]:
    """At which field, and in which words."""
    match fault:
        case EmptySpan():
            return "to", _("The end must be later than the beginning.")
        case OverlappingSpans():
            return "from", _("These hours overlap with other hours of the same day.")
        case SkippedTime():
            missing = "from" if on and instant(on, span.start) is None else "to"
            return missing, _("That time does not exist: the clocks go forward then.")
        case UnknownUnit() | _:
            return "unit", _("Choose a place.")
