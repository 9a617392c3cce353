"""Between an article and those who asked for it: what they asked, who waits, who is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from backend.console.context import Console
from backend.models import Question
from backend.services import answering, editing
from backend.services.answering import Ready, Told
from backend.work import Work
from knowledge.article import Article

MOST_SHOWN = 8


async def told_of(
    console: Console, work: Work, article: Article, questions: Collection[str] = ()
) -> Told:
    """Mark questions as answered by an article, and tell whoever can read it by now."""
    runtime = console.runtime
    session = await work.writing()
    edits = await editing.edits(session, article.slug)
    filed = runtime.answers.library.sources
    languages = {language for slug, language in filed if slug == article.slug and language}
    for (_slug, language), edit in edits.items():
        if language and edit.text is not None:
            (languages.add if edit.state == "approved" else languages.discard)(language)
    quiet = (await runtime.cache.get(session)).rules.quiet
    return await answering.answer(work, Ready(article.slug, languages), quiet, questions)


async def reopen(console: Console, work: Work, slug: str) -> None:
    """An article that has no words in any language any more answers nothing."""
    session = await work.writing()
    edits = await editing.edits(session, slug)
    filed = any(found == slug for found, language in console.runtime.answers.library.sources)
    if not filed and not any(language for _slug, language in edits):
        await answering.reopen(work, slug)


async def asked_in(console: Console, slug: str, language: str) -> Sequence[str]:
    """How people have asked for an article in a language, the last first."""
    async with console.runtime.database.reading() as session:
        rows = await session.scalars(
            select(Question.text)
            .where(Question.answered == slug, Question.language == language)
            .order_by(Question.asked_on.desc(), Question.id)
        )
        return list(dict.fromkeys(rows))[:MOST_SHOWN]


async def waiting_for(console: Console, slug: str, language: str) -> int:
    """How many people wait to be told of an article in a language."""
    async with console.runtime.database.reading() as session:
        found = await answering.waiting(session)
    return sum(each.people for each in found if (each.slug, each.language) == (slug, language))
