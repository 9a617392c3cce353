"""What to do in the first weeks: lists of articles, one for each way of having come."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PATHS = ("assigned", "own_home", "family", "asylum", "protection")


class UnknownPath(LookupError):
    """There is no such way of having come."""


@dataclass(frozen=True)
class Step:
    """One thing to do. ``children``: only for those who have children with them."""

    id: str
    article: str
    paths: frozenset[str]
    children: bool


@dataclass(frozen=True)
class FirstSteps:
    """Every step, in order."""

    steps: Sequence[Step]

    @classmethod
    def load(cls, path: Path) -> FirstSteps:
        """Read ``first_weeks.toml``. Raises KeyError where a row is incomplete."""
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["step"]
        return cls(
            tuple(
                Step(
                    row["id"], row["article"], frozenset(row["paths"]), row.get("children", False)
                )
                for row in rows
            )
        )

    def of(self, path: str, *, children: bool) -> tuple[Step, ...]:
        """The steps of one way, in order. Raises UnknownPath."""
        if path not in PATHS:
            raise UnknownPath(path)
        return tuple(
            step for step in self.steps if path in step.paths and (children or not step.children)
        )
