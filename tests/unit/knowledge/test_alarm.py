"""Danger is recognised in sentences that nobody has thought of, and what only sounds so is not."""

import statistics

import pytest

from backend.runtime import KNOWLEDGE
from knowledge.alarm import BUCKETS, Alarm, buckets
from knowledge.danger import KINDS, Danger
from tests.search.learn_danger import HERE, KNOWN, sentences

BLIND = list(sentences(HERE / "blind"))
LANGUAGES = sorted({language for language, _text, _number in BLIND})


@pytest.fixture(scope="module")
def alarm():
    return Alarm.load(KNOWLEDGE)


def share(alarm, language, *, of_danger):
    """The share of the sentences, harmless or not, that are taken for danger."""
    return statistics.fmean(
        alarm.kind(text) is not None
        for code, text, number in BLIND
        if bool(number) is of_danger and language in (code, None)
    )


def test_the_sentences_that_somebody_else_has_written_are_caught(alarm):
    assert share(alarm, None, of_danger=True) >= 0.98
    assert share(alarm, None, of_danger=False) <= 0.07


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_left_behind(alarm, language):
    assert share(alarm, language, of_danger=True) >= 0.95
    assert share(alarm, language, of_danger=False) <= 0.15


def test_none_of_them_was_learnt_from():
    learnt = {text for _language, text, _number in sentences(HERE / "learn")}
    assert not learnt & {text for _language, text, _number in BLIND}


def test_what_is_known_is_recognised_as_what_it_is(alarm):
    phrases = Danger.load(KNOWLEDGE / "danger_words")
    for _language, text, number in sentences(KNOWN):
        kind = alarm.kind(text)
        assert (kind is not None) is bool(number), text
        if number and phrases.kind(text):
            assert kind == KINDS[number - 1], text


@pytest.mark.parametrize(
    "text", ["", "?", "112", "070-174 06 05", "🙂", "a", "\u202e", "a " * 3000]
)
def test_other_texts_are_harmless(alarm, text):
    assert alarm.kind(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "hej jag läser sfi kurs c och vill gärna veta när nästa kurs börjar men min man slår "
            "mig varje kväll och jag vågar inte gå hem längre kan ni svara om kursen också",
            "violence",
        ),
        (
            "I wrote to you last week about my housing queue and my id card and nobody answered, "
            "now my little daughter has swallowed a lot of pills and she does not wake up, also "
            "I wonder about the appointment on Thursday with the coach in Kista",
            "emergency",
        ),
    ],
)
def test_danger_in_the_middle_of_a_long_story_is_seen(alarm, text, kind):
    assert alarm.kind(text) == kind


def test_parts_of_a_text_are_numbers_of_buckets():
    phrases = Danger.load(KNOWLEDGE / "danger_words")
    rows = buckets("my husband hits me", phrases)
    assert len(rows) == len(set(rows.tolist())) > 20
    assert 0 <= rows.min() <= rows.max() < BUCKETS
