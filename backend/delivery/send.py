"""The sender of one channel: leases what is due, as far as there is room, and has it handed over.

Messages to different people are under way side by side, so that one that takes long holds up no
other.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from backend.channels import Channel
from backend.database import Database
from backend.delivery import heads
from backend.delivery.courier import Courier
from backend.delivery.heads import Parcel
from backend.models import Bucket
from backend.vault import Vault
from backend.wake import Hub
from dialogs.ports import Clock
from dialogs.render import Renderer

log = structlog.get_logger()

AT_ONCE = 40  # messages under way at the same time
REMINDERS_AT_ONCE = 32  # so that a reply finds room when every reminder hangs
AT_HAND = 20  # leased and not handed over yet: what is leased is overtaken by nothing
OWED = 0.2  # of what goes, to reminders, however many replies there are
LOOKED_AT = 200  # more than we take: other workers take some of them


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
    _under_way: dict[str, Parcel] = field(default_factory=dict)  # by conversation
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _left: Set[bool] = frozenset()  # whether replies, reminders were left for want of room
    _courier: Courier = field(init=False)

    def __post_init__(self) -> None:
        self._courier = Courier(
            self.database, self.clock, self.renderer, self.vault, self.channel, self.rng
        )

    async def send_due(self) -> int:
        """Send what is due now, to the end; how many messages were dealt with."""
        dealt = 0
        while handed := await self.hand_out():
            dealt += handed
            await asyncio.gather(*self._tasks)
        return dealt

    async def hand_out(self) -> int:
        """Begin sending what may be sent now; how many messages were begun."""
        parcels = await self._lease()
        for parcel in parcels:
            self._under_way[parcel.conversation] = parcel
            task = asyncio.create_task(self._send(parcel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(parcels)

    async def finish(self, grace: timedelta) -> None:
        """Let what is under way come to its end; what takes longer is sent again one day."""
        if not self._tasks:
            return
        _done, late = await asyncio.wait(self._tasks, timeout=grace.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def next_due(self) -> datetime | None:
        """When there may next be something to send, as far as chats and channel allow."""
        now, pace = self.clock.now(), self._courier.pace
        most, reminders = self._room()
        free = {urgent for urgent, room in ((True, most), (False, reminders)) if room > 0}
        async with self.database.reading() as session:
            bucket = await session.get(Bucket, self.channel.name)
            ready: Mapping[bool, datetime] = dict.fromkeys(self._left & free, now)
            if not ready:  # else it has just been seen, and need not be looked for
                ready = await heads.next_ready(session, self.channel.name)
        times = [
            max(at, pace.room_at(bucket, now, urgent=urgent))
            for urgent, at in ready.items()
            if urgent in free
        ]
        return min(times, default=None)

    def _room(self) -> tuple[int, int]:
        """How many more may be under way: messages, and reminders among them."""
        reminders = sum(not parcel.urgent for parcel in self._under_way.values())
        at_hand = len(self._under_way.keys() - self._courier.handed_over)
        most = max(0, min(AT_ONCE - len(self._under_way), AT_HAND - at_hand))
        return most, min(most, REMINDERS_AT_ONCE - reminders)

    async def _lease(self) -> Sequence[Parcel]:
        """Lease what is due, as far as the bucket and what is under way leave room."""
        most, reminders = self._room()
        if not most:
            return []
        now = self.clock.now()
        pace = self._courier.pace
        async with self.database.reading() as session:  # an idle service writes nothing
            found = await heads.look(session, self.channel.name, now, LOOKED_AT)
            bucket = await session.get(Bucket, self.channel.name)
        waiting = [head for head in found if head.conversation not in self._under_way]
        self._left = {head.urgent for head in found}
        if not any(pace.room_at(bucket, now, urgent=each.urgent) <= now for each in waiting):
            return []
        async with self.database.writing() as session:
            allowed = await pace.allowance(session, now)
            allowed = replace(
                allowed,
                most=min(most, allowed.most),
                reminders=min(reminders, allowed.reminders),
            )
            owed = int(allowed.most * OWED + self.rng.random())
            allowed = replace(allowed, owed=min(owed, reminders))
            parcels = await heads.lease(session, waiting, now, allowed)
            await pace.take(session, allowed, len(parcels), now)
        leased = {parcel.message for parcel in parcels}
        self._left = {head.urgent for head in found if head.message not in leased}
        return parcels

    async def _send(self, parcel: Parcel) -> None:
        """One message; what goes wrong with it stops no other."""
        try:
            await self._courier.hand_over(parcel)
        except Exception:
            log.exception("sending_failed", channel=self.channel.name)
        finally:
            self._under_way.pop(parcel.conversation, None)
            self._courier.handed_over.discard(parcel.conversation)
            self.hub.changed(parcel.conversation)
