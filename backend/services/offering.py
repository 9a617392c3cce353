"""Free times for those who wait: looked for when something may have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from backend.database import Database
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.claims import HasOpenBooking
from backend.services.line import Waiting, is_awake, line, match
from backend.services.waitlist import Waitlist
from backend.wake import Hub
from backend.work import Work
from dialogs.ports import BookingClosed, Clock, Mode, Offer, OwnClash, SlotGone, SlotTaken

LOOKED_AT = 40  # free times of a service, the earliest ones
NOBODY, ANY_LANGUAGE = "", ""
MISSED = (SlotGone, SlotTaken, OwnClash, HasOpenBooking, BookingClosed)


@dataclass(frozen=True)
class Offering:
    """The worker's part of the waiting list."""

    database: Database
    clock: Clock
    cache: CatalogueCache
    hub: Hub

    async def offer_free_times(self) -> int:
        """Offer what is free to those who wait for it; how many offers were made."""
        if not is_awake(self.clock.now()):
            return 0
        made = 0
        for waiting, offer in await self._pairs():
            made += await self._offer(waiting, offer)
        if made:
            self.hub.nudge()
        return made

    async def _pairs(self) -> Sequence[tuple[Waiting, Offer]]:
        """Who is to be offered what; read without writing, so that a turn never waits for it."""
        work = Work(self.database, self.clock, "system")
        try:
            found: list[tuple[Waiting, Offer]] = []
            for (service, mode), waiting in (await self._lines(work)).items():
                catalogue = CurrentCatalogue(self.cache, work)
                calendar = PersonCalendar(NOBODY, work, catalogue)
                free = await calendar.nearest(service, ANY_LANGUAGE, LOOKED_AT, mode)
                found += match(waiting, free, (await catalogue.get()).services[service])
            return found
        finally:
            await work.close()

    async def _lines(self, work: Work) -> Mapping[tuple[str, Mode], list[Waiting]]:
        """Those who wait, by service and way of meeting."""
        session = await work.reading()
        services = (await self.cache.get(session)).services
        lines: dict[tuple[str, Mode], list[Waiting]] = {}
        for waiting in await line(session, self.clock.now()):
            terms = services.get(waiting.service)
            if terms is None or terms.by_referral:
                continue
            mode = cast("Mode", waiting.mode or terms.service.modes[0])
            lines.setdefault((waiting.service, mode), []).append(waiting)
        return lines

    async def _offer(self, waiting: Waiting, offer: Offer) -> bool:
        """One offer in a transaction of its own; False when somebody was faster."""
        try:
            async with Work.begin(self.database, self.clock, "system") as work:
                bookings = Bookings(work, await self.cache.get(await work.reading()))
                await Waitlist(bookings).offer(waiting, offer)
        except MISSED:
            return False
        return True
