"""Move a meeting to another time: she keeps the old one until she has the new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    Offer,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
)
from dialogs.text import _

moving = Dialog("moving")

TIMES_SHOWN = 4
DAYS_SHOWN = 7


@moving.step
async def times(turn: Turn, booking: str, version: int) -> Outcome:
    """Free times to move a meeting to."""
    found = await _booked(turn, booking)
    offers = await turn.ports.calendar.nearest(
        found.service.id, turn.language, TIMES_SHOWN, found.mode
    )
    if not offers:
        return GoTo(places.NOTHING_FREE)
    return ask(
        _("You keep your time until you choose a new one. Which time suits you?"),
        *_choices(turn, offers, booking, version),
        go(_("More days"), days, booking, version),
    )


@moving.step
async def days(turn: Turn, booking: str, version: int) -> Outcome:
    """The next days with a time to move to."""
    found = await _booked(turn, booking)
    free = await turn.ports.calendar.days(found.service.id, DAYS_SHOWN, found.mode)
    if not free:
        return GoTo(places.NOTHING_FREE)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), times_on, booking, version, day) for day in free),
    )


@moving.step
async def times_on(turn: Turn, booking: str, version: int, day: date) -> Outcome:
    """The times of one day to move to."""
    found = await _booked(turn, booking)
    offers = await turn.ports.calendar.on(found.service.id, day, turn.language, found.mode)
    if not offers:
        nothing = say(_("There are no free times then."))
        return after(nothing, goto(days, booking, version))
    return ask(
        _("These times are free on {day:day}.", day=day),
        *_choices(turn, offers, booking, version),
    )


@moving.step
async def sure(turn: Turn, booking: str, version: int, slot: Slot) -> Outcome:
    """Old time and new time, and one last yes."""
    found = await _booked(turn, booking)
    return ask(
        _(
            "Move the meeting from {old:moment} to {new:moment}?",
            old=found.starts,
            new=slot.starts,
        ),
        go(_("Yes, move it"), move, booking, version, slot),
        go(_("Another time"), times, booking, version),
    )


@moving.action
async def move(turn: Turn, booking: str, version: int, slot: Slot) -> Effect:
    """Change the time; old reminders are replaced."""
    kept = _("You still have your old time.")
    again = goto(times, booking, version)
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
        return after(changed, GoTo(places.meeting(booking)))
    except NoSuchBooking:
        return GoTo(places.MEETING_GONE)
    return end(
        _("**Moved.** This is the new time. I will remind you."),
        cards.meeting_card(moved),
        to(_("Another time"), places.move(booking, moved.version)),
        to(_("I can't come"), places.cannot_come(booking)),
        to(_("More about this meeting"), places.about_meeting(booking)),
        twin=Twin.SHOWN,
        brief=cards.moved_in_brief(moved),
    )


async def _booked(turn: Turn, booking: str) -> Meeting:
    """Her meeting; when it is gone, the page that says so."""
    try:
        return await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        raise Elsewhere(GoTo(places.MEETING_GONE)) from None


def _choices(turn: Turn, offers: Sequence[Offer], booking: str, version: int) -> Iterator[Button]:
    for offer in offers:
        label = cards.offer_label(offer, turn.ports.languages)
        yield go(label, sure, booking, version, offer.slot)
