"""The questions without an answer, read from the database and gathered by likeness."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select

from backend.console.context import Console
from backend.models import Question
from backend.services.clusters import Cluster, Missed, clusters, holding

MOST = 2_000  # questions looked at, the newest; older ones are no more telling

UNANSWERED = and_(Question.chosen.is_(None), Question.outcome.in_(("choices", "unknown")))
MISSED = and_(or_(UNANSWERED, Question.helped.is_(False)), Question.answered.is_(None))


async def gathered(console: Console) -> Mapping[str, Sequence[Cluster]]:
    """The clusters of each language."""
    async with console.runtime.database.reading() as session:
        rows = await session.scalars(
            select(Question)
            .where(MISSED)
            .order_by(Question.person_id.is_(None), Question.asked_on.desc(), Question.id)
            .limit(MOST)
        )
        missed = [_missed(row) for row in rows]
    return await asyncio.to_thread(clusters, missed)


async def cluster_of(console: Console, question: str) -> Cluster | None:
    """The cluster that a question belongs to; None when it has been answered meanwhile."""
    return holding(await gathered(console), question)


def those_shown(cluster: Cluster, shown: str) -> Sequence[str]:
    """Its questions that a page has shown, whose ids it sends; nobody has looked at newer ones."""
    seen = frozenset(shown.split())
    return [each for each in cluster.ids if each in seen]


def _missed(row: Question) -> Missed:
    return Missed(
        row.id,
        row.language,
        row.text,
        "no_help" if row.helped is False else "choices" if row.outcome == "choices" else "unknown",
        row.asked_on,
        row.chosen or next(iter(row.shown), None),
        row.person_id is not None,
    )
