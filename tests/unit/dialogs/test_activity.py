"""Activities and courses as conversations: a seat, a line, a clash, a code at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs import places
from dialogs.gatherings import Activity
from dialogs.messages import Place, Said, Started, Tapped
from dialogs.ports import Ports
from dialogs.text import Words
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import (
    LESSON,
    SFI,
    TUESDAY_NINE,
    UNIT,
    WORKSHOP,
    Diary,
    FakeActivities,
    FakeAttendance,
    FakeCourses,
    FakeHandoff,
)

CAFE = replace(WORKSHOP, id="cafe", name=Words.of({"sv": "Språkcafé", "en": "Language café"}))


@pytest.fixture
def activities(ports: Ports) -> FakeActivities:
    assert isinstance(ports.activities, FakeActivities)
    return ports.activities


@pytest.fixture
def courses(ports: Ports) -> FakeCourses:
    assert isinstance(ports.courses, FakeCourses)
    return ports.courses


@pytest.fixture
def attendance(ports: Ports) -> FakeAttendance:
    assert isinstance(ports.attendance, FakeAttendance)
    return ports.attendance


def occasion(number: int, days: int, seats: int = 5, **named: object) -> Activity:
    starts = TUESDAY_NINE + timedelta(days=days)
    values = {"service": CAFE, **named}
    return Activity(
        f"c{number}", values["service"], starts, starts + timedelta(hours=2), UNIT, seats
    )  # type: ignore[arg-type]


async def test_a_seat_is_taken_and_left_again(chat: Chat) -> None:
    await chat.opens(places.ACTIVITIES)
    await chat.taps("CV workshop")
    assert chat.hears("2 seats left")
    await chat.taps("Yes, I want a seat")
    assert chat.hears("You have a seat.")
    assert not chat.sees_button("Another time")
    await chat.taps("I can't come")
    await chat.taps("Yes, cancel it")
    await chat.opens(places.ACTIVITIES)
    assert not chat.sees_button("you have a seat")


async def test_a_full_activity_offers_no_seat(chat: Chat, diary: Diary) -> None:
    diary.activity_seats = 0
    await chat.opens(places.ACTIVITIES)
    await chat.taps("(full)")
    assert chat.hears("There are no seats left.")
    assert not chat.sees_button("Yes, I want a seat")


async def test_the_last_seat_may_go_while_she_decides(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.ACTIVITIES)
    await chat.taps("CV workshop")
    diary.activity_seats = 0
    await chat.taps("Yes, I want a seat")
    assert chat.hears("Someone else just took the last seat.")


async def test_a_seat_is_three_taps_from_the_menu(chat: Chat) -> None:
    await chat.opens(places.MENU)
    for label in ("Activities", "CV workshop", "Yes, I want a seat"):
        await chat.taps(label)
    assert chat.hears("You have a seat.")


async def test_a_full_activity_lets_her_wait_and_shows_others_near_it(
    chat: Chat, diary: Diary, activities: FakeActivities
) -> None:
    diary.activity_seats = 0
    twin = replace(WORKSHOP)
    activities.others = [occasion(number, 2 + number, service=twin) for number in range(1, 6)]
    activities.others.append(occasion(9, 3))
    await chat.opens(places.activity("w1"))
    assert [each for each in chat.buttons if "CV workshop" in each] == [
        "Fri 27/11 09:00, CV workshop",
        "Sat 28/11 09:00, CV workshop",
        "Sun 29/11 09:00, CV workshop",
    ]
    assert not chat.sees_button("Language café")
    await chat.taps("Tell me when there is a seat")
    assert activities.waiting == {"w1"}
    await chat.opens(places.ACTIVITIES)
    assert chat.sees_button("CV workshop (you wait)")
    await chat.taps("you wait")
    await chat.taps("Do not wait any more")
    assert activities.waiting == set()


async def test_an_activity_at_the_time_of_her_own_meeting_is_named_before_she_joins(
    chat: Chat, diary: Diary
) -> None:
    starts = TUESDAY_NINE + timedelta(days=2, minutes=30)
    diary.seat(CAFE, starts, starts + timedelta(hours=1), UNIT)
    await chat.opens(places.activity("w1"))
    assert chat.hears("You have something else at that time: Language café, Thursday 26 November")
    assert not chat.sees_button("Yes, I want a seat")
    await chat.taps("What I have at that time")
    assert chat.hears("Language café")


async def test_what_she_books_while_she_decides_keeps_its_time(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.activity("w1"))
    starts = TUESDAY_NINE + timedelta(days=2)
    diary.seat(CAFE, starts, starts + timedelta(hours=1), UNIT)
    await chat.taps("Yes, I want a seat")
    assert chat.hears("You have something else at that time.")
    assert [each.service for each in diary.confirmed()] == [CAFE]


async def test_many_activities_are_shown_eight_first_then_more_and_by_kind(
    chat: Chat, activities: FakeActivities
) -> None:
    activities.others = [occasion(number, 3 + number) for number in range(20)]
    await chat.opens(places.ACTIVITIES)
    assert len([each for each in chat.buttons if "09:00" in each]) == 8
    await chat.taps("More activities")
    assert len([each for each in chat.buttons if "09:00" in each]) == 10
    await chat.taps("More activities")
    assert len([each for each in chat.buttons if "09:00" in each]) == 3
    assert not chat.sees_button("More activities")
    await chat.opens(places.ACTIVITIES)
    await chat.taps("Choose by kind")
    assert chat.sees_button("CV workshop (1)")
    await chat.taps("Language café (20)")
    assert not chat.sees_button("CV workshop")


async def test_an_activity_that_is_gone_says_so(chat: Chat) -> None:
    await chat.opens(places.activity("nothing"))
    assert chat.hears("That activity can no longer be joined.")


async def test_a_course_is_signed_up_for_once_and_left_again(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.ACTIVITIES)
    await chat.taps("Courses")
    await chat.taps("SFI lesson")
    assert chat.hears("Next lesson: Tuesday 24 November (24/11) 09:00")
    assert chat.hears("3 lessons to come")
    await chat.taps("Sign me up for all lessons")
    assert chat.hears("You have a place in the course.")
    assert chat.hears("Your first lesson is on Tuesday 24 November (24/11) 09:00")
    assert len(diary.confirmed()) == 3
    await chat.taps("Leave the course")
    await chat.taps("Yes, leave the course")
    assert diary.confirmed() == []
    await chat.opens(places.course("sfi"))
    assert chat.sees_button("Sign me up for all lessons")


async def test_what_a_course_clashes_with_is_named_before_and_kept_after(
    chat: Chat, diary: Diary
) -> None:
    own = diary.seat(CAFE, TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=1), UNIT)
    await chat.opens(places.course("sfi"))
    assert chat.hears("One thing of yours is at the time of a lesson.")
    assert chat.hears("Tuesday 24 November (24/11) 09:00, Language café")
    await chat.taps("Sign me up for all lessons")
    assert chat.hears("One lesson is left out")
    assert chat.hears("Your first lesson is on Tuesday 1 December (1/12) 09:00")
    assert own.booking in {each.booking for each in diary.confirmed()}


async def test_a_full_course_puts_her_in_line(
    chat: Chat, courses: FakeCourses, diary: Diary
) -> None:
    courses.seats = 0
    await chat.opens(places.course("sfi"))
    assert not chat.sees_button("Sign me up")
    await chat.taps("Tell me when there is a place")
    assert chat.hears("The course is full. You are in line.")
    assert courses.place == "waiting"
    assert diary.confirmed() == []


async def test_a_course_that_has_ended_says_so(chat: Chat) -> None:
    await chat.opens(places.course("nothing"))
    assert chat.hears("That course can no longer be joined.")
    await chat.opens(Place("course.leave", ("sfi",)))
    assert chat.hears("You are not in that course.")


# ---- at the door


@pytest.fixture
def at_the_door(clock: FrozenClock) -> None:
    """Ten minutes before the workshop."""
    clock.at = TUESDAY_NINE + timedelta(days=2, minutes=-10)


@pytest.mark.usefixtures("at_the_door")
@pytest.mark.parametrize("code", ["123456", "123 456", "١٢٣٤٥٦", "۱۲۳۴۵۶", " 123-456 "])
async def test_the_code_at_the_door_is_typed_in_any_digits_wherever_she_is(
    chat: Chat, diary: Diary, code: str
) -> None:
    starts = TUESDAY_NINE + timedelta(days=2)
    diary.seat(WORKSHOP, starts, starts + timedelta(hours=1), UNIT)
    await chat.opens(places.PRIVACY)
    await chat.says(code)
    assert chat.hears("You are checked in. Welcome!")
    await chat.says(code)
    assert chat.hears("You are checked in already.")


@pytest.mark.usefixtures("at_the_door")
async def test_who_had_no_seat_gets_one_at_the_door(chat: Chat, diary: Diary) -> None:
    await chat.says("123456")
    assert chat.hears("You had no seat, and now you have one.")
    assert [each.state for each in diary.bookings.values()] == ["attended"]


@pytest.mark.usefixtures("at_the_door")
async def test_without_a_seat_left_the_person_at_the_door_is_asked(
    chat: Chat, diary: Diary
) -> None:
    diary.activity_seats = 0
    await chat.says("123456")
    assert chat.hears("This activity is full")
    assert chat.hears("Ask the person at the door.")


async def test_a_code_a_day_late_and_a_wrong_one_are_the_same(chat: Chat) -> None:
    await chat.says("123456")
    assert chat.hears("That code is wrong or too old.")


@pytest.mark.usefixtures("at_the_door")
async def test_too_many_wrong_codes_stop_the_guessing(
    chat: Chat, attendance: FakeAttendance
) -> None:
    for code in range(5):
        await chat.says(f"99999{code}")
    await chat.says("123456")
    assert chat.hears("The code was wrong too many times.")
    assert len(attendance.wrong) == 5


@pytest.mark.usefixtures("at_the_door")
async def test_a_code_is_found_even_where_she_was_writing_to_a_person(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Write a message")
    await chat.says("123456")
    assert chat.hears("You are checked in.")
    assert handoff.left == []


async def test_six_digits_that_are_no_code_still_reach_the_person_she_wrote_to(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Write a message")
    await chat.says("482911")
    assert handoff.left == ["482911"]


async def test_six_digits_are_a_number_where_a_number_is_asked_for(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Call me")
    await chat.says("123456")
    assert not chat.hears("checked in")
    assert not chat.hears("That code is wrong")


@pytest.mark.usefixtures("at_the_door")
@pytest.mark.parametrize("event", [Started("ar", "123456"), Said("123456")])
async def test_a_newcomer_who_comes_by_the_picture_is_checked_in_and_then_chooses_a_language(
    chat: Chat, diary: Diary, event: Started | Said
) -> None:
    chat.session = replace(chat.session, chosen=False)
    await chat.sends(event)
    assert chat.hears("You are checked in.")
    assert chat.sees_button("Svenska")
    assert [each.state for each in diary.bookings.values()] == ["attended"]


@pytest.mark.usefixtures("at_the_door")
async def test_the_picture_again_does_not_check_her_in_twice(chat: Chat, diary: Diary) -> None:
    for _time in range(2):
        await chat.sends(Started(None, "123456"))
    assert chat.hears("You are checked in already.")
    assert len(diary.bookings) == 1


async def test_a_tap_on_an_old_sign_up_button_signs_up_once(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.course("sfi"))
    page = chat.offered
    assert page is not None
    index = [button.link.step for button in page.buttons].index("course.enrol")
    for _tap in range(2):
        chat.offered = page
        await chat.sends(Tapped(page.message, index))
    assert chat.hears("You have done this already")
    assert len(diary.confirmed()) == 3
    assert {each.service for each in diary.confirmed()} == {SFI}
    assert {each.ends - each.starts for each in diary.confirmed()} == {LESSON}
