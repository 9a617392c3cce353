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
from sqlalchemy import ColumnElement, update

from backend.models import Booking
from backend.work import Work
from dialogs import ports
from dialogs.ports import BookingClosed, InterpreterNeed, InterpreterState

NEED: TypeAdapter[InterpreterNeed] = TypeAdapter(InterpreterNeed)
ORDER_BEFORE = timedelta(days=2)  # an agency needs as much to find one
INSTEAD_OF = "instead_of"  # when the interpreter is booked who must be called off

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
        wanted = Booking.interpreter.in_(("none", "wanted", "failed", "cancelled"))
        await self._set(booking, "wanted", Booking.person_id == person, wanted, need=need)

    async def drop(self, person: str, booking: str) -> None:
        """She wants none after all; a booked one must be called off. Raises BookingClosed."""
        session = await self.work.writing()
        booked = await session.scalar(
            update(Booking)
            .where(
                Booking.id == booking,
                Booking.person_id == person,
                Booking.interpreter == "booked",
            )
            .values(interpreter="to_cancel")
            .returning(Booking.id)
        )
        if booked is not None:
            self.work.note("booking", booking, "interpreter", state="to_cancel")
            return
        wanted = Booking.interpreter.in_(("wanted", "failed"))
        await self._set(booking, "none", Booking.person_id == person, wanted)

    async def done(self, booking: str, what: Done) -> None:
        """Staff have booked one, found none, or called one off. Raises BookingClosed."""
        await self._set(booking, what, Booking.interpreter.in_(AFTER[what]))

    async def _set(
        self,
        booking: str,
        state: InterpreterState,
        *where: ColumnElement[bool],
        need: InterpreterNeed | None = None,
    ) -> None:
        session = await self.work.writing()
        values: dict[str, object] = {"interpreter": state}
        if need is not None:
            values |= {"interpreter_need": asdict(need), "seen_by_staff": False}
        changed = await session.scalar(
            update(Booking)
            .where(Booking.id == booking, *where)
            .values(**values)
            .returning(Booking.id)
        )
        if changed is None:
            raise BookingClosed(booking)
        self.work.note("booking", booking, "interpreter", state=state)


def need_of(stored: Mapping[str, Any]) -> InterpreterNeed | None:
    """What is stored of a need, or None when nothing is."""
    known = {name: value for name, value in stored.items() if name != INSTEAD_OF}
    return NEED.validate_python(known) if known else None


def when_moved(meeting: ports.Meeting) -> dict[str, object]:
    """One is booked for the old time: another is wanted, and the old one must be called off."""
    if meeting.interpreter != "booked" or meeting.need is None:
        return {}
    stored = asdict(meeting.need) | {INSTEAD_OF: meeting.starts.isoformat()}
    return {"interpreter": "wanted", "interpreter_need": stored}


def when_cancelled(meeting: ports.Meeting) -> dict[str, object]:
    """One who is booked must be called off; one who is only wanted is not wanted any more."""
    match meeting.interpreter:
        case "booked":
            return {"interpreter": "to_cancel"}
        case "wanted" | "failed":
            return {"interpreter": "none"}
        case _:
            return {}


def booked_for(stored: Mapping[str, Any]) -> datetime | None:
    """The old time an interpreter is still booked for, after a move."""
    old = stored.get(INSTEAD_OF)
    return datetime.fromisoformat(old) if old else None


def deadline(meeting: ports.Meeting) -> datetime:
    """Until when staff must have done something about the interpreter."""
    return meeting.starts - ORDER_BEFORE
