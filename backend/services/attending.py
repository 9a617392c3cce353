"""Coming or not: what she says before, and what is noted after.

The code at the door is in ``door``, the lists that come of it in ``attendance``; their names are
here too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from backend.models import Booking, Meeting
from backend.reminders import days
from backend.services import claims
from backend.services.attendance import Absence, Attendance, Seat, month, sheet
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.door import CheckedIn, NoSuchCode, check_in, door_code
from backend.services.meetings import about, give_back_seat, lock
from backend.services.states import change
from backend.work import Work
from dialogs import ports
from dialogs.ports import BookingClosed, NoSuchBooking

__all__ = [
    "Absence",
    "Attendance",
    "CheckedIn",
    "NoSuchCode",
    "OutsideMeeting",
    "Seat",
    "check_in",
    "door_code",
    "month",
    "note_absence",
    "says_coming",
    "sheet",
    "tells_absence",
]

WAS_THERE = ("attended", "excused", "confirmed")


class OutsideMeeting(ValueError):
    """The time she was away does not lie within the meeting."""


async def says_coming(
    work: Work, catalogue: Catalogue, person: str, booking: str
) -> ports.Meeting:
    """She says that she comes; twice is once. Raises NoSuchBooking, BookingClosed."""
    found = await Bookings(work, catalogue).find(booking, person)
    now = work.clock.now()
    if found.state not in {"confirmed", "requested"} or found.ends <= now:
        raise BookingClosed(booking)
    session = await work.writing()
    said = await session.scalar(
        update(Booking)
        .where(Booking.id == booking, Booking.state == found.state, Booking.coming_at.is_(None))
        .values(coming_at=now)
        .returning(Booking.id)
    )
    if said is not None:
        work.note("booking", booking, "coming", version=found.version)
    return found


async def tells_absence(
    work: Work, catalogue: Catalogue, person: str, booking: str, reason: Absence
) -> ports.Meeting:
    """She cannot come, and says why in a word: the seat or meeting is cancelled, news for staff.

    Possible until it ends; an enrolment stays. Raises NoSuchBooking, BookingClosed.
    """
    bookings = Bookings(work, catalogue)
    found = await bookings.find(booking, person)
    now = work.clock.now()
    if found.state == "confirmed" and found.starts <= now < found.ends:
        off = await _cancel_late(work, bookings, person, found)
    else:
        off = await bookings.cancel(booking, "person", person)
    session = await work.writing()
    await session.execute(
        update(Booking).where(Booking.id == booking).values(absence=reason, told_at=now)
    )
    return off


async def note_absence(
    work: Work, booking: str, version: int, from_: datetime | None, to: datetime | None
) -> None:
    """Staff note that she was away for part of it (instants), or that she was not (None).

    What is noted of her coming stays. Raises NoSuchBooking, BookingClosed, OutsideMeeting.
    """
    session = await work.writing()
    row = (
        await session.execute(
            select(Booking.state, Meeting.starts_at, Meeting.ends_at)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.id == booking)
        )
    ).first()
    if row is None:
        raise NoSuchBooking(booking)
    if (from_ is None) != (to is None):
        raise OutsideMeeting(booking)
    if from_ is not None and to is not None and not row.starts_at <= from_ < to <= row.ends_at:
        raise OutsideMeeting(booking)
    noted = await session.scalar(
        update(Booking)
        .where(Booking.id == booking, Booking.version == version, Booking.state.in_(WAS_THERE))
        .values(absent_from=from_, absent_to=to, version=version + 1)
        .returning(Booking.id)
    )
    if noted is None:
        raise BookingClosed(booking)
    work.note("booking", booking, "away" if from_ else "not_away", version=version + 1)


async def _cancel_late(
    work: Work, bookings: Bookings, person: str, found: ports.Meeting
) -> ports.Meeting:
    """It has begun, and she cannot come any more: nobody else can have the time."""
    session = await work.writing()
    await lock(session, [found.coach_id], person)
    await give_back_seat(session, found.booking, keep_meeting=True)
    changed = await change(
        session,
        found.booking,
        found.version,
        "confirmed",
        "cancelled",
        closed_by="person",
        seen_by_staff=False,
    )
    await claims.release(session, found.booking)
    work.note("booking", found.booking, "cancelled", version=changed.version, by="person")
    work.void(about(found.booking))
    days.lost(work, bookings.catalogue, [person])
    return await bookings.find(found.booking)
