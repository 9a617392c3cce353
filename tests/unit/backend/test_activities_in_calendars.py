"""Activities in a calendar file: rules, dates that differ, other clocks, and garbage."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from backend.gatherings.found import Differing, NoActivities, Reading
from backend.gatherings.reading_ics import is_calendar, read_ics
from tests.unit.backend.test_activities_in_tables import known

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n"
STOCKHOLM = "TZID=Europe/Stockholm"
CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "u1") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""))


def read(*events: str, zone: str = "", **otherwise: object) -> Reading:
    text = f"{HEAD}{zone}{''.join(events)}END:VCALENDAR\n"
    assert is_calendar(text)
    return read_ics(text, known(**otherwise))


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(fault.column, fault.words.msgid) for fault in reading.faults]


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_weekly_event_keeps_its_rule_and_its_hour() -> None:
    (found,) = read(
        event(
            f"DTSTART;{STOCKHOLM}:20270111T090000",
            f"DTEND;{STOCKHOLM}:20270111T103000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270609T070000Z",
            "SUMMARY:Kaffe\\, te",
            "LOCATION:Farsta centrum\\, Gatan 1",
            "CATEGORIES:Röd kategori,Språkcafé",
            "X-ALT-DESC;FMTTYPE=text/html:<p>",
            "BEGIN:VALARM",
            "TRIGGER:-PT15M",
            "DESCRIPTION:Snart",
            "END:VALARM",
        ),
        service="",
        unit="",
    ).found
    new = found.new
    assert (new.service, new.unit, new.minutes, new.capacity) == ("cafe", "farsta", 90, 12)
    assert new.first == wall("2027-01-11T09:00")
    assert new.rule == "FREQ=WEEKLY;UNTIL=20270609T090000;BYDAY=MO,WE"
    assert new.name == {"sv": "Kaffe, te"}
    assert new.about == {}
    assert new.uid == "ics:u1"


def test_other_clocks_are_read_on_stockholms() -> None:
    reading = read(
        event("DTSTART:20270111T090000", uid="floating"),
        event("DTSTART:20270111T080000Z", uid="utc"),
        event("DTSTART;TZID=America/New_York:20270111T030000", uid="new-york"),
        event("DTSTART;TZID=W. Europe Standard Time:20270111T090000", uid="windows"),
        event("DTSTART;TZID=Customized:20270111T090000", "RRULE:FREQ=WEEKLY", uid="custom"),
        zone=CUSTOM,
    )
    assert told(reading) == []
    assert {found.new.first for found in reading.found} == {wall("2027-01-11T09:00")}


def test_a_rule_by_other_clocks_would_be_wrong_half_the_year() -> None:
    reading = read(
        event("DTSTART:20270111T080000Z", "RRULE:FREQ=WEEKLY", uid="utc"),
        event("DTSTART;TZID=Nowhere/Land:20270111T090000", uid="unknown"),
        event("DTSTART;TZID=Europe/Berlin:20270111T090000", "RRULE:FREQ=WEEKLY", uid="berlin"),
    )
    assert [found.new.uid for found in reading.found] == ["ics:berlin"]
    assert told(reading) == [
        ("DTSTART", "It comes back by the clocks of another time zone than Stockholm's."),
        ("DTSTART", "We do not know its time zone."),
    ]


def test_dates_that_are_skipped_or_moved_are_kept_apart() -> None:
    (found,) = read(
        event(
            f"DTSTART;{STOCKHOLM}:20270111T090000",
            "DURATION:PT2H",
            "RRULE:FREQ=WEEKLY",
            f"EXDATE;{STOCKHOLM}:20270118T090000,20270119T090000",
            "EXDATE;VALUE=DATE:20270405",
        ),
        event(
            f"RECURRENCE-ID;{STOCKHOLM}:20270329T090000",
            f"DTSTART;{STOCKHOLM}:20270330T130000",
            "DURATION:PT1H",
        ),
        event(
            f"RECURRENCE-ID;{STOCKHOLM}:20270201T090000",
            f"DTSTART;{STOCKHOLM}:20270201T090000",
            "STATUS:CANCELLED",
        ),
    ).found
    assert set(found.differing) == {
        Differing(wall("2027-01-18T09:00")),
        Differing(wall("2027-04-05T09:00")),
        Differing(wall("2027-02-01T09:00")),
        Differing(wall("2027-03-29T09:00"), wall("2027-03-30T13:00"), 60, "farsta"),
    }


def test_a_date_that_cannot_be_moved_so_keeps_the_whole_activity_out() -> None:
    reading = read(
        event(f"DTSTART;{STOCKHOLM}:20270110T023000", "RRULE:FREQ=WEEKLY", uid="sunday"),
        event(f"DTSTART;{STOCKHOLM}:20270111T090000", "RRULE:FREQ=WEEKLY"),
        event("RECURRENCE-ID:20270322T090000", "DTSTART:20270328T023000"),
        event("RECURRENCE-ID:20270323T090000", "DTSTART:20270324T090000"),
        event("RECURRENCE-ID:20270329T090000", "DTSTART:99991231T235959Z"),
        event("RECURRENCE-ID:20270323T090000", "DTSTART:20270324T090000", uid="nobody"),
    )
    assert [found.new.uid for found in reading.found] == ["ics:sunday"]
    assert reading.wrong == 2
    assert [column for column, _words in told(reading)] == [
        "DTSTART",
        "RECURRENCE-ID",
        "DTSTART",
        "RECURRENCE-ID",
    ]


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        (("DTSTART;VALUE=DATE:20270111",), "DTSTART"),
        (("DTSTART:snart",), "DTSTART"),
        (("SUMMARY:Utan tid",), "DTSTART"),
        (("DTSTART:20270111T090000", "DTEND:20270111T080000"), "DTEND"),
        (("DTSTART:20270111T090000", "DTEND:20270112T080000"), "DTEND"),
        (("DTSTART:20261101T090000",), "DTSTART"),
        (("DTSTART:00010101T000000Z",), "DTSTART"),
        (("DTSTART:99991231T235959Z", "RRULE:FREQ=WEEKLY"), "DTSTART"),
        (("DTSTART:20270111T090000", "DTSTART:20270112T090000"), "DTSTART"),
        (("DTSTART:20270111T090000", "RRULE:FREQ=ALDRIG"), "RRULE"),
        (("DTSTART:20270111T090000", "RRULE:FREQ=MINUTELY"), "RRULE"),
        (("DTSTART:20270111T090000", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "RRULE"),
        (("DTSTART:20270111T090000", "RDATE:20270115T090000"), "RDATE"),
        (("DTSTART:20270111T090000", "LOCATION:Månen"), "LOCATION"),
        (("DTSTART:20270111T090000", "STATUS:CANCELLED"), "STATUS"),
        (("DTSTART:20270111T090000", "SUMMARY:" + "x" * 121), "SUMMARY"),
        (("DTSTART:20270111T090000", "RRULE:FREQ=WEEKLY", "EXDATE:igår"), "EXDATE"),
    ],
)
def test_what_is_wrong_is_told_at_its_property_and_its_line(
    lines: tuple[str, ...], column: str
) -> None:
    reading = read(event(f"DTSTART;{STOCKHOLM}:20270111T090000", uid="good"), event(*lines))
    assert [found.new.uid for found in reading.found] == ["ics:good"]
    assert reading.wrong == 1
    (fault,) = reading.faults
    assert fault.column == column
    begins, stated = 8, [at for at, line in enumerate(lines) if line.startswith(column)]
    assert fault.line == (begins + 2 + stated[0] if stated else begins)


def test_an_event_without_a_uid_is_known_by_what_it_says() -> None:
    text = event("DTSTART:20270111T090000").replace("UID:u1\n", "")
    (found,) = read(text).found
    assert (found.new.uid or "").startswith("import:")


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n",
        "BEGIN:VCALENDAR\n\x07\x07;;::",
        f"{HEAD}BEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR",
    ],
)
def test_garbage_is_said_to_be_garbage(text: str) -> None:
    with pytest.raises(NoActivities):
        read_ics(text, known())


def test_however_a_calendar_is_cut_nothing_but_that_is_said() -> None:
    whole = f"{HEAD}{CUSTOM}" + event(
        f"DTSTART;{STOCKHOLM}:20270111T090000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        f"EXDATE;{STOCKHOLM}:20270118T090000",
        "LOCATION:Farsta",
    )
    cuts = range(0, len(whole), 7)
    for start, stop in pairwise(cuts):
        text = whole[:start] + whole[stop:] + "END:VCALENDAR\n"
        try:
            reading = read_ics(text, known())
        except NoActivities:
            continue
        assert len(reading.found) + reading.wrong >= 1
