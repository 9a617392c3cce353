"""Photos and recordings beside messages: who reads them, and when they are deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from backend.database import Database
from backend.models import Inbox, Journal, Message
from backend.work import Work

AT_ONCE = 100
OPENED = "file_opened"
MOST_A_DAY = 30  # of one conversation, from her side
DAY = timedelta(hours=24)


class NoSuchFile(LookupError):
    """The conversation has no such message, or nothing was sent with it."""


class FileDeleted(Exception):
    """There was a file; its time was up."""


@dataclass(frozen=True)
class File:
    """What was sent with a message. ``media`` is its MIME type."""

    media: str
    content: bytes


async def find(session: AsyncSession, conversation: str, message: str) -> File:
    """The file beside a message of a conversation. Raises NoSuchFile or FileDeleted."""
    row = await session.scalar(
        select(Message)
        .where(Message.id == message, Message.conversation_id == conversation)
        .options(undefer(Message.file))
    )
    if row is None or row.media is None:
        raise NoSuchFile(message)
    if row.file is None:
        raise FileDeleted(message)
    return File(row.media, row.file)


async def are_enough(
    session: AsyncSession, conversation: str, reference: str, now: datetime
) -> bool:
    """Whether she has sent as many as are taken within a day.

    ``reference`` is the channel's id of the one that is about to be taken: sent again after a
    lost answer, it does not count itself.
    """
    sent = await session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == conversation,
            Message.direction == "in",
            Message.media.is_not(None),
            Message.created_at > now - DAY,
            Message.reference.is_distinct_from(reference),
        )
    )
    return (sent or 0) >= MOST_A_DAY


async def note_opened(work: Work, message: str) -> None:
    """Journal that someone has seen or heard what was sent with a message; twice is once."""
    session = await work.reading()
    noted = await session.scalar(
        select(Journal.id)
        .where(
            Journal.entity == "message",
            Journal.entity_id == message,
            Journal.action == OPENED,
            Journal.actor == work.actor,
        )
        .limit(1)
    )
    if noted is None:
        work.note("message", message, OPENED)


async def forget_old_files(database: Database, now: datetime, kept_days: int) -> int:
    """Delete what was sent longer ago than files are kept; how many. The words beside it stay.

    A few at a time, and looked for without a lock: most rounds find none.
    """
    limit = now - timedelta(days=kept_days)
    old = select(Message.id).where(
        Message.media.is_not(None), Message.created_at < limit, Message.file.is_not(None)
    )
    given_up = select(Inbox.id).where(
        Inbox.state == "failed", Inbox.arrived_at < limit, Inbox.file.is_not(None)
    )
    async with database.reading() as session:
        messages = (await session.scalars(old.limit(AT_ONCE))).all()
        events = (await session.scalars(given_up.limit(AT_ONCE))).all()
    if messages or events:
        async with database.writing() as session:
            await session.execute(
                update(Inbox).where(Inbox.id.in_(sorted(events))).values(file=None)
            )
            await session.execute(
                update(Message).where(Message.id.in_(sorted(messages))).values(file=None)
            )
    return len(messages) + len(events)
