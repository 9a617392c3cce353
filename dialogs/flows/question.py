"""A question in the person's own words, and the fixed text that answers it."""

from __future__ import annotations

from dialogs import places
from dialogs.core import Dialog, Outcome, Turn, ask, go, goto, to
from dialogs.messages import Button, Excerpt, Lines, Place, Twin
from dialogs.ports import Answered, Found, NotFound, Unsure
from dialogs.text import Text, Web, _
from knowledge.article import Article, Translation

question = Dialog("question")

SHOWN_SOURCES = 2


@question.step
async def ask_away(turn: Turn) -> Outcome:
    """An invitation to write, with two examples of what others ask."""
    return ask(
        _("Write your question here, in your own words."),
        _("Do not write your personal number or address."),
        go(_("How do I get a personal number?"), article, "personnummer"),
        go(_("How do I start SFI?"), article, "register-for-sfi"),
    )


@question.step
async def answer(turn: Turn, words: str) -> Outcome:
    """Search: one answer, a few guesses, or an honest "I don't know"."""
    match turn.ports.knowledge.find(words, turn.language):
        case Answered(best=best):
            return goto(article, best.article.slug)
        case Unsure(choices=choices):
            return ask(
                _("I am not sure what you mean. Is it one of these?"),
                *(_title(found) for found in choices),
                to(_("Something else: ask a person"), places.PERSON, icon="person"),
            )
        case NotFound():
            return ask(
                _("I do not have an answer to that."),
                _("You can ask in other words. Or a person can answer you."),
                to(_("Ask a person"), places.PERSON, icon="person"),
                to(_("Book a coach"), places.BOOK, icon="calendar"),
            )


@question.step
async def article(turn: Turn, slug: str) -> Outcome:
    """An article's first card: the answer, who decides, the source and its date."""
    found = turn.ports.knowledge.read(slug, turn.language)
    if found is None:
        return ask(
            _("This answer has been taken away. You can ask again, or ask a person."),
            to(_("Ask a person"), places.PERSON, icon="person"),
        )
    piece, words = found
    more = (
        go(section.title, section_of, slug, number)
        for number, section in enumerate(words.sections, start=1)
    )
    return ask(
        *_not_in(turn.language, words),
        Excerpt(slug, words.language, 0, words.digest),
        _footer(turn, piece, words),
        *more,
        *_bookable(piece),
        to(_("Ask a person"), places.PERSON, icon="person"),
        twin=Twin.FOLDED,
    )


@question.step
async def section_of(turn: Turn, slug: str, number: int) -> Outcome:
    """One "more" of an article, as a message of its own."""
    found = turn.ports.knowledge.read(slug, turn.language)
    if found is None or not 1 <= number <= len(found[1].sections):
        return goto(article, slug)
    piece, words = found
    others = (
        go(section.title, section_of, slug, other)
        for other, section in enumerate(words.sections, start=1)
        if other != number
    )
    return ask(
        Excerpt(slug, words.language, number, words.digest),
        *others,
        *_bookable(piece),
        twin=Twin.FOLDED,
    )


def _title(found: Found) -> Button:
    return go(found.translation.title, article, found.article.slug)


def _not_in(language: str, words: Translation) -> tuple[Text, ...]:
    if words.language == language:
        return ()
    return (_("We do not have this answer in your language yet."),)


def _footer(turn: Turn, piece: Article, words: Translation) -> Lines:
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
    if piece.is_stale(turn.now.date()):
        lines.append(_("This text is old. Check with the source before you act."))
    return Lines(tuple(lines))


def _bookable(piece: Article) -> tuple[Button, ...]:
    if not piece.services:
        return ()
    place: Place = places.book(piece.services[0])
    return (to(_("Book a coach about this"), place, icon="calendar"),)
