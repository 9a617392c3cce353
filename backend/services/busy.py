"""A coach's own calendar: read again and again, so that nobody books her when she is taken.

What cannot be read keeps what was known, and says so. A meeting that was booked before she became
busy stays as it is: people solve that, not we.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.calendars.busy import Interval, NotACalendar, Reading, TooMany, busy_times
from backend.database import Database
from backend.fetching import NotFetched, expect_https
from backend.models import Booking, Busy, Meeting, Service, Staff
from backend.models.base import table
from backend.services import catalogue
from backend.vault import Vault, WrongKey
from backend.work import Work
from dialogs.ports import Clock, Slot, SlotTaken

EVERY = timedelta(minutes=10)
LEAST_DAYS = 42
WEBCAL = "webcal:"

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True)
class Conflict:
    """A confirmed booking at a time when its coach's own calendar says that she is taken."""

    booking: str
    staff: str
    starts: datetime


@dataclass(frozen=True)
class Reader:
    """Reads the calendars of those who have given an address. ``host`` is our own, in UIDs."""

    database: Database
    clock: Clock
    vault: Vault
    fetch: Fetch
    host: str

    async def read_due(self) -> None:
        """Read every calendar that has not been read for ten minutes, one after the other."""
        async with self.database.reading() as session:
            due = await session.execute(
                select(Staff.id, Staff.busy_sealed)
                .where(_is_read(), or_(Staff.busy_read_at.is_(None), self._is_old()))
                .order_by(Staff.busy_read_at.nulls_first())
            )
            days = await session.scalar(select(func.max(Service.horizon_days))) or LEAST_DAYS
        for staff, sealed in due:
            if sealed is not None:
                await self._read(staff, sealed, timedelta(days=days + 1))

    async def next_due(self) -> datetime | None:
        """When a calendar is to be read next, or None when there is none."""
        async with self.database.reading() as session:
            row = (
                await session.execute(
                    select(Staff.busy_read_at)
                    .where(_is_read())
                    .order_by(Staff.busy_read_at.nulls_first())
                    .limit(1)
                )
            ).first()
        if row is None:
            return None
        (read_at,) = row
        return self.clock.now() if read_at is None else read_at + EVERY

    async def _read(self, staff: str, sealed: bytes, ahead: timedelta) -> None:
        now = self.clock.now()
        reading = Reading(now, now + ahead, self.host, await self._meetings(staff, now))
        try:
            content = await self.fetch(self.vault.open(sealed))
            times = await asyncio.to_thread(busy_times, content, reading)
        except (NotFetched, NotACalendar, TooMany, WrongKey) as error:
            await self._keep(staff, sealed, None, type(error).__name__)
        else:
            await self._keep(staff, sealed, times, None)

    async def _meetings(self, staff: str, now: datetime) -> list[Interval]:
        """When she meets somebody by our own bookings."""
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Meeting.starts_at, Meeting.ends_at).where(
                    Meeting.staff_id == staff, Meeting.state == "planned", Meeting.ends_at > now
                )
            )
            return [(starts, ends) for starts, ends in rows]

    async def _keep(
        self, staff: str, sealed: bytes, times: Sequence[Interval] | None, fault: str | None
    ) -> None:
        """Write what was read, unless the address has been changed meanwhile."""
        async with self.database.writing() as session:
            same = await session.scalar(
                update(Staff)
                .where(Staff.id == staff, Staff.busy_sealed == sealed)
                .values(busy_read_at=self.clock.now(), busy_fault=fault)
                .returning(Staff.id)
            )
            if same is None or times is None:
                return
            await session.execute(delete(Busy).where(Busy.staff_id == staff))
            rows = [{"staff_id": staff, "starts_at": at, "ends_at": until} for at, until in times]
            if rows:
                await session.execute(insert(table(Busy)), rows)

    def _is_old(self) -> ColumnElement[bool]:
        return Staff.busy_read_at <= self.clock.now() - EVERY


async def set_address(work: Work, vault: Vault, staff: str, address: str | None) -> None:
    """Where a coach's own calendar is, or None for nowhere. Raises NotHttps.

    What was read from the one before is forgotten; the worker soon reads the new one.
    """
    sealed = None if address is None else vault.seal(str(expect_https(_spelt_out(address))))
    session = await work.writing()
    await session.execute(
        update(Staff)
        .where(Staff.id == staff)
        .values(busy_sealed=sealed, busy_read_at=None, busy_fault=None)
    )
    await session.execute(delete(Busy).where(Busy.staff_id == staff))
    await catalogue.touch(session)  # it says who has a calendar of her own
    work.note("busy", staff, "removed" if sealed is None else "set")


async def expect_not_busy(session: AsyncSession, slot: Slot, minutes: int) -> None:
    """Look again at a coach's own calendar before a time is kept. Raises SlotTaken."""
    ends = slot.starts + timedelta(minutes=minutes)
    if await session.scalar(
        select(
            exists().where(
                Busy.staff_id == slot.coach, Busy.starts_at < ends, Busy.ends_at > slot.starts
            )
        )
    ):
        raise SlotTaken(slot)


async def conflicts(session: AsyncSession, now: datetime) -> Sequence[Conflict]:
    """Confirmed meetings to come whose coach has become busy then, first first.

    Our own invitations are never among the busy times, so none of them is its own conflict.
    """
    rows = await session.execute(
        select(Booking.id, Busy.staff_id, Meeting.starts_at)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .join(
            Busy,
            and_(
                Busy.staff_id == Meeting.staff_id,
                Busy.starts_at < Meeting.ends_at,
                Busy.ends_at > Meeting.starts_at,
            ),
        )
        .where(Booking.state == "confirmed", Meeting.starts_at > now)
        .distinct()
        .order_by(Meeting.starts_at, Booking.id)
    )
    return [Conflict(booking, staff, starts) for booking, staff, starts in rows]


def _is_read() -> ColumnElement[bool]:
    return and_(Staff.busy_sealed.is_not(None), Staff.is_active)


def _spelt_out(address: str) -> str:
    """Calendars say webcal for https."""
    plain = address.strip()
    is_webcal = plain.lower().startswith(WEBCAL)
    return f"https:{plain[len(WEBCAL) :]}" if is_webcal else plain
