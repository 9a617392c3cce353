"""What a coach should know on a Friday, in numbers: next week, and what this one has left.

Counts only, and never a name: it goes out by mail, and a mailbox is read by other eyes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Service
from backend.models.calendar import EVERYWHERE
from backend.services.catalogue import Catalogue
from backend.services.walltime import instant, local_day
from backend.services.weeks import Week
from dialogs.text import Text, n_

HOUR = 14 * 60
FRIDAY = 4
LATELY = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class WeekAhead:
    """One coach's numbers. ``week`` is the one that comes."""

    week: Week
    meetings: int
    activities: int
    requests: int
    absences: int
    outcomes: int
    interpreters: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not any(count for count, _words, _path in self.lines())

    def lines(self) -> Iterator[tuple[int, Text, str]]:
        """Each count, in words, and the page of the console where the rest is."""
        week = f"/console/week?week={self.week.name}"
        meetings = n_("Next week: one meeting", "Next week: {n:number} meetings", n=self.meetings)
        yield self.meetings, meetings, week
        activities = n_(
            "Next week: one activity that you lead",
            "Next week: {n:number} activities that you lead",
            n=self.activities,
        )
        yield self.activities, activities, week
        requests = n_(
            "One request waits for an answer",
            "{n:number} requests wait for an answer",
            n=self.requests,
        )
        yield self.requests, requests, "/console"
        absences = n_(
            "One person has told you that she cannot come",
            "{n:number} people have told you that they cannot come",
            n=self.absences,
        )
        yield self.absences, absences, "/console"
        outcomes = n_(
            "Did they come? One meeting is not marked",
            "Did they come? {n:number} meetings are not marked",
            n=self.outcomes,
        )
        yield self.outcomes, outcomes, "/console"
        interpreters = n_(
            "One interpreter is not booked yet",
            "{n:number} interpreters are not booked yet",
            n=self.interpreters,
        )
        yield self.interpreters, interpreters, "/console"


def friday_of(now: datetime) -> date:
    """The Friday of the week it is."""
    return Week.of(local_day(now)).first + FRIDAY * DAY


def due(friday: date, catalogue: Catalogue) -> datetime | None:
    """When the letter of a Friday goes out: then at 14, or on the last open day before it.

    None when the whole week is closed.
    """
    for back in range(FRIDAY + 1):
        day = friday - back * DAY
        closed = catalogue.closed_from(day, EVERYWHERE)
        if closed is None or closed > HOUR:
            return instant(day, HOUR)
    return None


async def of_coach(session: AsyncSession, coach: str, now: datetime) -> WeekAhead:
    """Her numbers as they are now."""
    week = Week.of(local_day(now) + 7 * DAY)
    hers = Meeting.staff_id == coach
    next_week = and_(Meeting.starts_at >= week.starts, Meeting.starts_at < week.ends)
    confirmed = Booking.state == "confirmed"
    row = await session.execute(
        select(
            _count(and_(confirmed, next_week, ~Service.is_group)),
            _count(and_(Booking.state == "requested", Meeting.starts_at > now)),
            _count(and_(Booking.state == "cancelled", Booking.told_at > now - LATELY)),
            _count(and_(confirmed, Meeting.ends_at <= now)),
            _count(and_(confirmed, Meeting.starts_at > now, Booking.interpreter == "wanted")),
        )
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .join(Service, Service.id == Booking.service_id)
        .where(
            hers,
            or_(
                Booking.state.in_(("confirmed", "requested")),
                Booking.told_at > now - LATELY,
            ),
        )
    )
    meetings, requests, absences, outcomes, interpreters = row.one()
    activities = await session.scalar(
        select(func.count())
        .select_from(Meeting)
        .join(Service, Service.id == Meeting.service_id)
        .where(hers, next_week, Service.is_group, Meeting.state == "planned")
    )
    return WeekAhead(week, meetings, activities or 0, requests, absences, outcomes, interpreters)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((which, 1)))
