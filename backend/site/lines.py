"""Where in a TOML text each key and each entry of a list stands.

The text has been read as TOML already, so this only needs to follow it, not to check it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Where = tuple[str | int, ...]  # such as ("coaches", 2, "hours", 0, "from")

TOKEN = re.compile(
    r'''
    (?P<space> [ \t\r]+ | \#[^\n]* )
  | (?P<newline> \n )
  | (?P<string> """(?:\\.|[^\\])*?"{3,5} | \'{3}.*?\'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
  | (?P<mark> [\[\]{}=,.] )
  | (?P<bare> [^\s\[\]{}=,."'\#]+ )
    ''',
    re.DOTALL | re.VERBOSE,
)
QUOTES = "\"'"
ENDS = frozenset("],}\n")


@dataclass(frozen=True)
class Token:
    """A piece of the text and the line it begins on, counted from 1."""

    text: str
    line: int


def lines_of(text: str) -> Mapping[Where, int]:
    """The line of everything in a TOML text."""
    follower = _Follower(list(_tokens(text)))
    follower.document()
    return follower.lines


def line_of(lines: Mapping[Where, int], where: Where) -> int | None:
    """The line of a key, or else of what it belongs to; None when neither is there."""
    for length in range(len(where), 0, -1):
        if where[:length] in lines:
            return lines[where[:length]]
    return None


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for found in TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(found[0], line)
        line += found[0].count("\n")


@dataclass
class _Follower:
    """Reads token after token, and notes what it comes by."""

    tokens: list[Token]
    at: int = 0
    lines: dict[Where, int] = field(default_factory=dict)
    lengths: dict[Where, int] = field(default_factory=dict)  # of lists of tables

    def document(self) -> None:
        """Every table and every key."""
        table: Where = ()
        while self.at < len(self.tokens):
            if self._next == "\n":
                self.at += 1
            elif self._next == "[":
                table = self._head()
            else:
                self._pair(table)

    @property
    def _next(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else "\n"

    def _head(self) -> Where:
        """``[table]`` or ``[[list]]``; where its keys belong."""
        line = self.tokens[self.at].line
        self.at += 1
        is_list = self._next == "["
        self.at += is_list
        *outer, last = self._keys()
        where: Where = ()
        for key in outer:
            where += (key,)
            self.lines.setdefault(where, line)
            if where in self.lengths:
                where += (self.lengths[where] - 1,)
        where += (last,)
        self.lines.setdefault(where, line)
        if is_list:
            number = self.lengths.get(where, 0)
            self.lengths[where] = number + 1
            where += (number,)
            self.lines[where] = line
        self.at += 1 + is_list
        return where

    def _keys(self) -> list[str]:
        """``a."b".c``"""
        keys: list[str] = []
        while self._next not in {"=", "]"}:
            if self._next != ".":
                keys.append(self._next.strip(QUOTES))
            self.at += 1
        return keys

    def _pair(self, table: Where) -> None:
        """``key = value``"""
        line = self.tokens[self.at].line
        where = table
        for key in self._keys():
            where += (key,)
            self.lines.setdefault(where, line)
        self.at += 1
        self._value(where)

    def _value(self, where: Where) -> None:
        match self._next:
            case "[":
                self._list(where)
            case "{":
                self._inline(where)
            case _:
                while self._next not in ENDS:
                    self.at += 1

    def _list(self, where: Where) -> None:
        self.at += 1
        number = 0
        while self._next != "]":
            if self._next in {",", "\n"}:
                self.at += 1
            else:
                self.lines[(*where, number)] = self.tokens[self.at].line
                self._value((*where, number))
                number += 1
        self.at += 1

    def _inline(self, where: Where) -> None:
        self.at += 1
        while self._next != "}":
            if self._next in {",", "\n"}:
                self.at += 1
            else:
                self._pair(where)
        self.at += 1
