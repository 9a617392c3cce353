"""What coaches have in a week: booked, asked for, proposed, busy and free."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting
from backend.services import seeing, workdays
from backend.services.catalogue import Catalogue
from backend.services.weeks import Week
from backend.services.workdays import Stretch, Taken
from dialogs import ports
from dialogs.ports import BookingState, InterpreterState, Mode

SHOWN = ("held", "requested", "confirmed", "attended", "no_show", "excused")


@dataclass(frozen=True)
class Free:
    """Time in which a coach is there and has nothing."""

    kind: ClassVar[str] = "free"
    coach: str
    starts: datetime
    ends: datetime
    unit: ports.Unit


@dataclass(frozen=True)
class Busy:
    """Time taken by a coach's own calendar; only what lies within her hours is anyone's matter."""

    kind: ClassVar[str] = "busy"
    coach: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Booked:
    """A meeting with one person, or a time that is kept or proposed for one."""

    kind: ClassVar[str] = "booked"
    coach: str | None
    starts: datetime
    ends: datetime
    unit: ports.Unit
    service: ports.Service
    mode: Mode
    state: BookingState
    interpreter: InterpreterState
    person: str


@dataclass(frozen=True)
class Gathering:
    """An activity for several, and how many come."""

    kind: ClassVar[str] = "activity"
    meeting: str
    coach: str | None
    starts: datetime
    ends: datetime
    unit: ports.Unit
    service: ports.Service
    guests: int
    seats: int


Entry = Free | Busy | Booked | Gathering


async def entries(
    session: AsyncSession, catalogue: Catalogue, week: Week, now: datetime, coach: str | None
) -> list[Entry]:
    """Everything in a week of one coach, or of all when None; in order of time.

    Free time counts from ``now`` on. Activities that no coach leads are in the week of all.
    """
    shown = catalogue.coaches.keys() if coach is None else {coach}
    found: list[Entry] = [
        *await _meetings(session, catalogue, week, now, coach),
        *await _proposals(session, catalogue, week, now, coach),
        *await _hours(session, catalogue, week, now, shown & catalogue.coaches.keys()),
    ]
    return sorted(found, key=lambda entry: (entry.starts, entry.ends, entry.coach or ""))


async def _meetings(
    session: AsyncSession, catalogue: Catalogue, week: Week, now: datetime, coach: str | None
) -> list[Booked | Gathering]:
    counts = and_(
        Booking.meeting_id == Meeting.id,
        Booking.state.in_(SHOWN),
        or_(Booking.hold_until.is_(None), Booking.hold_until > now),
    )
    whose: list[ColumnElement[bool]] = [] if coach is None else [Meeting.staff_id == coach]
    rows = await session.execute(
        select(Meeting, Booking)
        .outerjoin(Booking, counts)
        .where(
            Meeting.state == "planned",
            Meeting.starts_at < week.ends,
            Meeting.ends_at > week.starts,
            *whose,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    pairs: list[tuple[Meeting, Booking | None]] = [(row[0], row[1]) for row in rows]
    found: list[Booked | Gathering] = []
    for meeting, group in groupby(pairs, key=lambda pair: pair[0]):
        guests = [booking for _meeting, booking in group if booking]
        if catalogue.services[meeting.service_id].service.group:
            found.append(_gathering(catalogue, meeting, len(guests)))
        else:
            found += [_booked(catalogue, booking, meeting) for booking in guests]
    return found


def _gathering(catalogue: Catalogue, meeting: Meeting, guests: int) -> Gathering:
    return Gathering(
        meeting.id,
        meeting.staff_id,
        meeting.starts_at,
        meeting.ends_at,
        catalogue.units[meeting.unit_id],
        catalogue.service_of(meeting.service_id, meeting.series_id),
        guests,
        meeting.capacity,
    )


def _booked(catalogue: Catalogue, booking: Booking, meeting: Meeting) -> Booked:
    seen = seeing.meeting(catalogue, booking, meeting)
    return Booked(
        seen.coach_id,
        seen.starts,
        seen.ends,
        seen.unit,
        seen.service,
        seen.mode,
        seen.state,
        seen.interpreter,
        booking.person_id,
    )


async def _proposals(
    session: AsyncSession, catalogue: Catalogue, week: Week, now: datetime, coach: str | None
) -> list[Booked]:
    """Times a person is to choose among, each of them kept for her until she has answered."""
    rows = await session.scalars(
        select(Booking).where(Booking.state == "proposed", Booking.hold_until > now)
    )
    found = []
    for booking in rows:
        seen = seeing.wish(catalogue, booking)
        for offer in seen.proposals:
            slot = offer.slot
            if week.starts <= slot.starts < week.ends and coach in (None, slot.coach):
                ends = slot.starts + timedelta(minutes=seen.service.minutes)
                found.append(
                    Booked(
                        slot.coach,
                        slot.starts,
                        ends,
                        offer.unit,
                        seen.service,
                        slot.mode,
                        seen.state,
                        "none",
                        booking.person_id,
                    )
                )
    return found


async def _hours(
    session: AsyncSession,
    catalogue: Catalogue,
    week: Week,
    now: datetime,
    coaches: Collection[str],
) -> list[Free | Busy]:
    taken = await workdays.taken(session, coaches, week.starts, week.ends, now)
    own: dict[str, list[Taken]] = {}
    for row in await workdays.busy(session, coaches, week.starts, week.ends):
        own.setdefault(row.staff_id, []).append((row.starts_at, row.ends_at))
    found: list[Free | Busy] = []
    for coach, stretches in _there(catalogue, week, coaches).items():
        past = (week.starts, now)
        left = workdays.free(stretches, [past, *taken[coach]])
        found += [Free(coach, each.starts, each.ends, catalogue.units[each.unit]) for each in left]
        found += _within(coach, stretches, own.get(coach, ()))
    return found


def _there(
    catalogue: Catalogue, week: Week, coaches: Collection[str]
) -> Mapping[str, list[Stretch]]:
    return {
        coach: [
            stretch
            for day in week.days
            for stretch in workdays.there(catalogue, catalogue.coaches[coach], day)
        ]
        for coach in coaches
    }


def _within(coach: str, stretches: list[Stretch], taken: Collection[Taken]) -> Iterator[Busy]:
    for starts, ends in taken:
        for stretch in stretches:
            begins, stops = max(starts, stretch.starts), min(ends, stretch.ends)
            if begins < stops:
                yield Busy(coach, begins, stops)
