"""Which unit somebody means: by its name, a name it had before, or the district she lives in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Named(Protocol):
    """What a unit is known by."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def aliases(self) -> Iterable[str]:
        """Names it had before."""

    @property
    def districts(self) -> Iterable[str]:
        """Whose people it serves."""


@dataclass(frozen=True)
class Places:
    """Folded names and districts, each with the id of its unit; the first unit wins."""

    names: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Named]) -> Places:
        """From the units in their order."""
        names: dict[str, str] = {}
        districts: dict[str, str] = {}
        for unit in units:
            for name in (unit.name, *unit.aliases):
                names.setdefault(fold(name), unit.id)
            for district in unit.districts:
                districts.setdefault(fold(district), unit.id)
        return cls(names, districts)

    def unit_for(self, district: str) -> str | None:
        """The unit of a district or of a part of one, such as Tensta of Spånga-Tensta."""
        return _meant(fold(district), self.districts)

    def find(self, words: str) -> str | None:
        """The unit that some words name; None when they name none, or could mean several."""
        folded = fold(words)
        named = {**self.districts, **self.names}
        return _meant(folded, named) or _said(folded, named)


def fold(words: str) -> str:
    """Small letters without accents, words apart by one space."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", kept))


def _meant(folded: str, named: Mapping[str, str]) -> str | None:
    """By the whole name, or by words of it that no other unit has."""
    if not folded:
        return None
    if folded in named:
        return named[folded]
    return _only({unit for name, unit in named.items() if _within(folded, name)})


def _said(folded: str, named: Mapping[str, str]) -> str | None:
    """By a name somewhere in a sentence; the longest one counts."""
    said = [name for name in named if name and _within(name, folded)]
    longest = max(map(len, said), default=0)
    return _only({named[name] for name in said if len(name) == longest})


def _within(part: str, whole: str) -> bool:
    return f" {part} " in f" {whole} "


def _only(units: set[str]) -> str | None:
    return units.pop() if len(units) == 1 else None
