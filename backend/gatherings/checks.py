"""Whether an activity that has been read could take place, and how it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from babel import Locale

from backend.clock import ZONE
from backend.gatherings.found import Known
from backend.services import schedule
from backend.services.catalogue import Catalogue
from backend.services.schedule import AHEAD, BadRule
from backend.services.series import NewSeries
from backend.services.walltime import instant, local_day
from dialogs.text import Text, Words, _

About = Literal["day", "start", "length", "rule"]

EARLIEST = date(2000, 1, 1)  # even for the first day of what comes back
FURTHEST = timedelta(days=3 * 366)
SHORTEST, LONGEST = 5, 600


def faults(new: NewSeries, known: Known) -> Iterator[tuple[About, Text]]:
    """What is wrong with it, and what of it. One fault is not told of in two ways."""
    today = local_day(known.now)
    if not SHORTEST <= new.minutes <= LONGEST:
        yield "length", _("It must last from 5 minutes to 10 hours.")
    if new.first.date() > today + FURTHEST:
        yield "day", _("That day is more than three years away.")
    elif new.first.date() < EARLIEST:
        yield "day", _("That day has passed.")
    elif (starts := instant_of(new.first)) is None:
        yield "start", _("That time does not exist: the clocks go forward then.")
    elif new.rule:
        yield from _of_rule(new, known)
    elif starts <= known.now:
        yield "day", _("That day has passed.")
    elif is_closed(known.catalogue, new.unit, new.first, new.minutes):
        yield "day", _("It is closed then.")


def instant_of(wall: datetime) -> datetime | None:
    """The instant of a naive wall time, or None when the clocks jump over it."""
    return instant(wall.date(), wall.hour * 60 + wall.minute)


def is_closed(catalogue: Catalogue, unit: str, wall: datetime, minutes: int) -> bool:
    """Whether a unit closes before something there would end."""
    closed = catalogue.closed_from(wall.date(), unit)
    return closed is not None and closed < wall.hour * 60 + wall.minute + minutes


def uid_of(new: NewSeries) -> str:
    """How an activity of a table is known again: what, where, when, and its name."""
    said = (new.service, new.unit, new.first.isoformat(), new.name.get("sv", ""))
    return "import:" + hashlib.sha256("\x00".join(said).encode()).hexdigest()[:32]


def spoken_in(name: Mapping[str, str], service: Words, codes: tuple[str, ...]) -> dict[str, str]:
    """A name that says in which languages it is: "Språkcafé (arabiska)", in each of its own."""
    if not codes:
        return dict(name)
    named = dict(name) or dict(service.by_language)
    return {reader: f"{words} ({_listed(reader, codes)})" for reader, words in named.items()}


def _of_rule(new: NewSeries, known: Known) -> Iterator[tuple[About, Text]]:
    try:
        schedule.check(new.first, new.rule)
        if new.first < known.now.astimezone(ZONE).replace(tzinfo=None):
            today = local_day(known.now)
            if not schedule.expand(new.first, new.rule, today, today + AHEAD):
                yield "rule", _("By this rule it has taken place for the last time.")
    except BadRule as error:
        yield "rule", _why(error)


def _why(error: BadRule) -> Text:
    match error.reason:
        case "never":
            return _("By this rule it never takes place.")
        case "too_often":
            return _("By this rule it takes place too often.")
        case "too_long":
            return _("By this rule it takes place too many times.")
        case "unreadable":
            return _("This cannot be read. Write it such as: every week until 2027-06-01.")


def _listed(reader: str, codes: tuple[str, ...]) -> str:
    names = Locale.parse(reader).languages
    return ", ".join(names.get(code) or names.get(code.partition("_")[0], code) for code in codes)
