"""Questions asked in vain are gathered by likeness, the same way every time, and fast."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

import pytest

from backend.services.clusters import Missed, clusters, holding

MONDAY = date(2026, 11, 23)


def asked(
    *texts: str, language: str = "en", waits: bool = False, guess: str | None = None
) -> list[Missed]:
    return [
        Missed(f"{language}-{number}-{text}", language, text, "unknown", MONDAY, guess, waits)
        for number, text in enumerate(texts)
    ]


def gathered(missed: list[Missed]) -> list[set[str]]:
    found = clusters(missed)
    return [
        {wording.text for wording in cluster.wordings}
        for of_language in found.values()
        for cluster in of_language
    ]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "how do I keep bees?", "How can I keep bees"),
        ("en", "where can I keep bees in Stockholm", "keeping bees Stockholm where?"),
        ("en", "how do I get a fishing licence", "how do I get a fishing lisence"),
        ("sv", "Hur får jag ha bin på taket?", "får man ha bin på tak"),
        ("ar", "كيف أربي النحل في المدينة؟", "تربية النحل في المدينة كيف"),
        ("so", "sideen shinni u dhaqdaa", "Sideen u dhaqdaa shinni?"),
        ("ti", "ንህቢ ከመይ ጌረ የዕቢ?", "ከመይ ጌረ ንህቢ የዕቢ"),
        ("uk", "як тримати бджіл у місті", "Як у місті тримати бджоли?"),
    ],
)
def test_one_need_is_one_cluster_however_it_is_put(language: str, one: str, other: str) -> None:
    (cluster,) = gathered(asked(one, other, language=language))
    assert cluster == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how do I keep bees?", "how do I keep chickens?"),
        ("bank", "can I open an account in a bank without a personal number"),
        ("can I work", "can I drive"),
        ("hvordan", "!!!"),
    ],
)
def test_different_needs_stay_apart(one: str, other: str) -> None:
    assert len(gathered(asked(one, other))) == 2


def test_languages_are_never_mixed() -> None:
    missed = [*asked("taxi", language="sv"), *asked("taxi", language="en")]
    assert list(clusters(missed)) == ["en", "sv"]


def test_those_people_wait_for_come_first_then_the_biggest() -> None:
    missed = [
        *asked("rent a boat", "boat rent", "renting boats"),
        *asked("grow mushrooms", "grow mushrooms?"),
        *asked("adopt a cat", waits=True),
    ]
    firsts = [cluster.wordings[0].text for cluster in clusters(missed)["en"]]
    assert firsts == ["adopt a cat", "rent a boat", "grow mushrooms"]


def test_a_cluster_tells_its_wordings_how_many_the_last_day_and_the_nearest_article() -> None:
    missed = [
        *asked("keep bees", "keep  bees", guess="pets"),
        Missed("z", "en", "bees keep", "no_help", MONDAY + timedelta(days=1), None, True),
    ]
    (cluster,) = clusters(missed)["en"]
    assert [(each.text, each.times) for each in cluster.wordings] == [
        ("keep bees", 2),
        ("bees keep", 1),
    ]
    assert (cluster.size, cluster.waiting, cluster.guess) == (3, 1, "pets")
    assert cluster.last == MONDAY + timedelta(days=1)
    assert cluster.whys == ("unknown", "no_help")
    assert holding({"en": [cluster]}, "z") is cluster
    assert holding({"en": [cluster]}, "y") is None


def test_nothing_that_people_write_breaks_it() -> None:
    odd = ["", " ", "?", "🙂", "\u200f", "a" * 300, "1", "۱۲۳"]
    found = clusters(asked(*odd))
    assert sum(cluster.size for cluster in found["en"]) == len(odd)


def crowd(many: int, begins: str = "") -> list[Missed]:
    draw = random.Random(7)  # noqa: S311
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(900)]
    texts = [begins + " ".join(draw.choices(words, k=draw.randint(1, 9))) for _ in range(many)]
    return asked(*texts)


def test_the_order_they_come_in_changes_nothing() -> None:
    missed = crowd(300)
    again = missed.copy()
    random.Random(8).shuffle(again)  # noqa: S311
    assert clusters(missed) == clusters(again)


@pytest.mark.bench
@pytest.mark.parametrize("begins", ["", "sideen ", "sideen baan u "])
def test_two_thousand_different_questions_take_less_than_a_second(begins: str) -> None:
    missed = crowd(2_000, begins)
    started = time.perf_counter()
    clusters(missed)
    took = time.perf_counter() - started
    print(f"2,000 different questions are grouped in {took:.2f} s")
    assert took < 1
