"""Endings come off; what is too short is left alone."""

import pytest

from knowledge.stemming import stemmer


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("ukrainian", "дозвіл", "дозвіл"),
        ("ukrainian", "школа", "школі"),
        ("ukrainian", "роботу", "роботою"),
        ("ukrainian", "навчається", "навчатися"),
        ("ukrainian", "проживання", "проживанням"),
        ("somali", "guriga", "guri"),
        ("somali", "lambarka", "lambarkayga"),
        ("somali", "caruurta", "carruurta"),
        ("swedish", "banken", "bank"),
    ],
)
def test_forms_of_a_word_have_one_stem(name, one, other):
    stem = stemmer(name)
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("name", "word"), [("ukrainian", "дім"), ("somali", "sun"), (None, "ab")])
def test_short_words_are_kept(name, word):
    assert stemmer(name)(word) == word


def test_a_language_may_have_no_stemmer():
    assert stemmer(None)("hundarna") == "hundarna"


def test_no_ending_leaves_less_than_three_letters():
    assert len(stemmer("ukrainian")("авала")) >= 3
