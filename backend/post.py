"""Sending invitations by mail: lease, write, hand in, mark.

A letter is written and handed in outside any transaction, so a crash in between repeats at most
that one, under the same Message-ID. A lease that was never given back, on a row that is void
since, means that the letter may have arrived: then the coach is told of the end as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.database import Database
from backend.letters import Writer
from backend.mail import MailServer
from backend.models import Invitation, Staff
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.smtp import hand_in, is_final
from dialogs.ports import Clock

log = structlog.get_logger()

LEASE = timedelta(seconds=60)  # longer than handing in may take
AT_ONCE = 5
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
MOST_ATTEMPTS = 12  # the longest wait again and again: a weekend without a mail server is bridged

IN_VAIN = 3  # a stranger's first letter is often refused for some minutes

OTHER = aliased(Invitation)
SAME_EVENT = and_(OTHER.booking_id == Invitation.booking_id, OTHER.staff_id == Invitation.staff_id)
WAS_INVITED = (
    select(OTHER.id)
    .where(
        SAME_EVENT,
        OTHER.method == "REQUEST",
        or_(OTHER.state == "sent", OTHER.lease_until.is_not(None)),
    )
    .correlate(Invitation)
    .exists()
)


@dataclass(frozen=True)
class Parcel:
    """An invitation leased for sending. ``attempt`` fences those who come back late."""

    row: Invitation
    attempt: int
    to: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class Backlog:
    """What has not been sent: when the oldest is due, how many were tried in vain or given up."""

    oldest: datetime | None
    in_vain: int
    failed: int


@dataclass(frozen=True)
class PostOffice:
    """Sends what is due through one mail server."""

    database: Database
    clock: Clock
    cache: CatalogueCache
    writer: Writer
    server: MailServer

    async def send_due(self) -> int:
        """Send what is due now; how many letters were tried."""
        tried = 0
        while (claimed := await self._claim_some()) is not None:
            if claimed:
                async with self.database.reading() as session:
                    catalogue = await self.cache.get(session)
                async with asyncio.TaskGroup() as group:
                    for parcel in claimed:
                        group.create_task(self._send(parcel, catalogue))
            tried += len(claimed)
        return tried

    async def next_due(self) -> datetime | None:
        """When there may next be something to send."""
        async with self.database.reading() as session:
            due: datetime | None = await session.scalar(
                select(func.min(_ready())).where(Invitation.state == "due")
            )
        return due

    async def _claim_some(self) -> Sequence[Parcel] | None:
        """Lease what is due, and void what need not be sent any more; None: nothing was due."""
        now = self.clock.now()
        async with self.database.reading() as session:
            if await session.scalar(select(Invitation.id).where(*_sendable(now)).limit(1)) is None:
                return None  # an idle service writes nothing
        async with self.database.writing() as session:
            statement = (
                select(Invitation, Staff.email, Staff.language, WAS_INVITED)
                .join(Staff, Staff.id == Invitation.staff_id)
                .where(*_sendable(now))
                .order_by(Invitation.starts_at, Invitation.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True, of=Invitation)
            )
            rows = (await session.execute(statement)).all()
            parcels = []
            for row, address, language, was_invited in rows:
                if (
                    address is None
                    or row.starts_at <= now
                    or (row.method == "CANCEL" and not was_invited)
                ):
                    row.state = "void"
                    continue
                row.attempts, row.lease_until = row.attempts + 1, now + LEASE
                parcels.append(Parcel(row, row.attempts, address, language))
            await session.flush()
        return parcels if rows else None

    async def _send(self, parcel: Parcel, catalogue: Catalogue) -> None:
        """Send one letter and write down what came of it."""
        error = await self._try(parcel, catalogue)
        if error is None:
            await self._mark(parcel, state="sent", sent_at=self.clock.now(), error=None)
            return
        # Not in an except block: a traceback would hold the address.
        reason = type(error).__name__
        log.warning(
            "invitation_not_sent", invitation=parcel.row.id, attempt=parcel.attempt, reason=reason
        )
        if is_final(error) or parcel.attempt >= MOST_ATTEMPTS:
            still_wanted = case((Invitation.state == "due", "failed"), else_=Invitation.state)
            await self._mark(parcel, state=still_wanted, error=reason)
        else:
            later = self.clock.now() + wait_after(parcel.attempt)
            await self._mark(parcel, due_at=later, error=reason)

    async def _try(self, parcel: Parcel, catalogue: Catalogue) -> Exception | None:
        try:
            letter = self.writer.write(
                parcel.row, parcel.to, parcel.language, catalogue, self.clock.now()
            )
            await hand_in(self.server, letter, self.writer.sender, parcel.to)
        except Exception as error:
            return error
        return None

    async def _mark(self, parcel: Parcel, **values: object) -> None:
        """Write the outcome, unless someone else has taken the letter over.

        A row that has become void meanwhile is marked too: what has left has left.
        """
        async with self.database.writing() as session:
            await session.execute(
                update(Invitation)
                .where(
                    Invitation.id == parcel.row.id,
                    Invitation.attempts == parcel.attempt,
                    Invitation.lease_until.is_not(None),
                )
                .values(lease_until=None, **values)
                .execution_options(synchronize_session=False)
            )


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the attempt of this number, the first being 1."""
    return WAITS[min(attempt, len(WAITS)) - 1]


async def backlog(session: AsyncSession, now: datetime) -> Backlog:
    """What has not been sent, of meetings that are still to come."""
    coming = Invitation.starts_at > now
    due, failed = Invitation.state == "due", Invitation.state == "failed"
    in_vain = and_(due, Invitation.attempts >= IN_VAIN)
    row = await session.execute(
        select(
            func.min(case((due, Invitation.due_at))),
            func.count(case((in_vain, 1))),
            func.count(case((failed, 1))),
        ).where(coming)
    )
    return Backlog(*row.one())


def _ready() -> ColumnElement[datetime]:
    """When a letter may leave: letters of one event do so one after the other.

    Only then do we know what has arrived before the next is sent.
    """
    held = (
        select(func.max(OTHER.lease_until))
        .where(SAME_EVENT)
        .correlate(Invitation)
        .scalar_subquery()
    )
    return case((Invitation.due_at < held, held), else_=Invitation.due_at)


def _sendable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Due now, and neither it nor another letter of its event is under way.

    Its own lease is asked for twice: a row that was locked elsewhere is looked at again, but what
    a subquery says of it is not.
    """
    return (
        Invitation.state == "due",
        _ready() <= now,
        or_(Invitation.lease_until.is_(None), Invitation.lease_until <= now),
    )
