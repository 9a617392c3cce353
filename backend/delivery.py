"""Sending: a worker leases a conversation and sends its due messages in order, marking each.

The token bucket is filled and emptied in the transaction that claims. A message is marked right
after its send, so a crash in between repeats at most that one. Whoever comes back late is fenced
by the number of the attempt.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVarTuple

import structlog
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.channels import Channel
from backend.conversations import StaleConversation
from backend.database import Database, insertion
from backend.models import Address, Bucket, Conversation, Message
from backend.models.base import new_id
from backend.retry import Again, Decision, GiveUp, decide
from backend.transcript import as_read
from backend.vault import Vault
from backend.wake import Hub
from dialogs.messages import Address as AddressOf
from dialogs.ports import Clock
from dialogs.render import Renderer

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
AT_ONCE = 10  # conversations under way at the same time
PER_CLAIM = 5  # messages of one conversation
UNSENT = ("due", "sending")

HEAD = (
    select(
        Message.conversation_id,
        func.min(Message.seq).label("seq"),
        func.min(Message.priority).label("priority"),
    )
    .where(Message.direction == "out", Message.state.in_(UNSENT))
    .group_by(Message.conversation_id)
    .subquery()
)

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class Parcel:
    """A message leased for sending. ``attempt`` fences those who come back late."""

    message: str
    attempt: int
    expires: datetime | None


@dataclass(frozen=True)
class Claimed:
    """A conversation leased by us, and its messages to send, in order."""

    conversation: str
    address: AddressOf
    lease: str
    parcels: tuple[Parcel, ...]


@dataclass
class Sender:
    """Sends the messages of one channel."""

    database: Database
    clock: Clock
    renderer: Renderer
    vault: Vault
    channel: Channel
    hub: Hub
    rng: random.Random = field(default_factory=random.SystemRandom)

    async def send_due(self) -> int:
        """Send what is due now; how many messages were dealt with."""
        dealt = 0
        while claimed := await self._claim_some():
            async with asyncio.TaskGroup() as group:
                for conversation in claimed:
                    group.create_task(self._send_all(conversation))
            dealt += sum(len(conversation.parcels) for conversation in claimed)
        return dealt

    async def next_due(self) -> datetime | None:
        """When there may next be something to send: what waits behind a message does not count."""
        ready = case((Message.state == "sending", Message.lease_until), else_=Message.due_at)
        held = Conversation.lease_until
        statement = self._heads(select(func.min(case((held > ready, held), else_=ready))))
        async with self.database.reading() as session:
            due: datetime | None = await session.scalar(statement)
            bucket = await session.get(Bucket, self.channel.name)
        if due is None or bucket is None or bucket.closed_until is None:
            return due
        return max(due, bucket.closed_until)

    async def _claim_some(self) -> list[Claimed]:
        """Lease conversations with something due, as far as the bucket allows."""
        now = self.clock.now()
        if not await self._is_anything_due(now):
            return []  # an idle service writes nothing
        async with self.database.writing() as session:
            tokens = await self._tokens(session, now)
            if tokens < 1:
                return []
            claimed: list[Claimed] = []
            for conversation, address in await session.execute(self._waiting(session, now)):
                parcels = await self._lease(session, conversation, now, min(tokens, PER_CLAIM))
                if parcels:
                    lease = new_id()
                    conversation.lease, conversation.lease_until = lease, now + LEASE
                    account = AddressOf(address.channel, self.vault.open(address.sealed))
                    claimed.append(Claimed(conversation.id, account, lease, parcels))
                    tokens -= len(parcels)
                if tokens < 1:
                    break
            taken = sum(len(conversation.parcels) for conversation in claimed)
            await self._take(session, taken)
            await session.flush()
        return claimed

    async def _is_anything_due(self, now: datetime) -> bool:
        async with self.database.reading() as session:
            statement = self._heads(select(Conversation.id)).where(*_sendable(now)).limit(1)
            return await session.scalar(statement) is not None

    def _waiting(self, session: AsyncSession, now: datetime) -> Select[Conversation, Address]:
        """Conversations of this channel whose first unsent message is due, the urgent first."""
        statement = (
            self._heads(select(Conversation, Address))
            .where(
                or_(Conversation.lease_until.is_(None), Conversation.lease_until <= now),
                *_sendable(now),
            )
            .order_by(HEAD.c.priority, Message.due_at, Conversation.id)
            .limit(AT_ONCE)
        )
        if session.get_bind().dialect.name == "postgresql":
            statement = statement.with_for_update(skip_locked=True, of=Conversation)
        return statement

    def _heads(self, selected: Select[*Ts]) -> Select[*Ts]:
        """From the conversations of this channel, each with its first unsent message."""
        return (
            selected.select_from(Conversation)
            .join(Address, Address.id == Conversation.address_id)
            .join(HEAD, HEAD.c.conversation_id == Conversation.id)
            .join(
                Message,
                and_(Message.conversation_id == Conversation.id, Message.seq == HEAD.c.seq),
            )
            .where(Address.channel == self.channel.name)
        )

    async def _lease(
        self, session: AsyncSession, conversation: Conversation, now: datetime, most: int
    ) -> tuple[Parcel, ...]:
        """Its first unsent messages in order; a message that must wait holds up those after it."""
        rows = await session.scalars(
            select(Message)
            .where(
                Message.conversation_id == conversation.id,
                Message.direction == "out",
                Message.state.in_(UNSENT),
            )
            .order_by(Message.seq)
            .limit(most)
        )
        parcels = []
        for row in rows:
            if row.due_at > now:
                break
            row.state, row.attempts, row.lease_until = "sending", row.attempts + 1, now + LEASE
            parcels.append(Parcel(row.id, row.attempts, row.expires_at))
        return tuple(parcels)

    async def _send_all(self, claimed: Claimed) -> None:
        """Send a conversation's messages; what goes wrong with it stops no other conversation."""
        try:
            await self._send_in_order(claimed)
        except Exception:
            log.exception("sending_failed", channel=self.channel.name)

    async def _send_in_order(self, claimed: Claimed) -> None:
        """One after the other; stop at the first that must wait."""
        for number, parcel in enumerate(claimed.parcels):
            if not await self._send(claimed, parcel):
                await self._put_back(claimed.parcels[number + 1 :])
                break
        async with self.database.writing() as session:
            await session.execute(
                update(Conversation)
                .where(
                    Conversation.id == claimed.conversation, Conversation.lease == claimed.lease
                )
                .values(lease=None, lease_until=None)
            )
        self.hub.changed(claimed.conversation)

    async def _send(self, claimed: Claimed, parcel: Parcel) -> bool:
        """Send one message and mark it; False when those after it must wait."""
        async with self.database.reading() as session:
            row = await session.get(Message, parcel.message)
        if row is None or row.state != "sending" or row.attempts != parcel.attempt:
            return True  # void, or taken over by someone else
        if parcel.expires is not None and parcel.expires <= self.clock.now():
            await self._mark(claimed, parcel, state="failed", error="expired")
            return True
        try:
            rendered = as_read(self.renderer, row)
            receipt = await self.channel.deliver(claimed.address, parcel.message, rendered)
        except Exception as error:
            decision = decide(error, parcel.attempt, self.rng.random())
            log.warning(
                "not_sent",
                channel=self.channel.name,
                message=parcel.message,
                attempt=parcel.attempt,
                reason=type(error).__name__,
            )
            return await self._failed(claimed, parcel, decision)
        await self._mark(
            claimed, parcel, state="sent", reference=receipt.reference, sent_at=self.clock.now()
        )
        return True

    async def _failed(self, claimed: Claimed, parcel: Parcel, decision: Decision) -> bool:
        match decision:
            case GiveUp(reason=reason, unreachable=unreachable):
                await self._mark(claimed, parcel, state="failed", error=reason)
                if unreachable:
                    await self._unreachable(claimed)
                return True
            case Again(after=after, everyone=everyone):
                later = self.clock.now() + after
                await self._mark(claimed, parcel, state="due", due_at=later)
                if everyone:
                    await self._close_bucket(later)
                return False

    async def _mark(self, claimed: Claimed, parcel: Parcel, **values: object) -> None:
        """Write the outcome, unless someone else has taken the message over."""
        async with self.database.writing() as session:
            try:
                changed = await conversations.number(session, claimed.conversation) + 1
            except StaleConversation:
                return  # she was deleted while her message was under way
            await session.execute(
                update(Message)
                .where(
                    Message.id == parcel.message,
                    Message.attempts == parcel.attempt,
                    Message.state == "sending",
                )
                .values(changed=changed, lease_until=None, **values)
            )

    async def _put_back(self, parcels: tuple[Parcel, ...]) -> None:
        """Give back what was leased but not tried; it costs no attempt."""
        async with self.database.writing() as session:
            for parcel in parcels:
                await session.execute(
                    update(Message)
                    .where(
                        Message.id == parcel.message,
                        Message.attempts == parcel.attempt,
                        Message.state == "sending",
                    )
                    .values(state="due", attempts=parcel.attempt - 1, lease_until=None)
                )

    async def _unreachable(self, claimed: Claimed) -> None:
        async with self.database.writing() as session:
            address = (
                select(Conversation.address_id)
                .where(Conversation.id == claimed.conversation)
                .scalar_subquery()
            )
            await session.execute(
                update(Address)
                .where(Address.id == address)
                .values(unreachable_at=self.clock.now())
            )

    async def _tokens(self, session: AsyncSession, now: datetime) -> int:
        """What the bucket holds now; it is locked until the claim is committed."""
        limits = self.channel.limits
        await session.execute(
            insertion(session, Bucket)
            .values(channel=self.channel.name, tokens=float(limits.burst), at=now)
            .on_conflict_do_nothing()
        )
        statement = select(Bucket).where(Bucket.channel == self.channel.name)
        bucket = (await session.scalars(statement.with_for_update())).one()
        if bucket.closed_until is not None and bucket.closed_until > now:
            return 0
        elapsed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(limits.burst, bucket.tokens + elapsed * limits.per_second)
        bucket.at, bucket.closed_until = now, None
        return int(bucket.tokens)

    async def _take(self, session: AsyncSession, tokens: int) -> None:
        bucket = await session.get_one(Bucket, self.channel.name)
        bucket.tokens -= tokens

    async def _close_bucket(self, until: datetime) -> None:
        async with self.database.writing() as session:
            await session.execute(
                update(Bucket)
                .where(Bucket.channel == self.channel.name)
                .values(closed_until=until)
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
