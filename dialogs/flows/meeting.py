"""Book a meeting with a coach: pick a time, say yes. See it, move it, call it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dialogs import cards, places
from dialogs.core import Dialog, Effect, Outcome, Turn, after, ask, end, go, goto, say, to
from dialogs.messages import Button, Twin
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    Held,
    HoldExpired,
    Meeting,
    NoSuchBooking,
    Offer,
    OwnClash,
    Service,
    Slot,
    SlotGone,
    SlotTaken,
)
from dialogs.text import Text, _

meeting = Dialog("meeting")

FIRST_TIMES = 4
NEAR_TIMES = 3
DAYS_SHOWN = 7


@meeting.step
async def services(turn: Turn) -> Outcome:
    """Straight to the times of the usual meeting; other kinds are one tap away."""
    offered = await turn.ports.calendar.services()
    return goto(times, offered[0].id) if offered else goto(nothing_free)


@meeting.step
async def kinds(turn: Turn) -> Outcome:
    """Every kind of meeting."""
    offered = await turn.ports.calendar.services()
    return ask(
        _("What do you want to talk about?"),
        *(go(service.name, times, service.id) for service in offered),
    )


@meeting.step
async def times(turn: Turn, service: str) -> Outcome:
    """The nearest free times."""
    offers = await turn.ports.calendar.nearest(service, turn.language, FIRST_TIMES)
    if not offers:
        return goto(nothing_free)
    offered = await turn.ports.calendar.services()
    return ask(
        *_about(offered, service),
        _("Which time suits you?"),
        *_choices(turn, offers),
        go(_("More days"), days, service),
        *((go(_("Another kind of meeting"), kinds),) if len(offered) > 1 else ()),
    )


@meeting.step
async def days(turn: Turn, service: str) -> Outcome:
    """The next days that have a free time."""
    free = await turn.ports.calendar.days(service, DAYS_SHOWN)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), on_day, service, day) for day in free),
    )


@meeting.step
async def on_day(turn: Turn, service: str, day: date) -> Outcome:
    """The free times of one day."""
    offers = await turn.ports.calendar.on(service, day, turn.language)
    return ask(_("These times are free on {day:day}.", day=day), *_choices(turn, offers))


@meeting.step
async def nothing_free(turn: Turn) -> Outcome:
    """No time at all: a person helps."""
    return ask(
        _("There are no free times now. Write to us, and a coach finds a time with you."),
        to(_("Ask a person"), places.PERSON, icon="person"),
    )


@meeting.action
async def hold(turn: Turn, slot: Slot) -> Effect:
    """Keep the time for five minutes while she decides."""
    try:
        held = await turn.ports.booking.hold(slot)
    except SlotTaken:
        return after(say(_("Someone else just took that time.")), goto(near, slot))
    except SlotGone:
        return after(say(_("That time can no longer be booked.")), goto(near, slot))
    except OwnClash:
        return after(say(_("You have something else at that time.")), goto(near, slot))
    except AlreadyBooked as already:
        known = say(_("You have a meeting of this kind already. You can change it."))
        return after(known, goto(one, already.booking))
    return goto(confirm, held)


@meeting.step
async def near(turn: Turn, slot: Slot) -> Outcome:
    """A time was lost: the nearest three."""
    offers = await turn.ports.calendar.beside(slot, turn.language, NEAR_TIMES)
    if not offers:
        return goto(nothing_free)
    return ask(
        _("These times are near it:"),
        *_choices(turn, offers),
        go(_("More days"), days, slot.service),
    )


@meeting.step
async def confirm(turn: Turn, held: Held) -> Outcome:
    """The whole meeting, and one last yes."""
    try:
        kept = await turn.ports.booking.meeting(held.booking)
    except NoSuchBooking:
        return goto(near, held.slot)
    if kept.state == "confirmed":
        return goto(one, held.booking)
    return ask(
        _("Do you want this meeting? I keep the time for you for five minutes."),
        cards.meeting_card(kept),
        go(_("Yes, book it"), book, held),
        go(_("Another time"), let_go, held),
    )


@meeting.action
async def book(turn: Turn, held: Held) -> Effect:
    """Book what is held."""
    try:
        booked = await turn.ports.booking.confirm(held)
    except HoldExpired:
        late = say(_("I could keep the time for five minutes only. Please choose again."))
        return after(late, goto(near, held.slot))
    return end(
        _("**Booked.** I will remind you."),
        cards.meeting_card(booked),
        go(_("Change or cancel"), one, booked.booking),
        twin=Twin.SHOWN,
    )


@meeting.action
async def let_go(turn: Turn, held: Held) -> Effect:
    """Give the time back and choose again."""
    await turn.ports.booking.release(held)
    return goto(times, held.slot.service)


@meeting.step
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


@meeting.step
async def one(turn: Turn, booking: str) -> Outcome:
    """One meeting, and what can be done with it."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    if found.state != "confirmed" or found.starts <= turn.now:
        return ask(_state(found), cards.meeting_card(found))
    return ask(
        cards.meeting_card(found),
        *_another_time(found),
        go(_("I can't come"), ask_cancel, booking),
        twin=Twin.SHOWN,
    )


@meeting.step
async def gone(turn: Turn) -> Outcome:
    """The meeting is not there any more."""
    return ask(
        _("That meeting is no longer booked."),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
    )


@meeting.step
async def coming(turn: Turn, booking: str) -> Outcome:
    """A thank-you for "I will come"."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    if found.state != "confirmed":
        return goto(one, booking)
    return ask(
        _("Good. See you then."),
        cards.short_place(found),
        go(_("I can't come"), ask_cancel, booking),
    )


@meeting.step
async def ask_cancel(turn: Turn, booking: str) -> Outcome:
    """Make sure before a meeting is called off."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    if found.state != "confirmed":
        return goto(one, booking)
    return ask(
        _("Do you want to cancel this meeting?"),
        cards.short_place(found),
        go(_("Yes, cancel it"), cancel, booking),
        *_another_time(found),
        go(_("No, I will come"), coming, booking),
    )


@meeting.action
async def cancel(turn: Turn, booking: str) -> Effect:
    """Call it off; its reminders go with it."""
    try:
        cancelled = await turn.ports.booking.cancel(booking)
    except (NoSuchBooking, BookingClosed):
        return goto(gone)
    group = cancelled.service.group
    again = () if group else (go(_("Book a new time"), times, cancelled.service.id),)
    return end(
        _("The meeting is cancelled. Thank you for telling us. You get no more reminders of it."),
        cards.short_place(cancelled),
        *again,
    )


@meeting.step
async def other_times(turn: Turn, booking: str, version: int) -> Outcome:
    """Free times to move a meeting to."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    offers = await turn.ports.calendar.nearest(found.service.id, turn.language, FIRST_TIMES)
    if not offers:
        return goto(nothing_free)
    return ask(
        _("You keep your time until you choose a new one. Which time suits you?"),
        *(go(_offer(turn, offer), ask_move, booking, version, offer.slot) for offer in offers),
        go(_("More days"), other_days, booking, version),
    )


@meeting.step
async def other_days(turn: Turn, booking: str, version: int) -> Outcome:
    """The next days with a time to move to."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    free = await turn.ports.calendar.days(found.service.id, DAYS_SHOWN)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), other_times_on, booking, version, day) for day in free),
    )


@meeting.step
async def other_times_on(turn: Turn, booking: str, version: int, day: date) -> Outcome:
    """The times of one day to move to."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    offers = await turn.ports.calendar.on(found.service.id, day, turn.language)
    return ask(
        _("These times are free on {day:day}.", day=day),
        *(go(_offer(turn, offer), ask_move, booking, version, offer.slot) for offer in offers),
    )


@meeting.step
async def ask_move(turn: Turn, booking: str, version: int, slot: Slot) -> Outcome:
    """Old time and new time, and one last yes."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(gone)
    return ask(
        _(
            "Move the meeting from {old:moment} to {new:moment}?",
            old=found.starts,
            new=slot.starts,
        ),
        go(_("Yes, move it"), move, booking, version, slot),
        go(_("Another time"), other_times, booking, version),
    )


@meeting.action
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
    except (BookingClosed, NoSuchBooking):
        return goto(gone)
    return end(
        _("**Moved.** This is the new time. I will remind you."),
        cards.meeting_card(moved),
        go(_("Change or cancel"), one, booking),
        twin=Twin.SHOWN,
    )


def _about(offered: Sequence[Service], service: str) -> tuple[Text, ...]:
    """The name of the kind of meeting, so that she knows what she books."""
    return tuple(_("**{service}**", service=item.name) for item in offered if item.id == service)


def _choices(turn: Turn, offers: Sequence[Offer]) -> tuple[Button, ...]:
    return tuple(go(_offer(turn, offer), hold, offer.slot) for offer in offers)


def _another_time(found: Meeting) -> tuple[Button, ...]:
    """A group activity is when it is; a meeting of her own can be moved."""
    if found.service.group:
        return ()
    return (go(_("Another time"), other_times, found.booking, found.version),)


def _offer(turn: Turn, offer: Offer) -> Text:
    names = turn.ports.languages.by_code
    shared = next((names[code].name for code in offer.speaks if code in names), None)
    return cards.offer_label(offer, shared)


def _name(item: Meeting) -> Text:
    return _("{at:short}, {service}", at=item.starts, service=item.service.name)


def _state(item: Meeting) -> Text:
    if item.state == "confirmed":
        return _("This meeting has been.")
    return _("This meeting is not booked any more.")
