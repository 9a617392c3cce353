"""Days that differ, as they are filled in: away, or other hours."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from starlette.datastructures import FormData

from backend.console.centre import spans
from backend.console.centre.spans import Row, WrongRows
from backend.services.centre import LONGEST_LEAVE
from backend.services.hours import WeeklySpan
from dialogs.text import Text, _

AWAY, OTHER = "away", "other"


@dataclass(frozen=True)
class Leave:
    """A form as it was typed; ``wrong`` says what is wrong, by field."""

    first: str = ""
    last: str = ""
    kind: str = AWAY
    rows: tuple[Row, ...] = ()
    wrong: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Days:
    """What a form means. Without spans she is away."""

    first: date
    last: date
    spans: tuple[WeeklySpan, ...]


class WrongLeave(Exception):
    """A form that cannot be meant."""

    def __init__(self, leave: Leave) -> None:
        super().__init__(leave.first)
        self.leave = leave


def typed(form: FormData) -> Leave:
    """What was filled in."""
    given = {name: str(form.get(name, "")).strip() for name in ("first", "last", "kind")}
    kind = OTHER if given["kind"] == OTHER else AWAY
    return Leave(given["first"], given["last"], kind, spans.typed(form) if kind == OTHER else ())


def read(leave: Leave, units: Container[str], today: date) -> Days:
    """The days that a form means. Raises WrongLeave with what is wrong at each field."""
    wrong: dict[str, Text] = {}
    first = _day(leave.first)
    last = _day(leave.last) if leave.last else first
    if first is None:
        wrong["first"] = _("Choose a day.")
    elif first < today:
        wrong["first"] = _("That day has passed.")
    elif first > today + LONGEST_LEAVE:
        wrong["first"] = _("That day is more than a year away.")
    elif last is None:
        wrong["last"] = _("Choose a day.")
    elif not first <= last <= first + LONGEST_LEAVE:
        wrong["last"] = _("The last day must be after the first, and within a year.")
    if leave.kind == OTHER and not leave.rows:
        wrong["kind"] = _("Write the hours of that day.")
    found, rows = _hours(leave, units, first)
    if wrong or first is None or last is None or found is None:
        raise WrongLeave(replace(leave, wrong=wrong, rows=rows))
    return Days(first, last, found)


def _hours(
    leave: Leave, units: Container[str], first: date | None
) -> tuple[tuple[WeeklySpan, ...] | None, tuple[Row, ...]]:
    """The hours, or None and the rows with what is wrong with them."""
    numbered = [replace(row, day="1") for row in leave.rows]
    try:
        return spans.read(numbered, units, first), leave.rows
    except WrongRows as wrong:
        return None, wrong.rows


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
