"""Meetings that are asked for: a coach says yes, or proposes up to three times; she picks one.

A request keeps its time from everyone else, and so does every proposal until she has answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, or_, select

from backend.models import Booking, Meeting
from backend.models.base import new_id
from backend.services import claims, seeing
from backend.services.bookings import Bookings
from backend.services.freetimes import wanted_cells
from backend.services.holds import back_to_requested, call_off, expect
from backend.services.meetings import about, add_meeting, lock
from backend.services.seeing import SLOT
from backend.services.states import OFFERED, change
from dialogs import ports
from dialogs.ports import (
    BookingClosed,
    BookingState,
    HoldExpired,
    NoSuchBooking,
    Slot,
    SlotGone,
    Wish,
)

MOST_PROPOSED = 3
ANSWER_WITHIN = timedelta(days=3)
ANSWER_BEFORE = timedelta(hours=1)  # of the first proposed time
WITHOUT_TIME = ("proposed", "waiting", "requested")


class TooManyProposals(ValueError):
    """Nobody chooses well among many: none, or more than three, were proposed."""


@dataclass(frozen=True)
class Requests:
    """Requests and proposals within one unit of work."""

    bookings: Bookings

    async def open(self, person: str, language: str = "") -> list[Wish]:
        """What she has asked for that has no time yet, or only an offered one, oldest first."""
        session = await self.bookings.work.reading()
        without = and_(
            Booking.state.in_(WITHOUT_TIME),
            Booking.meeting_id.is_(None),
            Booking.series_id.is_(None),  # a course
        )
        rows = await session.execute(
            select(Booking, Meeting)
            .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
            .where(
                Booking.person_id == person,
                or_(without, and_(Booking.state == "held", OFFERED)),
            )
            .order_by(Booking.created_at, Booking.id)
        )
        catalogue = self.bookings.catalogue
        return [seeing.wish(catalogue, row, language, held) for row, held in rows]

    async def find(self, booking: str, person: str, language: str = "") -> Wish:
        """One of them. Raises NoSuchBooking."""
        found = await self.open(person, language)
        for wish in found:
            if wish.booking == booking:
                return wish
        raise NoSuchBooking(booking)

    async def accept(self, booking: str, version: int) -> ports.Meeting:
        """A coach says yes to the time that was asked for. Raises NoSuchBooking, BookingClosed."""
        bookings = self.bookings
        session = await bookings.work.writing()
        asked = await bookings.find(booking)
        await lock(session, [asked.coach_id], await bookings.person_of(booking))
        if asked.starts <= bookings.work.clock.now():
            raise BookingClosed(booking)
        changed = await change(
            session, booking, version, "requested", "confirmed", seen_by_staff=True
        )
        one_open = claims.open_resource(changed.person, asked.service.id)
        await claims.keep(session, booking, one_open, asked.ends)
        bookings.work.note("booking", booking, "confirmed", version=changed.version)
        seen = await bookings.find(booking)
        await bookings.settle(changed.person, asked, seen)
        return seen

    async def propose(
        self, person: str, slots: Sequence[Slot], request: tuple[str, int] | None = None
    ) -> Wish:
        """Offer a person up to three times, in answer to a request or of our own accord.

        ``request`` is a booking and its version, in state requested or proposed. Raises
        TooManyProposals, SlotGone, SlotTaken, OwnClash, HasOpenBooking, BookingClosed.
        """
        if not 0 < len(slots) <= MOST_PROPOSED:
            raise TooManyProposals(len(slots))
        work, catalogue = self.bookings.work, self.bookings.catalogue
        session = await work.writing()
        asked = await self._asked(request, slots) if request else []
        await lock(session, (slot.coach for slot in [*slots, *asked]), person)
        now = work.clock.now()
        if any(each.service != slots[0].service or each.starts <= now for each in slots):
            raise SlotGone(*slots)
        until = _answer_until(slots, now)
        stored = [SLOT.dump_python(each, mode="json") for each in slots]
        values: dict[str, object] = {"proposals": stored}
        if request is None:
            booking, version = await self._new(person, slots[0].service, until, values), 0
        else:
            booking, version = await self._instead(*request, until, values)
        terms = catalogue.services[slots[0].service]
        right = (claims.open_resource(person, slots[0].service), 0)
        wanted = {cell for slot in slots for cell in wanted_cells(slot, terms, person)} - {right}
        await claims.release(session, booking)
        await claims.take(session, booking, wanted, now, until)
        # Not until then: when no time is taken, she has still asked for a meeting.
        await claims.take(session, booking, [right], now, None)
        work.note("booking", booking, "proposed", version=version, times=len(slots))
        row = await session.get_one(Booking, booking, populate_existing=True)
        return seeing.wish(catalogue, row)

    async def pick(self, person: str, booking: str, version: int, index: int) -> ports.Meeting:
        """She takes one of the proposed times. Raises BookingClosed, HoldExpired."""
        bookings, work = self.bookings, self.bookings.work
        session = await work.writing()
        row = await expect(bookings, booking, person, "proposed")
        slots = [SLOT.validate_python(each) for each in row.proposals]
        if row.version != version or not 0 <= index < len(slots):
            raise BookingClosed(booking)
        await lock(session, (slot.coach for slot in slots), person)
        now, slot = work.clock.now(), slots[index]
        if row.hold_until is None or row.hold_until <= now:
            raise HoldExpired(booking)
        terms = bookings.catalogue.services[slot.service]
        meeting = await add_meeting(session, slot, terms)
        changed = await change(
            session,
            booking,
            version,
            "proposed",
            "confirmed",
            meeting_id=meeting,
            hold_until=None,
            proposals=[],
            seen_by_staff=False,
        )
        ends = slot.starts + timedelta(minutes=terms.service.minutes)
        await claims.release(session, booking)
        await claims.take(session, booking, wanted_cells(slot, terms, person), now, None)
        await claims.keep(session, booking, claims.open_resource(person, slot.service), ends)
        work.void(about(booking))
        work.note("booking", booking, "confirmed", version=changed.version)
        seen = await bookings.find(booking)
        await bookings.settle(person, None, seen)
        return seen

    async def none_fits(self, person: str, booking: str, version: int) -> None:
        """None of the proposed times suits her; a coach looks again. Raises BookingClosed."""
        session = await self.bookings.work.writing()
        row = await expect(self.bookings, booking, person, "proposed")
        slots = [SLOT.validate_python(each) for each in row.proposals]
        await lock(session, (slot.coach for slot in slots), person)
        await back_to_requested(self.bookings, booking, version)

    async def withdraw(self, person: str, booking: str, closed_by: str = "person") -> None:
        """She wants it no more, or we cannot. Raises NoSuchBooking, BookingClosed."""
        wish = await self.find(booking, person)
        work = self.bookings.work
        session = await work.writing()
        await lock(session, (offer.slot.coach for offer in wish.proposals), person)
        changed = await change(
            session,
            booking,
            wish.version,
            wish.state,
            "cancelled",
            hold_until=None,
            closed_by=closed_by,
            seen_by_staff=True,
        )
        await call_off(session, changed.meeting)
        await claims.release(session, booking)
        work.void(about(booking))
        work.note("booking", booking, "cancelled", by=closed_by)

    async def _new(
        self, person: str, service: str, until: datetime, values: dict[str, object]
    ) -> str:
        session = await self.bookings.work.writing()
        booking = new_id()
        await session.execute(
            insert(Booking).values(
                id=booking,
                person_id=person,
                service_id=service,
                state="proposed",
                hold_until=until,
                created_at=self.bookings.work.clock.now(),
                seen_by_staff=True,
                **values,
            )
        )
        return booking

    async def _asked(self, request: tuple[str, int], slots: Sequence[Slot]) -> list[Slot]:
        """The times a request keeps until now. Raises BookingClosed, SlotGone."""
        session = await self.bookings.work.writing()
        row = (
            await session.execute(
                select(Booking, Meeting)
                .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
                .where(Booking.id == request[0])
            )
        ).first()
        if row is None or row[0].state not in ("requested", "proposed"):
            raise BookingClosed(request[0])
        booking, held = row[0], row[1]
        if booking.service_id != slots[0].service:
            raise SlotGone(*slots)
        kept = [SLOT.validate_python(each) for each in booking.proposals]
        return [*kept, *([seeing.slot_of(held)] if booking.meeting_id else [])]

    async def _instead(
        self, booking: str, version: int, until: datetime, values: dict[str, object]
    ) -> tuple[str, int]:
        """Turn a request, or proposals that were not answered, into new proposals."""
        session = await self.bookings.work.writing()
        row = await session.get_one(Booking, booking)
        before: BookingState = "requested" if row.state == "requested" else "proposed"
        asked_for = row.meeting_id
        changed = await change(
            session,
            booking,
            version,
            before,
            "proposed",
            meeting_id=None,
            hold_until=until,
            seen_by_staff=True,
            **values,
        )
        await call_off(session, asked_for)
        self.bookings.work.void(about(booking))
        return booking, changed.version


def _answer_until(slots: Sequence[Slot], now: datetime) -> datetime:
    """Three days to answer, or until shortly before the first time; never a moment gone by."""
    first = min(slot.starts for slot in slots)
    return max(min(now + ANSWER_WITHIN, first - ANSWER_BEFORE), now + timedelta(minutes=5))
