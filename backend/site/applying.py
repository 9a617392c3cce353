"""Applying a site file to the database: safe to repeat, and silent when nothing has changed.

The file decides, but for what was changed in the console: that is laid over it. What has vanished
from it is closed, never deleted, since bookings refer to it. Passwords, roles and overrides of
single days are none of its business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Base, Closure, Service, Staff, Unit
from backend.models.base import new_id
from backend.models.calendar import EVERYWHERE
from backend.services import catalogue, edits
from backend.services.closures import holidays_of
from backend.services.hours import WeeklySpan, replace_weeks
from backend.services.walltime import instant
from backend.site import activities
from backend.site.entries import CoachEntry, ServiceEntry, Site, UnitEntry

YEARS = 3  # closures of this year and the two after it
COACH = "coach"

Row = TypeVar("Row", bound=Base)
Values = Mapping[str, object]


async def apply(session: AsyncSession, site: Site, today: date) -> bool:
    """Make the database say what the file says, within a transaction; whether it changed.

    Group activities are planned some weeks ahead, so it is applied again each day.
    ``today`` is the day in Stockholm from which new hours hold.
    """
    await _one_at_a_time(session)
    changed = [
        await _services(session, site.services),
        await _units(session, site.units),
        await _coaches(session, site.coaches, today),
        await _closures(session, today),
    ]
    await session.flush()
    if any(changed):
        await catalogue.touch(session)
    known = await catalogue.CatalogueCache().get(session)
    await activities.plan(session, site, known, today, today + activities.AHEAD)
    return any(changed)


def service_values(entry: ServiceEntry) -> dict[str, object]:
    """What the file says of a service, by column; of those that the console may change."""
    return {
        "name": entry.name,
        "about": entry.about,
        "bring": entry.bring or {},
        "minutes": entry.minutes,
        "before_minutes": entry.before_minutes,
        "after_minutes": entry.after_minutes,
        "notice_minutes": entry.notice_minutes,
        "horizon_days": entry.horizon_days,
        "per_day": entry.per_day,
        "modes": list(entry.modes),
        "units": list(entry.units),
        "by_request": entry.by_request,
        "by_referral": entry.by_referral,
        "is_open": True,
    }


def unit_values(entry: UnitEntry) -> dict[str, object]:
    """What the file says of a unit, by column; of those that the console may change."""
    return {
        "name": entry.name,
        "address": entry.address,
        "door": entry.door or {},
        "floor": entry.floor,
        "step_free": entry.step_free or {},
        "map_url": entry.map_url,
        "districts": list(entry.districts),
        "aliases": list(entry.aliases),
        "opening": entry.hours.written,
    }


async def _one_at_a_time(session: AsyncSession) -> None:
    """Processes that start together apply one after the other; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE"))


async def _services(session: AsyncSession, entries: tuple[ServiceEntry, ...]) -> bool:
    rows = {row.id: row for row in await session.scalars(select(Service))}
    changed = False
    for position, entry in enumerate(entries):
        row = rows.pop(entry.id, None)
        values = edits.laid_over(service_values(entry), row)
        values |= {"position": position, "is_group": entry.group}
        changed |= _put(session, row, Service, {"id": entry.id}, values)
    for vanished in rows.values():
        changed |= _set(vanished, {"is_open": False})
    return changed


async def _units(session: AsyncSession, entries: tuple[UnitEntry, ...]) -> bool:
    """A vanished unit stays: without hours nothing can be booked, and nobody answers there."""
    rows = {row.id: row for row in await session.scalars(select(Unit))}
    changed = False
    for position, entry in enumerate(entries):
        row = rows.pop(entry.id, None)
        values = edits.laid_over(unit_values(entry), row) | {"position": position}
        changed |= _put(session, row, Unit, {"id": entry.id}, values)
    for vanished in rows.values():
        changed |= _set(vanished, {"opening": vanished.edits.get("opening", {})})
    await session.flush()  # hours refer to units
    return changed


async def _coaches(session: AsyncSession, entries: tuple[CoachEntry, ...], today: date) -> bool:
    """Coaches by username. An account that gives no service was not made by the file.

    Hours that are kept in the console are none of the file's business.
    """
    rows = {row.username: row for row in await session.scalars(select(Staff))}
    since = instant(today, 0)
    changed = False
    weeks: dict[str, list[WeeklySpan]] = {}
    for entry in entries:
        row = rows.pop(entry.username, None)
        first = {
            "id": row.id if row else new_id(),
            "username": entry.username,
            "role": COACH,
            "password_hash": None,
            "created_at": since,
        }
        values: dict[str, object] = {
            "name": entry.name,
            "languages": list(entry.languages),
            "services": list(entry.services),
        }
        if entry.email is not None:
            values["email"] = entry.email
        # Whoever was closed by hand stays closed; who had vanished from the file comes back.
        if row is None or not row.services:
            values["is_active"] = True
        changed |= _put(session, row, Staff, first, values)
        if row is None or not row.keeps_hours:
            weeks[str(first["id"])] = entry.week()
    for vanished in rows.values():
        if not vanished.keeps_hours:
            weeks[vanished.id] = []
        if vanished.role == COACH and vanished.services:
            changed |= _set(vanished, {"is_active": False, "services": []})
    await session.flush()  # hours refer to staff
    return await replace_weeks(session, weeks, today) or changed


async def _closures(session: AsyncSession, today: date) -> bool:
    """Swedish holidays, with the eves nobody works; what staff have changed there stays."""
    holidays = holidays_of(range(today.year, today.year + YEARS))
    rows = await session.scalars(select(Closure.day).where(Closure.unit_id == EVERYWHERE))
    known = set(rows)
    missing = sorted((day, name) for day, name in holidays.items() if day not in known)
    session.add_all(Closure(day=day, unit_id=EVERYWHERE, name=name) for day, name in missing)
    return bool(missing)


def _put(
    session: AsyncSession, row: Row | None, table: type[Row], first: Values, values: Values
) -> bool:
    """Change a row, or add one; ``first`` holds what is only set then."""
    if row is None:
        session.add(table(**first, **values))
        return True
    return _set(row, values)


def _set(row: Base, values: Values) -> bool:
    """Set what differs; whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
