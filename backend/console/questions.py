"""What people have asked in vain, language by language: where an article is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Response
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.answers import Answers
from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.models import Question
from knowledge.article import Translation

MOST = 400  # questions looked at, the newest; older ones are no more telling

UNANSWERED = and_(Question.chosen.is_(None), Question.outcome.in_(("choices", "unknown")))
MISSED = or_(UNANSWERED, Question.helped.is_(False))


@dataclass(frozen=True)
class Miss:
    """One question, however often it was asked in the same words, that was not answered well.

    ``why`` is unknown, choices (none was taken) or no_help. ``waiting`` people want to hear.
    """

    text: str
    why: str
    times: int
    last: date
    guess: tuple[str, Translation] | None
    waiting: int


@dataclass(frozen=True)
class Tally:
    """How the questions of one language went."""

    language: str
    asked: int
    answered: int
    helped: int
    no_help: int
    missed: int


async def show(console: ConsoleOf, who: Who) -> Response:
    """Figures for each language, and its questions without an answer."""
    async with console.runtime.database.reading() as session:
        tallies = await _tallies(session)
        rows = await session.scalars(
            select(Question).where(MISSED).order_by(Question.asked_on.desc()).limit(MOST)
        )
        misses = _by_language(rows, console.runtime.answers)
    return console.pages.show(
        who, "questions.html", tallies=tallies, misses=misses, here="questions"
    )


async def _tallies(session: AsyncSession) -> Sequence[Tally]:
    asked = func.count()
    rows = await session.execute(
        select(
            Question.language,
            asked,
            _how_many(or_(Question.outcome == "answer", Question.chosen.is_not(None))),
            _how_many(Question.helped.is_(True)),
            _how_many(Question.helped.is_(False)),
            _how_many(MISSED),
        )
        .group_by(Question.language)
        .order_by(asked.desc(), Question.language)
    )
    return [Tally(*row) for row in rows]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _by_language(questions: Iterable[Question], answers: Answers) -> Mapping[str, Sequence[Miss]]:
    """The misses of each language, those asked most often first."""
    alike: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in questions:
        alike[question.language, question.text.strip().casefold()].append(question)
    misses: dict[str, list[Miss]] = defaultdict(list)
    for (language, _text), same in alike.items():
        misses[language].append(_miss(same, answers))
    return {
        language: sorted(found, key=lambda miss: (miss.times, miss.last), reverse=True)
        for language, found in sorted(misses.items())
    }


def _miss(same: Sequence[Question], answers: Answers) -> Miss:
    newest = same[0]
    guess = None
    for slug in newest.shown[:1]:
        read = answers.read(slug, "sv")
        guess = (slug, read[1]) if read else None
    return Miss(
        newest.text,
        "no_help" if newest.helped is False else newest.outcome,
        len(same),
        newest.asked_on,
        guess,
        sum(question.person_id is not None for question in same),
    )
