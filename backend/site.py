"""The site file: who runs the service, where, what can be booked, and when coaches are there.

An operator writes it, so a fault is told with file, line and key. Applying it to the database is
safe to repeat: the file decides, and what has vanished from it is closed, never deleted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

import holidays
from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Base, Closure, Hours, Service, Staff, Unit
from backend.models.base import new_id
from backend.models.calendar import EVERYWHERE, MINUTES_OF_A_DAY
from backend.services import catalogue
from backend.services.walltime import instant

CLOSED_YEARS = 3  # this year and two more
SWEDISH = "sv"
LANGUAGES = frozenset((*Locale("en").languages, "kmr"))  # every code Babel has a name for
CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
DAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Where = tuple[str | int, ...]  # such as ("coaches", 2, "hours", 0, "from")


class BrokenSite(Exception):
    """The site file cannot be used; each line names file, line and key, and says what is wrong."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the file."""

    where: Where
    words: str


def _language(code: str) -> str:
    if code not in LANGUAGES:
        message = f'"{code}" is not a language code; use codes such as sv, ar, so or fa_AF'
        raise ValueError(message)
    return code


def _texts(texts: dict[str, str]) -> dict[str, str]:
    for code, words in texts.items():
        _language(code)
        if not words.strip():
            message = f'the text in "{code}" is empty'
            raise ValueError(message)
    if SWEDISH not in texts:
        message = f'a text in "{SWEDISH}" is missing: it is shown when there is no other'
        raise ValueError(message)
    return texts


def _minute(value: object) -> object:
    """Minutes since midnight of a time such as "09:00", in quotes or not."""
    written = f"{value:%H:%M}" if isinstance(value, time) else value
    if isinstance(written, str):
        found = CLOCK.fullmatch(written)
        minute = int(found[1]) * 60 + int(found[2]) if found else None
        if minute is not None and minute <= MINUTES_OF_A_DAY:
            return minute
    message = f'"{value}" is not a time; write HH:MM, such as "09:00"'
    raise ValueError(message)


def _weekdays(value: object) -> object:
    if not isinstance(value, str) or not DAYS.fullmatch(value):
        message = f'"{value}" are not days; write 1 (Monday) to 7 (Sunday), as "1-4" or "1,3"'
        raise ValueError(message)
    days: set[int] = set()
    for part in value.split(","):
        first, _dash, last = part.partition("-")
        days.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(days))


def _id(value: str) -> str:
    if not ID.fullmatch(value):
        message = f'"{value}" is not an id; use small letters a-z, digits and single hyphens'
        raise ValueError(message)
    return value


Id = Annotated[str, AfterValidator(_id)]
Words = Annotated[str, Field(min_length=1)]
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
Clock = Annotated[int, BeforeValidator(_minute)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(_weekdays), Field(min_length=1)]


class Entry(BaseModel):
    """Part of the file; a key nobody knows is a fault, since it is most often misspelt."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitEntry(Entry):
    """A place where meetings are held. ``aliases`` are names it had before."""

    id: Id
    name: Words
    address: Words
    door: Texts | None = None
    map_url: Annotated[str, Field(pattern=r"^https://")] | None = None
    districts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class ServiceEntry(Entry):
    """Something that can be booked; the first one in the file is the usual meeting."""

    id: Id
    name: Texts
    about: Texts
    bring: Texts | None = None
    minutes: int = Field(ge=5, le=600)
    before_minutes: int = Field(default=0, ge=0, le=240)
    after_minutes: int = Field(default=10, ge=0, le=240)
    notice_minutes: int = Field(default=120, ge=0, le=43_200)
    horizon_days: int = Field(default=42, ge=1, le=366)
    group: bool = False


class HoursEntry(Entry):
    """Hours of some weekdays, in minutes since midnight; ``unit`` when it is another one."""

    days: Weekdays
    start: Clock = Field(alias="from")
    stop: Clock = Field(alias="to")
    unit: str | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.start >= self.stop:
            message = "these hours are empty: they end before they begin"
            raise ValueError(message)
        return self


class CoachEntry(Entry):
    """Someone who can be booked. ``name`` is the first name that newcomers see."""

    username: Id
    name: Words
    languages: Annotated[
        tuple[Annotated[str, AfterValidator(_language)], ...], Field(min_length=1)
    ]
    unit: str
    services: Annotated[tuple[str, ...], Field(min_length=1)]
    hours: Annotated[tuple[HoursEntry, ...], Field(min_length=1)]

    def spans(self) -> list[tuple[int, int, int, str]]:
        """Every span of a week: weekday, from, to, unit; in order."""
        return sorted(
            (day, hours.start, hours.stop, hours.unit or self.unit)
            for hours in self.hours
            for day in hours.days
        )


class ActivityEntry(Entry):
    """A group activity that comes back every week."""

    service: str
    day: int = Field(ge=1, le=7)
    start: Clock = Field(alias="from")
    unit: str
    seats: int = Field(ge=1, le=500)


class Site(Entry):
    """The whole file."""

    name: Words
    operator: Words
    telegram_url: Annotated[str, Field(pattern=r"^https://t\.me/")] | None = None
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1)]
    services: Annotated[tuple[ServiceEntry, ...], Field(min_length=1)]
    coaches: tuple[CoachEntry, ...] = ()
    activities: tuple[ActivityEntry, ...] = ()


def read_site(path: Path) -> Site:
    """Read and check a site file. Raises BrokenSite with every fault, one a line."""
    try:
        written = path.read_text(encoding="utf-8")
        data = tomllib.loads(written)
    except OSError as error:
        message = f"{path}: the site file cannot be read ({error.strerror})"
        raise BrokenSite(message) from error
    except ValueError as error:  # not UTF-8, or not TOML; the latter names line and column
        message = f"{path}: {error}"
        raise BrokenSite(message) from error
    try:
        site = Site.model_validate(data)
        faults = list(_cross_faults(site))
    except ValidationError as error:
        faults = [Fault(_where(one), _in_words(one)) for one in error.errors()]
    if faults:
        raise BrokenSite("\n".join(_told(path, written, data, fault) for fault in faults))
    return site


def _cross_faults(site: Site) -> Iterator[Fault]:
    """What each entry for itself cannot know: names of other entries, doubles, overlaps."""
    units = {unit.id for unit in site.units}
    services = {service.id: service for service in site.services}
    yield from _doubles("units", "id", [unit.id for unit in site.units])
    yield from _doubles("services", "id", [service.id for service in site.services])
    yield from _doubles("coaches", "username", [coach.username for coach in site.coaches])
    for number, coach in enumerate(site.coaches):
        named = [(("coaches", number, "unit"), coach.unit)]
        named += [(("coaches", number, "hours"), hours.unit or coach.unit) for hours in coach.hours]
        yield from (_unknown(where, "unit", name) for where, name in named if name not in units)
        for service in coach.services:
            if service not in services:
                yield _unknown(("coaches", number, "services"), "service", service)
        for earlier, later in pairwise(coach.spans()):
            if earlier[0] == later[0] and later[1] < earlier[2]:
                words = f"hours overlap on day {later[0]}, at {_clock(later[1])}"
                yield Fault(("coaches", number, "hours"), words)
    for number, activity in enumerate(site.activities):
        if activity.unit not in units:
            yield _unknown(("activities", number, "unit"), "unit", activity.unit)
        if activity.service not in services:
            yield _unknown(("activities", number, "service"), "service", activity.service)
        elif not services[activity.service].group:
            words = f'"{activity.service}" is for one person; its service needs group = true'
            yield Fault(("activities", number, "service"), words)


def _doubles(table: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Fault((table, number, key), f'"{name}" is in the file twice')
        seen.add(name)


def _unknown(where: Where, kind: str, name: str) -> Fault:
    return Fault(where, f'there is no {kind} "{name}" in this file')
