"""A person's view of free times: the calendar port of one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select

from backend.models import Booking, Claim, Meeting
from backend.services import claims
from backend.services.catalogue import Catalogue, CurrentCatalogue, Terms
from backend.services.freetimes import Search
from backend.services.walltime import instant
from backend.work import Work
from dialogs.ports import Offer, Service, Slot

FIRST_LOOK_DAYS = 5


@dataclass(frozen=True)
class PersonCalendar:
    """Free times for one person, read within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def services(self) -> Sequence[Service]:
        """What can be booked with a coach, in the order of the site file."""
        catalogue = await self.catalogue.get()
        return [
            terms.service
            for terms in catalogue.services.values()
            if terms.is_open and not terms.service.group
        ]

    async def nearest(self, service: str, language: str, limit: int) -> Sequence[Offer]:
        """The first free times; a few days are looked at first, all only when they do not do."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None or not terms.is_open:
            return []
        for days in (FIRST_LOOK_DAYS, terms.horizon_days):
            search = await self._search(terms, language, days)
            found = search.nearest(limit)
            if search.is_enough(found, limit):
                break
        return found

    async def days(self, service: str, limit: int) -> Sequence[date]:
        """The next days with a free time."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None:
            return []
        search = await self._search(terms, "", terms.horizon_days)
        free = (day for day in search.days() if search.on(day))
        return [day for day, _number in zip(free, range(limit), strict=False)]

    async def on(self, service: str, day: date, language: str) -> Sequence[Offer]:
        """The free times of one day."""
        terms = (await self.catalogue.get()).services.get(service)
        if terms is None:
            return []
        search = await self._search(terms, language, 1, day)
        return search.on(day) if search.first_day <= day <= search.last_day else []

    async def beside(self, slot: Slot, language: str, limit: int) -> Sequence[Offer]:
        """The free times nearest to a lost one."""
        terms = (await self.catalogue.get()).services.get(slot.service)
        if terms is None:
            return []
        return (await self._search(terms, language, terms.horizon_days)).beside(slot, limit)

    async def _search(
        self, terms: Terms, language: str, days: int, first: date | None = None
    ) -> Search:
        """A search that knows what is taken in the next ``days`` days, or from ``first`` on."""
        catalogue = await self.catalogue.get()
        now = self.work.clock.now()
        start = now if first is None else instant(first, 0) or now
        stop = start + timedelta(days=days + 1)
        return Search(
            catalogue,
            terms,
            self.person,
            language,
            await self._own_coach(),
            await self._taken(catalogue, terms, start, stop),
            now,
            min(terms.horizon_days, days) if first is None else terms.horizon_days,
        )

    async def _taken(
        self, catalogue: Catalogue, terms: Terms, start: datetime, stop: datetime
    ) -> frozenset[claims.Wanted]:
        """Claims of the coaches and of the person that have not lapsed."""
        coaches = catalogue.coaches_for(terms.service.id)
        resources = [claims.coach_resource(coach.id) for coach in coaches]
        session = await self.work.reading()
        rows = await session.execute(
            select(Claim.resource, Claim.cell).where(
                Claim.resource.in_([*resources, claims.person_resource(self.person)]),
                Claim.cell.between(claims.cell_of(start), claims.cell_of(stop)),
                or_(Claim.until.is_(None), Claim.until > self.work.clock.now()),
                Claim.booking_id.not_in(self._my_holds()),
            )
        )
        return frozenset((resource, cell) for resource, cell in rows)

    def _my_holds(self) -> Select[str]:
        """Her own held time is not in her way."""
        return select(Booking.id).where(Booking.person_id == self.person, Booking.state == "held")

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
            )
            .order_by(Meeting.starts_at.desc())
            .limit(1)
        )
