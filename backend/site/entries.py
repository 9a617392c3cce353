"""What a site file holds, entry by entry, each checked for itself.

Messages are for the operator who wrote the file. Times become minutes since local midnight,
days become ISO weekdays.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, NamedTuple, Self

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from backend.models.calendar import MINUTES_OF_A_DAY

SWEDISH = "sv"
LANGUAGES = frozenset((*Locale("en").languages, "kmr"))  # every code Babel has a name for
TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
DAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _language(code: str) -> str:
    if code not in LANGUAGES:
        message = f'"{code}" is not a language code; codes are sv, ar, so, fa_AF and the like'
        raise ValueError(message)
    return code


def _texts(texts: dict[str, str]) -> dict[str, str]:
    for code, words in texts.items():
        _language(code)
        if not words.strip():
            message = f'the text in "{code}" is empty'
            raise ValueError(message)
    if SWEDISH not in texts:
        message = f'the text in "{SWEDISH}" is missing; it is shown when there is no other'
        raise ValueError(message)
    return texts


def _minute(value: object) -> int:
    written = f"{value:%H:%M}" if isinstance(value, time) else value
    found = TIME.fullmatch(written) if isinstance(written, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else None
    if minute is None or minute > MINUTES_OF_A_DAY:
        message = f'"{value}" is not a time; write HH:MM, such as "09:00"'
        raise ValueError(message)
    return minute


def _weekdays(value: object) -> tuple[int, ...]:
    days: set[int] = set()
    if isinstance(value, str) and DAYS.fullmatch(value):
        for part in value.split(","):
            first, _dash, last = part.partition("-")
            days.update(range(int(first), int(last or first) + 1))
    if not days:
        message = f'"{value}" are no days; 1 is Monday, 7 is Sunday: write "1-4" or "1,3"'
        raise ValueError(message)
    return tuple(sorted(days))


def _id(value: str) -> str:
    if not ID.fullmatch(value):
        message = f'"{value}" is no id; use small letters a-z, digits and single hyphens'
        raise ValueError(message)
    return value


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, Field(min_length=1)]
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
Clock = Annotated[int, BeforeValidator(_minute)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(_weekdays)]
Code = Annotated[str, AfterValidator(_language)]


class WeeklySpan(NamedTuple):
    """Part of a weekday at a unit, in minutes since local midnight."""

    day: int
    start: int
    stop: int
    unit: str


class Entry(BaseModel):
    """Part of the file. A key that nobody knows is a fault: most often it is misspelt."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitEntry(Entry):
    """A place where meetings are held. ``aliases`` are names it had before."""

    id: Id
    name: Name
    address: Name
    door: Texts | None = None
    map_url: Annotated[str, Field(pattern=r"^https://")] | None = None
    districts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class ServiceEntry(Entry):
    """Something that can be booked. The first one in the file is the usual meeting."""

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
    """The same hours on some weekdays; ``unit`` when it is not the coach's usual one."""

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
    name: Name
    languages: Annotated[tuple[Code, ...], Field(min_length=1)]
    unit: str
    services: Annotated[tuple[str, ...], Field(min_length=1)]
    hours: Annotated[tuple[HoursEntry, ...], Field(min_length=1)]

    def week(self) -> list[WeeklySpan]:
        """Every span of a week, in order."""
        return sorted(
            WeeklySpan(day, hours.start, hours.stop, hours.unit or self.unit)
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

    name: Name
    operator: Name
    telegram_url: Annotated[str, Field(pattern=r"^https://t\.me/")] | None = None
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1)]
    services: Annotated[tuple[ServiceEntry, ...], Field(min_length=1)]
    coaches: tuple[CoachEntry, ...] = ()
    activities: tuple[ActivityEntry, ...] = ()
