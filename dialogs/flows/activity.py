"""Group activities: see what is coming, take a seat, or wait for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dialogs import cards, places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, after, ask, end, go, goto, say, to
from dialogs.gatherings import Activity, overlapping
from dialogs.messages import Button, Twin
from dialogs.ports import AlreadyBooked, Full, Meeting, OwnClash, SlotGone
from dialogs.text import Text, _

activity = Dialog("activity")

FIRST = 8
MORE = 10
NEAR = 3


@activity.step
async def upcoming(turn: Turn) -> Outcome:
    """The next activities; those she has joined are marked in words."""
    coming = await turn.ports.activities.coming()
    open_courses = await turn.ports.courses.courses()
    courses = (to(_("Courses"), places.COURSES, icon="list"),) if open_courses else ()
    if not coming:
        return ask(
            _("There are no activities just now."),
            *courses,
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )
    return ask(
        _("Activities at Etableringscentrum. They cost nothing."),
        *(go(_label(item), one, item.meeting) for item in coming[:FIRST]),
        *_rest(coming),
        *courses,
    )


@activity.step
async def later(turn: Turn, skip: int) -> Outcome:
    """Those after the first ones."""
    coming = (await turn.ports.activities.coming())[skip:]
    if not coming:
        return goto(upcoming)
    more = (go(_("More activities"), later, skip + MORE),) if len(coming) > MORE else ()
    return ask(
        _("More activities:"),
        *(go(_label(item), one, item.meeting) for item in coming[:MORE]),
        *more,
    )


@activity.step
async def kinds(turn: Turn) -> Outcome:
    """Each kind once, with how many there are."""
    coming = await turn.ports.activities.coming()
    counts = Counter(_kind(item) for item in coming)
    names = {_kind(item): item.service.name for item in coming}
    if not counts:
        return goto(upcoming)
    return ask(
        _("What kind of activity?"),
        *(
            go(_("{service} ({n:number})", service=names[kind], n=count), of_kind, kind)
            for kind, count in counts.items()
        ),
    )


@activity.step
async def of_kind(turn: Turn, kind: str) -> Outcome:
    """The next ones of one kind."""
    coming = await turn.ports.activities.coming()
    found = [item for item in coming if _kind(item) == kind]
    if not found:
        return goto(upcoming)
    return ask(
        _("**{service}**", service=found[0].service.name),
        *(go(_label(item), one, item.meeting) for item in found[:MORE]),
        go(_("Another kind"), kinds),
    )


@activity.step
async def one(turn: Turn, meeting: str) -> Outcome:
    """One activity: what it is, when, where, and whether there is a seat for her."""
    try:
        found = await turn.ports.activities.one(meeting)
    except SlotGone:
        return goto(gone)
    if found.booking:
        return GoTo(places.meeting(found.booking))
    own = overlapping(await turn.ports.booking.mine(), found.starts, found.ends)
    return ask(
        _("**{service}**", service=found.service.name),
        _("{about}", about=found.service.about),
        cards.activity_lines(found),
        *((_clash(own[0]),) if own else ()),
        *_choices(found, own),
        *(() if found.seats_left else await _near(turn, found)),
    )


@activity.action
async def join(turn: Turn, meeting: str) -> Effect:
    """Take a seat."""
    try:
        booked = await turn.ports.activities.join(meeting)
    except Full:
        return after(say(_("Someone else just took the last seat.")), goto(one, meeting))
    except SlotGone:
        return goto(gone)
    except OwnClash:
        return after(say(_("You have something else at that time.")), goto(one, meeting))
    except AlreadyBooked as already:
        return GoTo(places.meeting(already.booking))
    return end(
        _("**You have a seat.** I will remind you."),
        cards.meeting_card(booked),
        to(_("I can't come"), places.cannot_come(booked.booking)),
        to(_("More about this meeting"), places.about_meeting(booked.booking)),
        twin=Twin.SHOWN,
    )


@activity.action
async def wait(turn: Turn, meeting: str) -> Effect:
    """Hear when there is a seat."""
    try:
        await turn.ports.activities.wait(meeting)
    except SlotGone:
        return goto(gone)
    except AlreadyBooked as already:
        return GoTo(places.meeting(already.booking))
    return end(
        _("I tell you as soon as there is a seat for you. Then you have it at once."),
        go(_("Do not wait any more"), stop_waiting, meeting),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


@activity.action
async def stop_waiting(turn: Turn, meeting: str) -> Effect:
    """She does not want a seat any more."""
    await turn.ports.activities.stop_waiting(meeting)
    return end(
        _("You do not wait for a seat any more."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


@activity.step
async def gone(turn: Turn) -> Outcome:
    """The activity has started or was called off."""
    return ask(
        _("That activity can no longer be joined."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


async def _near(turn: Turn, full: Activity) -> tuple[Button, ...]:
    """Others of its kind that have a seat, the nearest in time."""
    coming = await turn.ports.activities.coming()
    free = [
        item
        for item in coming
        if item.seats_left and not item.booking and _kind(item) == _kind(full)
    ]
    nearest = sorted(free, key=lambda item: abs(item.starts - full.starts))[:NEAR]
    in_order = sorted(nearest, key=lambda item: item.starts)
    return tuple(go(_label(item), one, item.meeting) for item in in_order)


def _rest(coming: Sequence[Activity]) -> tuple[Button, ...]:
    """Ways to those that are not shown."""
    if len(coming) <= FIRST:
        return ()
    several = len({_kind(item) for item in coming}) > 1
    by_kind = (go(_("Choose by kind"), kinds),) if several else ()
    return (go(_("More activities"), later, FIRST), *by_kind)


def _choices(found: Activity, own: Sequence[Meeting]) -> tuple[Button, ...]:
    """A seat, or to hear of one; who has something else then sees that first."""
    if found.waits:
        return (go(_("Do not wait any more"), stop_waiting, found.meeting),)
    if own:
        return (to(_("What I have at that time"), places.meeting(own[0].booking)),)
    if found.seats_left:
        return (go(_("Yes, I want a seat"), join, found.meeting),)
    return (go(_("Tell me when there is a seat"), wait, found.meeting),)


def _clash(own: Meeting) -> Text:
    return _(
        "You have something else at that time: {service}, {at:moment}.",
        service=own.service.name,
        at=own.starts,
    )


def _kind(item: Activity) -> str:
    """What it is called, in the language its name was first written in."""
    return item.service.name.by_language[0][1]


def _label(item: Activity) -> Text:
    name = item.service.name
    if item.booking:
        return _("{at:short}, {service} (you have a seat)", at=item.starts, service=name)
    if item.waits:
        return _("{at:short}, {service} (you wait)", at=item.starts, service=name)
    if not item.seats_left:
        return _("{at:short}, {service} (full)", at=item.starts, service=name)
    return _("{at:short}, {service}", at=item.starts, service=name)
