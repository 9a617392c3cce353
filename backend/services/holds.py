"""What waits for somebody's answer, and not for ever: holds, offers, proposals, requests.

A hold that runs out is gone. An offer that runs out goes to the next in line, and she keeps her
place. A proposal that runs out is a request again. A request nobody answered ends with its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.models import Booking, Meeting
from backend.models.booking import OPEN
from backend.services import claims, interpreters, seeing
from backend.services.bookings import Bookings
from backend.services.meetings import about, lock, with_meeting
from backend.services.seeing import SLOT
from backend.services.states import OFFERED, change
from backend.work import Planned
from dialogs import places
from dialogs.core import say, to
from dialogs.ports import BookingClosed, BookingState
from dialogs.text import _


@dataclass(frozen=True)
class Holds:
    """Times that are kept for somebody, within one unit of work."""

    bookings: Bookings

    async def release(
        self, person: str, service: str | None = None, coach: str | None = None
    ) -> int:
        """Give back what a person holds for herself, and what she was offered of ``service``.

        A ``coach`` of whom she wants a time now is locked together with those who get one back.
        """
        which = ~OFFERED if service is None else or_(~OFFERED, Booking.service_id == service)
        return await self._end_now(and_(Booking.person_id == person, which), [coach], person)

    async def pass_on(self, booking: str) -> int:
        """Give back one time that was offered; she keeps her place in line."""
        return await self._end_now(Booking.id == booking)

    async def expire(self) -> int:
        """End everything whose time has run out; how much that was."""
        session = await self.bookings.work.writing()
        now = self.bookings.work.clock.now()
        await self._lock_all(session, now)
        held = await self._end(Booking.hold_until <= now)
        rest = await self._expire_proposals(now) + await self._expire_requests(now)
        return held + rest + await self._stop_waiting_for_nothing(now)

    async def lock_all_of(self, person: str) -> None:
        """Lock a person, and every coach who has anything with her to come."""
        session = await self.bookings.work.writing()
        await _lock(
            session, and_(Booking.person_id == person, Booking.state.in_(OPEN)), [], person
        )

    async def _lock_all(self, session: AsyncSession, now: datetime) -> None:
        """Everyone whose time may come back, at once."""
        late = and_(Booking.state == "requested", Meeting.starts_at <= now)
        unanswered = and_(Booking.state == "proposed", Booking.hold_until <= now)
        await _lock(session, or_(Booking.state == "held", late, unanswered))

    async def _end_now(
        self, which: ColumnElement[bool], coaches: Iterable[str | None] = (), *people: str
    ) -> int:
        """Only what is held before locking: what comes meanwhile may be of a coach not locked."""
        session = await self.bookings.work.writing()
        held = await session.scalars(select(Booking.id).where(Booking.state == "held", which))
        these = Booking.id.in_(held.all())
        await _lock(session, these, coaches, *people)
        return await self._end(these)

    async def _end(self, which: ColumnElement[bool]) -> int:
        """Give back times when all whom they concern are locked."""
        work = self.bookings.work
        session = await work.writing()
        found = await session.execute(
            select(Booking.id, Booking.version, Booking.meeting_id, OFFERED)
            .where(Booking.state == "held", which)
            .order_by(Booking.id)
        )
        rows = found.all()
        for booking, version, meeting, offered in rows:
            after: BookingState = "waiting" if offered else "expired"
            time = {"meeting_id": None} if offered else {}
            await change(session, booking, version, "held", after, hold_until=None, **time)
            await call_off(session, meeting)
            if offered:
                await claims.release_all_but(session, booking, claims.PLACE)
                work.void(about(booking))
            else:
                await claims.release(session, booking)
            work.note("booking", booking, after)
        return len(rows)

    async def _expire_proposals(self, now: datetime) -> int:
        work = self.bookings.work
        session = await work.writing()
        rows = await session.execute(
            select(Booking.id, Booking.version, Booking.person_id)
            .where(Booking.state == "proposed", Booking.hold_until <= now)
            .order_by(Booking.id)
        )
        late = rows.all()
        for booking, version, person in late:
            changed = await back_to_requested(self.bookings, booking, version)
            gone = say(
                _("That time is gone. I am sorry."),
                _("A coach looks for a time and answers you here."),
                to(_("Write to a coach"), places.write_back(), icon="person"),
            )
            work.plan(Planned(person, gone, now, f"lapsed:{booking}:{changed}"))
        return len(late)

    async def _expire_requests(self, now: datetime) -> int:
        work, catalogue = self.bookings.work, self.bookings.catalogue
        session = await work.writing()
        found = await session.execute(
            with_meeting()
            .where(Booking.state == "requested", Meeting.starts_at <= now)
            .order_by(Booking.id)
        )
        rows = [(row[0], row[1]) for row in found]
        for booking, held in rows:
            asked = seeing.meeting(catalogue, booking, held)
            changed = await change(
                session,
                booking.id,
                asked.version,
                "requested",
                "expired",
                **await interpreters.when_cancelled(session, asked),
            )
            await call_off(session, held.id)
            await claims.release(session, booking.id)
            work.note("booking", booking.id, "expired", version=changed.version)
            work.plan(self._apology(booking, changed.version))
        return len(rows)

    async def _stop_waiting_for_nothing(self, now: datetime) -> int:
        """Nobody waits who has a meeting by now, or for one earlier than a meeting that is off."""
        work = self.bookings.work
        session = await work.writing()
        rows = await session.execute(
            select(Booking.id, Booking.version, Booking.state)
            .where(
                or_(Booking.state == "waiting", and_(Booking.state == "held", OFFERED)),
                or_(
                    and_(Booking.instead_of.is_not(None), ~_still_coming(now)),
                    and_(Booking.instead_of.is_(None), _has_one_by_now(now)),
                ),
            )
            .order_by(Booking.id)
        )
        found = rows.all()
        for booking, version, state in found:
            before = cast("BookingState", state)
            with suppress(BookingClosed):  # she has just left the line herself
                await self._leave_line(session, booking, version, before)
        return len(found)

    async def _leave_line(
        self, session: AsyncSession, booking: str, version: int, before: BookingState
    ) -> None:
        work = self.bookings.work
        values = {"hold_until": None, "closed_by": "system"}
        changed = await change(session, booking, version, before, "cancelled", **values)
        await call_off(session, changed.meeting)
        await claims.release(session, booking)
        work.void(about(booking))
        work.note("booking", booking, "cancelled", version=changed.version, by="system")

    def _apology(self, booking: Booking, version: int) -> Planned:
        reply = say(
            _("Nobody here answered in time about the meeting you asked for. We are sorry."),
            to(_("Book a new time"), places.book(booking.service_id), icon="calendar"),
            to(_("Ask a person"), places.PERSON, icon="person"),
        )
        now = self.bookings.work.clock.now()
        return Planned(booking.person_id, reply, now, f"expired:{booking.id}:{version}")


async def call_off(session: AsyncSession, meeting: str | None) -> None:
    """A meeting of one with one that will not be, if there is any."""
    if meeting is not None:
        await session.execute(
            update(Meeting).where(Meeting.id == meeting).values(state="cancelled", taken=0)
        )


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
    await claims.release_all_but(session, booking, claims.RIGHT)
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


async def _lock(
    session: AsyncSession,
    which: ColumnElement[bool],
    coaches: Iterable[str | None] = (),
    *people: str,
) -> None:
    """Lock all whom some bookings concern, coaches of proposed times too, and these besides."""
    found = await session.execute(
        select(Booking.person_id, Booking.proposals, Meeting.staff_id)
        .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
        .where(which)
    )
    rows = found.all()
    proposed = (SLOT.validate_python(each).coach for _p, slots, _c in rows for each in slots)
    await lock(
        session,
        [*coaches, *(coach for _person, _slots, coach in rows), *proposed],
        *(person for person, _slots, _coach in rows),
        *people,
    )


def _still_coming(now: datetime) -> ColumnElement[bool]:
    """Whether the meeting she would give up is still before her."""
    kept = aliased(Booking)
    return (
        select(kept.id)
        .join(Meeting, Meeting.id == kept.meeting_id)
        .where(kept.id == Booking.instead_of, kept.state == "confirmed", Meeting.starts_at > now)
        .exists()
    )


def _has_one_by_now(now: datetime) -> ColumnElement[bool]:
    """Whether she has a meeting of the service, or has asked for one."""
    other = aliased(Booking)
    return (
        select(other.id)
        .outerjoin(Meeting, Meeting.id == other.meeting_id)
        .where(
            other.person_id == Booking.person_id,
            other.service_id == Booking.service_id,
            other.state.in_(("requested", "confirmed")),
            or_(other.meeting_id.is_(None), Meeting.starts_at > now),
        )
        .exists()
    )
