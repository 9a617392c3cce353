"""A calendar from outside: which times it takes, and that nothing in it can hang us."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from time import thread_time

import pytest

from backend.calendars.busy import (
    MOST_TIMES,
    NotACalendar,
    Reading,
    TooMany,
    busy_times,
    merged,
    without,
)
from backend.clock import ZONE

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 08:00 in Stockholm
SIX_WEEKS = NOW + timedelta(days=42)
SPRING = datetime(2027, 3, 26, 7, 0, tzinfo=UTC)
STOCKHOLM = "DTSTART;TZID=Europe/Stockholm:20261124T090000", "DURATION:PT1H"
PATIENCE_CPU_SECONDS = 10


def event(*lines: str, uid: str = "a@elsewhere") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


def calendar(*parts: str) -> bytes:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *parts, "END:VCALENDAR", "")
    return "\r\n".join(lines).encode()


def read(*parts: str, now: datetime = NOW, until: datetime = SIX_WEEKS) -> list[str]:
    """The busy times, by the clock on Stockholm's walls."""
    found = busy_times(calendar(*parts), Reading(now, until, "ingang.example"))
    assert all(starts.tzinfo is UTC and starts < ends for starts, ends in found)
    return [
        f"{starts.astimezone(ZONE):%m-%d %H:%M} {ends.astimezone(ZONE):%m-%d %H:%M}"
        for starts, ends in found
    ]


def test_an_empty_calendar_takes_no_time() -> None:
    assert read() == []


def test_a_meeting_takes_its_time_in_whatever_zone_it_is_written() -> None:
    expected = ["11-24 09:00 11-24 10:00"]
    assert read(event(*STOCKHOLM)) == expected
    assert read(event("DTSTART:20261124T080000Z", "DTEND:20261124T090000Z")) == expected
    assert read(event("DTSTART:20261124T090000", "DTEND:20261124T100000")) == expected
    outlook = "DTSTART;TZID=W. Europe Standard Time:20261124T090000"
    assert read(event(outlook, "DURATION:PT1H")) == expected
    kyiv = "DTSTART;TZID=Europe/Kyiv:20261124T100000"
    assert read(event(kyiv, "DURATION:PT1H")) == expected


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)
def test_what_is_marked_as_free_takes_no_time(line: str) -> None:
    assert read(event(*STOCKHOLM, line)) == []


def test_what_is_not_certain_yet_takes_time() -> None:
    assert len(read(event(*STOCKHOLM, "STATUS:TENTATIVE", "TRANSP:OPAQUE"))) == 1


def test_an_all_day_event_is_from_midnight_to_midnight() -> None:
    assert read(event("DTSTART;VALUE=DATE:20261124")) == ["11-24 00:00 11-25 00:00"]
    two = event("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126")
    assert read(two) == ["11-24 00:00 11-26 00:00"]


def test_an_all_day_event_on_the_day_the_clocks_change_is_23_hours() -> None:
    week = Reading(SPRING, SPRING + timedelta(days=9), "x")
    found = busy_times(calendar(event("DTSTART;VALUE=DATE:20270328")), week)
    assert [ends - starts for starts, ends in found] == [timedelta(hours=23)]


def test_nine_stays_nine_when_the_clocks_change() -> None:
    daily = event(
        "DTSTART;TZID=Europe/Stockholm:20270101T090000", "DURATION:PT30M", "RRULE:FREQ=DAILY"
    )
    found = read(daily, now=SPRING, until=SPRING + timedelta(days=5))
    assert [each.split()[1] for each in found] == ["09:00"] * 5


def test_a_zone_described_in_the_file_changes_its_clocks_too() -> None:
    own_zone = "\r\n".join(
        (
            "BEGIN:VTIMEZONE",
            "TZID:Our own",
            "BEGIN:STANDARD",
            "DTSTART:19701025T030000",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:19700329T020000",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        )
    )
    weekly = event("DTSTART;TZID=Our own:20270322T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    found = read(own_zone, weekly, now=SPRING, until=SPRING + timedelta(days=12))
    assert found == ["03-29 09:00 03-29 10:00", "04-05 09:00 04-05 10:00"]


def test_a_series_has_exceptions_and_moved_meetings() -> None:
    series = event(*STOCKHOLM, "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261125T080000Z")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261126T090000",
        "DTSTART;TZID=Europe/Stockholm:20261126T140000",
        "DURATION:PT1H",
    )
    dropped = event(
        "RECURRENCE-ID;TZID=Europe/Stockholm:20261127T090000",
        "DTSTART;TZID=Europe/Stockholm:20261127T090000",
        "DURATION:PT1H",
        "STATUS:CANCELLED",
    )
    assert read(series, moved, dropped) == ["11-24 09:00 11-24 10:00", "11-26 14:00 11-26 15:00"]


def test_stated_busy_times_are_taken_and_stated_free_times_are_not() -> None:
    stated = (
        "BEGIN:VFREEBUSY",
        "UID:f",
        "FREEBUSY:20261124T080000Z/20261124T090000Z,20261125T080000Z/PT30M",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261126T080000Z/PT30M",
        "FREEBUSY;FBTYPE=FREE:20261127T080000Z/PT30M",
        "END:VFREEBUSY",
    )
    assert read(*stated) == [
        "11-24 09:00 11-24 10:00",
        "11-25 09:00 11-25 09:30",
        "11-26 09:00 11-26 09:30",
    ]


def test_our_own_invitations_are_left_out() -> None:
    ours, theirs = event(*STOCKHOLM, uid="b1@ingang.example"), event(*STOCKHOLM, uid="b1@other")
    assert read(ours) == []
    assert len(read(ours, theirs)) == 1


def test_overlapping_times_become_one_and_touching_ones_stay_apart() -> None:
    nine, ten, eleven = (NOW + timedelta(hours=hours) for hours in (1, 2, 3))
    half_past = nine + timedelta(minutes=30)
    assert merged([(half_past, ten), (nine, ten), (ten, eleven), (nine, ten)]) == [
        (nine, ten),
        (ten, eleven),
    ]


def test_our_meetings_are_cut_out_of_stated_times_which_name_no_events() -> None:
    stated = ("BEGIN:VFREEBUSY", "FREEBUSY:20261124T080000Z/20261124T100000Z", "END:VFREEBUSY")
    starts = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    ours = Reading(NOW, SIX_WEEKS, "x", [(starts, starts + timedelta(minutes=45))])
    found = busy_times(calendar(*stated), ours)
    assert [f"{each:%H:%M}" for time in found for each in time] == [
        *("08:00", "08:30"),
        *("09:15", "10:00"),
    ]
    assert len(busy_times(calendar(event(*STOCKHOLM)), ours)) == 1


def test_what_is_left_of_a_time() -> None:
    one, two, three, four = (NOW + timedelta(hours=hours) for hours in range(1, 5))
    assert list(without((one, four), [])) == [(one, four)]
    assert list(without((one, four), [(two, three)])) == [(one, two), (three, four)]
    assert list(without((two, three), [(one, four)])) == []
    assert list(without((two, three), [(three, four), (one, two)])) == [(two, three)]
    assert list(without((one, three), [(two, four)])) == [(one, two)]


def test_only_what_is_between_now_and_the_horizon() -> None:
    before = event("DTSTART:20261120T080000Z", "DTEND:20261120T090000Z", uid="1")
    running = event("DTSTART:20261123T060000Z", "DTEND:20261123T080000Z", uid="2")
    after = event("DTSTART:20270601T080000Z", "DTEND:20270601T090000Z", uid="3")
    assert read(before, running, after) == ["11-23 08:00 11-23 09:00"]


def test_an_event_whose_time_cannot_be_read_does_not_hide_the_others() -> None:
    broken = event("DTSTART:20261124T080000Z", "DTEND:yesterday", uid="1")
    timeless = event("SUMMARY:Sometime", uid="2")
    strange_rule = event(*STOCKHOLM, "RRULE:FREQ=NEVER", uid="3")
    backwards = event("DTSTART:20261125T090000Z", "DTEND:20261125T080000Z", uid="4")
    good = event("DTSTART:20261126T080000Z", "DURATION:PT1H", uid="5")
    found = read(broken, timeless, strange_rule, backwards, good)
    assert found[-1] == "11-26 09:00 11-26 10:00"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        f"FREQ=MONTHLY;BYMONTHDAY={','.join(['1'] * 300)}",
    ],
)
def test_a_rule_that_comes_back_too_often_is_refused(rule: str) -> None:
    with pytest.raises(TooMany):
        read(event(*STOCKHOLM, f"RRULE:{rule}"))


def test_an_event_with_a_heap_of_rules_is_refused() -> None:
    with pytest.raises(TooMany):
        read(event(*STOCKHOLM, *(f"RRULE:FREQ=DAILY;INTERVAL={n}" for n in range(1, 9))))


def test_more_times_than_anybody_has_are_refused() -> None:
    many = (event(*STOCKHOLM, "RRULE:FREQ=DAILY", uid=str(n)) for n in range(MOST_TIMES // 40))
    with pytest.raises(TooMany):
        read(*many)


def test_rules_that_never_come_true_do_not_hang() -> None:
    never = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    many = calendar(*(event(*STOCKHOLM, never, uid=str(n)) for n in range(50)))
    began = thread_time()
    with pytest.raises(TooMany):
        busy_times(many, Reading(NOW, SIX_WEEKS, "x", cpu=0.2))
    assert thread_time() - began < PATIENCE_CPU_SECONDS


def test_a_series_from_centuries_ago_does_not_hang() -> None:
    ancient = event("DTSTART:16000101T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    assert len(read(ancient)) == 42


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<!doctype html><html><body>Sign in</body></html>",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        b"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261124T080000Z\r\nEND:VEVENT\r\n",
        b"END:VCALENDAR\r\n",
        b"\x00" * 1_000,
        b"BEGIN:VCALENDAR\r\n" * 2_000,
        random.Random(1).randbytes(1_000_000),  # noqa: S311
        b"x" * 1_000_000,
    ],
    ids=["nothing", "a word", "a page", "cut", "bare", "end", "zeros", "deep", "noise", "long"],
)
def test_what_is_no_calendar_is_named_so(content: bytes) -> None:
    began = thread_time()
    with pytest.raises(NotACalendar):
        busy_times(content, Reading(NOW, SIX_WEEKS, "x"))
    assert thread_time() - began < PATIENCE_CPU_SECONDS


def test_a_large_honest_calendar_is_read() -> None:
    padding = "DESCRIPTION:" + "word " * 120
    events = (
        event(f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", padding, uid=str(at))
        for at in (NOW + timedelta(hours=2 * n) for n in range(1_310))
    )
    content = calendar(*events)
    assert 900_000 < len(content) < 1_000_000
    assert len(busy_times(content, Reading(NOW, SIX_WEEKS, "x"))) == 42 * 12
