"""The states of a booking, which may follow which, and the one statement that changes them.

Every change is a compare-and-swap on state and version: whoever comes second changes nothing and
hears so. Outcomes (attended, no_show, excused) are set and undone by people alone, in
``backend.console.attendance``; they have their own rules of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking
from dialogs.ports import BookingClosed, BookingState

FOLLOWING: Mapping[BookingState, frozenset[BookingState]] = {
    "held": frozenset({"confirmed", "requested", "expired", "waiting", "cancelled"}),
    "requested": frozenset({"confirmed", "proposed", "cancelled", "expired"}),
    "proposed": frozenset({"confirmed", "proposed", "requested", "cancelled"}),
    "waiting": frozenset({"held", "waiting", "confirmed", "enrolled", "cancelled"}),
    "enrolled": frozenset({"enrolled", "cancelled"}),
    "confirmed": frozenset({"confirmed", "cancelled", "attended", "no_show", "excused"}),
    "attended": frozenset({"confirmed", "no_show", "excused"}),
    "no_show": frozenset({"confirmed", "attended", "excused"}),
    "excused": frozenset({"confirmed", "attended", "no_show"}),
    "cancelled": frozenset(),
    "expired": frozenset(),
}

# A time she was offered while she waited; what she holds for herself was never offered.
OFFERED: ColumnElement[bool] = cast(Booking.offered, String) != "[]"


class NoSuchTransition(Exception):
    """The code asked for a change that the state machine does not have."""


@dataclass(frozen=True)
class Changed:
    """A booking after a change: its new version, whose it is, and its meeting if it has one."""

    version: int
    person: str
    meeting: str | None


async def change(
    session: AsyncSession,
    booking: str,
    version: int,
    before: BookingState,
    after: BookingState,
    *besides: ColumnElement[bool],
    **values: object,
) -> Changed:
    """Move a booking on. ``besides``: what must hold too. Raises BookingClosed."""
    if after not in FOLLOWING[before]:
        raise NoSuchTransition(before, after)
    row = (
        await session.execute(
            update(Booking)
            .where(
                Booking.id == booking,
                Booking.state == before,
                Booking.version == version,
                *besides,
            )
            .values(state=after, version=version + 1, **values)
            .returning(Booking.version, Booking.person_id, Booking.meeting_id)
        )
    ).first()
    if row is None:
        raise BookingClosed(booking)
    return Changed(*row)
