"""A CSV text as lines of cells under the names that we know, each with its number."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.gatherings.found import NoActivities
from backend.services.places import fold
from dialogs.text import _

MOST_LINES = 10_000
MOST_LINES_OF_A_CELL = 20
SEPARATORS = ";,\t"
TRANSLATED = ("name", "about")
NAMES: Mapping[str, str] = {
    fold(name): column
    for column, names in (
        ("service", "aktivitet, typ, service, kind"),
        ("name", "namn, rubrik, name, title"),
        ("about", "beskrivning, om, about, description"),
        ("day", "datum, dag, date, day"),
        ("start", "start, starttid, börjar, från, from, begins"),
        ("end", "slut, sluttid, slutar, till, end, to, ends"),
        ("minutes", "minuter, längd, minutes, length"),
        ("unit", "plats, enhet, lokal, unit, place"),
        ("seats", "platser, antal platser, seats, capacity"),
        ("rule", "upprepas, upprepning, rule, repeats, rrule"),
        ("leader", "ledare, coach, leader, username"),
        ("language", "språk, language"),
        ("course", "kurs, course"),
        ("organiser", "arrangör, förening, organiser, association"),
    )
    for name in names.split(",")
}
NEEDED = ("day", "start")


@dataclass(frozen=True)
class Head:
    """The first line: for each cell its column, or None, and its name as it is written."""

    columns: Sequence[str | None]
    written: Mapping[str, str]
    unread: Sequence[str]
    separator: str


@dataclass(frozen=True)
class Line:
    """Cells by column; None when they could not be told apart."""

    number: int
    cells: Mapping[str, str] | None


def table(text: str) -> tuple[Head, Iterator[Line]]:
    """The head of a table, and its lines. Raises NoActivities."""
    lines = text.split("\n")
    at = _head_at(lines)
    head = _head(lines[at])
    if sum(1 for line in lines[at + 1 :] if line.strip()) > MOST_LINES:
        raise NoActivities(
            _(
                "There are more than {most:number} lines. Make several files of it.",
                most=MOST_LINES,
            )
        )
    return head, _lines(head, lines, at + 1)


def _head_at(lines: Sequence[str]) -> int:
    """Where the first line with words is; Excel may have named its separator before it."""
    for at, line in enumerate(lines):
        if line.strip() and not line.casefold().startswith("sep="):
            return at
    raise NoActivities(_("There is nothing in the file."))


def _head(line: str) -> Head:
    separator = max(SEPARATORS, key=lambda each: len(_known(line, each)))
    written = _cells(line, separator)
    columns = [_column(name) for name in written]
    there = [column for column in columns if column]
    missing = [column for column in NEEDED if column not in there]
    if missing:
        raise NoActivities(
            _(
                "The first line must name the columns. These two must be there: datum (date) "
                "and start."
            )
        )
    for column in there:
        if there.count(column) > 1:
            names = [name for name, each in zip(written, columns, strict=True) if each == column]
            raise NoActivities(_("Two columns say the same: {names}.", names=", ".join(names)))
    return Head(
        columns,
        {column: name for name, column in zip(written, columns, strict=True) if column},
        [name for name, column in zip(written, columns, strict=True) if name and not column],
        separator,
    )


def _known(line: str, separator: str) -> list[str]:
    return [column for name in _cells(line, separator) if (column := _column(name))]


def _column(name: str) -> str | None:
    """The column that a name means; "namn:ar" is the Arabic name."""
    plain, _colon, code = name.partition(":")
    column = NAMES.get(fold(plain))
    if not code:
        return column
    return (
        f"{column}:{code.strip().replace('-', '_').casefold()}" if column in TRANSLATED else None
    )


def _lines(head: Head, lines: Sequence[str], at: int) -> Iterator[Line]:
    """A quoted cell may hold line breaks; a quotation mark left open spoils its own line only."""
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        last = _closing(lines, at)
        cells = _cells("\n".join(lines[at : last + 1]), head.separator) if last >= at else None
        if cells is not None and last > at and len(cells) > len(head.columns):
            cells, last = None, at
        yield Line(at + 1, _under(head, cells))
        at = max(at, last) + 1


def _closing(lines: Sequence[str], at: int) -> int:
    """The line on which what is quoted ends; before ``at`` when it does not."""
    marks = 0
    for last in range(at, min(at + MOST_LINES_OF_A_CELL, len(lines))):
        marks += lines[last].count('"')
        if marks % 2 == 0:
            return last
    return at - 1


def _under(head: Head, cells: Sequence[str] | None) -> Mapping[str, str] | None:
    """Cells by column; cells beyond the last column are none unless they are empty."""
    if cells is None or any(cells[len(head.columns) :]):
        return None
    return {column: cell for column, cell in zip(head.columns, cells, strict=False) if column}


def _cells(line: str, separator: str) -> list[str]:
    try:
        lines = line.splitlines(keepends=True)
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return []
    return [cell.strip() for row in rows for cell in row]
