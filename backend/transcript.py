"""Reading a conversation: rows as the person read them, and as staff read them in Swedish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Message
from dialogs.messages import Rendered
from dialogs.render import Renderer
from dialogs.stored import UnreadableMessage, load_reply

SWEDISH = "sv"
MOST = 200


def as_read(renderer: Renderer, row: Message, language: str | None = None) -> Rendered:
    """A message in the language it was released in, or in another one.

    When its words are no longer known, what was sent then is shown as it was.
    """
    wanted = language or row.language or SWEDISH
    try:
        reply = load_reply(row.body)
    except UnreadableMessage:
        return _as_stored(renderer, row)
    if not renderer.can_render(reply) and row.sent_text is not None:
        return _as_stored(renderer, row)
    return renderer.render(reply, wanted)


def _as_stored(renderer: Renderer, row: Message) -> Rendered:
    language = row.language or SWEDISH
    direction = renderer.catalogue.languages[language].direction
    return Rendered(row.sent_text or "", language, direction)


async def messages_after(
    session: AsyncSession, conversation: str, after: int, limit: int = MOST
) -> Sequence[Message]:
    """Messages new or changed after a cursor, in the order they changed."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation, Message.changed > after)
        .order_by(Message.changed)
        .limit(limit)
    )
    return rows.all()


async def latest_messages(
    session: AsyncSession, conversation: str, limit: int = MOST
) -> Sequence[Message]:
    """The last messages of a conversation, in order."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation)
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return rows.all()[::-1]


async def counter(session: AsyncSession, conversation: str) -> int:
    """How far a conversation has come."""
    found = await session.scalar(
        select(Conversation.counter).where(Conversation.id == conversation)
    )
    return found or 0


async def counters(session: AsyncSession, conversations: Sequence[str]) -> Mapping[str, int]:
    """How far each of some conversations has come; those that are gone are left out."""
    rows = await session.execute(
        select(Conversation.id, Conversation.counter).where(Conversation.id.in_(conversations))
    )
    return dict(rows.all())


async def undelivered(session: AsyncSession, conversation: str, up_to: int) -> bool:
    """Whether a pulling reader has seen something that is not marked as delivered yet."""
    found = await session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == conversation,
            Message.state == "sent",
            Message.seq <= up_to,
        )
    )
    return bool(found)


async def mark_delivered(session: AsyncSession, conversation: str, up_to: int) -> None:
    """A pulling reader has come past these messages. Its own cursor need not move for that."""
    await session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation,
            Message.state == "sent",
            Message.seq <= up_to,
        )
        .values(state="delivered")
    )


def last_of(rows: Sequence[Message], after: int) -> int:
    """The cursor after reading these rows: never behind ``after``."""
    return max([after, *(row.changed or 0 for row in rows)])
