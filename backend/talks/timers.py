"""What follows by itself in a talk: places, offers, nudges, endings. Rows say when, not sleeps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select

from backend.database import Database
from backend.models import Conversation
from backend.talks.duty import PRESENT
from backend.talks.switchboard import NoSuchThread, Switchboard, until_settled
from backend.wake import Hub
from backend.work import Work
from dialogs.ports import Clock
from dialogs.talks import Ticked

log = structlog.get_logger()

AT_ONCE = 200
STANDSTILL_S = 30.0  # a round comes every ten seconds at least


@dataclass
class Timers:
    """Runs what is due, each conversation in a transaction of its own."""

    database: Database
    clock: Clock
    hub: Hub
    switchboard: Switchboard
    _looked_at: float | None = None
    _trusts_from: float = 0.0

    async def run_round(self) -> int:
        """The worker's: nothing in the first minute after a standstill, of ours or the database's.

        Nobody could say then that she is there, and everybody would seem to have left.
        """
        now = asyncio.get_running_loop().time()
        if self._looked_at is None or now - self._looked_at > STANDSTILL_S:
            self._trusts_from = now + PRESENT.total_seconds()
        self._looked_at = now
        return await self.run_due() if now >= self._trusts_from else 0

    async def run_due(self) -> int:
        """Everything whose time has come; how many conversations were looked at."""
        async with self.database.reading() as session:
            due = await session.scalars(
                select(Conversation.id)
                .where(Conversation.timer_at <= self.clock.now())
                .order_by(Conversation.timer_at)
                .limit(AT_ONCE)
            )
            threads = due.all()
        for thread in threads:
            try:
                await self._tick(thread)
            except Exception:  # the others' time has come too
                log.exception("talk_not_moved", conversation=thread)
        return len(threads)

    async def next_due(self) -> datetime | None:
        """When something follows next."""
        async with self.database.reading() as session:
            return await session.scalar(select(func.min(Conversation.timer_at)))

    async def _tick(self, thread: str) -> None:
        async def once() -> None:
            async with Work.begin(self.database, self.clock, "system") as work:
                await self.switchboard.move(work, thread, Ticked())

        try:
            await until_settled(once)
        except NoSuchThread:
            return
        self.hub.changed(thread)
