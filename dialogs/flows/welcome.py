"""The first words, the choice of language, and the menu everything is reached from."""

from __future__ import annotations

from dialogs import places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, ask, end, go, say, to
from dialogs.messages import Button, Quote, Reply
from dialogs.text import _, n_

welcome = Dialog("welcome")


@welcome.step
async def language(turn: Turn) -> Outcome:
    """Every language by its own name, in its own script."""
    languages = turn.ports.languages.published
    first = sorted(languages, key=lambda row: row.code != turn.language)
    return ask(
        Quote("\n".join(row.choose for row in first)),
        *(go(row.name, speak, row.code) for row in first),
    )


@welcome.action
async def speak(turn: Turn, code: str) -> Effect:
    """Switch language; the first time, say who we are."""
    if code not in turn.ports.languages.by_code:
        return GoTo(places.LANGUAGE)
    if turn.session.chosen:
        here = turn.session.place
        back = turn.session.previous if here == places.LANGUAGE else here
        return GoTo(back or places.MENU, language=code)
    return GoTo(places.MENU, (await _hello(turn),), language=code)


async def _hello(turn: Turn) -> Reply:
    notice = await turn.ports.people.notice()
    told = (notice,) if notice else ()
    return say(
        _("Welcome to Ingång, the way in to Etableringscentrum in Stockholm."),
        _(
            "I am a machine. I answer with texts that people have written. "
            "When I do not know, a person answers."
        ),
        *told,
    )


@welcome.step
async def menu(turn: Turn) -> Outcome:
    """The six things most people come for."""
    return ask(
        _("What do you need? Tap a button, or write your question."),
        to(_("Ask a question"), places.ASK_QUESTION, icon="question"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
        to(_("Talk to a person"), places.PERSON, icon="person"),
        to(_("More"), places.MORE, icon="more"),
    )


@welcome.step
async def more(turn: Turn) -> Outcome:
    """What is needed less often."""
    return ask(
        _("More that you can do here"),
        to(_("My papers"), places.PAPERS, icon="report"),
        to(_("My first weeks"), places.FIRST_WEEKS, icon="list"),
        to(_("Remind me of a date"), places.DEADLINES, icon="bell"),
        *_how_reached(turn),
        to(_("Change language"), places.LANGUAGE, icon="language"),
        to(_("Who sees what I write"), places.PRIVACY, icon="shield"),
        to(_("Emergency numbers"), places.EMERGENCY, icon="alert"),
    )


def _how_reached(turn: Turn) -> tuple[Button, ...]:
    """The way to her ways, where she may add one."""
    if not turn.ports.reach.may_add:
        return ()
    return (to(_("How I reach you"), places.REACH, icon="bell"),)


@welcome.step
async def plans(turn: Turn) -> Outcome:
    """What is not to be forgotten."""
    return ask(
        _("What do you want to keep in mind?"),
        to(_("My papers"), places.PAPERS, icon="report"),
        to(_("My first weeks"), places.FIRST_WEEKS, icon="list"),
        to(_("Remind me of a date"), places.DEADLINES, icon="bell"),
    )


@welcome.step
async def commands(turn: Turn) -> Outcome:
    """How to use this, in a few lines."""
    return ask(
        _("Write your question in your own words. Or tap a button."),
        _("You can also type the words on a button, or its number."),
        *_ways_on(),
    )


@welcome.step
async def old_button(turn: Turn) -> Outcome:
    """A tap on a message we no longer have."""
    return end(_("That button is old and no longer works. Here is the menu."), *_ways_on())


@welcome.step
async def unknown_command(turn: Turn) -> Outcome:
    """A command that does not exist."""
    return ask(
        _("I do not know that command. These work:"), *_ways_on(), listen=turn.session.listen
    )


@welcome.step
async def only_words(turn: Turn) -> Outcome:
    """Emoji, dots, or nothing at all."""
    return end(_("I can only read words. What do you need?"), *_ways_on())


@welcome.step
async def too_long(turn: Turn, most: int) -> Outcome:
    """More text than anyone can answer; what she was asked for is still awaited."""
    return ask(
        n_(
            "That is too long for me. Write at most one character.",
            "That is too long for me. Write at most {n:number} characters. "
            "You can send it in several parts.",
            n=most,
        ),
        to(_("Talk to a person"), places.PERSON, icon="person"),
        listen=turn.session.listen,
    )


def _ways_on() -> tuple[Button, ...]:
    return (
        to(_("Ask a question"), places.ASK_QUESTION, icon="question"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
        to(_("Talk to a person"), places.PERSON, icon="person"),
    )
