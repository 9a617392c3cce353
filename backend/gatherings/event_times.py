"""The times of an event of a calendar file, as wall time in Stockholm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from icalendar import Component
from icalendar.prop import vRecur

from backend.clock import ZONE
from backend.gatherings.cells import WrongCell
from backend.gatherings.plain_rules import normal
from dialogs.text import _

WEEKS = 104
A_MINUTE = timedelta(minutes=1)


def start_of(event: Component) -> datetime:
    """When it begins, naive; of a series, in a zone with Stockholm's clocks. Raises WrongCell."""
    at = _only(event, "DTSTART")
    if at is None:
        raise WrongCell(_("The time is missing."))
    if "RRULE" in event and isinstance(at, datetime) and at.tzinfo and not _is_like_ours(at):
        raise WrongCell(_("It comes back by the clocks of another time zone than Stockholm's."))
    return wall(at)


def replaces(event: Component) -> datetime:
    """Which date of its series an event is instead of, naive. Raises WrongCell."""
    at = _only(event, "RECURRENCE-ID")
    if at is None:
        raise _unread()
    if "RANGE" in event["RECURRENCE-ID"].params:
        raise WrongCell(_("It changes several dates at once. Write each of them by itself."))
    return wall(at)


def minutes_of(event: Component, usual: int) -> int:
    """How long it lasts. Raises WrongCell."""
    if "DTEND" in event:
        start, end = _only(event, "DTSTART"), _only(event, "DTEND")
        if start is None or end is None:
            raise _unread()
        lasts = wall(end) - wall(start)
    elif "DURATION" in event:
        lasts = getattr(event["DURATION"], "dt", None) or timedelta()
    else:
        return usual
    if lasts < A_MINUTE:
        raise WrongCell(_("The end must be later than the beginning."))
    return lasts // A_MINUTE


def rule_of(event: Component) -> str:
    """Its rule in wall time, empty for once. Raises WrongCell."""
    if "RRULE" not in event:
        return ""
    rule = event["RRULE"]
    is_one = isinstance(rule, vRecur)  # not several, and not something that is no rule
    stated = rule.to_ical() if is_one else None
    if not isinstance(stated, bytes):
        raise _unread()
    return normal(stated.decode())


def excluded(event: Component, first: datetime) -> Iterator[datetime]:
    """The dates on which it does not take place, naive. Raises WrongCell."""
    stated = event.get("EXDATE", [])
    for part in stated if isinstance(stated, list) else [stated]:
        for each in getattr(part, "dts", ()):
            at = each.dt
            if isinstance(at, datetime):
                yield wall(at)
            elif isinstance(at, date):
                yield datetime.combine(at, first.time())
            else:
                raise _unread()


def wall(at: date) -> datetime:
    """A time of any zone on Stockholm's clocks, naive; one without a zone is there already.

    Raises WrongCell for a day without a time.
    """
    if not isinstance(at, datetime):
        raise WrongCell(_("It has no time of day."))
    ours = at.astimezone(ZONE).replace(tzinfo=None) if at.tzinfo else at
    return ours.replace(second=0, microsecond=0)


def _only(event: Component, name: str) -> date | None:
    """A property's time; None when there is none. Raises WrongCell for what is no time."""
    if name not in event:
        return None
    stated = event[name]
    at = getattr(stated, "dt", None)
    if not isinstance(at, date):
        raise _unread()
    if isinstance(at, datetime) and at.tzinfo is None and "TZID" in stated.params:
        raise WrongCell(_("We do not know its time zone."))
    return at


def _is_like_ours(at: datetime) -> bool:
    """Whether that zone's clocks go as Stockholm's do, for some years from then on."""
    weeks = (at + timedelta(weeks=week) for week in range(WEEKS))
    return all(each.utcoffset() == each.replace(tzinfo=ZONE).utcoffset() for each in weeks)


def _unread() -> WrongCell:
    return WrongCell(_("This cannot be read."))
