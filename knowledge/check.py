"""What an editor should look at again in articles that can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from pathlib import Path

from knowledge.article import Article, Translation
from knowledge.glossary import Glossary
from knowledge.library import Library
from knowledge.markup import as_text, parse
from knowledge.plain import hard_passages
from knowledge.reading import FACTS, WORDS

_MOST_WORDS = 22  # of a sentence, in any language
_ANY_SENTENCE_END = re.compile(r"[.!?:;؟۔።፧፡፦](?=\s|$)|\n")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NUMBER = re.compile(r"\d+")
_AMOUNT = re.compile(
    r"\d[\d \u00a0]*(?:(?:kr|kronor|SEK|EUR|euros?|veckor|weeks?)\b|€|كرون|يورو|أسبوع|أسابيع)",
    re.IGNORECASE,
)


class Severity(StrEnum):
    """Whether a release has to wait for it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Remark:
    """Something to look at, on a line of a file that counts from 1."""

    severity: Severity
    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        """Say it as a compiler would, so that editors can jump there."""
        return f"{self.path}:{self.line}: {self.severity}: {self.what}"


@dataclass(frozen=True)
class _Note:
    """A remark before it is looked up where it belongs: on the first line with ``at`` in it."""

    severity: Severity
    slug: str
    name: str
    what: str
    at: str = ""


def check(library: Library, today: date, glossary: Glossary | None = None) -> tuple[Remark, ...]:
    """Everything there is to remark about the articles, by file and line."""
    glossary = glossary or Glossary()
    notes = chain(
        _same_titles(library),
        *(
            chain(
                _missing_languages(article, library.languages),
                _unknown_relations(article, library),
                _passed_dates(article, today),
                _other_structure(article),
                _other_figures(article),
                _amounts(article),
                _few_questions(article),
                _long_sentences(article),
                _hard_swedish(article, glossary),
                _unnamed_terms(article, glossary),
            )
            for article in library.articles
        ),
    )
    remarks = [
        Remark(Severity.ERROR, problem.path, problem.line, problem.what)
        for problem in library.problems
    ]
    remarks += (_look_up(note, library) for note in notes)
    return tuple(sorted(remarks, key=lambda remark: (remark.path, remark.line)))


def _missing_languages(article: Article, languages: tuple[str, ...]) -> Iterator[_Note]:
    for language in languages:
        if language not in article.translations:
            yield _Note(Severity.ERROR, article.slug, FACTS, f"has no text in {language}")


def _unknown_relations(article: Article, library: Library) -> Iterator[_Note]:
    for slug in article.related:
        if slug == article.slug or library.article(slug) is None:
            what = f"{slug} is not another article"
            yield _Note(Severity.ERROR, article.slug, FACTS, what, at=slug)


def _passed_dates(article: Article, today: date) -> Iterator[_Note]:
    if article.is_stale(today):
        what = "the day to review it, or the last day it holds, has passed"
        yield _Note(Severity.WARNING, article.slug, FACTS, what, at="review_by")


def _other_structure(article: Article) -> Iterator[_Note]:
    """Compare every language with the first one, part by part."""
    first, *others = article.translations.values()
    for words in others:
        name = words.language + WORDS
        if len(words.sections) != len(first.sections):
            what = (
                f"has {len(words.sections)} sections; {first.language} has {len(first.sections)}"
            )
            yield _Note(Severity.ERROR, article.slug, name, what)
            continue
        for (head, mine), (_, its) in zip(_parts(words), _parts(first), strict=True):
            if _shape(mine) != _shape(its):
                what = f"has {_shape(mine)}; {first.language} has {_shape(its)}"
                yield _Note(Severity.ERROR, article.slug, name, what, at=head)


def _amounts(article: Article) -> Iterator[_Note]:
    for words in article.translations.values():
        for _, part in _parts(words):
            for amount in _AMOUNT.finditer(as_text(parse(part))):
                what = f"'{amount[0]}' will change: link to the page that says it"
                name = words.language + WORDS
                yield _Note(Severity.ERROR, article.slug, name, what, at=amount[0])


def _other_figures(article: Article) -> Iterator[_Note]:
    """Numbers and links must be those of the first language."""
    first, *others = article.translations.values()
    for words in others:
        name = words.language + WORDS
        for what, pattern in (("links", _LINK), ("numbers", _NUMBER)):
            mine, its = _found(pattern, words), _found(pattern, first)
            if odd := sorted(mine ^ its):
                text = f"{what} differ from {first.language}: {', '.join(odd)}"
                yield _Note(Severity.ERROR, article.slug, name, text)


def _found(pattern: re.Pattern[str], words: Translation) -> set[str]:
    """What is found of a pattern: links in the markup, numbers in the text without links."""
    parts = [part for _, part in _parts(words)]
    if pattern is not _LINK:
        parts = [as_text(parse(part)) for part in parts]
    return set(pattern.findall("\n".join(parts)))


def _few_questions(article: Article) -> Iterator[_Note]:
    """A language with fewer questions than others finds the article less often."""
    most = max(len(words.questions) for words in article.translations.values())
    for words in article.translations.values():
        if len(words.questions) < most - 1:
            what = f"has {len(words.questions)} questions; another language has {most}"
            yield _Note(Severity.WARNING, article.slug, words.language + WORDS, what, "questions")


def _long_sentences(article: Article) -> Iterator[_Note]:
    for words in article.translations.values():
        for head, part in _parts(words):
            for sentence in _ANY_SENTENCE_END.split(as_text(parse(part))):
                if (count := len(sentence.split())) > _MOST_WORDS:
                    what = f"has a sentence of {count} words: '{sentence.strip()[:40]} …'"
                    name = words.language + WORDS
                    yield _Note(Severity.WARNING, article.slug, name, what, at=head)


def _hard_swedish(article: Article, glossary: Glossary) -> Iterator[_Note]:
    if words := article.translations.get("sv"):
        text = "\n".join(as_text(parse(part)) for _, part in _parts(words))
        for what, at in hard_passages(text, glossary):
            yield _Note(Severity.WARNING, article.slug, "sv" + WORDS, what, at)


def _unnamed_terms(article: Article, glossary: Glossary) -> Iterator[_Note]:
    """A term that the Swedish text explains is named in every other language."""
    if (swedish := article.translations.get("sv")) is None:
        return
    markup = "\n".join(part for _, part in _parts(swedish))
    for term in glossary.explained(_BOLD.findall(markup)):
        for words in article.translations.values():
            text = "\n".join(
                [
                    words.title,
                    *(head + "\n" + as_text(parse(part)) for head, part in _parts(words)),
                ]
            )
            if words is not swedish and not term.is_named(text, words.language):
                what = f"does not name {term.names[0]} by the words of the glossary"
                yield _Note(Severity.ERROR, article.slug, words.language + WORDS, what)


def _same_titles(library: Library) -> Iterator[_Note]:
    holders: dict[tuple[str, str], str] = {}
    for article in library.articles:
        for language, words in article.translations.items():
            holder = holders.setdefault((language, words.title.casefold()), article.slug)
            if holder != article.slug:
                what = f"{holder} has the same title"
                yield _Note(Severity.ERROR, article.slug, language + WORDS, what, at="title")


def _parts(words: Translation) -> Iterator[tuple[str, str]]:
    """The opening and the sections: what stands on the first line of each, and its markup."""
    yield words.answer, words.opening
    for section in words.sections:
        yield f"## {section.title}", section.body


def _shape(markup: str) -> str:
    """How many blocks there are of each kind."""
    counts = Counter(type(block).__name__.lower() for block in parse(markup))
    return ", ".join(f"{counts[kind]} {kind}s" for kind in sorted(counts))


def _look_up(note: _Note, library: Library) -> Remark:
    language = "" if note.name == FACTS else note.name.removesuffix(WORDS)
    lines = (library.source(note.slug, language) or "").split("\n")
    line = next((number for number, line in enumerate(lines, start=1) if note.at in line), 1)
    path = library.files.get((note.slug, note.name)) or Path(note.slug, note.name)
    return Remark(note.severity, path, line, note.what)
