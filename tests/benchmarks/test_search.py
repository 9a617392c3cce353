"""How well search finds: on public questions beside two well-known searches, and on our own.

Printed, not asserted: ``make bench`` shows ours and theirs of one run. See tests/search.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from backend.runtime import KNOWLEDGE
from knowledge.alarm import Alarm
from knowledge.document import Document
from knowledge.evaluation import Measures, Outcome, ask, left_out, measure
from knowledge.search import Index
from knowledge.weights import Weights
from tests.search import omos
from tests.search.learn_danger import HERE, sentences
from tests.search.ours import LANGUAGES, fresh, library, misspelt

pytestmark = pytest.mark.bench

SEED = 5
KEPT = 0.9

Build = Callable[[Sequence[Document], str], Callable[[str], list[str]]]


@pytest.fixture(scope="module")
def data() -> Path:
    try:
        return omos.folder()
    except omos.NoData:
        pytest.skip("INGANG_OMOS_DIR does not name the folder of OMoS-QA")


def mean(numbers: Iterator[float]) -> float:
    return statistics.fmean(numbers)


def test_public_questions_beside_other_searches(data: Path) -> None:
    baselines = pytest.importorskip("tests.search.baselines", reason="make bench installs them")
    print("\nOMoS-QA dev, one index for each city, mean of five languages, hit at 1")
    print(f"{'':22}" + "".join(f"{spelt:>11}" for spelt in omos.SPELT))
    others: dict[str, Build] = {
        "bm25s with stemmer": baselines.bm25,
        "TF-IDF char_wb 3-5": baselines.tfidf,
    }
    for name, build in others.items():
        hits = [hit_rate(data, spelt, build) for spelt in omos.SPELT]
        print(f"{name:22}" + "".join(f"{hit:11.1%}" for hit in hits))
    ours = {
        spelt: [in_cities(data, spelt, code) for code in omos.LANGUAGES] for spelt in omos.SPELT
    }
    print(f"{'Ingång':22}", end="")
    print("".join(f"{mean(each.hit1 for each in found):11.1%}" for found in ours.values()))
    clean = ours["clean"]
    print(f"hit5 {mean(each.hit5 for each in clean):.1%}, MRR {mean(e.mrr for e in clean):.3f}, ")
    print(f"AUROC against what nothing answers {mean(each.auroc for each in clean):.3f}")


def hit_rate(data: Path, spelt: str, build: Build) -> float:
    """How often the first hit is right, averaged over the languages."""
    rates = []
    for language in omos.LANGUAGES:
        right = total = 0
        for city in omos.cities(data, "dev", spelt, language):
            rank = build(city.documents, language)
            right += sum(rank(query.text)[0] in query.relevant for query in city.queries)
            total += len(city.queries)
        rates.append(right / total)
    return statistics.fmean(rates)


def in_cities(data: Path, spelt: str, language: str) -> Measures:
    """Our search on every city's questions, and on those that nothing answers."""
    return measure(list(outcomes(data, spelt, language)), 0)


def outcomes(data: Path, spelt: str, language: str) -> Iterator[Outcome]:
    for city in omos.cities(data, "dev", spelt, language):
        queries = [*city.queries, *omos.out_of_scope(data, language)]
        yield from ask(Index.build(city.documents), queries, language, time.perf_counter)


def test_what_the_threshold_keeps_and_lets_through(data: Path) -> None:
    shipped, kept, let = Weights().answer, list[float](), list[float]()
    let_at_kept = []
    for code in omos.LANGUAGES:
        found = list(outcomes(data, "clean", code))
        right = sorted(each.score for each in found if each.rank == 1)
        none = [each.score for each in found if not each.query.relevant]
        bar = right[int((1 - KEPT) * len(right))]
        let_at_kept.append(mean(score >= bar for score in none))
        kept.append(mean(score >= shipped for score in right))
        let.append(mean(score >= shipped for score in none))
    print(f"\nmean of five languages where {KEPT:.0%} of right first hits are kept: ", end="")
    print(f"false answers {statistics.fmean(let_at_kept):.1%}; at our own articles' threshold ")
    print(f"{shipped:.2f}: kept {statistics.fmean(kept):.1%}, false {statistics.fmean(let):.1%}")


def test_our_own_articles_each_question_left_out() -> None:
    documents = library().documents()
    print("\nour articles, each question asked of an index without it")
    for code in LANGUAGES:
        mine = [document for document in documents if document.language == code]
        for name in ("clean", "misspelt"):
            found = list(asked_without(mine, code, wrongly=name == "misspelt"))
            figures = measure(found, 0)
            kept = mean(each.is_answered for each in found if each.rank == 1)
            print(
                f"{code:6} {name:9} n {figures.n}  hit1 {figures.hit1:.1%}"
                f"  hit3 {figures.hit3:.1%}  right ones answered {kept:.1%}"
                f"  wrong among answers {figures.wrong_answers:.1%}"
            )


def asked_without(
    documents: Sequence[Document], language: str, *, wrongly: bool
) -> Iterator[Outcome]:
    """Each question, as it is or misspelt, asked of an index that has all the others."""
    rng = random.Random(SEED)  # noqa: S311 - the same slips each time
    for queries, before in left_out(documents):
        asked = queries
        if wrongly:
            asked = tuple(replace(query, text=misspelt(query.text, rng)) for query in queries)
        yield from ask(Index.build(before), asked, language, time.perf_counter)


def test_fresh_questions_by_who_had_not_read_the_articles() -> None:
    index = Index.build(library().documents())
    print("\nfresh questions, written without the articles")
    for code in LANGUAGES:
        found = list(ask(index, fresh(code), code, time.perf_counter))
        figures = measure(found, 0)
        wrong = mean(each.is_answered and each.rank != 1 for each in found)
        print(
            f"{code:6} n {figures.n}  right at first {figures.hit1:.0%}"
            f"  among three {figures.hit3:.0%}  confident and wrong {wrong:.0%}"
        )


def test_danger_in_sentences_that_were_not_learnt_from() -> None:
    alarm = Alarm.load(KNOWLEDGE)
    print("\nsentences written apart from the rules and from what is learnt")
    blind = list(sentences(HERE / "blind"))
    for code in LANGUAGES:
        for name, of_danger in (("caught", True), ("taken for danger", False)):
            asked = [t for lang, t, kind in blind if lang == code and bool(kind) is of_danger]
            print(f"{code if of_danger else '':6} {name:16}", end="")
            print(f" {mean(alarm.kind(text) is not None for text in asked):6.1%} of {len(asked)}")


def test_speed_and_memory_with_every_language_loaded() -> None:
    """In a process of its own: what was loaded before counts for nothing."""
    with get_context("spawn").Pool(1) as pool:
        documents, built, grown, cuts = pool.apply(loaded)
    print(f"\n{documents} documents in {built:.2f} s, {grown:.0f} MB more; ", end="")
    print(f"their questions: p50 {cuts[9]:.2f} ms, p95 {cuts[18]:.2f} ms")


def resident() -> float:
    """Megabytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def loaded() -> tuple[int, float, float, list[float]]:
    """How many documents, seconds to build, megabytes more, and milliseconds by 5 %."""
    documents = library().documents()
    before = resident()
    started = time.perf_counter()
    index = Index.build(documents)
    built = time.perf_counter() - started
    spent = []
    for document in documents:
        for question in document.questions:
            started = time.perf_counter()
            index.find(question, document.language)
            spent.append((time.perf_counter() - started) * 1000)
    grown = resident() - before
    return len(documents), built, grown, statistics.quantiles(spent, n=20)
