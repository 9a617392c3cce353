"""Dates in life: when each kind falls, when one is reminded, and that every article is there."""

from __future__ import annotations

from datetime import date

import pytest

from backend.settings import REPOSITORY
from dialogs.deadlines import KINDS, OF_ARTICLE, Kind, next_due

TODAY = date(2026, 11, 23)


def due(kind: str, counted_from: date | None, today: date = TODAY) -> date | None:
    return next_due(KINDS[kind], today, None, counted_from)


@pytest.mark.parametrize(
    ("kind", "counted_from", "last_day"),
    [
        ("permit-extension", date(2027, 3, 15), date(2027, 3, 15)),
        ("permit-extension", date(2028, 2, 29), date(2028, 2, 29)),
        ("family-application", date(2026, 11, 10), date(2027, 2, 10)),
        ("family-application", date(2026, 11, 30), date(2027, 2, 28)),
        ("driving-licence", date(2026, 6, 1), date(2027, 6, 1)),
        ("driving-licence", date(2024, 2, 29), date(2025, 2, 28)),
        ("housing-queue", date(2026, 12, 1), date(2026, 12, 1)),
        ("housing-queue", date(2020, 11, 1), date(2027, 11, 1)),
        ("housing-queue", date(2024, 2, 29), date(2027, 2, 28)),
        ("housing-queue", TODAY, TODAY),
        ("sfi-three-years", date(2026, 8, 17), date(2029, 8, 17)),
        ("sfi-three-years", date(2023, 1, 9), date(2029, 1, 1)),
    ],
)
def test_a_last_day_is_counted_from_the_day_she_gave(
    kind: str, counted_from: date, last_day: date
) -> None:
    assert due(kind, counted_from) == last_day


def test_29_february_comes_back_in_a_leap_year() -> None:
    assert due("housing-queue", date(2024, 2, 29), date(2027, 12, 1)) == date(2028, 2, 29)


def test_without_a_day_nothing_is_due_but_the_report() -> None:
    assert due("activity-report", None) == date(2026, 12, 14)
    assert {due(kind.id, None) for kind in KINDS.values() if kind.asks} == {None}


def test_what_came_once_and_is_met_comes_no_more() -> None:
    permit, fee = KINDS["permit-extension"], KINDS["housing-queue"]
    last_day = date(2027, 3, 15)
    assert next_due(permit, TODAY, last_day, last_day) is None
    assert next_due(fee, TODAY, last_day, last_day) == date(2028, 3, 15)


@pytest.mark.parametrize(
    ("kind", "last_day", "days"),
    [
        ("activity-report", date(2026, 12, 14), [(12, 1), (12, 10), (12, 13)]),
        ("permit-extension", date(2027, 3, 15), [(1, 4), (1, 18), (2, 15)]),
        ("family-application", date(2027, 2, 10), [(12, 16), (1, 13), (1, 27), (2, 3)]),
        ("driving-licence", date(2027, 6, 1), [(3, 1), (5, 1), (5, 18)]),
        ("housing-queue", date(2027, 11, 1), [(10, 11), (10, 25)]),
        ("sfi-three-years", date(2029, 8, 17), [(8, 17), (2, 17), (6, 17)]),
    ],
)
def test_reminders_come_in_order_and_as_long_before_as_promised(
    kind: str, last_day: date, days: list[tuple[int, int]]
) -> None:
    found = KINDS[kind].remind_on(last_day)
    assert [(day.month, day.day) for day in found] == days
    assert list(found) == sorted(found)
    assert all(day < last_day for day in found)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_has_its_article_and_says_who_decides(kind: Kind) -> None:
    assert (REPOSITORY / "knowledge" / "articles" / kind.article / "article.toml").exists()
    assert OF_ARTICLE[kind.article] == kind.id
    assert "decides" in kind.about.msgid
