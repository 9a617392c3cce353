"""Where the entries of a week stand, and what of a coach's hours is free."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.console.placing import Placed, grid
from backend.console.vocabulary import ACTIONS, INTERPRETERS, STATES, in_words
from backend.models.booking import BOOKING_STATES, INTERPRETER_STATES
from backend.services import workdays
from backend.services.agenda import Busy, Entry
from backend.services.catalogue import Catalogue, Coach, Span, Weekly
from backend.services.links import Links
from backend.services.workdays import Stretch
from backend.vault import Vault

DAY = date(2026, 11, 25)
GAP = date(2027, 3, 28)  # 02:00-03:00 does not exist
FOLD = date(2027, 10, 31)  # 02:00-03:00 comes twice
LINKS = Links("http://127.0.0.1", "https://video.example", Vault("test"))


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return workdays.edge(day, hour * 60 + minute)


def entry(start: datetime, stop: datetime) -> Entry:
    return Busy("amina", start, stop)


def drawn(*entries: Entry, day: date = DAY) -> list[tuple[int, int, int]]:
    (column,) = grid([day], list(entries)).columns
    return [(placed.row, placed.rows, placed.lane) for placed in column.placed]


def test_a_quarter_of_an_hour_is_a_row_from_eight_on():
    assert drawn(entry(at(8), at(9))) == [(1, 4, 0)]
    assert drawn(entry(at(9, 15), at(10))) == [(6, 3, 0)]


def test_what_begins_between_two_quarters_fills_both():
    assert drawn(entry(at(9, 10), at(9, 20))) == [(5, 2, 0)]


def test_early_and_late_things_make_the_day_longer():
    found = grid([DAY], [entry(at(6, 30), at(7)), entry(at(18), at(19, 30))])
    assert [hour for _row, hour in found.hours] == list(range(6, 20))
    assert found.hours[0] == (1, 6)
    assert found.rows == 14 * 4


def test_an_empty_day_is_drawn_by_office_hours():
    found = grid([DAY], [])
    assert [hour for _row, hour in found.hours] == list(range(8, 17))
    assert found.columns[0].lanes == 1


def test_what_overlaps_is_side_by_side_and_what_follows_is_alone():
    found = drawn(entry(at(9), at(10)), entry(at(9, 30), at(11)), entry(at(11), at(12)))
    assert [lane for _row, _rows, lane in found] == [1, 2, 0]


def test_a_lane_that_has_ended_is_used_again():
    found = drawn(entry(at(9), at(12)), entry(at(9), at(10)), entry(at(10), at(11)))
    assert [lane for _row, _rows, lane in found] == [1, 2, 2]


def test_more_than_four_at_once_still_have_a_lane_that_is_drawn():
    found = drawn(*(entry(at(9), at(10)) for _number in range(6)))
    assert [lane for _row, _rows, lane in found] == [1, 2, 3, 4, 4, 4]


def test_what_goes_on_after_midnight_ends_with_the_day():
    assert drawn(entry(at(23), at(23) + timedelta(hours=2)))[-1] == (61, 4, 0)


@pytest.mark.parametrize("day", [DAY, GAP, FOLD])
def test_nine_is_in_the_same_row_every_day(day: date):
    assert drawn(entry(at(9, 0, day), at(9, 45, day)), day=day) == [(5, 3, 0)]


def test_the_hour_that_comes_twice_is_never_drawn_upwards():
    first = datetime(2027, 10, 31, 0, 45, tzinfo=UTC)  # 02:45, the first time
    ((row, rows, _lane),) = drawn(entry(first, first + timedelta(minutes=30)), day=FOLD)
    assert rows >= 1
    assert row >= 1


def coach(*spans: tuple[int, int]) -> Coach:
    weekly = tuple(
        Weekly(weekday, Span("centre", *span), date(2026, 1, 1), None)
        for weekday in range(1, 8)
        for span in spans
    )
    return Coach("amina", "Amina", ("sv",), frozenset(("coaching",)), weekly, {})


def catalogue(**closures: int) -> Catalogue:
    closed = {(DAY, unit): minute for unit, minute in closures.items()}
    return Catalogue(1, LINKS, {}, {}, {}, {}, closed)


@pytest.mark.parametrize(("day", "quarters"), [(DAY, 16), (GAP, 12), (FOLD, 20)])
def test_hours_across_the_clock_change_are_as_long_as_they_are(day: date, quarters: int):
    stretches = workdays.there(catalogue(), coach((60, 300)), day)
    assert workdays.quarters(stretches) == quarters


def test_hours_that_begin_in_the_hour_that_does_not_exist_begin_after_it():
    (stretch,) = workdays.there(catalogue(), coach((150, 300)), GAP)
    assert stretch.starts == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_closed_place_ends_the_day_early_or_before_it_begins():
    hours = coach((540, 720), (780, 900))
    assert len(workdays.there(catalogue(centre=1440), hours, DAY)) == 2
    (morning,) = workdays.there(catalogue(centre=600), hours, DAY)
    assert (morning.starts, morning.ends) == (at(9), at(10))
    assert workdays.there(catalogue(centre=0), hours, DAY) == []


def test_free_is_what_is_left_and_not_less_than_a_quarter():
    day = [Stretch("centre", at(9), at(12))]
    left = workdays.free(day, [(at(9, 30), at(10)), (at(10, 10), at(11, 50))])
    assert [(piece.starts, piece.ends) for piece in left] == [(at(9), at(9, 30))]
    assert workdays.free(day, [(at(8), at(13))]) == []
    assert workdays.free(day, [(at(7), at(9)), (at(12), at(13))]) == day


def test_every_state_has_words():
    assert set(STATES) == set(BOOKING_STATES)
    assert set(INTERPRETERS) == set(INTERPRETER_STATES) - {"none"}


def test_the_journal_is_read_in_its_order():
    assert in_words(None, "confirmed", {}) == STATES["confirmed"]
    assert in_words("no_show", "confirmed", {}) == ACTIONS["undone"]
    assert in_words("proposed", "requested", {}) == ACTIONS["none_fitted"]
    assert in_words(None, "interpreter", {"state": "booked"}) == INTERPRETERS["booked"]
    assert in_words(None, "something new", {}).msgid == "Changed"


def test_placed_entries_keep_what_they_are():
    one = entry(at(9), at(10))
    assert grid([DAY], [one]).columns[0].placed == (Placed(one, 5, 4, 0),)
