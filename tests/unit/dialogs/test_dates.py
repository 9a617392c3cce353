"""Days as people type them: every script's digits, every language's months, and what is no day."""

from __future__ import annotations

from datetime import date

import pytest

from backend.settings import REPOSITORY
from dialogs import dates
from dialogs.dates import (
    HasPassed,
    NoSuchDay,
    NotADay,
    OtherCalendar,
    StillToCome,
    TooFar,
    month_name,
    months_later,
    read_day,
)
from dialogs.i18n import Languages
from dialogs.values import write_day

TODAY = date(2026, 11, 23)
WANTED = date(2027, 3, 15)
LANGUAGES = Languages.load(REPOSITORY / "locales" / "languages.toml").published


@pytest.mark.parametrize(
    "text",
    [
        "15/3 2027", "15.3.2027", "2027-03-15", "15-03-2027", "15 3 2027", "2027/3/15", "15/3",
        "15.3.", "15/3-27", "15.03.27", "27-03-15", "3/15 2027", "den 15/3 2027", "15 mars 2027",
        "15 Mars", "March 15, 2027", "the 15th of March 2027", "Mar 15", "2027 mars 15",
        "١٥/٣/٢٠٢٧", "١٥ مارس ٢٠٢٧", "15 آذار 2027", "۱۵ مارچ ۲۰۲۷", "15 марта 2027 г.",
        "15-го марта", "15 березня 2027 року", "15 березень", "15 Maarso 2027", "15 መጋቢት 2027",
        "15 ማርች 2027", "۱۵/۳/۲۰۲۷", "\u200f15/3/2027", "  15 / 3 / 2027 ",
    ],
)  # fmt: skip
def test_the_same_day_however_it_is_written(text: str) -> None:
    assert read_day(text, TODAY, "ahead") == WANTED


@pytest.mark.parametrize("language", [row.code for row in LANGUAGES])
@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_of_every_language_is_read_as_it_is_shown(language: str, month: int) -> None:
    day = date(2027, month, 9)
    assert read_day(f"9 {month_name(month, language)} 2027", TODAY, "ahead") == day
    shown = write_day(day, language, "ltr").rpartition(" (")[0]
    assert read_day(f"{shown} 2027", TODAY, "ahead") == day


def test_two_months_that_begin_alike_are_told_apart() -> None:
    assert read_day("5 تشرين الأول 2027", TODAY, "ahead") == date(2027, 10, 5)
    assert read_day("5 تشرين الثاني 2027", TODAY, "ahead") == date(2027, 11, 5)
    assert read_day("5 كانون الثاني 2027", TODAY, "ahead") == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("text", "ahead", "back"),
    [
        ("24/11", date(2026, 11, 24), date(2025, 11, 24)),
        ("22/11", date(2027, 11, 22), date(2026, 11, 22)),
        ("23/11", TODAY, TODAY),
        ("29/2", date(2028, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_nearest_on_the_right_side(
    text: str, ahead: date, back: date
) -> None:
    assert read_day(text, TODAY, "ahead") == ahead
    assert read_day(text, TODAY, "back") == back


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NotADay),
        ("soon", NotADay),
        ("15", NotADay),
        ("2027", NotADay),
        ("mars", NotADay),
        ("mars 2027", NotADay),
        ("15 mars eller 3 maj", NotADay),
        ("15/3 2027 " * 20, NotADay),
        ("15/3/207", NotADay),
        ("31/4 2027", NoSuchDay),
        ("29 februari 2027", NoSuchDay),
        ("32/1 2027", NoSuchDay),
        ("0/3 2027", NoSuchDay),
        ("15/13 2027", NoSuchDay),
        ("15/3 0000", NoSuchDay),
        ("24/12/1405", OtherCalendar),
        ("1448-02-01", OtherCalendar),
        ("15/3 2026", HasPassed),
        ("15/3 2037", TooFar),
        ("15/3 9999", TooFar),
    ],
)
def test_what_is_no_day_to_come_is_told_by_its_name(text: str, error: type[ValueError]) -> None:
    with pytest.raises(error):
        read_day(text, TODAY, "ahead")


def test_a_day_that_has_been_cannot_lie_ahead() -> None:
    with pytest.raises(StillToCome):
        read_day("24/11 2026", TODAY, "back")
    with pytest.raises(TooFar):
        read_day("24/11 2010", TODAY, "back")
    assert read_day("24/11 2026", TODAY, "any") == date(2026, 11, 24)


def test_a_month_is_as_long_as_it_is() -> None:
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2027, 3, 31), -1) == date(2027, 2, 28)
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_later(date(2028, 2, 29), 48) == date(2032, 2, 29)
    assert months_later(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_no_name_of_a_month_means_two() -> None:
    names = dates._month_names()
    for row in LANGUAGES:
        for month in range(1, 13):
            assert names[
                " ".join(dates.WORD.findall(dates._fold(month_name(month, row.code))))
            ] == (month)
