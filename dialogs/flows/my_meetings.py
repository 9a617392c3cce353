"""Meetings that are booked: see them, move them, call them off."""

from __future__ import annotations

from datetime import date

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
from dialogs.messages import Button, Twin
from dialogs.ports import (
    BookingClosed,
    Meeting,
    NoSuchBooking,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
)
from dialogs.text import Text, _

my_meetings = Dialog("my_meetings")

TIMES_SHOWN = 4
DAYS_SHOWN = 7


@my_meetings.step
async def mine(turn: Turn) -> Outcome:
    """What is booked from now on."""
    booked = await turn.ports.booking.mine()
    if not booked:
        return ask(
            _("You have no meetings booked."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
            to(_("Activities"), places.ACTIVITIES, icon="group"),
        )
    return ask(
        _("Your meetings. Tap one to see where it is, or to change it."),
        *(go(_name(item), one, item.booking) for item in booked),
    )


@my_meetings.step
async def one(turn: Turn, booking: str) -> Outcome:
    """One meeting, and what can be done with it."""
    found = await _booked(turn, booking)
    if found.state != "confirmed" or found.starts <= turn.now:
        return ask(_state(found), cards.meeting_card(found))
    return ask(
        cards.meeting_card(found),
        *_another_time(found),
        go(_("I can't come"), ask_cancel, booking),
        twin=Twin.SHOWN,
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
    """A thank-you for "I will come"."""
    found = await _booked(turn, booking)
    if found.state != "confirmed":
        return goto(one, booking)
    return ask(
        _("Good. See you then."),
        cards.short_place(found),
        go(_("I can't come"), ask_cancel, booking),
    )


@my_meetings.step
async def ask_cancel(turn: Turn, booking: str) -> Outcome:
    """Make sure before a meeting is called off."""
    found = await _booked(turn, booking)
    if found.state != "confirmed":
        return goto(one, booking)
    return ask(
        _("Do you want to cancel this meeting?"),
        cards.short_place(found),
        go(_("Yes, cancel it"), cancel, booking),
        *_another_time(found),
        go(_("No, I will come"), coming, booking),
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
    group = cancelled.service.group
    again = () if group else (to(_("Book a new time"), places.book(cancelled.service.id)),)
    return end(
        _("The meeting is cancelled. Thank you for telling us. You get no more reminders of it."),
        cards.short_place(cancelled),
        *again,
    )


@my_meetings.step
async def other_times(turn: Turn, booking: str, version: int) -> Outcome:
    """Free times to move a meeting to."""
    found = await _booked(turn, booking)
    offers = await turn.ports.calendar.nearest(found.service.id, turn.language, TIMES_SHOWN)
    if not offers:
        return GoTo(places.NOTHING_FREE)
    return ask(
        _("You keep your time until you choose a new one. Which time suits you?"),
        *(
            go(
                cards.offer_label(offer, turn.ports.languages),
                ask_move,
                booking,
                version,
                offer.slot,
            )
            for offer in offers
        ),
        go(_("More days"), other_days, booking, version),
    )


@my_meetings.step
async def other_days(turn: Turn, booking: str, version: int) -> Outcome:
    """The next days with a time to move to."""
    found = await _booked(turn, booking)
    free = await turn.ports.calendar.days(found.service.id, DAYS_SHOWN)
    if not free:
        return GoTo(places.NOTHING_FREE)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), other_times_on, booking, version, day) for day in free),
    )


@my_meetings.step
async def other_times_on(turn: Turn, booking: str, version: int, day: date) -> Outcome:
    """The times of one day to move to."""
    found = await _booked(turn, booking)
    offers = await turn.ports.calendar.on(found.service.id, day, turn.language)
    if not offers:
        nothing = say(_("There are no free times then."))
        return after(nothing, goto(other_days, booking, version))
    return ask(
        _("These times are free on {day:day}.", day=day),
        *(
            go(
                cards.offer_label(offer, turn.ports.languages),
                ask_move,
                booking,
                version,
                offer.slot,
            )
            for offer in offers
        ),
    )


@my_meetings.step
async def ask_move(turn: Turn, booking: str, version: int, slot: Slot) -> Outcome:
    """Old time and new time, and one last yes."""
    found = await _booked(turn, booking)
    return ask(
        _(
            "Move the meeting from {old:moment} to {new:moment}?",
            old=found.starts,
            new=slot.starts,
        ),
        go(_("Yes, move it"), move, booking, version, slot),
        go(_("Another time"), other_times, booking, version),
    )


@my_meetings.action
async def move(turn: Turn, booking: str, version: int, slot: Slot) -> Effect:
    """Change the time; old reminders are replaced."""
    kept = _("You still have your old time.")
    again = goto(other_times, booking, version)
    try:
        moved = await turn.ports.booking.move(booking, version, slot)
    except SlotTaken:
        return after(say(_("Someone else just took that time."), kept), again)
    except SlotGone:
        return after(say(_("That time can no longer be booked."), kept), again)
    except OwnClash:
        return after(say(_("You have something else at that time."), kept), again)
    except BookingClosed:
        changed = say(_("The meeting has been changed. This is how it is now."))
        return after(changed, goto(one, booking))
    except NoSuchBooking:
        return goto(gone)
    return end(
        _("**Moved.** This is the new time. I will remind you."),
        cards.meeting_card(moved),
        go(_("Change or cancel"), one, booking),
        twin=Twin.SHOWN,
    )


async def _booked(turn: Turn, booking: str) -> Meeting:
    """Her meeting; when it is gone, the page that says so."""
    try:
        return await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        raise Elsewhere(goto(gone)) from None


def _another_time(found: Meeting) -> tuple[Button, ...]:
    """A group activity is when it is; a meeting of her own can be moved."""
    if found.service.group:
        return ()
    return (go(_("Another time"), other_times, found.booking, found.version),)


def _name(item: Meeting) -> Text:
    return _("{at:short}, {service}", at=item.starts, service=item.service.name)


def _state(item: Meeting) -> Text:
    if item.state == "confirmed":
        return _("This meeting has been.")
    return _("This meeting is not booked any more.")
