"""What a person may do with what has no time yet: requests, places in line, interpreters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from backend.services import needs
from backend.services.bookings import Bookings
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import EXPECTED
from backend.services.feeds import Feeds
from backend.services.interpreters import Interpreters
from backend.services.links import Links
from backend.services.needs import NEEDS, NoSuchPerson
from backend.services.requests import Requests
from backend.services.waitlist import Waitlist
from backend.work import Work
from dialogs import ports
from dialogs.ports import AlreadyBooked, InterpreterNeed, Need, Wish


@dataclass(frozen=True)
class PersonWishes:
    """One person's requests, places in line and interpreters within one unit of work."""

    person: str
    language: str
    work: Work
    catalogue: CurrentCatalogue

    async def open(self) -> Sequence[Wish]:
        """All she has asked for, oldest first."""
        return await (await self._requests()).open(self.person, self.language)

    async def one(self, booking: str) -> Wish:
        """One of them. Raises NoSuchBooking."""
        return await (await self._requests()).find(booking, self.person, self.language)

    async def pick(self, booking: str, version: int, index: int) -> ports.Meeting:
        """Take a proposed time. Raises BookingClosed, HoldExpired, SlotTaken, OwnClash."""
        async with self._all_or_nothing():
            return await (await self._requests()).pick(self.person, booking, version, index)

    async def none_fits(self, booking: str, version: int) -> None:
        """None of the proposed times suits her. Raises BookingClosed."""
        async with self._all_or_nothing():
            await (await self._requests()).none_fits(self.person, booking, version)

    async def withdraw(self, booking: str) -> None:
        """She wants it no more. Raises NoSuchBooking, BookingClosed."""
        async with self._all_or_nothing():
            await (await self._requests()).withdraw(self.person, booking)

    async def wait(self, service: str) -> Wish:
        """Hear when there is a free time. Raises AlreadyBooked."""
        bookings = await self._bookings()
        coming = await bookings.coming(self.person)
        booked = next((item for item in coming if item.service.id == service), None)
        if booked is not None:
            raise AlreadyBooked(booked.booking)
        return await Waitlist(bookings).wait(self.person, service)

    async def wait_instead(self, booking: str) -> Wish:
        """Hear when there is an earlier time. Raises NoSuchBooking, BookingClosed."""
        bookings = await self._bookings()
        found = await bookings.find(booking, self.person)
        return await Waitlist(bookings).wait(self.person, found.service.id, booking)

    async def take(self, booking: str, version: int) -> ports.Meeting:
        """Take the time she was offered. Raises HoldExpired, SlotTaken, OwnClash."""
        async with self._all_or_nothing():
            waitlist = Waitlist(await self._bookings())
            return await waitlist.take(self.person, booking, version)

    async def let_pass(self, booking: str, version: int) -> None:
        """Leave it to the next in line. Raises BookingClosed."""
        async with self._all_or_nothing():
            await Waitlist(await self._bookings()).pass_on(self.person, booking, version)

    async def _requests(self) -> Requests:
        return Requests(await self._bookings())

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


@dataclass(frozen=True)
class PersonInterpreters:
    """Interpreters at one person's meetings within one unit of work."""

    person: str
    work: Work

    async def want(self, booking: str, need: InterpreterNeed) -> None:
        """Ask for one. Raises BookingClosed."""
        await Interpreters(self.work).want(self.person, booking, need)

    async def drop(self, booking: str) -> None:
        """She needs none after all. Raises BookingClosed."""
        await Interpreters(self.work).drop(self.person, booking)


@dataclass(frozen=True)
class PersonNeeds:
    """One person's practical needs and her calendar within one unit of work."""

    person: str
    work: Work
    links: Links

    async def all(self) -> Sequence[Need]:
        """The whole list, with what she has picked."""
        picked = await self._picked()
        return [Need(name, words, name in picked) for name, words in NEEDS.items()]

    async def pick(self, name: str, *, on: bool) -> None:
        """Pick one, or put it back."""
        picked = {*await self._picked()} - {name}
        await needs.set(self.work, self.person, picked | ({name} if on else set()))

    async def calendar(self) -> str:
        """The address of her calendar, to subscribe to; made when there is none."""
        return await Feeds(self.person, self.work, self.links).address()

    async def stop_calendar(self) -> None:
        """The address shows nothing any more."""
        await Feeds(self.person, self.work, self.links).stop()

    async def _picked(self) -> tuple[str, ...]:
        """Nothing yet, of someone whose first turn this is."""
        with suppress(NoSuchPerson):
            return await needs.of(await self.work.reading(), self.person)
        return ()
