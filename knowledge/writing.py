"""The files of one article, written so that they are read again as the same article."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from knowledge.article import Approval, Article, Source, Translation

_FENCE = "+++"
_WIDE = 99  # a longer list has a line for each of its items


def write_translation(words: Translation) -> str:
    """The text of a ``<language>.md``."""
    sections = (f"\n## {section.title}\n\n{section.body.strip()}" for section in words.sections)
    body = "\n".join([words.opening.strip(), *sections])
    return compose(words.title, words.questions, words.keywords, body, words.approval)


def compose(
    title: str,
    questions: Sequence[str],
    keywords: Sequence[str],
    body: str,
    approval: Approval | None = None,
) -> str:
    """The text of a ``<language>.md`` with a body that need not be in order."""
    head = [
        f"title = {_text(title)}",
        f"questions = {_list(questions, 'questions')}",
        f"keywords = {_list(keywords, 'keywords')}",
        *_approval(approval),
    ]
    return "\n".join([_FENCE, *head, _FENCE, body.strip()]) + "\n"


def write_body(words: Translation) -> str:
    """The opening and the sections alone, as they stand below the front matter."""
    return write_translation(words).split(f"\n{_FENCE}\n", 1)[1]


def write_facts(article: Article) -> str:
    """The text of an ``article.toml``."""
    lines = [
        f"owner = {_text(article.owner)}",
        f"topic = {_text(article.topic)}",
        f"audience = {_list(article.audience, 'audience')}",
        f"icon = {_text(article.icon)}",
        f"review_by = {article.review_by}",
        f"related = {_list(article.related, 'related')}",
        f"services = {_list(article.services, 'services')}",
        *_day("valid_from", article.valid_from),
        *_day("valid_until", article.valid_until),
    ]
    for source in article.sources:
        lines += ["", "[[sources]]", *_source(source)]
    return "\n".join(lines) + "\n"


def _approval(approval: Approval | None) -> Iterator[str]:
    if approval is None:
        yield 'status = "draft"'
        return
    yield 'status = "approved"'
    role, name = _text(approval.role), _text(approval.name)
    yield f"approved_by = {{ role = {role}, name = {name}, date = {approval.on} }}"


def _source(source: Source) -> Iterator[str]:
    yield f"publisher = {_text(source.publisher)}"
    yield f"title = {_text(source.title)}"
    yield f"url = {_text(source.url)}"
    yield f"read = {source.read}"
    yield from _day("dated", source.dated)


def _day(key: str, day: date | None) -> Iterator[str]:
    if day is not None:
        yield f"{key} = {day}"


def _list(texts: Iterable[str], key: str) -> str:
    items = [_text(text) for text in texts]
    line = f"[{', '.join(items)}]"
    if len(key) + len(line) + len(" = ") <= _WIDE:
        return line
    return "\n".join(["[", *(f"  {item}," for item in items), "]"])


def _text(text: str) -> str:
    """A basic string of TOML: what JSON writes, and the one control character that it leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
