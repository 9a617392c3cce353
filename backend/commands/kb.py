"""``ingang kb``: check articles, ask search, measure it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from backend.answers import Answers
from backend.clock import SystemClock
from backend.commands import kb_edits
from backend.commands.failure import CommandFailed
from backend.commands.types import Commands
from backend.runtime import KNOWLEDGE, LOCALES, article_folders, load_answers, load_library
from backend.services.walltime import local_day
from backend.settings import Settings
from dialogs.i18n import Catalogue, Languages
from knowledge import evaluation, search
from knowledge.article import Translation
from knowledge.check import Severity, check
from knowledge.document import Document
from knowledge.evaluation import Outcome
from knowledge.flaw import Flaw
from knowledge.glossary import Glossary
from knowledge.library import Library

T = TypeVar("T")

_THIN = 40  # words

KINDS: dict[type[search.Answer | search.Choices | search.Unknown], str] = {
    search.Answer: "answer",
    search.Choices: "choices",
    search.Unknown: "unknown",
}


def add_to(commands: Commands) -> None:
    """Register the commands."""
    parser = commands.add_parser("kb", help="articles and search")
    what = parser.add_subparsers(dest="what", required=True)
    checks = what.add_parser("check", help="find what is wrong in articles, by file and line")
    checks.set_defaults(run=_check)
    find = what.add_parser("find", help="ask search; - reads questions from standard input")
    find.add_argument("question")
    find.add_argument("--lang", default="sv")
    find.add_argument("--json", action="store_true")
    find.set_defaults(run=_find)
    measures = what.add_parser("eval", help="measure search on questions with known answers")
    measures.add_argument("--queries", type=Path, required=True)
    measures.add_argument("--corpus", type=Path)
    measures.add_argument("--lang", default="sv")
    measures.add_argument("--json", action="store_true")
    measures.add_argument("--details", type=Path)
    measures.set_defaults(run=_evaluate)
    report = what.add_parser("report", help="which article exists in which language")
    report.set_defaults(run=_report)
    kb_edits.add_to(what)


def _answers(settings: Settings) -> Answers:
    return load_answers(article_folders(settings), Catalogue.load(LOCALES))


def _library(settings: Settings) -> Library:
    """The articles without search: checking and listing them needs none."""
    return load_library(article_folders(settings), Languages.load(LOCALES / "languages.toml"))


def _check(settings: Settings, _chosen: argparse.Namespace) -> int:
    glossary = Glossary.load(KNOWLEDGE / "glossary.toml")
    today = local_day(SystemClock().now())
    remarks = check(_library(settings), today, glossary)
    for remark in remarks:
        print(remark)
    errors = sum(remark.severity is Severity.ERROR for remark in remarks)
    print(f"{errors} errors, {len(remarks) - errors} warnings")
    return 1 if errors else 0


def _find(settings: Settings, chosen: argparse.Namespace) -> int:
    answers = _answers(settings)
    questions: Iterable[str] = [chosen.question]
    if chosen.question == "-":
        questions = (line.rstrip("\n") for line in sys.stdin)
    for question in questions:
        found = _found(answers, question, chosen.lang)
        print(json.dumps(found, ensure_ascii=False) if chosen.json else _in_words(found))
    return 0


def _found(answers: Answers, question: str, language: str) -> dict[str, Any]:
    started = time.perf_counter()
    kind, hits = "crisis", tuple[search.Hit, ...]()
    if answers.danger(question) is None:
        finding = answers.index.find(question, language)
        kind = KINDS[type(finding)]
        hits = () if isinstance(finding, search.Unknown) else finding.hits
    spent = (time.perf_counter() - started) * 1000
    return {
        "kind": kind,
        "hits": [
            {"id": hit.slug, "score": round(hit.score, 4), "language": hit.language}
            for hit in hits
        ],
        "ms": round(spent, 3),
    }


def _in_words(found: Mapping[str, Any]) -> str:
    hits = (f"  {hit['score']:.2f}  {hit['id']}" for hit in found["hits"])
    return "\n".join([found["kind"], *hits])


def _evaluate(settings: Settings, chosen: argparse.Namespace) -> int:
    clock = time.perf_counter
    documents = _documents(settings, chosen)
    started = clock()
    index = search.Index.build(documents)
    build_s = clock() - started
    queries = _read(chosen.queries, evaluation.read_queries)
    outcomes = list(evaluation.ask(index, queries, chosen.lang, clock))
    measured = asdict(evaluation.measure(outcomes, build_s))
    rounded = {name: round(value, 4) for name, value in measured.items()}
    if chosen.details:
        lines = (json.dumps(_detail(outcome), ensure_ascii=False) for outcome in outcomes)
        chosen.details.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if chosen.json:
        print(json.dumps(rounded))
    else:
        for name, value in rounded.items():
            print(f"{name:14} {value}")
    return 0


def _documents(settings: Settings, chosen: argparse.Namespace) -> Sequence[Document]:
    if chosen.corpus is None:
        return _library(settings).documents()
    return _read(chosen.corpus, lambda lines: evaluation.read_documents(lines, chosen.lang))


def _read(path: Path, read: Callable[[Iterable[str]], Iterable[T]]) -> list[T]:
    """A file of JSON lines. Raises CommandFailed naming file and line."""
    try:
        return list(read(path.read_text(encoding="utf-8").split("\n")))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read ({type(error).__name__})"
        raise CommandFailed(message) from error
    except Flaw as flaw:
        message = f"{path}:{flaw.line}: {flaw.what}"
        raise CommandFailed(message) from flaw


def _detail(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.query.id,
        "kind": KINDS[type(outcome.finding)],
        "hits": [{"id": hit.slug, "score": round(hit.score, 4)} for hit in outcome.hits],
        "rank": outcome.rank,
        "ms": round(outcome.ms, 3),
    }


def _report(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Every article in every language, and what is to be looked at soon."""
    library, today = _library(settings), local_day(SystemClock().now())
    found = Counter[str]()
    print("article".ljust(36), *(code.ljust(9) for code in library.languages), "review by")
    for article in library.articles:
        states = [_state(article.translations.get(code)) for code in library.languages]
        found.update(states)
        due = f"{article.review_by}{'  stale' if article.is_stale(today) else ''}"
        print(article.slug.ljust(36), *(state.ljust(9) for state in states), due)
    stale = sum(article.is_stale(today) for article in library.articles)
    print(f"{len(library.articles)} articles x {len(library.languages)} languages: ", end="")
    print(", ".join(f"{count} {state}" for state, count in sorted(found.items())), end="")
    print(f"; {stale} stale")
    return 0


def _state(words: Translation | None) -> str:
    """One word for a text. Thin: so few words that it hardly answers anything."""
    if words is None:
        return "missing"
    if words.approval:
        return "approved"
    parts = (words.opening, *(section.body for section in words.sections))
    return "thin" if sum(len(part.split()) for part in parts) < _THIN else "draft"
