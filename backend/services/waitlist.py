"""Waiting for a time: first come, first offered. An offer keeps the time for two hours.

Whoever has a meeting and would like an earlier one waits too, and keeps hers until she takes the
new one. Nobody is offered the same time twice, and nobody is woken at night.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from backend.models import Booking, Claim
from backend.models.base import new_id
from backend.services import claims, seeing
from backend.services.bookings import Bookings
from backend.services.freetimes import wanted_cells
from backend.services.holds import Holds, call_off, expect
from backend.services.line import Waiting, key
from backend.services.meetings import about, add_meeting, expect_room, lock
from backend.services.states import change
from backend.work import Planned
from dialogs import cards, places, ports
from dialogs.core import say, to
from dialogs.messages import Reply, Urgency
from dialogs.ports import (
    BookingClosed,
    BookingState,
    HoldExpired,
    NoSuchBooking,
    Offer,
    Slot,
    SlotGone,
    Wish,
    slot_of,
)
from dialogs.text import _

OFFER = timedelta(hours=2)
LEAST = timedelta(minutes=20)  # to answer in, before the time itself


@dataclass(frozen=True)
class Waitlist:
    """Places in line and offers within one unit of work."""

    bookings: Bookings

    async def wait(self, person: str, service: str, instead_of: str | None = None) -> Wish:
        """Stand in line for a service. Twice is once. Raises NoSuchBooking, BookingClosed."""
        if instead_of is not None:
            await self._expect_coming(instead_of, person)
        session = await self.bookings.work.writing()
        known = await self._place_of(person, service)
        if known is None:
            known = await self._stand(person, service, instead_of)
        elif known.state == "waiting" and known.instead_of != instead_of:
            values = {"instead_of": instead_of}
            changed = await change(
                session, known.id, known.version, "waiting", "waiting", **values
            )
            self.bookings.work.note("booking", known.id, "waiting", version=changed.version)
        row = await session.get_one(Booking, known.id, populate_existing=True)
        return seeing.wish(self.bookings.catalogue, row)

    async def offer(self, waiting: Waiting, offered: Offer) -> None:
        """Keep a time for somebody and tell her.

        Raises SlotGone, BookingClosed, SlotTaken, OwnClash or HasOpenBooking; then roll back.
        """
        work, slot = self.bookings.work, offered.slot
        session = await work.writing()
        terms = self.bookings.catalogue.services[slot.service]
        await lock(session, [slot.coach], waiting.person)
        now = work.clock.now()
        until = min(now + OFFER, slot.starts - LEAST)
        if until <= now:
            raise SlotGone(slot)
        await expect_room(session, slot, terms, now)
        meeting = await add_meeting(session, slot, terms)
        changed = await change(
            session,
            waiting.booking,
            waiting.version,
            "waiting",
            "held",
            meeting_id=meeting,
            hold_until=until,
            offered=[*waiting.offered, key(slot)],
        )
        wanted = wanted_cells(slot, terms, waiting.person, keep_one_open=waiting.before is None)
        await claims.take(session, waiting.booking, wanted, now, until)
        work.note("booking", waiting.booking, "offered", version=changed.version)
        work.plan(
            Planned(
                waiting.person,
                _offer(waiting, changed.version, offered, until),
                now,
                f"offer:{waiting.booking}:{changed.version}",
                until,
                about(waiting.booking),
                changed.version,
            )
        )

    async def take(self, person: str, booking: str, version: int) -> ports.Meeting:
        """She takes the time she was offered. Raises HoldExpired, and as ``move`` does."""
        bookings, work = self.bookings, self.bookings.work
        try:
            row = await expect(bookings, booking, person, "held")
        except BookingClosed:
            raise HoldExpired(booking) from None
        slot = slot_of(await bookings.find(booking))
        before = await self._lock(row, slot)
        now = work.clock.now()
        if row.version != version or row.hold_until is None or row.hold_until <= now:
            raise HoldExpired(booking)
        work.void(about(booking))
        if row.instead_of is None:
            return await self._take_first(person, booking, version, slot)
        kept = await bookings.find(row.instead_of)
        if before is None or kept.version != before.version:
            raise BookingClosed(kept.booking)  # moved just now, perhaps to a coach not locked
        if kept.starts <= slot.starts:
            raise HoldExpired(booking)  # she has moved hers meanwhile, and this is not earlier
        await self._close(booking, version, row.meeting_id)
        return await bookings.move(kept.booking, kept.version, slot)

    async def pass_on(self, person: str, booking: str, version: int) -> None:
        """She does not want this time; the next in line may have it. Raises BookingClosed."""
        row = await expect(self.bookings, booking, person, "held")
        if row.version != version:
            raise BookingClosed(booking)
        await Holds(self.bookings).pass_on(booking)

    async def _take_first(
        self, person: str, booking: str, version: int, slot: Slot
    ) -> ports.Meeting:
        """It becomes her meeting, or her request where a coach says yes first."""
        bookings, work = self.bookings, self.bookings.work
        session = await work.writing()
        terms = bookings.catalogue.services[slot.service]
        state: BookingState = "requested" if terms.service.by_request else "confirmed"
        values = {"hold_until": None, "seen_by_staff": False}
        try:
            changed = await change(session, booking, version, "held", state, **values)
        except BookingClosed:
            raise HoldExpired(booking) from None
        await claims.leave_line(session, booking)
        seen = await bookings.find(booking)
        one_open = claims.open_resource(person, slot.service)
        kept = await claims.keep(session, booking, one_open, seen.ends)
        if kept < len(set(wanted_cells(slot, terms, person))):
            raise HoldExpired(booking)  # someone with a faster clock has taken it over
        work.note("booking", booking, state, version=changed.version)
        if state == "confirmed":
            await bookings.settle(person, None, seen)
        return seen

    async def _place_of(self, person: str, service: str) -> Booking | None:
        """Her place in line, whether she waits or has just been offered something."""
        session = await self.bookings.work.writing()
        return await session.scalar(
            select(Booking)
            .join(Claim, Claim.booking_id == Booking.id)
            .where(Claim.resource == claims.wait_resource(person, service), Claim.cell == 0)
        )

    async def _stand(self, person: str, service: str, instead_of: str | None) -> Booking:
        work = self.bookings.work
        session = await work.writing()
        row = Booking(
            id=new_id(),
            person_id=person,
            service_id=service,
            state="waiting",
            instead_of=instead_of,
            proposals=[],
            offered=[],
            created_at=work.clock.now(),
            seen_by_staff=True,
            version=0,
        )
        place = (claims.wait_resource(person, service), 0)
        try:
            async with session.begin_nested():
                session.add(row)
                await session.flush()
                await claims.take(session, row.id, [place], work.clock.now(), None)
        except claims.HasOpenBooking:  # from another account of hers, at this very moment
            found = await self._place_of(person, service)
            if found is None:
                raise BookingClosed(service) from None
            return found
        work.note("booking", row.id, "waiting", version=0)
        return row

    async def _close(self, booking: str, version: int, meeting: str | None) -> None:
        """The wait is over: its time goes on to the booking it was for."""
        session = await self.bookings.work.writing()
        await change(
            session,
            booking,
            version,
            "held",
            "cancelled",
            hold_until=None,
            instead_of=None,
            closed_by="system",
            seen_by_staff=True,
        )
        await call_off(session, meeting)
        await claims.release(session, booking)
        self.bookings.work.note("booking", booking, "taken")

    async def _lock(self, row: Booking, slot: Slot) -> ports.Meeting | None:
        """The new time's coach and the old one's, and her; her old meeting as it was before."""
        session = await self.bookings.work.writing()
        old = None
        if row.instead_of is not None:
            with suppress(NoSuchBooking):
                old = await self.bookings.find(row.instead_of)
        await lock(session, [slot.coach, old.coach_id if old else None], row.person_id)
        return old

    async def _expect_coming(self, booking: str, person: str) -> None:
        found = await self.bookings.find(booking, person)
        has_been = found.starts <= self.bookings.work.clock.now()
        if found.state != "confirmed" or found.service.group or has_been:
            raise BookingClosed(booking)


def _offer(waiting: Waiting, version: int, offered: Offer, until: datetime) -> Reply:
    return say(
        *cards.offered(offered, until, earlier=waiting.before is not None),
        to(_("Yes, I take it"), places.take_offer(waiting.booking, version)),
        to(_("No, not this time"), places.pass_offer(waiting.booking, version)),
        urgency=Urgency.REMINDER,
    )
