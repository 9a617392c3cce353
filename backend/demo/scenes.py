"""What people come for in the demonstration: each scene is one visit, tapped and typed through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from backend.demo.office import answers_request, looks_for_interpreter
from backend.demo.people import Visitor
from backend.demo.words import ANSWERS, MESSAGES, NUMBERS, UNANSWERED
from backend.models import Handoff, Staff
from backend.services import prepared
from backend.services.pen import Pen
from backend.services.walltime import instant, local_day
from dialogs.ports import CallTime

WITH_A_QUESTION = 0.4  # of those who come for something else
ANOTHER_KIND = 0.3  # of those who book: not the usual meeting
ANOTHER_DAY = 0.8  # of those who book: not the first times
BY_PHONE, WITH_INTERPRETER, SOONER = 0.15, 0.6, 0.06
CALLED_OFF, MOVED = 0.08, 0.16  # of those who book; the second counts both
READ_MORE = 0.4
IN_OWN_WORDS = 0.6  # of the coaches' answers
FRIDAY = 5
REPORT = "activity-report"
WORKING_MINUTES = (8 * 60, 16 * 60)  # of a day
WISHES: tuple[CallTime, ...] = ("morning", "afternoon", "any")

Scene = Callable[["Plot", Visitor], Awaitable[None]]


class Plot(Protocol):
    """What a scene may ask of the story: what people ask, and that something follows."""

    def question(self, visitor: Visitor) -> str:
        """A question of hers that an article answers."""

    def follows(self, after: timedelta, scene: Scene, visitor: Visitor) -> None:
        """Another scene, unless it would be in the future."""


async def asks(plot: Plot, visitor: Visitor) -> None:
    """A question or two; the last one now and then has no answer."""
    rng = visitor.rng
    for _turn in range(rng.randint(1, 2)):
        await _asks(visitor, plot.question(visitor))
    if rng.random() < WITH_A_QUESTION / 2:
        await _asks(visitor, rng.choice(UNANSWERED[visitor.language]))


async def _asks(visitor: Visitor, question: str) -> None:
    await visitor.says(question)
    if visitor.sees("question.chose"):
        await visitor.taps("question.chose")
    if visitor.sees("question.article"):
        await visitor.taps("question.article")
    if visitor.sees("question.section_of") and visitor.rng.random() < READ_MORE:
        await visitor.taps("question.section_of")


async def books(plot: Plot, visitor: Visitor) -> None:
    """A meeting with a coach; some think again the day after."""
    rng = visitor.rng
    if rng.random() < WITH_A_QUESTION:
        await _asks(visitor, plot.question(visitor))
    await _chooses_a_time(visitor)
    if visitor.sees("interpreter.want"):
        wants = rng.random() < WITH_INTERPRETER
        await visitor.taps("interpreter.want" if wants else "booking.confirm")
        if wants:
            plot.follows(timedelta(hours=rng.randint(4, 60)), looks_for_interpreter, visitor)
    if not visitor.sees("booking.book"):
        return
    await visitor.taps("booking.book")
    if not visitor.sees("moving.times"):
        plot.follows(timedelta(hours=rng.randint(2, 40)), answers_request, visitor)
    thought = rng.random()
    if rng.random() < SOONER:
        await _asks_for_sooner(visitor)
    if thought < MOVED:
        later = timedelta(hours=rng.randint(3, 30))
        plot.follows(later, calls_off if thought < CALLED_OFF else moves, visitor)


async def _chooses_a_time(visitor: Visitor) -> None:
    """Some want another kind of meeting, another day, or to be rung up."""
    rng = visitor.rng
    await visitor.turns_to_menu()
    await visitor.taps("meeting.services")
    if rng.random() < ANOTHER_KIND and visitor.sees("meeting.kinds"):
        await visitor.taps("meeting.kinds")
        await visitor.taps("meeting.times")
    if rng.random() < ANOTHER_DAY and visitor.sees("meeting.days"):
        await visitor.taps("meeting.days")
        await visitor.taps("meeting.on_day")
    elif rng.random() < BY_PHONE and visitor.sees("meeting.times_by"):
        await visitor.taps("meeting.times_by")
    while visitor.sees("meeting.hold"):  # again when the time was gone before she had chosen
        await visitor.taps("meeting.hold")
    if visitor.asked_for_a_number:
        await visitor.says(rng.choice(NUMBERS))


async def _asks_for_sooner(visitor: Visitor) -> None:
    """She keeps her time, and stands in line for an earlier one."""
    if not visitor.sees("my_meetings.about"):
        return
    await visitor.taps("my_meetings.about")
    if visitor.sees("request.wait_instead"):
        await visitor.taps("request.wait_instead")


async def calls_off(_plot: Plot, visitor: Visitor) -> None:
    """She cannot come."""
    if await _opens_her_meeting(visitor):
        await visitor.taps("my_meetings.ask_cancel")
        await visitor.taps("my_meetings.cancel")


async def moves(_plot: Plot, visitor: Visitor) -> None:
    """Another time suits her better."""
    if await _opens_her_meeting(visitor):
        await visitor.taps("moving.times")
        if visitor.sees("moving.sure"):
            await visitor.taps("moving.sure")
            await visitor.taps("moving.move")


async def _opens_her_meeting(visitor: Visitor) -> bool:
    await visitor.turns_to_menu()
    await visitor.taps("my_meetings.mine")
    if visitor.sees("my_meetings.one"):
        await visitor.taps("my_meetings.one")
    return visitor.sees("moving.times")  # else it has been


async def joins(_plot: Plot, visitor: Visitor) -> None:
    """A seat in a workshop, if there is one left."""
    await visitor.turns_to_menu()
    await visitor.taps("activity.upcoming")
    if visitor.sees("activity.one"):
        await visitor.taps("activity.one")
    if visitor.sees("activity.join"):
        await visitor.taps("activity.join")


async def wants_reminders(_plot: Plot, visitor: Visitor) -> None:
    """Reminders of a date that comes back."""
    await visitor.turns_to_menu()
    await visitor.taps("welcome.more")
    await visitor.taps("deadline.overview")
    await visitor.taps("deadline.one", REPORT)
    await visitor.taps("deadline.switch_on")


async def learns(_plot: Plot, visitor: Visitor) -> None:
    """All lessons of a course, if there is one."""
    await visitor.turns_to_menu()
    await visitor.taps("activity.upcoming")
    if not visitor.sees("course.overview"):
        return
    await visitor.taps("course.overview")
    await visitor.taps("course.one")
    if visitor.sees("course.enrol"):
        await visitor.taps("course.enrol")


async def begins(_plot: Plot, visitor: Visitor) -> None:
    """The first weeks: which way she came, and the first thing that is done."""
    await visitor.turns_to_menu()
    await visitor.taps("welcome.more")
    await visitor.taps("first_weeks.overview")
    await visitor.taps("first_weeks.children")
    await visitor.taps("first_weeks.begin")
    if visitor.sees("first_weeks.one"):
        await visitor.taps("first_weeks.one")
        await visitor.taps("first_weeks.tick")


async def leaves_a_message(_plot: Plot, visitor: Visitor) -> None:
    """A message to the coaches, in her own language."""
    await _reaches_a_person(visitor, "person.write")
    await visitor.says(visitor.rng.choice(MESSAGES[visitor.language]))


async def asks_for_a_call(_plot: Plot, visitor: Visitor) -> None:
    """A telephone call at a time that suits."""
    await _reaches_a_person(visitor, "person.number")
    await visitor.says(visitor.rng.choice(NUMBERS))
    await visitor.taps("person.take_time", visitor.rng.choice(WISHES))


async def _reaches_a_person(visitor: Visitor, how: str) -> None:
    await visitor.turns_to_menu()
    await visitor.taps("person.choose")
    await visitor.taps(how)


async def gets_an_answer(plot: Plot, visitor: Visitor) -> None:
    """A message, and an answer on the next working day."""
    await leaves_a_message(plot, visitor)
    plot.follows(_until_working_hours(visitor), is_answered, visitor)


async def gets_a_call(plot: Plot, visitor: Visitor) -> None:
    """A wish to be called, and a call on the next working day."""
    await asks_for_a_call(plot, visitor)
    plot.follows(_until_working_hours(visitor), is_called, visitor)


def _until_working_hours(visitor: Visitor) -> timedelta:
    now = visitor.stage.clock.now()
    day = local_day(now) + timedelta(days=1)
    while day.isoweekday() > FRIDAY:
        day += timedelta(days=1)
    at = instant(day, visitor.rng.randint(*WORKING_MINUTES))
    return at - now if at else timedelta(days=1)


async def is_answered(_plot: Plot, visitor: Visitor) -> None:
    """A coach writes back, in her own words or in prepared ones."""
    rng = visitor.rng
    coach, name = await _closes_what_waits(visitor)
    if rng.random() < IN_OWN_WORDS:
        reply = prepared.in_swedish(rng.choice(ANSWERS), name)
    else:
        reply = prepared.as_reply(prepared.BookATime(), name)
    visitor.hears(reply, author="coach", staff_id=coach)


async def is_called(_plot: Plot, visitor: Visitor) -> None:
    """A coach has called; the number is deleted."""
    await _closes_what_waits(visitor)


async def _closes_what_waits(visitor: Visitor) -> tuple[str, str]:
    """A coach, if possible one who speaks the language, takes care of it; her id and name."""
    stage = visitor.stage
    session = await stage.work.writing()
    rows = await session.execute(
        select(Staff.id, Staff.name, Staff.languages)
        .where(Staff.role == "coach")
        .order_by(Staff.username)
    )
    coaches = rows.all()
    speaking = [row for row in coaches if visitor.language in row.languages]
    coach, name, _languages = visitor.rng.choice(speaking or coaches)
    stage.work.actor = f"staff:{coach}"
    pen = Pen(stage.work, stage.runtime.switchboard, coach)
    waiting = await session.scalars(
        select(Handoff.id).where(Handoff.person_id == visitor.person, Handoff.state == "open")
    )
    for handoff in waiting.all():
        await pen.close(handoff)
    stage.work.actor = "person"
    return coach, name
