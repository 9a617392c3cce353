"""What must have been sent in a quarter, worked out from what was true. Knows no rule of ours.

The rules are written here a second time, by hand, as an almanac would: three days before, the
evening before (one message for a day), two hours before but never at night, after a missed
meeting, on the mornings of a deadline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.clock import ZONE
from tests.soak.quarter import Ledger, Life, Scale, at

DAY, HALF_AN_HOUR = timedelta(days=1), timedelta(minutes=30)
FIVE, NINE, EIGHT, NIGHT = 17 * 60, 9 * 60, 8 * 60, 21 * 60
REPORT_DAYS, REPORT_LAST = (1, 10, 13), 14


@dataclass(frozen=True)
class Sent:
    """One message that has to be, or that was."""

    person: str
    at: datetime
    kind: str

    def __str__(self) -> str:
        return f"{self.person} {self.at.astimezone(ZONE):%a %d/%m %H:%M} {self.kind}"


def expected(ledger: Ledger, scale: Scale) -> Counter[Sent]:
    """Every reminder that must have been sent by the end."""
    end = at(scale.last, 24 * 60 - 1)
    found = [
        *_evenings(ledger),
        *(sent for lives in ledger.lives.values() for life in lives for sent in _of(life)),
        *_after_a_missed_one(ledger),
        *_reports(ledger, scale),
        *_permits(ledger, scale),
    ]
    return Counter(sent for sent in found if sent.at < end)


def times_of_the_day(ledger: Ledger, sent: Sent) -> set[str]:
    """What was booked for the day after an evening, as HH:MM."""
    return {
        f"{life.starts.astimezone(ZONE):%H:%M}"
        for lives in ledger.lives.values()
        for life in lives
        if life.person == sent.person
        and life.holds(sent.at)
        and _day(life.starts) == _day(sent.at) + DAY
    }


def _evenings(ledger: Ledger) -> set[Sent]:
    """One message the evening before, however much there is on the day."""
    found = set()
    for lives in ledger.lives.values():
        for life in lives:
            evening = at(_day(life.starts) - DAY, FIVE)
            if life.holds(evening):
                found.add(Sent(life.person, evening, "day-before"))
    return found


def _of(life: Life) -> Iterator[Sent]:
    """What is sent of one meeting of one with one."""
    if life.kind != "meeting":
        return
    day = _day(life.starts)
    early = at(day - 3 * DAY, FIVE)
    if (day - _day(life.since)).days >= 6 and life.holds(early):
        yield Sent(life.person, early, "three-days-before")
    shortly = max(life.starts - timedelta(hours=2), at(day, EIGHT))
    if life.holds(shortly) and life.starts - shortly >= HALF_AN_HOUR:
        yield Sent(life.person, shortly, "two-hours-before")


def _after_a_missed_one(ledger: Ledger) -> Iterator[Sent]:
    """Three new times, unless she has one already."""
    meetings = [
        life for lives in ledger.lives.values() for life in lives if life.kind == "meeting"
    ]
    for life in meetings:
        marked = life.missed_at
        if marked is None or any(
            other.person == life.person and other.holds(marked) and other.starts > marked
            for other in meetings
        ):
            continue
        local = marked.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        morning = at(local.date() if minute < EIGHT else local.date() + DAY, EIGHT)
        yield Sent(life.person, marked if EIGHT <= minute < NIGHT else morning, "missed")


def _reports(ledger: Ledger, scale: Scale) -> Iterator[Sent]:
    """The report of a month: on the 1st, the 10th and the 13th of the next."""
    for person in ledger.reports:
        day = scale.first + DAY
        while day <= scale.last:
            if day.day in REPORT_DAYS:
                yield Sent(person, at(day, NINE), "deadline")
            day += DAY


def _permits(ledger: Ledger, scale: Scale) -> Iterator[Sent]:
    """Ten, eight and four weeks before the day it ends."""
    for person, ends in ledger.permits.items():
        for weeks in (10, 8, 4):
            day = ends - timedelta(weeks=weeks)
            if day > scale.first:
                yield Sent(person, at(day, NINE), "deadline")


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
