"""Who came: set by a person, and undone by one. Nothing marks it by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select, update

from backend.models import Booking, Meeting
from backend.work import Work
from dialogs.ports import BookingClosed, NoSuchBooking

EARLY = timedelta(minutes=30)

Mark = Literal["attended", "no_show", "excused", "confirmed"]
MARKED = ("attended", "no_show", "excused", "confirmed")


class NotYet(Exception):
    """The meeting has not begun."""


def may_mark(mark: Mark, starts: datetime, now: datetime) -> bool:
    """Someone may come a little early; that she did not come is known once it has begun."""
    return mark == "confirmed" or now >= (starts - EARLY if mark == "attended" else starts)


async def mark(work: Work, booking: str, version: int, to: Mark) -> None:
    """Say whether she came; "confirmed" takes it back. Twice the same is once.

    Raises NoSuchBooking, BookingClosed or NotYet.
    """
    session = await work.writing()
    row = (
        await session.execute(
            select(Booking.state, Meeting.starts_at)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.id == booking)
        )
    ).first()
    if row is None:
        raise NoSuchBooking(booking)
    if row.state == to:
        return
    if not may_mark(to, row.starts_at, work.clock.now()):
        raise NotYet(booking)
    changed = await session.scalar(
        update(Booking)
        .where(Booking.id == booking, Booking.version == version, Booking.state.in_(MARKED))
        .values(state=to, version=version + 1, seen_by_staff=True)
        .returning(Booking.version)
    )
    if changed is None:
        raise BookingClosed(booking)
    work.note("booking", booking, to, version=changed)
