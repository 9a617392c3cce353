"""Dates in life that anyone can be reminded of, without an account."""

from __future__ import annotations

from datetime import date

from dialogs import places
from dialogs.core import Dialog, Effect, Outcome, Turn, ask, end, go, goto, to
from dialogs.messages import Button
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
    if found is None:
        return goto(overview)
    if found.on:
        switch = go(_("Stop reminding me"), switch_off, kind)
        state = _("Reminders are on. The last day is {day:day}.", day=found.due)
    else:
        switch = go(_("Yes, remind me"), switch_on, kind)
        state = _("Do you want reminders? The next last day is {day:day}.", day=found.due)
    return ask(_("**{name}**", name=found.name), found.about, state, switch, *_read_more(found))


@deadline.action
async def switch_on(turn: Turn, kind: str) -> Effect:
    """Switch reminders on."""
    found = await turn.ports.plans.remind(kind, on=True)
    return end(
        _("Reminders are on. The last day is {day:day}.", day=found.due),
        _("You can stop them at any time, in the menu or in the reminder."),
        *_read_more(found),
    )


@deadline.action
async def switch_off(turn: Turn, kind: str) -> Effect:
    """Switch reminders off; those that were planned are gone."""
    await turn.ports.plans.remind(kind, on=False)
    return end(_("Reminders are off."), go(_("Remind me again"), switch_on, kind))


@deadline.action
async def done(turn: Turn, kind: str, due: date) -> Effect:
    """She has done what was due that day; silence until the next time."""
    found = await turn.ports.plans.done(kind, due)
    return end(
        _("Well done. I am quiet until next time. The next last day is {day:day}.", day=found.due)
    )


async def _find(turn: Turn, kind: str) -> Deadline | None:
    dates = await turn.ports.plans.deadlines()
    return next((item for item in dates if item.kind == kind), None)


def _label(item: Deadline) -> Text:
    if item.on:
        return _("{name} (reminders on)", name=item.name)
    return _("{name}", name=item.name)


def _read_more(item: Deadline) -> tuple[Button, ...]:
    if item.article is None:
        return ()
    return (to(_("Read about it"), places.article(item.article), icon="info"),)
