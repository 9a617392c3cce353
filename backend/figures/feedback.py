"""Whether answers helped, and how talks with a coach were, by language and by topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar, get_args

from backend.figures.tables import Found, Measures, Table, tables, tally

Kind = Literal["language", "topic"]

KINDS: tuple[Kind, ...] = get_args(Kind)
HELPED: Measures = {"rated": None, "helped": "rated", "not_helped": "rated"}
FACES: Measures = {"rated": None, "good": "rated", "middling": "rated", "bad": "rated"}
Row = TypeVar("Row")
GRADES: Mapping[int, str] = {1: "bad", 2: "middling", 3: "good"}


class Thumb(NamedTuple):
    """An answer that helped or did not. Nobody knows whose it is: each counts for one person.

    ``topic`` is empty when the article is gone.
    """

    question: str
    language: str
    topic: str
    helped: bool


class Face(NamedTuple):
    """How a talk was, from 1 to 3. ``topic`` is that of the answer before it, if there was one."""

    person: str
    language: str
    topic: str
    grade: int


def thumbs(rows: Sequence[Thumb]) -> Mapping[Kind, Table]:
    """Answers that helped and did not."""
    return _by_kind(
        rows,
        HELPED,
        lambda row, kind: (
            row.language if kind == "language" else row.topic,
            "helped" if row.helped else "not_helped",
            "",
            row.question,
        ),
    )


def faces(rows: Sequence[Face]) -> Mapping[Kind, Table]:
    """Talks by the face that was chosen after them."""
    return _by_kind(
        rows,
        FACES,
        lambda row, kind: (
            row.language if kind == "language" else row.topic,
            GRADES[row.grade],
            "",
            row.person,
        ),
    )


def _by_kind(
    rows: Sequence[Row], measures: Measures, found: Callable[[Row, Kind], Found]
) -> Mapping[Kind, Table]:
    """Both tables; what the sum of one hides, that of the other hides too."""
    tallies = [tally((found(row, kind) for row in rows), measures) for kind in KINDS]
    return dict(zip(KINDS, tables(tallies), strict=True))
