"""When a reminder falls due: wall time in Stockholm, and never in the quiet hours. Pure.

What would come at night comes when the night is over, if that leaves half an hour before the
start. Else it is left out when the person hears the day before anyway, and comes the evening
before when she does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.reminders.rules import Kind, Quiet, Rule, Rules
from backend.services.walltime import instant, local_day, local_minute

LEAST = timedelta(minutes=30)  # between a reminder in the morning and the start
EVENING = timedelta(hours=1)  # before the quiet hours begin
KEPT = timedelta(days=7)  # how long what comes afterwards is still worth sending
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Times:
    """A meeting's start and end, and since when it has been so: booked, moved, or marked."""

    starts: datetime
    ends: datetime
    since: datetime


def due(rule: Rule, rules: Rules, kind: Kind, times: Times) -> datetime | None:
    """When a reminder falls due, or None when there is to be none."""
    ahead = (local_day(times.starts) - local_day(times.since)).days
    if rule.days_ahead and ahead < rule.days_ahead:
        return None
    at = _due(rule, rules, kind, times)
    if at is None or (at <= times.since and rule.anchor not in ("booked", "after")):
        return None
    return at if rule.anchor == "after" or at < times.starts else None


def expires(rule: Rule, times: Times) -> datetime:
    """When it is too late: at the start, or some days after the end."""
    return max(times.ends, times.since) + KEPT if rule.anchor == "after" else times.starts


def is_quiet(at: datetime, quiet: Quiet) -> bool:
    """Whether an instant lies in the quiet hours."""
    return quiet.holds(local_minute(at))


def awake(at: datetime, quiet: Quiet) -> datetime:
    """The instant itself, or the end of the quiet hours it lies in."""
    return _night(at, quiet)[1] if is_quiet(at, quiet) else at


def _due(rule: Rule, rules: Rules, kind: Kind, times: Times) -> datetime | None:
    wanted, quiet = _wanted(rule, times), rules.quiet
    if rule.urgent or not is_quiet(wanted, quiet):
        return wanted
    if rule.anchor in ("booked", "after"):
        return awake(wanted, quiet)
    if rule.anchor == "day_before":
        return _evening_before(wanted, quiet)
    morning = awake(wanted, quiet)
    if times.starts - morning >= LEAST:
        return morning
    return None if _hears_before(rules, kind, times) else _evening_before(wanted, quiet)


def _wanted(rule: Rule, times: Times) -> datetime:
    """When it would fall due if nobody slept."""
    minutes, at = timedelta(minutes=rule.minutes or 0), rule.at or 0
    match rule.anchor:
        case "booked":
            return times.since + minutes
        case "after":
            return max(times.ends, times.since) + minutes
        case "day_before":
            return wall(local_day(times.starts) - rule.days * DAY, at)
        case "at":
            return wall(local_day(times.starts), at)
        case "before":
            return times.starts - minutes


def _hears_before(rules: Rules, kind: Kind, times: Times) -> bool:
    """Whether there is a reminder the day before."""
    return any(
        rule.anchor == "day_before" and rule.days == 1 and due(rule, rules, kind, times)
        for rule in rules.before(kind)
    )


def _evening_before(at: datetime, quiet: Quiet) -> datetime:
    """Shortly before the quiet hours an instant lies in."""
    return _night(at, quiet)[0] - EVENING


def _night(at: datetime, quiet: Quiet) -> tuple[datetime, datetime]:
    """The quiet hours an instant lies in, from when to when."""
    day, over_midnight = local_day(at), quiet.start > quiet.stop
    first = day - DAY if over_midnight and local_minute(at) < quiet.start else day
    return wall(first, quiet.start), wall(first + over_midnight * DAY, quiet.stop)


def wall(day: date, minute: int) -> datetime:
    """The instant of a wall time; one the clocks jump over counts an hour later."""
    found = instant(day, minute) or instant(day, minute + 60)
    if found is None:
        raise ValueError(day, minute)
    return found
