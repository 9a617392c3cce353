"""Planned messages fall due: each gets its conversation, its language and its number.

Many people's in one transaction, and reminders no faster than their channel can send them. What
is not released is still planned: a meeting that is called off while thousands wait takes its
reminder back before anybody has it in her transcript. Once released, a message is found by its
channel's sender, or by its reader's next look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import planned, reach
from backend.channels import Channel
from backend.database import Database
from backend.models import Conversation, Message
from backend.planned import Due
from backend.wake import Hub
from dialogs.ports import Clock
from dialogs.render import Renderer
from dialogs.stored import load_reply

log = structlog.get_logger()

BATCH = 100
PAGES = 10  # looked through for messages that need not wait
AHEAD = timedelta(seconds=10)  # how long a channel may take for what is released
LOOK_AGAIN = timedelta(seconds=1)  # while a channel has enough to send


@dataclass(frozen=True)
class Ready:
    """A message to be released, and where to."""

    message: str
    conversation: str
    language: str
    text: str | None
    pulls: bool
    has_buttons: bool


@dataclass
class Found:
    """What a look has found. ``lost``: messages to give up, and why; ``held``: some must wait."""

    ready: list[Ready] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass
class Releaser:
    """Releases what is due."""

    database: Database
    clock: Clock
    renderer: Renderer
    channels: Mapping[str, Channel]
    hub: Hub
    _look_again: datetime | None = None  # only a hint; others look for themselves

    async def release_due(self) -> int:
        """Release what is due and need not wait; how many messages were dealt with."""
        now = self.clock.now()
        if self._look_again is not None and now < self._look_again:
            return 0
        async with self.database.reading() as session:
            found = await self._find(session, now)
        self._look_again = now + LOOK_AGAIN if found.held else None
        dealt = 0
        if found.lost:
            dealt += await self._give_up(found.lost)
        if found.ready:
            released = await self._release(found.ready)
            for conversation in sorted({ready.conversation for ready in released}):
                self.hub.changed(conversation)
            dealt += len(released)
        return dealt

    async def next_due(self) -> datetime | None:
        """When there may next be something to release."""
        now = self.clock.now()
        async with self.database.reading() as session:
            later = await planned.next_planned(session, now)
            if self._look_again is None and await Due(now, self.channels).is_any(session):
                return now
        return min((at for at in (later, self._look_again) if at is not None), default=None)

    async def _find(self, session: AsyncSession, now: datetime) -> Found:
        due, found = Due(now, list(self.channels)), Found()
        found.lost.update(dict.fromkeys(await due.expired(session, BATCH), "expired"))
        if not await due.is_any(session):
            return found
        room = await self._room(session)
        after: Message | None = None
        for _page in range(PAGES):
            full = _full(room)
            rows = await Due(now, due.here, full).page(session, after, BATCH)
            looked_at = 0
            for row in rows:
                if len(found.ready) == BATCH or _full(room) != full:
                    break  # look anew, without those for the channel that is full now
                await self._look_at(session, row, room, found)
                after, looked_at = row, looked_at + 1
            if len(found.ready) == BATCH or looked_at == len(rows) < BATCH:
                break
        found.held = bool(_full(room))
        return found

    async def _room(self, session: AsyncSession) -> dict[str, int]:
        """How many more reminders each channel that sends may be given."""
        waiting = await planned.waiting(session)
        return {
            name: max(channel.limits.burst, _in_time(channel)) - waiting.get(name, 0)
            for name, channel in self.channels.items()
            if not channel.pulls
        }

    async def _look_at(
        self, session: AsyncSession, row: Message, room: dict[str, int], found: Found
    ) -> None:
        """Whether and where to one message goes."""
        routed = await reach.conversation_for(session, row, self.channels)
        if routed is None:
            found.lost[row.id] = "no_address"
            return
        conversation, address = routed
        if row.priority >= reach.REMINDER and address.channel in room:
            if room[address.channel] <= 0:
                return
            room[address.channel] -= 1
        try:
            reply = load_reply(row.body)
            text = self.renderer.as_sent(reply, conversation.language)
        except Exception:  # one that cannot be read must not hold up the others
            log.exception("unreadable", message=row.id)
            found.lost[row.id] = "unreadable"
            return
        pulls = self.channels[address.channel].pulls
        found.ready.append(
            Ready(row.id, conversation.id, conversation.language, text, pulls, bool(reply.buttons))
        )

    async def _release(self, wanted: Sequence[Ready]) -> Sequence[Ready]:
        """Put them into their conversations; those that went through.

        What another transaction holds, such as a turn or another releaser, is left for later; a
        message that has been called off meanwhile is planned no more.
        """
        async with self.database.writing() as session:
            conversations = await _locked(session, wanted)
            still = await _still_planned(session, wanted)
            ready = [
                each
                for each in wanted
                if each.conversation in conversations and each.message in still
            ]
            if ready:
                await self._write(session, conversations, ready)
        for each in ready:
            log.info("released", message=each.message, conversation=each.conversation)
        return ready

    async def _write(
        self,
        session: AsyncSession,
        conversations: Mapping[str, Conversation],
        ready: Sequence[Ready],
    ) -> None:
        """Number them, in the order they are in; the conversations before the messages."""
        now = self.clock.now()
        counters = {key: row.counter for key, row in conversations.items()}
        pages = {key: row.page_id for key, row in conversations.items()}
        rows = []
        for each in ready:
            counters[each.conversation] += 1
            if each.has_buttons:
                pages[each.conversation] = each.message
            rows.append(
                {
                    "id": each.message,
                    "conversation_id": each.conversation,
                    "seq": counters[each.conversation],
                    "changed": counters[each.conversation],
                    "state": "sent" if each.pulls else "due",
                    "language": each.language,
                    "sent_text": each.text,
                    "sent_at": now if each.pulls else None,
                }
            )
        touched = sorted({each.conversation for each in ready})
        await session.execute(
            update(Conversation),
            [{"id": key, "counter": counters[key], "page_id": pages[key]} for key in touched],
        )
        await session.execute(update(Message), rows)

    async def _give_up(self, lost: Mapping[str, str]) -> int:
        by_reason: dict[str, list[str]] = defaultdict(list)
        for message, reason in lost.items():
            by_reason[reason].append(message)
        async with self.database.writing() as session:
            for reason, messages in by_reason.items():
                await session.execute(
                    update(Message)
                    .where(Message.id.in_(messages), Message.state == "planned")
                    .values(state="failed", error=reason)
                )
        for message, reason in lost.items():
            log.warning("not_released", message=message, reason=reason)
        return len(lost)


def _full(room: Mapping[str, int]) -> frozenset[str]:
    return frozenset(channel for channel, left in room.items() if left <= 0)


def _in_time(channel: Channel) -> int:
    return int(channel.limits.per_second * AHEAD.total_seconds())


async def _locked(session: AsyncSession, wanted: Sequence[Ready]) -> Mapping[str, Conversation]:
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.id.in_({each.conversation for each in wanted}))
        .order_by(Conversation.id)
        .with_for_update(skip_locked=True)
    )
    return {row.id: row for row in rows}


async def _still_planned(session: AsyncSession, wanted: Sequence[Ready]) -> frozenset[str]:
    rows = await session.scalars(
        select(Message.id)
        .where(Message.id.in_([each.message for each in wanted]), Message.state == "planned")
        .with_for_update(skip_locked=True)
    )
    return frozenset(rows)
