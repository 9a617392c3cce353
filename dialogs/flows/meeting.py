"""A meeting with a coach: what kind, which time. Saying yes to it is in ``booking``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dialogs import cards, places
from dialogs.core import (
    Dialog,
    Effect,
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
from dialogs.messages import Button
from dialogs.ports import (
    AlreadyBooked,
    Mode,
    NoSuchBooking,
    Offer,
    OwnClash,
    Service,
    Slot,
    SlotGone,
    SlotTaken,
    slot_of,
)
from dialogs.text import _

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
    referred = await turn.ports.calendar.referred()
    return ask(
        _("What do you want to talk about?"),
        *(
            _("{service}: your coach books this with you.", service=service.name)
            for service in referred
        ),
        *(go(service.name, times, service.id) for service in offered),
    )


@meeting.step
async def times(turn: Turn, service: str) -> Outcome:
    """The nearest free times, in the usual way of meeting."""
    wanted = await _service(turn, service)
    return goto(times_by, service, wanted.modes[0] if wanted else "on_site")


@meeting.step
async def times_by(turn: Turn, service: str, mode: Mode) -> Outcome:
    """The nearest free times in one way of meeting; the other ways are one tap away."""
    wanted = await _service(turn, service)
    if wanted is None:
        return goto(kinds)
    offers = await turn.ports.calendar.nearest(service, turn.language, FIRST_TIMES, mode)
    if not offers:
        return goto(nothing_free_for, service)
    others = [other for other in wanted.modes if other != mode]
    offered = await turn.ports.calendar.services()
    return ask(
        _("**{service}**", service=wanted.name),
        _("Which time suits you?"),
        *_choices(turn, offers),
        go(_("More days"), days, service, mode),
        *(go(cards.mode_name(other), times_by, service, other) for other in others),
        *((go(_("Another kind of meeting"), kinds),) if len(offered) > 1 else ()),
    )


@meeting.step
async def days(turn: Turn, service: str, mode: Mode) -> Outcome:
    """The next days that have a free time."""
    free = await turn.ports.calendar.days(service, DAYS_SHOWN, mode)
    if not free:
        return goto(nothing_free_for, service)
    return ask(
        _("Which day suits you?"),
        *(go(_("{day:shortday}", day=day), on_day, service, day, mode) for day in free),
    )


@meeting.step
async def on_day(turn: Turn, service: str, day: date, mode: Mode) -> Outcome:
    """The free times of one day."""
    offers = await turn.ports.calendar.on(service, day, turn.language, mode)
    if not offers:
        return after(say(_("There are no free times then.")), goto(days, service, mode))
    return ask(_("These times are free on {day:day}.", day=day), *_choices(turn, offers))


@meeting.step
async def nothing_free(turn: Turn) -> Outcome:
    """Nothing can be booked at all: a person helps."""
    return ask(
        _("There are no free times now. Write to us, and a coach finds a time with you."),
        to(_("Ask a person"), places.PERSON, icon="person"),
    )


@meeting.step
async def nothing_free_for(turn: Turn, service: str) -> Outcome:
    """No time of this kind: she may wait for one, or a person helps."""
    return ask(
        _("There are no free times now. I can tell you as soon as there is one."),
        to(_("Tell me"), places.wait(service), icon="bell"),
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
    door = places.number if slot.mode == "phone" else places.understood
    return GoTo(door(held.booking))


@meeting.step
async def beside(turn: Turn, booking: str) -> Outcome:
    """What she was about to book is lost: times near it."""
    try:
        lost = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(services)
    return goto(near, slot_of(lost))


@meeting.step
async def near(turn: Turn, slot: Slot) -> Outcome:
    """A time was lost: the nearest three."""
    if await _service(turn, slot.service) is None:
        return goto(kinds)
    offers = await turn.ports.calendar.beside(slot, turn.language, NEAR_TIMES, slot.mode)
    if not offers:
        return goto(nothing_free_for, slot.service)
    return ask(
        _("These times are near it:"),
        *_choices(turn, offers),
        go(_("More days"), days, slot.service, slot.mode),
    )


async def _service(turn: Turn, service: str) -> Service | None:
    offered = await turn.ports.calendar.services()
    return next((item for item in offered if item.id == service), None)


def _choices(turn: Turn, offers: Sequence[Offer]) -> tuple[Button, ...]:
    return tuple(
        go(cards.offer_label(offer, turn.ports.languages), hold, offer.slot) for offer in offers
    )
