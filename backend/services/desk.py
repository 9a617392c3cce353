"""What a person may do with her meetings: the booking port of one turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from backend.services import busy, claims
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue, CurrentCatalogue
from backend.services.claims import HasOpenBooking
from backend.services.freetimes import Search, start_at
from backend.services.holds import Holds
from backend.services.seats import Seats
from backend.services.walltime import local_day
from backend.work import Work
from dialogs import ports
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    Full,
    Held,
    HoldExpired,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
)

EXPECTED = (SlotTaken, OwnClash, HasOpenBooking, HoldExpired, BookingClosed, Full, SlotGone)


@dataclass(frozen=True)
class PersonBooking:
    """One person's bookings within one unit of work. What fails leaves nothing behind."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def hold(self, slot: Slot) -> Held:
        """Keep a time. Raises SlotTaken, SlotGone, AlreadyBooked, OwnClash."""
        bookings = await self._bookings()
        self.expect_on_offer(bookings.catalogue, slot)
        if bookings.catalogue.services[slot.service].by_referral:
            raise SlotGone(slot)
        await self._expect_not_busy(bookings.catalogue, slot)
        if await self._is_too_late(bookings.catalogue, slot) and not await self._own_booking(slot):
            raise SlotTaken(slot)
        with suppress(HasOpenBooking):
            async with self._all_or_nothing():
                return await bookings.hold(self.person, slot)
        return await self._hold_instead(bookings, slot)

    async def confirm(self, held: Held) -> ports.Meeting:
        """Book what is held. Raises HoldExpired."""
        bookings = await self._bookings()
        async with self._all_or_nothing():
            return await bookings.confirm(self.person, held)

    async def release(self, held: Held) -> None:
        """Give held times back."""
        await Holds(await self._bookings()).release(self.person)

    async def move(self, booking: str, version: int, slot: Slot) -> ports.Meeting:
        """Change the time. Raises SlotTaken, SlotGone, OwnClash, BookingClosed, NoSuchBooking."""
        bookings = await self._bookings()
        found = await bookings.find(booking, self.person)
        self.expect_on_offer(bookings.catalogue, slot)
        await self._expect_not_busy(bookings.catalogue, slot)
        if found.version == version and await self._is_too_late(bookings.catalogue, slot):
            raise SlotTaken(slot)
        async with self._all_or_nothing():
            return await bookings.move(booking, version, slot)

    async def cancel(self, booking: str) -> ports.Meeting:
        """Call a meeting off. Raises BookingClosed, NoSuchBooking."""
        bookings = await self._bookings()
        async with self._all_or_nothing():
            return await bookings.cancel(booking, "person", self.person)

    async def mine(self) -> Sequence[ports.Meeting]:
        """What is booked from now on."""
        return await (await self._bookings()).coming(self.person)

    async def meeting(self, booking: str) -> ports.Meeting:
        """One of her bookings. Raises NoSuchBooking."""
        return await (await self._bookings()).find(booking, self.person)

    async def join(self, meeting: str) -> ports.Meeting:
        """Take a seat in an activity. Raises Full, SlotGone, AlreadyBooked, OwnClash."""
        bookings = await self._bookings()
        with suppress(HasOpenBooking):
            async with self._all_or_nothing():
                return await Seats(bookings).join(self.person, meeting)
        raise AlreadyBooked(await Seats(bookings).of(self.person, meeting))

    def expect_on_offer(self, catalogue: Catalogue, slot: Slot) -> None:
        """Whether a time is there at all, taken or not. Raises SlotGone."""
        terms = catalogue.services.get(slot.service)
        if terms is None or not terms.is_open:
            raise SlotGone(slot)
        now = self.work.clock.now()
        days = terms.horizon_days
        search = Search(catalogue, terms, self.person, "", None, {}, now, days)
        if local_day(slot.starts) > search.last_day or not search.offers(slot):
            raise SlotGone(slot)

    async def _expect_not_busy(self, catalogue: Catalogue, slot: Slot) -> None:
        """Her coach's own calendar may have filled up since the times were shown."""
        if slot.coach in catalogue.with_calendar:
            minutes = catalogue.services[slot.service].service.minutes
            await busy.expect_not_busy(await self.work.reading(), slot, minutes)

    async def _is_too_late(self, catalogue: Catalogue, slot: Slot) -> bool:
        """Whether somebody else has the time already, for all to see.

        Whoever has lost hears it without waiting until others have written. Whoever has not, has
        not won yet: two may see the same free time, and the claims decide.
        """
        start = start_at(slot.starts, catalogue.services[slot.service])
        coach, now = claims.coach_resource(slot.coach), self.work.clock.now()
        session = await self.work.reading()
        return await claims.are_taken(session, coach, start.buffered, self.person, now)

    async def _hold_instead(self, bookings: Bookings, slot: Slot) -> Held:
        """A hold or an offer of hers was in the way: give it back, or say what she has booked."""
        with suppress(HasOpenBooking):
            async with self._all_or_nothing():
                await Holds(bookings).release(self.person, slot.service, slot.coach)
                return await bookings.hold(self.person, slot)
        raise AlreadyBooked(await self._own_booking(slot) or "")

    async def _own_booking(self, slot: Slot) -> str | None:
        """What she has of this kind already: booked, asked for, or held."""
        right = claims.open_resource(self.person, slot.service)
        return await claims.owner(await self.work.reading(), right)

    async def _bookings(self) -> Bookings:
        return Bookings(self.work, await self.catalogue.get())

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        """When something expected goes wrong, the turn goes on as if nothing had been tried."""
        try:
            yield
        except EXPECTED:
            await self.work.abandon()
            raise
