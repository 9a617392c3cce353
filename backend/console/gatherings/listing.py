"""What is coming, week by week, and the series that it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import Response
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.centre.hours import weekdays
from backend.console.context import ConsoleOf
from backend.console.gatherings import repeats
from backend.console.gatherings.doors import may_change
from backend.console.guard import Who
from backend.models import Booking, Meeting, Series
from backend.services import occasions
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from backend.services.weeks import Week
from dialogs.messages import Label
from dialogs.text import Text, Words

FARTHEST = timedelta(days=3 * 366)
MOST_SERIES = 200
SEATED = ("confirmed", "attended", "no_show", "excused")


@dataclass(frozen=True)
class Filter:
    """Which activities are looked for; an empty string is any."""

    service: str = ""
    unit: str = ""

    def holds(self, model: type[Meeting] | type[Series]) -> list[ColumnElement[bool]]:
        """The same as conditions on rows."""
        service = [model.service_id == self.service] if self.service else []
        return [*service, *([model.unit_id == self.unit] if self.unit else [])]


@dataclass(frozen=True)
class Counts:
    """How many have a seat, said that they come, told an absence, wait, and came."""

    seats: int = 0
    coming: int = 0
    absent: int = 0
    waiting: int = 0
    came: int = 0


@dataclass(frozen=True)
class Occasion:
    """One time of an activity."""

    id: str
    series: str | None
    name: Label
    starts: datetime
    ends: datetime
    place: str
    leader: str | None
    capacity: int
    is_off: bool
    has_begun: bool
    counts: Counts


@dataclass(frozen=True)
class Line:
    """A series. ``state`` is one of the model's."""

    id: str
    name: Label
    rule: Text
    place: str
    leader: str | None
    state: str
    enrols: bool
    organiser: str | None
    may_change: bool


async def show(
    console: ConsoleOf, who: Who, week: str = "", service: str = "", unit: str = ""
) -> Response:
    """A week of activities, this one unless asked for another; below it all series."""
    now = console.runtime.clock.now()
    today = local_day(now)
    asked = Week.named(week)
    chosen = asked if asked and abs(asked.first - today) < FARTHEST else Week.of(today)
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        groups = [each.service for each in catalogue.services.values() if each.service.group]
        wanted = Filter(
            service if service in {each.id for each in groups} else "",
            unit if unit in catalogue.units else "",
        )
        found = await occasions_of(session, catalogue, chosen, now, wanted)
        names = [name for _number, name in weekdays(console.pages.language_of(who))]
        rows = await _series(session, wanted)
        closed = await occasions.closed_occasions(session, catalogue, now)
    lines = [_line(row, catalogue, names, mine=may_change(who, row.staff_id)) for row in rows]
    return console.pages.show(
        who,
        "activities.html",
        week=chosen,
        this_week=Week.of(today),
        days=_by_day(found),
        closed=closed,
        today=today,
        wanted=wanted,
        services=groups,
        units=list(catalogue.units.values()),
        lines=[line for line in lines[:MOST_SERIES] if line.state != "ended"],
        ended=[line for line in lines[:MOST_SERIES] if line.state == "ended"],
        is_more=len(lines) > MOST_SERIES,
        here="activities",
    )


async def occasions_of(
    session: AsyncSession, catalogue: Catalogue, week: Week, now: datetime, wanted: Filter
) -> list[Occasion]:
    """The times of activities in a week, in order; also those that are called off."""
    groups = [each.service.id for each in catalogue.services.values() if each.service.group]
    rows = await session.execute(
        select(Meeting, Series)
        .outerjoin(Series, Series.id == Meeting.series_id)
        .where(
            Meeting.service_id.in_(groups),
            Meeting.starts_at >= week.starts,
            Meeting.starts_at < week.ends,
            *wanted.holds(Meeting),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found: list[tuple[Meeting, Series | None]] = [(row[0], row[1]) for row in rows]
    counts = await counts_of(session, [meeting.id for meeting, _series in found])
    return [
        Occasion(
            meeting.id,
            meeting.series_id,
            name_of(catalogue, meeting.service_id, series),
            meeting.starts_at,
            meeting.ends_at,
            catalogue.units[meeting.unit_id].name,
            catalogue.names.get(meeting.staff_id or ""),
            meeting.capacity,
            meeting.state == "cancelled",
            meeting.starts_at <= now,
            counts.get(meeting.id, Counts()),
        )
        for meeting, series in found
    ]


async def counts_of(session: AsyncSession, meetings: Sequence[str]) -> Mapping[str, Counts]:
    """How many there are of each kind, by meeting; none for a meeting without bookings."""

    def number(which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((which, 1), else_=0))

    seated = Booking.state.in_(SEATED)
    rows = await session.execute(
        select(
            Booking.meeting_id,
            number(seated),
            number(seated & Booking.coming_at.is_not(None)),
            number(~seated & Booking.told_at.is_not(None)),
            number(Booking.state == "waiting"),
            number(Booking.state == "attended"),
        )
        .where(Booking.meeting_id.in_(meetings))
        .group_by(Booking.meeting_id)
    )
    return {row[0]: Counts(*row[1:]) for row in rows if row[0]}


def name_of(catalogue: Catalogue, service: str, series: Series | None) -> Label:
    """What an activity is called: its series' own name, else the service's."""
    if series is not None and series.name:
        return Words.of(series.name)
    return catalogue.services[service].service.name


async def _series(session: AsyncSession, wanted: Filter) -> Sequence[Series]:
    """Those that come back, are suggested, or can be signed up for as a whole; newest first."""
    rows = await session.scalars(
        select(Series)
        .where(
            Series.state != "refused",
            (Series.rule != "") | (Series.state == "suggested") | Series.enrols,
            *wanted.holds(Series),
        )
        .order_by(Series.created_at.desc(), Series.id)
        .limit(MOST_SERIES + 1)
    )
    return rows.all()


def _line(row: Series, catalogue: Catalogue, names: Sequence[str], *, mine: bool) -> Line:
    return Line(
        row.id,
        name_of(catalogue, row.service_id, row),
        repeats.in_words(row.rule, names),
        catalogue.units[row.unit_id].name,
        catalogue.names.get(row.staff_id or ""),
        row.state,
        row.enrols,
        row.organiser,
        mine,
    )


def _by_day(found: Sequence[Occasion]) -> dict[date, list[Occasion]]:
    days: dict[date, list[Occasion]] = {}
    for occasion in found:
        days.setdefault(local_day(occasion.starts), []).append(occasion)
    return days
