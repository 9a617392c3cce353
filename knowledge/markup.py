"""The small markup articles are written in: paragraphs, bullets, steps, bold and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.flaw import Flaw

_INLINE = re.compile(r"\*\*(?P<bold>.*?)\*\*|\[(?P<text>[^\[\]]*)\]\((?P<url>[^()\s]*)\)")
_URL = re.compile(r"https://[^/\s?#]+\S*|tel:\+?[0-9]+|mailto:[^@\s]+@[^@\s]+")
_STEP = re.compile(r"([0-9]{1,2})\. (.*\S.*)")
_BULLET = re.compile(r"- (.*\S.*)")
_NOT_OURS = (
    (re.compile(r"\s"), "a line begins without spaces, as lists are not nested"),
    (re.compile(r"#"), "only a section has a heading, and it begins with '## '"),
    (re.compile(r"[*+-](\s|$)"), "a bullet begins with '- ' and has text"),
    (re.compile(r"[0-9]{1,2}\.(\s|$)"), "a step begins with '1. ' and has text"),
    (re.compile(r">"), "quotes are not part of the markup"),
    (re.compile(r"\|"), "tables are not part of the markup"),
    (re.compile(r"```|~~~"), "code is not part of the markup"),
)
_NOT_WORDS = (
    (re.compile(r"\*\*"), "bold is opened and closed with ** on the same line"),
    (re.compile(r"\]\("), "a link is written [words](https://…), with no brackets inside"),
    (re.compile(r"</?[a-zA-Z!]"), "HTML is not part of the markup"),
)


class BadMarkup(Flaw):
    """The text is not written in the markup that articles use."""


@dataclass(frozen=True)
class Plain:
    """Words as they are."""

    text: str


@dataclass(frozen=True)
class Bold:
    """Words to notice."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead to a web page, a telephone number or a mail address."""

    text: str
    url: str


Inline = Plain | Bold | Link


@dataclass(frozen=True)
class Paragraph:
    """Some text. A line break in it is one for the reader as well."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True)
class Bullet:
    """One item of a list."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True)
class Step:
    """One thing to do, in its order."""

    number: int
    inlines: tuple[Inline, ...]


Block = Paragraph | Bullet | Step


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text. Raises BadMarkup, with a line that counts from 1 in ``text``."""
    blocks: list[Block] = []
    after_blank = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            after_blank = True
            continue
        block = _block(line.rstrip(), number)
        last = blocks[-1] if blocks else None
        if isinstance(block, Paragraph) and isinstance(last, Paragraph) and not after_blank:
            blocks[-1] = Paragraph((*last.inlines, Plain("\n"), *block.inlines))
        else:
            blocks.append(block)
        after_blank = False
    return tuple(blocks)


def as_text(blocks: Iterable[Block]) -> str:
    """What is read aloud: the words of each block on a line of their own, no addresses."""
    return "\n".join("".join(inline.text for inline in block.inlines) for block in blocks)


def _block(line: str, number: int) -> Block:
    if step := _STEP.fullmatch(line):
        return Step(int(step[1]), tuple(_inlines(step[2], number)))
    if bullet := _BULLET.fullmatch(line):
        return Bullet(tuple(_inlines(bullet[1], number)))
    for pattern, what in _NOT_OURS:
        if pattern.match(line):
            raise BadMarkup(number, what)
    return Paragraph(tuple(_inlines(line, number)))


def _inlines(text: str, line: int) -> Iterator[Inline]:
    end = 0
    for match in _INLINE.finditer(text):
        if before := text[end : match.start()]:
            yield Plain(_words(before, line))
        bold, words, url = match.groups()
        yield Bold(_marked(bold, line)) if url is None else _link(words, url, line)
        end = match.end()
    if after := text[end:]:
        yield Plain(_words(after, line))


def _link(words: str, url: str, line: int) -> Link:
    if not _URL.fullmatch(url):
        raise BadMarkup(line, f"a link leads to https://, tel: or mailto:, not to '{url}'")
    return Link(_marked(words, line), url)


def _marked(words: str, line: int) -> str:
    if not words or words != words.strip():
        raise BadMarkup(line, "bold and links hold words, with no space at either end")
    return _words(words, line)


def _words(text: str, line: int) -> str:
    for pattern, what in _NOT_WORDS:
        if pattern.search(text):
            raise BadMarkup(line, what)
    return text
