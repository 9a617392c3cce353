"""When a series takes place: a rule in wall time, spelt out as starts on the wall's clock.

Pure. Naive datetimes are Stockholm's wall time; what instant one means is asked of ``walltime``,
so a lesson at nine stays at nine when the clocks change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Literal

from dateutil.rrule import rrulestr

from backend.clock import ZONE
from backend.services.walltime import instant

AHEAD = timedelta(days=366)
AT_ONCE = 400  # occasions of one series, made in one go
IN_ALL = 2_000  # occasions of a rule that ends
A_DAY = 6  # occasions on one day
LONGEST = 500  # letters

COARSE = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
FINE = ("SECONDLY", "MINUTELY", "HOURLY")
DAY = r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)"
NUMBERS: Mapping[str, tuple[int, int, bool]] = {  # least, most, whether it counts from the end too
    "INTERVAL": (1, 1_000, False),
    "COUNT": (0, 1_000_000, False),
    "BYSETPOS": (1, 366, True),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 0, False),
}
SINGLE = ("INTERVAL", "COUNT")
PATTERNS: Mapping[str, str] = {
    "FREQ": "|".join((*COARSE, *FINE)),
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": rf"{DAY}(,{DAY})*",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}

# dateutil looks for the next start until the year 9999. The calendar is the same every 400
# years, so a rule that is spelt out near that year gives up soon when it never comes true.
FAR_AHEAD = 7_600
YEARS = range(2000, 2400)

Reason = Literal["unreadable", "never", "too_often", "too_long"]
UNREADABLE: Reason = "unreadable"
NEVER: Reason = "never"
TOO_OFTEN: Reason = "too_often"
TOO_LONG: Reason = "too_long"


class BadRule(ValueError):
    """A rule no series can have; ``reason`` says which way."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def expand(first: datetime, rule: str, after: date, until: date) -> list[datetime]:
    """The starts from ``after`` to ``until``, both days included, in order; at most AT_ONCE.

    ``first`` and the starts are naive wall time. An empty rule is once. A start that the clocks
    jump over in spring is left out. Raises BadRule.
    """
    return list(islice(_between(first, rule, after, until), AT_ONCE))


def check(first: datetime, rule: str) -> None:
    """Whether a series can have this rule. Raises BadRule."""
    parts = read(rule)
    most = IN_ALL + 1 if {"COUNT", "UNTIL"} & parts.keys() else 1
    found = sum(1 for _start in islice(_all(first, parts), most))
    if not found:
        raise BadRule(NEVER)
    if found > IN_ALL:
        raise BadRule(TOO_LONG)


def read(rule: str) -> dict[str, str]:
    """The parts of a rule by name, in capitals; none for once. Raises BadRule."""
    text = rule.strip().upper().removeprefix("RRULE:")
    if not text:
        return {}
    if len(text) > LONGEST:
        raise BadRule(TOO_LONG)
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name: value for name, _is, value in pairs}
    if len(parts) < len(pairs) or "FREQ" not in parts or {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRule(UNREADABLE)
    if not all(_is_readable(name, value) for name, value in parts.items()):
        raise BadRule(UNREADABLE)
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and re.search(r"\d", parts.get("BYDAY", "")):
        raise BadRule(UNREADABLE)
    hours, minutes = (len(parts.get(name, "0").split(",")) for name in ("BYHOUR", "BYMINUTE"))
    if parts["FREQ"] in FINE or hours * minutes > A_DAY:
        raise BadRule(TOO_OFTEN)
    if "UNTIL" in parts:
        parts["UNTIL"] = _on_the_wall(parts["UNTIL"])
    return parts


def written(parts: Mapping[str, str]) -> str:
    """A rule of these parts; what ``read`` reads."""
    return ";".join(f"{name}={value}" for name, value in parts.items())


def goes_on(first: datetime, rule: str, day: date) -> bool:
    """Whether there is any start after a day. Raises BadRule."""
    return any(start.date() > day for start in _all(first, read(rule)))


def ending(first: datetime, rule: str, day: date) -> str:
    """The same rule without its starts from a day on; once stays as it is. Raises BadRule."""
    parts = read(rule)
    if not parts:
        return ""
    if "COUNT" in parts:
        before = takewhile(lambda start: start.date() < day, _all(first, parts))
        return written(parts | {"COUNT": str(sum(1 for _start in before))})
    last = f"{day - timedelta(days=1):%Y%m%d}T235959"
    return written(parts | {"UNTIL": min(last, parts.get("UNTIL", last))})


def _between(first: datetime, rule: str, after: date, until: date) -> Iterator[datetime]:
    for start in _all(first, read(rule)):
        if start.date() > until:
            return
        minute = start.hour * 60 + start.minute
        if start.date() >= after and instant(start.date(), minute) is not None:
            yield start


def _all(first: datetime, parts: Mapping[str, str]) -> Iterator[datetime]:
    """Every start, also those that the clocks jump over."""
    if first.year not in YEARS:
        raise BadRule(UNREADABLE)
    first = first.replace(second=0, microsecond=0)
    if not parts:
        yield first
        return
    far = dict(parts)
    if "UNTIL" in far:
        year = min(int(far["UNTIL"][:4]), YEARS[-1])
        far["UNTIL"] = f"{year + FAR_AHEAD:04}{far['UNTIL'][4:]}"
    try:
        starts = rrulestr(written(far), dtstart=_years_on(first, FAR_AHEAD))
        for start in starts:
            yield _years_on(start, -FAR_AHEAD)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise BadRule(UNREADABLE) from error


def _years_on(start: datetime, years: int) -> datetime:
    return start.replace(year=start.year + years)


def _is_readable(name: str, value: str) -> bool:
    if name in PATTERNS:
        return re.fullmatch(PATTERNS[name], value) is not None
    if name not in NUMBERS:
        return False
    least, most, from_end = NUMBERS[name]
    numbers = value.split(",")
    if name in SINGLE and len(numbers) > 1:
        return False
    sign = "[+-]?" if from_end else ""
    return all(
        re.fullmatch(rf"{sign}\d{{1,7}}", number) is not None and least <= abs(int(number)) <= most
        for number in numbers
    )


def _on_the_wall(until: str) -> str:
    """An end as naive wall time. A day without a time is that whole day, as people mean it."""
    try:
        day = datetime.strptime(until[:8], "%Y%m%d").date()  # noqa: DTZ007 - wall time
        if len(until) == len("20270601"):
            return f"{until}T235959"
        clock = time(int(until[9:11]), int(until[11:13]), min(int(until[13:15]), 59))
        if not until.endswith("Z"):
            return until
        at = datetime.combine(day, clock, UTC).astimezone(ZONE)
    except (ValueError, OverflowError) as error:
        raise BadRule(UNREADABLE) from error
    return f"{at:%Y%m%dT%H%M%S}"
