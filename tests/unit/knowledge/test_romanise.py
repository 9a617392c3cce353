"""Words of every script, compared in one."""

import pytest

from knowledge.romanise import consonants, is_latin, sounds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("سكاتفركت", "skatteverket"),
        ("بيرسوننمر", "personnummer"),
        ("скаттеверкет", "skatteverket"),
        ("تسجيل", "tasjeel"),
        ("7awala", "hawaleya"),
        ("жительство", "zhitelstvo"),
        ("ስራሕ", "srah"),
        ("መንግስቲ", "mengsti"),
        ("مکتب", "maktab"),
    ],
)
def test_a_word_has_the_same_consonants_in_every_script(one, other):
    assert consonants(one) == consonants(other) != ""


@pytest.mark.parametrize("word", ["", "3", "ا", "aeiou", "🙂"])
def test_some_words_have_none(word):
    assert consonants(word) == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dyshat", "дышать"),
        ("muzh", "муж"),
        ("byet", "бьёт"),
        ("hochu", "хочу"),
        ("khochu", "хочу"),
        ("cholovik", "чоловік"),
        ("pozhezha", "пожежа"),
    ],
)
def test_cyrillic_is_heard_in_latin_letters(typed, meant):
    assert sounds(typed) == sounds(meant)


def test_scripts_without_vowels_are_not_heard():
    assert sounds("حريق") == ""


@pytest.mark.parametrize(("word", "latin"), [("sfi", True), ("åäö", False), ("ست", False)])
def test_latin_letters_are_told_apart(word, latin):
    assert is_latin(word) is latin
