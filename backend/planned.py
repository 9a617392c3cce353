"""Which planned messages have fallen due, and which of them may be released now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Address, Conversation, Message, Person
from backend.reach import REMINDER

UNSENT = ("due", "sending")
NO_WISH = "[]"  # Person.reach as it is stored


@dataclass(frozen=True)
class Due:
    """What has fallen due at a moment, but for what has to wait.

    ``here``: the channels that run here; whoever has only others waits for them to run again.
    ``full``: those of them that have enough reminders to send.
    """

    now: datetime
    here: Collection[str]
    full: Collection[str] = ()

    async def page(
        self, session: AsyncSession, after: Message | None, most: int
    ) -> Sequence[Message]:
        """The next messages, the urgent first and then the oldest."""
        order = (Message.priority, Message.due_at, Message.id)
        statement = select(Message).where(*self._where()).order_by(*order).limit(most)
        if after is not None:
            statement = statement.where(_behind(after))
        return (await session.scalars(statement)).all()

    async def is_any(self, session: AsyncSession) -> bool:
        """Whether there is anything to release."""
        found = await session.scalar(select(Message.id).where(*self._where()).limit(1))
        return found is not None

    async def expired(self, session: AsyncSession, most: int) -> Sequence[str]:
        """What has expired, whether it had to wait or not."""
        statement = select(Message.id).where(
            Message.state == "planned",
            Message.due_at <= self.now,
            Message.expires_at <= self.now,
        )
        return (await session.scalars(statement.limit(most))).all()

    def _where(self) -> Sequence[ColumnElement[bool]]:
        hers = select(Address.id).where(Address.person_id == Message.person_id)
        runs_here = hers.where(Address.channel.in_(self.here)).exists()
        return (
            Message.state == "planned",
            Message.due_at <= self.now,
            or_(Message.expires_at.is_(None), Message.expires_at > self.now),
            or_(runs_here, ~hers.exists()),
            ~self._waits(),
        )

    def _waits(self) -> ColumnElement[bool]:
        """A reminder for a full channel, as far as that can be said without asking how she wants
        to be reached: the others are looked at one by one.
        """
        if not self.full:
            return false()
        last = (
            select(Address.channel)
            .join(Conversation, Conversation.address_id == Address.id)
            .where(
                Conversation.person_id == Message.person_id,
                Address.channel.in_(self.here),
                Address.confirmed,
                or_(
                    Address.unreachable_at.is_(None),
                    Address.unreachable_at < Conversation.seen_at,
                ),
            )
            .order_by(Conversation.seen_at.desc(), Conversation.id)
            .limit(1)
            .correlate(Message)
            .scalar_subquery()
        )
        wishes = select(Person.id).where(
            Person.id == Message.person_id, cast(Person.reach, Text) != NO_WISH
        )
        channel = func.coalesce(Message.channel, last, "")
        named = and_(Message.channel.is_(None), wishes.exists())
        return and_(Message.priority >= REMINDER, channel.in_(self.full), ~named)


def _behind(row: Message) -> ColumnElement[bool]:
    """What comes after a row: by priority, then when it is due, then by id."""
    at_once = and_(Message.due_at == row.due_at, Message.id > row.id)
    later = and_(Message.priority == row.priority, or_(Message.due_at > row.due_at, at_once))
    return or_(Message.priority > row.priority, later)


async def next_planned(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next message falls due after now."""
    found: datetime | None = await session.scalar(
        select(func.min(Message.due_at)).where(Message.state == "planned", Message.due_at > now)
    )
    return found


async def waiting(session: AsyncSession) -> Mapping[str, int]:
    """How many released reminders each channel has still to send."""
    found = await session.execute(
        select(Address.channel, func.count())
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Address, Address.id == Conversation.address_id)
        .with_hint(Message, "INDEXED BY ix_message_due", "sqlite")
        .where(Message.state.in_(UNSENT), Message.direction == "out", Message.priority >= REMINDER)
        .group_by(Address.channel)
    )
    return {row[0]: row[1] for row in found}
