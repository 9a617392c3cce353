"""What did not arrive, and what waits too long: seen by staff, and put right or left.

Nobody sees here what a message says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import reach
from backend.models import Address, Booking, Bucket, Conversation, Journal, Meeting, Message
from backend.work import Work

SHOWN = timedelta(days=7)
MOST = 300
LEFT, AGAIN = "left", "sent_again"
EXPIRED = "expired"
UNSENT = ("due", "sending")


@dataclass(frozen=True)
class Waiting:
    """What one channel has still to send; ``oldest`` is when the first of it was due."""

    channel: str
    count: int
    oldest: datetime | None
    closed_until: datetime | None


@dataclass(frozen=True)
class Failure:
    """A message that did not arrive. ``channel`` is None when it was never given to one.

    ``may_go``: whether sending it again could do any good.
    """

    message: str
    person: str
    author: str
    priority: int
    channel: str | None
    due: datetime
    attempts: int
    reason: str
    may_go: bool


@dataclass(frozen=True)
class Missed:
    """Somebody who cannot be reached in any way and has a meeting coming."""

    person: str
    since: datetime
    meeting: datetime


async def waiting(
    session: AsyncSession, channels: Collection[str], now: datetime
) -> Sequence[Waiting]:
    """Every channel that sends, and any other that something waits for."""
    found = await session.execute(
        select(Address.channel, func.count(), func.min(Message.due_at))
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Address, Address.id == Conversation.address_id)
        .where(Message.direction == "out", Message.state.in_(UNSENT), Message.due_at <= now)
        .group_by(Address.channel)
    )
    counts: dict[str, tuple[int, datetime | None]] = {row[0]: (row[1], row[2]) for row in found}
    closed = {
        bucket.channel: bucket.closed_until
        for bucket in await session.scalars(select(Bucket).where(Bucket.closed_until > now))
    }
    return [
        Waiting(name, count, oldest, closed.get(name))
        for name in sorted({*channels, *counts})
        for count, oldest in [counts.get(name, (0, None))]
    ]


async def held(session: AsyncSession, now: datetime) -> tuple[int, datetime | None]:
    """How much has fallen due and is not released yet, and since when."""
    found = await session.execute(
        select(func.count(), func.min(Message.due_at)).where(
            Message.state == "planned", Message.due_at <= now
        )
    )
    count, oldest = found.one()
    return count, oldest


async def failures(
    session: AsyncSession, channels: Collection[str], now: datetime
) -> Sequence[Failure]:
    """What did not arrive in the last days and has not been dealt with, the newest first.

    Left out is what went another way instead, and what somebody here has looked at and left.
    """
    dealt = select(Journal.id).where(
        Journal.entity == "message", Journal.entity_id == Message.id, Journal.action == LEFT
    )
    found = await session.execute(
        select(Message, Conversation, Address)
        .outerjoin(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Address, Address.id == Conversation.address_id)
        .where(
            Message.direction == "out",
            Message.state == "failed",
            Message.due_at > now - SHOWN,
            ~dealt.exists(),
        )
        .order_by(Message.due_at.desc(), Message.id)
        .limit(MOST)
    )
    rows: list[tuple[Message, Conversation | None, Address | None]] = [
        (row[0], row[1], row[2]) for row in found
    ]
    elsewhere = await _went_elsewhere(session, [message for message, _, _ in rows], channels)
    return [
        Failure(
            message.id,
            message.person_id,
            message.author,
            message.priority,
            message.channel if address is None else address.channel,
            message.due_at,
            message.attempts,
            message.error or "",
            await _may_go(session, message, conversation, address, now),
        )
        for message, conversation, address in rows
        if message.id not in elsewhere
    ]


async def missed(session: AsyncSession, now: datetime) -> Sequence[Missed]:
    """People with a meeting to come who have no way left by which they can be reached."""
    reachable = (
        select(Address.id)
        .join(Conversation, Conversation.address_id == Address.id)
        .where(
            Address.person_id == Booking.person_id,
            Address.confirmed,
            or_(Address.unreachable_at.is_(None), Address.unreachable_at < Conversation.seen_at),
        )
    )
    found = await session.execute(
        select(Booking.person_id, func.max(Address.unreachable_at), func.min(Meeting.starts_at))
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .join(Address, Address.person_id == Booking.person_id)
        .where(
            Booking.state == "confirmed",
            Meeting.starts_at > now,
            Address.unreachable_at.is_not(None),
            ~reachable.exists(),
        )
        .group_by(Booking.person_id)
        .order_by(func.min(Meeting.starts_at))
        .limit(MOST)
    )
    return [Missed(person, since, starts) for person, since, starts in found if since]


async def send_again(work: Work, channels: Collection[str], messages: Collection[str]) -> set[str]:
    """Send them once more, with fresh attempts; the conversations that have changed.

    What has expired, or is about something that has changed since, stays as it is.
    """
    known = await failures(await work.reading(), channels, work.clock.now())
    wanted = sorted(each.message for each in known if each.may_go and each.message in messages)
    if not wanted:
        return set()
    for message in wanted:
        work.note("message", message, AGAIN)
    await work.write_journal()
    session = await work.writing()
    now = work.clock.now()
    rows = await session.scalars(
        select(Message.conversation_id).where(Message.id.in_(wanted), Message.state == "failed")
    )
    touched = {conversation for conversation in rows if conversation is not None}
    for conversation in sorted(touched):
        await session.execute(
            update(Conversation)
            .where(Conversation.id == conversation)
            .values(counter=Conversation.counter + 1)
        )
    afresh = {"attempts": 0, "error": None, "due_at": now}
    chosen = (Message.id.in_(wanted), Message.state == "failed")
    counter = (
        select(Conversation.counter)
        .where(Conversation.id == Message.conversation_id)
        .scalar_subquery()
    )
    await session.execute(
        update(Message)
        .where(*chosen, Message.seq.is_not(None))
        .values(state="due", changed=counter, **afresh)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Message).where(*chosen, Message.seq.is_(None)).values(state="planned", **afresh)
    )
    return touched


async def leave(work: Work, channels: Collection[str], messages: Collection[str]) -> None:
    """Somebody has looked at them: nothing more is done, and they are shown no more."""
    known = await failures(await work.reading(), channels, work.clock.now())
    for failure in known:
        if failure.message in messages:
            work.note("message", failure.message, LEFT)


async def _went_elsewhere(
    session: AsyncSession, rows: Iterable[Message], channels: Collection[str]
) -> frozenset[str]:
    """Those of some reminders that were planned again for another way."""
    by_base: dict[str, list[Message]] = defaultdict(list)
    for row in rows:
        if row.priority >= reach.REMINDER:
            by_base[reach.base_of(row)].append(row)
    copies = [f"{base}|{channel}" for base in by_base for channel in channels]
    found = await session.execute(
        select(Message.id, Message.dedupe, Message.created_at).where(Message.dedupe.in_(copies))
    )
    return frozenset(
        row.id
        for copy, dedupe, created in found
        for row in by_base[(dedupe or "").partition("|")[0]]
        if copy != row.id and created >= row.created_at
    )


async def _may_go(
    session: AsyncSession,
    row: Message,
    conversation: Conversation | None,
    address: Address | None,
    now: datetime,
) -> bool:
    if row.error == EXPIRED or (row.expires_at is not None and row.expires_at <= now):
        return False
    if conversation is not None and address is not None:
        gone = address.unreachable_at
        if gone is not None and gone >= conversation.seen_at:
            return False
    return await reach.still_holds(session, row)
