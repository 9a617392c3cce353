"""Which hours can be meant."""

from __future__ import annotations

from datetime import date

import pytest

from backend.services.hours import (
    EmptySpan,
    OverlappingSpans,
    SkippedTime,
    UnknownUnit,
    WeeklySpan,
    expect_whole,
    faults,
)

UNITS = {"centre", "kista"}
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def span(start: float, stop: float, day: int = 1, unit: str = "centre") -> WeeklySpan:
    return WeeklySpan(day, int(start * 60), int(stop * 60), unit)


def told(*spans: WeeklySpan, on: date | None = None) -> list[tuple[type, int]]:
    return [(type(fault), fault.at) for fault in faults(spans, UNITS, on)]


def test_hours_that_touch_do_not_overlap() -> None:
    assert told(span(9, 12), span(12, 15), span(9, 12, day=2), span(15, 24)) == []
    expect_whole((span(9, 12),), UNITS)


def test_hours_that_overlap_are_found_in_any_order_and_at_any_place() -> None:
    assert told(span(11, 13), span(9, 12)) == [(OverlappingSpans, 0)]
    assert told(span(9, 17), span(10, 11), span(12, 13)) == [
        (OverlappingSpans, 1),
        (OverlappingSpans, 2),
    ]
    assert told(span(9, 12), span(9, 12, unit="kista")) == [(OverlappingSpans, 1)]


def test_hours_that_end_before_they_begin_are_empty() -> None:
    assert told(span(12, 9)) == [(EmptySpan, 0)]
    assert told(span(9, 9)) == [(EmptySpan, 0)]


def test_a_place_that_does_not_exist_is_named() -> None:
    assert told(span(9, 12), span(13, 14, unit="nowhere")) == [(UnknownUnit, 1)]
    with pytest.raises(UnknownUnit) as error:
        expect_whole((span(13, 14, unit="nowhere"),), UNITS)
    assert error.value.at == 0


@pytest.mark.parametrize(
    ("start", "stop", "is_there"),
    [(2, 5, False), (2.5, 5, False), (1, 2.5, False), (1, 2, False), (1, 3, True), (3, 5, True)],
)
def test_a_time_that_the_clocks_jump_over_is_refused(
    start: float, stop: float, is_there: bool
) -> None:
    assert told(span(start, stop), on=SPRING) == ([] if is_there else [(SkippedTime, 0)])
    assert told(span(start, stop), on=AUTUMN) == []  # an hour that comes twice does exist
    assert told(span(start, stop)) == []
