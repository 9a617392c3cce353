"""What people are told when an activity of theirs changes: at once, and never blamed for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.services.meetings import about
from backend.services.seated import Seated
from backend.services.states import Changed
from backend.work import Planned, Work
from dialogs import cards, places
from dialogs.core import say, to
from dialogs.messages import Button, Reply, Urgency
from dialogs.ports import Meeting, Service
from dialogs.text import Text, _


def tell_moved(
    work: Work, seat: Seated, *, place_only: bool = False, others: bool = False
) -> None:
    """Her seat's new time or place. ``others``: later ones change in the same way."""
    lines = [_("You keep your seat.")]
    if others:
        lines.append(_("The later times change in the same way."))
    if seat.clashes:
        lines.append(_("You have something else at that time. Tell us if you can't come."))
    opening = (
        _("**This activity has a new place.**")
        if place_only
        else _("**This activity has a new time.**")
    )
    _plan(work, seat, "moved", opening, *lines, buttons=_answers(seat.meeting))


def tell_off(work: Work, seat: Seated, *, others: bool = False) -> None:
    """What she wanted to come to does not take place."""
    opening = _("**This activity does not take place.** We are sorry.")
    lines = [_("The later times are cancelled too.")] if others else []
    _plan(
        work, seat, "off", opening, *lines, buttons=[to(_("Other activities"), places.ACTIVITIES)]
    )


def tell_seat(work: Work, seat: Seated) -> None:
    """She has waited, and there is a seat."""
    opening = _("**There is a seat for you now.** I will remind you.")
    cannot = to(_("I can't come"), places.cannot_come(seat.meeting.booking))
    _plan(work, seat, "seat", opening, buttons=[cannot])


def tell_enrolled(
    work: Work, enrolment: str, changed: Changed, course: Service, first: Seated | None
) -> None:
    """She has waited for a course, and there is room; with her first lesson, if it is near."""
    opening = _(
        "**There is a place for you now: {service}.** I will remind you of each lesson.",
        service=course.name,
    )
    card = [cards.meeting_card(first.meeting)] if first else []
    reply = say(opening, *card, to(_("My meetings"), places.MY_MEETINGS), urgency=Urgency.REMINDER)
    name = f"booking:{enrolment}:{changed.version}:enrolled"
    work.plan(Planned(changed.person, reply, work.clock.now(), name))


def first_of_each(seats: Sequence[Seated]) -> Iterator[tuple[Seated, bool]]:
    """Each person's first seat, and whether there are later ones; ``seats`` in order of time."""
    hers: dict[str, list[Seated]] = {}
    for seat in seats:
        hers.setdefault(seat.person, []).append(seat)
    for each in hers.values():
        yield each[0], len(each) > 1


def _answers(meeting: Meeting) -> list[Button]:
    return [
        to(_("I will come"), places.will_come(meeting.booking)),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
    ]


def _plan(
    work: Work, seat: Seated, name: str, opening: Text, *lines: Text, buttons: Sequence[Button]
) -> None:
    meeting = seat.meeting
    reply: Reply = say(
        opening, cards.meeting_card(meeting), *lines, *buttons, urgency=Urgency.REMINDER
    )
    work.plan(
        Planned(
            seat.person,
            reply,
            work.clock.now(),
            f"booking:{meeting.booking}:{meeting.version}:{name}",
            meeting.starts,
            about(meeting.booking),
            meeting.version,
        )
    )
