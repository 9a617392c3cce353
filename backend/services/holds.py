"""What waits for somebody's answer, and not for ever: holds, offers, proposals, requests.

A hold that runs out is gone. An offer that runs out goes to the next in line, and she keeps her
place. A proposal that runs out is a request again. A request nobody answered ends with its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import aliased

from backend.models import Booking, Meeting
from backend.services import claims
from backend.services.bookings import Bookings, about, lock_coaches, with_meeting
from backend.services.seeing import SLOT
from backend.services.states import change
from backend.work import Planned
from dialogs import places
from dialogs.core import say, to
from dialogs.ports import BookingClosed, BookingState
from dialogs.text import _


@dataclass(frozen=True)
class Holds:
    """Times that are kept for somebody, within one unit of work."""

    bookings: Bookings

    async def lock_with(self, person: str, coach: str) -> None:
        """Lock a coach together with those of whom the person holds a time, in order of id."""
        session = await self.bookings.work.writing()
        held = await session.scalars(
            select(Meeting.staff_id)
            .join(Booking, Booking.meeting_id == Meeting.id)
            .where(Booking.person_id == person, Booking.state == "held")
        )
        await lock_coaches(session, filter(None, [coach, *held]))

    async def release(self, person: str) -> int:
        """Give back whatever a person holds for herself; how much that was."""
        return await self._end(Booking.person_id == person, offers=False)

    async def pass_on(self, booking: str) -> int:
        """Give back one time that was offered; she keeps her place in line."""
        return await self._end(Booking.id == booking)

    async def expire(self) -> int:
        """End everything whose time has run out; how much that was."""
        now = self.bookings.work.clock.now()
        held = await self._end(Booking.hold_until <= now)
        rest = await self._expire_proposals() + await self._expire_requests()
        return held + rest + await self._stop_waiting_for_nothing()

    async def _end(self, which: ColumnElement[bool], *, offers: bool = True) -> int:
        work = self.bookings.work
        session = await work.writing()
        found = await session.execute(
            with_meeting().where(Booking.state == "held", which).order_by(Booking.id)
        )
        rows = [(row[0], row[1]) for row in found if offers or not row[0].offered]
        await lock_coaches(session, (held.staff_id for _b, held in rows if held.staff_id))
        for booking, held in rows:
            await session.execute(
                update(Meeting).where(Meeting.id == held.id).values(state="cancelled", taken=0)
            )
            after: BookingState = "waiting" if booking.offered else "expired"
            values: dict[str, object] = {"hold_until": None}
            if after == "waiting":
                values["meeting_id"] = None
            await change(session, booking.id, booking.version, "held", after, **values)
            if after == "waiting":
                await claims.release_times(session, booking.id)
                work.void(about(booking.id))
            else:
                await claims.release(session, booking.id)
            work.note("booking", booking.id, after)
        return len(rows)

    async def _expire_proposals(self) -> int:
        work = self.bookings.work
        session = await work.writing()
        late = (
            await session.scalars(
                select(Booking)
                .where(Booking.state == "proposed", Booking.hold_until <= work.clock.now())
                .order_by(Booking.id)
            )
        ).all()
        proposed = [SLOT.validate_python(each) for row in late for each in row.proposals]
        await lock_coaches(session, (slot.coach for slot in proposed))
        for row in late:
            await back_to_requested(self.bookings, row.id, row.version)
        return len(late)

    async def _expire_requests(self) -> int:
        work = self.bookings.work
        session = await work.writing()
        found = await session.execute(
            with_meeting()
            .where(Booking.state == "requested", Meeting.starts_at <= work.clock.now())
            .order_by(Booking.id)
        )
        rows = [(row[0], row[1]) for row in found]
        for booking, held in rows:
            await session.execute(
                update(Meeting).where(Meeting.id == held.id).values(state="cancelled", taken=0)
            )
            changed = await change(session, booking.id, booking.version, "requested", "expired")
            await claims.release(session, booking.id)
            work.note("booking", booking.id, "expired", version=changed.version)
            work.plan(self._apology(booking, changed.version))
        return len(rows)

    async def _stop_waiting_for_nothing(self) -> int:
        """Nobody waits for a time earlier than one that is not there any more."""
        work = self.bookings.work
        session = await work.writing()
        kept = aliased(Booking)
        rows = await session.execute(
            select(Booking.id, Booking.version)
            .join(kept, kept.id == Booking.instead_of)
            .where(Booking.state == "waiting", kept.state != "confirmed")
            .order_by(Booking.id)
        )
        found = rows.all()
        for booking, version in found:
            await change(session, booking, version, "waiting", "cancelled", closed_by="system")
            await claims.release(session, booking)
            work.note("booking", booking, "cancelled", by="system")
        return len(found)

    def _apology(self, booking: Booking, version: int) -> Planned:
        reply = say(
            _("Nobody here answered in time about the meeting you asked for. We are sorry."),
            to(_("Book a new time"), places.book(booking.service_id), icon="calendar"),
            to(_("Ask a person"), places.PERSON, icon="person"),
        )
        now = self.bookings.work.clock.now()
        return Planned(booking.person_id, reply, now, f"expired:{booking.id}:{version}")


async def back_to_requested(bookings: Bookings, booking: str, version: int) -> int:
    """No proposed time was taken: staff look for others. Raises BookingClosed."""
    work = bookings.work
    session = await work.writing()
    changed = await change(
        session,
        booking,
        version,
        "proposed",
        "requested",
        hold_until=None,
        proposals=[],
        seen_by_staff=False,
    )
    await claims.release_times(session, booking)
    await claims.keep_for_good(session, booking)
    work.void(about(booking))
    work.note("booking", booking, "requested", version=changed.version)
    return changed.version


async def expect(bookings: Bookings, booking: str, person: str, state: BookingState) -> Booking:
    """Her booking in a state, as a row. Raises BookingClosed when it is in another."""
    session = await bookings.work.reading()
    row = await session.scalar(
        select(Booking).where(Booking.id == booking, Booking.person_id == person)
    )
    if row is None or cast("BookingState", row.state) != state:
        raise BookingClosed(booking)
    return row
