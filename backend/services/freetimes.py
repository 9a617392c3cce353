"""Which times are free: pure functions over a catalogue and what is taken.

Lazy by design: a person sees four times, so a day is searched only when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from backend.services import claims
from backend.services.catalogue import Catalogue, Coach, Span, Terms
from backend.services.walltime import instant, local_day
from dialogs.ports import Mode, Offer, Slot

GRID = 15  # starts fall on quarters of an hour
OWN_COACH_TIMES = 2


class Start(NamedTuple):
    """An instant to begin at, and the cells of the meeting, by itself and with its buffers."""

    at: datetime
    meeting: range
    buffered: range


@dataclass(frozen=True)
class Search:
    """One person's search. ``taken`` holds cells by resource: of coaches, their own calendars
    (``busy_resource``) and the person.

    ``horizon`` is how many days ahead ``taken`` is known for. ``full`` holds the days on which a
    coach, by id, gives no more of this service.
    """

    catalogue: Catalogue
    terms: Terms
    person: str
    language: str
    own_coach: str | None
    taken: Mapping[str, Set[int]]
    now: datetime
    horizon: int
    mode: Mode = "on_site"
    full: Set[tuple[str, date]] = frozenset()
    _known: dict[tuple[date, int], Start | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def first_day(self) -> date:
        """The first day a time can be on."""
        return local_day(self.earliest)

    @cached_property
    def earliest(self) -> datetime:
        """No time before this: the service's notice."""
        return self.now + timedelta(minutes=self.terms.notice)

    @property
    def last_day(self) -> date:
        """The last day a time can be on."""
        return local_day(self.now) + timedelta(days=self.horizon)

    @cached_property
    def coaches(self) -> Sequence[Coach]:
        """Who gives the service, whoever suits the person best first."""
        return sorted(self.catalogue.coaches_for(self.terms.service.id), key=self.rank)

    def days(self) -> Iterator[date]:
        """Every day within the horizon."""
        day = self.first_day
        while day <= self.last_day:
            yield day
            day += timedelta(days=1)

    def on(self, day: date) -> list[Offer]:
        """The free times of a day, each with the coach who suits the person best."""
        if self.mode not in self.terms.service.modes:
            return []
        best: dict[datetime, Offer] = {}
        for coach in self.coaches:
            for unit, start in self._free(coach, day):
                if start.at not in best:
                    best[start.at] = self._offer(coach, unit, start.at)
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
            key=lambda offer: (not self._suits(offer), offer.slot.starts),
        )
        chosen = [*own, *others][:limit]
        return sorted(chosen, key=lambda offer: offer.slot.starts)

    def free_days(self, limit: int) -> list[date]:
        """The first days with a free time."""
        return list(islice((day for day in self.days() if self.on(day)), limit))

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
        """Whether a slot is on offer at all, taken or not, in any way the service is given."""
        coach = self.catalogue.coaches.get(slot.coach)
        if coach is None or slot.service not in coach.services:
            return False
        if slot.mode not in self.terms.service.modes:
            return False
        starts = self._starts(coach, local_day(slot.starts))
        return any((unit, start.at) == (slot.unit, slot.starts) for unit, start in starts)

    def rank(self, coach: Coach) -> tuple[int, str]:
        """Own coach 0, shared language 1, anyone else 2; then by id, so that it is repeatable."""
        if coach.id == self.own_coach:
            return 0, coach.id
        return (1 if self.language in coach.languages else 2), coach.id

    def is_enough(self, found: Sequence[Offer], limit: int) -> bool:
        """Keep looking for her own coach and for the language, when there are such coaches."""
        shared = any(self.language in coach.languages for coach in self.coaches)
        suitable = [offer for offer in found if not shared or self._suits(offer)]
        own = sum(offer.slot.coach == self.own_coach for offer in found)
        has_own = any(coach.id == self.own_coach for coach in self.coaches)
        return len(suitable) >= limit and (own >= OWN_COACH_TIMES or not has_own)

    def _suits(self, offer: Offer) -> bool:
        return offer.slot.coach == self.own_coach or self.language in offer.speaks

    def _offer(self, coach: Coach, unit: str, starts: datetime) -> Offer:
        slot = Slot(self.terms.service.id, coach.id, unit, starts, self.mode)
        speaks = tuple(sorted(coach.languages, key=lambda language: language != self.language))
        return Offer(slot, coach.name, self.catalogue.units[unit], speaks)

    def _free(self, coach: Coach, day: date) -> Iterator[tuple[str, Start]]:
        """Units and starts at which both the coach and the person are free."""
        if (coach.id, day) in self.full:
            return
        theirs = self.taken.get(claims.coach_resource(coach.id), frozenset())
        busy = self.taken.get(busy_resource(coach.id), frozenset())
        own = self.taken.get(claims.person_resource(self.person), frozenset())
        for unit, start in self._starts(coach, day):
            if (
                theirs.isdisjoint(start.buffered)
                and busy.isdisjoint(start.meeting)
                and own.isdisjoint(start.meeting)
            ):
                yield unit, start

    def _starts(self, coach: Coach, day: date) -> Iterator[tuple[str, Start]]:
        """Every start within a coach's hours of a day, whether taken or not."""
        for span in coach.spans(day):
            if not self.terms.given_at(span.unit):
                continue
            closed_from = self.catalogue.closed_from(day, span.unit)
            stop = span.stop if closed_from is None else min(span.stop, closed_from)
            for minute in self._minutes(span, stop):
                start = self._start(day, minute)
                if start is not None and start.at >= self.earliest:
                    yield span.unit, start

    def _start(self, day: date, minute: int) -> Start | None:
        """A wall time worked out once, for whichever coach; None when the clocks jump over it."""
        key = (day, minute)
        if key not in self._known:
            at = instant(day, minute)
            self._known[key] = None if at is None else start_at(at, self.terms)
        return self._known[key]

    def _minutes(self, span: Span, stop: int) -> range:
        length = self.terms.service.minutes
        step = -(-(length + self.terms.before + self.terms.after) // GRID) * GRID
        return range(span.start, stop - length + 1, step)


def busy_resource(coach: str) -> str:
    """A coach's time by her own calendar: no booking of ours claims it."""
    return f"busy:{coach}"


def start_at(at: datetime, terms: Terms) -> Start:
    """What a meeting takes when it starts then: its buffers are for its coach's other meetings."""
    ends = at + timedelta(minutes=terms.service.minutes)
    before, after = timedelta(minutes=terms.before), timedelta(minutes=terms.after)
    return Start(at, claims.cells(at, ends), claims.cells(at - before, ends + after))


def wanted_cells(
    slot: Slot, terms: Terms, person: str, *, keep_one_open: bool = True
) -> list[claims.Wanted]:
    """Every cell a booking claims: coach with buffers, person, her one open booking."""
    start = start_at(slot.starts, terms)
    wanted = [(claims.coach_resource(slot.coach), cell) for cell in start.buffered]
    wanted += [(claims.person_resource(person), cell) for cell in start.meeting]
    if keep_one_open:
        wanted.append((claims.open_resource(person, slot.service), 0))
    return wanted
