"""Questions that have an answer now: whoever wanted to hear is told, once and in her language.

Who has no text in her language yet stays linked to her question, and is told when there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Message, Person, Question
from backend.reminders import timing
from backend.reminders.rules import Quiet
from backend.services.questions import about_answers
from backend.services.walltime import local_day
from backend.work import Planned, Work
from dialogs import places
from dialogs.core import say, to
from dialogs.messages import Reply, Urgency
from dialogs.text import _

READ_BY_THEN = timedelta(seconds=30)  # every process has taken the new text by then
KEPT = timedelta(days=30)  # how long the news is still worth sending


@dataclass(frozen=True)
class Ready:
    """An article that answers, and the languages in which people can be told of it."""

    slug: str
    languages: Collection[str]


@dataclass(frozen=True)
class Told:
    """What came of it: questions that are answered now, people told, and people who wait on."""

    questions: int
    people: int
    waiting: int


@dataclass(frozen=True)
class Waiting:
    """People who want to hear, and for whom an article has no text in their language yet."""

    slug: str
    language: str
    people: int


async def answer(
    work: Work, article: Ready, quiet: Quiet, questions: Collection[str] = ()
) -> Told:
    """Mark ``questions`` as answered by an article, and tell everyone it can be told of.

    Those are told too whose questions it has answered before, in another language than theirs.
    """
    session = await work.writing()
    ours = or_(Question.answered == article.slug, _among(questions))
    people = await _locked(session, ours)
    marked = await _mark(session, article.slug, questions)
    wishes = await _wishes(session, article.slug, people)
    spoken = await languages_of(session, people)
    ready = {
        person: hers for person, hers in wishes.items() if spoken.get(person) in article.languages
    }
    for person in ready:
        work.plan(_news(person, article, work.clock.now(), quiet))
    told = [question for hers in ready.values() for question in hers]
    unlink = update(Question).where(Question.id.in_(told))
    await session.execute(unlink.values(person_id=None))
    if marked or told:
        work.note("article", article.slug, "answers", questions=marked, people=len(ready))
    return Told(marked, len(ready), len(wishes) - len(ready))


async def reopen(work: Work, slug: str) -> None:
    """The questions that an article has answered have no answer again, and no news goes out."""
    session = await work.writing()
    theirs = update(Question).where(Question.answered == slug)
    await session.execute(theirs.values(answered=None))
    work.voided.append(Message.dedupe.startswith(_dedupe(slug), autoescape=True))
    work.note("article", slug, "answers_nothing")


async def waiting(session: AsyncSession) -> Sequence[Waiting]:
    """For which articles people wait in which language, most people first."""
    rows = await session.execute(
        select(Question.answered, Question.person_id)
        .where(Question.answered.is_not(None), Question.person_id.is_not(None))
        .distinct()
    )
    found = [(str(slug), str(person)) for slug, person in rows]
    spoken = await languages_of(session, {person for _slug, person in found})
    counts: dict[tuple[str, str], int] = {}
    for slug, person in found:
        key = slug, spoken.get(person, "")
        counts[key] = counts.get(key, 0) + 1
    return sorted(
        (Waiting(*key, people) for key, people in counts.items()),
        key=lambda each: (-each.people, each.slug, each.language),
    )


async def languages_of(session: AsyncSession, people: Collection[str]) -> Mapping[str, str]:
    """The language of each of them, in the conversation she last wrote in."""
    rows = await session.execute(
        select(Conversation.person_id, Conversation.language)
        .where(Conversation.person_id.in_(people))
        .order_by(Conversation.seen_at, Conversation.id)
    )
    return {row.person_id: row.language for row in rows}  # the latest one stays


async def _locked(session: AsyncSession, ours: ColumnElement[bool]) -> list[str]:
    """Those who want to hear, by id, so that nobody is erased while she is being told."""
    wanting = select(Question.person_id).where(ours, Question.person_id.is_not(None))
    rows = await session.scalars(
        select(Person.id)
        .where(Person.id.in_(wanting))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )
    return list(rows)


async def _mark(session: AsyncSession, slug: str, questions: Collection[str]) -> int:
    rows = await session.scalars(
        update(Question)
        .where(_among(questions), Question.answered.is_(None))
        .values(answered=slug)
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all())


async def _wishes(
    session: AsyncSession, slug: str, people: Collection[str]
) -> Mapping[str, Sequence[str]]:
    """The questions of each of them, by id."""
    rows = await session.execute(
        select(Question.id, Question.person_id)
        .where(Question.answered == slug, Question.person_id.in_(people))
        .order_by(Question.person_id, Question.id)
        .with_for_update()
    )
    found: dict[str, list[str]] = {}
    for question, person in rows:
        found.setdefault(str(person), []).append(question)
    return found


def _among(questions: Collection[str]) -> ColumnElement[bool]:
    return Question.id.in_(questions)


def _dedupe(slug: str) -> str:
    """How the names of all news of an article begin."""
    return f"answer:{slug}:"


def _news(person: str, article: Ready, now: datetime, quiet: Quiet) -> Planned:
    due = timing.awake(now + READ_BY_THEN, quiet)
    return Planned(
        person,
        news(article.slug),
        due,
        f"{_dedupe(article.slug)}{person}:{local_day(now)}",
        due + KEPT,
        about_answers(person),
    )


def news(slug: str) -> Reply:
    """The message. It never says what she asked: other eyes read telephones."""
    opening = _("There is an answer now to a question that you asked.")
    return say(
        opening,
        to(_("Read the answer"), places.article(slug), icon="info"),
        to(_("I do not want more of these"), places.NO_MORE_ANSWERS, icon="no"),
        urgency=Urgency.REMINDER,
        brief=opening,
    )
