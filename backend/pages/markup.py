"""Article markup as HTML: the same nodes the chat renders, escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup

from knowledge.markup import Block, Bold, Bullet, Inline, Link, Plain, Step, parse


def to_html(text: str) -> Markup:
    """Paragraphs and lists."""
    groups = groupby(parse(text), key=type)
    return Markup("\n").join(_group(kind, list(blocks)) for kind, blocks in groups)


def _group(kind: type[Block], blocks: list[Block]) -> Markup:
    if kind is Step:
        return Markup("<ol>{}</ol>").format(_items(blocks))
    if kind is Bullet:
        return Markup("<ul>{}</ul>").format(_items(blocks))
    return Markup("\n").join(Markup("<p>{}</p>").format(_line(block.inlines)) for block in blocks)


def _items(blocks: Iterable[Block]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(_line(block.inlines)) for block in blocks)


def _line(inlines: Iterable[Inline]) -> Markup:
    return Markup("").join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> Markup:
    match inline:
        case Plain(text=text):
            return Markup.escape(text)
        case Bold(text=text):
            return Markup("<strong>{}</strong>").format(text)
        case Link(text=text, url=url) if url.startswith("tel:"):
            return Markup('<a href="{}" dir="ltr" class="phone">{}</a>').format(url, text)
        case Link(text=text, url=url):
            return Markup('<a href="{}" rel="noopener noreferrer"><bdi>{}</bdi></a>').format(
                url, text
            )
