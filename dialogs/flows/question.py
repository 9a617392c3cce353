"""A question in the person's own words, and the fixed text that answers it."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs import articles, places
from dialogs.core import Dialog, Effect, Outcome, Turn, ask, go, goto, to
from dialogs.messages import Button, Excerpt, Label, Twin
from dialogs.ports import Answered, Broad, Found, NotFound, Unsure
from dialogs.text import _
from knowledge.article import Article, Translation
from knowledge.talk import SmallTalk

question = Dialog("question")

SHOWN_RELATED = 3

Slugs = tuple[str, ...]


@question.step
async def ask_away(turn: Turn) -> Outcome:
    """An invitation to write, with two examples of what others ask."""
    return ask(
        _("Write your question here, in your own words."),
        _("Do not write your personal number or address."),
        go(_("How do I get a personal number?"), article, "personnummer"),
        go(_("How do I start SFI?"), article, "register-for-sfi"),
    )


@question.action
async def asked(turn: Turn, words: str) -> Effect:
    """Search: one answer, a few guesses, or an honest "I don't know". The question is kept."""
    finding = turn.ports.knowledge.find(words, turn.language)
    match finding:
        case SmallTalk(kind=kind):
            return goto(small_talk, kind)
        case Broad(choices=choices):
            return goto(broad, _slugs(choices))
    token = await turn.ports.questions.asked(words, finding)
    match finding:
        case Answered(best=best, asked_in=asked_in):
            return goto(answer, best.article.slug, token, asked_in)
        case Unsure(choices=choices, asked_in=asked_in):
            return goto(which, _slugs(choices), token, asked_in)
        case NotFound(choices=choices):
            return goto(no_answer, token, _slugs(choices))


@question.step
async def small_talk(turn: Turn, kind: str) -> Outcome:
    """A greeting for a greeting, and the truth for who asks what this is."""
    replies = {
        "greeting": (_("Hello! What do you want to know? Write it in your own words."),),
        "thanks": (_("You are welcome. Write again when you have a question."),),
        "goodbye": (_("Goodbye. Write again when you have a question."),),
        "robot": (
            _("I am a program, not a human. I answer with texts that people have written."),
            _("I do not decide anything. You can always talk to a person."),
        ),
        "insult": (
            _("I am only a program, and I do not always understand."),
            _("Do you want to talk to a person instead?"),
        ),
    }
    return ask(
        *replies.get(kind, replies["greeting"]),
        to(_("Ask a question"), places.ASK_QUESTION, icon="question"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
        to(_("Talk to a person"), places.PERSON, icon="person"),
    )


@question.step
async def broad(turn: Turn, slugs: Slugs) -> Outcome:
    """One word may mean many things: what most people mean, with pictures."""
    return ask(
        _("What is it about? Tap a picture, or write a little more."),
        *_pictured(turn, slugs),
        to(_("Something else: ask a person"), places.PERSON, icon="person"),
    )


@question.step
async def which(turn: Turn, slugs: Slugs, token: str, asked_in: str | None) -> Outcome:
    """A few guesses; she knows which is right."""
    buttons = (
        Button(words.title, chose.at(token, piece.slug), piece.icon)
        for piece, words in _read(turn, slugs)
    )
    return ask(
        _("I am not sure what you mean. Is it one of these?"),
        *buttons,
        *_switch(turn, asked_in),
        to(_("Something else: ask a person"), places.PERSON, icon="person"),
        go(_("Tell me when there is an answer"), tell_me, token),
    )


@question.step
async def no_answer(turn: Turn, token: str, slugs: Slugs) -> Outcome:
    """Nothing answers it. Whoever writes a language we do not have gets pictures, not a wall."""
    told = (
        (_("I do not understand this language yet. Tap a picture, or change language."),)
        if slugs
        else (
            _("I do not have an answer to that."),
            _("You can ask in other words. Or a person can answer you."),
        )
    )
    change = (to(_("Change language"), places.LANGUAGE, icon="language"),) if slugs else ()
    return ask(
        *told,
        *_pictured(turn, slugs),
        *change,
        to(_("Ask a person"), places.PERSON, icon="person"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
        go(_("Tell me when there is an answer"), tell_me, token),
    )


@question.action
async def chose(turn: Turn, token: str, slug: str) -> Effect:
    """It was this one."""
    await turn.ports.questions.chose(token, slug)
    return goto(answer, slug, token, None)


@question.step
async def answer(turn: Turn, slug: str, token: str, asked_in: str | None) -> Outcome:
    """An article as the answer to what she asked, and whether it helped."""
    return _card(
        turn,
        slug,
        *_switch(turn, asked_in),
        Button(_("This helped me"), helped.at(token, slug), "yes"),
        Button(_("This did not help"), did_not_help.at(token, slug), "no"),
    )


@question.action
async def helped(turn: Turn, token: str, slug: str) -> Effect:
    """It did."""
    await turn.ports.questions.rated(token, helped=True)
    return goto(further, slug)


@question.step
async def further(turn: Turn, slug: str) -> Outcome:
    """What others ask after this."""
    return ask(
        _("Good. Here is more about it."),
        *_pictured(turn, _related(turn, slug)),
        to(_("Ask a question"), places.ASK_QUESTION, icon="question"),
    )


@question.action
async def did_not_help(turn: Turn, token: str, slug: str) -> Effect:
    """It did not."""
    await turn.ports.questions.rated(token, helped=False)
    return goto(other_ways, token, slug)


@question.step
async def other_ways(turn: Turn, token: str, slug: str) -> Outcome:
    """Other answers, other words, or a person."""
    return ask(
        _("I am sorry that it did not help. What do you want to do?"),
        *_pictured(turn, _related(turn, slug)),
        to(_("Ask in other words"), places.ASK_QUESTION, icon="question"),
        to(_("Ask a person"), places.PERSON, icon="person"),
        go(_("Tell me when there is an answer"), tell_me, token),
    )


@question.action
async def tell_me(turn: Turn, token: str) -> Effect:
    """She wants to hear; only now is her question linked to her."""
    await turn.ports.questions.tell_me(token)
    return goto(will_be_told)


@question.step
async def will_be_told(turn: Turn) -> Outcome:
    """What happens next."""
    return ask(
        _("I have kept your question. I write to you here when there is an answer."),
        to(_("Ask a person"), places.PERSON, icon="person"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
    )


@question.action
async def no_more(turn: Turn) -> Effect:
    """She does not want to hear of answers any more."""
    await turn.ports.questions.no_more()
    return goto(left_alone)


@question.step
async def left_alone(turn: Turn) -> Outcome:
    """That she is not written to, and that she can still ask."""
    return ask(
        _("I will not write to you about your questions any more."),
        to(_("Ask a question"), places.ASK_QUESTION, icon="question"),
        to(_("Ask a person"), places.PERSON, icon="person"),
    )


@question.step
async def article(turn: Turn, slug: str) -> Outcome:
    """An article's first card: the answer, who decides, the source and its date."""
    return _card(turn, slug)


def _card(turn: Turn, slug: str, *further_buttons: Button) -> Outcome:
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
        *articles.in_another_language(turn.language, words),
        Excerpt(slug, words.language, 0, words.digest),
        articles.footer(piece, words, turn.now.date()),
        *more,
        *articles.remindable(piece),
        *articles.bookable(piece),
        *further_buttons,
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
        *articles.bookable(piece),
        twin=Twin.FOLDED,
    )


def _slugs(found: tuple[Found, ...]) -> Slugs:
    return tuple(each.article.slug for each in found)


def _read(turn: Turn, slugs: Slugs) -> Iterator[tuple[Article, Translation]]:
    """Those of the articles that are there still."""
    for slug in slugs:
        found = turn.ports.knowledge.read(slug, turn.language)
        if found is not None:
            yield found


def _pictured(turn: Turn, slugs: Slugs) -> Iterator[Button]:
    """A button for each article, with its picture."""
    for piece, words in _read(turn, slugs):
        yield Button(words.title, article.at(piece.slug), piece.icon)


def _related(turn: Turn, slug: str) -> Slugs:
    found = turn.ports.knowledge.read(slug, turn.language)
    return found[0].related[:SHOWN_RELATED] if found else ()


def _switch(turn: Turn, asked_in: str | None) -> Iterator[Button]:
    """A way to the language she has written in, named in that language."""
    if asked_in is not None and asked_in in turn.ports.languages.by_code:
        name: Label = turn.ports.languages[asked_in].name
        yield to(name, places.speak(asked_in), icon="language")
