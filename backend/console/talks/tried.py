"""What the assistant has tried: her questions, and what she was shown. Read in the transcript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.console.context import Console
from backend.console.talks.inbox import typed
from backend.console.waiting import shorten
from backend.models import Message
from backend.transcript import as_read
from dialogs.messages import Excerpt, Reply
from dialogs.stored import UnreadableMessage, load_reply
from dialogs.text import Text, _

HELPED, DID_NOT_HELP = _("This helped me"), _("This did not help")
MISSED = "question.tell_me"  # offered where nothing, or nothing certain, was found
MOST = 10


@dataclass(frozen=True)
class Tried:
    """A question, and the articles that were the answer; ``helped``: what she said of them."""

    at: datetime
    question: str
    language: str
    shown: tuple[str, ...] = ()  # titles
    missed: bool = False  # nothing was found, or nothing certain
    helped: bool | None = None


def look(console: Console, rows: Sequence[Message], language: str) -> list[Tried]:
    """The last questions of some messages, the newest first; titles in the reader's language."""
    told = [each for each in _read(console, rows, language) if each.shown or each.missed]
    return told[::-1][:MOST]


def _read(console: Console, rows: Sequence[Message], language: str) -> Iterator[Tried]:
    current: Tried | None = None
    for row in rows:
        reply = _reply(row)
        if reply is None:
            continue
        if typed(row):
            if current is not None:
                yield current
            words = shorten(as_read(console.runtime.renderer, row).text)
            current = Tried(row.created_at, words, row.language or "sv")
        elif current is not None:
            current = _after(console, current, row, reply, language)
    if current is not None:
        yield current


def _after(console: Console, tried: Tried, row: Message, reply: Reply, language: str) -> Tried:
    """What a message adds to what was tried."""
    if row.direction == "in":
        said = {HELPED: True, DID_NOT_HELP: False}
        tapped = [part for part in reply.parts if isinstance(part, Text)]
        found = next((said[part] for part in tapped if part in said), None)
        return tried if found is None else replace(tried, helped=found)
    titles = [_title(console, part.slug, language) for part in _excerpts(reply)]
    if titles:
        return replace(tried, shown=tuple(dict.fromkeys((*tried.shown, *titles))))
    missed = any(button.link.step == MISSED for button in reply.buttons)
    return replace(tried, missed=tried.missed or missed)


def _excerpts(reply: Reply) -> Iterator[Excerpt]:
    return (part for part in reply.parts if isinstance(part, Excerpt))


def _title(console: Console, slug: str, language: str) -> str:
    """An article's title; its name when it has been taken away."""
    found = console.runtime.answers.read(slug, language)
    return found[1].title if found else slug


def _reply(row: Message) -> Reply | None:
    try:
        return load_reply(row.body)
    except UnreadableMessage:
        return None
