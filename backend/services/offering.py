"""Free times for those who wait: looked for when something may have changed."""

from __future__ import annotations

from dataclasses import dataclass

from backend.database import Database
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.waitlist import Waiting, Waitlist, is_awake, match
from backend.wake import Hub
from backend.work import Work
from dialogs.ports import Clock

LOOKED_AT = 40  # free times of a service, the earliest ones
NOBODY, ANY_LANGUAGE = "", ""


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
        async with Work.begin(self.database, self.clock, "system") as work:
            catalogue = CurrentCatalogue(self.cache, work)
            waitlist = Waitlist(Bookings(work, await catalogue.get()))
            by_service: dict[str, list[Waiting]] = {}
            for waiting in await waitlist.line():
                by_service.setdefault(waiting.service, []).append(waiting)
            for service, line in by_service.items():
                calendar = PersonCalendar(NOBODY, work, catalogue)
                free = await calendar.nearest(service, ANY_LANGUAGE, LOOKED_AT)
                for waiting, offer in match(line, free):
                    made += await waitlist.offer(waiting, offer)
        if made:
            self.hub.nudge()
        return made
