"""Reading a site file, and saying what is wrong with it: file, line, entry and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.site.entries import ActivityEntry, CoachEntry, ServiceEntry, Site

HEAD = re.compile(r"\s*\[\[?\s*[\w-]+\s*\]")  # of an entry; [units.door] belongs to one
NAMES = ("username", "id", "service")  # what an entry is called by, in a message
WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of the site file; is it misspelt?",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be a table in {{ }}",
    "model_type": "must be a table in {{ }}",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_pattern_mismatch": "must be as {pattern} says",
}

Where = tuple[str | int, ...]  # such as ("coaches", 2, "hours", 0, "from")


class BrokenSite(Exception):
    """The site file cannot be used. Each line of the message is one fault: where, and what."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the file."""

    where: Where
    words: str


def read_site(path: Path) -> Site:
    """Read and check a site file. Raises BrokenSite with every fault that was found."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        message = f"{path}: the site file cannot be read ({error.strerror})"
        raise BrokenSite(message) from error
    except ValueError as error:  # not UTF-8, or not TOML: that one names line and column
        message = f"{path}: {error}"
        raise BrokenSite(message) from error
    try:
        site = Site.model_validate(data)
        faults = list(_between_entries(site))
    except ValidationError as error:
        faults = [Fault(each["loc"], _in_words(each)) for each in error.errors()]
    if faults:
        raise BrokenSite("\n".join(_told(path, text, data, fault) for fault in faults))
    return site


def _between_entries(site: Site) -> Iterator[Fault]:
    """What no entry can know for itself: names of other entries, doubles, overlaps."""
    units = {unit.id for unit in site.units}
    services = {service.id: service for service in site.services}
    yield from _doubles("units", "id", (unit.id for unit in site.units))
    yield from _doubles("services", "id", (service.id for service in site.services))
    yield from _doubles("coaches", "username", (coach.username for coach in site.coaches))
    for number, coach in enumerate(site.coaches):
        yield from _coach_faults(("coaches", number), coach, units, services)
    for number, activity in enumerate(site.activities):
        yield from _activity_faults(("activities", number), activity, units, services)


def _doubles(table: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Fault((table, number, key), f'"{name}" is in the file twice')
        seen.add(name)


def _coach_faults(
    where: Where, coach: CoachEntry, units: set[str], services: Mapping[str, ServiceEntry]
) -> Iterator[Fault]:
    if coach.unit not in units:
        yield _unknown((*where, "unit"), "unit", coach.unit)
    for number, hours in enumerate(coach.hours):
        if hours.unit is not None and hours.unit not in units:
            yield _unknown((*where, "hours", number, "unit"), "unit", hours.unit)
    for service in coach.services:
        if service not in services:
            yield _unknown((*where, "services"), "service", service)
    for earlier, later in pairwise(coach.week()):
        if earlier.day == later.day and later.start < earlier.stop:
            at = f"{later.start // 60:02}:{later.start % 60:02}"
            yield Fault((*where, "hours"), f"hours overlap on day {later.day} at {at}")


def _activity_faults(
    where: Where, activity: ActivityEntry, units: set[str], services: Mapping[str, ServiceEntry]
) -> Iterator[Fault]:
    if activity.unit not in units:
        yield _unknown((*where, "unit"), "unit", activity.unit)
    service = services.get(activity.service)
    if service is None:
        yield _unknown((*where, "service"), "service", activity.service)
    elif not service.group:
        words = f'"{service.id}" is for one person at a time; an activity needs group = true'
        yield Fault((*where, "service"), words)


def _unknown(where: Where, kind: str, name: str) -> Fault:
    return Fault(where, f'there is no {kind} "{name}" in this file')


def _in_words(error: ErrorDetails) -> str:
    """A fault of one entry in words that need no knowledge of Python."""
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    return WORDS.get(error["type"], error["msg"]).format(**context)


def _told(path: Path, text: str, data: Mapping[str, Any], fault: Fault) -> str:
    line = _line_of(text, fault.where)
    place = f"{path}, line {line}" if line else f"{path}"
    return f"{place}: {_named(data, fault.where)}: {fault.words}"


def _named(data: Mapping[str, Any], where: Where) -> str:
    """Such as ``coaches "omar", hours, from``."""
    match where:
        case (str(table), int(number), *keys):
            first = f"{table}, entry {number + 1}"
            entry = data[table][number]
            if isinstance(entry, dict) and (name := next(filter(None, map(entry.get, NAMES)), "")):
                first = f'{table} "{name}"'
        case (first, *keys):
            first = str(first)
        case _:
            return "the file"
    return ", ".join((first, *(key for key in keys if isinstance(key, str))))


def _line_of(text: str, where: Where) -> int | None:
    """The line of a key, or else of the entry it belongs to; None when neither is found."""
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines) if HEAD.match(line)]
    match where:
        case (str(table), int(entry), *keys):
            own = [number for number in heads if _opens(lines[number], table)]
            if entry >= len(own):
                return None
            first: int | None = own[entry]
            last = next((number for number in heads if number > own[entry]), len(lines))
        case keys:
            first, last = None, heads[0] if heads else len(lines)
    for number in range(first or 0, last):
        if keys and _sets(lines[number], str(keys[0])):
            return number + 1
    return None if first is None else first + 1


def _opens(line: str, table: str) -> bool:
    return re.match(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]", line) is not None


def _sets(line: str, key: str) -> bool:
    return re.match(rf"\s*(\[\s*[\w-]+\.)?{re.escape(key)}\s*[=.\]]", line) is not None
