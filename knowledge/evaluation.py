"""How good a search is: questions with known answers, and what came of asking them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge.document import Document
from knowledge.flaw import Flaw
from knowledge.search import Answer, Finding, Hit, Index

_RANKED = 100  # hits among which the right one is looked for


@dataclass(frozen=True)
class Query:
    """A question, and the slugs of all that answers it: none, if nothing does."""

    id: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    """What came of one question: every hit, best first, and what a person would have been told."""

    query: Query
    hits: tuple[Hit, ...]
    finding: Finding
    ms: float

    @property
    def rank(self) -> int | None:
        """The place of the first right hit, from 1; None if there is none."""
        for place, hit in enumerate(self.hits, start=1):
            if hit.slug in self.query.relevant:
                return place
        return None

    @property
    def is_answered(self) -> bool:
        """Whether one article was shown as the answer."""
        return isinstance(self.finding, Answer)

    @property
    def score(self) -> float:
        """The score of the first hit."""
        return self.hits[0].score if self.hits else 0.0


@dataclass(frozen=True)
class Measures:
    """What the outcomes add up to. Rates are 0..1, and 0 where there is nothing to count."""

    n: int
    hit1: float  # of the questions that something answers: a right hit is first
    hit3: float
    hit5: float
    mrr: float  # of the same: the mean of 1 / place of the first right hit
    answered: float  # of all
    wrong_answers: float  # of those answered: the first hit is not right
    false_answers: float  # of those that nothing answers: answered all the same
    auroc: float  # how often a right first hit scores above the first hit where nothing answers
    p50_ms: float
    p95_ms: float
    build_s: float


def ask(
    index: Index, queries: Iterable[Query], language: str, clock: Callable[[], float]
) -> Iterator[Outcome]:
    """Put each question to the index, with the time it takes by ``clock`` (seconds)."""
    for query in queries:
        start = clock()
        hits = index.rank(query.text, language, _RANKED)
        finding = index.judge(hits)
        yield Outcome(query, hits, finding, ms=(clock() - start) * 1000)


def measure(outcomes: Sequence[Outcome], build_s: float) -> Measures:
    """Count what came of the questions; ``build_s`` is how long the index took to build."""
    places = [outcome.rank for outcome in outcomes if outcome.query.relevant]
    hopeless = [outcome for outcome in outcomes if not outcome.query.relevant]
    answered = [outcome for outcome in outcomes if outcome.is_answered]
    right = [outcome.score for outcome in outcomes if outcome.rank == 1]
    times = sorted(outcome.ms for outcome in outcomes)
    return Measures(
        n=len(outcomes),
        hit1=_within(places, 1),
        hit3=_within(places, 3),
        hit5=_within(places, 5),
        mrr=_mean(1 / place if place else 0.0 for place in places),
        answered=_mean(outcome.is_answered for outcome in outcomes),
        wrong_answers=_mean(outcome.rank != 1 for outcome in answered),
        false_answers=_mean(outcome.is_answered for outcome in hopeless),
        auroc=_mean(
            (score > other.score) + (score == other.score) / 2
            for score in right
            for other in hopeless
        ),
        p50_ms=_quantile(times, 0.50),
        p95_ms=_quantile(times, 0.95),
        build_s=build_s,
    )


def left_out(
    documents: Sequence[Document],
) -> Iterator[tuple[tuple[Query, ...], tuple[Document, ...]]]:
    """Rounds in which every document has one question less, and is asked that one.

    After all rounds each question has been asked once, of documents that had not heard it.
    """
    for number in range(max((len(document.questions) for document in documents), default=0)):
        queries = tuple(
            Query(f"{document.slug} {number + 1}", question, frozenset({document.slug}))
            for document in documents
            for question in document.questions[number : number + 1]
        )
        yield queries, tuple(_without(document, number) for document in documents)


def read_queries(lines: Iterable[str]) -> Iterator[Query]:
    """Queries from JSON lines ``{"id", "query", "relevant": [slugs]}``; raises Flaw."""
    for number, row in _rows(lines):
        relevant = row.get("relevant")
        if not isinstance(relevant, list):
            raise Flaw(number, "relevant must be a list of ids, which may be empty")
        yield Query(_text(row, "id", number), _text(row, "query", number), frozenset(relevant))


def read_documents(lines: Iterable[str], language: str) -> Iterator[Document]:
    """Documents from JSON lines ``{"id", "title"?, "text", "questions"?: []}``; raises Flaw."""
    for number, row in _rows(lines):
        yield Document(
            slug=_text(row, "id", number),
            language=language,
            title=str(row.get("title", "")),
            text=_text(row, "text", number),
            questions=tuple(map(str, row.get("questions", ()))),
        )


def _without(document: Document, number: int) -> Document:
    questions = document.questions
    return replace(document, questions=questions[:number] + questions[number + 1 :])


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise Flaw(number, f"is not JSON: {error.msg}") from error
        if not isinstance(row, dict):
            raise Flaw(number, "is not a JSON object")
        yield number, row


def _text(row: Mapping[str, Any], key: str, line: int) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise Flaw(line, f"{key} must be text")
    return value


def _within(places: Sequence[int | None], limit: int) -> float:
    return _mean(place is not None and place <= limit for place in places)


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[round(part * (len(ordered) - 1))] if ordered else 0.0
