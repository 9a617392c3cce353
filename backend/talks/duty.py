"""Who is on duty: has said so, and has a page of the console open just now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Staff

PRESENT = timedelta(seconds=60)
NOTED_EVERY = timedelta(seconds=15)
SAME_SHIFT = timedelta(hours=4)


def is_there(now: datetime) -> ColumnElement[bool]:
    """Whether somebody takes talks at this moment, as SQL."""
    return and_(Staff.on_duty, Staff.is_active, Staff.present_at > now - PRESENT)


async def how_many(session: AsyncSession, now: datetime) -> int:
    """How many take talks at this moment."""
    return await session.scalar(select(func.count(Staff.id)).where(is_there(now))) or 0


async def seen_at(session: AsyncSession, staff: str | None) -> datetime | None:
    """When a page of hers was last open; None also when she has gone off duty."""
    return await session.scalar(select(Staff.present_at).where(Staff.id == staff, Staff.on_duty))


async def is_on_duty(session: AsyncSession, staff: str, now: datetime) -> bool:
    """Whether she takes talks at this moment."""
    found = await session.scalar(select(Staff.id).where(Staff.id == staff, is_there(now)))
    return found is not None


async def talks_of(session: AsyncSession, staff: str) -> int:
    """How many talks she has."""
    mine = select(func.count(Conversation.id)).where(Conversation.coach_id == staff)
    return await session.scalar(mine) or 0


async def note_presence(session: AsyncSession, staff: str, now: datetime) -> None:
    """A page of hers is open; written down four times a minute at most."""
    await session.execute(
        update(Staff)
        .where(
            Staff.id == staff,
            or_(Staff.present_at.is_(None), Staff.present_at < now - NOTED_EVERY),
        )
        .values(present_at=now)
    )


async def is_noted(session: AsyncSession, staff: str, now: datetime) -> bool:
    """Whether it has been written down just now that she is there."""
    found = await session.scalar(select(Staff.present_at).where(Staff.id == staff))
    return found is not None and found >= now - NOTED_EVERY


async def begin(session: AsyncSession, staff: str, now: datetime) -> None:
    """She has signed in: a session that ran out is gone on with, yesterday's duty is not."""
    await session.execute(
        update(Staff)
        .where(Staff.id == staff, Staff.on_duty, Staff.present_at < now - SAME_SHIFT)
        .values(on_duty=False)
    )


async def switch(session: AsyncSession, staff: str, now: datetime, *, on: bool) -> None:
    """On duty from now, or off."""
    await session.execute(
        update(Staff).where(Staff.id == staff).values(on_duty=on, present_at=now)
    )
