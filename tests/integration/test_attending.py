"""Coming or not, in her own words and at the door; and the lists that staff take away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.console import tasks
from backend.database import Database
from backend.models import Booking
from backend.services import attending, enrolments
from backend.services.attending import Absence, CheckedIn, NoSuchCode, OutsideMeeting
from backend.services.door import WINDOW
from backend.work import Planned
from dialogs import ports
from dialogs.core import say
from dialogs.ports import BookingClosed, Full, NoSuchBooking
from dialogs.text import _
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import House
from tests.integration.console_office import open_office
from tests.integration.course_house import (
    CAFE,
    SFI,
    adds,
    at_desk,
    bookings,
    joins,
    meetings,
    people,
    wall,
)

SOON = replace(CAFE, first=wall("2026-11-23 10:00"))
TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def check_in(house: House, person: str, code: str) -> CheckedIn:
    async with at_desk(house, "person") as (work, catalogue):
        return await attending.check_in(work, catalogue, house.vault, person, code)


async def absence(house: House, person: str, booking: str, reason: Absence) -> ports.Meeting:
    async with at_desk(house, "person") as (work, catalogue):
        return await attending.tells_absence(work, catalogue, person, booking, reason)


async def comes(house: House, person: str, booking: str) -> ports.Meeting:
    async with at_desk(house, "person") as (work, catalogue):
        return await attending.says_coming(work, catalogue, person, booking)


async def sheet(house: House, meeting: str) -> list[attending.Seat]:
    async with at_desk(house) as (work, catalogue):
        return list(await attending.sheet(await work.reading(), catalogue, meeting))


async def row_of(house: House, booking: str) -> Booking:
    (row,) = await bookings(house, Booking.id == booking)
    return row


@pytest.fixture
async def cafe(house: House) -> str:
    """An activity with two seats, at ten today."""
    return (await meetings(house, await adds(house, SOON)))[0].id


def code_of(house: House, meeting: str) -> str:
    return attending.door_code(house.vault, meeting, house.clock.now())


async def test_she_says_that_she_comes_and_twice_is_once(house: House, cafe: str) -> None:
    anna, bea = await people(house, 2)
    seat = await joins(house, anna, cafe)
    await comes(house, anna, seat.booking)
    said = (await row_of(house, seat.booking)).coming_at
    house.clock.forward(minutes=5)
    await comes(house, anna, seat.booking)
    row = await row_of(house, seat.booking)
    assert (row.coming_at, row.version) == (said, 0)
    assert await count(house.database, "journal", "action = 'coming'") == 1
    with pytest.raises(NoSuchBooking):
        await comes(house, bea, seat.booking)
    house.clock.at = TEN + timedelta(hours=2)
    with pytest.raises(BookingClosed):
        await comes(house, anna, seat.booking)


@pytest.mark.parametrize("reason", ["ill", "child_ill", "other"])
async def test_an_absence_is_told_in_a_word_and_gives_back_the_seat(
    house: House, cafe: str, reason: Absence
) -> None:
    (anna,) = await people(house, 1)
    seat = await joins(house, anna, cafe)
    off = await absence(house, anna, seat.booking, reason)
    assert off.state == "cancelled"
    row = await row_of(house, seat.booking)
    assert (row.absence, row.told_at, row.closed_by) == (reason, house.clock.now(), "person")
    assert row.seen_by_staff is False
    assert (await meetings(house, row.series_id or ""))[0].taken == 0
    about = f"about = 'booking:{seat.booking}' AND state = 'planned'"
    assert await count(house.database, "message", about) == 0
    with pytest.raises(BookingClosed):
        await absence(house, anna, seat.booking, reason)


async def test_an_absence_can_be_told_until_the_end(house: House, cafe: str) -> None:
    anna, bea = await people(house, 2)
    seat = await joins(house, anna, cafe)
    other = await joins(house, bea, cafe)
    house.clock.at = TEN + timedelta(minutes=20)
    off = await absence(house, anna, seat.booking, "child_ill")
    assert off.state == "cancelled"
    assert await count(house.database, "meeting", "taken = 1 AND state = 'planned'") == 1
    house.clock.at = TEN + timedelta(hours=2)
    with pytest.raises(BookingClosed):
        await absence(house, bea, other.booking, "ill")


async def test_an_absence_from_one_lesson_leaves_the_course_alone(house: House) -> None:
    course = await adds(house)
    (anna,) = await people(house, 1)
    async with at_desk(house, "person") as (work, catalogue):
        found = await enrolments.enrol(work, catalogue, anna, course)
    assert found.first is not None
    await absence(house, anna, found.first.booking, "ill")
    assert await count(house.database, "booking", "state = 'enrolled'") == 1
    assert await count(house.database, "booking", "state = 'confirmed'") == 1


async def test_an_absence_is_in_the_queue_at_once_with_its_reason(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    office = await open_office(database, clock, tmp_path)
    house = office.house
    cafe = (await meetings(house, await adds(house, SOON)))[0].id
    (anna,) = await people(house, 1)
    seat = await joins(house, anna, cafe)
    async with office.signed_in() as browser:
        assert "Nothing waits." in (await browser.opens("/console")).words
    clock.at = TEN + timedelta(minutes=5)
    await absence(house, anna, seat.booking, "child_ill")
    async with office.signed_in() as browser:
        words = (await browser.opens("/console")).words
    assert "Booking cancelled" in words
    assert "A child is ill" in words


async def test_what_was_asked_of_a_seat_is_not_asked_in_the_coaches_queue(
    house: House, cafe: str
) -> None:
    (anna,) = await people(house, 1)
    await joins(house, anna, cafe)
    house.clock.at = TEN + timedelta(hours=5)
    async with at_desk(house) as (work, catalogue):
        assert await tasks.look(await work.reading(), catalogue, house.clock.now()) == []


async def test_the_code_at_the_door_says_that_she_has_come(house: House, cafe: str) -> None:
    (anna,) = await people(house, 1)
    seat = await joins(house, anna, cafe)
    house.clock.at = TEN - timedelta(minutes=10)
    code = code_of(house, cafe)
    assert len(code) == 6
    assert code.isdecimal()
    found = await check_in(house, anna, f" {code[:3]} {code[3:]}")
    assert (found.outcome, found.meeting.booking) == ("checked_in", seat.booking)
    row = await row_of(house, seat.booking)
    assert (row.state, row.marked_at) == ("attended", house.clock.now())
    again = await check_in(house, anna, code)
    assert again.outcome == "already"
    assert await count(house.database, "journal", "action = 'attended'") == 1


async def test_digits_of_her_own_script_are_digits(house: House, cafe: str) -> None:
    (anna,) = await people(house, 1)
    house.clock.at = TEN
    eastern = code_of(house, cafe).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert (await check_in(house, anna, eastern)).outcome == "seat_given"


async def test_a_code_is_good_for_its_ten_minutes_and_the_next(house: House, cafe: str) -> None:
    (anna,) = await people(house, 1)
    await joins(house, anna, cafe)
    house.clock.at = TEN
    code = code_of(house, cafe)
    house.clock.at = TEN + 2 * WINDOW
    with pytest.raises(NoSuchCode):
        await check_in(house, anna, code)
    house.clock.at = TEN + 2 * WINDOW - timedelta(seconds=1)
    assert (await check_in(house, anna, code)).outcome == "checked_in"


async def test_a_code_is_good_on_no_other_day_and_at_no_other_time(
    house: House, cafe: str
) -> None:
    (anna,) = await people(house, 1)
    await joins(house, anna, cafe)
    for at in (
        TEN - timedelta(minutes=31),
        TEN + timedelta(minutes=90),
        TEN + timedelta(days=1),
    ):
        house.clock.at = at
        with pytest.raises(NoSuchCode):
            await check_in(house, anna, code_of(house, cafe))
    house.clock.at = TEN
    today = code_of(house, cafe)
    house.clock.at = TEN + timedelta(days=1)
    with pytest.raises(NoSuchCode):
        await check_in(house, anna, today)
    for nonsense in ("", "000", "abcdef", "1234567"):
        with pytest.raises(NoSuchCode):
            await check_in(house, anna, nonsense)


async def test_whoever_comes_without_a_seat_gets_one_while_there_are_some(
    house: House, cafe: str
) -> None:
    anna, bea, cleo = await people(house, 3)
    house.clock.at = TEN + timedelta(minutes=5)
    code = code_of(house, cafe)
    assert (await check_in(house, anna, code)).outcome == "seat_given"
    assert (await check_in(house, bea, code)).outcome == "seat_given"
    with pytest.raises(Full):
        await check_in(house, cleo, code)
    assert await count(house.database, "meeting", "taken = 2") == 1
    assert {seat.state for seat in await sheet(house, cafe)} == {"attended"}


async def test_two_who_want_the_last_seat_at_the_door_are_one_in(house: House) -> None:
    cafe = (await meetings(house, await adds(house, replace(SOON, capacity=1))))[0].id
    house.clock.at = TEN
    code = code_of(house, cafe)
    everyone = await people(house, 4)
    found = await asyncio.gather(
        *(check_in(house, person, code) for person in everyone), return_exceptions=True
    )
    assert sum(isinstance(each, CheckedIn) for each in found) == 1
    assert sum(isinstance(each, Full) for each in found) == 3


async def test_who_said_no_and_came_after_all_is_on_the_list_once(house: House, cafe: str) -> None:
    anna, bea = await people(house, 2)
    seat = await joins(house, anna, cafe)
    other = await joins(house, bea, cafe)
    await comes(house, bea, other.booking)
    await absence(house, anna, seat.booking, "ill")
    (first, second) = await sheet(house, cafe)
    assert (first.person, first.coming_at, first.state) == (bea, house.clock.now(), "confirmed")
    assert (second.person, second.absence, second.state) == (anna, "ill", "cancelled")
    house.clock.at = TEN
    await check_in(house, anna, code_of(house, cafe))
    assert [(each.person, each.state) for each in await sheet(house, cafe)] == [
        (bea, "confirmed"),
        (anna, "attended"),
    ]


async def test_staff_note_when_she_was_away(house: House, cafe: str) -> None:
    (anna,) = await people(house, 1)
    seat = await joins(house, anna, cafe)
    house.clock.at = TEN
    await check_in(house, anna, code_of(house, cafe))
    version = (await row_of(house, seat.booking)).version
    late = TEN + timedelta(minutes=25)
    async with at_desk(house) as (work, _catalogue):
        for wrong in ((TEN, TEN), (TEN - WINDOW, late), (TEN, TEN + timedelta(hours=3))):
            with pytest.raises(OutsideMeeting):
                await attending.note_absence(work, seat.booking, version, *wrong)
        await attending.note_absence(work, seat.booking, version, TEN, late)
    row = await row_of(house, seat.booking)
    assert (row.state, row.absent_from, row.absent_to) == ("attended", TEN, late)
    async with at_desk(house) as (work, _catalogue):
        with pytest.raises(BookingClosed):
            await attending.note_absence(work, seat.booking, version, TEN, late)
        await attending.note_absence(work, seat.booking, version + 1, None, None)
    assert (await row_of(house, seat.booking)).absent_from is None


async def test_a_month_says_who_was_expected_and_who_was_away(house: House) -> None:
    course = await adds(house, replace(SFI, first=wall("2026-11-23 10:00"), minutes=90))
    came, late, ill, silent, gone = await people(house, 5)
    for person in (came, late, ill, silent, gone):
        async with at_desk(house, "person") as (work, catalogue):
            await enrolments.enrol(work, catalogue, person, course)
    lesson = (await meetings(house, course))[0].id
    mine = {row.person_id: row.id for row in await bookings(house, Booking.meeting_id == lesson)}
    await absence(house, ill, mine[ill], "ill")
    told = house.clock.now()
    async with at_desk(house, "person") as (work, _catalogue):
        await (await house.bookings(work)).cancel(mine[gone], "person", gone)
    house.clock.at = TEN
    await check_in(house, came, code_of(house, lesson))
    await check_in(house, late, code_of(house, lesson))
    async with at_desk(house) as (work, _catalogue):
        version = (await row_of(house, mine[late])).version
        minutes = TEN + timedelta(minutes=20)
        await attending.note_absence(work, mine[late], version, TEN, minutes)
    async with at_desk(house) as (work, catalogue):
        rows = await attending.month(await work.reading(), catalogue, 2026, 11)
        december = await attending.month(await work.reading(), catalogue, 2026, 12)
    ends = TEN + timedelta(minutes=90)
    found = {
        row.person: (row.absent_from, row.absent_to, row.told_at, row.absence)
        for row in rows
        if row.meeting.starts == TEN
    }
    assert found == {
        came: (None, None, None, None),
        late: (TEN, minutes, None, None),
        ill: (TEN, ends, told, "ill"),
        silent: (None, None, None, None),  # nobody has said yet
        gone: (TEN, ends, told, None),
    }
    assert {row.meeting.starts.month for row in december} == {12}


async def test_no_reminder_comes_after_she_has_come(house: House, cafe: str) -> None:
    (anna,) = await people(house, 1)
    seat = await joins(house, anna, cafe)
    house.clock.at = TEN - timedelta(minutes=20)
    leave = Planned(anna, say(_("Time to leave.")), TEN, "leave", about=f"booking:{seat.booking}")
    async with at_desk(house, "person") as (work, _catalogue):
        work.plan(leave)
    await check_in(house, anna, code_of(house, cafe))
    assert await count(house.database, "message", "dedupe = 'leave' AND state = 'void'") == 1
