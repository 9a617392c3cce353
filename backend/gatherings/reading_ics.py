"""Activities of a calendar file: one for each event, with those of its dates that differ.

The file is not to be trusted; nothing of a rule is worked out before it has been checked. Call it
in a thread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from icalendar import Calendar, Component

from backend.gatherings import checks
from backend.gatherings.event_reader import EventReader
from backend.gatherings.found import Fault, Found, Known, NoActivities, Reading
from dialogs.text import _

BEGIN = "BEGIN:VCALENDAR"
PROPERTY = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
MOST_EVENTS = 10_000
LONGEST_UID = 200


@dataclass(frozen=True)
class Event:
    """An event, and the lines of its properties; "" is the line on which it begins."""

    component: Component
    lines: Mapping[str, int]

    @property
    def uid(self) -> str:
        """How its calendar knows it; events that replace a date of another one have that one's."""
        return str(self.component.get("UID", ""))

    @property
    def is_replacement(self) -> bool:
        """Whether it stands for one date of a series."""
        return "RECURRENCE-ID" in self.component


def is_calendar(text: str) -> bool:
    """Whether a text means to be a calendar."""
    return text.lstrip()[: len(BEGIN)].upper() == BEGIN


def read_ics(text: str, known: Known) -> Reading:
    """Every activity of a calendar, and every fault. Raises NoActivities."""
    events = _events(text)
    replacements: dict[str, list[Event]] = {}
    for event in events:
        if event.is_replacement:
            replacements.setdefault(event.uid, []).append(event)
    found: list[Found] = []
    faults: list[Fault] = []
    wrong = 0
    for event in events:
        if not event.is_replacement:
            own, faulty = _read(event, replacements.pop(event.uid, ()), known)
            found += own
            faults += faulty
            wrong += not own
    for orphans in replacements.values():
        wrong += len(orphans)
        words = _("It changes a date of an activity that is not in the file.")
        faults += [Fault(event.lines[""], "RECURRENCE-ID", words) for event in orphans]
    return Reading(found, sorted(faults, key=lambda fault: fault.line), wrong)


def _read(
    event: Event, replacements: Sequence[Event], known: Known
) -> tuple[list[Found], list[Fault]]:
    """An activity, or what is wrong with it or with a date of it."""
    reader = EventReader(event.component, event.lines, known)
    new = reader.activity()
    if new is None or reader.faults:
        return [], reader.faults
    differing = reader.skipped(new)
    for each in replacements:
        other = EventReader(each.component, each.lines, known)
        differing += other.replacing(new)
        reader.faults += other.faults
    if reader.faults:
        return [], reader.faults
    uid = _uid(event.uid) if event.uid else checks.uid_of(new)
    return [Found(event.lines[""], replace(new, uid=uid), tuple(differing))], []


def _uid(uid: str) -> str:
    if len(uid) > LONGEST_UID:
        uid = hashlib.sha256(uid.encode("utf-8", "replace")).hexdigest()
    return f"ics:{uid}"


def _events(text: str) -> list[Event]:
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception as error:  # a parser fed with anything raises anything
        raise NoActivities(_("This calendar cannot be read.")) from error
    components = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not components:
        raise NoActivities(_("There is no activity in the file."))
    if len(components) > MOST_EVENTS:
        raise NoActivities(
            _(
                "There are more than {most:number} lines. Make several files of it.",
                most=MOST_EVENTS,
            )
        )
    lines = _lines(text)
    lines += [{"": 1}] * (len(components) - len(lines))
    return [Event(*pair) for pair in zip(components, lines, strict=False)]


def _lines(text: str) -> list[dict[str, int]]:
    """For each event in order, the line of each of its own properties."""
    events: list[dict[str, int]] = []
    within: list[dict[str, int]] = []  # what is open; an alarm inside an event is none of it
    for number, line in enumerate(text.split("\n"), 1):
        upper = line.strip().upper()
        if upper.startswith("BEGIN:"):
            within.append({"": number})
            if upper == "BEGIN:VEVENT":
                events.append(within[-1])
        elif upper.startswith("END:") and within:
            within.pop()
        elif within and (found := PROPERTY.match(line)):
            within[-1].setdefault(found[0].upper(), number)
    return events
