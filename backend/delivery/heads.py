"""What is to be sent next: of each conversation its first unsent message, and no other.

That message is the conversation's lease: while it is leased or must wait, nothing behind it is
looked at. So a chat stays in order, and takes its turn with the others however much it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delivery.pace import Allowance, Probe
from backend.models import Address, Conversation, Message
from backend.work import PRIORITY
from dialogs.messages import Urgency

LEASE = timedelta(seconds=60)
UNSENT = ("due", "sending")
REPLIES_FOR_A_REMINDER = 4
REMINDER = PRIORITY[Urgency.REMINDER]

Ts = TypeVarTuple("Ts")

# SQLite would rather read every message there ever was, in the order of conversations.
HEAD = (
    select(
        Message.conversation_id,
        func.min(Message.seq).label("seq"),
        func.min(Message.priority).label("priority"),
    )
    .with_hint(Message, "INDEXED BY ix_message_due", "sqlite")
    .where(Message.direction == "out", Message.state.in_(UNSENT))
    .group_by(Message.conversation_id)
    .subquery()
)

IS_URGENT = HEAD.c.priority < REMINDER

# Who was served last comes last: a chat that holds much takes turns with one that holds little.
TURN = case(
    (Conversation.paced_until > Message.due_at, Conversation.paced_until),
    else_=Message.due_at,
)


@dataclass(frozen=True)
class Head:
    """A message that may be sent now; ``urgent`` when it or one behind it is a reply."""

    message: str
    conversation: str
    sealed: bytes
    urgent: bool


@dataclass(frozen=True)
class Parcel:
    """A message leased for sending. ``attempt`` fences those who come back late."""

    row: Message
    conversation: str
    sealed: bytes
    urgent: bool
    probe: Probe | None = None

    @property
    def message(self) -> str:
        """Its id."""
        return self.row.id

    @property
    def attempt(self) -> int:
        """The number of this attempt."""
        return self.row.attempts


async def look(session: AsyncSession, channel: str, now: datetime, most: int) -> Sequence[Head]:
    """Heads that may be sent now: replies first, then whose turn it is.

    When there are more replies than ``most``, as many reminders are found besides.
    """
    ready = (
        _of(channel, select(Message.id, Conversation.id, Address.sealed, IS_URGENT))
        .where(
            *_sendable(now),
            or_(Conversation.paced_until.is_(None), Conversation.paced_until <= now),
        )
        .order_by(HEAD.c.priority, TURN, Conversation.id)
        .limit(most)
    )
    found = [Head(*row) for row in await session.execute(ready)]
    if len(found) == most and all(head.urgent for head in found):
        found += [Head(*row) for row in await session.execute(ready.where(~IS_URGENT))]
    return found


async def lease(
    session: AsyncSession, heads: Sequence[Head], now: datetime, allowed: Allowance
) -> Sequence[Parcel]:
    """Lease as many heads as are allowed, in their order.

    Another worker may have been faster since they were looked at: what it took is left out.
    """
    here = select(Message.id).where(Message.id.in_([h.message for h in heads]), *_sendable(now))
    if session.get_bind().dialect.name == "postgresql":
        here = here.with_for_update(skip_locked=True)
    free = frozenset(await session.scalars(here))
    chosen = {
        head.message: head
        for head in _choose([head for head in heads if head.message in free], allowed)
    }
    if not chosen:
        return []
    await session.execute(
        update(Message)
        .where(Message.id.in_(chosen))
        .values(state="sending", attempts=Message.attempts + 1, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    leased = await session.scalars(select(Message).where(Message.id.in_(chosen)))
    rows = {row.id: row for row in leased}
    return [
        Parcel(rows[message], head.conversation, head.sealed, head.urgent, allowed.probe)
        for message, head in chosen.items()
    ]


async def next_ready(session: AsyncSession, channel: str) -> Mapping[bool, datetime]:
    """When the next reply (True) and the next reminder may be sent, as far as chats go."""
    due = case((Message.state == "sending", Message.lease_until), else_=Message.due_at)
    ready = case((Conversation.paced_until > due, Conversation.paced_until), else_=due)
    found = await session.execute(
        _of(channel, select(IS_URGENT, func.min(ready)).group_by(IS_URGENT))
    )
    return {bool(row[0]): row[1] for row in found}


def _choose(heads: Sequence[Head], allowed: Allowance) -> Iterator[Head]:
    """Replies first; but while there are always replies, reminders have what they are owed."""
    replies = [head for head in heads if head.urgent]
    others = [head for head in heads if not head.urgent]
    left = min(allowed.reminders, allowed.most - len(replies))
    chosen = others[: max(0, left, allowed.owed if replies else 0)]
    reminders = iter(chosen)
    for number, reply in enumerate(replies[: allowed.most - len(chosen)], 1):
        yield reply
        if number % REPLIES_FOR_A_REMINDER == 0:
            yield from islice(reminders, 1)
    yield from reminders


def _of(channel: str, selected: Select[*Ts]) -> Select[*Ts]:
    """From the conversations of a channel, each with its first unsent message."""
    return (
        selected.select_from(HEAD)
        .join(Conversation, Conversation.id == HEAD.c.conversation_id)
        .join(Address, Address.id == Conversation.address_id)
        .join(
            Message,
            and_(Message.conversation_id == Conversation.id, Message.seq == HEAD.c.seq),
        )
        .where(Address.channel == channel)
    )


def _sendable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Due now, or leased by someone who has not come back."""
    return (
        Message.due_at <= now,
        or_(
            Message.state == "due",
            and_(Message.state == "sending", Message.lease_until <= now),
        ),
    )
