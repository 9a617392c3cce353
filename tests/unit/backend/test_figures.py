"""Figures: whole periods, sums that agree, and nothing that tells of fewer than five people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.figures import counting, periods, plot, sheet
from backend.figures.counting import Booked, FirstMeeting, Waited
from backend.figures.hiding import LEAST_PEOPLE, Flow, hidden
from backend.figures.periods import NothingWhole, Period, between, last_months, last_weeks
from backend.figures.tables import TOTAL, Table, tables, tally

SATURDAY = date(2026, 11, 21)
OUTCOMES = ("attended", "no_show", "excused", "by_person", "by_us", "not_set")
THREE = {"all": None, "a": "all", "b": "all"}
Counts = Mapping[tuple[str, str], int]


def at(day: date, hour: int = 12) -> int:
    return round(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp() * 1000)


# Periods


def test_four_weeks_end_before_this_week_begins() -> None:
    period = last_weeks(SATURDAY, 4)
    assert (period.first, period.last) == (date(2026, 10, 19), date(2026, 11, 15))
    assert [day.day for day in period.parts] == [19, 26, 2, 9]


def test_three_months_are_the_last_whole_ones() -> None:
    period = last_months(date(2027, 1, 31), 3)
    assert period.parts == (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1))
    assert period.last == date(2026, 12, 31)


def test_two_days_stand_for_their_whole_weeks() -> None:
    period = between(date(2026, 10, 7), date(2026, 10, 13), SATURDAY)
    assert (period.first, period.last) == (date(2026, 10, 5), date(2026, 10, 18))


def test_a_long_time_is_counted_in_whole_months() -> None:
    period = between(date(2026, 1, 20), date(2026, 9, 2), SATURDAY)
    assert (period.first, period.last, period.step) == (
        date(2026, 1, 1),
        date(2026, 9, 30),
        "month",
    )


def test_nothing_of_this_week_and_nothing_backwards() -> None:
    for first, last in ((SATURDAY, SATURDAY), (date(2026, 10, 20), date(2026, 9, 1))):
        with pytest.raises(NothingWhole):
            between(first, last, SATURDAY)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_no_period_is_cut_inside_a_week_or_month(first: date, last: date) -> None:
    try:
        period = between(first, last, date(2050, 1, 1))
    except NothingWhole:
        return
    for day in (period.first, period.stop):
        assert day.weekday() == 0 if period.step == "week" else day.day == 1
    assert len(period.parts) <= periods.MOST_MONTHS
    assert period.parts[0] == period.first


def test_weeks_begin_at_midnight_in_stockholm_also_when_the_clocks_change() -> None:
    period = Period(date(2026, 10, 19), date(2026, 11, 2), "week")
    sunday_night = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)  # 23:59, the clocks have changed
    milliseconds = round(sunday_night.timestamp() * 1000)
    assert period.part(milliseconds) == 0
    assert period.part(milliseconds + 60_000) == 1


# What is not shown


bookings = st.lists(
    st.tuples(
        st.sampled_from(("coaching", "advice", "workshop")),
        st.sampled_from(("a", "b")),
        st.sampled_from(("first", "second")),
        st.integers(0, 30).map(str),
    ),
    max_size=120,
)


def true_numbers(found: list[tuple[str, str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """Who is counted in each place, found the slow way."""
    places: dict[tuple[str, str], list[str]] = {}
    for group, measure, part, person in found:
        for row in (group, TOTAL):
            for column in (measure, "all", part):
                places.setdefault((row, column), []).append(person)
    return places


@given(bookings)
def test_what_is_shown_is_right_and_counts_five_people(
    found: list[tuple[str, str, str, str]],
) -> None:
    table = tally(found, THREE, ("first", "second")).table()
    truth = true_numbers(found)
    for place, number in table.numbers.items():
        people = truth.get(place, [])
        if number is not None:
            assert number == len(people)
            assert number == 0 or len(set(people)) >= LEAST_PEOPLE


@given(bookings)
def test_shown_sums_agree(found: list[tuple[str, str, str, str]]) -> None:
    table = tally(found, THREE, ("first", "second")).table()
    for column in ("all", "a", "b", "first", "second"):
        numbers = [table.number(group, column) for group in table.rows]
        if None not in numbers:
            assert sum(filter(None, numbers[:-1])) == numbers[-1]
    for group in table.rows:
        whole, *parts = (table.number(group, column) for column in ("all", "a", "b"))
        if None not in (whole, *parts):
            assert whole == sum(filter(None, parts))


def fitting(table: Table, most: int) -> Iterator[Counts]:
    """Every table that fits what is shown: a stranger's view of it, by trying them all."""
    for rows in product(*(list(fitting_rows(table, group, most)) for group in table.groups)):
        guess = dict(place for row in rows for place in row.items())
        for column in ("all", "a", "b"):
            guess[TOTAL, column] = sum(guess[group, column] for group in table.groups)
        if all(guess[TOTAL, column] == table.number(TOTAL, column) for column in visible(table)):
            yield guess


def fitting_rows(table: Table, group: str, most: int) -> Iterator[dict[tuple[str, str], int]]:
    """Every row of a group that fits what is shown of it."""
    choices = [
        range(1, most + 1) if (known := table.number(group, measure)) is None else (known,)
        for measure in ("a", "b")
    ]
    for a, b in product(*choices):
        if table.number(group, "all") in (None, a + b):
            yield {(group, "a"): a, (group, "b"): b, (group, "all"): a + b}


def visible(table: Table) -> list[str]:
    """The columns whose total is shown."""
    return [column for column in ("all", "a", "b") if table.number(TOTAL, column) is not None]


small = st.lists(st.integers(0, 6), min_size=4, max_size=4)


def with_counts(numbers: list[int]) -> list[tuple[str, str, str, str]]:
    """Bookings of as many different people in each of four places."""
    places = product(("x", "y"), ("a", "b"))
    return [
        (group, measure, "", f"{group}{measure}{person}")
        for (group, measure), number in zip(places, numbers, strict=True)
        for person in range(number)
    ]


@settings(deadline=None)
@given(small)
def test_no_hidden_number_can_be_worked_out_from_the_others(numbers: list[int]) -> None:
    table = tally(with_counts(numbers), THREE).table()
    worlds = list(fitting(table, most=8))
    truth = dict(zip(product(("x", "y"), ("a", "b")), numbers, strict=True))
    for (group, measure), number in truth.items():
        if 0 < number < LEAST_PEOPLE:
            assert table.number(group, measure) is None
            assert len({world[group, measure] for world in worlds}) >= 3


def test_a_single_small_number_takes_others_with_it() -> None:
    table = tally(with_counts([7, 2, 6, 6]), THREE).table()
    hides = {place for place, number in table.numbers.items() if number is None}
    assert ("x", "b") in hides
    assert len([place for place in hides if place[0] == "x"]) >= 2
    assert len([place for place in hides if place[1] == "b"]) >= 2


def test_hiding_is_needed_for_nothing_when_everybody_is_many() -> None:
    table = tally(with_counts([7, 6, 6, 0]), THREE).table()
    assert None not in table.numbers.values()
    assert table.number("y", "b") == 0


def test_many_bookings_of_one_person_are_not_shown() -> None:
    found = [("x", "a", "", "anna")] * 9 + with_counts([0, 8, 8, 8])
    assert tally(found, THREE).table().number("x", "a") is None


def test_what_a_part_of_the_period_hides_cannot_be_had_from_the_outcomes() -> None:
    """The sum of a group joins its outcomes and its weeks: both are looked at together."""
    found = [("x", "a", "first", f"p{number}") for number in range(9)]
    found += [("x", "a", "second", f"q{number}") for number in range(2)]
    table = tally(found, THREE, ("first", "second")).table()
    assert table.number("x", "second") is None
    known = [table.number("x", column) for column in ("first", "all")]
    assert None in known


def test_two_possible_values_are_too_few() -> None:
    people = {"a": 1, "b": 2, "c": 9}
    flows = {("x", name): Flow("in", "out", number, number) for name, number in people.items()}
    flows["x", "all"] = Flow("out", "in", 12, 12)
    assert hidden(flows) == {("x", "a"), ("x", "b"), ("x", "c")}


def test_a_sum_of_one_way_only_is_looked_through() -> None:
    flows = {
        ("x", "a"): Flow("in", "middle", 3, 3),
        ("x", "b"): Flow("middle", "out", 3, 9),
        ("x", "c"): Flow("out", "in", 3, 9),
    }
    assert hidden(flows) == set(flows)


@given(bookings)
def test_a_total_is_hidden_in_every_table_or_in_none(
    found: list[tuple[str, str, str, str]],
) -> None:
    by_place = [(part, measure, "", person) for _group, measure, part, person in found]
    both = tables([tally(found, THREE), tally(by_place, THREE)])
    totals = [[table.number(TOTAL, column) for column in ("all", "a", "b")] for table in both]
    assert totals[0] == totals[1]
    for table in both:
        for column in ("all", "a", "b"):
            groups = [table.number(group, column) for group in table.groups]
            if table.number(TOTAL, column) is None:
                assert None in groups


# Counting


def booked(person: str, outcome: str, day: date = date(2026, 11, 3), **given: str) -> Booked:
    row = {"service": "coaching", "unit": "centre", "language": "ar", **given}
    return Booked(person, row["service"], row["unit"], row["language"], outcome, at(day))  # type: ignore[arg-type]


def test_attendance_counts_each_outcome_and_its_share() -> None:
    rows = [booked(f"{outcome}{n}", outcome) for outcome in OUTCOMES for n in range(6)]
    rows += [booked(f"more{n}", "attended") for n in range(6)]
    table = counting.attendance(rows, "service", last_weeks(SATURDAY, 4))
    row = {measure: table.number("coaching", measure) for measure in table.measures}
    assert row == {
        "booked": 42,
        "with_outcome": 24,
        "attended": 12,
        **dict.fromkeys(OUTCOMES[1:], 6),
    }
    assert counting.share(row["attended"], row["with_outcome"]) == 50
    assert [table.number("coaching", part) for part in table.parts] == [0, 0, 42, 0]


def test_rows_are_grouped_by_what_is_asked_for() -> None:
    rows = [booked(f"p{n}", "attended", unit="a" if n % 2 else "b") for n in range(20)]
    period = last_weeks(SATURDAY, 4)
    assert counting.attendance(rows, "unit", period).groups == ("a", "b")
    assert counting.attendance(rows, "language", period).groups == ("ar",)


def test_no_share_of_what_is_not_shown_or_of_nothing() -> None:
    assert counting.share(None, 9) is None
    assert counting.share(9, None) is None
    assert counting.share(0, 0) is None


def test_waiting_is_told_in_median_and_quartiles_of_five_people_or_more() -> None:
    rows = [FirstMeeting(f"p{n}", "coaching", "centre", "ar", n) for n in range(9)]
    rows += [FirstMeeting(f"q{n}", "advice", "centre", "ar", 40) for n in range(4)]
    waiting = counting.waiting(rows, "service")
    assert waiting.spreads["advice"] is None
    assert counting.waiting(rows[:9], "service").spreads["coaching"] == counting.Spread(2, 4, 6)


def test_offers_are_counted_by_what_came_of_them() -> None:
    answers = ("taken", "not_taken", "no_offer")
    rows = [
        Waited(f"{answer}{n}", "coaching", "", "ar", answer)  # type: ignore[arg-type]
        for answer in answers
        for n in range(5)
    ]
    table = counting.offers(rows, "service")
    assert [table.number(TOTAL, measure) for measure in table.measures] == [15, 5, 5, 5]


# Files and plots


def test_no_cell_of_a_file_is_run_as_a_formula() -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "plain", 7]
    file = sheet.write([["head"], cells])
    assert file.startswith(b"\xef\xbb\xbf")
    _head, read = csv.reader(io.StringIO(file.decode("utf-8-sig")))
    assert read == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", "7"]


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@pytest.mark.parametrize(
    "draw",
    [
        lambda image: plot.bars(
            image, [plot.Bar("<A>", 80, "80 %"), plot.Bar("B", None, "-")], 100
        ),
        lambda image: plot.ranges(image, [plot.Range("A", (2, 4, 9), "4 (2-9)")]),
        lambda image: plot.columns(image, [3, None, 9, 0], ("1/1", "22/1"), 9),
    ],
    ids=["bars", "ranges", "columns"],
)
def test_a_plot_is_an_image_with_words_and_no_styles(
    draw: Callable[[plot.Image], str],
) -> None:
    svg = draw(plot.Image("p", "Title & more", "About"))
    root = drawn(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p-title p-about"
    assert [root.findtext(tag) for tag in ("title", "desc")] == ["Title & more", "About"]
    assert "style" not in svg
    assert "#" not in svg


def test_from_right_to_left_a_plot_is_mirrored() -> None:
    bars = [plot.Bar("A", 50, "50")]
    left = drawn(plot.bars(plot.Image("p", "", ""), bars, 100)).find("rect")
    right = drawn(plot.bars(plot.Image("p", "", "", rtl=True), bars, 100)).find("rect")
    assert left is not None
    assert right is not None
    assert (left.get("x"), left.get("width")) == ("0.00%", "35.00%")
    assert (right.get("x"), right.get("width")) == ("65.00%", "35.00%")
