"""Coming or not: the answers to a reminder, what follows from them, and what is kept of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from dialogs import cards, places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, ask, end, go, goto, to
from dialogs.gatherings import Absence, Recorded
from dialogs.messages import Lines
from dialogs.ports import BookingClosed, Meeting, NoSuchBooking
from dialogs.text import Text, _

coming = Dialog("coming")

MINUTES_BEFORE = (60, 45, 30, 20)
AT_LEAST = timedelta(minutes=2)  # later than now, or there is nothing to wait for


@coming.action
async def yes(turn: Turn, booking: str) -> Effect:
    """She comes. The first time she says so, one question: when does she leave home?"""
    try:
        said = await turn.ports.attendance.comes(booking)
    except (BookingClosed, NoSuchBooking):
        return GoTo(places.meeting(booking))
    if said.again or not _leaving(said.meeting, turn.now):
        return goto(thanks, booking)
    return goto(plan, booking)


@coming.step
async def plan(turn: Turn, booking: str) -> Outcome:
    """When she leaves home: whoever has thought of that comes more often."""
    found = await _confirmed(turn, booking)
    times = _leaving(found, turn.now) if found else ()
    if found is None or not times:
        return goto(thanks, booking)
    return ask(
        _("Good. See you then."),
        cards.short_place(found),
        _("When do you leave home? I can write to you then."),
        *(
            go(_("{at:time}", at=at), leave, booking, found.version, minutes)
            for minutes, at in times
        ),
        go(_("No thanks"), thanks, booking),
        to(_("I can't come"), places.cannot_come(booking)),
    )


@coming.step
async def thanks(turn: Turn, booking: str) -> Outcome:
    """Nothing more to ask."""
    found = await _confirmed(turn, booking)
    if found is None:
        return GoTo(places.meeting(booking))
    return ask(
        _("Good. See you then."),
        cards.short_place(found),
        to(_("I can't come"), places.cannot_come(booking)),
        to(_("More about this meeting"), places.about_meeting(booking)),
    )


@coming.action
async def leave(turn: Turn, booking: str, version: int, minutes: int) -> Effect:
    """One message when it is time to go."""
    try:
        at = await turn.ports.attendance.leave_home(booking, version, minutes)
    except (BookingClosed, NoSuchBooking):
        return GoTo(places.meeting(booking))
    return end(
        _("Good. I write to you on {at:moment}, when it is time to leave home.", at=at),
        to(_("I can't come"), places.cannot_come(booking)),
        to(_("More about this meeting"), places.about_meeting(booking)),
    )


@coming.action
async def absent(turn: Turn, booking: str, reason: Absence | None) -> Effect:
    """She cannot come, and has said why in one word or not at all. No details are asked for."""
    try:
        missed = await turn.ports.attendance.tell_absence(booking, reason)
    except (BookingClosed, NoSuchBooking):
        return GoTo(places.meeting(booking))
    if missed.service.group:
        return end(
            _("Thank you for telling us. The one who leads it sees it now."),
            _("Only this time is cancelled. You get no more reminders of it."),
            cards.short_place(missed),
            to(_("What is recorded about me"), places.RECORDED),
        )
    return end(
        _("The meeting is cancelled. Thank you for telling us. You get no more reminders of it."),
        _("Your coach sees it now."),
        cards.short_place(missed),
        to(_("Book a new time"), places.book(missed.service.id)),
        to(_("What is recorded about me"), places.RECORDED),
    )


@coming.step
async def recorded(turn: Turn) -> Outcome:
    """What is kept of whether she came, in the words staff see, and who may see it."""
    found = await turn.ports.weeks.recorded()
    lines = tuple(_record(item) for item in found)
    return ask(
        _("**What is recorded about you, the last 30 days**"),
        *((Lines(lines),) if lines else (_("Nothing is recorded."),)),
        _(
            "Your coach, the one who leads an activity, and the coordinators at the centre "
            "can see this. Other authorities cannot."
        ),
        _("Is something wrong? Tell us, and a person looks at it."),
        to(_("Talk to a person"), places.PERSON, icon="person"),
        to(_("My week"), places.MY_WEEK, icon="calendar"),
    )


async def _confirmed(turn: Turn, booking: str) -> Meeting | None:
    """Her meeting when it is booked and still to come."""
    try:
        found = await turn.ports.booking.meeting(booking)
    except NoSuchBooking:
        return None
    return found if found.state == "confirmed" and found.ends > turn.now else None


def _leaving(meeting: Meeting, now: datetime) -> tuple[tuple[int, datetime], ...]:
    """Times to leave home that are still to come; none where she need not go anywhere."""
    if meeting.mode != "on_site":
        return ()
    times = ((minutes, meeting.starts - timedelta(minutes=minutes)) for minutes in MINUTES_BEFORE)
    return tuple((minutes, at) for minutes, at in times if at > now + AT_LEAST)


def _record(item: Recorded) -> Text:
    return _(
        "{at:moment}, {service}: {outcome}",
        at=item.starts,
        service=item.service.name,
        outcome=_outcome(item),
    )


def _outcome(item: Recorded) -> Text:
    """One outcome, in the words its reader needs to check it."""
    if item.absence:
        return _why(item.absence)
    match item.state:
        case "attended" if item.absent_from and item.absent_to:
            return _(
                "you came, and were away {start:time}–{stop:time}",
                start=item.absent_from,
                stop=item.absent_to,
            )
        case "attended":
            return _("you came")
        case "no_show":
            return _("you did not come")
        case "excused":
            return _("you did not come, and had told us")
        case _:
            return _("nothing is recorded yet")


def _why(absence: Absence) -> Text:
    match absence:
        case "ill":
            return _("you told us that you were ill")
        case "child_ill":
            return _("you told us that your child was ill")
        case "other":
            return _("you told us that you could not come")
