"""What is not free: claims, coaches' own calendars, and days on which a coach gives no more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Busy, Claim, Meeting
from backend.services import claims
from backend.services.catalogue import Terms
from backend.services.freetimes import busy_resource

OF_A_DAY = ("held", "requested", "confirmed", "attended", "no_show")
DATE_LETTERS = len("2026-11-23")


@dataclass(frozen=True)
class Window:
    """Between two instants, as one person finds it now: her own held time is not in her way."""

    session: AsyncSession
    person: str
    now: datetime
    start: datetime
    stop: datetime

    async def cells(self, coaches: Sequence[str], with_calendar: Set[str]) -> dict[str, set[int]]:
        """Cells by resource: claims that have not lapsed, and when coaches are busy elsewhere."""
        claimed = await self._claimed(coaches)
        busy = await self._busy([coach for coach in coaches if coach in with_calendar])
        busy += await self._leads(coaches)
        return await asyncio.to_thread(_cells, claimed, busy)

    async def full_days(self, terms: Terms) -> frozenset[tuple[str, date]]:
        """Coaches' days that have as many meetings of a service as the service allows."""
        if terms.per_day is None:
            return frozenset()
        day = func.substr(Meeting.local_start, 1, DATE_LETTERS)
        rows = await self.session.execute(
            select(Meeting.staff_id, day)
            .join(Booking, Booking.meeting_id == Meeting.id)
            .where(
                Booking.service_id == terms.service.id,
                Booking.state.in_(OF_A_DAY),
                or_(Booking.hold_until.is_(None), Booking.hold_until > self.now),
                Booking.id.not_in(self._own_holds()),
                Meeting.staff_id.is_not(None),
                Meeting.local_start >= self.start.date().isoformat(),
                Meeting.starts_at < self.stop,
            )
            .group_by(Meeting.staff_id, day)
            .having(func.count() >= terms.per_day)
        )
        return frozenset((staff, date.fromisoformat(text)) for staff, text in rows if staff)

    async def _claimed(self, coaches: Sequence[str]) -> list[tuple[str, str]]:
        """Resources and their cells, as one text each: making rows would take most of the time."""
        resources = [*map(claims.coach_resource, coaches), claims.person_resource(self.person)]
        rows = await self.session.execute(
            select(Claim.resource, func.aggregate_strings(cast(Claim.cell, String), " "))
            .where(
                Claim.resource.in_(resources),
                Claim.cell.between(claims.cell_of(self.start), claims.cell_of(self.stop)),
                or_(Claim.until.is_(None), Claim.until > self.now),
                Claim.booking_id.not_in(self._own_holds()),
            )
            .group_by(Claim.resource)
        )
        return [(resource, text) for resource, text in rows]

    async def _busy(self, coaches: Sequence[str]) -> list[tuple[str, datetime, datetime]]:
        if not coaches:
            return []
        rows = await self.session.execute(
            select(Busy.staff_id, Busy.starts_at, Busy.ends_at).where(
                Busy.staff_id.in_(coaches),
                Busy.starts_at < self.stop,
                Busy.ends_at > self.start,
            )
        )
        return [(who, max(at, self.start), min(until, self.stop)) for who, at, until in rows]

    async def _leads(self, coaches: Sequence[str]) -> list[tuple[str, datetime, datetime]]:
        """When coaches lead activities."""
        rows = await self.session.execute(
            select(Meeting.staff_id, Meeting.starts_at, Meeting.ends_at).where(
                Meeting.staff_id.in_(coaches),
                Meeting.series_id.is_not(None),
                Meeting.state == "planned",
                Meeting.starts_at < self.stop,
                Meeting.ends_at > self.start,
            )
        )
        return [(who, at, until) for who, at, until in rows if who is not None]

    def _own_holds(self) -> Select[str]:
        return select(Booking.id).where(Booking.person_id == self.person, Booking.state == "held")


def _cells(
    claimed: Iterable[tuple[str, str]], busy: Iterable[tuple[str, datetime, datetime]]
) -> dict[str, set[int]]:
    taken = {resource: set(map(int, text.split())) for resource, text in claimed}
    for staff, starts, ends in busy:
        taken.setdefault(busy_resource(staff), set()).update(claims.cells(starts, ends))
    return taken
