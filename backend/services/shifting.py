"""A rule that is otherwise from now on: another time of day, another weekday. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.services import schedule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
OF_MONTHS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
DATE_LETTERS = len("20270601")


class CannotShift(ValueError):
    """The rule names days of the month, or several hours: it has no other weekday, or time."""


def shifted(first: datetime, rule: str, days: int, minute: int | None) -> tuple[datetime, str]:
    """The first start and the rule, moved by days and to a minute of the day. Raises CannotShift.

    Every start moves by as much, so the rule shifts with its weekdays, the first of its weeks
    among them, and with its end.
    """
    parts = schedule.read(rule)
    if minute is not None:
        parts = _without_hours(parts)
        first = first.replace(hour=minute // 60, minute=minute % 60)
    if days and parts:
        parts = _on_other_days(parts, days)
    return first + timedelta(days=days), schedule.written(parts)


def _without_hours(parts: dict[str, str]) -> dict[str, str]:
    if any("," in parts.get(name, "") for name in ("BYHOUR", "BYMINUTE")):
        raise CannotShift
    kept = {name: value for name, value in parts.items() if name not in {"BYHOUR", "BYMINUTE"}}
    if "UNTIL" in kept:
        kept["UNTIL"] = f"{kept['UNTIL'][:DATE_LETTERS]}T235959"
    return kept


def _on_other_days(parts: dict[str, str], days: int) -> dict[str, str]:
    if parts["FREQ"] not in {"DAILY", "WEEKLY"} or any(name in parts for name in OF_MONTHS):
        raise CannotShift
    moved = dict(parts)
    if "BYDAY" in parts:
        names = parts["BYDAY"].split(",")
        moved["BYDAY"] = ",".join(_weekday(name, days) for name in names)
    moved["WKST"] = _weekday(parts.get("WKST", "MO"), days)
    if "UNTIL" in parts:
        end = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
        moved["UNTIL"] = f"{end + timedelta(days=days):%Y%m%dT%H%M%S}"
    return moved


def _weekday(name: str, days: int) -> str:
    return WEEKDAYS[(WEEKDAYS.index(name) + days) % len(WEEKDAYS)]
