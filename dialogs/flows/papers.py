"""My papers: whose plan it is, whom to ask, and when the next date is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from dialogs import places
from dialogs.core import Dialog, Effect, Outcome, Turn, after, ask, go, goto, say, to, typed
from dialogs.dates import HOW_TO_WRITE, Span, today_at
from dialogs.messages import Button, Lines, Place
from dialogs.papers import CARD_NAMES, COUNTS, Card, CardKind, Part, Paused, TooLong
from dialogs.text import Text, _, n_

papers = Dialog("papers")

SPANS: dict[Part, Span] = {"next_on": "ahead", "began": "back"}


@papers.step
async def overview(turn: Turn) -> Outcome:
    """Four cards, and whether she is away."""
    folder = await turn.ports.papers.folder()
    return ask(
        _("**My papers**"),
        _(
            "Here is whose plan it is, whom you ask, and the next date. "
            "The plans stay with those who made them with you. I make no other plan."
        ),
        *_pause_in_words(folder.paused, turn.now),
        *(_to_card(kind, folder.card(kind)) for kind in CARD_NAMES),
        *_pause_buttons(folder.paused, has_cards=bool(folder.cards)),
    )


@papers.step
async def one(turn: Turn, kind: CardKind) -> Outcome:
    """One card and what can be written on it."""
    folder = await turn.ports.papers.folder()
    card = folder.card(kind)
    name = _("**{name}**", name=CARD_NAMES[kind])
    if card is None:
        return ask(
            name,
            _("There is nothing here yet. Write what you want to find again."),
            *_parts(kind),
        )
    reminding = (
        go(_("Stop reminding me"), remind, kind, False)
        if card.reminds
        else go(_("Remind me of these dates"), remind, kind, True)
    )
    return ask(
        name,
        Lines(tuple(_lines(card))),
        *_pause_in_words(folder.paused, turn.now),
        changed(card),
        *_parts(kind),
        reminding,
        go(_("Throw the card away"), ask_remove, kind),
    )


@papers.step
async def words(turn: Turn, kind: CardKind, part: Part) -> Outcome:
    """Ask for a few words."""
    question = {
        "contact": _("Whom do you ask about this plan? Write a name and a number."),
        "line": _("Write one line that you want to remember, such as what to bring."),
    }[part]
    return ask(
        question,
        _("Do not write your personal number or address."),
        listen=typed(keep_words, kind, part),
    )


@papers.action
async def keep_words(turn: Turn, text: str, kind: CardKind, part: Part) -> Effect:
    """Keep them, sealed; what she typed never enters the transcript."""
    try:
        await turn.ports.papers.write(kind, part, text)
    except TooLong as error:
        following = after(say(too_long(error.most)), goto(words, kind, part))
    else:
        following = goto(one, kind)
    return replace(following, conceal=True)


@papers.step
async def which_day(turn: Turn, kind: CardKind, part: Part) -> Outcome:
    """Ask for a day."""
    question = {
        "next_on": _("Which day is the next date for this plan?"),
        "began": _("Which day was your first meeting about this plan?"),
    }[part]
    onward = Place(keep_day.name, (kind, part))
    return ask(
        question,
        HOW_TO_WRITE,
        to(_("Choose with buttons"), places.choose_day(onward, SPANS[part])),
        listen=places.typed_day(onward, SPANS[part]),
    )


@papers.action
async def keep_day(turn: Turn, kind: CardKind, part: Part, day: date) -> Effect:
    """Keep a day."""
    await turn.ports.papers.write(kind, part, day)
    return goto(one, kind)


@papers.action
async def remind(turn: Turn, kind: CardKind, on: bool) -> Effect:
    """Whether the card's dates remind her."""
    await turn.ports.papers.write(kind, "reminds", on)
    told = _("I remind you of these dates.") if on else _("Reminders are off.")
    return after(say(told), goto(one, kind))


@papers.step
async def ask_remove(turn: Turn, kind: CardKind) -> Outcome:
    """Once more before it is gone."""
    return ask(
        _("Throw the card away? The plan itself stays where it is."),
        go(_("Yes, throw it away"), remove, kind),
        go(_("No, keep it"), one, kind),
    )


@papers.action
async def remove(turn: Turn, kind: CardKind) -> Effect:
    """Gone, and so are its reminders."""
    await turn.ports.papers.remove(kind)
    return after(say(_("The card is gone.")), goto(overview))


def too_long(most: int) -> Text:
    """That words do not fit."""
    return n_(
        "That is too long for the card. Write at most one character.",
        "That is too long for the card. Write at most {n:number} characters.",
        n=most,
    )


def changed(card: Card) -> Text:
    """Who changed it last, and when."""
    if card.changed_by == "staff":
        return _("A coach changed this last, on {at:moment}.", at=card.changed_at)
    return _("You changed this last, on {at:moment}.", at=card.changed_at)


def _lines(card: Card) -> Iterator[Text]:
    if card.contact:
        yield _("Whom to ask: {name}", name=card.contact)
    if card.line:
        yield _("To remember: {line}", line=card.line)
    if card.next_on:
        yield _("Next date: {day:day} {year}", day=card.next_on, year=str(card.next_on.year))
    if card.began:
        yield _("First meeting: {day:day} {year}", day=card.began, year=str(card.began.year))
    for each in card.dates:
        yield _(
            "{words}: {day:day} {year}", words=each.words, day=each.day, year=str(each.day.year)
        )
    yield _("Reminders are on.") if card.reminds else _("Reminders are off.")


def _parts(kind: CardKind) -> Iterator[Button]:
    """What can be written on it."""
    yield go(_("Whom to ask"), words, kind, "contact")
    yield go(_("Next date"), which_day, kind, "next_on")
    yield go(_("A line to remember"), words, kind, "line")
    if kind in COUNTS:
        yield go(_("First meeting"), which_day, kind, "began")


def _to_card(kind: CardKind, card: Card | None) -> Button:
    if card is None:
        return go(CARD_NAMES[kind], one, kind)
    return go(_("✓ {name}", name=CARD_NAMES[kind]), one, kind)


def _pause_in_words(paused: Paused | None, now: datetime) -> Iterator[Text]:
    if paused is None:
        return
    if paused.until is None or paused.until < today_at(now):
        yield _("You are away. I am quiet about your papers.")
    else:
        yield _(
            "You are away until {day:day} {year}. I am quiet about your papers.",
            day=paused.until,
            year=str(paused.until.year),
        )


def _pause_buttons(paused: Paused | None, *, has_cards: bool) -> Iterator[Button]:
    if paused is not None:
        yield to(_("Start again now"), places.START_AGAIN)
    elif has_cards:
        yield to(_("I am away for some time"), places.AWAY)
