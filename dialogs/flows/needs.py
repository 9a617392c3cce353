"""What she needs at meetings, picked from a list that staff see too; and her own calendar."""

from __future__ import annotations

from dialogs import places
from dialogs.core import Dialog, Effect, Outcome, Turn, ask, end, go, goto, to
from dialogs.messages import Button
from dialogs.ports import Need
from dialogs.text import Web, _

needs = Dialog("needs")


@needs.step
async def overview(turn: Turn) -> Outcome:
    """The list; a tap picks, another puts back."""
    listed = await turn.ports.needs.all()
    return ask(
        _("What do you need when we meet? Tap what fits. The coaches see it too."),
        *(_button(need) for need in listed),
        go(_("I am done"), done),
    )


@needs.action
async def pick(turn: Turn, name: str) -> Effect:
    """She needs this."""
    await turn.ports.needs.pick(name, on=True)
    return goto(overview)


@needs.action
async def put_back(turn: Turn, name: str) -> Effect:
    """She does not need this after all."""
    await turn.ports.needs.pick(name, on=False)
    return goto(overview)


@needs.step
async def done(turn: Turn) -> Outcome:
    """What she has picked, once more."""
    picked = [need for need in await turn.ports.needs.all() if need.on]
    if not picked:
        return ask(
            _("You have picked nothing. You can change it at any time."),
            to(_("My meetings"), places.MY_MEETINGS, icon="list"),
        )
    return ask(
        _("The coaches see this:"),
        *(need.words for need in picked),
        go(_("Change it"), overview),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
    )


@needs.step
async def calendar(turn: Turn) -> Outcome:
    """What a calendar on her phone can do, before anything is made."""
    return ask(
        _("Your phone's calendar can show your meetings. You get an address for it."),
        _("Whoever has the address sees your meetings. Keep it to yourself."),
        _("A calendar may be late by a day. My reminders here are not."),
        go(_("Show me the address"), show_calendar),
        go(_("Stop my calendar"), stop_calendar),
    )


@needs.action
async def show_calendar(turn: Turn) -> Effect:
    """The address, made now when there is none."""
    address = await turn.ports.needs.calendar()
    return end(
        _("Add this address in your calendar: {address}", address=Web(address, address)),
        go(_("Stop my calendar"), stop_calendar),
    )


@needs.action
async def stop_calendar(turn: Turn) -> Effect:
    """From now on the address shows nothing."""
    await turn.ports.needs.stop_calendar()
    return end(
        _("The address shows nothing any more."),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
    )


def _button(need: Need) -> Button:
    if need.on:
        return go(_("✓ {need}", need=need.words), put_back, need.name)
    return go(need.words, pick, need.name)
