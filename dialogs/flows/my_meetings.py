"""Meetings that are booked: see them, move them, call them off."""

from __future__ import annotations

from datetime import datetime

from dialogs import cards, places
from dialogs.core import (
    Dialog,
    Effect,
    Elsewhere,
    GoTo,
    Outcome,
    Turn,
    ask,
    end,
    go,
    goto,
    to,
)
from dialogs.messages import Button, Twin
from dialogs.ports import (
    BookingClosed,
    Meeting,
    NoSuchBooking,
    Wish,
)
from dialogs.text import Text, _

my_meetings = Dialog("my_meetings")

FIRST = 10  # who goes to a course has many; the rest is in her week


@my_meetings.step
async def mine(turn: Turn) -> Outcome:
    """What is booked and asked for from now on; the only meeting there is opens by itself."""
    booked = await turn.ports.booking.mine()
    wishes = await turn.ports.requests.open()
    if len(booked) == 1 and not wishes:
        return goto(one, booked[0].booking)
    if not booked and not wishes:
        return ask(
            _("You have no meetings booked."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
            to(_("Activities"), places.ACTIVITIES, icon="group"),
            to(_("My week"), places.MY_WEEK, icon="calendar"),
        )
    return ask(
        _("Your meetings. Tap one to see where it is, or to change it."),
        *(go(_name(item), one, item.booking) for item in booked[:FIRST]),
        *(to(_wish_name(wish), places.wish(wish.booking)) for wish in wishes),
        to(_("My week"), places.MY_WEEK, icon="calendar"),
    )


@my_meetings.step
async def one(turn: Turn, booking: str) -> Outcome:
    """One meeting, and what can be done with it."""
    found = await _booked(turn, booking)
    if not _is_coming(found, turn.now):
        late = (go(_("I can't come"), ask_cancel, booking),)
        going_on = _is_going_on(found, turn.now)
        return ask(_state(found, turn.now), cards.meeting_card(found), *(late if going_on else ()))
    asked = (_("You have asked for this time. A coach answers you here."),)
    return ask(
        *(asked if found.state == "requested" else ()),
        cards.meeting_card(found),
        *cards.interpreter_lines(found, turn.ports.languages),
        *_another_time(found),
        go(_("I can't come"), ask_cancel, booking),
        go(_("More about this meeting"), about, booking),
        twin=Twin.SHOWN,
    )


@my_meetings.step
async def about(turn: Turn, booking: str) -> Outcome:
    """Everything else about a meeting: show it, an earlier time, the interpreter, her needs."""
    found = await _booked(turn, booking)
    if not _is_coming(found, turn.now):
        return goto(one, booking)
    alone = found.state == "confirmed" and not found.service.group
    earlier = (to(_("Is there an earlier time? Tell me"), places.wait_instead(booking)),)
    language = (to(_("Interpreter"), places.interpreter(booking)),)
    return ask(
        cards.short_place(found),
        *cards.page_of(found),
        *(earlier if alone else ()),
        *(language if not found.service.group else ()),
        to(_("What I need at meetings"), places.NEEDS),
        to(_("My week"), places.MY_WEEK, icon="calendar"),
        to(_("My calendar"), places.CALENDAR, icon="calendar"),
        go(_("Back to the meeting"), one, booking),
    )


@my_meetings.step
async def gone(turn: Turn) -> Outcome:
    """The meeting is not there any more."""
    return ask(
        _("That meeting is no longer booked."),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
    )


@my_meetings.step
async def coming(turn: Turn, booking: str) -> Outcome:
    """ "I will come" on a message of long ago."""
    return GoTo(places.will_come(booking))


@my_meetings.step
async def ask_cancel(turn: Turn, booking: str) -> Outcome:
    """Make sure before a meeting is called off; a word of why is welcome and not needed."""
    found = await _booked(turn, booking)
    if not _is_coming(found, turn.now) and not _is_going_on(found, turn.now):
        return goto(one, booking)
    return ask(
        _("Do you want to cancel this meeting?"),
        cards.short_place(found),
        *_who_sees(found),
        _yes(found, turn.now),
        *_reasons(found),
        *_another_time(found),
        *_will_come(found),
    )


@my_meetings.action
async def cancel(turn: Turn, booking: str) -> Effect:
    """Call it off; its reminders go with it."""
    try:
        cancelled = await turn.ports.booking.cancel(booking)
    except BookingClosed:
        return goto(one, booking)
    except NoSuchBooking:
        return goto(gone)
    return end(
        _("The meeting is cancelled. Thank you for telling us. You get no more reminders of it."),
        cards.short_place(cancelled),
        *_book_again(cancelled),
    )


async def _booked(turn: Turn, booking: str) -> Meeting:
    """Her meeting; when it is gone, the page that says so."""
    try:
        return await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        raise Elsewhere(await _without_time(turn, booking)) from None


async def _without_time(turn: Turn, booking: str) -> GoTo:
    """It may be one she has asked for, that has no time yet."""
    try:
        return GoTo(places.wish((await turn.ports.requests.one(booking)).booking))
    except NoSuchBooking:
        return goto(gone)


def _another_time(found: Meeting) -> tuple[Button, ...]:
    """A group activity is when it is; a meeting of her own can be moved."""
    if found.service.group or found.state != "confirmed":
        return ()
    return (to(_("Another time"), places.move(found.booking, found.version)),)


def _yes(found: Meeting, now: datetime) -> Button:
    """Without a reason. What many attend goes on without her, and so does what has begun."""
    goes_on = found.service.group or _is_going_on(found, now)
    off = places.absent(found.booking, None) if goes_on else cancel.at(found.booking)
    return to(_("Yes, cancel it"), off)


def _reasons(found: Meeting) -> tuple[Button, ...]:
    """The reasons that have a word of their own; what is only asked for needs none."""
    if found.state != "confirmed":
        return ()
    return (
        to(_("I am ill"), places.absent(found.booking, "ill")),
        to(_("My child is ill"), places.absent(found.booking, "child_ill")),
    )


def _who_sees(found: Meeting) -> tuple[Text, ...]:
    """Who reads the reason, before she gives one."""
    if found.state != "confirmed":
        return ()
    if found.service.group:
        return (_("Only the one who leads it and the coaches see what you answer."),)
    return (_("Only the coaches see what you answer."),)


def _will_come(found: Meeting) -> tuple[Button, ...]:
    if found.state != "confirmed":
        return (go(_("No, keep it"), one, found.booking),)
    return (to(_("No, I will come"), places.will_come(found.booking)),)


def _is_coming(found: Meeting, now: datetime) -> bool:
    return found.state in ("confirmed", "requested") and found.starts > now


def _book_again(off: Meeting) -> tuple[Button, ...]:
    if off.service.group:
        return ()
    return (to(_("Book a new time"), places.book(off.service.id)),)


def _is_going_on(found: Meeting, now: datetime) -> bool:
    """It has begun without her, perhaps: she can still tell us."""
    return found.state == "confirmed" and found.starts <= now < found.ends


def _name(item: Meeting) -> Text:
    if item.state == "requested":
        return _("{at:short}, {service} (asked for)", at=item.starts, service=item.service.name)
    return _("{at:short}, {service}", at=item.starts, service=item.service.name)


def _wish_name(wish: Wish) -> Text:
    if wish.state in ("proposed", "held"):
        return _("Choose a time: {service}", service=wish.service.name)
    return _("Waiting: {service}", service=wish.service.name)


def _state(item: Meeting, now: datetime) -> Text:
    if _is_going_on(item, now):
        return _("This meeting has begun.")
    if item.state == "confirmed":
        return _("This meeting has been.")
    return _("This meeting is not booked any more.")
