"""Booked meetings that hours and closures no longer cover. Nothing is cancelled: staff decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day, local_minute

BOOKED = ("requested", "confirmed")

Reason = Literal["closed", "hours"]


@dataclass(frozen=True)
class Uncovered:
    """A booking whose place is closed then, or whose coach is not there."""

    booking: str
    person: str
    state: str
    staff: str | None
    service: str
    unit: str
    starts: datetime
    ends: datetime
    reason: Reason


async def uncovered(
    session: AsyncSession, catalogue: Catalogue, now: datetime, staff: str | None = None
) -> list[Uncovered]:
    """Coming bookings that are not covered, of one coach when named; in order of time."""
    query = (
        select(Booking, Meeting)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            Booking.state.in_(BOOKED),
            Meeting.state == "planned",
            Meeting.starts_at > now,
        )
        .order_by(Meeting.starts_at, Booking.id)
    )
    if staff is not None:
        query = query.where(Meeting.staff_id == staff)
    found = []
    for booking, meeting in await session.execute(query):
        reason = _reason(catalogue, meeting)
        if reason is not None:
            found.append(
                Uncovered(
                    booking.id,
                    booking.person_id,
                    booking.state,
                    meeting.staff_id,
                    meeting.service_id,
                    meeting.unit_id,
                    meeting.starts_at,
                    meeting.ends_at,
                    reason,
                )
            )
    return found


def _reason(catalogue: Catalogue, meeting: Meeting) -> Reason | None:
    start = local_minute(meeting.starts_at)
    stop = local_minute(meeting.ends_at) or MINUTES_OF_A_DAY
    day = local_day(meeting.starts_at)
    closed_from = catalogue.closed_from(day, meeting.unit_id)
    if closed_from is not None and stop > closed_from:
        return "closed"
    if meeting.staff_id not in catalogue.coaches:  # a group has no coach; who left is a task
        return None
    there = any(begins <= start and stop <= ends for begins, ends in _there(catalogue, meeting))
    return None if there else "hours"


def _there(catalogue: Catalogue, meeting: Meeting) -> Iterator[tuple[int, int]]:
    """When the coach can give the meeting: by telephone from anywhere, on site only there."""
    day = local_day(meeting.starts_at)
    for span in catalogue.coaches[meeting.staff_id or ""].spans(day):
        if meeting.mode != "on_site" or span.unit == meeting.unit_id:
            yield span.start, span.stop
