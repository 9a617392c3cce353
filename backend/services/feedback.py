"""What feedback is counted from: thumbs under answers, and faces after talks."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.figures.feedback import Face, Thumb
from backend.figures.periods import Period
from backend.models import Handoff, Question

Topics = Mapping[str, str]  # of each article; one that is not in it has been taken away


async def thumbs(session: AsyncSession, period: Period, topics: Topics) -> list[Thumb]:
    """The answers that were rated in a period."""
    rows = await session.execute(
        select(
            Question.id, Question.language, Question.chosen, Question.shown, Question.helped
        ).where(
            Question.helped.is_not(None),
            Question.asked_on >= period.first,
            Question.asked_on < period.stop,
        )
    )
    return [
        Thumb(question, language, topics.get(chosen or next(iter(shown), ""), ""), bool(helped))
        for question, language, chosen, shown, helped in rows
    ]


async def faces(session: AsyncSession, period: Period) -> list[Face]:
    """The talks of a period that somebody has said how they were."""
    rows = await session.execute(
        select(Handoff.person_id, Handoff.language, Handoff.topic, Handoff.rating).where(
            Handoff.rating.is_not(None),
            Handoff.opened_at >= period.begins,
            Handoff.opened_at < period.ends,
        )
    )
    return [
        Face(person, language or "", topic or "", grade)
        for person, language, topic, grade in rows
        if grade is not None
    ]
