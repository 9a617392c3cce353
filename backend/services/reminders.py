"""Reminders of meetings: which there are, when they are due, and what they say.

Pure: a booking gives planned messages. They are written in the booking's own transaction, and
void in the one that cancels or moves it. A reminder never says what the meeting is about beyond
its kind, for other eyes read phones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.services.walltime import day_before_at
from backend.work import Planned
from dialogs import cards, places
from dialogs.core import say, to
from dialogs.messages import Button, Reply, Urgency
from dialogs.ports import Meeting
from dialogs.text import Text, _

EVENING = 17
SHORTLY = timedelta(hours=2)


@dataclass(frozen=True)
class Rule:
    """One reminder: its name, when it is due for a meeting, and its first line."""

    name: str
    due: Callable[[Meeting], datetime]
    opening: Callable[[], Text]


def _day_before(meeting: Meeting) -> datetime:
    return day_before_at(meeting.starts, EVENING)


def _two_hours_before(meeting: Meeting) -> datetime:
    return meeting.starts - SHORTLY


# What is said stays true when a reminder is late, after an outage or a moved clock; the card
# below it has the day and the time.
RULES = (
    Rule("day-before", _day_before, lambda: _("Remember: you have a meeting.")),
    Rule("two-hours-before", _two_hours_before, lambda: _("You have a meeting today.")),
)


def for_meeting(person: str, meeting: Meeting, now: datetime) -> Iterator[Planned]:
    """The reminders of a booked meeting that are still to come.

    A late reminder is dropped, not sent after the meeting: each expires when the meeting starts.
    """
    for rule in RULES:
        due = rule.due(meeting)
        if due <= now:
            continue
        yield Planned(
            person=person,
            reply=_reminder(rule.opening(), meeting),
            due=due,
            dedupe=f"booking:{meeting.booking}:{meeting.version}:{rule.name}",
            expires=meeting.starts,
            about=f"booking:{meeting.booking}",
            about_version=meeting.version,
        )


def _reminder(opening: Text, meeting: Meeting) -> Reply:
    return say(
        opening,
        cards.meeting_card(meeting),
        *_answers(meeting),
        urgency=Urgency.REMINDER,
    )


def _answers(meeting: Meeting) -> Iterator[Button]:
    yield to(_("I will come"), places.will_come(meeting.booking))
    if not meeting.service.group:
        yield to(_("Another time"), places.move(meeting.booking, meeting.version))
    yield to(_("I can't come"), places.cannot_come(meeting.booking))
