"""Bookings as rows: read them, hold a time, confirm, move, cancel.

Order of locks in every function: coaches by id, people by id, the meeting, the booking
(compare-and-swap on its version), claims. Journal and messages are staged in the unit of work.
See docs/adr/0006.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import insert, select, update

from backend.models import Booking, Meeting
from backend.models.base import new_id
from backend.reminders import days
from backend.services import claims, interpreters, invitations, seeing
from backend.services.catalogue import Catalogue
from backend.services.freetimes import wanted_cells
from backend.services.meetings import (
    about,
    add_meeting,
    expect_room,
    give_back_seat,
    lock,
    meeting_values,
    with_meeting,
)
from backend.services.states import change
from backend.work import Work
from dialogs import ports
from dialogs.ports import (
    BookingClosed,
    Held,
    HoldExpired,
    NoSuchBooking,
    Slot,
)

HOLD = timedelta(minutes=5)
COMING = ("confirmed", "requested")


@dataclass(frozen=True)
class Bookings:
    """Booking rows of one unit of work. Every change is journalled under the work's actor."""

    work: Work
    catalogue: Catalogue

    async def find(self, booking: str, person: str | None = None) -> ports.Meeting:
        """A booking that has a time; of ``person`` when given. Raises NoSuchBooking."""
        session = await self.work.reading()
        query = with_meeting().where(Booking.id == booking)
        if person is not None:
            query = query.where(Booking.person_id == person)
        row = (await session.execute(query)).first()
        if row is None:
            raise NoSuchBooking(booking)
        return seeing.meeting(self.catalogue, *row)

    async def coming(self, person: str) -> list[ports.Meeting]:
        """What a person has booked or asked for from now on, first first."""
        session = await self.work.reading()
        query = (
            with_meeting()
            .where(
                Booking.person_id == person,
                Booking.state.in_(COMING),
                Meeting.starts_at > self.work.clock.now(),
            )
            .order_by(Meeting.starts_at)
        )
        return [seeing.meeting(self.catalogue, *row) for row in await session.execute(query)]

    async def person_of(self, booking: str) -> str:
        """Whose booking it is. Raises NoSuchBooking."""
        session = await self.work.reading()
        person = await session.scalar(select(Booking.person_id).where(Booking.id == booking))
        if person is None:
            raise NoSuchBooking(booking)
        return person

    async def hold(self, person: str, slot: Slot) -> Held:
        """Keep a slot for five minutes. Raises SlotTaken, OwnClash, HasOpenBooking."""
        session = await self.work.writing()
        terms = self.catalogue.services[slot.service]
        await lock(session, [slot.coach], person)
        now = self.work.clock.now()
        await expect_room(session, slot, terms, now)
        booking, until = new_id(), now + HOLD
        meeting = await add_meeting(session, slot, terms)
        await session.execute(
            insert(Booking).values(
                id=booking,
                person_id=person,
                meeting_id=meeting,
                service_id=slot.service,
                state="held",
                hold_until=until,
                created_at=now,
            )
        )
        await claims.take(session, booking, wanted_cells(slot, terms, person), now, until)
        self.work.note("booking", booking, "held", coach=slot.coach)
        return Held(booking, 0, slot)

    async def confirm(self, person: str, held: Held) -> ports.Meeting:
        """Book what is held, or ask for it where a coach says yes first. Raises HoldExpired."""
        session = await self.work.writing()
        slot, terms = held.slot, self.catalogue.services[held.slot.service]
        await lock(session, [slot.coach], person)
        now = self.work.clock.now()  # not before: waiting for the lock takes time
        state: ports.BookingState = "requested" if terms.service.by_request else "confirmed"
        try:
            changed = await change(
                session,
                held.booking,
                held.version,
                "held",
                state,
                Booking.person_id == person,
                Booking.hold_until > now,
                hold_until=None,
            )
        except BookingClosed:
            raise HoldExpired(held.booking) from None
        seen = await self.find(held.booking)
        one_open = claims.open_resource(person, slot.service)
        kept = await claims.keep(session, held.booking, one_open, seen.ends)
        if kept < len(set(wanted_cells(slot, terms, person))):
            raise HoldExpired(held.booking)  # someone with a faster clock has taken it over
        self.work.note("booking", held.booking, state, version=changed.version)
        if state == "confirmed":
            await self.settle(person, None, seen)
        return seen

    async def move(self, booking: str, version: int, slot: Slot) -> ports.Meeting:
        """Change the time. Raises NoSuchBooking, BookingClosed, SlotTaken, OwnClash."""
        old = await self.find(booking)
        person = await self.person_of(booking)
        session = await self.work.writing()
        terms = self.catalogue.services[slot.service]
        await lock(session, [old.coach_id, slot.coach], person)
        now = self.work.clock.now()
        if old.starts <= now or old.service.group:
            raise BookingClosed(booking)
        await expect_room(session, slot, terms, now, booking)
        changed = await change(
            session,
            booking,
            version,
            "confirmed",
            "confirmed",
            seen_by_staff=False,
            coming_at=None,  # she meant the old time
            **await interpreters.when_moved(session, old),
        )
        await session.execute(
            update(Meeting)
            .where(Meeting.id == changed.meeting)
            .values(**meeting_values(slot, terms), version=changed.version)
        )
        await claims.release(session, booking)
        ends = slot.starts + timedelta(minutes=terms.service.minutes)
        await claims.take(session, booking, wanted_cells(slot, terms, person), now, None)
        await claims.keep(session, booking, claims.open_resource(person, slot.service), ends)
        self.work.note("booking", booking, "moved", version=changed.version)
        self.work.void(about(booking))
        seen = await self.find(booking)
        await self.settle(person, old, seen)
        return seen

    async def cancel(
        self,
        booking: str,
        closed_by: str,
        person: str | None = None,
        version: int | None = None,
    ) -> ports.Meeting:
        """Call a booking off, of this ``version`` when given; its reminders are void.

        Raises NoSuchBooking, BookingClosed.
        """
        old = await self.find(booking, person)
        if (
            version not in (None, old.version)
            or old.state not in COMING
            or old.starts <= self.work.clock.now()
        ):
            raise BookingClosed(booking)
        session = await self.work.writing()
        await lock(session, [old.coach_id], person or await self.person_of(booking))
        await give_back_seat(session, booking, keep_meeting=old.service.group)
        changed = await change(
            session,
            booking,
            old.version,
            old.state,
            "cancelled",
            closed_by=closed_by,
            told_at=self.work.clock.now() if closed_by == "person" else None,
            seen_by_staff=closed_by != "person",
            **await interpreters.when_cancelled(session, old),
        )
        await claims.release(session, booking)
        self.work.note("booking", booking, "cancelled", version=changed.version, by=closed_by)
        self.work.void(about(booking))
        if old.state == "confirmed":
            days.lost(self.work, self.catalogue, [changed.person])
        off = replace(old, version=changed.version, state="cancelled")
        await invitations.announce(self.work, self.catalogue, old, off)
        return off

    async def settle(
        self, person: str, before: ports.Meeting | None, meeting: ports.Meeting
    ) -> None:
        """What follows from a meeting that is confirmed or moved: reminders, her coach's mail."""
        if before is not None and before.state == "confirmed":
            days.lost(self.work, self.catalogue, [person])
        self.remind(person, meeting)
        await invitations.announce(self.work, self.catalogue, before, meeting)

    def remind(self, person: str, meeting: ports.Meeting) -> None:
        """Plan the reminders of a confirmed meeting, when all else is done."""
        days.gained(self.work, self.catalogue, person, meeting)
