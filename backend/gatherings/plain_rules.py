"""How often something comes back: an RRULE, or a few plain words, as an RRULE in wall time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from backend.clock import ZONE
from backend.gatherings.cells import WrongCell, day
from backend.services.places import fold
from dialogs.text import _

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST_WEEK = 5
LONGEST = 300

ONCE = frozenset(("nej", "no", "en gang", "once", "aldrig", "never", "engangs"))
RRULE = re.compile(r"(?:RRULE:)?\s*((?:[A-Z-]+=[^;=]+)(?:;[A-Z-]+=[^;=]+)*);?", re.IGNORECASE)
UNTIL = re.compile(
    r"\b(?:till och med|t\.?o\.?m\.?|till|until|through)\s+(\S+)\s*$", re.IGNORECASE
)
TIMES = re.compile(r"[, ]*\b(\d{1,3})\s*(?:gånger|ggr|times)\s*$", re.IGNORECASE)
WEEKDAYS: Mapping[str, str] = {
    name: code
    for code, names in zip(
        DAYS,
        (
            "man mandag mandagar mandagen mon monday mondays",
            "tis tisdag tisdagar tisdagen tue tues tuesday tuesdays",
            "ons onsdag onsdagar onsdagen wed wednesday wednesdays",
            "tor tors torsdag torsdagar torsdagen thu thursday thursdays",
            "fre fredag fredagar fredagen fri friday fridays",
            "lor lordag lordagar lordagen sat saturday saturdays",
            "son sondag sondagar sondagen sun sunday sundays",
        ),
        strict=True,
    )
    for name in names.split()
}
UNITS: Mapping[str, str] = {
    name: frequency
    for frequency, names in (
        ("DAILY", "dag dagar dagligen day days daily"),
        ("WEEKLY", "vecka veckor week weeks weekly"),
        ("MONTHLY", "manad manader month months monthly"),
    )
    for name in names.split()
}
WORKDAYS = frozenset(("vardag", "vardagar", "weekday", "weekdays"))
EVERY: Mapping[str, int] = {
    name: number
    for number, names in (
        (1, "varje every"),
        (2, "varannan vartannat second other 2"),
        (3, "tredje third 3"),
        (4, "fjarde fourth 4"),
    )
    for name in names.split()
}
FILLING = frozenset(("var", "och", "and", "pa", "on", "i", "the", "den"))


@dataclass
class _Said:
    """What the words have said so far."""

    frequency: str = ""
    every: int = 1
    days: set[str] = field(default_factory=set)


def rule_of(written: str, first: date) -> str:
    """An RRULE without DTSTART, empty for once. Raises WrongCell.

    ``first`` says which week of the month "every month" means.
    """
    if not written.strip(" -–") or fold(written) in ONCE:
        return ""
    if len(written) > LONGEST:
        raise _unread()
    if "=" in written:
        return normal(written)
    rest, ends = _ending(written)
    said = _understood(rest)
    if said.days and DAYS[first.weekday()] not in said.days:
        raise WrongCell(_("The first day is another day of the week than these."))
    return ";".join((*_parts(said, first), *ends))


def normal(rule: str) -> str:
    """An RRULE in capitals whose UNTIL is wall time, its day included. Raises WrongCell."""
    found = RRULE.fullmatch(rule.strip())
    if found is None:
        raise _unread()
    return ";".join(map(_part, found[1].upper().split(";")))


def _part(part: str) -> str:
    name, _equals, value = part.partition("=")
    if name != "UNTIL":
        return part
    try:
        if "T" not in value:
            datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007 - only whether it is a day
            return f"UNTIL={value}T235959"
        until = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall
    except ValueError:
        raise _unread() from None
    if value.endswith("Z"):
        until = until.replace(tzinfo=UTC).astimezone(ZONE)
    return f"UNTIL={until:%Y%m%dT%H%M%S}"


def _ending(written: str) -> tuple[str, tuple[str, ...]]:
    """The words without how they end, and that as parts of a rule."""
    if found := UNTIL.search(written):
        return written[: found.start()], (f"UNTIL={day(found[1]):%Y%m%d}T235959",)
    if found := TIMES.search(written):
        return written[: found.start()], (f"COUNT={int(found[1])}",)
    return written, ()


def _understood(written: str) -> _Said:
    said = _Said()
    for word in fold(written).split():
        if word in WEEKDAYS:
            said.days.add(WEEKDAYS[word])
        elif word in WORKDAYS:
            said.days |= set(DAYS[:5])
        elif word in UNITS:
            said.frequency = UNITS[word]
        elif word in EVERY:
            said.every = EVERY[word]
        elif word not in FILLING:
            raise _unread()
    said.frequency = said.frequency or ("WEEKLY" if said.days else "")
    if not said.frequency or (said.days and said.frequency == "DAILY"):
        raise _unread()
    return said


def _parts(said: _Said, first: date) -> Iterator[str]:
    yield f"FREQ={said.frequency}"
    if said.every > 1:
        yield f"INTERVAL={said.every}"
    if said.frequency == "MONTHLY":
        days = sorted(said.days, key=DAYS.index) or [DAYS[first.weekday()]]
        week = (first.day - 1) // 7 + 1
        which = -1 if week == LAST_WEEK else week
        yield "BYDAY=" + ",".join(f"{which}{each}" for each in days)
    elif said.days:
        yield "BYDAY=" + ",".join(sorted(said.days, key=DAYS.index))


def _unread() -> WrongCell:
    return WrongCell(_("This cannot be read. Write it such as: every week until 2027-06-01."))
