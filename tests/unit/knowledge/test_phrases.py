"""Phrases with interchangeable words."""

import pytest

from knowledge.phrases import BadPhrase, Phrase, Span

SETS = {"family": ["husband", "mother in law"], "empty": []}


def spans(written, text):
    readings = [frozenset({word}) for word in text.split()]
    return list(Phrase.parse(written, SETS, str.split).find(readings))


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("hits me", "he hits me", [Span(1, 3)]),
        ("hits me", "he hits not me", []),
        ("hits|beats me", "he beats me and hits me", [Span(1, 3), Span(4, 6)]),
        ("my {family} hits", "my mother in law hits", [Span(0, 5)]),
        ("{family}|he hits", "he hits", [Span(0, 2)]),
        ("{empty} hits", "he hits", []),
        ("{empty}|he hits", "he hits", [Span(0, 2)]),
        ("husband … hits me", "my husband hits me", [Span(1, 4)]),
        ("husband … hits me", "my husband a b c hits me", [Span(1, 7)]),
        ("husband … hits me", "my husband a b c d hits me", []),
        ("hits … me … home", "hits a me b c home", [Span(0, 6)]),
        ("hits", "", []),
    ],
)
def test_a_phrase_is_found_where_it_stands(written, text, found):
    assert spans(written, text) == found


def test_its_words_are_known():
    phrase = Phrase.parse("my {family} … hits", SETS, str.split)
    assert phrase.vocabulary == {"my", "husband", "mother", "in", "law", "hits"}


@pytest.mark.parametrize("written", ["my {friends}", "my|{friends} hits", "", "…", "my ?"])
def test_a_phrase_needs_words_in_every_place(written):
    with pytest.raises(BadPhrase):
        Phrase.parse(written, SETS, lambda text: text.replace("?", "").split())


def test_spans_meet_and_cover():
    assert Span(0, 2).meets(Span(1, 3))
    assert not Span(0, 2).meets(Span(2, 3))
    assert Span(0, 3).covers(Span(1, 3))
    assert not Span(1, 3).covers(Span(0, 2))
