"""What waits for a person, as a row of its own: it follows the conversation's owner.

A talk that nobody could take becomes a message left, with the time she first asked: it comes
before all others the next morning.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Handoff, Message
from backend.models.base import new_id
from backend.work import Work
from dialogs.messages import Excerpt
from dialogs.stored import UnreadableMessage, load_reply
from dialogs.talks import Talk

TopicOf = Callable[[str], str | None]  # an article's topic by its slug
LOOKED_AT = 30  # messages, for what it was about
RATED_WITHIN = timedelta(days=7)


async def follow(
    work: Work, person: str, conversation: str, before: Talk, after: Talk, topic_of: TopicOf
) -> None:
    """Open, hand on or close the talk's row as the owner has changed. Comes before the journal."""
    if (before.epoch, before.is_urgent) == (after.epoch, after.is_urgent):
        return
    session = await work.writing()
    now = work.clock.now()
    row = await session.scalar(
        select(Handoff)
        .where(
            Handoff.conversation_id == conversation,
            Handoff.kind == "talk",
            Handoff.state == "open",
        )
        .limit(1)
    )
    match after.owner:
        case "queue" | "coach":
            values = _taken(after, row, now)
            if row is None:
                await _open(work, session, person, conversation, after, values, now)
            else:
                await _change(session, row.id, values)
        case "left" if row is not None:
            await _keep(work, session, row, conversation)
        case "assistant" if row is not None:
            about = await _about(session, conversation, topic_of)
            state = "answered" if before.owner == "coach" else "closed"
            await _change(session, row.id, {"state": state, "closed_at": now, **about})
            work.note("handoff", row.id, state, kind="talk")
        case _:
            return


async def rate(session: AsyncSession, conversation: str, grade: int, now: datetime) -> None:
    """How her last talk was; changing one's mind is allowed."""
    last = await session.scalar(
        select(Handoff.id)
        .where(
            Handoff.conversation_id == conversation,
            Handoff.claimed_at.is_not(None),
            Handoff.closed_at > now - RATED_WITHIN,
        )
        .order_by(Handoff.closed_at.desc())
        .limit(1)
    )
    if last is not None:
        await _change(session, last, {"rating": grade})


def _taken(talk: Talk, row: Handoff | None, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {"staff_id": talk.coach, "is_urgent": talk.is_urgent}
    if talk.owner == "coach" and (row is None or row.claimed_at is None):
        values["claimed_at"] = now
    return values


async def _open(
    work: Work,
    session: AsyncSession,
    person: str,
    conversation: str,
    talk: Talk,
    values: dict[str, object],
    now: datetime,
) -> None:
    row = Handoff(
        id=new_id(),
        person_id=person,
        conversation_id=conversation,
        kind="talk",
        opened_at=talk.asked_at or now,
        **values,
    )
    session.add(row)
    await session.flush()
    work.note("handoff", row.id, "opened", kind="talk")


async def _keep(work: Work, session: AsyncSession, row: Handoff, conversation: str) -> None:
    """The talk becomes a message left; one that is left already stays, and is as old as both."""
    left = await session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == conversation,
            Handoff.kind == "message",
            Handoff.state == "open",
        )
    )
    if left is None:
        await _change(session, row.id, {"kind": "message", "staff_id": None, "claimed_at": None})
    else:
        opened = min(row.opened_at, left.opened_at)
        urgent = row.is_urgent or left.is_urgent
        await _change(session, left.id, {"opened_at": opened, "is_urgent": urgent})
        await _change(session, row.id, {"state": "closed", "closed_at": work.clock.now()})
    work.note("handoff", row.id, "left")


async def _change(session: AsyncSession, row: str, values: dict[str, object]) -> None:
    await session.execute(
        update(Handoff)
        .where(Handoff.id == row)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def _about(session: AsyncSession, conversation: str, topic_of: TopicOf) -> dict[str, object]:
    """The language, and the topic of the last answer she had: what figures may say."""
    language = await session.scalar(
        select(Conversation.language).where(Conversation.id == conversation)
    )
    bodies = await session.scalars(
        select(Message.body)
        .where(Message.conversation_id == conversation, Message.direction == "out")
        .order_by(Message.seq.desc())
        .limit(LOOKED_AT)
    )
    for body in bodies:
        try:
            parts = load_reply(body).parts
        except UnreadableMessage:
            continue
        for part in parts:
            if isinstance(part, Excerpt):
                return {"language": language, "topic": topic_of(part.slug)}
    return {"language": language, "topic": None}
