"""What stands around an answer: who decides, its source and date, and what can be booked."""

from __future__ import annotations

from datetime import date

from dialogs import places
from dialogs.core import to
from dialogs.deadlines import OF_ARTICLE
from dialogs.messages import Button, Lines
from dialogs.text import Text, Web, _
from knowledge.article import Article, Translation

SHOWN_SOURCES = 2


def in_another_language(language: str, words: Translation) -> tuple[Text, ...]:
    """That an answer is not in her language, when it is not."""
    if words.language == language:
        return ()
    return (_("We do not have this answer in your language yet."),)


def footer(piece: Article, words: Translation, today: date) -> Lines:
    """Who decides, where it comes from, and whether somebody has approved it."""
    lines = [_("Who decides: {owner}", owner=piece.owner)]
    for source in piece.sources[:SHOWN_SOURCES]:
        page = Web(f"{source.publisher}: {source.title}", source.url)
        lines.append(_("Source: {source}", source=page))
    if words.approval:
        approval = words.approval
        lines.append(
            _(
                "Source read on {day:day}. Approved by {name}, {role}.",
                day=piece.read,
                name=approval.name,
                role=approval.role,
            )
        )
    else:
        lines.append(_("Source read on {day:day}, not yet approved.", day=piece.read))
    if piece.is_stale(today):
        lines.append(_("This text is old. Check with the source before you act."))
    return Lines(tuple(lines))


def remindable(piece: Article) -> tuple[Button, ...]:
    """The way to being reminded of the date an article is about."""
    kind = OF_ARTICLE.get(piece.slug)
    if kind is None:
        return ()
    return (to(_("Remind me of a date"), places.deadline(kind), icon="bell"),)


def bookable(piece: Article) -> tuple[Button, ...]:
    """The way to the meeting an article is about."""
    if not piece.services:
        return ()
    book = places.book(piece.services[0])
    return (to(_("Book a coach about this"), book, icon="calendar"),)
