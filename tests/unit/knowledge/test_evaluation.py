"""Measures of a search."""

import json
from itertools import count

import pytest

from knowledge.document import Document
from knowledge.evaluation import (
    Outcome,
    Query,
    ask,
    left_out,
    measure,
    read_documents,
    read_queries,
)
from knowledge.flaw import Flaw
from knowledge.search import Answer, Choices, Hit, Index, Unknown


def outcome(relevant, *hits, ms=1.0):
    """What came of a question that ``relevant`` answers: hits as slug=score, best first."""
    found = tuple(Hit(slug, "en", score) for slug, score in hits)
    finding = Unknown()
    if found:
        finding = Answer(found) if found[0].score >= 0.5 else Choices(found)
    return Outcome(Query("q", "?", frozenset(relevant)), found, finding, ms)


def test_hits_are_counted_over_questions_that_something_answers():
    measures = measure(
        [
            outcome("a", ("a", 0.9)),
            outcome("a", ("b", 0.9), ("a", 0.8)),
            outcome("a", ("b", 0.4), ("c", 0.3), ("d", 0.2), ("a", 0.1)),
            outcome("a"),
            outcome("", ("b", 0.3)),
        ],
        build_s=0.5,
    )
    assert measures.n == 5
    assert (measures.hit1, measures.hit3, measures.hit5) == (0.25, 0.5, 0.75)
    assert measures.mrr == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)
    assert measures.build_s == 0.5


def test_answers_are_wrong_when_the_first_hit_is():
    measures = measure(
        [
            outcome("a", ("a", 0.9)),
            outcome("a", ("b", 0.9), ("a", 0.8)),
            outcome("a", ("a", 0.3)),
            outcome("", ("b", 0.7)),
            outcome("", ("b", 0.2)),
        ],
        build_s=0,
    )
    assert measures.answered == pytest.approx(3 / 5)
    assert measures.wrong_answers == pytest.approx(2 / 3)
    assert measures.false_answers == pytest.approx(1 / 2)


def test_auroc_compares_right_hits_with_those_where_nothing_answers():
    measures = measure(
        [
            outcome("a", ("a", 0.9)),
            outcome("a", ("a", 0.4)),
            outcome("a", ("b", 0.1)),
            outcome("", ("b", 0.4)),
            outcome("", ("b", 0.5)),
        ],
        build_s=0,
    )
    assert measures.auroc == pytest.approx((1 + 1 + 0.5 + 0) / 4)


def test_times_are_quantiles():
    measures = measure([outcome("a", ms=ms) for ms in range(101)], build_s=0)
    assert (measures.p50_ms, measures.p95_ms) == (50, 95)


def test_nothing_asked_is_all_zeros():
    assert set(vars(measure([], build_s=0)).values()) == {0}


DOCUMENTS = (
    Document("bank", "en", "Bank account", "Open an account.", questions=("salary", "my money")),
    Document("sfi", "en", "Swedish course", "Learn the language.", questions=("sfi", "school")),
)


def test_questions_are_put_to_the_index_and_timed():
    queries = [Query("1", "bank account", frozenset({"bank"})), Query("2", "moon", frozenset())]
    ticks = count(step=0.25)
    first, second = ask(Index.build(DOCUMENTS), queries, "en", lambda: next(ticks))
    assert first.rank == 1
    assert first.is_answered
    assert first.ms == 250
    assert second.rank is None
    assert second.finding == Unknown()
    assert second.score == 0


def test_each_document_is_asked_a_question_that_it_has_not_heard():
    one_more = (*DOCUMENTS, Document("id", "en", "Card", "", questions=("id card",)))
    first, second = left_out(one_more)
    queries, documents = first
    assert [query.text for query in queries] == ["salary", "sfi", "id card"]
    assert [document.questions for document in documents] == [("my money",), ("school",), ()]
    queries, documents = second
    assert [query.text for query in queries] == ["my money", "school"]
    assert queries[0].relevant == {"bank"}
    assert [document.questions for document in documents] == [("salary",), ("sfi",), ("id card",)]


def test_without_documents_nothing_is_asked():
    assert list(left_out(())) == []


def test_queries_are_read_from_json_lines():
    lines = ['{"id": "1", "query": "bank?", "relevant": ["bank"], "city": "x"}', "", " "]
    assert list(read_queries(lines)) == [Query("1", "bank?", frozenset({"bank"}))]


def test_documents_are_read_from_json_lines():
    lines = [
        json.dumps({"id": "1", "title": "T", "text": "x", "questions": ["a", "b"]}),
        json.dumps({"id": "2", "text": "y"}),
    ]
    assert list(read_documents(lines, "de")) == [
        Document("1", "de", "T", "x", questions=("a", "b")),
        Document("2", "de", "", "y"),
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"id": 1, "query": "a", "relevant": []}', "id must be text"),
        ('{"id": "1", "relevant": []}', "query must be text"),
        ('{"id": "1", "query": "a", "relevant": "a"}', "relevant must be a list"),
    ],
)
def test_a_line_that_is_no_query_is_refused(line, what):
    good = '{"id": "1", "query": "a", "relevant": []}'
    with pytest.raises(Flaw, match=what) as caught:
        list(read_queries([good, line]))
    assert caught.value.line == 2
