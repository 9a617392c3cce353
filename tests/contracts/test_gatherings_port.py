"""The fake gatherings and the real ones answer alike: a fake may not lie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from backend.database import Database
from backend.services import attending, series
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.coming import PersonAttendance
from backend.services.courses import PersonCourses
from backend.services.desk import PersonBooking
from backend.services.gatherings import PersonActivities
from backend.services.own_weeks import PersonWeeks
from backend.vault import Vault
from backend.work import Work
from dialogs.gatherings import (
    Activities,
    Attendance,
    CourseGone,
    Courses,
    TooManyTries,
    Weeks,
    WrongCode,
)
from dialogs.i18n import Catalogue
from dialogs.ports import (
    AlreadyBooked,
    Booking,
    BookingClosed,
    Calendar,
    Full,
    Meeting,
    NoSuchBooking,
    SlotGone,
)
from tests.clock import FrozenClock
from tests.conftest import count, open_database
from tests.fakes import (
    Diary,
    FakeActivities,
    FakeAttendance,
    FakeBooking,
    FakeCalendar,
    FakeCourses,
    FakeWeeks,
)
from tests.house import build

VAULT = Vault("test")
FIRST_LESSON = datetime.fromisoformat("2026-11-24T09:00")  # wall time


@dataclass
class Desk:
    """The ports of one person, and what only the outside can do."""

    calendar: Calendar
    booking: Booking
    activities: Activities
    courses: Courses
    attendance: Attendance
    weeks: Weeks
    workshop: str
    course: str
    settle: Callable[[], Awaitable[None]]
    fill: Callable[[], Awaitable[None]]
    fill_course: Callable[[], Awaitable[None]]
    code: Callable[[], str]
    clock: FrozenClock
    database: Database | None = None

    async def books_a_coach(self) -> Meeting:
        """At the time of the first lesson."""
        offer = (await self.calendar.on("coaching", FIRST_LESSON.date(), "en"))[0]
        booked = await self.booking.confirm(await self.booking.hold(offer.slot))
        await self.settle()
        return booked

    async def joins(self) -> Meeting:
        """A seat in the workshop."""
        seat = await self.activities.join(self.workshop)
        await self.settle()
        return seat

    async def goes_to_the_door(self) -> None:
        """Ten minutes before the workshop."""
        workshop = await self.activities.one(self.workshop)
        await self.settle()
        self.clock.at = workshop.starts - timedelta(minutes=10)


async def fake_desk(clock: FrozenClock) -> AsyncIterator[Desk]:
    diary = Diary(clock)
    courses, attendance = FakeCourses(diary), FakeAttendance(diary)

    async def nothing() -> None:
        return

    async def fill() -> None:
        diary.activity_seats = 0

    async def fill_course() -> None:
        courses.seats = 0

    yield Desk(
        FakeCalendar(diary), FakeBooking(diary), FakeActivities(diary), courses, attendance,
        FakeWeeks(diary, attendance), "w1", "sfi", nothing, fill, fill_course,
        lambda: "123456", clock,
    )  # fmt: skip


class RealDesk:
    """The real ports, with a fresh unit of work whenever the test settles."""

    def __init__(self, database: Database, clock: FrozenClock, person: str) -> None:
        self.database, self.clock, self.person = database, clock, person
        self.cache = CatalogueCache()
        self.work = Work(database, clock)

    async def settle(self) -> None:
        """End the turn: commit, and begin another."""
        await self.work.commit()
        await self.work.close()
        self.work = Work(self.database, self.clock)

    def __getattr__(self, name: str) -> object:
        catalogue = CurrentCatalogue(self.cache, self.work)
        for port in (PersonCalendar, PersonBooking, PersonActivities, PersonCourses, PersonWeeks):
            if hasattr(port, name):
                return getattr(port(self.person, self.work, catalogue), name)
        return getattr(PersonAttendance(self.person, self.work, catalogue, VAULT), name)


async def real_desk(
    database: Database, clock: FrozenClock, texts: Catalogue
) -> AsyncIterator[Desk]:
    house = await build(database, clock, texts)
    others = [house.person(f"other{number}") for number in range(2)]
    mine = house.person("me")
    for person in (*others, mine):
        await person.settles()
    async with Work.begin(database, clock, "system") as work:
        catalogue = await house.cache.get(await work.reading())
        course = await series.add(
            work,
            catalogue,
            series.NewSeries(
                "cv-workshop", "centre", FIRST_LESSON, 180, 2,
                rule="FREQ=WEEKLY;COUNT=3", name={"sv": "Sfi"}, enrols=True,
            ),
        )  # fmt: skip
    desk = RealDesk(database, clock, await mine.id())

    async def each_other(does: Callable[[RealDesk], Awaitable[object]]) -> None:
        await desk.settle()
        for person in others:
            other = RealDesk(database, clock, await person.id())
            await does(other)
            await other.settle()

    async def fill() -> None:
        await each_other(lambda other: other.join("workshop"))  # type: ignore[operator]

    async def fill_course() -> None:
        await each_other(lambda other: other.enrol(course))  # type: ignore[operator]

    def code() -> str:
        return attending.door_code(VAULT, "workshop", clock.now())

    yield Desk(
        desk, desk, desk, desk, desk, desk, "workshop", course, desk.settle, fill, fill_course,
        code, clock, database,
    )  # type: ignore[arg-type]  # fmt: skip
    await desk.work.close()


@pytest.fixture(params=["fake", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def desk(
    request: pytest.FixtureRequest, clock: FrozenClock, texts: Catalogue
) -> AsyncIterator[Desk]:
    if request.param == "fake":
        async for found in fake_desk(clock):
            yield found
        return
    async for database in open_database(request, request.param):
        async for found in real_desk(database, clock, texts):
            yield found


async def test_a_seat_shows_among_activities_and_in_the_week(desk: Desk) -> None:
    seat = await desk.joins()
    found = await desk.activities.one(desk.workshop)
    assert (found.booking, found.starts, found.ends) == (seat.booking, seat.starts, seat.ends)
    assert found in await desk.activities.coming()
    week = await desk.weeks.week(None)
    assert f"{week.first}" == "2026-11-23"
    assert [(f"{day.day}", day.meetings) for day in week.days] == [("2026-11-26", (seat,))]


async def test_lessons_of_a_course_are_not_joined_one_by_one(desk: Desk) -> None:
    assert [each.meeting for each in await desk.activities.coming()] == [desk.workshop]
    (course,) = await desk.courses.courses()
    assert (course.series, course.lessons, course.place) == (desk.course, 3, "none")
    assert course.first is not None
    assert f"{course.first:%d %H:%M}" == "24 08:00"


async def test_what_has_begun_is_gone(desk: Desk) -> None:
    await desk.goes_to_the_door()
    desk.clock.forward(minutes=15)
    with pytest.raises(SlotGone):
        await desk.activities.one(desk.workshop)


async def test_coming_twice_is_known_to_be_again(desk: Desk) -> None:
    seat = await desk.joins()
    first = await desk.attendance.comes(seat.booking)
    await desk.settle()
    second = await desk.attendance.comes(seat.booking)
    await desk.settle()
    assert (first.again, second.again) == (False, True)
    assert first.meeting.state == "confirmed"


async def test_an_absence_gives_the_seat_back_and_is_recorded(desk: Desk) -> None:
    seat = await desk.joins()
    missed = await desk.attendance.tell_absence(seat.booking, "child_ill")
    await desk.settle()
    assert missed.state == "cancelled"
    assert (await desk.activities.one(desk.workshop)).booking is None
    assert (await desk.weeks.week(None)).days == ()
    (recorded,) = await desk.weeks.recorded()
    assert (recorded.starts, recorded.absence) == (seat.starts, "child_ill")
    with pytest.raises(BookingClosed):
        await desk.attendance.tell_absence(seat.booking, "ill")


async def test_a_meeting_with_a_coach_is_called_off_with_a_reason_too(desk: Desk) -> None:
    booked = await desk.books_a_coach()
    assert (await desk.attendance.tell_absence(booked.booking, "ill")).state == "cancelled"
    await desk.settle()
    assert await desk.booking.mine() == []
    again = await desk.books_a_coach()
    assert again.starts == booked.starts


async def test_a_seat_given_back_in_time_without_a_reason_is_no_absence(desk: Desk) -> None:
    seat = await desk.joins()
    assert (await desk.attendance.tell_absence(seat.booking, None)).state == "cancelled"
    await desk.settle()
    assert await desk.weeks.recorded() == []


async def test_a_lesson_called_off_without_a_reason_is_an_absence_and_the_course_stays(
    desk: Desk,
) -> None:
    signed_up = await desk.courses.enrol(desk.course)
    await desk.settle()
    assert signed_up.first is not None
    await desk.attendance.tell_absence(signed_up.first.booking, None)
    await desk.settle()
    assert [each.absence for each in await desk.weeks.recorded()] == ["other"]
    assert (await desk.courses.course(desk.course)).place == "enrolled"
    following = (await desk.booking.mine())[0]
    assert following.starts == signed_up.first.starts + timedelta(days=7)


async def test_whoever_is_missed_can_still_tell_us_until_it_ends(desk: Desk) -> None:
    seat = await desk.joins()
    desk.clock.at = seat.starts + timedelta(minutes=5)
    await desk.attendance.tell_absence(seat.booking, None)
    await desk.settle()
    assert [each.absence for each in await desk.weeks.recorded()] == ["other"]


async def test_an_unknown_booking_is_named_so(desk: Desk) -> None:
    with pytest.raises(NoSuchBooking):
        await desk.attendance.comes("nothing")
    with pytest.raises(NoSuchBooking):
        await desk.attendance.tell_absence("nothing", "ill")


async def test_a_full_activity_can_be_waited_for_and_not_be_waited_for(desk: Desk) -> None:
    await desk.fill()
    with pytest.raises(Full):
        await desk.activities.join(desk.workshop)
    for _time in range(2):
        await desk.activities.wait(desk.workshop)
        await desk.settle()
    assert (await desk.activities.one(desk.workshop)).waits
    await desk.activities.stop_waiting(desk.workshop)
    await desk.settle()
    found = await desk.activities.one(desk.workshop)
    assert (found.waits, found.booking) == (False, None)


async def test_whoever_has_a_seat_does_not_wait_for_one(desk: Desk) -> None:
    seat = await desk.joins()
    with pytest.raises(AlreadyBooked) as already:
        await desk.activities.wait(desk.workshop)
    assert already.value.booking == seat.booking


async def test_when_to_leave_home_may_be_changed_and_is_one_message(desk: Desk) -> None:
    seat = await desk.joins()
    for minutes in (45, 20, 45, 30):
        at = await desk.attendance.leave_home(seat.booking, seat.version, minutes)
        await desk.settle()
        assert at == seat.starts - timedelta(minutes=minutes)
    if desk.database:
        assert (
            await count(desk.database, "message", "state='planned' AND dedupe LIKE '%leave%'") == 1
        )
    with pytest.raises(BookingClosed):
        await desk.attendance.leave_home(seat.booking, seat.version + 7, 45)


async def test_a_course_gives_a_seat_at_every_lesson_and_takes_them_back(desk: Desk) -> None:
    signed_up = await desk.courses.enrol(desk.course)
    await desk.settle()
    assert (signed_up.waiting, signed_up.clashes) == (False, 0)
    assert signed_up.first is not None
    course = await desk.courses.course(desk.course)
    assert course.place == "enrolled"
    (day,) = (await desk.weeks.week(None)).days
    assert [each.starts for each in day.meetings] == [signed_up.first.starts]
    await desk.courses.leave(desk.course)
    await desk.settle()
    assert (await desk.courses.course(desk.course)).place == "none"
    assert (await desk.weeks.week(None)).days == ()
    with pytest.raises(CourseGone):
        await desk.courses.leave(desk.course)


async def test_what_a_course_clashes_with_is_kept_and_that_lesson_left_out(desk: Desk) -> None:
    booked = await desk.books_a_coach()
    assert (await desk.courses.course(desk.course)).clashes == (booked,)
    signed_up = await desk.courses.enrol(desk.course)
    await desk.settle()
    assert signed_up.clashes == 1
    assert signed_up.first is not None
    assert signed_up.first.starts == booked.starts + timedelta(days=7)


async def test_a_full_course_has_a_line(desk: Desk) -> None:
    await desk.fill_course()
    assert (await desk.courses.enrol(desk.course)).waiting
    await desk.settle()
    assert (await desk.courses.course(desk.course)).place == "waiting"
    assert (await desk.weeks.week(None)).days == ()


async def test_a_course_nobody_knows_is_gone(desk: Desk) -> None:
    for does in (desk.courses.course, desk.courses.enrol):
        with pytest.raises(CourseGone):
            await does("nothing")


async def test_the_code_at_the_door_checks_in_once_and_is_recorded(desk: Desk) -> None:
    await desk.joins()
    await desk.goes_to_the_door()
    outcomes = []
    for _time in range(2):
        outcomes.append((await desk.attendance.check_in(desk.code())).outcome)
        await desk.settle()
    assert outcomes == ["checked_in", "already"]
    desk.clock.forward(hours=4)
    assert [each.state for each in await desk.weeks.recorded()] == ["attended"]


async def test_who_had_no_seat_gets_one_at_the_door(desk: Desk) -> None:
    await desk.goes_to_the_door()
    assert (await desk.attendance.check_in(desk.code())).outcome == "seat_given"


async def test_a_full_activity_is_full_at_the_door_too(desk: Desk) -> None:
    await desk.fill()
    await desk.goes_to_the_door()
    with pytest.raises(Full):
        await desk.attendance.check_in(desk.code())


async def test_guessing_stops_after_five_wrong_codes_for_ten_minutes(desk: Desk) -> None:
    await desk.joins()
    await desk.goes_to_the_door()
    wrong = "000000" if desk.code() != "000000" else "000001"
    for _time in range(5):
        with pytest.raises(WrongCode):
            await desk.attendance.check_in(wrong)
        await desk.settle()
    with pytest.raises(TooManyTries):
        await desk.attendance.check_in(desk.code())
    desk.clock.forward(minutes=10, seconds=1)
    assert (await desk.attendance.check_in(desk.code())).outcome == "checked_in"


async def test_a_code_before_the_door_opens_is_wrong(desk: Desk) -> None:
    await desk.joins()
    with pytest.raises(WrongCode):
        await desk.attendance.check_in(desk.code())
