"""The files of one article, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from knowledge.article import ICONS, TOPICS, Approval, Article, Section, Source, Translation
from knowledge.flaw import Flaw
from knowledge.markup import Block, Paragraph, Step, as_text, parse
from knowledge.table import Table

FACTS = "article.toml"
WORDS = ".md"
SPOKEN = ".ogg"

_FENCE = "+++"
_HEADING = "## "
_LEAST_QUESTIONS, _MOST_QUESTIONS = 5, 8
_MOST_STEPS = 3
_MESSAGE = 3500  # UTF-16 units: a Telegram message, less its heading and its source

# A few pages we have read are served without encryption; we load nothing from them.
_PAGE = re.compile(r"https?://[^/\s?#]+\S*")

T = TypeVar("T")


class BrokenArticle(Exception):
    """A file of an article cannot be used. ``line`` counts from 1."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        """Say which file and line, and what is wrong there."""
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what


@dataclass(frozen=True)
class _Part:
    """Some lines of a file; ``first`` is the number of the first one."""

    first: int
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_facts(path: Path) -> Article:
    """The article of an ``article.toml``, without its words; raises BrokenArticle."""
    return facts_of(path, source_of(path))


def read_translation(path: Path) -> Translation:
    """The words of a ``<language>.md``; raises BrokenArticle."""
    return words_of(path, source_of(path))


def source_of(path: Path) -> str:
    """The text of a file; raises BrokenArticle."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BrokenArticle(path, line, "is not written in UTF-8") from error
    except OSError as error:
        raise BrokenArticle(path, 1, "cannot be read") from error


def facts_of(path: Path, source: str) -> Article:
    """The article that the text of an ``article.toml`` holds; raises BrokenArticle."""
    return _at(path, lambda: parse_facts(path.parent.name, source))


def words_of(path: Path, source: str) -> Translation:
    """The words that the text of a ``<language>.md`` holds; raises BrokenArticle."""
    return _at(path, lambda: parse_translation(path.stem, source))


def parse_facts(slug: str, source: str) -> Article:
    """The article that an ``article.toml`` holds, without its words; raises Flaw."""
    table = Table.parse(source)
    facts = Article(
        slug=slug,
        owner=table.text("owner"),
        topic=table.choice("topic", TOPICS),
        audience=table.texts("audience"),
        icon=table.choice("icon", ICONS),
        review_by=table.day("review_by"),
        related=table.texts("related"),
        services=table.texts("services"),
        valid_from=table.day("valid_from") if "valid_from" in table else None,
        valid_until=table.day("valid_until") if "valid_until" in table else None,
        sources=tuple(map(_source, table.tables("sources"))),
        translations={},
    )
    if facts.valid_from and facts.valid_until and facts.valid_until < facts.valid_from:
        table.refuse("valid_until", "is before valid_from")
    table.close()
    return facts


def flaws_of(source: str) -> tuple[Flaw, ...]:
    """Everything that keeps a ``<language>.md`` from being read, part by part."""
    try:
        head, body = _split(source)
        table = Table.parse(head.text, head.first)
        opening, *sections = _parts(body)
    except Flaw as flaw:
        return (flaw,)
    reads: list[Callable[[], object]] = [
        lambda: table.text("title"),
        lambda: _questions(table),
        lambda: table.texts("keywords"),
        lambda: _approval(table),
        lambda: _opening(opening),
        *(partial(_section, section) for section in sections),
        table.close,
    ]
    return tuple(found for read in reads if (found := _flaw(read)) is not None)


def parse_translation(language: str, source: str) -> Translation:
    """The words that a ``<language>.md`` holds; raises Flaw."""
    head, body = _split(source)
    table = Table.parse(head.text, head.first)
    opening, *sections = _parts(body)
    translation = Translation(
        language=language,
        title=table.text("title"),
        questions=_questions(table),
        keywords=table.texts("keywords"),
        approval=_approval(table),
        opening=_opening(opening),
        sections=tuple(map(_section, sections)),
    )
    table.close()
    return translation


def _flaw(read: Callable[[], object]) -> Flaw | None:
    try:
        read()
    except Flaw as flaw:
        return flaw
    return None


def _at(path: Path, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except Flaw as flaw:
        raise BrokenArticle(path, flaw.line, flaw.what) from flaw


def _source(table: Table) -> Source:
    source = Source(
        publisher=table.text("publisher"),
        title=table.text("title"),
        url=table.text("url"),
        read=table.day("read"),
        dated=table.day("dated") if "dated" in table else None,
    )
    if not _PAGE.fullmatch(source.url):
        table.refuse("url", "must be the address of a web page")
    table.close()
    return source


def _approval(table: Table) -> Approval | None:
    if table.choice("status", ("draft", "approved")) == "draft":
        return None
    by = table.table("approved_by")
    approval = Approval(role=by.text("role"), name=by.text("name"), on=by.day("date"))
    by.close()
    return approval


def _questions(table: Table) -> tuple[str, ...]:
    questions = table.texts("questions")
    if not _LEAST_QUESTIONS <= len(questions) <= _MOST_QUESTIONS:
        table.refuse("questions", f"must be {_LEAST_QUESTIONS} to {_MOST_QUESTIONS}")
    return questions


def _split(source: str) -> tuple[_Part, _Part]:
    """The lines between the two fences, and those after."""
    lines = source.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise Flaw(1, f"the first line must be {_FENCE}")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return _Part(2, lines[1:number]), _Part(number + 2, lines[number + 1 :])
    raise Flaw(len(lines), f"a second line must be {_FENCE}, where the text begins")


def _parts(body: _Part) -> Iterator[_Part]:
    """The opening, and each section with its heading as the first line."""
    starts = [number for number, line in enumerate(body.lines) if line.startswith(_HEADING)]
    for start, end in zip([0, *starts], [*starts, len(body.lines)], strict=True):
        yield _Part(body.first + start, body.lines[start:end])


def _opening(part: _Part) -> str:
    blocks = _blocks(part)
    if not blocks or not isinstance(blocks[0], Paragraph) or "\n" in as_text(blocks[:1]):
        raise Flaw(part.first, "the text must begin with the answer, as one line of its own")
    if sum(isinstance(block, Step) for block in blocks) > _MOST_STEPS:
        raise Flaw(part.first, f"there must be at most {_MOST_STEPS} steps")
    return part.text.strip()


def _section(part: _Part) -> Section:
    title = part.lines[0].removeprefix(_HEADING).strip()
    body = _Part(part.first + 1, part.lines[1:])
    if not title or not _blocks(body):
        raise Flaw(part.first, "a section must have a heading, and text below it")
    return Section(title, body.text.strip())


def _blocks(part: _Part) -> tuple[Block, ...]:
    try:
        blocks = parse(part.text)
    except Flaw as flaw:
        raise Flaw(part.first + flaw.line - 1, flaw.what) from flaw
    if len(as_text(blocks).encode("utf-16-le")) // 2 > _MESSAGE:
        raise Flaw(part.first, f"is longer than one message, which is {_MESSAGE} characters")
    numbers = [block.number for block in blocks if isinstance(block, Step)]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Flaw(part.first, "steps must be numbered 1, 2, 3")
    return blocks
