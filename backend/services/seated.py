"""Everyone who has a seat: locked together, and given a new time, or none, in a few statements.

People are locked, in order of id, before any meeting's row. Somebody who takes a seat in between
makes it fail as if it had been changed meanwhile, and it is tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Message
from backend.reminders import days
from backend.services import owntime, seeing
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.making import WALL, wall_minute
from backend.services.meetings import about, lock, lock_meetings, with_meeting
from backend.services.walltime import instant
from backend.work import Work
from dialogs import ports

WITH_PLACE = ("confirmed", "waiting")


class MovedMeanwhile(Exception):
    """Somebody else has changed it since it was looked at."""


class InTheGap(ValueError):
    """The clocks jump over that time of day."""


class InThePast(ValueError):
    """That time has been."""


class UnknownUnit(LookupError):
    """There is no unit of that id."""


@dataclass(frozen=True)
class Seated:
    """Somebody's seat, or place in line. ``clashes``: she has something else at that time."""

    person: str
    meeting: ports.Meeting
    clashes: bool = False


def placed(
    catalogue: Catalogue, now: datetime, wall: datetime, length: timedelta, unit: str
) -> dict[str, object]:
    """The columns of a meeting at a naive wall time. Raises InTheGap, InThePast, UnknownUnit."""
    if unit not in catalogue.units:
        raise UnknownUnit(unit)
    starts = instant(wall.date(), wall_minute(wall))
    if starts is None:
        raise InTheGap(wall)
    if starts <= now:
        raise InThePast(wall)
    return {
        "unit_id": unit,
        "local_start": f"{wall:{WALL}}",
        "starts_at": starts,
        "ends_at": starts + length,
    }


async def lock_people(
    session: AsyncSession, meetings: Collection[str], *coaches: str | None
) -> frozenset[str]:
    """Lock who leads these meetings, or is to, and everybody with a seat or in line; their ids."""
    leading = await session.scalars(
        select(Meeting.staff_id).where(Meeting.id.in_(meetings)).distinct()
    )
    people = frozenset(
        await session.scalars(select(Booking.person_id).where(_has_place(meetings)))
    )
    await lock(session, [*leading.all(), *coaches], *people)
    return people


async def reseat(
    work: Work, catalogue: Catalogue, meetings: Collection[str], locked: Collection[str]
) -> Sequence[Seated]:
    """Everyone keeps the seat at the new time: claims and reminders are made anew.

    Who said that she comes meant the old time. In order of time. Raises MovedMeanwhile.
    """
    session = await work.writing()
    changed = await session.execute(
        update(Booking)
        .where(Booking.meeting_id.in_(meetings), Booking.state == "confirmed")
        .values(version=Booking.version + 1, coming_at=None)
        .returning(Booking.id, Booking.person_id)
        .execution_options(synchronize_session=False)
    )
    people = dict(changed.all())
    _expect_locked(people.values(), locked)
    await owntime.release(session, people)
    await owntime.claim(session, people, work.clock.now())
    clashing = await owntime.clashing(session, people)
    _void(work, catalogue, people)
    found = []
    for seen in await seen_of(session, catalogue, Booking.id.in_(people)):
        person = people[seen.booking]
        work.note("booking", seen.booking, "moved", version=seen.version)
        Bookings(work, catalogue).remind(person, seen)
        found.append(Seated(person, seen, seen.booking in clashing))
    return found


async def cancel_all(
    work: Work, catalogue: Catalogue, meetings: Collection[str], locked: Collection[str]
) -> Sequence[Seated]:
    """Seats and places in line at meetings that are off; whose they were. Raises MovedMeanwhile.

    The meetings' own rows are changed by the caller, before.
    """
    found = await _close(work, catalogue, _has_place(meetings), closed_by(work))
    _expect_locked((each.person for each in found), locked)
    return found


async def give_back(
    work: Work, catalogue: Catalogue, person: str, which: ColumnElement[bool]
) -> int:
    """Some of one person's seats, for the next in line to have; how many. She is locked already.

    Called off by the system, not by her: signing up again gives her those seats back.
    """
    session = await work.writing()
    now = work.clock.now()
    held = select(Meeting.id).where(Meeting.starts_at > now, Meeting.state == "planned")
    hers = (Booking.person_id == person) & Booking.meeting_id.in_(held) & which
    confirmed = select(Booking.meeting_id).where(hers, Booking.state == "confirmed")
    seats = await lock_meetings(session, Meeting.id.in_(confirmed))
    await session.execute(
        update(Meeting)
        .where(Meeting.id.in_(seats))
        .values(taken=Meeting.taken - 1)
        .execution_options(synchronize_session=False)
    )
    await _close(work, catalogue, hers & Booking.state.in_(WITH_PLACE), "system")
    return len(seats)


async def seen_of(
    session: AsyncSession, catalogue: Catalogue, which: ColumnElement[bool]
) -> Sequence[ports.Meeting]:
    """Bookings that have a time, as their people see them, in order of time."""
    rows = await session.execute(
        with_meeting()
        .where(which)
        .order_by(Meeting.starts_at, Booking.id)
        .execution_options(populate_existing=True)
    )
    return [seeing.meeting(catalogue, *row) for row in rows]


def closed_by(work: Work) -> str:
    """Who calls it off, as bookings remember it."""
    return "coach" if work.actor.startswith("staff:") else "system"


async def _close(
    work: Work, catalogue: Catalogue, which: ColumnElement[bool], by: str
) -> Sequence[Seated]:
    session = await work.writing()
    closed = await session.execute(
        update(Booking)
        .where(which)
        .values(state="cancelled", version=Booking.version + 1, closed_by=by, seen_by_staff=True)
        .returning(Booking.id, Booking.person_id)
        .execution_options(synchronize_session=False)
    )
    people = dict(closed.all())
    await owntime.release(session, people)
    _void(work, catalogue, people)
    seen = await seen_of(session, catalogue, Booking.id.in_(people))
    for each in seen:
        work.note("booking", each.booking, "cancelled", version=each.version, by=by)
    return [Seated(people[each.booking], each) for each in seen]


def _has_place(meetings: Collection[str]) -> ColumnElement[bool]:
    return Booking.meeting_id.in_(meetings) & Booking.state.in_(WITH_PLACE)


def _expect_locked(people: Iterable[str], locked: Collection[str]) -> None:
    if not set(people) <= set(locked):
        raise MovedMeanwhile


def _void(work: Work, catalogue: Catalogue, people: Mapping[str, str]) -> None:
    """Messages about these bookings, and about their people's days; ``people`` by booking.

    One condition for all: SQLite reads no expression that is a thousand deep.
    """
    work.voided.append(Message.about.in_([about(booking) for booking in people]))
    days.lost(work, catalogue, set(people.values()))
