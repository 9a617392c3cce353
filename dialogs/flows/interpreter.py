"""An interpreter at a meeting: whether, how, and who."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from dialogs import cards, places
from dialogs.core import (
    Dialog,
    Effect,
    Elsewhere,
    GoTo,
    Outcome,
    Turn,
    after,
    ask,
    go,
    goto,
    say,
    to,
)
from dialogs.interpreting import varieties
from dialogs.messages import Button
from dialogs.ports import BookingClosed, InterpreterNeed, Meeting, NoSuchBooking
from dialogs.text import Text, _

interpreter = Dialog("interpreter")

IN_GOOD_TIME = timedelta(days=2)

How = Literal["phone", "on_site", "nameless"]
Gender = Literal["any", "woman", "man"]


@interpreter.step
async def offer(turn: Turn, booking: str) -> Outcome:
    """The coach does not speak her language: does she want an interpreter?"""
    found = await _meeting(turn, booking)
    known = turn.ports.languages.by_code
    spoken = ", ".join(known[code].name for code in found.speaks if code in known)
    return ask(
        _("{coach} speaks {languages}.", coach=found.coach or "", languages=spoken),
        _("Do you want an interpreter?"),
        *_late(turn, found),
        go(_("Yes, by phone"), want, booking, "phone"),
        *_in_the_room(found, _("Yes, in the room")),
        go(_("Yes, by phone, without my name"), want, booking, "nameless"),
        to(_("No, I need none"), places.go_on(booking)),
    )


@interpreter.step
async def overview(turn: Turn, booking: str) -> Outcome:
    """What she has asked for, and everything that can be changed."""
    found = await _meeting(turn, booking)
    if found.need is None or found.interpreter in ("none", "cancelled", "to_cancel"):
        return ask(
            _("You have asked for no interpreter at this meeting."),
            *_late(turn, found),
            go(_("An interpreter by phone"), want, booking, "phone"),
            *_in_the_room(found, _("An interpreter in the room")),
            go(_("By phone, without my name"), want, booking, "nameless"),
            _back(found),
        )
    if found.interpreter == "booked":
        return ask(
            cards.need_lines(found.need, turn.ports.languages),
            _("The interpreter is booked. To change it, write to a coach."),
            go(_("I need no interpreter"), drop, booking),
            to(_("Write to a coach"), places.write_back(), icon="person"),
            _back(found),
        )
    return ask(
        cards.need_lines(found.need, turn.ports.languages),
        *_variety(turn, found.need),
        _("Interpreter: we have found none.")
        if found.interpreter == "failed"
        else _("We try to find one. I cannot promise it."),
        *_hows(found),
        go(_("A woman"), prefer, booking, "woman"),
        go(_("A man"), prefer, booking, "man"),
        go(_("Woman or man, it does not matter"), prefer, booking, "any"),
        *(
            go(name, speak, booking, variety)
            for variety, name in varieties(found.need.language).items()
        ),
        go(_("I need no interpreter"), drop, booking),
        _back(found),
    )


@interpreter.action
async def want(turn: Turn, booking: str, how: How) -> Effect:
    """Ask for one; in her own language, the one she writes in."""
    found = await _meeting(turn, booking)
    need = found.need or InterpreterNeed(turn.language)
    need = replace(
        need, how="on_site" if how == "on_site" else "phone", nameless=how == "nameless"
    )
    return await _ask_for(turn, found, need)


@interpreter.action
async def prefer(turn: Turn, booking: str, gender: Gender) -> Effect:
    """A woman or a man."""
    found = await _meeting(turn, booking)
    need = found.need or InterpreterNeed(turn.language)
    return await _ask_for(turn, found, replace(need, gender=gender))


@interpreter.action
async def speak(turn: Turn, booking: str, variety: str) -> Effect:
    """Which variety of her language."""
    found = await _meeting(turn, booking)
    need = found.need or InterpreterNeed(turn.language)
    return await _ask_for(turn, found, replace(need, variety=variety))


@interpreter.action
async def drop(turn: Turn, booking: str) -> Effect:
    """She needs none after all."""
    found = await _meeting(turn, booking)
    try:
        await turn.ports.interpreters.drop(booking)
    except BookingClosed:
        return goto(overview, booking)
    return after(say(_("Good. There will be no interpreter.")), _onward(found))


async def _ask_for(turn: Turn, found: Meeting, need: InterpreterNeed) -> GoTo:
    """Keep what she needs; on the way to booking she goes on, later she sees what she has."""
    try:
        await turn.ports.interpreters.want(found.booking, need)
    except BookingClosed:
        changed = say(_("The meeting has been changed. This is how it is now."))
        return after(changed, GoTo(places.meeting(found.booking)))
    first_time = found.need is None
    if found.state == "held" and first_time:
        return GoTo(places.go_on(found.booking))
    return goto(overview, found.booking)


async def _meeting(turn: Turn, booking: str) -> Meeting:
    """Her meeting; when it is gone, the page that says so."""
    try:
        return await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        raise Elsewhere(GoTo(places.MY_MEETINGS)) from None


def _onward(found: Meeting) -> GoTo:
    if found.state == "held":
        return GoTo(places.go_on(found.booking))
    return GoTo(places.meeting(found.booking))


def _back(found: Meeting) -> Button:
    if found.state == "held":
        return to(_("Go on booking"), places.go_on(found.booking))
    return to(_("Back to the meeting"), places.meeting(found.booking))


def _late(turn: Turn, found: Meeting) -> tuple[Text, ...]:
    """With little time left an interpreter is hard to find, and she should know before."""
    if found.starts - turn.now >= IN_GOOD_TIME:
        return ()
    return (_("The meeting is soon. It may be hard to find an interpreter in time."),)


def _in_the_room(found: Meeting, label: Text) -> tuple[Button, ...]:
    return (go(label, want, found.booking, "on_site"),) if found.mode == "on_site" else ()


def _hows(found: Meeting) -> tuple[Button, ...]:
    """The ways of interpreting that she has not chosen."""
    need = found.need
    if need is None:
        return ()
    buttons: list[Button] = []
    if need.how != "phone" or need.nameless:
        buttons.append(go(_("By phone"), want, found.booking, "phone"))
    if need.how != "on_site":
        buttons += _in_the_room(found, _("In the room"))
    if not need.nameless:
        buttons.append(go(_("By phone, without my name"), want, found.booking, "nameless"))
    return tuple(buttons)


def _variety(turn: Turn, need: InterpreterNeed) -> tuple[Text, ...]:
    name = varieties(need.language).get(need.variety)
    return (_("Variety: {name}", name=name),) if name else ()
