"""Her own week: day by day, with what is too close together named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from dialogs import places
from dialogs.gatherings import clashes, overlapping
from dialogs.ports import Meeting, Unit
from dialogs.text import Words
from tests.chat import Chat
from tests.fakes import COACHING, SFI, TUESDAY_NINE, UNIT, WORKSHOP, Diary

KISTA = Unit("kista", "Kista", "Kistagången 1")
HOUR = timedelta(hours=1)


def at(start: datetime, minutes: int = 60, unit: Unit = UNIT, **named: object) -> Meeting:
    ends = start + timedelta(minutes=minutes)
    meeting = Meeting(f"{start:%H%M}{unit.id}", 0, "confirmed", WORKSHOP, start, ends, unit)
    return replace(meeting, **named)  # type: ignore[arg-type]


async def test_the_week_shows_its_days_in_order_and_leaves_empty_ones_out(
    chat: Chat, diary: Diary
) -> None:
    wednesday = TUESDAY_NINE + timedelta(days=1)
    diary.seat(WORKSHOP, wednesday + HOUR, wednesday + 2 * HOUR, UNIT)
    diary.seat(SFI, wednesday - HOUR, wednesday, KISTA)
    diary.seat(COACHING, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT)
    await chat.opens(places.MY_WEEK)
    assert chat.hears("Your week, Mon 23/11 – Sun 29/11")
    text = chat.text
    lines = [
        "Tuesday 24 November",
        "09:00–10:00 Coaching",
        "Wednesday 25 November",
        "08:00–09:00 SFI lesson",
        "10:00–11:00 CV workshop",
    ]
    assert [text.index(line) for line in lines] == sorted(text.index(line) for line in lines)
    assert "Thursday" not in text
    assert not chat.hears("At the same time")


async def test_an_empty_week_says_so_and_shows_what_there_is_to_do(chat: Chat) -> None:
    await chat.opens(places.MY_WEEK)
    assert chat.hears("Nothing is booked this week.")
    await chat.taps("Activities")
    assert chat.sees_button("CV workshop")


async def test_the_weeks_before_and_after_are_a_tap_away_and_items_open(
    chat: Chat, diary: Diary
) -> None:
    diary.seat(WORKSHOP, TUESDAY_NINE + 7 * 24 * HOUR, TUESDAY_NINE + 7 * 24 * HOUR + HOUR, UNIT)
    await chat.opens(places.MY_WEEK)
    await chat.taps("The week after")
    assert chat.session.place == places.week(date(2026, 11, 30))
    assert chat.hears("Tuesday 1 December")
    await chat.taps("The week before")
    assert chat.session.place == places.week(date(2026, 11, 23))
    await chat.taps("The week after")
    await chat.taps("CV workshop")
    assert chat.hears("Time: Tuesday 1 December (1/12) 09:00")
    await chat.taps("Back")
    assert chat.session.place == places.week(date(2026, 11, 30))


async def test_two_things_at_one_time_are_named(chat: Chat, diary: Diary) -> None:
    diary.seat(COACHING, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT)
    diary.seat(WORKSHOP, TUESDAY_NINE + HOUR / 2, TUESDAY_NINE + 2 * HOUR, UNIT)
    await chat.opens(places.MY_WEEK)
    assert chat.hears("At the same time: Coaching 09:00 and CV workshop 09:30, Tuesday")


async def test_too_little_time_between_two_places_is_named(chat: Chat, diary: Diary) -> None:
    diary.seat(COACHING, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT)
    diary.seat(WORKSHOP, TUESDAY_NINE + HOUR, TUESDAY_NINE + 2 * HOUR, KISTA)
    await chat.opens(places.MY_WEEK)
    assert chat.hears("Little time between: Coaching ends 10:00 at Etableringscentrum")
    assert chat.hears("CV workshop begins 10:00 at Kista")


@pytest.mark.parametrize(
    ("second", "clash"),
    [
        (at(TUESDAY_NINE + HOUR), None),  # next door, right after
        (at(TUESDAY_NINE + HOUR, unit=KISTA), False),
        (at(TUESDAY_NINE + 1.5 * HOUR - timedelta(minutes=1), unit=KISTA), False),
        (at(TUESDAY_NINE + 1.5 * HOUR, unit=KISTA), None),
        (at(TUESDAY_NINE + HOUR, unit=KISTA, mode="phone"), None),
        (at(TUESDAY_NINE + 0.9 * HOUR, mode="video"), True),
    ],
)
def test_what_clashes_with_nine_to_ten_at_the_centre(second: Meeting, clash: bool | None) -> None:
    first = at(TUESDAY_NINE)
    found = list(clashes([second, first]))
    assert [each.overlaps for each in found] == ([] if clash is None else [clash])
    assert [(each.one, each.other) for each in found] == ([(first, second)] if found else [])


def test_a_long_day_clashes_with_everything_within_it_also_with_what_comes_later() -> None:
    day = at(TUESDAY_NINE, minutes=480)
    within = [at(TUESDAY_NINE + hours * HOUR, unit=KISTA) for hours in (1, 5)]
    assert [each.other for each in clashes([*within, day])] == within
    assert overlapping(within, day.starts, day.ends) == tuple(within)


async def test_my_meetings_leads_to_the_week(chat: Chat, diary: Diary) -> None:
    for days in (0, 1):
        start = TUESDAY_NINE + timedelta(days=days)
        diary.seat(WORKSHOP, start, start + HOUR, UNIT)
    await chat.says("/my")
    await chat.taps("My week")
    assert chat.hears("Your week")


async def test_the_week_is_written_right_to_left_where_one_reads_so(
    chat: Chat, diary: Diary
) -> None:
    named = replace(WORKSHOP, name=Words.of({"sv": "CV", "ar": "ورشة"}))
    diary.seat(named, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT)
    await chat.opens(places.MY_WEEK)
    rendered = chat.rendered("ar")
    assert rendered.direction == "rtl"
    line = next(each for each in rendered.text.splitlines() if "ورشة" in each)
    assert line.startswith("\u200f")
