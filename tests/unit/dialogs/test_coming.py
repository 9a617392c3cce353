"""Coming or not: one or two taps from a reminder, a plan, and what is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs import places
from dialogs.messages import Place, Tapped
from dialogs.ports import Ports
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import (
    COACHING,
    LESSON,
    SFI,
    TUESDAY_NINE,
    UNIT,
    WORKSHOP,
    Diary,
    FakeAttendance,
)

HOUR = timedelta(hours=1)
LEAVE = ("08:00", "08:15", "08:30", "08:40")


@pytest.fixture
def attendance(ports: Ports) -> FakeAttendance:
    assert isinstance(ports.attendance, FakeAttendance)
    return ports.attendance


@pytest.fixture
def booking(diary: Diary) -> str:
    """A meeting with a coach, tomorrow at nine."""
    return diary.seat(COACHING, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT).booking


@pytest.fixture
def lesson(diary: Diary) -> str:
    """A seat in a workshop, tomorrow at nine."""
    return diary.seat(WORKSHOP, TUESDAY_NINE, TUESDAY_NINE + HOUR, UNIT).booking


async def test_i_will_come_is_one_tap_and_asks_once_when_she_leaves_home(
    chat: Chat, attendance: FakeAttendance, booking: str
) -> None:
    await chat.opens(places.will_come(booking))
    assert attendance.coming == {booking}
    assert chat.hears("When do you leave home?")
    assert tuple(each for each in chat.buttons if ":" in each) == LEAVE
    await chat.taps("08:15")
    assert attendance.leaving == {booking: TUESDAY_NINE - timedelta(minutes=45)}
    assert chat.hears("I write to you on Tuesday 24 November (24/11) 08:15")
    await chat.opens(places.will_come(booking))
    assert chat.hears("Good. See you then.")
    assert not chat.hears("When do you leave home?")


async def test_she_need_not_say_when_she_leaves(
    chat: Chat, attendance: FakeAttendance, booking: str
) -> None:
    await chat.opens(places.will_come(booking))
    await chat.taps("No thanks")
    assert chat.hears("Good. See you then.")
    assert attendance.leaving == {}
    await chat.taps("I can't come")
    assert chat.sees_button("Yes, cancel it")


async def test_times_to_leave_that_have_passed_are_not_offered(
    chat: Chat, clock: FrozenClock, booking: str
) -> None:
    clock.at = TUESDAY_NINE - timedelta(minutes=35)
    await chat.opens(places.will_come(booking))
    assert tuple(each for each in chat.buttons if ":" in each) == LEAVE[2:]


@pytest.mark.parametrize("minutes", [20, 5, -10])
async def test_shortly_before_she_is_only_thanked(
    chat: Chat, clock: FrozenClock, booking: str, minutes: int
) -> None:
    clock.at = TUESDAY_NINE - timedelta(minutes=minutes)
    await chat.opens(places.will_come(booking))
    assert chat.hears("Good. See you then.")
    assert not chat.hears("When do you leave home?")


async def test_nobody_leaves_home_for_a_telephone_call(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.times_by("coaching", "phone"))
    await chat.taps("09:00")
    await chat.says("070 174 06 05")
    await chat.taps("Yes, book it")
    (meeting,) = diary.confirmed()
    await chat.opens(places.will_come(meeting.booking))
    assert chat.hears("Good. See you then.")
    assert not chat.hears("When do you leave home?")


async def test_a_time_to_leave_chosen_before_the_meeting_moved_is_not_kept(
    chat: Chat, attendance: FakeAttendance, booking: str
) -> None:
    await chat.opens(Place("coming.leave", (booking, 7, 45)))
    assert attendance.leaving == {}
    assert chat.hears("Time: Tuesday 24 November (24/11) 09:00")


@pytest.mark.parametrize(("label", "reason"), [("I am ill", "ill"), ("My child", "child_ill")])
async def test_a_reason_is_two_taps_and_says_who_sees_it(
    chat: Chat, diary: Diary, attendance: FakeAttendance, booking: str, label: str, reason: str
) -> None:
    await chat.opens(places.cannot_come(booking))
    assert chat.hears("Only the coaches see what you answer.")
    await chat.taps(label)
    assert attendance.absences == {booking: reason}
    assert chat.hears("The meeting is cancelled. Thank you for telling us.")
    assert chat.hears("Your coach sees it now.")
    assert diary.confirmed() == []
    await chat.taps("Book a new time")
    assert chat.sees_button("09:00")


async def test_of_a_course_only_this_lesson_is_called_off(
    chat: Chat, diary: Diary, attendance: FakeAttendance
) -> None:
    lesson = diary.seat(SFI, TUESDAY_NINE, TUESDAY_NINE + LESSON, UNIT).booking
    await chat.opens(places.cannot_come(lesson))
    assert not chat.sees_button("Another time")
    await chat.taps("Yes, cancel it")
    assert attendance.absences == {lesson: "other"}
    assert chat.hears("Only this time is cancelled.")
    assert not chat.sees_button("Book a new time")


async def test_a_seat_given_back_in_time_without_a_reason_is_no_absence(
    chat: Chat, diary: Diary, attendance: FakeAttendance, lesson: str
) -> None:
    await chat.opens(places.cannot_come(lesson))
    await chat.taps("Yes, cancel it")
    assert diary.confirmed() == []
    assert attendance.absences == {}


@pytest.mark.parametrize("label", ["Yes, cancel it", "My child is ill"])
async def test_whoever_is_missed_can_still_tell_us_until_it_ends(
    chat: Chat, clock: FrozenClock, attendance: FakeAttendance, booking: str, label: str
) -> None:
    clock.at = TUESDAY_NINE + timedelta(minutes=10)
    await chat.opens(places.cannot_come(booking))
    await chat.taps(label)
    assert attendance.absences == {booking: "child_ill" if "child" in label else "other"}
    clock.at = TUESDAY_NINE + 2 * HOUR
    await chat.opens(places.cannot_come(booking))
    assert not chat.sees_button(label)


async def test_no_reason_is_needed_to_call_a_meeting_with_a_coach_off(
    chat: Chat, attendance: FakeAttendance, diary: Diary, booking: str
) -> None:
    await chat.opens(places.cannot_come(booking))
    await chat.taps("Yes, cancel it")
    assert diary.confirmed() == []
    assert attendance.absences == {}


async def test_an_answer_to_what_is_called_off_says_how_it_is(
    chat: Chat, diary: Diary, attendance: FakeAttendance, booking: str
) -> None:
    diary.end(booking, "cancelled")
    for place in (places.will_come(booking), places.absent(booking, "ill")):
        await chat.opens(place)
        assert chat.hears("This meeting is not booked any more.")
    assert (attendance.coming, attendance.absences) == (set(), {})
    await chat.opens(places.will_come("nothing"))
    assert chat.hears("That meeting is no longer booked.")


async def test_a_reason_that_does_not_exist_is_an_old_button(
    chat: Chat, diary: Diary, booking: str
) -> None:
    await chat.opens(Place("coming.absent", (booking, "lazy")))
    assert chat.hears("That button is old")
    assert len(diary.confirmed()) == 1


async def test_two_taps_on_i_will_come_say_it_once(
    chat: Chat, attendance: FakeAttendance, booking: str
) -> None:
    await chat.opens(places.will_come(booking))
    await chat.sends(Tapped("old0", 0))
    assert attendance.coming == {booking}


async def test_reminders_of_before_lead_to_the_same(
    chat: Chat, attendance: FakeAttendance, booking: str
) -> None:
    await chat.opens(Place("my_meetings.coming", (booking,)))
    assert attendance.coming == {booking}


async def test_what_is_recorded_is_shown_to_her_with_who_may_see_it(
    chat: Chat, diary: Diary, clock: FrozenClock, attendance: FakeAttendance, lesson: str
) -> None:
    came = diary.seat(COACHING, TUESDAY_NINE - 5 * HOUR, TUESDAY_NINE - 4 * HOUR, UNIT)
    diary.end(came.booking, "attended")
    missed = diary.seat(COACHING, TUESDAY_NINE - 3 * HOUR, TUESDAY_NINE - 2 * HOUR, UNIT)
    diary.end(missed.booking, "no_show")
    await chat.opens(places.absent(lesson, "child_ill"))
    clock.at = TUESDAY_NINE - HOUR
    await chat.opens(places.MY_DATA)
    await chat.taps("What is recorded about me")
    assert chat.hears("04:00, Coaching: you came")
    assert chat.hears("06:00, Coaching: you did not come")
    assert chat.hears("09:00, CV workshop: you told us that your child was ill")
    assert chat.hears("Other authorities cannot.")
    assert chat.sees_button("Talk to a person")


async def test_when_nothing_is_recorded_that_is_said(chat: Chat) -> None:
    await chat.opens(places.MY_WEEK)
    await chat.taps("What is recorded about me")
    assert chat.hears("Nothing is recorded.")
