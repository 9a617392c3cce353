"""One spelling for each word, in every script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalise import ORTHOGRAPHIES, loose, orthography


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("sv", "Hur FÅR jag ett Personnummer?", "hur får jag ett personnummer"),
        ("sv", "a\u030a id-kort", "å id kort"),
        ("sv", "ｆｕｌｌ ﬁl ２", "full fil 2"),
        ("en", "I can't, it\u2019s mine", "i cant its mine"),
        ("fr", "l'école", "l école"),
        ("uk", "об\u2019єкт", "обєкт"),
        ("ru", "Ещё", "еще"),
        ("ar", "الإقامة", "الاقامة"),
        ("ar", "الاقامه", "الاقامة"),
        ("ar", "مَدْرَسَة", "مدرسة"),
        ("ar", "كـــتاب على", "كتاب علي"),
        ("ar", "مسؤول عائلة", "مسوول عايلة"),
        ("ar", "رقم ١١٧٧", "رقم 1177"),
        ("ar", "\u200f112\u200e", "112"),
        ("fa_AF", "۱۱۲ كارت", "112 کارت"),
        ("fa_AF", "می\u200cخواهم", "میخواهم"),
        ("fa_AF", "نمی توانم", "نمیتوانم"),
        ("fa_AF", "إقامة", "اقامه"),
        ("so", "go'aan", "goaan"),
        ("ti", "ቍጽሪ፡ መንነት።", "ቍጽሪ መንነት"),
        ("xx", "Tak\u200b_for", "tak for"),
        ("sv", " ?! ", ""),
    ],
)
def test_words_have_one_spelling(language, text, words):
    assert orthography(language).words(text) == words.split()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pa", "på"), ("hogskola", "högskola"), ("ecole", "école"), ("ol", "øł"), ("ሀገር", "ሐገር")],
)
def test_a_word_is_written_loosely_on_another_keyboard(typed, meant):
    assert loose(meant) == typed
    assert loose(typed) == typed


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("sv", "lägenhet", "lägenheten"),
        ("en", "register", "registered"),
        ("ar", "مدرسة", "المدرسة"),
        ("de", "wohnung", "wohnungen"),
        ("ru", "квартира", "квартиры"),
    ],
)
def test_endings_are_taken_off(language, one, other):
    assert orthography(language).stem(one) == orthography(language).stem(other)


def test_a_language_without_a_stemmer_keeps_its_words():
    assert orthography("ti").stem("ቍጽሪ") == "ቍጽሪ"


@pytest.mark.parametrize("language", ORTHOGRAPHIES)
def test_the_words_of_questions_are_written_as_they_are_compared(language):
    spelling = orthography(language)
    assert all(spelling.words(word) == [word] for word in spelling.hollow)


@given(st.text(), st.sampled_from(sorted(ORTHOGRAPHIES)))
def test_normalising_is_done_once_and_for_all(text, language):
    spelling = orthography(language)
    words = spelling.words(text)
    assert spelling.words(" ".join(words)) == words
