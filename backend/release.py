"""Planned messages fall due: each gets its conversation, its language and its number.

One transaction for each. From then on the message is in the transcript, and its channel's sender
or the reader's next look finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.channels import Channel
from backend.database import Database
from backend.models import Address, Conversation, Message
from backend.wake import Hub
from dialogs.ports import Clock
from dialogs.render import Renderer
from dialogs.stored import UnreadableMessage, load_reply

log = structlog.get_logger()

BATCH = 100


@dataclass(frozen=True)
class Releaser:
    """Releases what is due."""

    database: Database
    clock: Clock
    renderer: Renderer
    channels: Mapping[str, Channel]
    hub: Hub

    async def release_due(self) -> int:
        """Release everything that is due; how many messages were dealt with."""
        async with self.database.reading() as session:
            due = await session.scalars(
                select(Message.id)
                .where(Message.state == "planned", Message.due_at <= self.clock.now())
                .order_by(Message.priority, Message.due_at, Message.id)
                .limit(BATCH)
            )
            found = due.all()
        for message in found:
            conversation = await self._release_alone(message)
            if conversation:
                self.hub.changed(conversation)
        return len(found)

    async def _release_alone(self, message: str) -> str | None:
        """One message; one that cannot be read is given up, so that the others get through."""
        try:
            async with self.database.writing() as session:
                return await self._release(session, message)
        except UnreadableMessage:
            async with self.database.writing() as session:
                await self._give_up(session, message, "unreadable")
            return None

    async def next_due(self) -> datetime | None:
        """When the next planned message falls due."""
        async with self.database.reading() as session:
            return await session.scalar(
                select(Message.due_at)
                .where(Message.state == "planned")
                .order_by(Message.due_at)
                .limit(1)
            )

    async def _release(self, session: AsyncSession, message: str) -> str | None:
        """Put one message into its person's conversation; its id, or None."""
        row = await session.get(Message, message)
        if row is None or row.state != "planned":
            return None
        now = self.clock.now()
        conversation = await _latest(session, row.person_id)
        if conversation is None or (row.expires_at and row.expires_at <= now):
            error = "no_address" if conversation is None else "expired"
            await self._give_up(session, message, error)
            return None
        seq = await conversations.number(session, conversation.id) + 1
        pulls = self._pulls(await _channel(session, conversation))
        reply = load_reply(row.body)
        released = await session.scalar(
            update(Message)
            .where(Message.id == message, Message.state == "planned")
            .values(
                conversation_id=conversation.id,
                seq=seq,
                changed=seq,
                state="sent" if pulls else "due",
                language=conversation.language,
                sent_text=self.renderer.as_sent(reply, conversation.language),
                sent_at=now if pulls else None,
            )
            .returning(Message.id)
        )
        if released is None:  # cancelled at this very moment
            return None
        if reply.buttons:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == conversation.id)
                .values(page_id=message)
            )
        log.info("released", message=message, conversation=conversation.id)
        return conversation.id

    @staticmethod
    async def _give_up(session: AsyncSession, message: str, error: str) -> None:
        await session.execute(
            update(Message)
            .where(Message.id == message, Message.state == "planned")
            .values(state="failed", error=error)
        )
        log.warning("not_released", message=message, reason=error)

    def _pulls(self, channel: str) -> bool:
        known = self.channels.get(channel)
        return known.pulls if known else False


async def _latest(session: AsyncSession, person: str) -> Conversation | None:
    """The conversation a person used last, on an address that can be reached."""
    return await session.scalar(
        select(Conversation)
        .join(Address, Address.id == Conversation.address_id)
        .where(
            Conversation.person_id == person,
            or_(
                Address.unreachable_at.is_(None),
                Address.unreachable_at < Conversation.seen_at,
            ),
        )
        .order_by(Conversation.seen_at.desc())
        .limit(1)
    )


async def _channel(session: AsyncSession, conversation: Conversation) -> str:
    address = await session.get_one(Address, conversation.address_id)
    return address.channel
