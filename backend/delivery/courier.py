"""Handing one message over, and writing what became of it: sent, tried again, or given up.

When the channel answers at once, its receipt is written before the next message is handed over:
killed at any moment, we have one message whose sending nobody knows of. When it takes its time,
others are handed over meanwhile, and there are as many as it has not answered yet.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.channels import Channel, Receipt
from backend.database import Database
from backend.delivery import outcome
from backend.delivery.carried import as_carried
from backend.delivery.heads import Parcel
from backend.delivery.pace import FIRST_CLOSED, Gait, Pace, longer
from backend.retry import NO_ANSWER, Again, Decision, GiveUp, NoAnswer, decide
from backend.vault import Vault
from dialogs.messages import Address
from dialogs.ports import Clock
from dialogs.render import Renderer

log = structlog.get_logger()

PATIENCE = timedelta(seconds=45)  # for one message; well below its lease
QUICK = timedelta(milliseconds=5)
PAUSES = (0.1, 1.0, 5.0)  # seconds, while an outcome cannot be written
DOWN = 3  # chats in a row without an answer: it is not the chats


@dataclass
class Courier:
    """Hands messages to one channel."""

    database: Database
    clock: Clock
    renderer: Renderer
    vault: Vault
    channel: Channel
    rng: random.Random
    _desk: asyncio.Lock = field(default_factory=asyncio.Lock)
    handed_over: set[str] = field(default_factory=set)  # chats the channel has a message for
    _gait: Gait = field(default_factory=Gait)
    _turnstile: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unanswered: set[str] = field(default_factory=set)  # chats since the channel last answered

    @property
    def pace(self) -> Pace:
        """The channel's bucket."""
        return Pace(self.channel.name, self.channel.limits)

    async def hand_over(self, parcel: Parcel) -> None:
        """Hand it to the channel; a receipt that comes quickly is written before anything else."""
        async with self._desk:  # the next one is looked up while this one is on its way
            began = self.clock.now()
            if not await self._is_to_be_sent(parcel, began):
                return
            await self._turnstile.acquire()
        try:
            if wait := self._gait.wait(self.pace, self.clock.now()):
                await asyncio.sleep(wait)
            self.handed_over.add(parcel.conversation)
            delivering = asyncio.create_task(self._deliver(parcel))
            try:
                await asyncio.wait({delivering}, timeout=QUICK.total_seconds())
            except asyncio.CancelledError:
                delivering.cancel()
                raise
            if delivering.done():
                await self._write(parcel, delivering.result(), began)
                return
        finally:
            self._turnstile.release()
        await self._write(parcel, await delivering, began)

    async def _is_to_be_sent(self, parcel: Parcel, now: datetime) -> bool:
        async with self.database.reading() as session:
            is_ours = await outcome.is_ours(session, parcel)
        expires = parcel.row.expires_at
        has_expired = expires is not None and expires <= now
        if is_ours and has_expired:
            await self._not_sent(parcel, state="failed", error="expired")
        if has_expired or not is_ours:
            await self._not_tried(parcel)
        return is_ours and not has_expired

    async def _deliver(self, parcel: Parcel) -> Receipt | Exception:
        try:
            address = Address(self.channel.name, self.vault.open(parcel.sealed))
            rendered = await as_carried(self.database, self.renderer, parcel.row)
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await self.channel.deliver(address, parcel.message, rendered)
        except Exception as error:
            return error

    async def _write(self, parcel: Parcel, result: Receipt | Exception, began: datetime) -> None:
        """Write what became of it, and what that says of the channel."""
        if isinstance(result, Receipt):
            await self._sent(parcel, result.reference)
            await self._answered(parcel)
            return
        log.warning(
            "not_sent",
            channel=self.channel.name,
            message=parcel.message,
            attempt=parcel.attempt,
            reason=type(result).__name__,
        )
        await self._decided(parcel, decide(result, parcel.attempt, self.rng.random()), began)

    async def _decided(self, parcel: Parcel, decision: Decision, began: datetime) -> None:
        match decision:
            case NoAnswer():
                await self._no_answer(parcel, decision)
                return
            case Again(after=after, told=told, everyone=everyone):
                later = self.clock.now() + after
                paced = later if told else None
                await self._not_sent(parcel, paced, state="due", due_at=later)
                if everyone:
                    await self._close(parcel, after)
                    return
            case GiveUp():
                await self._give_up(parcel, decision, began)
        await self._answered(parcel)

    async def _give_up(self, parcel: Parcel, decision: GiveUp, began: datetime) -> None:
        now = self.clock.now()
        if decision.unreachable:
            async with self.database.writing() as session:
                await outcome.close_chat(session, parcel, began)
        async with self.database.writing() as session:
            await outcome.give_up(session, parcel, decision.reason, now, self._paced(now))
        if decision.unreachable:
            async with self.database.writing() as session:
                await outcome.give_up_the_rest(session, parcel, now)

    async def _no_answer(self, parcel: Parcel, decision: NoAnswer) -> None:
        """Several chats without an answer mean that the channel is down: all of them wait.

        Those that waited with it were not tried in vain: it costs them no attempt.
        """
        self._unanswered.add(parcel.conversation)
        wait, attempts = decision.after, parcel.attempt
        if parcel.probe is not None or len(self._unanswered) >= DOWN:
            wait = longer(parcel.probe.waited) if parcel.probe else FIRST_CLOSED
            attempts -= 1
            await self._close(parcel, wait)
        elif decision.was_last:
            if await self.channel.reachable():
                await self._give_up(parcel, GiveUp(NO_ANSWER), self.clock.now())
                return
            attempts -= 1
        later = self.clock.now() + wait
        await self._not_sent(parcel, state="due", due_at=later, attempts=attempts)

    async def _answered(self, parcel: Parcel) -> None:
        """The channel works, whatever it made of the message."""
        self._unanswered.clear()
        if parcel.probe is not None:
            async with self.database.writing() as session:
                await self.pace.open(session, parcel.probe, self.clock.now())

    async def _not_tried(self, parcel: Parcel) -> None:
        """That it was not sent says nothing of the channel."""
        if parcel.probe is not None:
            async with self.database.writing() as session:
                await self.pace.put_back(session, parcel.probe, self.clock.now())

    async def _close(self, parcel: Parcel, wait: timedelta) -> None:
        self._unanswered.clear()
        log.warning("channel_closed", channel=self.channel.name, seconds=wait.total_seconds())
        async with self.database.writing() as session:
            await self.pace.close(session, self.clock.now(), wait, parcel.probe)

    async def _sent(self, parcel: Parcel, reference: str | None) -> None:
        """Write that it was sent. Unwritten, it would be sent again: do not give in at once."""
        now = self.clock.now()
        for pause in (*PAUSES, None):
            try:
                async with self.database.writing() as session:
                    await outcome.sent(session, parcel, reference, now, self._paced(now))
            except SQLAlchemyError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _not_sent(
        self, parcel: Parcel, paced: datetime | None = None, **values: object
    ) -> None:
        paced = paced or self._paced(self.clock.now())
        async with self.database.writing() as session:
            await outcome.not_sent(session, parcel, paced, **values)

    def _paced(self, now: datetime) -> datetime:
        return now + self.channel.limits.per_chat
