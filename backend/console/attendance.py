"""Who came: set by a person, and undone by one. Nothing marks it by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import select

from backend.models import Booking, Meeting
from backend.services.states import change
from backend.work import Work
from dialogs.ports import BookingClosed, NoSuchBooking

EARLY = timedelta(minutes=30)
UNDONE_WITHIN = timedelta(days=7)

Mark = Literal["attended", "no_show", "excused", "confirmed"]
MARKED = ("attended", "no_show", "excused", "confirmed")


class NotYet(Exception):
    """The meeting has not begun."""


class TooLate(Exception):
    """The mark has stood for longer than it can be undone."""


def may_mark(mark: Mark, starts: datetime, now: datetime) -> bool:
    """Someone may come a little early; that she did not come is known once it has begun."""
    return mark == "confirmed" or now >= (starts - EARLY if mark == "attended" else starts)


def may_undo(marked: datetime | None, starts: datetime, now: datetime) -> bool:
    """A mark can be changed for seven days; one whose time was not noted, after its meeting."""
    return now < (marked or starts) + UNDONE_WITHIN


async def mark(work: Work, booking: str, version: int, to: Mark) -> None:
    """Say whether she came; "confirmed" takes it back. Twice the same is once.

    Raises NoSuchBooking, BookingClosed, NotYet or TooLate.
    """
    session = await work.writing()
    row = (
        await session.execute(
            select(Booking.state, Booking.marked_at, Meeting.starts_at)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.id == booking)
        )
    ).first()
    if row is None:
        raise NoSuchBooking(booking)
    state, marked, starts = row
    if state == to:
        return
    now = work.clock.now()
    if not may_mark(to, starts, now):
        raise NotYet(booking)
    if state not in MARKED:
        raise BookingClosed(booking)
    if state != "confirmed" and not may_undo(marked, starts, now):
        raise TooLate(booking)
    changed = await change(
        session,
        booking,
        version,
        cast("Mark", state),
        to,
        marked_at=None if to == "confirmed" else now,
        seen_by_staff=True,
    )
    work.note("booking", booking, to, version=changed.version)
