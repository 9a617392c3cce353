"""Calendars to subscribe to: a person's own meetings, or those of somebody who works here.

The address is made from the row's id and our key, so it can be shown again at any time, and is
dead once the row is revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Feed, Meeting
from backend.models.base import new_id
from backend.services import seeing
from backend.services.catalogue import Catalogue
from backend.services.links import Links
from backend.work import Work
from dialogs import ports

Kind = Literal["person", "staff"]

KEPT = timedelta(days=30)  # so long a meeting that has been stays in a calendar
SHOWN = ("confirmed", "attended", "no_show", "excused")


class NoSuchFeed(LookupError):
    """The calendar was never there, is revoked, or its owner is gone."""


@dataclass(frozen=True)
class Shown:
    """A meeting in somebody's calendar, and whose booking it is."""

    person: str
    meeting: ports.Meeting


@dataclass(frozen=True)
class Feeds:
    """One person's calendar address within one unit of work."""

    person: str
    work: Work
    links: Links

    async def address(self) -> str:
        """The address of her calendar; made when there is none."""
        session = await self.work.reading()
        feed = await current(session, "person", self.person)
        return self.links.calendar(feed or await make(self.work, "person", self.person))

    async def stop(self) -> None:
        """Every address of hers is dead from now on."""
        await revoke(self.work, "person", self.person)


async def make(work: Work, kind: Kind, owner: str) -> str:
    """A new calendar; the ones there are stay. Its id."""
    session = await work.writing()
    feed = new_id()
    await session.execute(
        insert(Feed).values(id=feed, kind=kind, owner=owner, created_at=work.clock.now())
    )
    work.note("feed", feed, "made", kind=kind)
    return feed


async def current(session: AsyncSession, kind: Kind, owner: str) -> str | None:
    """The id of somebody's newest calendar that is not revoked."""
    return await session.scalar(
        select(Feed.id).where(*_live(kind, owner)).order_by(Feed.created_at.desc()).limit(1)
    )


async def revoke(work: Work, kind: Kind, owner: str) -> None:
    """Every calendar of somebody's is dead from now on. Twice is once."""
    session = await work.writing()
    revoked = await session.scalars(
        update(Feed)
        .where(*_live(kind, owner))
        .values(revoked_at=work.clock.now())
        .returning(Feed.id)
    )
    for feed in revoked.all():
        work.note("feed", feed, "revoked", kind=kind)


async def find(session: AsyncSession, feed: str) -> Feed:
    """A calendar that may be read. Raises NoSuchFeed."""
    row = await session.get(Feed, feed)
    if row is None or row.revoked_at is not None:
        raise NoSuchFeed(feed)
    return row


async def meetings(work: Work, catalogue: Catalogue, feed: Feed) -> Sequence[Shown]:
    """What a calendar shows: what is booked, and what has been lately; first first.

    What is called off is left out: many calendars show it as if it were not.
    """
    session = await work.reading()
    owned = Booking.person_id if feed.kind == "person" else Meeting.staff_id
    rows = await session.execute(
        select(Booking, Meeting)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            owned == feed.owner,
            Booking.state.in_(SHOWN),
            Meeting.ends_at >= work.clock.now() - KEPT,
        )
        .order_by(Meeting.starts_at, Booking.id)
    )
    return [
        Shown(booking.person_id, seeing.meeting(catalogue, booking, held))
        for booking, held in rows
    ]


def _live(kind: Kind, owner: str) -> tuple[ColumnElement[bool], ...]:
    return Feed.kind == kind, Feed.owner == owner, Feed.revoked_at.is_(None)
