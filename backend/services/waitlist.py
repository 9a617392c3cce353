"""Waiting for a time: first come, first offered. An offer keeps the time for two hours.

Whoever has a meeting and would like an earlier one waits too, and keeps hers until she takes the
new one. Nobody is offered the same time twice, and nobody is woken at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import aliased

from backend.clock import ZONE
from backend.models import Booking, Meeting
from backend.models.base import new_id
from backend.services import claims, seeing
from backend.services.bookings import Bookings, about, add_meeting, lock_coaches
from backend.services.freetimes import wanted_cells
from backend.services.holds import Holds, expect
from backend.services.states import change
from backend.work import Planned
from dialogs import cards, places, ports
from dialogs.core import say, to
from dialogs.messages import Reply, Urgency
from dialogs.ports import (
    BookingClosed,
    HoldExpired,
    NoSuchBooking,
    Offer,
    OwnClash,
    Slot,
    SlotTaken,
    Wish,
)
from dialogs.text import _

OFFER = timedelta(hours=2)
LEAST = timedelta(minutes=20)  # to answer in, before the time itself
AWAKE = range(8, 20)  # hours at which offers are made


@dataclass(frozen=True)
class Waiting:
    """One place in line; ``before`` is the start of the meeting she would give up."""

    booking: str
    version: int
    person: str
    service: str
    before: datetime | None
    offered: tuple[str, ...]

    def suits(self, slot: Slot) -> bool:
        """Whether a free time is one to offer her."""
        return key(slot) not in self.offered and (self.before is None or slot.starts < self.before)


@dataclass(frozen=True)
class Waitlist:
    """The line within one unit of work."""

    bookings: Bookings

    async def wait(self, person: str, service: str, instead_of: str | None = None) -> Wish:
        """Stand in line for a service. Twice is once. Raises NoSuchBooking, BookingClosed."""
        work = self.bookings.work
        if instead_of is not None:
            await self._expect_coming(instead_of, person)
        session = await work.writing()
        known = await session.scalar(
            select(Booking).where(
                Booking.person_id == person,
                Booking.service_id == service,
                Booking.state == "waiting",
            )
        )
        if known is not None:
            return seeing.wish(self.bookings.catalogue, known)
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
        session.add(row)
        await session.flush()
        place = (claims.wait_resource(person, service), 0)
        with suppress(claims.HasOpenBooking):
            await claims.take(session, row.id, [place], work.clock.now(), None)
        work.note("booking", row.id, "waiting")
        return seeing.wish(self.bookings.catalogue, row)

    async def line(self) -> list[Waiting]:
        """Everyone who waits, first come first."""
        session = await self.bookings.work.reading()
        kept = aliased(Booking)
        rows = await session.execute(
            select(Booking, Meeting.starts_at)
            .outerjoin(kept, kept.id == Booking.instead_of)
            .outerjoin(Meeting, Meeting.id == kept.meeting_id)
            .where(
                Booking.state == "waiting",
                or_(Booking.instead_of.is_(None), kept.state == "confirmed"),
            )
            .order_by(Booking.created_at, Booking.id)
        )
        return [
            Waiting(row.id, row.version, row.person_id, row.service_id, before, tuple(row.offered))
            for row, before in rows
        ]

    async def offer(self, waiting: Waiting, offered: Offer) -> bool:
        """Keep a time for somebody and tell her; False when it cannot be hers."""
        work, slot = self.bookings.work, offered.slot
        session = await work.writing()
        terms = self.bookings.catalogue.services[slot.service]
        await lock_coaches(session, [slot.coach])
        now = work.clock.now()
        until = min(now + OFFER, slot.starts - LEAST)
        if until <= now:
            return False
        wanted = wanted_cells(slot, terms, waiting.person, keep_one_open=waiting.before is None)
        try:
            async with session.begin_nested():
                await claims.take(session, waiting.booking, wanted, now, until)
        except (SlotTaken, OwnClash, claims.HasOpenBooking):
            return False
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
        return True

    async def take(self, person: str, booking: str, version: int) -> ports.Meeting:
        """She takes the time she was offered. Raises HoldExpired, and as ``move`` does."""
        bookings, work = self.bookings, self.bookings.work
        try:
            row = await expect(bookings, booking, person, "held")
        except BookingClosed:
            raise HoldExpired(booking) from None
        found = await bookings.find(booking)
        slot = slot_of(found)
        session = await work.writing()
        await self._lock(row, slot)
        now = work.clock.now()
        if row.version != version or row.hold_until is None or row.hold_until <= now:
            raise HoldExpired(booking)
        work.void(about(booking))
        if row.instead_of is None:
            await change(session, booking, version, "held", "confirmed", hold_until=None)
            ends = found.ends
            await claims.leave_line(session, booking)
            await claims.keep(session, booking, claims.open_resource(person, slot.service), ends)
            work.note("booking", booking, "confirmed", version=version + 1)
            seen = await bookings.find(booking)
            await bookings.settle(person, None, seen)
            return seen
        await self._close(booking, version, row.meeting_id)
        kept = await bookings.find(row.instead_of, person)
        return await bookings.move(kept.booking, kept.version, slot)

    async def pass_on(self, person: str, booking: str) -> None:
        """She does not want this time; the next in line may have it. Raises BookingClosed."""
        await expect(self.bookings, booking, person, "held")
        await Holds(self.bookings).pass_on(booking)

    async def _close(self, booking: str, version: int, meeting: str | None) -> None:
        """The wait is over: its time goes on to the booking it was for."""
        session = await self.bookings.work.writing()
        await session.execute(
            update(Meeting).where(Meeting.id == meeting).values(state="cancelled", taken=0)
        )
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
        await claims.release(session, booking)
        self.bookings.work.note("booking", booking, "taken")

    async def _lock(self, row: Booking, slot: Slot) -> None:
        """The new time's coach and the old one's, in order of id."""
        session = await self.bookings.work.writing()
        coaches = {slot.coach}
        if row.instead_of is not None:
            with suppress(NoSuchBooking):
                old = await self.bookings.find(row.instead_of)
                coaches |= {old.coach_id} if old.coach_id else set()
        await lock_coaches(session, coaches)

    async def _expect_coming(self, booking: str, person: str) -> None:
        found = await self.bookings.find(booking, person)
        if found.state != "confirmed" or found.starts <= self.bookings.work.clock.now():
            raise BookingClosed(booking)


def match(line: Sequence[Waiting], free: Iterable[Offer]) -> Iterable[tuple[Waiting, Offer]]:
    """Who is offered which free time: the earliest times to the first in line, one each."""
    left = list(line)
    for offer in free:
        first = next((waiting for waiting in left if waiting.suits(offer.slot)), None)
        if first is not None:
            left.remove(first)
            yield first, offer


def is_awake(now: datetime) -> bool:
    """Whether people are offered times at this hour."""
    return now.astimezone(ZONE).hour in AWAKE


def key(slot: Slot) -> str:
    """A time of a coach's, as remembered among those that were offered."""
    return f"{slot.coach}:{claims.cell_of(slot.starts)}"


def slot_of(meeting: ports.Meeting) -> Slot:
    """The slot a one-to-one meeting is at."""
    return Slot(
        meeting.service.id,
        meeting.coach_id or "",
        meeting.unit.id,
        meeting.starts,
        meeting.mode,
    )


def _offer(waiting: Waiting, version: int, offered: Offer, until: datetime) -> Reply:
    earlier = waiting.before is not None
    first = _("**There is an earlier time.**") if earlier else _("**There is a free time now.**")
    kept = (_("You keep your old time if you say no."),) if earlier else ()
    return say(
        first,
        cards.offer_card(offered),
        _("I keep it for you until {until:time}.", until=until),
        *kept,
        to(_("Yes, I take it"), places.take_offer(waiting.booking, version)),
        to(_("No, not this time"), places.pass_offer(waiting.booking, version)),
        urgency=Urgency.REMINDER,
    )
