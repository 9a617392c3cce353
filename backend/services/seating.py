"""Seats for those who have signed up for a whole course, many at once and in few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.models import Booking, Meeting
from backend.models.base import new_id, table
from backend.services import claims, owntime, seated
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.meetings import lock, lock_meetings
from backend.services.seated import Seated
from backend.work import Work

AHEAD_SEATS = timedelta(days=14)
AT_ONCE = 200

Wanted = tuple[
    str, str | None, str, str, datetime, datetime
]  # person, series, meeting, service, span


async def seat(
    work: Work, catalogue: Catalogue, now: datetime, *which: ColumnElement[bool]
) -> Sequence[Seated]:
    """Seats at the lessons of the next two weeks; at most AT_ONCE. In order of time.

    ``which`` enrolments, of all there are. A lesson that is full or at the time of something
    else of hers is left out, and so is one that she has called off.
    """
    wanted = _wanted(now, *which).limit(AT_ONCE)
    rows = (await (await work.reading()).execute(wanted)).all()
    if not rows:
        return []
    session = await work.writing()
    pairs = {(row.person_id, row.id) for row in rows}
    people = {person for person, _meeting in pairs}
    await lock(session, [], *people)
    still = _wanted(now, Booking.person_id.in_(people), Meeting.id.in_({row.id for row in rows}))
    hers: list[Wanted] = [
        (row.person_id, row.series_id, row.id, row.service_id, row.starts_at, row.ends_at)
        for row in await session.execute(still)
        if (row.person_id, row.id) in pairs
    ]
    chosen = _fitting(hers, await _free(session, {each[2] for each in hers}))
    return await _give(work, catalogue, chosen)


def lessons(series: str, now: datetime) -> Select[str]:
    """The ids of a course's lessons of the next two weeks."""
    return select(Meeting.id).where(
        Meeting.series_id == series,
        Meeting.state == "planned",
        Meeting.starts_at > now,
        Meeting.starts_at <= now + AHEAD_SEATS,
    )


def _wanted(
    now: datetime, *which: ColumnElement[bool]
) -> Select[str, str | None, str, str, datetime, datetime]:
    """Enrolments and lessons that should have a seat and can, the first lesson first."""
    had = aliased(Booking)
    has_or_had = (
        select(had.id)
        .where(
            had.person_id == Booking.person_id,
            had.meeting_id == Meeting.id,
            (had.state != "cancelled") | (had.closed_by != "system"),
        )
        .exists()
    )
    return (
        select(
            Booking.person_id,
            Booking.series_id,
            Meeting.id,
            Meeting.service_id,
            Meeting.starts_at,
            Meeting.ends_at,
        )
        .join(Meeting, Meeting.series_id == Booking.series_id)
        .where(
            Booking.state == "enrolled",
            Meeting.state == "planned",
            Meeting.starts_at > now,
            Meeting.starts_at <= now + AHEAD_SEATS,
            Meeting.taken < Meeting.capacity,
            ~has_or_had,
            ~owntime.has_something(Booking.person_id, now),
            *which,
        )
        .order_by(Meeting.starts_at, Booking.created_at, Booking.id)
    )


async def _free(session: AsyncSession, meetings: Collection[str]) -> dict[str, int]:
    """Seats that are left, by meeting; nobody else takes one meanwhile."""
    planned = await lock_meetings(session, Meeting.id.in_(meetings) & (Meeting.state == "planned"))
    rows = await session.execute(
        select(Meeting.id, Meeting.capacity - Meeting.taken).where(Meeting.id.in_(planned))
    )
    return dict(rows.all())


def _fitting(wanted: Sequence[Wanted], free: dict[str, int]) -> list[Wanted]:
    """As many as there are seats, and for nobody two at one time."""
    own: dict[str, set[int]] = {}
    chosen = []
    for each in wanted:
        person, _series, meeting, _service, starts, ends = each
        span = claims.cells(starts, ends)
        if free.get(meeting, 0) > 0 and own.setdefault(person, set()).isdisjoint(span):
            free[meeting] -= 1
            own[person].update(span)
            chosen.append(each)
    return chosen


async def _give(work: Work, catalogue: Catalogue, chosen: Sequence[Wanted]) -> Sequence[Seated]:
    if not chosen:
        return []
    session = await work.writing()
    now = work.clock.now()
    rows = [
        {
            "id": new_id(),
            "person_id": person,
            "meeting_id": meeting,
            "service_id": service,
            "series_id": series,
            "state": "confirmed",
            "created_at": now,
            "seen_by_staff": True,
        }
        for person, series, meeting, service, _starts, _ends in chosen
    ]
    for meeting in sorted({each[2] for each in chosen}):
        more = sum(1 for each in chosen if each[2] == meeting)
        await session.execute(
            update(Meeting)
            .where(Meeting.id == meeting)
            .values(taken=Meeting.taken + more)
            .execution_options(synchronize_session=False)
        )
    await session.execute(insert(table(Booking)), rows)
    people = {str(row["id"]): str(row["person_id"]) for row in rows}
    await owntime.claim(session, people, now)
    found = []
    for seen in await seated.seen_of(session, catalogue, Booking.id.in_(people)):
        work.note("booking", seen.booking, "confirmed", version=0)
        Bookings(work, catalogue).remind(people[seen.booking], seen)
        found.append(Seated(people[seen.booking], seen))
    return found
