"""Services, units, coaches and their hours: a snapshot kept in memory until something changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Closure, Hours, Override, Series, Setting, Staff
from backend.models import Service as ServiceRow
from backend.models import Unit as UnitRow
from backend.models.calendar import EVERYWHERE, MINUTES_OF_A_DAY
from backend.reminders.rules import Rules, shipped
from backend.services import opening_hours
from backend.services.links import Links
from backend.services.opening_hours import Opening
from backend.services.places import Places
from backend.vault import Vault
from backend.work import Work
from dialogs.ports import Mode, Service, Unit
from dialogs.text import Words

VERSION_SETTING = "catalogue"


@dataclass(frozen=True)
class Terms:
    """A service and the terms of booking it. Times in minutes.

    ``per_day``: how many of a coach's day may be of this kind. ``units``: where it is given, none
    for everywhere. ``by_referral``: only staff book it.
    """

    service: Service
    before: int
    after: int
    notice: int
    horizon_days: int
    is_open: bool
    per_day: int | None = None
    units: frozenset[str] = frozenset()
    by_referral: bool = False

    @property
    def is_bookable(self) -> bool:
        """Whether staff can book it with a coach."""
        return self.is_open and not self.service.group

    def given_at(self, unit: str) -> bool:
        """Whether the service is given at a unit."""
        return not self.units or unit in self.units


@dataclass(frozen=True)
class Span:
    """Part of a day at a unit, in minutes since local midnight."""

    unit: str
    start: int
    stop: int


@dataclass(frozen=True)
class Weekly:
    """A span that comes back each week while it is valid."""

    weekday: int
    span: Span
    valid_from: date
    valid_until: date | None

    def holds(self, day: date) -> bool:
        """Whether it applies on a day."""
        return (
            day.isoweekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True)
class Coach:
    """Someone who can be booked. An override replaces the hours of its day."""

    id: str
    name: str
    languages: tuple[str, ...]
    services: frozenset[str]
    weekly: tuple[Weekly, ...]
    overrides: Mapping[date, tuple[Span, ...]]

    def spans(self, day: date) -> tuple[Span, ...]:
        """When the coach is there on a day, closures aside."""
        if day in self.overrides:
            return self.overrides[day]
        return tuple(weekly.span for weekly in self.weekly if weekly.holds(day))


@dataclass(frozen=True)
class Catalogue:
    """Everything slot search needs besides what is taken; ``links`` makes our addresses."""

    version: int
    links: Links
    services: Mapping[str, Terms]
    units: Mapping[str, Unit]
    coaches: Mapping[str, Coach]
    names: Mapping[str, str]  # of all staff, also those who cannot be booked
    closures: Mapping[tuple[date, str], int]  # (day, unit) -> closed from this minute on
    places: Places = field(default_factory=Places)
    by_mail: frozenset[str] = frozenset()  # staff who get invitations to their own calendars
    with_calendar: frozenset[str] = frozenset()  # staff whose own calendars are read
    named: Mapping[str, Service] = field(default_factory=dict)  # as a series calls it
    rules: Rules = field(default_factory=shipped)  # of reminders
    opening: Mapping[str, Opening] = field(default_factory=dict)  # when people answer, by unit

    def service_of(self, service: str, series: str | None) -> Service:
        """A service, in the words of the series when that has its own."""
        return self.named.get(series or "") or self.services[service].service

    def closed_from(self, day: date, unit: str) -> int | None:
        """From which minute of a day a unit is closed, or None."""
        minutes = [
            self.closures[key] for key in ((day, unit), (day, EVERYWHERE)) if key in self.closures
        ]
        return min(minutes, default=None)

    def unit_for(self, district: str) -> Unit | None:
        """Where the people of a district go."""
        return self.units.get(self.places.unit_for(district) or "")

    def find_unit(self, words: str) -> Unit | None:
        """The unit that words name: its name, an old one, or a district; accents do not count."""
        return self.units.get(self.places.find(words) or "")

    def coaches_for(self, service: str) -> tuple[Coach, ...]:
        """Who gives a service."""
        return tuple(coach for coach in self.coaches.values() if service in coach.services)


def current_version() -> Select[int]:
    """The query for the catalogue's version."""
    return select(Setting.value).where(Setting.name == VERSION_SETTING)


class CatalogueCache:
    """Loads the catalogue again when its version has changed; one small query otherwise."""

    def __init__(self, links: Links | None = None, rules: Rules | None = None) -> None:
        self.links = links or Links("http://127.0.0.1", "https://video.example", Vault("no links"))
        self.rules = rules or shipped()
        self._held: Catalogue | None = None

    async def get(self, session: AsyncSession, version: int | None = None) -> Catalogue:
        """The catalogue as it is now; ``version`` saves the query when it is known."""
        if version is None:
            version = await session.scalar(current_version())
        if self._held is None or self._held.version != version:
            self._held = await _load(session, version or 0, self.links, self.rules)
        return self._held


@dataclass
class CurrentCatalogue:
    """The catalogue as one unit of work sees it: looked at once, then kept to its end."""

    cache: CatalogueCache
    work: Work
    version: int | None = None
    _seen: Catalogue | None = None

    async def get(self) -> Catalogue:
        """The catalogue."""
        if self._seen is None:
            self._seen = await self.cache.get(await self.work.reading(), self.version)
        return self._seen


async def touch(session: AsyncSession) -> None:
    """Say that the catalogue has changed; every process loads it again."""
    await session.execute(
        insertion(session, Setting)
        .values(name=VERSION_SETTING, value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Setting.value + 1})
    )


async def _load(session: AsyncSession, version: int, links: Links, rules: Rules) -> Catalogue:
    staff = (await session.scalars(select(Staff).order_by(Staff.name, Staff.id))).all()
    hours = (await session.scalars(select(Hours).order_by(Hours.from_minute))).all()
    overrides = (await session.scalars(select(Override).order_by(Override.from_minute))).all()
    closures = (await session.scalars(select(Closure))).all()
    services = await session.scalars(select(ServiceRow).order_by(ServiceRow.position))
    terms = {row.id: _terms(row) for row in services}
    units = (await session.scalars(select(UnitRow).order_by(UnitRow.position))).all()
    return Catalogue(
        version,
        links,
        terms,
        {row.id: _unit(row) for row in units},
        {row.id: _coach(row, hours, overrides) for row in staff if row.is_active and row.services},
        {row.id: row.name for row in staff},
        {
            (row.day, row.unit_id): row.from_minute
            for row in closures
            if row.from_minute < MINUTES_OF_A_DAY
        },
        Places.of(units),
        frozenset(row.id for row in staff if row.email),
        frozenset(row.id for row in staff if row.busy_sealed),
        await _named(session, terms),
        rules,
        {row.id: opening_hours.read(row.opening) for row in units},
    )


async def _named(session: AsyncSession, terms: Mapping[str, Terms]) -> dict[str, Service]:
    """Services as they are called in series that have a name or a text of their own."""
    rows = await session.execute(
        select(Series.id, Series.service_id, Series.name, Series.about, Series.minutes).where(
            Series.state.in_(("open", "ended"))
        )
    )
    found = {}
    for series, service, name, about, minutes in rows:
        own = terms[service].service
        found[series] = replace(
            own,
            name=Words.of(name) if name else own.name,
            about=Words.of(about) if about else own.about,
            minutes=minutes,
        )
    return found


def _terms(row: ServiceRow) -> Terms:
    service = Service(
        row.id,
        Words.of(row.name),
        Words.of(row.about),
        row.minutes,
        Words.of(row.bring) if row.bring else None,
        row.is_group,
        tuple(cast("Mode", mode) for mode in row.modes),
        row.by_request,
    )
    return Terms(
        service,
        row.before_minutes,
        row.after_minutes,
        row.notice_minutes,
        row.horizon_days,
        row.is_open,
        row.per_day,
        frozenset(row.units),
        row.by_referral,
    )


def _unit(row: UnitRow) -> Unit:
    door = Words.of(row.door) if row.door else None
    step_free = Words.of(row.step_free) if row.step_free else None
    return Unit(row.id, row.name, row.address, door, row.map_url, row.floor, step_free)


def _coach(row: Staff, hours: Iterable[Hours], overrides: Iterable[Override]) -> Coach:
    weekly = tuple(
        Weekly(
            hour.weekday,
            Span(hour.unit_id, hour.from_minute, hour.to_minute),
            hour.valid_from,
            hour.valid_until,
        )
        for hour in hours
        if hour.staff_id == row.id
    )
    usual = weekly[0].span.unit if weekly else ""
    changed: dict[date, tuple[Span, ...]] = {}
    for override in overrides:
        if override.staff_id == row.id:
            spans = changed.get(override.day, ())
            span = Span(override.unit_id or usual, override.from_minute, override.to_minute)
            changed[override.day] = (*spans, span) if override.is_open else spans
    return Coach(row.id, row.name, tuple(row.languages), frozenset(row.services), weekly, changed)
