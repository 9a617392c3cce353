"""Rules spelt out on the wall's clock: what they give, and which of them no series can have."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.clock import ZONE
from backend.services.schedule import AHEAD, AT_ONCE, BadRule, check, ending, expand, goes_on
from backend.services.shifting import CannotShift, shifted
from backend.services.walltime import instant

FIRST = datetime(2027, 1, 11, 9, 0)  # noqa: DTZ001 - wall time; a Monday
MONDAYS_WEDNESDAYS = "FREQ=WEEKLY;BYDAY=MO,WE"
YEAR = FIRST.date() + AHEAD


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - wall time


def reason(first: datetime, rule: str) -> str:
    with pytest.raises(BadRule) as caught:
        check(first, rule)
    return caught.value.reason


def test_no_rule_is_once() -> None:
    assert expand(FIRST, "", FIRST.date(), YEAR) == [FIRST]
    assert expand(FIRST, "", date(2027, 1, 12), YEAR) == []


def test_a_year_of_mondays_and_wednesdays_is_at_nine_whatever_the_clocks_do() -> None:
    starts = expand(FIRST, MONDAYS_WEDNESDAYS, FIRST.date(), YEAR)
    assert {(start.weekday(), start.hour, start.minute) for start in starts} == {
        (0, 9, 0),
        (2, 9, 0),
    }
    assert len(starts) == 2 * 53
    winter, summer, late = (
        instant(date(2027, *day), 9 * 60) for day in ((3, 24), (3, 31), (11, 3))
    )
    assert [each.hour for each in (winter, summer, late) if each] == [8, 7, 8]


def test_both_ends_are_included_and_what_was_before_counts() -> None:
    found = expand(FIRST, "FREQ=WEEKLY;COUNT=3", date(2027, 1, 18), date(2027, 1, 25))
    assert found == [at("2027-01-18 09:00"), at("2027-01-25 09:00")]


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    born = at("2028-02-29 18:00")
    found = expand(born, "FREQ=YEARLY", date(2028, 1, 1), date(2040, 12, 31))
    assert [start.year for start in found] == [2028, 2032, 2036, 2040]
    check(born, "FREQ=YEARLY")


def test_a_time_the_clocks_jump_over_is_left_out_and_a_doubled_one_is_there_once() -> None:
    spring = expand(at("2027-03-21 02:30"), "FREQ=WEEKLY", date(2027, 3, 21), date(2027, 4, 4))
    assert spring == [at("2027-03-21 02:30"), at("2027-04-04 02:30")]
    autumn = expand(at("2027-10-24 02:30"), "FREQ=WEEKLY", date(2027, 10, 24), date(2027, 11, 7))
    assert len(autumn) == 3
    doubled = instant(date(2027, 10, 31), 150)
    assert doubled is not None
    assert doubled.astimezone(ZONE).utcoffset() == timedelta(hours=2)  # the earlier one


def test_a_day_as_the_end_is_that_whole_day() -> None:
    for until in ("20270201", "20270201T090000", "20270201T080000Z"):
        found = expand(FIRST, f"FREQ=WEEKLY;UNTIL={until}", FIRST.date(), YEAR)
        assert found[-1] == at("2027-02-01 09:00"), until
    before = expand(FIRST, "FREQ=WEEKLY;UNTIL=20270201T075959Z", FIRST.date(), YEAR)
    assert before[-1] == at("2027-01-25 09:00")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("every Monday", "unreadable"),
        ("FREQ=FORTNIGHTLY", "unreadable"),
        ("FREQ=WEEKLY;BYDAY=XX", "unreadable"),
        ("FREQ=WEEKLY;BYDAY=1MO", "unreadable"),
        ("FREQ=WEEKLY;INTERVAL=0", "unreadable"),
        ("FREQ=WEEKLY;INTERVAL=-1", "unreadable"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270601", "unreadable"),
        ("FREQ=WEEKLY;FREQ=DAILY", "unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=20271332", "unreadable"),
        ("FREQ=WEEKLY\nDTSTART:20200101T000000", "unreadable"),
        ("FREQ=WEEKLY;BYEASTER=1", "unreadable"),
        ("FREQ=WEEKLY;X-MINE=1", "unreadable"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=WEEKLY;UNTIL=20200101", "never"),
        ("FREQ=DAILY;COUNT=0", "never"),
        ("FREQ=HOURLY", "too_often"),
        ("FREQ=SECONDLY;COUNT=2", "too_often"),
        ("FREQ=DAILY;BYHOUR=8,9,10,11,12,13,14", "too_often"),
        ("FREQ=DAILY;BYHOUR=8,9;BYMINUTE=0,15,30,45", "too_often"),
        ("FREQ=DAILY;COUNT=10000", "too_long"),
        ("FREQ=DAILY;UNTIL=99991231", "too_long"),
        ("FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 300), "too_long"),
    ],
)
def test_a_rule_no_series_can_have_is_refused_with_its_reason(rule: str, why: str) -> None:
    assert reason(FIRST, rule) == why


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    ],
)
def test_a_rule_that_never_comes_true_is_found_out_soon(rule: str) -> None:
    began = perf_counter()
    assert reason(FIRST, rule) == "never"
    assert perf_counter() - began < 1


def test_a_rule_without_an_end_is_fine_and_gives_so_many_at_once() -> None:
    check(FIRST, "RRULE:FREQ=DAILY")
    twice = expand(FIRST, "FREQ=DAILY;BYHOUR=9,14", FIRST.date(), YEAR)
    assert len(twice) == AT_ONCE
    assert goes_on(FIRST, "FREQ=DAILY", date(2090, 1, 1))
    assert not goes_on(FIRST, "", FIRST.date())


def test_an_ending_keeps_what_is_before_and_adds_nothing() -> None:
    for rule in ("FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20270901", "FREQ=WEEKLY;COUNT=20"):
        shorter = ending(FIRST, rule, date(2027, 2, 1))
        before = expand(FIRST, rule, FIRST.date(), date(2027, 1, 31))
        assert expand(FIRST, shorter, FIRST.date(), YEAR) == before
    later = ending(FIRST, "FREQ=WEEKLY;COUNT=3", date(2027, 12, 1))
    assert len(expand(FIRST, later, FIRST.date(), YEAR)) == 3


WEEKLY = st.builds(
    lambda days, interval, end: f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(days)}{end}",
    st.lists(st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")), min_size=1, unique=True),
    st.integers(1, 4),
    st.sampled_from(("", ";UNTIL=20270630", ";COUNT=12")),
)


@given(WEEKLY, st.integers(-6, 6), st.integers(6 * 60, 22 * 60 - 1))
def test_a_shifted_rule_gives_the_same_starts_shifted(rule: str, days: int, minute: int) -> None:
    before = expand(FIRST, rule, FIRST.date(), date(2027, 9, 1))
    first, moved = shifted(FIRST, rule, days, minute)
    after = expand(first, moved, first.date(), date(2027, 9, 1) + timedelta(days=days))
    assert after == [
        start.replace(hour=minute // 60, minute=minute % 60) + timedelta(days=days)
        for start in before
    ]


@pytest.mark.parametrize(
    ("rule", "days", "minute"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO", 1, None),
        ("FREQ=YEARLY", 1, None),
        ("FREQ=DAILY;BYMONTHDAY=1", 1, None),
        ("FREQ=DAILY;BYHOUR=9,14", 0, 600),
    ],
)
def test_what_has_no_other_weekday_or_time_cannot_be_shifted(
    rule: str, days: int, minute: int | None
) -> None:
    with pytest.raises(CannotShift):
        shifted(FIRST, rule, days, minute)
