"""Articles as a table for translators: a line for each field of each text, out and in again.

What comes in is looked at text by text: the good ones can be kept, the others are listed with
the line on which something is wrong. ``base`` tells which text a line went out with: whatever
has been written here since then is never put back.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backend.figures import sheet
from backend.figures.sheet import FORMULA
from backend.hygiene import clean
from knowledge.article import Translation
from knowledge.flaw import Flaw
from knowledge.library import Library
from knowledge.reading import flaws_of, parse_translation
from knowledge.writing import compose, write_body

SWEDISH = "sv"
FIELDS = ("title", "questions", "keywords", "body")
COLUMNS = ("slug", "language", "field", "swedish", "text", "base")
NEEDED = ("slug", "language", "field", "text")
BASE = "base"
SEPARATORS = ",;\t"
FENCE = "+++"
LONGEST_CELL = 100_000


class NotATable(Exception):
    """The file is not a table of articles."""


@dataclass(frozen=True)
class Fault:
    """What is wrong on a line of the table."""

    line: int
    what: str


@dataclass(frozen=True)
class Incoming:
    """A text that can be kept as a draft; ``line`` is its first one in the table."""

    slug: str
    language: str
    source: str
    line: int


@dataclass
class Brought:
    """What a table holds: texts to keep, those that are as they were, and every fault."""

    texts: list[Incoming] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class _Cell:
    """``base`` is None in a table without that column."""

    line: int
    text: str
    base: str | None


@dataclass(frozen=True)
class _Row:
    line: int
    values: Mapping[str, str]


def write(library: Library, languages: Sequence[str]) -> bytes:
    """Every article in some languages, beside the Swedish; a text that is missing is empty."""
    rows: list[Sequence[str]] = [COLUMNS]
    for article in library.articles:
        swedish = fields_of(article.translations.get(SWEDISH))
        for language in languages:
            words = fields_of(article.translations.get(language))
            rows += [
                (article.slug, language, name, swedish[name], words[name], _base(words[name]))
                for name in FIELDS
            ]
    return sheet.write(rows)


def read(text: str, library: Library) -> Brought:
    """Look at a table. Raises NotATable."""
    brought = Brought()
    grouped: dict[tuple[str, str], dict[str, _Cell]] = {}
    for row in _rows(text):
        fault = _add(grouped, row, library)
        if fault is not None:
            brought.faults.append(Fault(row.line, fault))
    for (slug, language), cells in grouped.items():
        _take(brought, library, slug, language, cells)
    brought.faults.sort(key=lambda fault: fault.line)
    return brought


def fields_of(words: Translation | None) -> Mapping[str, str]:
    """A text field by field, all of them empty when there is none."""
    if words is None:
        return dict.fromkeys(FIELDS, "")
    values = (words.title, "\n".join(words.questions), "\n".join(words.keywords))
    return dict(zip(FIELDS, (*values, write_body(words).strip()), strict=True))


def _rows(text: str) -> Iterator[_Row]:
    lines = clean(text).removeprefix("\ufeff").splitlines(keepends=True)
    while lines and lines[0].casefold().startswith("sep="):
        lines[0] = "\n"
    first = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator)
    head: list[str] = []
    try:
        begins = 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not head:
                head = [cell.strip().casefold() for cell in cells]
                missing = [name for name in NEEDED if name not in head]
                if missing:
                    message = f"the first line must name the columns: {', '.join(NEEDED)}"
                    raise NotATable(message)
                continue
            values = dict(zip(head, map(_as_written, cells), strict=False))
            known = (*NEEDED, BASE) if BASE in head else NEEDED
            yield _Row(line, {name: values.get(name, "") for name in known})
    except csv.Error as error:
        message = f"line {reader.line_num}: cannot be read as a table"
        raise NotATable(message) from error
    if not head:
        message = "there is nothing in the file"
        raise NotATable(message)


def _as_written(cell: str) -> str:
    """A cell without the mark that keeps programs from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _add(
    grouped: dict[tuple[str, str], dict[str, _Cell]], row: _Row, library: Library
) -> str | None:
    """Put a row where it belongs; what is wrong with it, or None."""
    slug, language, name = (row.values[column].strip() for column in NEEDED[:3])
    if library.article(slug) is None:
        return f"there is no article {slug!r}"
    if language not in library.languages:
        return f"{language!r} is not one of the languages: {', '.join(library.languages)}"
    if name not in FIELDS:
        return f"{name!r} is not one of the fields: {', '.join(FIELDS)}"
    cells = grouped.setdefault((slug, language), {})
    if name in cells:
        return f"{name} of {slug} in {language} is on line {cells[name].line} too"
    base = row.values.get(BASE)
    cells[name] = _Cell(row.line, row.values["text"].strip(), base and base.strip())
    return None


def _take(
    brought: Brought, library: Library, slug: str, language: str, cells: Mapping[str, _Cell]
) -> None:
    """Make a text of its fields; one that is not given stays as it is."""
    if not any(cell.text for cell in cells.values()):
        return  # not translated yet
    article = library.article(slug)
    before = article.translations.get(language) if article else None
    now = fields_of(before)
    behind = {name for name, cell in cells.items() if _is_behind(cell, now[name])}
    brought.faults += [
        Fault(cells[name].line, f"{name} has been changed here since the table was written")
        for name in sorted(behind)
    ]
    given = {
        name: cell.text
        for name, cell in cells.items()
        if cell.text and cell.base != _base(cell.text) and name not in behind
    }
    if not given:
        brought.same += 0 if behind else 1
        return
    whole = {**now, **given}
    first = min(cell.line for cell in cells.values())
    source = compose(
        whole["title"], _lines(whole["questions"]), _lines(whole["keywords"]), whole["body"]
    )
    flaws = flaws_of(source)
    for flaw in flaws:
        brought.faults.append(_fault(flaw, source, cells, first))
    if flaws:
        return
    after = parse_translation(language, source)
    if before is not None and now == fields_of(after):
        brought.same += 0 if behind else 1
    else:
        brought.texts.append(Incoming(slug, language, source, first))


def _base(text: str) -> str:
    """A field's text in a few letters; nothing for none. Blanks at the ends of lines are none."""
    plain = "\n".join(line.rstrip() for line in clean(text).split("\n")).strip()
    # The letter keeps spreadsheet programs from taking 12e45 for a number.
    return plain and "v" + hashlib.sha256(plain.encode()).hexdigest()[:12]


def _is_behind(cell: _Cell, now: str) -> bool:
    """Whether it was written for another text than today's, and is neither of the two."""
    if cell.base is None or not cell.text:
        return False
    written, today = _base(cell.text), _base(now)
    return written not in (cell.base, today) and cell.base != today


def _fault(flaw: Flaw, source: str, cells: Mapping[str, _Cell], first: int) -> Fault:
    head = source.split("\n").index(FENCE, 1) + 1
    name = flaw.what.partition(" ")[0]
    if flaw.line > head or name not in FIELDS:
        name, what = "body", f"body, line {max(flaw.line - head, 1)}: {flaw.what}"
    else:
        what = flaw.what
    return Fault(cells[name].line if name in cells else first, what)


def _lines(text: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


def as_csv_text(content: bytes) -> str:
    """The text of a file, in UTF-8 or in what Swedish spreadsheets write. Raises NotATable."""
    try:
        return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig").read()
    except UnicodeDecodeError:
        message = "the file is not in UTF-8: save it as CSV UTF-8"
        raise NotATable(message) from None
