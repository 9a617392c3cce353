"""A TOML table that somebody wrote, read key by key; errors name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NoReturn

from knowledge.flaw import Flaw

_WHERE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


class BadTable(Flaw):
    """The TOML cannot be read, or a key is missing, unknown or not what it must be."""


class Table:
    """One table, of which every key must be asked for.

    A method that reads a key raises BadTable when it is missing or of the wrong kind.
    """

    def __init__(self, values: Mapping[str, Any], source: str, first: int) -> None:
        """Wrap what tomllib has read from ``source``, which begins on line ``first`` of a file."""
        self._values = values
        self._source = source
        self._first = first
        self._asked: set[str] = set()

    @classmethod
    def parse(cls, source: str, first: int = 1) -> Table:
        """Read TOML that begins on line ``first`` of its file; raises BadTable if it is none."""
        try:
            return cls(tomllib.loads(source), source, first)
        except tomllib.TOMLDecodeError as error:
            where = _WHERE.search(str(error))
            line = int(where[1]) if where and where[1] else source.count("\n") + 1
            raise BadTable(first + line - 1, _WHERE.sub("", str(error))) from error

    def __contains__(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys, in their order."""
        return iter(self._values)

    def text(self, key: str) -> str:
        """Text that is not blank."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be text, and not blank")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them blank and no two alike."""
        value = self._value(key)
        if not isinstance(value, list) or not all(map(_is_text, value)):
            self.refuse(key, "must be a list of texts, none of them blank")
        if len(set(value)) < len(value):
            self.refuse(key, "has the same text twice")
        return tuple(value)

    def choice(self, key: str, among: Collection[str]) -> str:
        """One of a few words."""
        if (value := self.text(key)) not in among:
            self.refuse(key, f"must be one of: {', '.join(among)}")
        return value

    def flag(self, key: str) -> bool:
        """Yes or no."""
        value = self._value(key)
        if not isinstance(value, bool):
            self.refuse(key, "must be true or false")
        return value

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._value(key)
        if type(value) is not date:
            self.refuse(key, "must be a date, written 2026-11-21")
        return value

    def table(self, key: str) -> Table:
        """A table within this one."""
        value = self._value(key)
        if not isinstance(value, dict):
            self.refuse(key, "must be a table")
        line = self._line_of(key)
        return Table(value, self._lines_from(line), line)

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables, each under its own ``[[key]]``; at least one."""
        values = self._value(key)
        heads = [
            self._first + self._source.count("\n", 0, head.start())
            for head in re.finditer(rf"^\[\[{re.escape(key)}\]\]", self._source, re.MULTILINE)
        ]
        if not isinstance(values, list) or not heads or len(heads) != len(values):
            self.refuse(key, f"must be tables, each under its own [[{key}]]")
        return tuple(
            Table(value, self._lines_from(head), head)
            for value, head in zip(values, heads, strict=True)
        )

    def close(self) -> None:
        """Raise BadTable if there is a key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.refuse(key, "is not a key that belongs here")

    def refuse(self, key: str, what: str) -> NoReturn:
        """Raise BadTable about what a key holds."""
        raise BadTable(self._line_of(key), f"{key} {what}")

    def _value(self, key: str) -> object:
        self._asked.add(key)
        if key not in self._values:
            raise BadTable(self._first, f"{key} is missing")
        return self._values[key]

    def _line_of(self, key: str) -> int:
        pattern = rf"""^[ \t]*(?:\[\[?(?:[\w-]+\.)*)?["']?{re.escape(key)}\b"""
        at = re.search(pattern, self._source, re.MULTILINE)
        return self._first + (self._source.count("\n", 0, at.start()) if at else 0)

    def _lines_from(self, line: int) -> str:
        return "\n".join(self._source.split("\n")[line - self._first :])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
