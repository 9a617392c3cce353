"""Two days of meetings, coach by coach, and activities with their seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from fastapi import Response
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import attendance
from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.models import Booking, Conversation, Meeting
from backend.services import threads
from backend.services.catalogue import Catalogue
from backend.services.walltime import instant, local_day
from dialogs import ports

DAYS = 2
SHOWN = ("confirmed", "attended", "no_show", "excused")


@dataclass(frozen=True)
class Guest:
    """Someone who has booked."""

    booking: str
    version: int
    state: str
    person: str
    language: str | None
    thread: str | None
    may_attend: bool
    may_miss: bool
    may_undo: bool


@dataclass(frozen=True)
class Appointment:
    """A meeting or an activity, and who comes to it."""

    id: str
    starts: datetime
    ends: datetime
    service: ports.Service
    unit: ports.Unit
    coach: str | None
    capacity: int
    guests: tuple[Guest, ...]


@dataclass(frozen=True)
class Day:
    """One day: its activities, and each coach's meetings."""

    day: date
    activities: tuple[Appointment, ...]
    coaches: tuple[tuple[str, tuple[Appointment, ...]], ...]


async def show(console: ConsoleOf, who: Who, day: date | None = None) -> Response:
    """A day and the one after it; today and tomorrow unless asked for another."""
    now = console.runtime.clock.now()
    today = local_day(now)
    first = day if day and abs(day - today) < timedelta(days=366) else today
    days = [first + timedelta(days=number) for number in range(DAYS)]
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        found = await _appointments(session, catalogue, days, now)
    return console.pages.show(
        who,
        "today.html",
        days=[_day(each, found, catalogue) for each in days],
        today=today,
        earlier=first - timedelta(days=DAYS),
        later=first + timedelta(days=DAYS),
        here="today",
        here_day=first,
    )


async def _appointments(
    session: AsyncSession, catalogue: Catalogue, days: Sequence[date], now: datetime
) -> list[Appointment]:
    start, stop = instant(days[0], 0), instant(days[-1] + timedelta(days=1), 0)
    rows = await session.execute(
        select(Meeting, Booking)
        .outerjoin(Booking, and_(Booking.meeting_id == Meeting.id, Booking.state.in_(SHOWN)))
        .where(Meeting.state == "planned", Meeting.starts_at >= start, Meeting.starts_at < stop)
        .order_by(Meeting.starts_at, Meeting.id, Booking.created_at)
    )
    found: list[tuple[Meeting, Booking | None]] = [(row[0], row[1]) for row in rows]
    people = [booking.person_id for _, booking in found if booking]
    last = await threads.of_people(session, people)
    appointments = []
    for meeting, pairs in groupby(found, key=lambda pair: pair[0]):
        guests = tuple(
            _guest(meeting, booking, last.get(booking.person_id), now)
            for _, booking in pairs
            if booking
        )
        terms = catalogue.services[meeting.service_id]
        if guests or terms.service.group:
            appointments.append(_appointment(meeting, guests, catalogue))
    return appointments


def _guest(
    meeting: Meeting, booking: Booking, thread: Conversation | None, now: datetime
) -> Guest:
    return Guest(
        booking.id,
        booking.version,
        booking.state,
        code_of(booking.person_id),
        thread.language if thread else None,
        thread.id if thread else None,
        attendance.may_mark("attended", meeting.starts_at, now),
        attendance.may_mark("no_show", meeting.starts_at, now),
        attendance.may_undo(booking.marked_at, meeting.starts_at, now),
    )


def _appointment(meeting: Meeting, guests: tuple[Guest, ...], catalogue: Catalogue) -> Appointment:
    return Appointment(
        meeting.id,
        meeting.starts_at,
        meeting.ends_at,
        catalogue.service_of(meeting.service_id, meeting.series_id),
        catalogue.units[meeting.unit_id],
        catalogue.names.get(meeting.staff_id or ""),
        meeting.capacity,
        guests,
    )


def _day(day: date, found: Iterable[Appointment], catalogue: Catalogue) -> Day:
    mine = [item for item in found if local_day(item.starts) == day]
    return Day(
        day,
        tuple(item for item in mine if item.service.group),
        tuple(_by_coach([item for item in mine if not item.service.group])),
    )


def _by_coach(
    meetings: Sequence[Appointment],
) -> Iterator[tuple[str, tuple[Appointment, ...]]]:
    names = sorted({item.coach or "" for item in meetings})
    for name in names:
        yield name, tuple(item for item in meetings if (item.coach or "") == name)
