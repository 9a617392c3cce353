"""Dates in life that anyone can be reminded of, without an account."""

from __future__ import annotations

from datetime import date

from dialogs import places
from dialogs.core import Dialog, Effect, Elsewhere, Outcome, Turn, ask, end, go, goto, to
from dialogs.dates import HOW_TO_WRITE
from dialogs.messages import Button, Place
from dialogs.ports import Deadline
from dialogs.text import Text, _

deadline = Dialog("deadline")


@deadline.step
async def overview(turn: Turn) -> Outcome:
    """Every date one may be reminded of."""
    dates = await turn.ports.plans.deadlines()
    return ask(
        _("What do you want to be reminded of?"),
        *(go(_label(item), one, item.kind) for item in dates),
    )


@deadline.step
async def one(turn: Turn, kind: str) -> Outcome:
    """One date: what it is about, when it is due, and a switch."""
    found = await _find(turn, kind)
    if found.asks is not None and not found.on:
        return _ask_for_the_day(found, found.asks)
    if found.on:
        state = _on(found)
        switch = (*_done(found), *_change(found), go(_("Stop reminding me"), switch_off, kind))
    else:
        state = (_("Do you want reminders? The next last day is {day:day}.", day=_due(found)),)
        switch = (go(_("Yes, remind me"), switch_on, kind),)
    return ask(_("**{name}**", name=found.name), found.about, *state, *switch, *_read_more(found))


@deadline.step
async def another_day(turn: Turn, kind: str) -> Outcome:
    """The day she gave was wrong, or there is a new one."""
    found = await _find(turn, kind)
    if found.asks is None:
        return goto(one, kind)
    return _ask_for_the_day(found, found.asks)


@deadline.action
async def switch_on(turn: Turn, kind: str) -> Effect:
    """Switch reminders on."""
    if (await _find(turn, kind)).asks is not None:
        return goto(one, kind)  # "remind me again" of a date that has to be given first
    found = await turn.ports.plans.remind(kind, on=True)
    return end(
        _("Reminders are on. The last day is {day:day}.", day=_due(found)),
        _("You can stop them at any time, in the menu or in the reminder."),
        *_read_more(found),
    )


@deadline.action
async def given(turn: Turn, kind: str, day: date) -> Effect:
    """The day from which hers is counted; it takes the place of an earlier one."""
    await _find(turn, kind)
    found = await turn.ports.plans.remind(kind, on=True, counted_from=day)
    return end(*_on(found), *_change(found), *_read_more(found))


@deadline.action
async def switch_off(turn: Turn, kind: str) -> Effect:
    """Switch reminders off; those that were planned are gone, and so is the day she gave."""
    await _find(turn, kind)
    await turn.ports.plans.remind(kind, on=False)
    return end(_("Reminders are off."), go(_("Remind me again"), switch_on, kind))


@deadline.action
async def done(turn: Turn, kind: str, due: date) -> Effect:
    """She has done what was due that day; silence until the next time, if there is one."""
    await _find(turn, kind)
    found = await turn.ports.plans.done(kind, due)
    if found.due is None:
        return end(_("Well done. I do not remind you of it any more."))
    return end(
        _("Well done. I am quiet until next time. The next last day is {day:day}.", day=found.due)
    )


def _ask_for_the_day(found: Deadline, question: Text) -> Outcome:
    onward = Place(given.name, (found.kind,))
    return ask(
        _("**{name}**", name=found.name),
        found.about,
        question,
        HOW_TO_WRITE,
        to(_("Choose with buttons"), places.choose_day(onward, found.span)),
        *_read_more(found),
        listen=places.typed_day(onward, found.span),
    )


def _on(found: Deadline) -> tuple[Text, ...]:
    """How it stands while reminders are on."""
    if found.due is None:
        return (_("You have done this. I do not remind you of it any more."),)
    if found.asks is None:
        return (_("Reminders are on. The last day is {day:day}.", day=found.due),)
    year = str(found.due.year)
    if found.passed:
        return (
            _("The last day was {day:day} {year}.", day=found.due, year=year),
            _("Ask what applies to you now. A coach can help you ask."),
        )
    on = _("Reminders are on. The last day is {day:day} {year}.", day=found.due, year=year)
    if found.first is None:
        return (on, _("That is soon. Do it today if you can."))
    return (
        on,
        _("I keep the day until then, also if you do not write here for a long time."),
        _(
            "I write to you for the first time on {day:day} {year}.",
            day=found.first,
            year=str(found.first.year),
        ),
    )


def _done(found: Deadline) -> tuple[Button, ...]:
    """She can say that it is done before a reminder has come."""
    if found.asks is None or found.due is None:
        return ()
    return (go(_("I have done it"), done, found.kind, found.due),)


def _change(found: Deadline) -> tuple[Button, ...]:
    help_ = (to(_("Book a coach"), places.BOOK, icon="calendar"),) if found.passed else ()
    if found.asks is None:
        return help_
    return (go(_("Another day"), another_day, found.kind), *help_)


async def _find(turn: Turn, kind: str) -> Deadline:
    """The date; the list of all where there is no such one any more."""
    dates = await turn.ports.plans.deadlines()
    found = next((item for item in dates if item.kind == kind), None)
    if found is None:
        raise Elsewhere(goto(overview))
    return found


def _due(found: Deadline) -> date:
    """The last day of a date that comes back; there always is one."""
    if found.due is None:
        raise Elsewhere(goto(overview))
    return found.due


def _label(item: Deadline) -> Text:
    if item.on:
        return _("{name} (reminders on)", name=item.name)
    return _("{name}", name=item.name)


def _read_more(item: Deadline) -> tuple[Button, ...]:
    if item.article is None:
        return ()
    return (to(_("Read about it"), places.article(item.article), icon="info"),)
