"""How many parts a short message takes, and what is left out to keep it to one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.clock import ZONE
from bot.sms.parts import is_gsm, one_part, parts
from dialogs.values import write_short_moment
from tests.chat import plain

LANGUAGES = ("sv", "en", "ar", "fa_AF", "so", "ti", "uk", "ru")
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAGE = "https://ingang.stockholm.se/m/AbCdEfGhIjKlMnOp.AbCdEfGhIjKlMnOp"
PLACE = "Etableringscentrum, Medborgarplatsen"


def brief(language: str, place: str = PLACE) -> str:
    """A reminder as it is written for an SMS."""
    when = plain(write_short_moment(AT, language, ZONE, "ltr"))
    return f"{when}, {place}\n{PAGE}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("åäöÅÄÖéÉ" * 20, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ё" * 70, 1),
        ("ё" * 71, 2),
        ("ё" * 134, 2),
        ("ё" * 135, 3),
        ("ሰ" * 70, 1),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("a" * 69 + "ё", 1),
        ("a" * 70 + "ё", 2),
    ],
)
def test_parts_are_counted_as_a_telephone_network_does(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_a_character_that_takes_two_places_is_never_cut_in_two() -> None:
    assert parts("a" * 152 + "€" + "a" * 152) == 3  # 306 places, but the middle one does not fit
    assert parts("ё" * 66 + "🙂" + "ё" * 66) == 3


def test_swedish_letters_are_in_the_small_alphabet_and_a_somali_apostrophe_is_not() -> None:
    assert is_gsm("Möte på Åsögatan: kl 09:00 @ {1} [2]")
    assert not is_gsm("ʼ")
    assert not is_gsm("ç")  # only the capital one is


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_takes_one_part_in_every_language_with_its_time_and_link(
    language: str,
) -> None:
    text = one_part(brief(language))
    assert parts(text) == 1
    assert "24/11" in text
    assert "09:00" in text
    assert PAGE in text


@pytest.mark.parametrize("language", ["ar", "ti", "ru"])
def test_the_weekday_goes_when_it_is_all_that_does_not_fit_and_the_place_stays(
    language: str,
) -> None:
    assert one_part(brief(language)) == f"24/11 09:00 {PLACE} {PAGE}"


def test_the_place_goes_before_the_weekday() -> None:
    long = "Ett mycket långt namn på en plats som ingen hinner läsa, " * 2
    assert one_part(brief("sv", long)) == f"tis 24/11 09:00 {PAGE}"


def test_a_place_in_another_alphabet_goes_and_the_weekday_too() -> None:
    assert one_part(brief("ar", "المركز")) == f"24/11 09:00 {PAGE}"


@pytest.mark.parametrize("opening", ["New time:", "Новое время:", "موعد جديد:"])
def test_what_kind_of_message_it_is_stays_even_at_the_price_of_a_second_part(
    opening: str,
) -> None:
    text = one_part(f"{opening} {brief('ru')}")
    assert text.startswith(f"{opening} 24/11 09:00")
    assert text.endswith(PAGE)
    assert parts(text) == (1 if is_gsm(opening) else 2)


def test_what_fits_stays_as_it_is() -> None:
    short = "الثلاثاء 24/11 09:00 https://in.se/m/1"
    assert one_part(short) == short


def test_a_time_and_a_link_too_long_for_one_part_are_all_that_is_sent() -> None:
    link = "https://example.se/" + "x" * 200
    assert one_part(f"tis 24/11 09:00 {PLACE} {link}") == f"24/11 09:00 {link}"


def test_a_text_without_a_time_or_a_link_is_left_alone() -> None:
    assert one_part("ё" * 100) == "ё" * 100
