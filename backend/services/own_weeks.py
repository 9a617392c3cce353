"""One person's own weeks: what she has, and what is recorded of what has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import cast

from sqlalchemy import or_, select

from backend.models import Booking, Meeting
from backend.services import seeing
from backend.services.catalogue import CurrentCatalogue
from backend.services.meetings import with_meeting
from backend.services.walltime import instant, local_day
from backend.work import Work
from dialogs.gatherings import Absence, Day, Recorded, Week
from dialogs.ports import BookingState

SHOWN = ("confirmed", "requested", "attended", "no_show", "excused")
OF_RECORD = ("confirmed", "attended", "no_show", "excused")
RECORDED = timedelta(days=30)


@dataclass(frozen=True)
class PersonWeeks:
    """The weeks port of one turn."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def week(self, around: date | None) -> Week:
        """The week a day lies in, Monday to Sunday in Stockholm; None is today."""
        day = around or local_day(self.work.clock.now())
        first = day - timedelta(days=day.weekday())
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        rows = await session.execute(
            with_meeting()
            .where(
                Booking.person_id == self.person,
                Booking.state.in_(SHOWN),
                Meeting.starts_at >= instant(first, 0),
                Meeting.starts_at < instant(first + timedelta(days=7), 0),
            )
            .order_by(Meeting.starts_at, Booking.id)
        )
        seen = [seeing.meeting(catalogue, *row) for row in rows]
        by_day = groupby(seen, key=lambda meeting: local_day(meeting.starts))
        return Week(first, tuple(Day(day, tuple(meetings)) for day, meetings in by_day))

    async def recorded(self) -> Sequence[Recorded]:
        """The last 30 days, latest first; of what is to come only what she will miss."""
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        now = self.work.clock.now()
        rows = await session.execute(
            select(Booking, Meeting)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(
                Booking.person_id == self.person,
                Meeting.starts_at > now - RECORDED,
                or_(
                    (Meeting.ends_at <= now) & Booking.state.in_(OF_RECORD),
                    (Booking.state == "attended"),
                    Booking.absence.is_not(None),
                ),
            )
            .order_by(Meeting.starts_at.desc(), Booking.id)
        )
        return [
            Recorded(
                seeing.meeting(catalogue, booking, meeting).service,
                meeting.starts_at,
                cast("BookingState", booking.state),
                cast("Absence | None", booking.absence),
                booking.absent_from,
                booking.absent_to,
            )
            for booking, meeting in rows
        ]
