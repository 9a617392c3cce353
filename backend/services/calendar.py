"""A person's view of free times: the calendar port of one turn.

Looking through six weeks of fifty coaches takes a while, so it is done in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from backend.models import Booking, Meeting
from backend.services.catalogue import CurrentCatalogue, Terms
from backend.services.freetimes import Search
from backend.services.taken import Window
from backend.services.walltime import instant
from backend.work import Work
from dialogs.ports import Mode, Offer, Service, Slot

FIRST_LOOK_DAYS = 5


@dataclass(frozen=True)
class PersonCalendar:
    """Free times for one person, read within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def services(self) -> Sequence[Service]:
        """What she can book with a coach herself, in the order of the site file."""
        return await self._services(by_referral=False)

    async def referred(self) -> Sequence[Service]:
        """What only a coach books for her."""
        return await self._services(by_referral=True)

    async def _services(self, *, by_referral: bool) -> Sequence[Service]:
        catalogue = await self.catalogue.get()
        return [
            terms.service
            for terms in catalogue.services.values()
            if terms.is_open and not terms.service.group and terms.by_referral == by_referral
        ]

    async def nearest(
        self, service: str, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The first free times; a few days are looked at first, all only when they do not do."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None or not terms.is_open:
            return []
        for days in (FIRST_LOOK_DAYS, terms.horizon_days):
            search = await self._search(terms, language, days, mode)
            found = await asyncio.to_thread(search.nearest, limit)
            if search.is_enough(found, limit):
                break
        return found

    async def days(self, service: str, limit: int, mode: Mode = "on_site") -> Sequence[date]:
        """The next days with a free time."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None:
            return []
        search = await self._search(terms, "", terms.horizon_days, mode)
        return await asyncio.to_thread(search.free_days, limit)

    async def on(
        self, service: str, day: date, language: str, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The free times of one day."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None:
            return []
        search = await self._search(terms, language, 1, mode, day)
        return search.on(day) if search.first_day <= day <= search.last_day else []

    async def beside(
        self, slot: Slot, language: str, limit: int, mode: Mode = "on_site"
    ) -> Sequence[Offer]:
        """The free times nearest to a lost one."""
        terms = (await self.catalogue.get()).services.get(slot.service)
        if terms is None:
            return []
        search = await self._search(terms, language, terms.horizon_days, mode)
        return await asyncio.to_thread(search.beside, slot, limit)

    async def _search(
        self, terms: Terms, language: str, days: int, mode: Mode, first: date | None = None
    ) -> Search:
        """A search that knows what is taken in the next ``days`` days, or from ``first`` on."""
        catalogue = await self.catalogue.get()
        own_coach = await self._own_coach()
        now = self.work.clock.now()
        start = now if first is None else instant(first, 0) or now
        stop = start + timedelta(days=days + 1)
        window = Window(await self.work.reading(), self.person, now, start, stop)
        coaches = [coach.id for coach in catalogue.coaches_for(terms.service.id)]
        return Search(
            catalogue,
            terms,
            self.person,
            language,
            own_coach,
            await window.cells(coaches, catalogue.with_calendar),
            now,
            min(terms.horizon_days, days) if first is None else terms.horizon_days,
            mode,
            await window.full_days(terms),
        )

    async def _own_coach(self) -> str | None:
        """The coach she meets next, or met last."""
        session = await self.work.reading()
        return await session.scalar(
            select(Meeting.staff_id)
            .join(Booking, Booking.meeting_id == Meeting.id)
            .where(
                Booking.person_id == self.person,
                Booking.state.in_(("confirmed", "attended", "excused", "no_show")),
                Meeting.staff_id.is_not(None),
                Meeting.series_id.is_(None),  # who leads an activity is not her coach for that
            )
            .order_by(Meeting.starts_at.desc())
            .limit(1)
        )
