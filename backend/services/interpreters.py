"""Interpreters of meetings: wished for, booked by staff outside, and called off again.

We book none ourselves: a wish is a task with a deadline for staff, and so is calling off an
interpreter whose meeting is moved or cancelled. The language is the one she writes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting
from backend.work import Work
from dialogs import ports
from dialogs.ports import BookingClosed, InterpreterNeed, InterpreterState

NEED: TypeAdapter[InterpreterNeed] = TypeAdapter(InterpreterNeed)
ORDER_BEFORE = timedelta(days=2)  # an agency needs as much to find one
INSTEAD_OF = "instead_of"  # when the interpreter is booked who must be called off
COMING = ("held", "requested", "confirmed")

Done = Literal["booked", "failed", "cancelled"]
AFTER: Mapping[Done, tuple[InterpreterState, ...]] = {
    "booked": ("wanted", "failed"),
    "failed": ("wanted", "booked"),
    "cancelled": ("to_cancel",),
}


@dataclass(frozen=True)
class Interpreters:
    """Wishes for an interpreter, and what came of them, within one unit of work."""

    work: Work

    async def want(self, person: str, booking: str, need: InterpreterNeed) -> None:
        """She wants one, or wants another. Raises BookingClosed."""
        hers = (Booking.person_id == person, Booking.state.in_(COMING))
        state, stored, starts = await self._find(booking, *hers)
        if state == "booked":
            raise BookingClosed(booking)
        old = stored.get(INSTEAD_OF)
        if state == "to_cancel":
            old = old or starts.isoformat()  # whoever was booked does not know that it goes on
        wanted = asdict(need) | ({INSTEAD_OF: old} if old else {})
        await self._set(booking, state, "wanted", interpreter_need=wanted, seen_by_staff=False)

    async def drop(self, person: str, booking: str) -> None:
        """She wants none after all; a booked one must be called off. Raises BookingClosed."""
        state, stored, _starts = await self._find(booking, Booking.person_id == person)
        if state not in ("wanted", "failed", "booked"):
            raise BookingClosed(booking)
        await self._set(booking, state, _without(state, stored))

    async def done(self, booking: str, what: Done) -> None:
        """Staff have booked one, found none, or called one off. Raises BookingClosed.

        Whoever was booked for an old time has been called off by then: the task says so.
        """
        state, stored, _starts = await self._find(booking)
        if state not in AFTER[what]:
            raise BookingClosed(booking)
        need = {name: value for name, value in stored.items() if name != INSTEAD_OF}
        await self._set(booking, state, what, interpreter_need=need)

    async def _find(
        self, booking: str, *where: ColumnElement[bool]
    ) -> tuple[str, Mapping[str, Any], datetime]:
        """How it is now, what is stored of the need, and when the meeting is."""
        session = await self.work.writing()
        row = (
            await session.execute(
                select(Booking.interpreter, Booking.interpreter_need, Meeting.starts_at)
                .join(Meeting, Meeting.id == Booking.meeting_id)
                .where(Booking.id == booking, *where)
            )
        ).first()
        if row is None:
            raise BookingClosed(booking)
        return row[0], row[1], row[2]

    async def _set(
        self, booking: str, before: str, after: InterpreterState, **values: object
    ) -> None:
        session = await self.work.writing()
        changed = await session.scalar(
            update(Booking)
            .where(Booking.id == booking, Booking.interpreter == before)
            .values(interpreter=after, **values)
            .returning(Booking.id)
        )
        if changed is None:
            raise BookingClosed(booking)
        self.work.note("booking", booking, "interpreter", state=after)


def need_of(stored: Mapping[str, Any]) -> InterpreterNeed | None:
    """What is stored of a need, or None when nothing is."""
    known = {name: value for name, value in stored.items() if name != INSTEAD_OF}
    return NEED.validate_python(known) if known else None


async def when_moved(session: AsyncSession, meeting: ports.Meeting) -> dict[str, object]:
    """What a move to another time changes: columns of the booking.

    Whoever is booked for the old time must be called off, and another is wanted; where none was
    to be had, there may be one at the new time.
    """
    if meeting.interpreter == "failed":
        return {"interpreter": "wanted"}
    if meeting.interpreter not in ("booked", "to_cancel"):
        return {}
    stored = await _stored(session, meeting.booking)
    need = {INSTEAD_OF: meeting.starts.isoformat(), **stored}
    after = "wanted" if meeting.interpreter == "booked" else "to_cancel"
    return {"interpreter": after, "interpreter_need": need}


async def when_cancelled(session: AsyncSession, meeting: ports.Meeting) -> dict[str, object]:
    """One who is booked must be called off; one who is only wanted is not wanted any more."""
    if meeting.interpreter not in ("wanted", "failed", "booked"):
        return {}
    stored = await _stored(session, meeting.booking)
    return {"interpreter": _without(meeting.interpreter, stored)}


def booked_for(stored: Mapping[str, Any]) -> datetime | None:
    """The old time an interpreter is still booked for, after a move."""
    old = stored.get(INSTEAD_OF)
    return datetime.fromisoformat(old) if old else None


def deadline(meeting: ports.Meeting) -> datetime:
    """Until when staff must have done something about the interpreter."""
    return meeting.starts - ORDER_BEFORE


def _without(state: str, stored: Mapping[str, Any]) -> InterpreterState:
    """What comes of it when none is wanted: somebody may be booked, now or for an old time."""
    return "to_cancel" if state == "booked" or INSTEAD_OF in stored else "none"


async def _stored(session: AsyncSession, booking: str) -> Mapping[str, Any]:
    found = await session.scalar(select(Booking.interpreter_need).where(Booking.id == booking))
    return found or {}
