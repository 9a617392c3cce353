"""What comes from outside is made safe before it is stored."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.hygiene import MASK, clean, mask

SPELLINGS = (
    "{y}{m}{d}{n}",
    "{y}{m}{d}-{n}",
    "{y} {m} {d} {n}",
    "{y}-{m}-{d}-{n}",
    "{y}{m}{d} {n}",
    "{y}{m}{d}+{n}",
    "{y}.{m}.{d} {n}",
)


def luhn(digits: str) -> str:
    """The tenth digit of a personnummer."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def test_a_hundred_thousand_invented_numbers_are_all_hidden() -> None:
    rng = random.Random(3)  # noqa: S311  # test data, not a secret
    missed = []
    for _number in range(100_000):
        year = str(rng.randrange(1925, 2026))[rng.choice((0, 2)) :]
        month, day = f"{rng.randrange(1, 13):02}", rng.randrange(1, 29)
        written_day = f"{day + (60 if rng.random() < 0.3 else 0):02}"
        serial = f"{rng.randrange(1000):03}"
        serial += luhn(year[-2:] + month + written_day + serial)
        text = rng.choice(SPELLINGS).format(y=year, m=month, d=written_day, n=serial)
        hidden, found = mask(f"mitt nummer {text} tack")
        if not found or serial in hidden:
            missed.append(text)
    assert missed == []


@pytest.mark.parametrize(
    "text", ["٨٥٠٧٠٩-٩٨٧٦", "۸۵۰۷۰۹۹۸۷۶", "850709\u200d9876", "19850709–9876"]
)
def test_other_digits_and_joiners_hide_nothing_from_us(text: str) -> None:
    assert mask(text) == (MASK, True)


@pytest.mark.parametrize(
    "text",
    ["070 123 45 67", "0701234567", "08-123 45 67 89", "112", "faktura 123456789012345", "2026"],
)
def test_what_is_no_personnummer_stays(text: str) -> None:
    assert mask(text) == (text, False)


@given(st.text())
def test_cleaning_never_fails_and_leaves_nothing_that_cannot_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not set(cleaned) & set("\x00\u202e\u2066\u2069\ufeff")
    assert clean(cleaned) == cleaned


def test_joiners_that_persian_needs_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


def test_a_lone_surrogate_and_bidi_commands_are_taken_out() -> None:
    assert clean("a\ud83d\u202eb\r\nc\x00") == "a?b\nc"
