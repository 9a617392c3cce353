"""The coaches' side at this moment: open or not, who is there, her place, and an honest wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Handoff
from backend.services import opening
from backend.services.catalogue import Catalogue
from backend.talks import duty
from dialogs.talks import Desk, Talk

LATELY = timedelta(hours=2)
TELLING = 3  # waits; fewer say nothing about the next one


async def look(
    session: AsyncSession,
    catalogue: Catalogue,
    conversation: str,
    talk: Talk,
    unit: str | None,
    now: datetime,
) -> Desk:
    """The desk as this conversation meets it."""
    state = opening.state(catalogue, unit, now)
    opens = state.opens_at if isinstance(state, opening.Closed) else None
    seen = await duty.seen_at(session, talk.coach) if talk.coach else None
    if not isinstance(state, opening.Open):
        return Desk(is_open=False, on_duty=0, opens=opens, coach_seen=seen)
    return Desk(
        is_open=True,
        on_duty=await duty.how_many(session, now),
        place=await _place(session, conversation, talk, now),
        minutes=await _minutes(session, now),
        coach_seen=seen,
    )


async def _place(session: AsyncSession, conversation: str, talk: Talk, now: datetime) -> int:
    """Hers in the queue, from 1: danger first, then who has waited longest."""
    mine = not talk.is_urgent, talk.asked_at or now, conversation
    before = await session.scalar(
        select(func.count())
        .select_from(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.kind == "talk",
            Handoff.state == "open",
            Conversation.owner == "queue",
            tuple_(~Handoff.is_urgent, Handoff.opened_at, Handoff.conversation_id) < mine,
        )
    )
    return (before or 0) + 1


async def _minutes(session: AsyncSession, now: datetime) -> int | None:
    """How long people have really waited lately, the middle of them, rounded up."""
    rows = await session.execute(
        select(Handoff.opened_at, Handoff.claimed_at).where(
            Handoff.kind == "talk",
            Handoff.opened_at > now - LATELY,
            Handoff.claimed_at > Handoff.opened_at,
        )
    )
    waits: Sequence[float] = [
        (claimed - opened).total_seconds() / 60 for opened, claimed in rows if claimed
    ]
    return round(median(waits) + 0.5) if len(waits) >= TELLING else None
