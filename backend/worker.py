"""What happens without anyone asking: releasing, sending, sweeping.

Each loop sleeps until its next due time, until it is woken, or until the sweep; a failing round
is logged and tried again. Nothing is kept in memory, so a killed worker has lost nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from backend import inbox
from backend.database import Database
from backend.delivery import Sender
from backend.digest import Digest
from backend.front_door import FrontDoor
from backend.post import PostOffice
from backend.release import Releaser
from backend.services import busy, deadlines
from backend.services.bookings import Bookings
from backend.services.catalogue import CatalogueCache
from backend.services.erasure import Policy, erase, forget_the_erased, idle_people
from backend.services.files import forget_old_files
from backend.services.filling import Filling
from backend.services.holds import Holds
from backend.services.invitations import forget_old_invitations
from backend.services.letterboxes import forget_unproven
from backend.services.numbers import forget_numbers
from backend.services.offering import Offering
from backend.services.questions import forget_old_questions
from backend.services.silence import forget_old_words
from backend.services.upkeep import keep_activities
from backend.talks.timers import Timers
from backend.translation.incoming import Translations
from backend.wake import Hub
from backend.work import Work
from dialogs.ports import Clock

log = structlog.get_logger()

SWEEP = timedelta(seconds=10)
SHORTEST = timedelta(milliseconds=50)
GRACE = timedelta(seconds=3)
LEFT_BEHIND = timedelta(seconds=3)
OFFER_EVERY = timedelta(seconds=2)
FILES_EVERY = timedelta(minutes=10)

Round = Callable[[], Awaitable[object]]
NextDue = Callable[[], Awaitable[datetime | None]]


@dataclass(frozen=True)
class Worker:
    """Runs the loops until cancelled."""

    database: Database
    clock: Clock
    hub: Hub
    door: FrontDoor
    releaser: Releaser
    senders: Sequence[Sender]
    cache: CatalogueCache
    policy: Policy
    timers: Timers
    post: PostOffice | None = None
    calendars: busy.Reader | None = None
    digest: Digest | None = None
    translations: Translations | None = None

    async def run(self) -> None:
        """A loop for releasing, one for each channel's sending, one for mail, one for the rest."""
        async with asyncio.TaskGroup() as group:
            group.create_task(
                self._loop("release", self.releaser.release_due, self.releaser.next_due)
            )
            for sender in self.senders:
                group.create_task(self._send(sender))
            if self.post is not None:
                group.create_task(self._loop("post", self.post.send_due, self.post.next_due))
            if (digest := self.digest) is not None:
                group.create_task(
                    self._loop("digest", digest.send_due, digest.next_due, asyncio.Event())
                )
            group.create_task(self._loop("talks", self.timers.run_round, self.timers.next_due))
            offering = Offering(self.database, self.clock, self.cache, self.hub)
            group.create_task(
                self._loop("offer", offering.offer_free_times, _never, every=OFFER_EVERY)
            )
            filling = Filling(self.database, self.clock, self.cache, self.hub)
            group.create_task(self._loop("fill", filling.fill, _never, every=OFFER_EVERY))
            if (reader := self.calendars) is not None:
                idle = asyncio.Event()
                group.create_task(self._loop("busy", reader.read_due, reader.next_due, idle))
            idle = asyncio.Event()
            group.create_task(
                self._loop("files", self.forget_files, _never, idle, every=FILES_EVERY)
            )
            if (translations := self.translations) is not None:
                translate = translations.translate_due
                group.create_task(self._loop("translate", translate, _never, every=SHORTEST))
            # Not woken: every turn would sweep, and nothing in it is in a hurry.
            group.create_task(self._loop("sweep", self.sweep, _never, woken=asyncio.Event()))

    async def _send(self, sender: Sender) -> None:
        """Hand out what is due; when we are stopped, what is under way is let end."""
        name = f"send:{sender.channel.name}"
        try:
            await self._loop(name, sender.hand_out, sender.next_due, every=SHORTEST)
        finally:
            await sender.finish(GRACE)

    async def forget_files(self) -> None:
        """Delete photos and recordings whose time is up; too many rows to look at often."""
        await forget_old_files(self.database, self.clock.now(), self.policy.file_days)

    async def send_all(self) -> None:
        """Send what is due now, once."""
        for sender in self.senders:
            await sender.send_due()

    async def sweep(self) -> None:
        """Everything that only needs to happen now and then; each part safe to repeat."""
        await self._run_left_behind()
        await self._expire_holds()
        await self._plan_ahead()
        await keep_activities(self.database, self.clock, self.cache)
        await self._erase()

    async def _loop(
        self,
        name: str,
        work: Round,
        next_due: NextDue,
        woken: asyncio.Event | None = None,
        every: timedelta = timedelta(0),
    ) -> None:
        """``every``: no round sooner after another than this, however often it is woken."""
        woken = woken or self.hub.worker()
        while True:
            woken.clear()
            due: datetime | None = None
            try:
                await work()
                due = await next_due()
            except Exception:
                log.exception("worker_round_failed", loop=name)
            await asyncio.sleep(every.total_seconds())
            await _wait(woken, self._pause(due))

    def _pause(self, due: datetime | None) -> timedelta:
        if due is None:
            return SWEEP
        return min(max(due - self.clock.now(), SHORTEST), SWEEP)

    async def _run_left_behind(self) -> None:
        """Events that were accepted by a process that died, or whose turn failed."""
        async with self.database.reading() as session:
            senders = await inbox.waiting(session, self.clock.now() - LEFT_BEHIND)
        for sender in senders:
            if sender.channel in self.door.channels:
                await self.door.run(sender)

    async def _expire_holds(self) -> None:
        async with Work.begin(self.database, self.clock, "system") as work:
            catalogue = await self.cache.get(await work.reading())
            await Holds(Bookings(work, catalogue)).expire()

    async def _plan_ahead(self) -> None:
        await deadlines.plan_ahead(self.database, self.clock)

    async def _erase(self) -> None:
        now = self.clock.now()
        pulling = [name for name, channel in self.door.channels.items() if channel.pulls]
        async with self.database.writing() as session:
            await forget_the_erased(session, now, pulling)
            await inbox.forget_old(session, now)
            await forget_old_questions(session, now, self.policy.kept_days)
            await forget_numbers(session, now)
            await forget_unproven(session, now)
            await forget_old_invitations(session, now, self.policy.kept_days)
        await forget_old_words(self.database, now, self.policy.kept_days)
        async with self.database.reading() as session:
            idle = await idle_people(session, self.policy, now)
        for person in idle:
            async with Work.begin(self.database, self.clock, "system") as work:
                catalogue = await self.cache.get(await work.reading())
                everything = Policy(self.policy.kept_days, may_delete_messages=True)
                await erase(work, Bookings(work, catalogue), person, None, everything)


async def _wait(woken: asyncio.Event, most: timedelta) -> None:
    try:
        async with asyncio.timeout(most.total_seconds()):
            await woken.wait()
    except TimeoutError:
        return


async def _never() -> datetime | None:
    return None
