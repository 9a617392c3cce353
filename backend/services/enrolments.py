"""Signing up for a whole course: an enrolment, and the seats it gives at each lesson.

Only lessons of the next two weeks have seats; the worker gives those that come after, day by day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Series
from backend.models.base import new_id
from backend.services import owntime, seated, seating, telling
from backend.services.catalogue import Catalogue
from backend.services.making import NoSuchSeries, locked
from backend.services.meetings import lock
from backend.services.seating import AHEAD_SEATS
from backend.services.states import change
from backend.work import Work
from dialogs import ports
from dialogs.ports import BookingClosed, BookingState, NoSuchBooking

__all__ = [
    "AHEAD_SEATS",
    "CourseGone",
    "Enrolled",
    "admit",
    "enrol",
    "leave",
    "leave_everything",
    "seats_ahead",
]

ENROLMENT = ("enrolled", "waiting")


class CourseGone(Exception):
    """The course is not open to sign up for."""


@dataclass(frozen=True)
class Enrolled:
    """A person's enrolment. ``first`` is her first lesson with a seat, when there is one yet.

    ``lessons`` counts the course's lessons to come that are made, ``clashes`` those of the next
    two weeks that were left out as she has something else then. ``waiting``: she is in line.
    """

    booking: str
    first: ports.Meeting | None
    lessons: int
    waiting: bool
    clashes: int = 0


async def enrol(work: Work, catalogue: Catalogue, person: str, series: str) -> Enrolled:
    """Sign up for every lesson, or stand in line when it is full; twice is once.

    Raises CourseGone.
    """
    session = await work.writing()
    await lock(session, [], person)
    row = await _open_course(session, series)
    now = work.clock.now()
    to_come = await _lessons_to_come(session, series, now)
    if not to_come:
        raise CourseGone(series)
    known = await _enrolment(session, person, series)
    if known is None:
        state: BookingState = "waiting" if await _is_full(session, row) else "enrolled"
        known = await _add(session, person, row, state, now)
        work.note("booking", known.id, state, version=0)
    if known.state == "waiting":
        return Enrolled(known.id, None, to_come, waiting=True)
    await seating.seat(work, catalogue, now, Booking.id == known.id)
    first = await _first_seat(session, catalogue, person, series, now)
    clashes = await _clashes(session, person, series, now)
    return Enrolled(known.id, first, to_come, waiting=False, clashes=clashes)


async def leave(work: Work, catalogue: Catalogue, person: str, series: str) -> int:
    """Leave a course or its line: how many seats to come were given back. Raises NoSuchBooking."""
    session = await work.writing()
    await lock(session, [], person)
    known = await _enrolment(session, person, series)
    if known is None:
        raise NoSuchBooking(series)
    before: BookingState = "waiting" if known.state == "waiting" else "enrolled"
    by = "coach" if work.actor.startswith("staff:") else "person"
    given_back = await seated.give_back(work, catalogue, person, Booking.series_id == series)
    changed = await change(
        session, known.id, known.version, before, "cancelled", closed_by=by, seen_by_staff=True
    )
    work.note("booking", known.id, "cancelled", version=changed.version, by=by)
    return given_back


async def leave_everything(work: Work, catalogue: Catalogue, person: str) -> None:
    """Leave every course, and every line for a seat. She and her meetings are locked already."""
    session = await work.writing()
    courses = await session.scalars(
        select(Booking.series_id).where(
            Booking.person_id == person,
            Booking.meeting_id.is_(None),
            Booking.series_id.is_not(None),
            Booking.state.in_(ENROLMENT),
        )
    )
    for series in courses.all():
        await leave(work, catalogue, person, series or "")
    await seated.give_back(work, catalogue, person, Booking.state == "waiting")


async def admit(work: Work, catalogue: Catalogue, person: str, series: str) -> bool:
    """Somebody who waits for a course is in, and told; False when there is no room after all."""
    session = await work.writing()
    await lock(session, [], person)
    try:
        row = await locked(session, series, "open")
    except NoSuchSeries:
        return False
    known = await _enrolment(session, person, series)
    if known is None or known.state != "waiting" or await _is_full(session, row):
        return False
    try:
        changed = await change(session, known.id, known.version, "waiting", "enrolled")
    except BookingClosed:
        return False
    work.note("booking", known.id, "enrolled", version=changed.version)
    now = work.clock.now()
    seats = await seating.seat(work, catalogue, now, Booking.id == known.id)
    service = catalogue.service_of(row.service_id, row.id)
    telling.tell_enrolled(work, known.id, changed, service, seats[0] if seats else None)
    return True


async def seats_ahead(work: Work, catalogue: Catalogue, now: datetime) -> int:
    """Seats for enrolled people at lessons that have come within two weeks; how many.

    At most AT_ONCE in one transaction, so that nobody waits for it long: call it until it is 0.
    A seat that was called off is not given again.
    """
    return len(await seating.seat(work, catalogue, now))


async def _open_course(session: AsyncSession, series: str) -> Series:
    try:
        row = await locked(session, series, "open")
    except NoSuchSeries:
        raise CourseGone(series) from None
    if not row.enrols:
        raise CourseGone(series)
    return row


async def _enrolment(session: AsyncSession, person: str, series: str) -> Booking | None:
    return await session.scalar(
        select(Booking)
        .where(
            Booking.person_id == person,
            Booking.series_id == series,
            Booking.meeting_id.is_(None),
            Booking.state.in_(ENROLMENT),
        )
        .execution_options(populate_existing=True)
    )


async def _add(
    session: AsyncSession, person: str, row: Series, state: str, now: datetime
) -> Booking:
    known = Booking(
        id=new_id(),
        person_id=person,
        service_id=row.service_id,
        series_id=row.id,
        state=state,
        created_at=now,
        seen_by_staff=True,
    )
    session.add(known)
    await session.flush()
    return known


async def _is_full(session: AsyncSession, row: Series) -> bool:
    enrolled = await session.scalar(
        select(func.count())
        .select_from(Booking)
        .where(Booking.series_id == row.id, Booking.state == "enrolled")
    )
    return (enrolled or 0) >= row.capacity


async def _lessons_to_come(session: AsyncSession, series: str, now: datetime) -> int:
    found = await session.scalar(
        select(func.count())
        .select_from(Meeting)
        .where(Meeting.series_id == series, Meeting.state == "planned", Meeting.starts_at > now)
    )
    return found or 0


async def _first_seat(
    session: AsyncSession, catalogue: Catalogue, person: str, series: str, now: datetime
) -> ports.Meeting | None:
    hers = (Booking.person_id == person) & (Booking.state == "confirmed")
    coming = Booking.meeting_id.in_(seating.lessons(series, now))
    found = await seated.seen_of(session, catalogue, hers & coming)
    return found[0] if found else None


async def _clashes(session: AsyncSession, person: str, series: str, now: datetime) -> int:
    """Lessons of the next two weeks at which she has something else, and no seat."""
    enrolment = (Booking.person_id == person) & (Booking.series_id == series)
    own = select(Booking.meeting_id).where(enrolment, Booking.meeting_id.is_not(None))
    rows = await session.scalars(
        select(Meeting.id)
        .join(Booking, Booking.series_id == Meeting.series_id)
        .where(
            enrolment,
            Booking.state == "enrolled",
            Meeting.id.in_(seating.lessons(series, now)),
            Meeting.id.not_in(own),
            owntime.has_something(Booking.person_id, now),
        )
    )
    return len(rows.all())
