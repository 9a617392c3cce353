"""Invitations to coaches' own calendars: staged with the change of a booking, sent afterwards.

A coach without a mail address gets none. Whether letters are sent at all, whether a meeting has
begun, and whether there is anything to call off, is seen when a letter is about to leave
(``backend.post``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.calendars.ics import Method
from backend.database import insertion
from backend.models import Invitation, Staff
from backend.models.base import new_id
from backend.services import catalogue as catalogues
from backend.services.catalogue import Catalogue
from backend.work import Work
from dialogs.ports import Meeting


@dataclass(frozen=True)
class Letter:
    """What one coach is to be told: come to this meeting, or this meeting is off."""

    method: Method
    coach: str
    meeting: Meeting


def letters(before: Meeting | None, after: Meeting) -> Iterator[Letter]:
    """Who is told what about a change. ``before`` is None for a booking that is new.

    Only meetings of one with one that are confirmed count: an activity has many bookings, and a
    request may yet be refused. An end carries the old time, by which it is recognised.
    """
    had, has = _coach_of(before), _coach_of(after)
    if before is not None and had is not None and had != has:
        yield Letter("CANCEL", had, before)
    if has is not None:
        yield Letter("REQUEST", has, after)


async def announce(
    work: Work, catalogue: Catalogue, before: Meeting | None, after: Meeting
) -> None:
    """Stage the letters of a change in its own transaction: at most one UPDATE and one INSERT.

    ``after`` has the new version. What is unsent of older versions is void. Saying it twice says
    it once. Comes after the claims and before the journal is written.
    """
    wanted = [each for each in letters(before, after) if each.coach in catalogue.by_mail]
    if not wanted:
        return
    session = await work.writing()
    if before is not None:
        await _void_older(session, after, {letter.coach for letter in wanted})
    now = work.clock.now()
    rows = [
        {
            "id": new_id(),
            "staff_id": letter.coach,
            "booking_id": after.booking,
            "version": after.version,
            "method": letter.method,
            "service_id": letter.meeting.service.id,
            "unit_id": letter.meeting.unit.id,
            "mode": letter.meeting.mode,
            "starts_at": letter.meeting.starts,
            "ends_at": letter.meeting.ends,
            "due_at": now,
        }
        for letter in wanted
    ]
    await session.execute(insertion(session, Invitation).values(rows).on_conflict_do_nothing())


async def set_address(session: AsyncSession, username: str, address: str | None) -> bool:
    """Write where invitations go, or nowhere; False when there is no such account."""
    staff = await session.scalar(
        update(Staff).where(Staff.username == username).values(email=address).returning(Staff.id)
    )
    if staff is not None and address is None:
        await session.execute(
            update(Invitation)
            .where(Invitation.staff_id == staff, Invitation.state == "due")
            .values(state="void")
        )
    await catalogues.touch(session)
    return staff is not None


async def _void_older(session: AsyncSession, after: Meeting, coaches: Collection[str]) -> None:
    """A letter that is under way cannot be stopped; its sender writes down that it has left."""
    await session.execute(
        update(Invitation)
        .where(
            Invitation.booking_id == after.booking,
            Invitation.staff_id.in_(sorted(coaches)),
            Invitation.version < after.version,
            Invitation.state == "due",
        )
        .values(state="void")
    )


def _coach_of(meeting: Meeting | None) -> str | None:
    """Whose calendar a meeting belongs in."""
    if meeting is None or meeting.state != "confirmed" or meeting.service.group:
        return None
    return meeting.coach_id


async def forget_old_invitations(session: AsyncSession, now: datetime, kept_days: int) -> None:
    """Delete letters about meetings that have been for long."""
    await session.execute(
        delete(Invitation).where(Invitation.ends_at < now - timedelta(days=kept_days))
    )
