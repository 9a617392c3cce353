"""A time is held for five minutes: the number to ring, an interpreter, and one last yes."""

from __future__ import annotations

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
    end,
    go,
    say,
    to,
    typed,
)
from dialogs.messages import Button, Reply, Twin
from dialogs.ports import Held, HoldExpired, Meeting, NoSuchBooking, NotANumber, slot_of
from dialogs.text import _

booking = Dialog("booking")

BOOKED = ("confirmed", "requested")


@booking.step
async def number(turn: Turn, booking: str) -> Outcome:
    """Which number to ring; asked for this meeting alone."""
    kept = await _kept(turn, booking)
    again = (go(_("Another time"), let_go, booking, kept.version),) if kept.state == "held" else ()
    return ask(
        _("Which number should we call? Write it here."),
        _("Only the coach sees it. It is deleted when the meeting has been."),
        *again,
        listen=typed(take_number, booking),
    )


@booking.action
async def take_number(turn: Turn, text: str, booking: str) -> Effect:
    """Keep the number, encrypted; it never enters the transcript."""
    try:
        await turn.ports.handoff.call_on(booking, text)
    except NotANumber:
        wrong = say(
            _("That does not look like a telephone number. Write only digits, like 070 123 45 67.")
        )
        return after(wrong, GoTo(number.at(booking), conceal=True))
    except NoSuchBooking:
        return GoTo(places.BOOK, conceal=True)
    return GoTo(understood.at(booking), conceal=True)


@booking.step
async def understood(turn: Turn, booking: str) -> Outcome:
    """Whether they will understand each other; if not, an interpreter comes first."""
    kept = await _kept(turn, booking)
    if turn.language in kept.speaks or kept.interpreter != "none":
        return _last_yes(turn, kept)
    return GoTo(places.ask_interpreter(booking))


@booking.step
async def confirm(turn: Turn, booking: str) -> Outcome:
    """The whole meeting, and one last yes."""
    return _last_yes(turn, await _kept(turn, booking))


@booking.action
async def book(turn: Turn, booking: str, version: int) -> Effect:
    """Book what is held, or ask for it."""
    kept = await _kept(turn, booking)
    try:
        booked = await turn.ports.booking.confirm(Held(booking, version, slot_of(kept)))
    except HoldExpired:
        return after(_too_late(), GoTo(places.near(booking)))
    first = (
        _("**You have asked for this time.** A coach answers you here. I keep it for you.")
        if booked.state == "requested"
        else _("**Booked.** I will remind you.")
    )
    return end(
        first,
        cards.meeting_card(booked),
        *cards.interpreter_lines(booked, turn.ports.languages),
        *cards.page_of(booked),
        *_ways_out(booked),
        *(await _by_sms(turn)),
        twin=Twin.SHOWN,
        brief=cards.in_brief(booked),
    )


@booking.action
async def let_go(turn: Turn, booking: str, version: int) -> Effect:
    """Give the time back and choose again."""
    kept = await _kept(turn, booking)
    slot = slot_of(kept)
    await turn.ports.booking.release(Held(booking, version, slot))
    return GoTo(places.times_by(slot.service, slot.mode))


async def _kept(turn: Turn, booking: str) -> Meeting:
    """What is held for her, or booked by now; when it is neither, times near it."""
    try:
        kept = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        raise Elsewhere(GoTo(places.BOOK)) from None
    if kept.state == "expired":
        raise Elsewhere(after(_too_late(), GoTo(places.near(booking))))
    if kept.state != "held" and kept.state not in BOOKED:
        raise Elsewhere(GoTo(places.meeting(booking)))
    return kept


def _last_yes(turn: Turn, kept: Meeting) -> Outcome:
    if kept.state != "held":
        return GoTo(places.meeting(kept.booking))
    asks = kept.service.by_request
    return ask(
        _("Do you want to ask for this time? A coach answers you here.")
        if asks
        else _("Do you want this meeting? I keep the time for you for five minutes."),
        cards.meeting_card(kept),
        *cards.interpreter_lines(kept, turn.ports.languages),
        go(_("Yes, ask for it") if asks else _("Yes, book it"), book, kept.booking, kept.version),
        go(_("Another time"), let_go, kept.booking, kept.version),
        *_interpreter(kept),
    )


def _too_late() -> Reply:
    return say(_("I could keep the time for five minutes only. Please choose again."))


def _ways_out(booked: Meeting) -> tuple[Button, ...]:
    """What can be done with a meeting, one tap away."""
    change = (
        (to(_("Another time"), places.move(booked.booking, booked.version)),)
        if booked.state == "confirmed"
        else ()
    )
    return (
        *change,
        to(_("I can't come"), places.cannot_come(booked.booking)),
        to(_("More about this meeting"), places.about_meeting(booked.booking)),
    )


async def _by_sms(turn: Turn) -> tuple[Button, ...]:
    """With her first meeting, once: a reminder that finds her without the chat."""
    if "sms" not in turn.ports.reach.may_add or (await turn.ports.reach.mine()).has("sms"):
        return ()
    if len(await turn.ports.booking.mine()) > 1:
        return ()
    return (to(_("Remind me by SMS too"), places.REACH_BY_SMS, icon="bell"),)


def _interpreter(kept: Meeting) -> tuple[Button, ...]:
    """The way to the interpreter, where there is something to change."""
    if kept.need is None:
        return ()
    return (to(_("Change the interpreter"), places.interpreter(kept.booking)),)
