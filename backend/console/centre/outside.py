"""What is booked and no longer covered, as the pages list it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.people import code_of
from backend.services.catalogue import Catalogue
from backend.services.uncovered import Reason, uncovered
from backend.services.walltime import local_day
from dialogs.ports import Service, Unit


@dataclass(frozen=True)
class Outside:
    """A booking that staff should look at."""

    booking: str
    person: str
    day: date
    starts: datetime
    service: Service
    unit: Unit
    coach: str | None
    reason: Reason
    may_move: bool


async def outside(
    session: AsyncSession, catalogue: Catalogue, now: datetime, staff: str | None = None
) -> list[Outside]:
    """Coming bookings outside hours or on closed days, in order of time."""
    return [
        Outside(
            each.booking,
            code_of(each.person),
            local_day(each.starts),
            each.starts,
            catalogue.services[each.service].service,
            catalogue.units[each.unit],
            catalogue.names.get(each.staff or ""),
            each.reason,
            each.state == "confirmed" and not catalogue.services[each.service].service.group,
        )
        for each in await uncovered(session, catalogue, now, staff)
    ]
