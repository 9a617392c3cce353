"""Reading a site file, and saying what is wrong with it: file, line, entry and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backend.reminders.rules import Quiet, Rule
from backend.site.checks import Entries, Fault, between
from backend.site.entries import (
    ActivityEntry,
    CoachEntry,
    ServiceEntry,
    Site,
    UnitEntry,
)
from backend.site.lines import Where, line_of, lines_of

NAMES = ("username", "id", "service", "name")  # what an entry is called by, in a message
TABLES: Mapping[str, type[BaseModel]] = {
    "units": UnitEntry,
    "services": ServiceEntry,
    "coaches": CoachEntry,
    "activities": ActivityEntry,
    "reminders": Rule,
}
WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of the site file; is it misspelt?",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be a table in {{ }}",
    "model_type": "must be a table in {{ }}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "must be a day, such as 2026-12-23",
    ),
    "string_pattern_mismatch": "must be as {pattern} says",
}


class BrokenSite(Exception):
    """The site file cannot be used. Each line of the message is one fault: where, and what."""


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
    faults = [*_of_entries(data), *between(_entries(data))]
    if faults:
        raise BrokenSite("\n".join(_told(path, text, data, faults)))
    return Site.model_validate(data)


def _of_entries(data: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the file as a whole, and with each entry for itself."""
    try:
        Site.model_validate(data)
    except ValidationError as error:
        errors = error.errors()
        for each in errors:
            if not _is_echo(each, errors):
                yield Fault(each["loc"], _in_words(each))


def _is_echo(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """A list whose entries are all wrong counts as empty too; that was not meant."""
    where = error["loc"]
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(where) and each["loc"][: len(where)] == where for each in errors
    )


def _entries(data: Mapping[str, Any]) -> Entries:
    """The entries that can be checked against each other."""
    found: dict[tuple[str, int], BaseModel] = {}
    for table, kind in TABLES.items():
        for number, raw in enumerate(_rows(data, table)):
            with suppress(ValidationError):
                found[table, number] = kind.model_validate(raw)
    return Entries(found, _ids(data, "units"), _ids(data, "services"), _quiet(data))


def _quiet(data: Mapping[str, Any]) -> Quiet:
    """The quiet hours as written, or the usual ones when they cannot be understood."""
    with suppress(ValidationError):
        return Quiet.model_validate(data.get("quiet", {}))
    return Quiet()


def _ids(data: Mapping[str, Any], table: str) -> frozenset[str]:
    rows = _rows(data, table)
    return frozenset(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)


def _rows(data: Mapping[str, Any], table: str) -> list[object]:
    rows = data.get(table)
    return rows if isinstance(rows, list) else []


def _in_words(error: ErrorDetails) -> str:
    """A fault of one entry in words that need no knowledge of Python."""
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    return WORDS.get(error["type"], error["msg"]).format(**context)


def _told(path: Path, text: str, data: Mapping[str, Any], faults: list[Fault]) -> Iterator[str]:
    """Each fault as one line, in the order of the file."""
    lines = lines_of(text)
    placed = [(line_of(lines, fault.where) or 0, fault) for fault in faults]
    for line, fault in sorted(placed, key=lambda each: each[0]):
        place = f"{path}, line {line}" if line else f"{path}"
        yield f"{place}: {_named(data, fault.where)}: {fault.words}"


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
