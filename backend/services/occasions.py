"""One occasion of an activity: moved, or called off, with everybody who has a seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Meeting, Series, Service
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services import seated, telling
from backend.services.catalogue import Catalogue
from backend.services.seated import InTheGap, InThePast, MovedMeanwhile, UnknownUnit
from backend.services.walltime import local_day, local_minute
from backend.work import Work
from dialogs import ports

__all__ = [
    "Closed",
    "InTheGap",
    "InThePast",
    "MovedMeanwhile",
    "NoSuchOccasion",
    "UnknownUnit",
    "call_off",
    "closed_occasions",
    "move",
]


class NoSuchOccasion(LookupError):
    """There is no such occasion to come."""


@dataclass(frozen=True)
class Closed:
    """An occasion at a time when its place is closed. ``taken`` counts seats."""

    meeting: str
    version: int
    service: ports.Service
    unit: ports.Unit
    starts: datetime
    taken: int


async def move(
    work: Work,
    catalogue: Catalogue,
    meeting: str,
    version: int,
    starts: datetime,
    minutes: int | None = None,
    unit: str | None = None,
) -> int:
    """Give an occasion another time or place; how many people were told.

    ``starts`` is naive wall time. Everybody keeps the seat, also who has something else then.
    Raises NoSuchOccasion, MovedMeanwhile, InTheGap, InThePast, UnknownUnit.
    """
    session = await work.writing()
    row = await _to_come(work, session, meeting)
    length = row.ends_at - row.starts_at if minutes is None else timedelta(minutes=minutes)
    values = seated.placed(catalogue, work.clock.now(), starts, length, unit or row.unit_id)
    before = row.starts_at, row.ends_at
    locked = await seated.lock_people(session, [meeting])
    await _change(session, meeting, version, **values)
    work.note("meeting", meeting, "moved", version=version + 1)
    seats = await seated.reseat(work, catalogue, [meeting], locked)
    place_only = before == (values["starts_at"], values["ends_at"])
    for seat in seats:
        telling.tell_moved(work, seat, place_only=place_only)
    return len(seats)


async def call_off(work: Work, catalogue: Catalogue, meeting: str, version: int) -> int:
    """It does not take place: seats and places in line are cancelled; how many people were told.

    Raises NoSuchOccasion, MovedMeanwhile.
    """
    session = await work.writing()
    await _to_come(work, session, meeting)
    locked = await seated.lock_people(session, [meeting])
    await _change(session, meeting, version, state="cancelled", taken=0)
    work.note("meeting", meeting, "cancelled", version=version + 1)
    seats = await seated.cancel_all(work, catalogue, [meeting], locked)
    for seat in seats:
        telling.tell_off(work, seat)
    return len(seats)


async def closed_occasions(
    session: AsyncSession, catalogue: Catalogue, now: datetime
) -> list[Closed]:
    """What is to come while its place is closed, in order of time; staff decide what happens.

    A series that takes no closed days off is meant to take place.
    """
    days = [day for day, _unit in catalogue.closures if day >= local_day(now)]
    rows = await session.scalars(
        select(Meeting)
        .join(Service, Service.id == Meeting.service_id)
        .outerjoin(Series, Series.id == Meeting.series_id)
        .where(
            Service.is_group,
            Meeting.state == "planned",
            Meeting.starts_at > now,
            Meeting.local_start >= min(days, default=date.max).isoformat(),
            or_(Series.id.is_(None), Series.skips_closures),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [
        Closed(
            row.id,
            row.version,
            catalogue.service_of(row.service_id, row.series_id),
            catalogue.units[row.unit_id],
            row.starts_at,
            row.taken,
        )
        for row in rows
        if _is_closed(catalogue, row)
    ]


def _is_closed(catalogue: Catalogue, row: Meeting) -> bool:
    closed_from = catalogue.closed_from(local_day(row.starts_at), row.unit_id)
    stop = local_minute(row.ends_at) or MINUTES_OF_A_DAY
    return closed_from is not None and stop > closed_from


async def _to_come(work: Work, session: AsyncSession, meeting: str) -> Meeting:
    row = await session.scalar(
        select(Meeting)
        .join(Service, Service.id == Meeting.service_id)
        .where(
            Meeting.id == meeting,
            Service.is_group,
            Meeting.state == "planned",
            Meeting.starts_at > work.clock.now(),
        )
    )
    if row is None:
        raise NoSuchOccasion(meeting)
    return row


async def _change(session: AsyncSession, meeting: str, version: int, **values: object) -> None:
    found = await session.scalar(
        update(Meeting)
        .where(Meeting.id == meeting, Meeting.version == version, Meeting.state == "planned")
        .values(version=version + 1, **values)
        .returning(Meeting.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        raise MovedMeanwhile(meeting)
