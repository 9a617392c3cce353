"""Book a meeting with a coach: pick a time, say yes."""

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
    end,
    go,
    goto,
    say,
    to,
    typed,
)
from dialogs.messages import Button, Twin
from dialogs.ports import (
    AlreadyBooked,
    Held,
    HoldExpired,
    Meeting,
    Mode,
    NoSuchBooking,
    NotANumber,
    Offer,
    OwnClash,
    Service,
    Slot,
    SlotGone,
    SlotTaken,
)
from dialogs.text import Text, Web, _

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
    offers = await turn.ports.calendar.nearest(service, turn.language, FIRST_TIMES, mode)
    wanted = await _service(turn, service)
    if not offers:
        return goto(nothing_free_for, service)
    others = [other for other in wanted.modes if other != mode] if wanted else []
    offered = await turn.ports.calendar.services()
    return ask(
        *((_("**{service}**", service=wanted.name),) if wanted else ()),
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
    return goto(number, held) if slot.mode == "phone" else goto(understood, held)


@meeting.step
async def near(turn: Turn, slot: Slot) -> Outcome:
    """A time was lost: the nearest three."""
    offers = await turn.ports.calendar.beside(slot, turn.language, NEAR_TIMES, slot.mode)
    if not offers:
        return goto(nothing_free_for, slot.service)
    return ask(
        _("These times are near it:"),
        *_choices(turn, offers),
        go(_("More days"), days, slot.service, slot.mode),
    )


@meeting.step
async def number(turn: Turn, held: Held) -> Outcome:
    """Which number to ring; asked for this meeting alone."""
    return ask(
        _("Which number should we call? Write it here."),
        _("Only the coach sees it. It is deleted when the meeting has been."),
        go(_("Another time"), let_go, held),
        listen=typed(take_number, held),
    )


@meeting.action
async def take_number(turn: Turn, text: str, held: Held) -> Effect:
    """Keep the number, encrypted; it never enters the transcript."""
    try:
        await turn.ports.handoff.call_on(held.booking, text)
    except NotANumber:
        wrong = say(
            _("That does not look like a telephone number. Write only digits, like 070 123 45 67.")
        )
        return after(wrong, GoTo(number.at(held), conceal=True))
    except NoSuchBooking:
        return GoTo(near.at(held.slot), conceal=True)
    return GoTo(understood.at(held), conceal=True)


@meeting.step
async def understood(turn: Turn, held: Held) -> Outcome:
    """Whether they will understand each other; if not, an interpreter comes first."""
    kept = await _held(turn, held)
    if kept is None:
        return goto(near, held.slot)
    if turn.language in kept.speaks or kept.interpreter != "none":
        return goto(confirm, held)
    return GoTo(places.ask_interpreter(held.booking))


@meeting.step
async def go_on(turn: Turn, booking: str) -> Outcome:
    """Back from the interpreter, to what she was about to book."""
    try:
        kept = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return goto(services)
    if kept.state != "held":
        return GoTo(places.meeting(booking))
    slot = Slot(kept.service.id, kept.coach_id or "", kept.unit.id, kept.starts, kept.mode)
    return goto(confirm, Held(booking, kept.version, slot))


@meeting.step
async def confirm(turn: Turn, held: Held) -> Outcome:
    """The whole meeting, and one last yes."""
    try:
        kept = await turn.ports.booking.meeting(held.booking)
    except NoSuchBooking:
        return goto(near, held.slot)
    if kept.state in ("confirmed", "requested"):
        return GoTo(places.meeting(held.booking))
    if kept.state != "held":
        return goto(near, held.slot)
    asks = kept.service.by_request
    return ask(
        _("Do you want to ask for this time? A coach answers you here.")
        if asks
        else _("Do you want this meeting? I keep the time for you for five minutes."),
        cards.meeting_card(kept),
        *cards.interpreter_lines(kept, turn.ports.languages),
        go(_("Yes, ask for it") if asks else _("Yes, book it"), book, held),
        go(_("Another time"), let_go, held),
        *_interpreter(kept),
    )


@meeting.action
async def book(turn: Turn, held: Held) -> Effect:
    """Book what is held, or ask for it."""
    try:
        booked = await turn.ports.booking.confirm(held)
    except HoldExpired:
        late = say(_("I could keep the time for five minutes only. Please choose again."))
        return after(late, goto(near, held.slot))
    first = (
        _("**You have asked for this time.** A coach answers you here. I keep it for you.")
        if booked.state == "requested"
        else _("**Booked.** I will remind you.")
    )
    return end(
        first,
        cards.meeting_card(booked),
        *cards.interpreter_lines(booked, turn.ports.languages),
        *_to_show(booked),
        *ways_out(booked),
        twin=Twin.SHOWN,
    )


@meeting.action
async def let_go(turn: Turn, held: Held) -> Effect:
    """Give the time back and choose again."""
    await turn.ports.booking.release(held)
    return goto(times_by, held.slot.service, held.slot.mode)


def ways_out(booked: Meeting) -> tuple[Button, ...]:
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


def _to_show(booked: Meeting) -> tuple[Text, ...]:
    """Where the meeting's own page is."""
    if booked.card is None:
        return ()
    page = Web(booked.card.partition("://")[2], booked.card)
    return (_("To print or to show to someone: {page}", page=page),)


def _interpreter(kept: Meeting) -> tuple[Button, ...]:
    """The way to the interpreter, where there is something to change."""
    if kept.need is None:
        return ()
    return (to(_("Change the interpreter"), places.interpreter(kept.booking)),)


async def _held(turn: Turn, held: Held) -> Meeting | None:
    try:
        return await turn.ports.booking.meeting(held.booking)
    except NoSuchBooking:
        return None


async def _service(turn: Turn, service: str) -> Service | None:
    offered = await turn.ports.calendar.services()
    return next((item for item in offered if item.id == service), None)


def _choices(turn: Turn, offers: Sequence[Offer]) -> tuple[Button, ...]:
    return tuple(
        go(cards.offer_label(offer, turn.ports.languages), hold, offer.slot) for offer in offers
    )
