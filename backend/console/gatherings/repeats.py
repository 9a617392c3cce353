"""How often an activity comes back: choices of a form as a rule, and a rule in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast, get_args

from dialogs.text import Text, _

Kind = Literal["never", "weekly", "fortnightly", "monthly", "monthly_date", "rule"]
KINDS: tuple[Kind, ...] = get_args(Kind)

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKS_OF_EVERY_MONTH = 4  # the fifth of a weekday is not in each: the last one is meant
ONE_OF_MONTH = re.compile("-?[1-4](?:MO|TU|WE|TH|FR|SA|SU)")
LAST_SECOND = "T235959"
PARTS_OF_OURS: Mapping[Kind, frozenset[str]] = {
    "weekly": frozenset(("FREQ", "WKST", "BYDAY", "UNTIL")),
    "fortnightly": frozenset(("FREQ", "INTERVAL", "WKST", "BYDAY", "UNTIL")),
    "monthly": frozenset(("FREQ", "BYDAY", "UNTIL")),
    "monthly_date": frozenset(("FREQ", "UNTIL")),
}

CHOICES: Mapping[Kind, Text] = {
    "never": _("Once"),
    "weekly": _("Every week"),
    "fortnightly": _("Every second week"),
    "monthly": _("Every month, on the same weekday of the month"),
    "monthly_date": _("Every month, on the same date"),
    "rule": _("By a rule of its own"),
}


@dataclass(frozen=True)
class Repeat:
    """How often. ``weekdays`` are ISO numbers; ``until`` is the last day, None for ever."""

    kind: Kind = "never"
    weekdays: tuple[int, ...] = ()
    until: date | None = None
    rule: str = ""


def rule_of(repeat: Repeat, first: date) -> str:
    """The RRULE, without DTSTART; ``first`` says which weekday or date when none is chosen."""
    match repeat.kind:
        case "never":
            return ""
        case "rule":
            return repeat.rule
        case "weekly":
            rule = f"FREQ=WEEKLY;BYDAY={_by_day(repeat.weekdays, first)}"
        case "fortnightly":
            rule = f"FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY={_by_day(repeat.weekdays, first)}"
        case "monthly":
            rule = f"FREQ=MONTHLY;BYDAY={_of_month(first)}{DAYS[first.weekday()]}"
        case "monthly_date":
            rule = "FREQ=MONTHLY"
    return f"{rule};UNTIL={repeat.until:%Y%m%d}{LAST_SECOND}" if repeat.until else rule


def read(rule: str) -> Repeat:
    """A stored rule as the choices of the form; one that is none of them stays as it is."""
    if not rule:
        return Repeat()
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    until = _until(parts.get("UNTIL", ""))
    kind = _kind(parts)
    if kind is None or ("UNTIL" in parts and until is None):
        return Repeat("rule", until=until, rule=rule)
    names = parts.get("BYDAY", "").split(",") if kind in ("weekly", "fortnightly") else []
    weekdays = tuple(DAYS.index(name) + 1 for name in names if name in DAYS)
    return Repeat(kind, weekdays, until)


def in_words(rule: str, weekdays: Sequence[str]) -> Text:
    """How often, in words. ``weekdays``: the names of the days, Monday first."""
    repeat = read(rule)
    days = ", ".join(weekdays[number - 1] for number in repeat.weekdays)
    if days and repeat.kind == "weekly":
        return _("Every week: {days}", days=days)
    if days and repeat.kind == "fortnightly":
        return _("Every second week: {days}", days=days)
    return CHOICES[repeat.kind]


def _by_day(weekdays: Sequence[int], first: date) -> str:
    chosen = sorted(set(weekdays)) or [first.isoweekday()]
    return ",".join(DAYS[number - 1] for number in chosen)


def _of_month(first: date) -> int:
    """Which of its weekday in the month a day is: 1 to 4, or -1 for the last."""
    number = (first.day - 1) // 7 + 1
    return number if number <= WEEKS_OF_EVERY_MONTH else -1


def _kind(parts: Mapping[str, str]) -> Kind | None:
    """Which choice of ours a rule is, by its parts."""
    guess: str | None = None
    match parts:
        case {"FREQ": "WEEKLY", "INTERVAL": "2"}:
            guess = "fortnightly"
        case {"FREQ": "WEEKLY"}:
            guess = "weekly"
        case {"FREQ": "MONTHLY", "BYDAY": day} if ONE_OF_MONTH.fullmatch(day):
            guess = "monthly"
        case {"FREQ": "MONTHLY"}:
            guess = "monthly_date"
        case _:
            return None
    kind = cast("Kind", guess)
    return kind if parts.keys() <= PARTS_OF_OURS[kind] else None


def _until(written: str) -> date | None:
    try:
        return datetime.strptime(written[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return None
