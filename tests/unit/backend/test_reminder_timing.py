"""When reminders fall due: every day from 2026 to 2032, every five minutes of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import ZONE
from backend.reminders.rules import Quiet, Rule, Rules, shipped
from backend.reminders.timing import LEAST, Times, awake, due, is_quiet
from backend.services.walltime import instant, local_day, local_minute

FIRST, LAST = date(2026, 1, 1), date(2032, 12, 31)
CHANGES = [date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29)]
RULES = shipped()
EARLY, EVENING, SHORTLY = RULES.before("meeting")
(MISSED,) = RULES.after("meeting", "missed")
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def wall(at: datetime | None) -> str | None:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else None


def at(day: date, hour: int, minute: int = 0) -> datetime:
    found = instant(day, hour * 60 + minute)
    assert found is not None
    return found


def times(starts: datetime, since: datetime = LONG_AGO) -> Times:
    return Times(starts, starts + HOUR, since)


def starts() -> Iterator[datetime]:
    """Each day at an hour of its own, so that every hour meets every weekday and season; on the
    days the clocks change, and on those around them, every five minutes."""
    day = FIRST
    while day <= LAST:
        near = any(abs(day - change) <= timedelta(days=1) for change in CHANGES)
        offset = (day - FIRST).days * 7 * 60 + (day - FIRST).days * 5
        for minute in range(0, 24 * 60, 5) if near else (offset % (24 * 60),):
            found = instant(day, minute)
            if found is not None:
                yield found
        day += timedelta(days=1)


def test_nothing_falls_due_at_night_or_when_it_is_too_late() -> None:
    for start in starts():
        for rule in (EARLY, EVENING, SHORTLY):
            found = due(rule, RULES, "meeting", times(start))
            assert found is None or not is_quiet(found, RULES.quiet), (start, rule.name)
            assert found is None or start - found >= LEAST or rule is not SHORTLY
            assert found is None or found < start


def test_somebody_who_has_booked_in_time_always_hears_the_day_before_at_five() -> None:
    for start in starts():
        expected = f"{local_day(start) - timedelta(days=1)} 17:00"
        assert wall(due(EVENING, RULES, "meeting", times(start))) == expected


@given(
    st.dates(FIRST, LAST),
    st.integers(0, 24 * 12 - 1),
    st.timedeltas(timedelta(minutes=-30 * 24 * 60), timedelta(0)),
)
def test_whenever_it_was_booked_what_is_sent_is_still_to_come(
    day: date, five: int, before: timedelta
) -> None:
    start = instant(day, five * 5)
    if start is None:
        return
    booked = start + before
    for rule in (EARLY, EVENING, SHORTLY):
        found = due(rule, RULES, "meeting", times(start, booked))
        assert found is None or booked < found < start


def test_two_hours_before_an_early_meeting_is_when_the_night_is_over() -> None:
    day = date(2026, 11, 24)
    assert wall(due(SHORTLY, RULES, "meeting", times(at(day, 13)))) == "2026-11-24 11:00"
    assert wall(due(SHORTLY, RULES, "meeting", times(at(day, 9)))) == "2026-11-24 08:00"
    assert wall(due(SHORTLY, RULES, "meeting", times(at(day, 8, 30)))) == "2026-11-24 08:00"
    assert due(SHORTLY, RULES, "meeting", times(at(day, 8, 25))) is None  # heard at five


def test_who_hears_nothing_at_five_hears_of_an_early_meeting_at_eight_in_the_evening() -> None:
    day = date(2026, 11, 24)
    early = at(day, 7, 30)
    booked = at(day - timedelta(days=1), 18)
    assert due(EVENING, RULES, "meeting", times(early, booked)) is None
    assert wall(due(SHORTLY, RULES, "meeting", times(early, booked))) == "2026-11-23 20:00"
    assert due(SHORTLY, RULES, "meeting", times(early, booked + 3 * HOUR)) is None


@pytest.mark.parametrize(("days", "is_told"), [(5, False), (6, True), (40, True)])
def test_three_days_before_is_for_what_was_booked_long_ahead(days: int, is_told: bool) -> None:
    start = at(date(2027, 3, 30), 9)
    booked = at(date(2027, 3, 30) - timedelta(days=days), 12)
    found = due(EARLY, RULES, "meeting", times(start, booked))
    assert wall(found) == ("2027-03-27 17:00" if is_told else None)


def test_what_comes_after_a_meeting_waits_for_the_morning() -> None:
    start = at(date(2027, 3, 27), 9)
    marked = times(start, at(date(2027, 3, 27), 22, 30))
    assert wall(due(MISSED, RULES, "meeting", marked)) == "2027-03-28 08:00"
    by_day = times(start, at(date(2027, 3, 27), 15))
    assert due(MISSED, RULES, "meeting", by_day) == by_day.since


def test_urgent_words_are_sent_at_night() -> None:
    rule = Rule.model_validate(
        {"name": "now", "for": ["meeting"], "anchor": "before", "minutes": 120,
         "words": "today", "urgent": True}
    )  # fmt: skip
    start = at(date(2026, 11, 24), 6)
    assert due(rule, RULES, "meeting", times(start)) == start - 2 * HOUR


def test_a_night_that_does_not_cross_midnight_is_one_too() -> None:
    rules = Rules(
        reminders=(SHORTLY,), quiet=Quiet.model_validate({"from": "00:00", "to": "07:00"})
    )
    start = at(date(2026, 11, 24), 7, 15)
    assert wall(due(SHORTLY, rules, "meeting", times(start))) == "2026-11-23 23:00"
    assert wall(due(SHORTLY, rules, "meeting", times(start + HOUR))) == "2026-11-24 07:00"


def test_waking_leads_out_of_the_night_on_every_day() -> None:
    for start in starts():
        found = awake(start, RULES.quiet)
        assert not is_quiet(found, RULES.quiet)
        assert found == start or local_minute(found) == 8 * 60
        assert timedelta(0) <= found - start <= 12 * HOUR


def test_a_rule_for_another_kind_of_evening_counts_as_hearing_before() -> None:
    alone = Rules(reminders=(SHORTLY,))
    early = at(date(2026, 11, 24), 7)
    assert wall(due(SHORTLY, alone, "meeting", times(early))) == "2026-11-23 20:00"
    assert replace(times(early)).starts == early
