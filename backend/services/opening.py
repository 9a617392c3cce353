"""Whether people answer now, until when, and from when again: hours laid under closures.

What wins, from the weakest: the week; a Swedish holiday, or a day closed everywhere; a day that
differs at this unit; a day that staff have closed, at this unit or everywhere. So a unit may be
open on a holiday by naming that day, and a fire alarm closes it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from backend.models.calendar import EVERYWHERE, MINUTES_OF_A_DAY
from backend.services.catalogue import Catalogue
from backend.services.closures import holidays_of
from backend.services.opening_hours import Opening, Stretch
from backend.services.walltime import instant, local_day

AHEAD = timedelta(days=14)
NONE = Opening()
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Open:
    """People answer; None when no end is in sight."""

    closes_at: datetime | None


@dataclass(frozen=True)
class Closed:
    """Nobody answers now; None when they do not open within two weeks. A message may be left."""

    opens_at: datetime | None


State: TypeAlias = Open | Closed


class Hours(NamedTuple):
    """A time during which people answer: two instants."""

    opens_at: datetime
    closes_at: datetime


def state(catalogue: Catalogue, unit: str | None, now: datetime) -> State:
    """Whether people answer at a unit. None, or a unit that is not known, means at any."""
    for hours in between(catalogue, unit, local_day(now) - DAY, local_day(now + AHEAD) + DAY):
        if hours.opens_at <= now < hours.closes_at:
            return Open(hours.closes_at if hours.closes_at <= now + AHEAD else None)
        if hours.opens_at > now:
            return Closed(hours.opens_at if hours.opens_at <= now + AHEAD else None)
    return Closed(None)


def is_open(catalogue: Catalogue, unit: str | None, now: datetime) -> bool:
    """Whether people answer now."""
    return isinstance(state(catalogue, unit, now), Open)


def closes_at(catalogue: Catalogue, unit: str | None, now: datetime) -> datetime | None:
    """When they stop answering; None when they do not answer now, or no end is in sight."""
    found = state(catalogue, unit, now)
    return found.closes_at if isinstance(found, Open) else None


def next_opening(catalogue: Catalogue, unit: str | None, now: datetime) -> datetime | None:
    """When they open next, within two weeks; None when they are open now or do not open."""
    found = state(catalogue, unit, now)
    return found.opens_at if isinstance(found, Closed) else None


def of_day(catalogue: Catalogue, unit: str, day: date) -> list[Hours]:
    """When people answer at a unit on a day; a night belongs to the day on which it begins."""
    return list(_joined(sorted(_of_day(catalogue, unit, day))))


def between(catalogue: Catalogue, unit: str | None, first: date, last: date) -> list[Hours]:
    """When people answer from one day to another, in order; what touches is one time."""
    units = [unit] if unit is not None and unit in catalogue.units else list(catalogue.units)
    pieces = sorted(
        hours
        for each in units
        for number in range((last - first).days + 1)
        for hours in _of_day(catalogue, each, first + timedelta(days=number))
    )
    return list(_joined(pieces))


def _joined(pieces: Iterable[Hours]) -> Iterator[Hours]:
    held: Hours | None = None
    for piece in pieces:
        if held is not None and piece.opens_at <= held.closes_at:
            held = held._replace(closes_at=max(held.closes_at, piece.closes_at))
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _of_day(catalogue: Catalogue, unit: str, day: date) -> Iterator[Hours]:
    """What begins on a day; the part after midnight yields to what closes the day after."""
    opening = catalogue.opening.get(unit, NONE)
    is_named = day in opening.days
    for stretch in opening.on(day):
        evening = Stretch(stretch.start, min(stretch.stop, MINUTES_OF_A_DAY))
        morning = Stretch(0, stretch.stop - MINUTES_OF_A_DAY)
        for on, part in ((day, evening), (day + DAY, morning)):
            stop = min(part.stop, _closed_from(catalogue, unit, on, is_named=is_named))
            if part.start < stop:
                yield from _instants(on, Stretch(part.start, stop))


def _closed_from(catalogue: Catalogue, unit: str, day: date, *, is_named: bool) -> int:
    """From which minute closures end a day; its last one when nothing does."""
    minutes = [MINUTES_OF_A_DAY]
    if (day, unit) in catalogue.closures:
        minutes.append(catalogue.closures[day, unit])
    everywhere = catalogue.closures.get((day, EVERYWHERE))
    if everywhere is not None and not (is_named and _is_holiday(day)):
        minutes.append(everywhere)
    return min(minutes)


def _is_holiday(day: date) -> bool:
    return day in holidays_of((day.year,))


def _instants(day: date, part: Stretch) -> Iterator[Hours]:
    """A part of a day as instants; nothing when the clocks jump over all of it."""
    hours = Hours(_moment(day, part.start), _moment(day, part.stop))
    if hours.opens_at < hours.closes_at:
        yield hours


def _moment(day: date, minute: int) -> datetime:
    """The instant of a wall time; of one that the clocks jump over, the jump."""
    while (found := instant(day, minute)) is None:
        minute += 1
    return found
