"""Whoever is silent for long and still waits for a reminder: it stays, and her words go.

A permit ends years after she gave its last day. She is kept for that, with the date and the way to
reach her; what was written is deleted when its time is up, as she was told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update

from backend.database import Database
from backend.models import Address, Conversation, Handoff, Message, Person
from backend.work import UNSENT

OWN_REMINDERS = ("deadline:", "card:")
AT_ONCE = 500
LONGEST = timedelta(days=4 * 366)


def awaits_a_reminder(now: datetime) -> ColumnElement[bool]:
    """A person has a reminder to come that she asked for, and it can reach her."""
    planned = (
        select(Message.id)
        .where(
            Message.person_id == Person.id,
            Message.state == "planned",
            or_(*(Message.about.startswith(each) for each in OWN_REMINDERS)),
        )
        .exists()
    )
    reachable = (
        select(Conversation.id)
        .join(Address, Address.id == Conversation.address_id)
        .where(
            Conversation.person_id == Person.id,
            Conversation.seen_at > now - LONGEST,
            or_(Address.unreachable_at.is_(None), Address.unreachable_at < Conversation.seen_at),
        )
        .exists()
    )
    return planned & reachable


async def forget_old_words(database: Database, now: datetime, kept_days: int) -> None:
    """Delete the messages of whoever is silent for too long, but not her reminders to come.

    A few at a time, and looked for without a lock: most rounds find none.
    """
    limit = now - timedelta(days=kept_days)
    seen_since = (
        select(Conversation.id)
        .where(Conversation.person_id == Person.id, Conversation.seen_at >= limit)
        .exists()
    )
    silent = select(Person.id).where(
        Person.created_at < limit, ~seen_since, awaits_a_reminder(now)
    )
    old = select(Message.id).where(
        Message.person_id.in_(silent),
        Message.created_at < limit,
        Message.state.not_in(UNSENT),
    )
    noted = select(Handoff.id).where(
        Handoff.person_id.in_(silent), Handoff.opened_at < limit, Handoff.note.is_not(None)
    )
    async with database.reading() as session:
        found = (await session.scalars(old.limit(AT_ONCE))).all()
        notes = (await session.scalars(noted.limit(AT_ONCE))).all()
    if found or notes:
        async with database.writing() as session:
            await session.execute(delete(Message).where(Message.id.in_(found)))
            await session.execute(update(Handoff).where(Handoff.id.in_(notes)).values(note=None))
