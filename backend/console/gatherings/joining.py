"""A person's courses on her page: what she is signed up for, and signing her up for more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.problems import Problem
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import telling
from backend.console.gatherings.listing import name_of
from backend.console.gatherings.seating import NOT_SEATED, not_seated
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.console.telling import pen_of, wake
from backend.models import Booking, Meeting, Series
from backend.services import enrolments
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.enrolments import CourseGone
from backend.services.seats import Seats
from backend.work import Work
from dialogs.messages import Label
from dialogs.ports import BookingState, NoSuchBooking, Wish
from dialogs.text import Text, Words, _

AHEAD = timedelta(days=28)
MOST = 60
COURSE, MEETING = "course", "meeting"


@dataclass(frozen=True)
class Course:
    """A course she is signed up for, or waits for a place in."""

    series: str
    name: Label
    waits: bool


@dataclass(frozen=True)
class Choice:
    """Something she can be signed up for; ``value`` is how the form names it."""

    value: str
    name: Label
    place: str
    starts: datetime | None
    left: int | None


@dataclass(frozen=True)
class Joining:
    """Her courses, and what else there is: courses, and times of activities."""

    courses: tuple[Course, ...]
    open_courses: tuple[Choice, ...]
    open_times: tuple[Choice, ...]


async def look(session: AsyncSession, catalogue: Catalogue, person: str, now: datetime) -> Joining:
    """What a person is signed up for, and can be."""
    rows = await session.execute(
        select(Booking.state, Series)
        .join(Series, Series.id == Booking.series_id)
        .where(
            Booking.person_id == person,
            Booking.meeting_id.is_(None),
            Booking.state.in_(("enrolled", "waiting")),
        )
        .order_by(Booking.created_at)
    )
    hers = tuple(
        Course(series.id, name_of(catalogue, series.service_id, series), state == "waiting")
        for state, series in rows
    )
    taken = {course.series for course in hers}
    return Joining(
        hers,
        await _courses(session, catalogue, taken),
        await _times(session, catalogue, person, now),
    )


async def change(
    console: ConsoleOf,
    who: Who,
    person: str,
    do: Annotated[Literal["join", "leave"], Form()],
    what: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Sign her up for a course or a time, or take her out of a course. Raises Problem 409."""
    kind, _colon, row = what.partition(":")
    try:
        told = await _change(console, who, person, (do, kind, row))
    except (*NOT_SEATED, CourseGone, NoSuchBooking) as error:
        raise Problem(HTTPStatus.CONFLICT, _why_not(error)) from error
    wake(console, told)
    return see(f"/console/people/{person}")


async def _change(
    console: Console, who: SignedIn, person: str, asked: tuple[str, str, str]
) -> str | None:
    """Her conversation, when she was told."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        catalogue = await runtime.cache.get(await work.reading())
        match asked:
            case ("join", "course", row):
                return await _enrol(console, work, who, catalogue, person, row)
            case ("leave", "course", row):
                return await _leave(console, work, who, catalogue, person, row)
            case ("join", "meeting", row):
                meeting = await Seats(Bookings(work, catalogue)).join(person, row)
                pen = pen_of(console, work, who)
                return await pen.tell(person, telling.seated(meeting), meeting, "seated")
            case _:
                detail = _("Choose an activity or a course first.")
                raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)


async def _enrol(
    console: Console, work: Work, who: SignedIn, catalogue: Catalogue, person: str, series: str
) -> str | None:
    enrolled = await enrolments.enrol(work, catalogue, person, series)
    row = await (await work.reading()).get_one(Series, series)
    name = _words(name_of(catalogue, row.service_id, row))
    reply = telling.in_line(name) if enrolled.waiting else telling.enrolled(name, enrolled.first)
    state: BookingState = "waiting" if enrolled.waiting else "enrolled"
    about = Wish(
        enrolled.booking, 0, state, catalogue.services[row.service_id].service, (), None, None
    )
    return await pen_of(console, work, who).tell(person, reply, about, state)


async def _leave(
    console: Console, work: Work, who: SignedIn, catalogue: Catalogue, person: str, series: str
) -> str | None:
    session = await work.reading()
    booking = await session.scalar(
        select(Booking).where(
            Booking.person_id == person,
            Booking.series_id == series,
            Booking.meeting_id.is_(None),
            Booking.state.in_(("enrolled", "waiting")),
        )
    )
    if booking is None:
        raise NoSuchBooking(series)
    about = Wish(
        booking.id,
        booking.version + 1,
        "cancelled",
        catalogue.services[booking.service_id].service,
        (),
        None,
        None,
    )
    row = await session.get_one(Series, series)
    name = _words(name_of(catalogue, row.service_id, row))
    await enrolments.leave(work, catalogue, person, series)
    return await pen_of(console, work, who).tell(person, telling.left(name), about, "left")


async def _courses(
    session: AsyncSession, catalogue: Catalogue, taken: set[str]
) -> tuple[Choice, ...]:
    rows = await session.scalars(
        select(Series)
        .where(Series.state == "open", Series.enrols, Series.id.not_in(taken))
        .order_by(Series.first)
        .limit(MOST)
    )
    return tuple(
        Choice(
            f"{COURSE}:{row.id}",
            name_of(catalogue, row.service_id, row),
            catalogue.units[row.unit_id].name,
            None,
            None,
        )
        for row in rows
    )


async def _times(
    session: AsyncSession, catalogue: Catalogue, person: str, now: datetime
) -> tuple[Choice, ...]:
    """Times with seats left, of activities one signs up for each time, that she has no seat at."""
    groups = [each.service.id for each in catalogue.services.values() if each.service.group]
    has_seat = (
        select(Booking.id)
        .where(
            Booking.meeting_id == Meeting.id,
            Booking.person_id == person,
            Booking.state.in_(("confirmed", "waiting")),
        )
        .exists()
    )
    rows = await session.execute(
        select(Meeting, Series)
        .outerjoin(Series, Series.id == Meeting.series_id)
        .where(
            Meeting.state == "planned",
            Meeting.service_id.in_(groups),
            Meeting.starts_at > now,
            Meeting.starts_at < now + AHEAD,
            Meeting.taken < Meeting.capacity,
            Series.id.is_(None) | ~Series.enrols,
            ~has_seat,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    return tuple(_time(catalogue, row[0], row[1]) for row in rows)


def _time(catalogue: Catalogue, meeting: Meeting, series: Series | None) -> Choice:
    return Choice(
        f"{MEETING}:{meeting.id}",
        name_of(catalogue, meeting.service_id, series),
        catalogue.units[meeting.unit_id].name,
        meeting.starts_at,
        meeting.capacity - meeting.taken,
    )


def _why_not(error: Exception) -> Text:
    match error:
        case CourseGone():
            return _("This course is not open to sign up for. Nothing was changed.")
        case NoSuchBooking():
            return _("This was changed by someone else meanwhile. Nothing was changed now.")
        case _:
            return not_seated(error)


def _words(name: Label) -> Text | Words:
    return _("{name}", name=name) if isinstance(name, str) else name
