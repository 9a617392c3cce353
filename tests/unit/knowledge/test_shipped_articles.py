"""The articles we ship: in order, and found by the words people use."""

import time
from pathlib import Path

import pytest

import knowledge
from knowledge.alarm import Alarm
from knowledge.evaluation import ask, left_out, measure
from knowledge.search import Answer, Index, Unknown
from tests.search import ours
from tests.search.ours import LANGUAGES

FOLDER = Path(knowledge.__file__).parent
ABOUT_DANGER = {
    *("violence-help", "emergency-numbers"),
    *("honour-and-forced-marriage", "mental-health"),
}

THREE_SCRIPTS = ("sv", "ar", "ti")


@pytest.fixture(scope="module")
def library():
    return ours.library()


@pytest.fixture(scope="module")
def index(library):
    return Index.build(library.documents())


def test_all_of_them_can_be_read(library):
    assert library.problems == ()
    assert len(library.articles) >= 73


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_their_questions_finds_them(library, index, language):
    for article in library.articles:
        for question in article.translations[language].questions:
            hits = index.rank(question, language, limit=3)
            assert article.slug in [hit.slug for hit in hits], question


@pytest.mark.parametrize("language", LANGUAGES)
def test_fresh_questions_keep_finding_them(index, language):
    outcomes = list(ask(index, ours.fresh(language), language, time.perf_counter))
    figures = measure(outcomes, build_s=0)
    wrong = sum(each.is_answered and each.rank != 1 for each in outcomes) / len(outcomes)
    assert (figures.n, figures.hit1 >= 0.8, figures.hit3 >= 0.92) == (100, True, True)
    assert wrong <= 0.06


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(code, marks=() if code in THREE_SCRIPTS else pytest.mark.soak)
        for code in LANGUAGES
    ],
)
def test_a_question_nobody_thought_of_finds_them_too(library, language):
    documents = [each for each in library.documents() if each.language == language]
    outcomes = [
        outcome
        for queries, before in left_out(documents)
        for outcome in ask(Index.build(before), queries, language, time.perf_counter)
    ]
    measures = measure(outcomes, build_s=0)
    assert measures.hit1 >= 0.88
    assert measures.hit3 >= 0.96
    assert measures.wrong_answers <= 0.06


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Hur blir vädret i morgon?", "sv"),
        ("Vem vann fotbollsmatchen igår?", "sv"),
        ("Hur bakar jag en chokladkaka?", "sv"),
        ("Who is the best player in the world?", "en"),
        ("Tell me a joke", "en"),
        ("ما هي عاصمة أستراليا؟", "ar"),
        ("من فاز بالمباراة أمس؟", "ar"),
    ],
)
def test_what_they_are_not_about_is_not_answered(index, question, language):
    assert not isinstance(index.find(question, language), Answer)


@pytest.mark.parametrize("chosen", LANGUAGES)
@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("hur får jag ett personnummer", "personnummer"),
        ("how do I get a personal number", "personnummer"),
        ("كيف أحصل على الرقم الشخصي", "personnummer"),
        ("bankkonto", "bank-account"),
        ("SFI", "register-for-sfi"),
    ],
)
def test_they_are_found_whatever_language_was_chosen(index, chosen, question, slug):
    found = index.find(question, chosen)
    assert not isinstance(found, Unknown)
    assert (found.hits[0].slug, found.hits[0].language) == (slug, chosen)


@pytest.mark.parametrize(
    "text",
    [
        "xyzzy plugh wrtz",
        "Gdzie mogę uczyć się szwedzkiego",
        "زه غواړم سویډني زده کړم",
        "我想学瑞典语",
        "Stockholm belediyesi nerede acaba",
        "asdfghjkl",
    ],
)
def test_a_language_we_do_not_have_is_no_danger(index, text):
    assert Alarm.load(FOLDER).kind(text, strange=index.is_strange(text)) is None


def test_ordinary_questions_are_not_taken_for_danger(library):
    alarm = Alarm.load(FOLDER)
    for article in library.articles:
        if article.slug not in ABOUT_DANGER:
            for words in article.translations.values():
                alarms = [text for text in words.questions if alarm.kind(text)]
                assert alarms == [], article.slug
