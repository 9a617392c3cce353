"""How much a channel may be given now: one bucket row, which all its workers share.

It fills with time, and whoever leases empties it. A fifth of it is kept for replies. It is closed
while the channel has asked everyone to wait, or does not answer; after that one message goes
alone, and by its fate the bucket opens, or is closed for twice as long. How long it was closed
for last is the row's own ``closed_until - at``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.channels import Limits
from backend.database import insertion
from backend.models import Bucket

RESERVED = 0.2  # of the burst, for replies
FIRST_CLOSED = timedelta(seconds=2)
LONGEST_CLOSED = timedelta(seconds=30)
PROBED = timedelta(seconds=60)  # whoever has not come back with a probe by then has died
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SKEW = timedelta(seconds=5)  # by which the clocks of two machines may differ


@dataclass(frozen=True)
class Probe:
    """The one message a closed channel is tried with.

    ``waited``: how long the channel was closed. ``until``: how long it is again, meanwhile.
    """

    waited: timedelta
    until: datetime


@dataclass(frozen=True)
class Allowance:
    """How many messages may go now, and how many of them may be reminders.

    ``owed``: how many reminders go even though there are replies enough for everything.
    """

    most: int
    reminders: int
    owed: int = 0
    probe: Probe | None = None


@dataclass(frozen=True)
class Pace:
    """The bucket of one channel."""

    channel: str
    limits: Limits

    async def allowance(self, session: AsyncSession, now: datetime) -> Allowance:
        """What may go now; the row is locked until the transaction ends."""
        bucket = await self._locked(session, now)
        if bucket.closed_until is not None:
            if bucket.closed_until > now:
                return Allowance(0, 0)
            probe = Probe(bucket.closed_until - bucket.at, now + PROBED)
            return Allowance(1, 1, probe=probe)
        bucket.tokens = self.spare(bucket.tokens, bucket.at, now)
        # Never backwards: two machines whose clocks differ would fill the bucket twice.
        bucket.at = bucket.at if now < bucket.at <= now + SKEW else now
        return Allowance(int(bucket.tokens), int(bucket.tokens - self._reserved))

    async def take(
        self, session: AsyncSession, allowed: Allowance, count: int, now: datetime
    ) -> None:
        """So many go. Behind a probe the bucket is closed until its fate is known."""
        bucket = await session.get_one(Bucket, self.channel)
        if allowed.probe is None:
            bucket.tokens -= count
        elif count:
            bucket.tokens, bucket.at, bucket.closed_until = 0.0, now, allowed.probe.until
        await session.flush()

    async def open(self, session: AsyncSession, probe: Probe, now: datetime) -> None:
        """The channel has answered the probe; unless it has been closed since, it is open."""
        await session.execute(
            update(Bucket)
            .where(Bucket.channel == self.channel, Bucket.closed_until == probe.until)
            .values(tokens=self.limits.burst - 1.0, at=now, closed_until=None)
        )

    async def put_back(self, session: AsyncSession, probe: Probe, now: datetime) -> None:
        """The probe was not sent after all: another one may be, at once."""
        await session.execute(
            update(Bucket)
            .where(Bucket.channel == self.channel, Bucket.closed_until == probe.until)
            .values(at=now - probe.waited, closed_until=now)
        )

    async def close(
        self, session: AsyncSession, now: datetime, wait: timedelta, probe: Probe | None = None
    ) -> None:
        """Nothing goes for a while; a channel that is closed for longer already stays so."""
        until = now + wait
        shorter = or_(Bucket.closed_until.is_(None), Bucket.closed_until < until)
        mine = Bucket.closed_until == (probe.until if probe else None)
        await session.execute(
            update(Bucket)
            .where(Bucket.channel == self.channel, or_(shorter, mine))
            .values(tokens=0.0, at=now, closed_until=until)
        )

    def room_at(self, bucket: Bucket | None, now: datetime, *, urgent: bool) -> datetime:
        """When one more may go: a reply when it is ``urgent``, else a reminder."""
        if bucket is None:
            return now
        if bucket.closed_until is not None:
            return bucket.closed_until
        missing = 1 + (0 if urgent else self._reserved) - self.spare(bucket.tokens, bucket.at, now)
        return now + timedelta(seconds=max(0.0, missing) / self.limits.per_second)

    def spare(self, tokens: float, since: datetime, now: datetime) -> float:
        """What a bucket holds now that held so many tokens then."""
        elapsed = max(0.0, (now - since).total_seconds())
        return min(self.limits.burst, tokens + elapsed * self.limits.per_second)

    @property
    def _reserved(self) -> int:
        return int(self.limits.burst * RESERVED)

    async def _locked(self, session: AsyncSession, now: datetime) -> Bucket:
        await session.execute(
            insertion(session, Bucket)
            .values(channel=self.channel, tokens=float(self.limits.burst), at=now)
            .on_conflict_do_nothing()
        )
        statement = select(Bucket).where(Bucket.channel == self.channel)
        return (await session.scalars(statement.with_for_update())).one()


@dataclass
class Gait:
    """One worker's own bucket, at the very moment of handing over.

    What the shared bucket has let pass in good order may come to the channel in a heap when the
    machine is busy; this spreads it again.
    """

    _tokens: float = inf
    _at: datetime = LONG_AGO

    def wait(self, pace: Pace, now: datetime) -> float:
        """Seconds the next message must wait before it is handed over; it is counted at once."""
        self._tokens, self._at = pace.spare(self._tokens, self._at, now) - 1, now
        return max(0.0, -self._tokens) / pace.limits.per_second


def longer(waited: timedelta) -> timedelta:
    """How long to close a channel that still does not answer."""
    return max(FIRST_CLOSED, min(2 * waited, LONGEST_CLOSED))
