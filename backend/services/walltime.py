"""Wall time in Stockholm and the instants it means.

A weekly hour is minutes since local midnight; a day has 23 or 25 hours twice a year. A wall time
in the spring gap does not exist, and of a doubled autumn hour the first one counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from backend.clock import ZONE


def instant(day: date, minute: int) -> datetime | None:
    """The instant of a wall time, or None when the clocks jump over it."""
    wall = datetime.combine(day, time(), ZONE) + timedelta(minutes=minute)
    at = wall.astimezone(UTC)
    return at if at.astimezone(ZONE).replace(tzinfo=None) == wall.replace(tzinfo=None) else None


def local_day(at: datetime) -> date:
    """The day it is in Stockholm."""
    return at.astimezone(ZONE).date()


def local_minute(at: datetime) -> int:
    """Minutes since local midnight, by the clock on the wall."""
    wall = at.astimezone(ZONE)
    return wall.hour * 60 + wall.minute


def wall_text(at: datetime) -> str:
    """Wall time as stored: "2026-11-23T09:00"."""
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}"


def day_before_at(at: datetime, hour: int) -> datetime:
    """The full hour of the day before, in wall time: 24 hours earlier is wrong twice a year."""
    found = instant(local_day(at) - timedelta(days=1), hour * 60)
    return found if found is not None else at - timedelta(days=1)
