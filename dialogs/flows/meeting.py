"""Book a meeting with a coach: pick a time, say yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dialogs import cards, places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, after, ask, end, go, goto, say, to
from dialogs.messages import Button, Twin
from dialogs.ports import (
    AlreadyBooked,
    Held,
    HoldExpired,
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
    if not free:
        return goto(nothing_free)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), on_day, service, day) for day in free),
    )


@meeting.step
async def on_day(turn: Turn, service: str, day: date) -> Outcome:
    """The free times of one day."""
    offers = await turn.ports.calendar.on(service, day, turn.language)
    if not offers:
        return after(say(_("There are no free times then.")), goto(days, service))
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
        return after(known, GoTo(places.meeting(already.booking)))
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
        return GoTo(places.meeting(held.booking))
    if kept.state != "held":
        return goto(near, held.slot)
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
        to(_("Change or cancel"), places.meeting(booked.booking)),
        twin=Twin.SHOWN,
    )


@meeting.action
async def let_go(turn: Turn, held: Held) -> Effect:
    """Give the time back and choose again."""
    await turn.ports.booking.release(held)
    return goto(times, held.slot.service)


def _about(offered: Sequence[Service], service: str) -> tuple[Text, ...]:
    """The name of the kind of meeting, so that she knows what she books."""
    return tuple(_("**{service}**", service=item.name) for item in offered if item.id == service)


def _choices(turn: Turn, offers: Sequence[Offer]) -> tuple[Button, ...]:
    return tuple(
        go(cards.offer_label(offer, turn.ports.languages), hold, offer.slot) for offer in offers
    )
