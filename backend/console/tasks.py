"""What bookings ask of staff: requests, interpreters, outcomes, meetings without a coach.

None of it is a row of its own. Each task is read from the booking it is about, so it is there as
long as the booking needs it, and gone when somebody has done it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.people import code_of
from backend.models import Booking, Conversation, Meeting, Staff
from backend.services import busy, interpreters, seeing, threads
from backend.services.catalogue import Catalogue
from dialogs import ports

UNKNOWN_LANGUAGE = "sv"

Kind = Literal["request", "no_time", "interpreter", "call_off", "outcome", "orphan", "conflict"]
Asked = tuple[Kind, datetime, datetime | None]


@dataclass(frozen=True)
class Task:
    """One thing to do. ``due``: until when; ``booked_for``: an interpreter's old time."""

    kind: Kind
    id: str
    version: int
    since: datetime
    language: str
    thread: str | None
    person: str
    person_id: str
    service: ports.Service
    meeting: ports.Meeting | None
    due: datetime | None = None
    booked_for: datetime | None = None

    @property
    def at_risk(self) -> datetime:
        """What the queue is sorted by: the promise that breaks first."""
        return min(self.since, self.due) if self.due else self.since


@dataclass(frozen=True)
class Pending:
    """Somebody else's turn: proposals she has not answered, places in line."""

    id: str
    state: Literal["proposed", "waiting"]
    since: datetime
    until: datetime | None
    language: str
    thread: str | None
    person: str
    service: ports.Service


async def look(session: AsyncSession, catalogue: Catalogue, now: datetime) -> list[Task]:
    """Every task there is now."""
    clashes = {clash.booking for clash in await busy.conflicts(session, now)}
    rows = [(row[0], row[1]) for row in await session.execute(_asking(now, clashes))]
    last = await threads.of_people(session, [booking.person_id for booking, _ in rows])
    return [
        task
        for booking, held in rows
        for task in _tasks(booking, held, catalogue, last, now, clashes)
    ]


async def pending(session: AsyncSession, catalogue: Catalogue) -> list[Pending]:
    """What waits for people to answer, or for a time; oldest first."""
    rows = (
        await session.scalars(
            select(Booking)
            .where(
                Booking.state.in_(("proposed", "waiting")),
                Booking.meeting_id.is_(None),  # who waits for a seat is on the activity's page
                Booking.series_id.is_(None),
            )
            .order_by(Booking.created_at)
        )
    ).all()
    last = await threads.of_people(session, [row.person_id for row in rows])
    return [
        Pending(
            row.id,
            "proposed" if row.state == "proposed" else "waiting",
            row.created_at,
            row.hold_until,
            _language(last.get(row.person_id)),
            _thread(last.get(row.person_id)),
            code_of(row.person_id),
            catalogue.services[row.service_id].service,
        )
        for row in rows
    ]


def _asking(now: datetime, clashes: Collection[str]) -> Select[Booking, Meeting | None]:
    """Bookings that may ask for something, with their meetings where they have one."""
    left = ~select(Staff.id).where(Staff.id == Meeting.staff_id, Staff.is_active).exists()
    coming = and_(Booking.state == "confirmed", Meeting.starts_at > now)
    which: ColumnElement[bool] = or_(
        Booking.state == "requested",
        and_(Booking.interpreter == "wanted", coming),
        and_(Booking.interpreter == "to_cancel", Meeting.starts_at > now),
        and_(
            Booking.state == "confirmed",
            Meeting.ends_at <= now,
            Booking.series_id.is_(None),  # those are marked on the activity's page
        ),
        and_(coming, Meeting.staff_id.is_not(None), left, Booking.series_id.is_(None)),
        and_(coming, Booking.id.in_(list(clashes))),
    )
    return (
        select(Booking, Meeting)
        .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
        .where(which)
        .order_by(Booking.created_at, Booking.id)
    )


def _tasks(
    booking: Booking,
    held: Meeting | None,
    catalogue: Catalogue,
    last: Mapping[str, Conversation],
    now: datetime,
    clashes: Collection[str],
) -> Iterable[Task]:
    """Everything one booking asks for."""
    thread = last.get(booking.person_id)
    meeting = seeing.meeting(catalogue, booking, held) if held is not None else None
    made, clashed = booking.created_at, booking.id in clashes
    asked: Iterable[Asked] = [("no_time", made, None)]
    if meeting is not None:
        asked = _asked(meeting, made, now, catalogue, clashed=clashed)
    for kind, since, due in asked:
        yield Task(
            kind,
            booking.id,
            booking.version,
            since,
            _language(thread),
            _thread(thread),
            code_of(booking.person_id),
            booking.person_id,
            catalogue.services[booking.service_id].service,
            meeting,
            due,
            interpreters.booked_for(booking.interpreter_need),
        )


def _asked(
    meeting: ports.Meeting, made: datetime, now: datetime, catalogue: Catalogue, *, clashed: bool
) -> Iterator[Asked]:
    """What a meeting asks for: kind, since when, until when."""
    coming = meeting.state == "confirmed" and meeting.starts > now
    if meeting.state == "requested":
        yield "request", made, meeting.starts
    if meeting.interpreter == "to_cancel":
        yield "call_off", made, interpreters.deadline(meeting)
    if meeting.state == "confirmed" and meeting.ends <= now:
        yield "outcome", meeting.ends, None
    if not coming:
        return
    if meeting.interpreter == "wanted":
        yield "interpreter", made, interpreters.deadline(meeting)
    if meeting.coach_id and meeting.coach_id not in catalogue.coaches:
        yield "orphan", made, meeting.starts
    elif clashed:
        yield "conflict", made, meeting.starts


def _language(thread: Conversation | None) -> str:
    return thread.language if thread else UNKNOWN_LANGUAGE


def _thread(thread: Conversation | None) -> str | None:
    return thread.id if thread else None
