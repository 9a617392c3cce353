"""When somebody is busy, by a calendar file from outside. Nothing else in it is looked at.

The file is not to be trusted: a rule may never end, and whoever wrote it may have counted on it.
Call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from time import thread_time

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar.prop import vPeriod, vRecur

from backend.clock import ZONE

MOST_TIMES = 5_000
MOST_CPU_SECONDS = 3.0
MOST_RULES = 5  # of one event
LONGEST_RULE = 500
MOST_A_DAY = 24
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
TIMES = {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"}
A_DAY = timedelta(days=1)

Interval = tuple[datetime, datetime]


class NotACalendar(Exception):
    """The file is no calendar, or one that cannot be made sense of."""


class TooMany(Exception):
    """There are more times in the calendar than we are willing to work out."""


@dataclass(frozen=True)
class Reading:
    """How calendars are read: between two instants, and without what we have put there ourselves.

    Events that we sent are known by their UID, which ends with ``@host``. Stated busy times have
    none: there ``meetings``, those we know of, are cut out. ``cpu`` is how many seconds of its
    thread's time reading may take.
    """

    now: datetime
    until: datetime
    host: str
    meetings: Sequence[Interval] = ()
    cpu: float = MOST_CPU_SECONDS


def busy_times(content: bytes, reading: Reading) -> list[Interval]:
    """When the calendar's owner is busy, in UTC; none overlap. Raises NotACalendar or TooMany."""
    stop_at = thread_time() + reading.cpu
    try:
        found = list(_clipped(_all_times(content, reading, stop_at), reading))
    except (TooMany, NotACalendar):
        raise
    except Exception as error:  # a parser fed with anything raises anything
        raise NotACalendar(type(error).__name__) from None
    return merged(found)


def merged(times: Iterable[Interval]) -> list[Interval]:
    """The same times, in order, with those that overlap made into one; touching is not overlap."""
    result: list[Interval] = []
    for starts, ends in sorted(times):
        if result and starts < result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends))
        else:
            result.append((starts, ends))
    return result


def without(time: Interval, meetings: Iterable[Interval]) -> Iterator[Interval]:
    """What is left of a time when meetings are cut out of it."""
    starts, ends = time
    for meeting_starts, meeting_ends in merged(meetings):
        if starts < meeting_starts < ends:
            yield starts, meeting_starts
        if meeting_starts < ends:
            starts = max(starts, meeting_ends)
    if starts < ends:
        yield starts, ends


def _all_times(content: bytes, reading: Reading, stop_at: float) -> Iterator[Interval]:
    calendars = Calendar.from_ical(content, multiple=True)
    if not calendars:
        raise NotACalendar
    for calendar in calendars:
        if not isinstance(calendar, Calendar):
            raise NotACalendar
        calendar.subcomponents = [
            part
            for part in calendar.subcomponents
            if part.name != "VEVENT" or (_has_a_time(part) and not _is_ours(part, reading.host))
        ]
        yield from _event_times(calendar, reading, stop_at)
        for component in calendar.walk("VFREEBUSY"):
            for stated in _stated_times(component):
                yield from without(stated, reading.meetings)


def _event_times(calendar: Calendar, reading: Reading, stop_at: float) -> Iterator[Interval]:
    """One time for each occurrence; the limits are looked at between one series and the next."""
    for event in calendar.walk("VEVENT"):
        _expect_rules_that_end(event)
    # A wall time without a zone is compared with these: they must be Stockholm's.
    first, last = (reading.now - A_DAY).astimezone(ZONE), (reading.until + A_DAY).astimezone(ZONE)
    for series in recurring_ical_events.of(calendar, skip_bad_series=True).series:
        if thread_time() > stop_at:
            raise TooMany
        for occurrence in series.between(first, last):
            event = occurrence.as_component(keep_recurrence_attributes=False)
            if _takes_time(event):
                yield _instant(occurrence.start), _instant(occurrence.end)


def _stated_times(component: Component) -> Iterator[Interval]:
    """The periods of a VFREEBUSY, which names no events."""
    stated = component.get("FREEBUSY", [])
    for period in stated if isinstance(stated, list) else [stated]:
        if isinstance(period, vPeriod) and period.params.get("FBTYPE", "BUSY").upper() != "FREE":
            yield _instant(period.start), _instant(period.end)


def _clipped(times: Iterable[Interval], reading: Reading) -> Iterator[Interval]:
    """The parts between the two instants. Raises TooMany."""
    for number, (starts, ends) in enumerate(times):
        if number >= MOST_TIMES:
            raise TooMany
        begins, stops = max(starts, reading.now), min(ends, reading.until)
        if begins < stops:
            yield begins, stops


def _expect_rules_that_end(event: Component) -> None:
    """Refuse rules that are too much work. Raises TooMany."""
    stated = event.get("RRULE", [])
    rules = stated if isinstance(stated, list) else [stated]
    if len(rules) > MOST_RULES:
        raise TooMany
    for rule in rules:
        if len(rule.to_ical()) > LONGEST_RULE or (isinstance(rule, vRecur) and _is_dense(rule)):
            raise TooMany


def _is_dense(rule: vRecur) -> bool:
    a_day = prod(max(1, len(rule.get(part, ()))) for part in WITHIN_A_DAY)
    return any(freq in TOO_OFTEN for freq in rule.get("FREQ", ())) or a_day > MOST_A_DAY


def _has_a_time(event: Component) -> bool:
    """An event whose time cannot be read takes none."""
    return "DTSTART" in event and TIMES.isdisjoint(name for name, _error in event.errors)


def _is_ours(event: Component, host: str) -> bool:
    return str(event.get("UID", "")).endswith(f"@{host}")


def _takes_time(event: Component) -> bool:
    """Whether its owner is busy then. Outlook says it in a word of its own."""
    return (
        str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
    )


def _instant(at: date) -> datetime:
    """A day begins at midnight in Stockholm, and a wall time without a zone is Stockholm's."""
    wall = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (wall if wall.tzinfo else wall.replace(tzinfo=ZONE)).astimezone(UTC)
