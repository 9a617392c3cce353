"""Unknown words read as known ones."""

import pytest

from knowledge.spelling import Spelling


@pytest.fixture
def spelling():
    return Spelling(
        ["personnummer", "nummer", "bank", "banken", "får", "sfi", "bostaden", "bostäder"]
    )


def test_a_known_word_is_itself(spelling):
    assert spelling.readings("bank") == {"bank": 1.0}


def test_a_misspelt_word_is_read_as_the_closest(spelling):
    (reading,) = spelling.readings("personumer")
    assert reading == "personnummer"


def test_the_closer_reading_takes_the_larger_part_and_all_parts_are_one_word(spelling):
    parts = spelling.readings("bankn")
    assert parts["banken"] > parts["bank"]
    assert sum(parts.values()) <= 1.0


def test_a_word_typed_on_another_keyboard_is_read_almost_as_itself(spelling):
    assert spelling.readings("far") == {"får": pytest.approx(0.95)}


@pytest.mark.parametrize("word", ["giraffe", "sf", "x"])
def test_a_word_like_no_other_is_itself(spelling, word):
    assert spelling.readings(word) == {word: 1.0}


def test_without_words_every_word_is_itself():
    assert Spelling([]).readings("bank") == {"bank": 1.0}
