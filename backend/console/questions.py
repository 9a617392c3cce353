"""What people have asked in vain, language by language: where an article is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.articles.desk import find
from backend.console.articles.gathering import MISSED, cluster_of, gathered, those_shown
from backend.console.articles.telling import told_of
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.models import Question
from backend.services import answering
from backend.services.answering import Told
from backend.services.clusters import Cluster
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import Text, _
from knowledge.article import Translation

SHOWN = 60  # clusters of a language
SHOWN_WORDINGS = 6


@dataclass(frozen=True)
class Tally:
    """How the questions of one language went."""

    language: str
    asked: int
    answered: int
    helped: int
    no_help: int
    missed: int


@dataclass(frozen=True)
class Miss:
    """A cluster, and the article that came nearest. ``only_in``: not in this language."""

    cluster: Cluster
    guess: Translation | None
    only_in: str | None


@dataclass(frozen=True)
class Awaited:
    """An article that people want to be told of, in a language that it is not ready in."""

    slug: str
    title: str
    language: str
    people: int


async def show(console: ConsoleOf, who: Who) -> Response:
    """Figures for each language, and its questions without an answer."""
    return await _page(console, who)


async def answer(console: ConsoleOf, who: Who, request: Request) -> Response:
    """Say which article answers a cluster, and tell those who can read it already."""
    form = await request.form()
    slug, question = str(form.get("article", "")), str(form.get("question", ""))
    runtime = console.runtime
    if runtime.answers.library.article(slug) is None:
        problem = _("Choose an article.")
        return await _page(console, who, problem, question)
    cluster = await cluster_of(console, question)
    questions = those_shown(cluster, str(form.get("shown", ""))) if cluster else ()
    if not questions:
        return await _page(console, who, _("This has been answered meanwhile."))
    desk = await find(console, slug)
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        told = await told_of(console, work, desk.article, questions)
    runtime.hub.changed(EVERYTHING)
    return await _page(console, who, told=told)


async def _page(
    console: Console,
    who: SignedIn,
    problem: Text | None = None,
    refused: str = "",
    told: Told | None = None,
) -> Response:
    own = console.pages.language_of(who)
    async with console.runtime.database.reading() as session:
        tallies = await _tallies(session)
        waiting = await answering.waiting(session)
    found = await gathered(console)
    return console.pages.show(
        who,
        "questions.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        tallies=tallies,
        misses={
            language: [_miss(console, cluster) for cluster in clusters[:SHOWN]]
            for language, clusters in found.items()
        },
        awaited=[
            Awaited(each.slug, _title(console, each.slug, own), each.language, each.people)
            for each in waiting
        ],
        titles=titles(console, own) if who.edits_articles else (),
        shown_wordings=SHOWN_WORDINGS,
        problem=problem,
        refused=refused,
        told=told,
        here="questions",
    )


def titles(console: Console, language: str) -> Sequence[tuple[str, str]]:
    """Every article by its title in the reader's language, in alphabetical order."""
    slugs = (article.slug for article in console.runtime.answers.library.articles)
    rows = ((slug, _title(console, slug, language)) for slug in slugs)
    return sorted(rows, key=lambda row: row[1].casefold())


def _title(console: Console, slug: str, language: str) -> str:
    read = console.runtime.answers.read(slug, language)
    return read[1].title if read else slug


def _miss(console: Console, cluster: Cluster) -> Miss:
    read = console.runtime.answers.read(cluster.guess, cluster.language) if cluster.guess else None
    if read is None:
        return Miss(cluster, None, None)
    article, words = read
    elsewhere = words.language if cluster.language not in article.translations else None
    swedish = article.translations.get("sv", words)
    return Miss(cluster, swedish, elsewhere)


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
