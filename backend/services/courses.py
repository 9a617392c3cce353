"""Courses as one person sees them: the courses port of one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Row, Select, func, select

from backend.models import Booking, Meeting, Series
from backend.services import enrolments
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue, CurrentCatalogue
from backend.work import Work
from dialogs.gatherings import Course, CourseGone, SignedUp, overlapping
from dialogs.ports import NoSuchBooking

IN_COURSE = ("enrolled", "waiting")
Place = Literal["none", "enrolled", "waiting"]


@dataclass(frozen=True)
class PersonCourses:
    """Courses one person may sign up for, within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def courses(self) -> Sequence[Course]:
        """Those that are open and have lessons to come, next lesson first."""
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        rows = await session.execute(self._open().order_by(func.min(Meeting.starts_at), Series.id))
        return [_course(catalogue, row) for row in rows]

    async def course(self, series: str) -> Course:
        """One of them, and what of hers is at the time of a lesson. Raises CourseGone."""
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        row = (await session.execute(self._open().where(Series.id == series))).first()
        if row is None:
            raise CourseGone(series)
        found = _course(catalogue, row)
        if found.place != "none":
            return found
        lessons = await session.execute(
            select(Meeting.starts_at, Meeting.ends_at)
            .where(
                Meeting.series_id == series,
                Meeting.state == "planned",
                Meeting.starts_at > self.work.clock.now(),
            )
            .order_by(Meeting.starts_at)
        )
        hers = await Bookings(self.work, catalogue).coming(self.person)
        both = dict.fromkeys(
            own for starts, ends in lessons for own in overlapping(hers, starts, ends)
        )
        return replace(found, clashes=tuple(both))

    async def enrol(self, series: str) -> SignedUp:
        """A seat at every lesson, or a place in line. Raises CourseGone."""
        course = await self.course(series)
        try:
            enrolled = await enrolments.enrol(
                self.work, await self.catalogue.get(), self.person, series
            )
        except enrolments.CourseGone:
            await self.work.abandon()
            raise CourseGone(series) from None
        return SignedUp(course, enrolled.first, enrolled.waiting, enrolled.clashes)

    async def leave(self, series: str) -> None:
        """Leave it. Raises CourseGone when she is not in it."""
        try:
            await enrolments.leave(self.work, await self.catalogue.get(), self.person, series)
        except NoSuchBooking:
            await self.work.abandon()
            raise CourseGone(series) from None

    def _open(self) -> Select[Series, datetime, int, int, str]:
        enrolled = (
            select(func.count())
            .select_from(Booking)
            .where(
                Booking.series_id == Series.id,
                Booking.meeting_id.is_(None),
                Booking.state == "enrolled",
            )
            .scalar_subquery()
        )
        hers = (
            select(Booking.state)
            .where(
                Booking.series_id == Series.id,
                Booking.meeting_id.is_(None),
                Booking.person_id == self.person,
                Booking.state.in_(IN_COURSE),
            )
            .scalar_subquery()
        )
        return (
            select(
                Series,
                func.min(Meeting.starts_at),
                func.count(Meeting.id),
                enrolled,
                hers,
            )
            .join(Meeting, Meeting.series_id == Series.id)
            .where(
                Series.enrols,
                Series.state == "open",
                Meeting.state == "planned",
                Meeting.starts_at > self.work.clock.now(),
            )
            .group_by(Series.id)
        )


def _course(catalogue: Catalogue, row: Row[Series, datetime, int, int, str]) -> Course:
    series, first, lessons, enrolled, place = row
    return Course(
        series.id,
        catalogue.service_of(series.service_id, series.id),
        catalogue.units[series.unit_id],
        first,
        lessons,
        max(0, series.capacity - enrolled),
        cast("Place", place or "none"),
        series.organiser,
    )
