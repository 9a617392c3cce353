"""A series that is otherwise from a day on, or ends.

A change keeps the series' one row and its meetings' own rows: a split in two would move everybody
who has signed up for the course from one to the other. What is made has its time in its own row,
and the rule speaks only of what is not made yet (``made_until``), so both can be otherwise from a
day on without anything being made twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Journal, Meeting, Series
from backend.services import schedule, seated, telling
from backend.services.catalogue import Catalogue
from backend.services.making import WALL, first_of, locked, make_meetings, set_values
from backend.services.meetings import lock_meetings
from backend.services.seated import MovedMeanwhile
from backend.services.shifting import shifted
from backend.services.walltime import local_day
from backend.work import Work


@dataclass(frozen=True)
class Change:
    """What is to be otherwise; None is as before. ``minute`` counts from local midnight."""

    minute: int | None = None
    minutes: int | None = None
    unit: str | None = None
    weekday_shift: int = 0
    capacity: int | None = None
    coach: str | None = None

    @property
    def moves_time(self) -> bool:
        """Whether it takes place at another time, or for longer."""
        return bool(self.weekday_shift) or self.minute is not None or self.minutes is not None

    @property
    def moves(self) -> bool:
        """Whether time or place change."""
        return self.moves_time or self.unit is not None


async def change_from(
    work: Work, catalogue: Catalogue, series: str, version: int, day: date, change: Change
) -> int:
    """This and the following: how many people were told.

    Meetings from ``day`` on change in place, those not made yet by the rule; one that was moved
    by hand keeps its own time and place. One that comes to lie on a closed day stays, for staff
    to see (``occasions.closed_occasions``). A leader cannot be taken away, only replaced.
    Raises NoSuchSeries, MovedMeanwhile (``version``), CannotShift, InTheGap, InThePast,
    UnknownUnit.
    """
    session = await work.writing()
    now = work.clock.now()
    before = await _coming(session, series, day, now)
    people = await seated.lock_people(session, before, change.coach)
    row = await locked(session, series, "open")
    if row.version != version:
        raise MovedMeanwhile(series)
    while row.made_until and row.made_until < day - timedelta(days=1):
        await make_meetings(session, catalogue, row, now, day - timedelta(days=1))
    ids = await lock_meetings(session, _to_come(series, day, now))
    by_hand = await _moved_by_hand(session, ids)
    meetings = await _rows(session, ids)
    await _change_rule(session, row, change)
    moving = [each for each in meetings if each.id not in by_hand] if change.moves else []
    await _update(session, [_changed(catalogue, each, change, now) for each in moving])
    await _update(session, [_terms(each, change) for each in meetings])
    work.note("series", series, "changed", version=row.version)
    for each in moving:
        work.note("meeting", each.id, "shifted", version=each.version + 1)
    seats = await seated.reseat(work, catalogue, [each.id for each in moving], people)
    told = list(telling.first_of_each(seats))
    for seat, others in told:
        telling.tell_moved(
            work, seat, place_only=not change.moves_time, others=others or row.enrols
        )
    return len(told)


async def end(work: Work, catalogue: Catalogue, series: str, day: date) -> int:
    """No more from a day on: those meetings are called off; how many people were told.

    Raises NoSuchSeries, MovedMeanwhile.
    """
    session = await work.writing()
    now = work.clock.now()
    people = await seated.lock_people(session, await _coming(session, series, day, now))
    row = await locked(session, series, "open")
    ids = await lock_meetings(session, _to_come(series, day, now))
    await session.execute(
        update(Meeting)
        .where(Meeting.id.in_(ids))
        .values(state="cancelled", taken=0, version=Meeting.version + 1)
        .execution_options(synchronize_session=False)
    )
    for meeting in ids:
        work.note("meeting", meeting, "cancelled")
    first = first_of(row)
    await set_values(session, row, rule=schedule.ending(first, row.rule, day))
    work.note("series", series, "end", day=day.isoformat())
    seats = await seated.cancel_all(work, catalogue, ids, people)
    told = list(telling.first_of_each(seats))
    for seat, others in told:
        telling.tell_off(work, seat, others=others or row.enrols)
    if day <= local_day(now) or (not row.rule and first.date() >= day):
        await _close(work, row)
    return len(told)


async def close_when_over(work: Work, row: Series) -> None:
    """A locked series that has nothing more to come has ended."""
    session = await work.writing()
    now = work.clock.now()
    coming = await _coming(session, row.id, local_day(now), now)
    made_until = row.made_until or local_day(now)
    if not coming and not schedule.goes_on(first_of(row), row.rule, made_until):
        await _close(work, row)


async def _close(work: Work, row: Series) -> None:
    """It has ended, and so have the enrolments."""
    session = await work.writing()
    await set_values(session, row, state="ended")
    work.note("series", row.id, "ended")
    closed = await session.scalars(
        update(Booking)
        .where(
            Booking.series_id == row.id,
            Booking.meeting_id.is_(None),
            Booking.state.in_(("enrolled", "waiting")),
        )
        .values(state="cancelled", version=Booking.version + 1, closed_by="system")
        .returning(Booking.id)
        .execution_options(synchronize_session=False)
    )
    for booking in closed.all():
        work.note("booking", booking, "cancelled", by="system")


def _to_come(series: str, day: date, now: datetime) -> ColumnElement[bool]:
    """Meetings of a series that are to come from a day on."""
    return and_(
        Meeting.series_id == series,
        Meeting.state == "planned",
        Meeting.starts_at > now,
        Meeting.local_start >= day.isoformat(),
    )


async def _coming(session: AsyncSession, series: str, day: date, now: datetime) -> Sequence[str]:
    return (await session.scalars(select(Meeting.id).where(_to_come(series, day, now)))).all()


async def _rows(session: AsyncSession, meetings: Collection[str]) -> Sequence[Meeting]:
    rows = await session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(meetings))
        .order_by(Meeting.starts_at)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _moved_by_hand(session: AsyncSession, meetings: Collection[str]) -> frozenset[str]:
    """Those that somebody has moved one by one: the journal knows."""
    moved: ColumnElement[bool] = (Journal.entity == "meeting") & (Journal.action == "moved")
    rows = await session.scalars(
        select(Journal.entity_id).where(moved, Journal.entity_id.in_(meetings))
    )
    return frozenset(rows)


async def _change_rule(session: AsyncSession, row: Series, change: Change) -> None:
    """What is made from now on. How far it is made moves with its days. Raises CannotShift."""
    values: dict[str, object] = {
        "minutes": change.minutes or row.minutes,
        "unit_id": change.unit or row.unit_id,
        "capacity": change.capacity or row.capacity,
        "staff_id": change.coach or row.staff_id,
    }
    if change.weekday_shift or change.minute is not None:
        first, rule = shifted(first_of(row), row.rule, change.weekday_shift, change.minute)
        values |= {"first": f"{first:{WALL}}", "rule": rule}
    if row.made_until is not None:
        values["made_until"] = row.made_until + timedelta(days=change.weekday_shift)
    await set_values(session, row, **values)


def _changed(
    catalogue: Catalogue, row: Meeting, change: Change, now: datetime
) -> Mapping[str, object]:
    """A meeting's new time and place. Raises InTheGap, InThePast, UnknownUnit."""
    wall = datetime.strptime(row.local_start, WALL)  # noqa: DTZ007 - wall time
    wall += timedelta(days=change.weekday_shift)
    if change.minute is not None:
        wall = wall.replace(hour=change.minute // 60, minute=change.minute % 60)
    length = row.ends_at - row.starts_at
    if change.minutes is not None:
        length = timedelta(minutes=change.minutes)
    values = seated.placed(catalogue, now, wall, length, change.unit or row.unit_id)
    return {"id": row.id, "version": row.version + 1, **values}


def _terms(row: Meeting, change: Change) -> Mapping[str, object]:
    """Its seats and its leader; nobody who has a seat loses it."""
    return {
        "id": row.id,
        "capacity": max(change.capacity or row.capacity, row.taken),
        "staff_id": change.coach or row.staff_id,
    }


async def _update(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        await session.execute(
            update(Meeting).execution_options(synchronize_session=False), list(rows)
        )
