"""Calendar files (RFC 5545): the facts of meetings in, bytes out.

Times are UTC and every meeting is an event of its own. A description of the time zone would make
some calendars an hour late after the clocks have changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, vCalAddress, vText
from icalendar import Event as Component

PRODUCT = "-//Ingang//Ingang//SV"
REMIND_BEFORE = timedelta(hours=2)
LOOK_AGAIN_AFTER = timedelta(hours=1)

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Event:
    """A meeting in a calendar. Instants are aware; ``language`` is BCP 47 and that of the words.

    ``uid`` stays the same for ever, ``sequence`` rises with every change.
    """

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    description: str
    location: str
    url: str | None = None
    cancelled: bool = False
    language: str = "sv"


def uid_of(booking: str, url: str) -> str:
    """What an event of ours is known by in every calendar; ``url`` is the service's own."""
    return f"{booking}@{urlsplit(url).hostname}"


def published(events: Iterable[Event], name: str, now: datetime) -> bytes:
    """Events to look at, with nobody invited.

    ``name`` is that of a calendar to subscribe to. Without one it is a file to take events from:
    some programs make a new calendar of whatever has a name.
    """
    calendar = _calendar("PUBLISH")
    if name:
        for known_as in ("name", "x-wr-calname"):
            calendar.add(known_as, vText(_clean(name)))  # of a plain str nothing is escaped here
        calendar.add("refresh-interval", LOOK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_component(event, now, cancelled=event.cancelled))
    return _written(calendar)


def invitation(
    event: Event, organizer: str, attendee: str, now: datetime, method: Method
) -> bytes:
    """One event for the calendar of one who takes part, or its end. Both are e-mail addresses."""
    calendar = _calendar(method)
    component = _component(event, now, cancelled=event.cancelled or method == "CANCEL")
    component.add("organizer", vCalAddress(f"mailto:{organizer}"))
    component.add(
        "attendee",
        vCalAddress(f"mailto:{attendee}"),
        parameters={"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"},
    )
    calendar.add_component(component)
    return _written(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _written(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _component(event: Event, now: datetime, *, cancelled: bool) -> Component:
    component = Component()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", now.astimezone(UTC))
    component.add("dtstart", event.starts.astimezone(UTC))
    component.add("dtend", event.ends.astimezone(UTC))
    language = {"LANGUAGE": event.language}
    component.add("summary", _clean(event.summary), parameters=language)
    component.add("description", _clean(event.description), parameters=language)
    if event.location:
        component.add("location", _clean(event.location))
    if event.url:
        component.add("url", event.url)
    component.add("class", "PRIVATE")
    component.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if not cancelled:
        component.add_component(_alarm(event))
    return component


def _alarm(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMIND_BEFORE)
    alarm.add("description", _clean(event.summary), parameters={"LANGUAGE": event.language})
    return alarm


def _clean(text: str) -> str:
    """Text without what a calendar file may not hold: control characters other than line ends."""
    return "".join(
        char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")
    )
