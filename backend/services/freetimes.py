"""Which times are free: pure functions over a catalogue and what is taken.

Lazy by design: a person sees four times, so a day is searched only when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.services import claims
from backend.services.catalogue import Catalogue, Coach, Span, Terms
from backend.services.walltime import instant, local_day
from dialogs.ports import Offer, Slot

GRID = 15  # starts fall on quarters of an hour
OWN_COACH_TIMES = 2


@dataclass(frozen=True)
class Search:
    """One person's search. ``taken`` holds (resource, cell) of coaches and of the person.

    ``horizon`` is how many days ahead ``taken`` is known for.
    """

    catalogue: Catalogue
    terms: Terms
    person: str
    language: str
    own_coach: str | None
    taken: Set[claims.Wanted]
    now: datetime
    horizon: int

    @property
    def first_day(self) -> date:
        """The first day a time can be on."""
        return local_day(self.earliest)

    @property
    def earliest(self) -> datetime:
        """No time before this: the service's notice."""
        return self.now + timedelta(minutes=self.terms.notice)

    @property
    def last_day(self) -> date:
        """The last day a time can be on."""
        return local_day(self.now) + timedelta(days=self.horizon)

    def days(self) -> Iterator[date]:
        """Every day within the horizon."""
        day = self.first_day
        while day <= self.last_day:
            yield day
            day += timedelta(days=1)

    def on(self, day: date) -> list[Offer]:
        """The free times of a day, each with the coach who suits the person best."""
        best: dict[datetime, Offer] = {}
        for coach in self.catalogue.coaches_for(self.terms.service.id):
            for slot in self._free(coach, day):
                offer = self._offer(coach, slot)
                known = best.get(slot.starts)
                if known is None or self.rank(offer) < self.rank(known):
                    best[slot.starts] = offer
        return [best[starts] for starts in sorted(best)]

    def nearest(self, limit: int) -> list[Offer]:
        """The first times, some of them with her own coach, however late; in order of time."""
        found: list[Offer] = []
        for day in self.days():
            found += self.on(day)
            if self.is_enough(found, limit):
                break
        own = [offer for offer in found if offer.slot.coach == self.own_coach][:OWN_COACH_TIMES]
        others = sorted(
            (offer for offer in found if offer not in own),
            key=lambda offer: (self.rank(offer)[0] > 1, offer.slot.starts),
        )
        chosen = [*own, *others][:limit]
        return sorted(chosen, key=lambda offer: offer.slot.starts)

    def beside(self, slot: Slot, limit: int) -> list[Offer]:
        """The free times nearest to a lost one, in order of time."""
        lost = local_day(slot.starts)
        days = sorted(self.days(), key=lambda day: (abs((day - lost).days), day))
        found: list[Offer] = []
        for day in days:
            found += self.on(day)
            if len(found) >= limit and abs((day - lost).days) > 0:
                break
        nearest = sorted(found, key=lambda offer: abs(offer.slot.starts - slot.starts))[:limit]
        return sorted(nearest, key=lambda offer: offer.slot.starts)

    def offers(self, slot: Slot) -> bool:
        """Whether a slot is on offer at all, taken or not."""
        coach = self.catalogue.coaches.get(slot.coach)
        if coach is None or slot.service not in coach.services:
            return False
        return slot in self._starts(coach, local_day(slot.starts))

    def rank(self, offer: Offer) -> tuple[int, str]:
        """Own coach 0, shared language 1, anyone else 2; then by id, so that it is repeatable."""
        if offer.slot.coach == self.own_coach:
            return 0, offer.slot.coach
        return (1 if self.language in offer.speaks else 2), offer.slot.coach

    def is_enough(self, found: Sequence[Offer], limit: int) -> bool:
        """Keep looking for her own coach and for the language, when there are such coaches."""
        coaches = self.catalogue.coaches_for(self.terms.service.id)
        shared = any(self.language in coach.languages for coach in coaches)
        suitable = [offer for offer in found if self.rank(offer)[0] <= (1 if shared else 2)]
        own = sum(offer.slot.coach == self.own_coach for offer in found)
        has_own = any(coach.id == self.own_coach for coach in coaches)
        return len(suitable) >= limit and (own >= OWN_COACH_TIMES or not has_own)

    def _offer(self, coach: Coach, slot: Slot) -> Offer:
        speaks = tuple(sorted(coach.languages, key=lambda language: language != self.language))
        return Offer(slot, coach.name, self.catalogue.units[slot.unit], speaks)

    def _free(self, coach: Coach, day: date) -> Iterator[Slot]:
        resource = claims.coach_resource(coach.id)
        own = claims.person_resource(self.person)
        for slot in self._starts(coach, day):
            stop = slot.starts + timedelta(minutes=self.terms.service.minutes)
            start_cell = slot.starts - timedelta(minutes=self.terms.before)
            stop_cell = stop + timedelta(minutes=self.terms.after)
            if any((resource, cell) in self.taken for cell in claims.cells(start_cell, stop_cell)):
                continue
            if any((own, cell) in self.taken for cell in claims.cells(slot.starts, stop)):
                continue
            yield slot

    def _starts(self, coach: Coach, day: date) -> list[Slot]:
        """Every start within a coach's hours of a day, whether taken or not."""
        slots = []
        for span in coach.spans(day):
            closed_from = self.catalogue.closed_from(day, span.unit)
            stop = span.stop if closed_from is None else min(span.stop, closed_from)
            for minute in self._minutes(span, stop):
                starts = instant(day, minute)
                if starts is not None and starts >= self.earliest:
                    slots.append(Slot(self.terms.service.id, coach.id, span.unit, starts))
        return slots

    def _minutes(self, span: Span, stop: int) -> range:
        length = self.terms.service.minutes
        step = -(-(length + self.terms.before + self.terms.after) // GRID) * GRID
        return range(span.start, stop - length + 1, step)


def wanted_cells(
    slot: Slot, terms: Terms, person: str, *, keep_one_open: bool = True
) -> list[claims.Wanted]:
    """Every cell a booking claims: coach with buffers, person, her one open booking."""
    stop = slot.starts + timedelta(minutes=terms.service.minutes)
    coach = claims.cells(
        slot.starts - timedelta(minutes=terms.before), stop + timedelta(minutes=terms.after)
    )
    wanted = [(claims.coach_resource(slot.coach), cell) for cell in coach]
    wanted += [(claims.person_resource(person), cell) for cell in claims.cells(slot.starts, stop)]
    if keep_one_open:
        wanted.append((claims.open_resource(person, slot.service), 0))
    return wanted
