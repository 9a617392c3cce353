"""What she has asked for that has no time yet: requests, proposed times, waiting in line."""

from __future__ import annotations

from contextlib import suppress

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
    goto,
    say,
    to,
)
from dialogs.messages import Twin
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    HoldExpired,
    Meeting,
    NoSuchBooking,
    OwnClash,
    SlotTaken,
    Wish,
)
from dialogs.text import Text, _

request = Dialog("request")


@request.step
async def one(turn: Turn, booking: str) -> Outcome:
    """One wish: what it waits for, and a way to end it."""
    wish = await _wish(turn, booking)
    if wish.state == "proposed":
        return goto(proposed, booking)
    if wish.state == "held":
        return goto(offered, booking)
    return ask(
        _("**{service}**", service=wish.service.name),
        _state(wish),
        go(_("I do not need it any more"), withdraw, booking),
        to(_("Write to a coach"), places.write_back(), icon="person"),
    )


@request.step
async def proposed(turn: Turn, booking: str) -> Outcome:
    """The times a coach has proposed."""
    wish = await _wish(turn, booking)
    if wish.state != "proposed" or wish.until is None:
        return goto(one, booking)
    languages = turn.ports.languages
    return ask(
        _("**{service}**", service=wish.service.name),
        _("A coach proposes these times. Which one suits you?"),
        _("I keep them for you until {until:moment}.", until=wish.until),
        *(
            go(cards.offer_label(offer, languages), pick, booking, wish.version, index)
            for index, offer in enumerate(wish.proposals)
        ),
        go(_("None of them suits me"), none_fits, booking, wish.version),
    )


@request.step
async def offered(turn: Turn, booking: str) -> Outcome:
    """The time that is kept for her while she waits."""
    wish = await _wish(turn, booking)
    if wish.state != "held" or wish.until is None or not wish.proposals:
        return goto(one, booking)
    return ask(
        *cards.offered(wish.proposals[0], wish.until, earlier=wish.instead_of is not None),
        go(_("Yes, I take it"), take, booking, wish.version),
        go(_("No, not this time"), let_pass, booking, wish.version),
        go(_("I do not need it any more"), withdraw, booking),
    )


@request.action
async def pick(turn: Turn, booking: str, version: int, index: int) -> Effect:
    """Take one of them."""
    try:
        booked = await turn.ports.requests.pick(booking, version, index)
    except (HoldExpired, SlotTaken):
        return after(say(_("That time is gone. I am sorry.")), goto(one, booking))
    except OwnClash:
        return after(say(_("You have something else at that time.")), goto(one, booking))
    except BookingClosed:
        return goto(changed, booking)
    return _booked(booked, booking)


@request.action
async def none_fits(turn: Turn, booking: str, version: int) -> Effect:
    """None of them suits; a coach looks again."""
    try:
        await turn.ports.requests.none_fits(booking, version)
    except BookingClosed:
        return goto(changed, booking)
    return end(
        _("Good that you say so. A coach looks for other times and answers you here."),
        to(_("Write to a coach"), places.write_back(), icon="person"),
    )


@request.action
async def withdraw(turn: Turn, booking: str) -> Effect:
    """She wants it no more."""
    try:
        await turn.ports.requests.withdraw(booking)
    except (NoSuchBooking, BookingClosed):
        return GoTo(places.MY_MEETINGS)
    return end(
        _("Good. You are not waiting for it any more."),
        to(_("Menu"), places.MENU, icon="menu"),
    )


@request.action
async def wait(turn: Turn, service: str) -> Effect:
    """Hear when there is a free time."""
    try:
        await turn.ports.waitlist.wait(service)
    except AlreadyBooked as already:
        known = say(_("You have a meeting of this kind already. You can change it."))
        return after(known, GoTo(places.meeting(already.booking)))
    return _in_line()


@request.action
async def wait_instead(turn: Turn, booking: str) -> Effect:
    """Hear when there is an earlier time than hers."""
    try:
        await turn.ports.waitlist.wait_instead(booking)
    except (NoSuchBooking, BookingClosed):
        return GoTo(places.meeting(booking))
    return _in_line(_("You keep your time until you say yes to another."))


@request.action
async def take(turn: Turn, booking: str, version: int) -> Effect:
    """Take the time she was offered."""
    try:
        booked = await turn.ports.waitlist.take(booking, version)
    except (HoldExpired, SlotTaken, BookingClosed, NoSuchBooking):
        return await _missed(turn, booking)
    except OwnClash:
        clash = say(_("You have something else at that time."))
        return after(clash, GoTo(places.MY_MEETINGS))
    return _booked(booked, booking)


@request.action
async def let_pass(turn: Turn, booking: str, version: int) -> Effect:
    """Leave the time to the next in line."""
    try:
        await turn.ports.waitlist.let_pass(booking, version)
    except BookingClosed:
        return goto(changed, booking)
    return end(
        _("Good. I tell you when there is another time."),
        go(_("I do not need it any more"), withdraw, booking),
    )


@request.step
async def changed(turn: Turn, booking: str) -> Outcome:
    """Somebody was faster: how it is now, whether it has a time by now or not."""
    try:
        await turn.ports.requests.one(booking)
    except NoSuchBooking:
        return GoTo(places.meeting(booking))
    return after(say(_("This has been changed. This is how it is now.")), goto(one, booking))


async def _wish(turn: Turn, booking: str) -> Wish:
    """Her wish; when it has a time by now, or is gone, the page of the meeting says so."""
    try:
        return await turn.ports.requests.one(booking)
    except NoSuchBooking:
        raise Elsewhere(GoTo(places.meeting(booking))) from None


async def _missed(turn: Turn, booking: str) -> GoTo:
    """An offer that is answered late: it is hers already, she is in line still, or is not."""
    try:
        wish = await turn.ports.requests.one(booking)
    except NoSuchBooking:
        return await _missed_for_good(turn, booking)
    if wish.state != "waiting":
        return goto(changed, booking)
    still = say(_("That time is gone. I am sorry. You are still in line."))
    return after(still, GoTo(places.MY_MEETINGS))


async def _missed_for_good(turn: Turn, booking: str) -> GoTo:
    with suppress(NoSuchBooking):
        if (await turn.ports.booking.meeting(booking)).state in ("confirmed", "requested"):
            return GoTo(places.meeting(booking))
    return after(say(_("That time is gone. I am sorry.")), GoTo(places.MY_MEETINGS))


def _state(wish: Wish) -> Text:
    if wish.state == "waiting" and wish.instead_of:
        return _("I tell you when there is an earlier time. You keep the one you have.")
    if wish.state == "waiting":
        return _("I tell you when there is a free time.")
    return _("A coach looks for a time and answers you here.")


def _in_line(*more: Text) -> Effect:
    return end(
        _("Good. I tell you here as soon as there is a time. First come, first served."),
        *more,
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
    )


def _booked(booked: Meeting, asked: str) -> Effect:
    """She has it, or has asked for it; what was ``asked`` may be another booking than hers."""
    if booked.state == "requested":
        return GoTo(places.meeting(booked.booking))
    first = _("**Booked.** I will remind you.")
    if booked.mode == "phone" and booked.booking == asked:
        return after(say(first, cards.meeting_card(booked)), GoTo(places.number(asked)))
    return end(
        first,
        cards.meeting_card(booked),
        to(_("Another time"), places.move(booked.booking, booked.version)),
        to(_("I can't come"), places.cannot_come(booked.booking)),
        to(_("More about this meeting"), places.about_meeting(booked.booking)),
        twin=Twin.SHOWN,
        brief=cards.in_brief(booked),
    )
