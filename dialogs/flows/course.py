"""Courses: sign up for all lessons at once, see what clashes first, and leave again."""

from __future__ import annotations

from dialogs import cards, places
from dialogs.core import Dialog, Effect, Outcome, Turn, after, ask, end, go, goto, say, to
from dialogs.gatherings import Course, CourseGone, SignedUp
from dialogs.messages import Button, Lines
from dialogs.text import Text, _, n_

course = Dialog("course")

CLASHES_SHOWN = 5


@course.step
async def overview(turn: Turn) -> Outcome:
    """Every course that is open; hers are marked in words."""
    found = await turn.ports.courses.courses()
    if not found:
        return ask(
            _("There are no courses just now."),
            to(_("Activities"), places.ACTIVITIES, icon="group"),
        )
    return ask(
        _("Courses. You sign up once, for all lessons."),
        *(go(_label(item), one, item.series) for item in found),
    )


@course.step
async def one(turn: Turn, series: str) -> Outcome:
    """One course: what it is, its next lesson, and what of hers is at the same time."""
    try:
        found = await turn.ports.courses.course(series)
    except CourseGone:
        return goto(gone)
    return ask(
        _("**{service}**", service=found.service.name),
        _("{about}", about=found.service.about),
        cards.course_lines(found),
        *_clashes(found),
        *_choice(found),
    )


@course.action
async def enrol(turn: Turn, series: str) -> Effect:
    """A seat at every lesson, or a place in line."""
    try:
        signed_up = await turn.ports.courses.enrol(series)
    except CourseGone:
        return goto(gone)
    leave_it = go(_("Leave the course"), ask_leave, series)
    if signed_up.waiting:
        return end(
            _("The course is full. You are in line. I tell you as soon as there is a place."),
            leave_it,
        )
    return end(
        _("**You have a place in the course.** I remind you of each lesson."),
        *_first_lesson(signed_up),
        to(_("My week"), places.MY_WEEK, icon="calendar"),
        leave_it,
    )


@course.step
async def ask_leave(turn: Turn, series: str) -> Outcome:
    """Make sure before she gives her place up."""
    try:
        found = await turn.ports.courses.course(series)
    except CourseGone:
        return goto(gone)
    if found.place == "none":
        return goto(one, series)
    return ask(
        _("Do you want to leave {service}? Somebody else may get your place.",
          service=found.service.name),
        go(_("Yes, leave the course"), leave, series),
        go(_("No, I stay"), one, series),
    )  # fmt: skip


@course.action
async def leave(turn: Turn, series: str) -> Effect:
    """Give the place up, and the seats at all lessons to come."""
    try:
        await turn.ports.courses.leave(series)
    except CourseGone:
        return after(say(_("You are not in that course.")), goto(overview))
    return end(
        _("You have left the course. You get no more reminders of it."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


@course.step
async def gone(turn: Turn) -> Outcome:
    """The course has ended."""
    return ask(
        _("That course can no longer be joined."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


def _choice(found: Course) -> tuple[Button, ...]:
    if found.place != "none":
        return (
            go(_("Leave the course"), ask_leave, found.series),
            to(_("My week"), places.MY_WEEK, icon="calendar"),
        )
    if found.seats_left:
        return (go(_("Sign me up for all lessons"), enrol, found.series),)
    return (go(_("Tell me when there is a place"), enrol, found.series),)


def _clashes(found: Course) -> tuple[Text | Lines, ...]:
    """What of her own is at the time of a lesson; those lessons are left out."""
    if not found.clashes:
        return ()
    shown = (
        _("{at:moment}, {service}", at=own.starts, service=own.service.name)
        for own in found.clashes[:CLASHES_SHOWN]
    )
    return (
        n_(
            "One thing of yours is at the time of a lesson. You keep it; that lesson is left out.",
            "{n:number} things of yours are at the time of a lesson. "
            "You keep them; those lessons are left out.",
            n=len(found.clashes),
        ),
        Lines(tuple(shown)),
    )


def _first_lesson(signed_up: SignedUp) -> tuple[Text | Lines, ...]:
    first: tuple[Text | Lines, ...] = (
        _("Your first lesson is on {at:moment}.", at=signed_up.first.starts)
        if signed_up.first
        else _("I tell you when the first lesson is."),
    )
    if signed_up.first:
        first = (*first, cards.short_place(signed_up.first))
    if signed_up.clashes:
        first = (
            *first,
            n_(
                "One lesson is left out, for you have something else then.",
                "{n:number} lessons are left out, for you have something else then.",
                n=signed_up.clashes,
            ),
        )
    return first


def _label(item: Course) -> Text:
    name = item.service.name
    match item.place:
        case "enrolled":
            return _("{service} (you are in it)", service=name)
        case "waiting":
            return _("{service} (you wait)", service=name)
        case "none" if not item.seats_left:
            return _("{service} (full)", service=name)
        case _:
            return _("{service}", service=name)
