"""What a site file holds, entry by entry, each checked for itself.

Messages are for the operator who wrote the file. Times become minutes since local midnight,
days become ISO weekdays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from backend.clockface import Clock
from backend.reminders.rules import Quiet, Rule, Rules, shipped
from backend.services.hours import WeeklySpan
from backend.services.opening_hours import Opening, sorted_day
from backend.site.talking import Talking
from dialogs.ports import Mode

SWEDISH = "sv"
LANGUAGES = frozenset((*Locale("en").languages, "kmr"))  # every code Babel has a name for
DAYS = re.compile(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


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


def _email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        message = f'"{value}" is no e-mail address'
        raise ValueError(message)
    return value


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    for at, value in enumerate(values):
        if value in values[:at]:
            message = f'"{value}" is named twice'
            raise ValueError(message)
    return values


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, Field(min_length=1)]
Texts = Annotated[dict[str, str], AfterValidator(_texts)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(_weekdays)]
Code = Annotated[str, AfterValidator(_language)]
Email = Annotated[str, AfterValidator(_email)]
Names = Annotated[tuple[Name, ...], AfterValidator(_each_once)]
Modes = Annotated[tuple[Mode, ...], Field(min_length=1), AfterValidator(_each_once)]


class Entry(BaseModel):
    """Part of the file. A key that nobody knows is a fault: most often it is misspelt."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OpeningEntry(Entry):
    """When people answer at a unit on some weekdays. An end before the beginning is next day."""

    days: Weekdays
    start: Clock = Field(alias="from")
    stop: Clock = Field(alias="to")


class OpeningDayEntry(Entry):
    """A day on which people answer at other times; without times they do not answer at all."""

    day: date
    name: Name | None = None
    start: Clock | None = Field(default=None, alias="from")
    stop: Clock | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.start is None) != (self.stop is None):
            message = 'write both "from" and "to", or neither for a day when nobody answers'
            raise ValueError(message)
        return self


class UnitEntry(Entry):
    """A place where meetings are held. ``aliases`` are names it had before.

    ``floor`` is as the signs in the house say it; ``step_free`` tells how to get in on wheels.
    ``opening`` is when people answer in the chat there; without it a message can be left.
    """

    id: Id
    name: Name
    address: Name
    door: Texts | None = None
    floor: Name | None = None
    step_free: Texts | None = None
    map_url: Annotated[str, Field(pattern=r"^https://")] | None = None
    districts: Names = ()
    aliases: Names = ()
    opening: tuple[OpeningEntry, ...] = ()
    opening_days: tuple[OpeningDayEntry, ...] = ()

    @property
    def hours(self) -> Opening:
        """When people answer."""
        week, days = self.week(), self.different_days()
        return Opening(
            {day: sorted_day(pair for _number, pair in rows) for day, rows in week.items()},
            {day: sorted_day(pair for _number, pair in rows) for day, rows in days.items()},
            {entry.day: entry.name for entry in self.opening_days if entry.name},
        )

    def week(self) -> dict[int, list[tuple[int, tuple[int, int]]]]:
        """Each weekday's hours, each with the number of the entry it is from."""
        found: dict[int, list[tuple[int, tuple[int, int]]]] = {}
        for number, entry in enumerate(self.opening):
            for day in entry.days:
                found.setdefault(day, []).append((number, (entry.start, entry.stop)))
        return found

    def different_days(self) -> dict[date, list[tuple[int, tuple[int, int]]]]:
        """The same for each day that differs; a day when nobody answers has no hours."""
        found: dict[date, list[tuple[int, tuple[int, int]]]] = {}
        for number, entry in enumerate(self.opening_days):
            rows = found.setdefault(entry.day, [])
            if entry.start is not None and entry.stop is not None:
                rows.append((number, (entry.start, entry.stop)))
        return found


class ServiceEntry(Entry):
    """Something that can be booked. The first one in the file is the usual meeting.

    ``per_day`` is the most a coach gives of it in a day. Without ``units`` it is given wherever
    its coaches are. ``by_request``: a coach says yes first. ``by_referral``: only staff book it.
    """

    id: Id
    name: Texts
    about: Texts
    bring: Texts | None = None
    minutes: int = Field(ge=5, le=600)
    before_minutes: int = Field(default=0, ge=0, le=240)
    after_minutes: int = Field(default=10, ge=0, le=240)
    notice_minutes: int = Field(default=120, ge=0, le=43_200)
    horizon_days: int = Field(default=42, ge=1, le=366)
    per_day: int | None = Field(default=None, ge=1, le=50)
    modes: Modes = ("on_site",)
    units: Names = ()
    by_request: bool = False
    by_referral: bool = False
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
    """Someone who can be booked. ``name`` is the first name that newcomers see.

    ``email`` is at work: invitations to her own calendar go there.
    """

    username: Id
    name: Name
    email: Email | None = None
    languages: Annotated[tuple[Code, ...], Field(min_length=1), AfterValidator(_each_once)]
    unit: str
    services: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_each_once)]
    hours: Annotated[tuple[HoursEntry, ...], Field(min_length=1)]

    def week(self) -> list[WeeklySpan]:
        """Every span of a week, in order."""
        return sorted(span for _number, span in self.spans())

    def spans(self) -> Iterator[tuple[int, WeeklySpan]]:
        """Every span of a week, each with the number of the hours it is from."""
        for number, hours in enumerate(self.hours):
            for day in hours.days:
                yield number, WeeklySpan(day, hours.start, hours.stop, hours.unit or self.unit)


class ActivityEntry(Entry):
    """A group activity that comes back every week."""

    service: str
    day: int = Field(ge=1, le=7)
    start: Clock = Field(alias="from")
    unit: str
    seats: int = Field(ge=1, le=500)


class Site(Entry):
    """The whole file. Without ``reminders`` there are the usual ones, with an empty list none."""

    name: Name
    operator: Name
    telegram_url: Annotated[str, Field(pattern=r"^https://t\.me/")] | None = None
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1)]
    services: Annotated[tuple[ServiceEntry, ...], Field(min_length=1)]
    coaches: tuple[CoachEntry, ...] = ()
    activities: tuple[ActivityEntry, ...] = ()
    reminders: tuple[Rule, ...] | None = None
    quiet: Quiet = Quiet()
    talk: Talking = Talking()

    @property
    def rules(self) -> Rules:
        """When people are reminded, and when they are left alone."""
        reminders = shipped().reminders if self.reminders is None else self.reminders
        return Rules(reminders=reminders, quiet=self.quiet)
