"""A whole course at one tap: seats as lessons come near, a line when it is full, and leaving."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from sqlalchemy import func, insert, select

from backend.models import Booking, Claim, Meeting
from backend.services import enrolments, occasions, series
from backend.services.bookings import Bookings
from backend.services.claims import HasOpenBooking
from backend.services.enrolments import CourseGone, Enrolled
from backend.services.filling import Filling
from backend.services.line import line
from backend.services.requests import Requests
from backend.services.seats import Seats
from backend.services.upkeep import keep_activities
from backend.work import Work
from dialogs.ports import BookingClosed, Full, NoSuchBooking, OwnClash, SlotGone
from tests.conftest import count
from tests.house import House
from tests.integration.course_house import (
    CAFE,
    SFI,
    adds,
    at_desk,
    bookings,
    joins,
    meetings,
    people,
    series_row,
    told,
    wall,
)
from tests.integration.test_erasure import asks_to_be_deleted

TWO = replace(SFI, capacity=2)
IN_TIME_S = 5
EXPECTED = (
    CourseGone,
    NoSuchBooking,
    BookingClosed,
    Full,
    SlotGone,
    OwnClash,
    HasOpenBooking,
    occasions.MovedMeanwhile,
)


async def enrols(house: House, person: str, course: str) -> Enrolled:
    async with at_desk(house, "person") as (work, catalogue):
        return await enrolments.enrol(work, catalogue, person, course)


async def leaves(house: House, person: str, course: str) -> int:
    async with at_desk(house, "person") as (work, catalogue):
        return await enrolments.leave(work, catalogue, person, course)


async def calls_off(house: House, person: str, meeting: str) -> None:
    async with at_desk(house, "person") as (work, catalogue):
        held = Bookings(work, catalogue)
        seat = await Seats(held).of(person, meeting)
        await held.cancel(seat, "person", person)


async def waits(house: House, person: str, meeting: str) -> None:
    async with at_desk(house, "person") as (work, _):
        await Seats(await house.bookings(work)).wait(person, meeting)


async def fills(house: House) -> int:
    return await Filling(house.database, house.clock, house.cache, house.hub).fill()


async def seats(house: House, person: str) -> list[str]:
    """The wall times of somebody's seats."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Meeting.local_start)
            .join(Booking, Booking.meeting_id == Meeting.id)
            .where(Booking.person_id == person, Booking.state == "confirmed")
            .order_by(Meeting.starts_at)
        )
        return list(rows)


async def is_sound(house: House) -> bool:
    """Seats are counted right, and every seat to come has its person's whole time."""
    async with house.database.reading() as session:
        wrong = await session.scalars(
            select(Meeting.id)
            .outerjoin(
                Booking,
                (Booking.meeting_id == Meeting.id)
                & Booking.state.in_(("confirmed", "attended", "no_show", "excused")),
            )
            .where(Meeting.series_id.is_not(None))
            .group_by(Meeting.id, Meeting.taken)
            .having(func.count(Booking.id) != Meeting.taken)
        )
        assert wrong.all() == []
        loose = await session.scalars(
            select(Claim.booking_id)
            .join(Booking, Booking.id == Claim.booking_id)
            .where(Booking.state.in_(("cancelled", "waiting", "enrolled")))
        )
        assert loose.all() == []
    return True


async def test_one_tap_gives_seats_for_two_weeks_and_the_worker_the_rest(house: House) -> None:
    course = await adds(house)
    (anna,) = await people(house, 1)
    found = await enrols(house, anna, course)
    assert found.first is not None
    assert found.first.starts == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert (found.waiting, found.clashes) == (False, 0)
    assert found.lessons == len(await meetings(house, course))
    two_weeks = [f"2026-{day}T09:00" for day in ("11-30", "12-02")]
    assert await seats(house, anna) == two_weeks
    again = await enrols(house, anna, course)
    assert (again.booking, again.first) == (found.booking, found.first)
    house.clock.forward(days=7)
    await keep_activities(house.database, house.clock, house.cache)
    later = [f"2026-{day}T09:00" for day in ("12-07", "12-09", "12-14")]
    house.clock.forward(hours=2)
    await keep_activities(house.database, house.clock, house.cache)
    assert await seats(house, anna) == [*two_weeks, *later]
    assert await is_sound(house)


async def test_a_lesson_at_the_time_of_something_else_is_left_out_and_counted(
    house: House,
) -> None:
    course = await adds(house)
    other = await adds(house, replace(CAFE, first=wall("2026-11-30 11:00")))
    (anna,) = await people(house, 1)
    await joins(house, anna, (await meetings(house, other))[0].id)
    found = await enrols(house, anna, course)
    assert found.clashes == 1
    assert await seats(house, anna) == ["2026-11-30T11:00", "2026-12-02T09:00"]
    await calls_off(house, anna, (await meetings(house, other))[0].id)
    await keep_activities(house.database, house.clock, house.cache)
    assert await seats(house, anna) == ["2026-11-30T09:00", "2026-12-02T09:00"]


async def test_two_courses_at_one_time_give_one_seat_each_time(house: House) -> None:
    """Both lessons are wanted in one round; nobody is in two places."""
    (anna,) = await people(house, 1)
    one = await adds(house)
    two = await adds(house)
    async with house.database.writing() as session:
        for number, course in enumerate((one, two)):
            values = {"id": f"e{number}", "person_id": anna, "service_id": "cv-workshop"}
            values |= {"series_id": course, "state": "enrolled"}
            await session.execute(insert(Booking).values(**values, created_at=house.clock.now()))
    await keep_activities(house.database, house.clock, house.cache)
    assert await seats(house, anna) == ["2026-11-30T09:00", "2026-12-02T09:00"]
    assert await is_sound(house)


async def test_a_lesson_she_has_called_off_is_not_given_again(house: House) -> None:
    course = await adds(house)
    (anna,) = await people(house, 1)
    await enrols(house, anna, course)
    await calls_off(house, anna, (await meetings(house, course))[0].id)
    await keep_activities(house.database, house.clock, house.cache)
    assert await seats(house, anna) == ["2026-12-02T09:00"]
    (enrolment,) = await bookings(house, Booking.state == "enrolled")
    assert enrolment.person_id == anna


async def test_a_full_course_has_a_line_and_who_leaves_makes_room(house: House) -> None:
    course = await adds(house, TWO)
    anna, bea, cleo, dina = await people(house, 4)
    await enrols(house, anna, course)
    await enrols(house, bea, course)
    for person in (cleo, dina):
        house.clock.forward(seconds=1)
        assert (await enrols(house, person, course)).waiting
    assert await fills(house) == 0
    assert await leaves(house, anna, course) == 2
    assert await fills(house) == 1
    assert await seats(house, cleo) == ["2026-11-30T09:00", "2026-12-02T09:00"]
    assert await seats(house, dina) == []
    (heard,) = await told(house, cleo, "enrolled")
    assert "There is a place for you now: SFI course B." in heard
    assert await leaves(house, dina, course) == 0
    with pytest.raises(NoSuchBooking):
        await leaves(house, anna, course)
    assert (await enrols(house, anna, course)).waiting
    assert await is_sound(house)


async def test_who_leaves_and_comes_back_has_her_seats_again(house: House) -> None:
    course = await adds(house)
    (anna,) = await people(house, 1)
    await enrols(house, anna, course)
    assert await leaves(house, anna, course) == 2
    assert await seats(house, anna) == []
    await enrols(house, anna, course)
    assert await seats(house, anna) == ["2026-11-30T09:00", "2026-12-02T09:00"]
    assert await is_sound(house)


async def test_two_who_want_the_last_place_at_once_are_one_in_and_one_in_line(
    house: House,
) -> None:
    course = await adds(house, replace(SFI, capacity=1))
    everyone = await people(house, 4)
    found = await asyncio.gather(*(enrols(house, person, course) for person in everyone))
    assert sorted(each.waiting for each in found) == [False, True, True, True]
    assert await is_sound(house)


async def test_what_is_not_a_course_cannot_be_signed_up_for(house: House) -> None:
    cafe = await adds(house, CAFE)
    over = await adds(house, replace(SFI, first=wall("2026-11-02 09:00"), rule=""))
    (anna,) = await people(house, 1)
    for course in (cafe, over, "nothing"):
        with pytest.raises(CourseGone):
            await enrols(house, anna, course)


async def test_a_seat_that_comes_free_is_given_to_the_first_who_can_have_it(house: House) -> None:
    cafe = (await meetings(house, await adds(house, CAFE)))[0].id
    at_that_time = replace(CAFE, capacity=9, first=wall("2026-11-26 18:00"))
    other = (await meetings(house, await adds(house, at_that_time)))[0].id
    anna, bea, busy, cleo, dina = await people(house, 5)
    await joins(house, anna, cafe)
    await joins(house, bea, cafe)
    for person in (busy, cleo, dina):
        with pytest.raises(Full):
            await joins(house, person, cafe)
        await waits(house, person, cafe)
        house.clock.forward(seconds=1)
    with pytest.raises(HasOpenBooking):
        await waits(house, cleo, cafe)
    await joins(house, busy, other)
    await calls_off(house, anna, cafe)
    assert await fills(house) == 1
    assert await seats(house, cleo) == ["2026-11-26T17:00"]
    assert await told(house, busy, "seat") == []
    (heard,) = await told(house, cleo, "seat")
    assert "There is a seat for you now." in heard
    assert await fills(house) == 0
    assert await is_sound(house)


async def test_a_freed_seat_is_hers_within_five_seconds(house: House) -> None:
    cafe = (await meetings(house, await adds(house, CAFE)))[0].id
    anna, bea, cleo = await people(house, 3)
    await joins(house, anna, cafe)
    await joins(house, bea, cafe)
    await waits(house, cleo, cafe)
    worker = asyncio.create_task(house.worker.run())
    try:
        await calls_off(house, anna, cafe)
        house.hub.nudge()  # as every turn and every page does
        async with asyncio.timeout(IN_TIME_S):
            while not await seats(house, cleo):  # noqa: ASYNC110 - a database has no event
                await asyncio.sleep(0.05)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_nobody_gets_a_seat_too_late_to_come_or_at_night(house: House) -> None:
    cafe = (await meetings(house, await adds(house, CAFE)))[0].id
    anna, bea, cleo = await people(house, 3)
    await joins(house, anna, cafe)
    await joins(house, bea, cafe)
    await waits(house, cleo, cafe)
    await calls_off(house, anna, cafe)
    house.clock.at = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    assert await fills(house) == 0
    house.clock.at = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)  # an hour and a half before
    assert await fills(house) == 0
    house.clock.at = datetime(2026, 11, 26, 16, 1, tzinfo=UTC)
    await keep_activities(house.database, house.clock, house.cache)
    (row,) = await bookings(house, Booking.person_id == cleo)
    assert (row.state, row.closed_by) == ("cancelled", "system")
    with pytest.raises(SlotGone):
        await waits(house, cleo, cafe)


async def test_whoever_waits_and_finds_a_seat_first_has_it_once(house: House) -> None:
    cafe = (await meetings(house, await adds(house, CAFE)))[0].id
    anna, bea, cleo = await people(house, 3)
    await joins(house, anna, cafe)
    await joins(house, bea, cafe)
    await waits(house, cleo, cafe)
    await calls_off(house, anna, cafe)
    await joins(house, cleo, cafe)
    assert await fills(house) == 0
    (row,) = await bookings(house, Booking.person_id == cleo)
    assert (row.state, row.version) == ("confirmed", 1)
    assert await is_sound(house)


async def test_who_waits_for_a_seat_is_in_no_coachs_line(house: House) -> None:
    course = await adds(house, replace(SFI, capacity=1))
    cafe = (await meetings(house, await adds(house, replace(CAFE, capacity=1))))[0].id
    anna, bea = await people(house, 2)
    await enrols(house, anna, course)
    await enrols(house, bea, course)
    await joins(house, anna, cafe)
    await waits(house, bea, cafe)
    async with house.database.reading() as session:
        assert await line(session, house.clock.now()) == []
    async with at_desk(house) as (work, _):
        assert await Requests(await house.bookings(work)).open(bea) == []


async def test_an_occasion_that_is_off_is_told_to_those_who_wait_too(house: House) -> None:
    cafe = (await meetings(house, await adds(house, CAFE)))[0].id
    anna, bea, cleo = await people(house, 3)
    await joins(house, anna, cafe)
    await joins(house, bea, cafe)
    await waits(house, cleo, cafe)
    async with at_desk(house) as (work, catalogue):
        assert await occasions.call_off(work, catalogue, cafe, 0) == 3
    assert len(await told(house, cleo, "off")) == 1
    assert await count(house.database, "claim") == 0


async def test_a_change_of_the_course_keeps_enrolments_and_seats(house: House) -> None:
    course = await adds(house)
    everyone = await people(house, 3)
    for person in everyone:
        await enrols(house, person, course)
    before = {row.id: (row.meeting_id, row.series_id, row.state) for row in await bookings(house)}
    async with at_desk(house) as (work, catalogue):
        change = series.Change(minute=13 * 60)
        day = datetime(2026, 12, 1, tzinfo=UTC).date()
        assert await series.change_from(work, catalogue, course, 0, day, change) == 3
    after = {row.id: (row.meeting_id, row.series_id, row.state) for row in await bookings(house)}
    assert after == before
    assert await seats(house, everyone[0]) == ["2026-11-30T09:00", "2026-12-02T13:00"]
    house.clock.forward(days=7, hours=3)
    await keep_activities(house.database, house.clock, house.cache)
    assert (await seats(house, everyone[0]))[2:] == ["2026-12-07T13:00", "2026-12-09T13:00"] + [
        "2026-12-14T13:00"
    ] * (house.clock.now() + timedelta(days=14) >= datetime(2026, 12, 14, 12, 0, tzinfo=UTC))
    assert await is_sound(house)


async def test_who_is_erased_leaves_the_course_and_the_line(house: House) -> None:
    course = await adds(house)
    cafe = (await meetings(house, await adds(house, replace(CAFE, capacity=1))))[0].id
    anna = house.person()
    await anna.settles()
    (bea,) = await people(house, 1)
    hers = await anna.id()
    await enrols(house, hers, course)
    await joins(house, bea, cafe)
    await waits(house, hers, cafe)
    await asks_to_be_deleted(anna)
    live = "state IN ('enrolled', 'waiting', 'confirmed')"
    assert await count(house.database, "booking", live) == 1
    house.clock.forward(days=7)
    await keep_activities(house.database, house.clock, house.cache)
    assert await count(house.database, "booking", live) == 1
    assert await is_sound(house)


async def test_seats_for_many_are_given_in_short_rounds(house: House) -> None:
    """Nobody waits long for the writer meanwhile."""
    everyone = await people(house, 300)
    rows: list[dict[str, object]] = []
    for number in range(0, len(everyone), 20):
        start = wall("2026-11-23 12:00") + timedelta(days=number // 20 % 2)
        new = replace(SFI, first=start, capacity=25, rule="FREQ=WEEKLY;BYDAY=MO,WE,FR")
        course = {"series_id": await adds(house, new), "service_id": "cv-workshop"}
        rows += [
            {**course, "person_id": person, "state": "enrolled", "created_at": house.clock.now()}
            for person in everyone[number : number + 20]
        ]
    async with house.database.writing() as session:
        await session.execute(insert(Booking), rows)
    rounds = []
    given = 1
    while given:
        began = process_time()
        async with Work.begin(house.database, house.clock, "system") as work:
            catalogue = await house.cache.get(await work.reading())
            given = await enrolments.seats_ahead(work, catalogue, house.clock.now())
        rounds.append(process_time() - began)
    had = await count(house.database, "booking", "state = 'confirmed'")
    print(f"{had} seats: {sum(rounds):.1f} s, longest round {max(rounds):.2f} s")
    assert had == 20 * (8 * 6 + 7 * 5)
    assert max(rounds) < 3
    assert await is_sound(house)


async def test_people_and_staff_at_once_leave_everything_sound(house: House) -> None:
    course = await adds(house, replace(SFI, capacity=6))
    everyone = await people(house, 10)
    chance = random.Random(7)  # noqa: S311 - it repeats

    async def newcomer(person: str) -> None:
        for _turn in range(4):
            lesson = chance.choice((await meetings(house, course))[:4]).id
            what = chance.choice((enrols, leaves, joins, waits, calls_off))
            at = course if what in {enrols, leaves} else lesson
            with suppress(*EXPECTED):
                await what(house, person, at)

    async def coordinator() -> None:
        for hour in (10, 11, 12):
            row = await series_row(house, course)
            first = (await meetings(house, course))[0]
            day = datetime(2026, 12, 1, tzinfo=UTC).date()
            with suppress(*EXPECTED):
                async with at_desk(house) as (work, catalogue):
                    change = series.Change(minute=hour * 60)
                    await series.change_from(work, catalogue, course, row.version, day, change)
            with suppress(*EXPECTED):
                async with at_desk(house) as (work, catalogue):
                    starts = wall(f"2026-11-30 {hour}:00")
                    await occasions.move(work, catalogue, first.id, first.version, starts)

    async def worker() -> None:
        for _round in range(4):
            await fills(house)
            await keep_activities(house.database, house.clock, house.cache)

    await asyncio.gather(*map(newcomer, everyone), coordinator(), worker())
    assert await is_sound(house)
    assert await count(house.database, "journal", "entity = 'series'") > 1
