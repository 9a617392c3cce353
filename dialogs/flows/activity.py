"""Group activities: see what is coming, take a seat, leave it again."""

from __future__ import annotations

from dialogs import cards, places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, after, ask, end, go, goto, say, to
from dialogs.messages import Lines, Twin
from dialogs.ports import Activity, AlreadyBooked, Full, OwnClash, SlotGone
from dialogs.text import Text, _, n_

activity = Dialog("activity")


@activity.step
async def upcoming(turn: Turn) -> Outcome:
    """Activities to come; those she has joined are marked in words."""
    coming = await turn.ports.plans.activities()
    if not coming:
        return ask(
            _("There are no activities just now."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )
    return ask(
        _("Activities at Etableringscentrum. They cost nothing."),
        *(go(_label(item), one, item.meeting) for item in coming),
    )


@activity.step
async def one(turn: Turn, meeting: str) -> Outcome:
    """One activity: what it is, when, where, and whether there is a seat."""
    found = await _find(turn, meeting)
    if found is None:
        return goto(gone)
    if found.booking:
        return GoTo(places.meeting(found.booking))
    join_it = (go(_("Yes, I want a seat"), join, meeting),) if found.seats_left else ()
    return ask(
        _("**{service}**", service=found.service.name),
        _("{about}", about=found.service.about),
        Lines(
            (
                _("Time: {at:moment}", at=found.starts),
                _("Place: {unit}, {address}", unit=found.unit.name, address=found.unit.address),
                _seats(found),
            )
        ),
        *join_it,
    )


@activity.action
async def join(turn: Turn, meeting: str) -> Effect:
    """Take a seat."""
    try:
        booked = await turn.ports.plans.join(meeting)
    except Full:
        return after(say(_("Someone else just took the last seat.")), goto(upcoming))
    except SlotGone:
        return goto(gone)
    except OwnClash:
        return after(say(_("You have something else at that time.")), goto(upcoming))
    except AlreadyBooked as already:
        return GoTo(places.meeting(already.booking))
    return end(
        _("**You have a seat.** I will remind you."),
        cards.meeting_card(booked),
        to(_("I can't come"), places.cannot_come(booked.booking)),
        to(_("More about this meeting"), places.about_meeting(booked.booking)),
        twin=Twin.SHOWN,
    )


@activity.step
async def gone(turn: Turn) -> Outcome:
    """The activity has started or was called off."""
    return ask(
        _("That activity can no longer be joined."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


async def _find(turn: Turn, meeting: str) -> Activity | None:
    coming = await turn.ports.plans.activities()
    return next((item for item in coming if item.meeting == meeting), None)


def _label(item: Activity) -> Text:
    if item.booking:
        return _(
            "{at:short}, {service} (you have a seat)", at=item.starts, service=item.service.name
        )
    if not item.seats_left:
        return _("{at:short}, {service} (full)", at=item.starts, service=item.service.name)
    return _("{at:short}, {service}", at=item.starts, service=item.service.name)


def _seats(item: Activity) -> Text:
    if not item.seats_left:
        return _("There are no seats left.")
    return n_("One seat left", "{n:number} seats left", n=item.seats_left)
