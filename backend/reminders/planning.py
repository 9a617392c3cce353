"""From rules and a meeting to planned messages. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s

from backend.reminders import timing, words
from backend.reminders.rules import Kind, Rule, Rules
from backend.reminders.timing import Times
from backend.work import Planned
from dialogs.ports import Meeting

LONG_AGO = timedelta(days=400)  # before the start: nothing of it has fallen due then


@dataclass(frozen=True)
class Coming:
    """Something a person is going to: a meeting, and of what kind it is."""

    person: str
    meeting: Meeting
    kind: Kind


def for_meeting(coming: Coming, rules: Rules, since: datetime) -> Iterator[Planned]:
    """The reminders of a meeting booked, or given a new time, at ``since``; alone on its day."""
    for rule in rules.before(coming.kind):
        planned = one(rule, rules, coming, since)
        if planned is not None:
            yield planned


def one(rule: Rule, rules: Rules, coming: Coming, since: datetime) -> Planned | None:
    """One reminder of one meeting, or None when it does not fall due any more.

    A late reminder is dropped, not sent after the meeting: each expires when that starts.
    """
    meeting = coming.meeting
    times = Times(meeting.starts, meeting.ends, since)
    due = timing.due(rule, rules, coming.kind, times)
    if due is None:
        return None
    return Planned(
        person=coming.person,
        reply=words.reminder(rule.words, meeting, coming.kind),
        due=due,
        dedupe=dedupe(rule, meeting),
        expires=timing.expires(rule, times),
        about=f"booking:{meeting.booking}",
        about_version=meeting.version,
    )


def of_a_day(
    rule: Rule, rules: Rules, day: date, together: Sequence[Coming], since: datetime
) -> Planned | None:
    """One message for several things of one day; it comes when that of the first would."""
    first = together[0]
    alone = one(rule, rules, first, since)
    if alone is None:
        return None
    meetings = [coming.meeting for coming in together]
    return Planned(
        person=first.person,
        reply=words.of_a_day(day, meetings),
        due=alone.due,
        dedupe=f"{about_day(first.person, day)}:{rule.name}:{_digest(meetings)}",
        expires=alone.expires,
        about=about_day(first.person, day),
    )


def dedupe(rule: Rule, meeting: Meeting) -> str:
    """The name of a reminder: planned again, it is the same one."""
    return f"booking:{meeting.booking}:{meeting.version}:{rule.name}"


def about_day(person: str, day: date) -> str:
    """What messages about a person's day carry in their ``about``."""
    return f"day:{person}:{day}"


def _digest(meetings: Sequence[Meeting]) -> str:
    """Another one whenever something of the day changes."""
    known = "|".join(
        f"{each.booking}:{each.version}:{each.starts.timestamp():.0f}:{each.unit.id}"
        for each in meetings
    )
    return blake2s(known.encode(), digest_size=9).hexdigest()
