"""Series: a year made at once, and changed without moving anybody who has signed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
from sqlalchemy import insert, select, update

from backend.models import Booking, Claim, Closure, Meeting, Series, Staff
from backend.models.calendar import EVERYWHERE
from backend.services import claims, enrolments, occasions, series
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue, touch
from backend.services.occasions import InTheGap, InThePast, MovedMeanwhile, NoSuchOccasion
from backend.services.schedule import AHEAD
from backend.services.series import (
    BadRule,
    CannotShift,
    Change,
    NoSuchSeries,
    UnknownService,
    UnknownUnit,
)
from backend.services.upkeep import keep_activities
from backend.services.walltime import local_day
from backend.work import Work
from tests.conftest import count
from tests.house import House
from tests.integration.course_house import (
    CAFE,
    SFI,
    adds,
    at_desk,
    bookings,
    days,
    holidays,
    joins,
    meetings,
    people,
    reminders,
    series_row,
    told,
    wall,
)

JANUARY = replace(SFI, first=wall("2027-01-11 09:00"))
TEN = 10 * 60


async def test_a_year_of_mondays_and_wednesdays_is_made_in_under_a_second(house: House) -> None:
    await holidays(house, 2026, 2027, 2028)
    house.clock.at = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)
    async with at_desk(house) as (work, catalogue):
        began = process_time()
        made = await series.add(work, catalogue, JANUARY)
        assert process_time() - began < 1
    rows = await meetings(house, made)
    assert [row.local_start for row in rows][:2] == ["2027-01-11T09:00", "2027-01-13T09:00"]
    assert len(rows) == 2 * 52 - 1
    by_day = {row.local_start[:10]: row for row in rows}
    assert "2027-03-29" not in by_day  # Easter Monday
    assert by_day["2027-03-31"].starts_at == datetime(2027, 3, 31, 7, 0, tzinfo=UTC)
    assert by_day["2027-03-24"].starts_at == datetime(2027, 3, 24, 8, 0, tzinfo=UTC)
    assert by_day["2027-11-01"].starts_at == datetime(2027, 11, 1, 8, 0, tzinfo=UTC)
    assert {row.ends_at - row.starts_at for row in rows} == {timedelta(hours=3)}


async def test_a_series_that_takes_no_days_off_is_on_holidays_too(house: House) -> None:
    await holidays(house, 2026, 2027)
    made = await adds(house, replace(JANUARY, skips_closures=False))
    assert "2027-03-29T09:00" in days(await meetings(house, made))


async def test_a_day_closed_from_noon_has_its_mornings(house: House) -> None:
    async with house.database.writing() as session:
        half = {"day": date(2026, 12, 7), "unit_id": "centre", "name": "Noon", "from_minute": 720}
        await session.execute(insert(Closure).values(**half))
        await touch(session)
    morning = await adds(house)
    evening = await adds(house, replace(SFI, first=wall("2026-11-30 17:00")))
    assert "2026-12-07T09:00" in days(await meetings(house, morning))
    assert "2026-12-07T17:00" not in days(await meetings(house, evening))


async def test_nothing_is_made_twice_and_the_year_rolls_on(house: House) -> None:
    made = await adds(house)
    first = [row.id for row in await meetings(house, made)]
    today = local_day(house.clock.now())
    async with at_desk(house) as (work, catalogue):
        assert await series.make(work, catalogue, made, today + AHEAD) == 0
        await work.writing()
    async with house.database.writing() as session:  # as if it were lost how far it is made
        await session.execute(update(Series).values(made_until=None))
    async with at_desk(house) as (work, catalogue):
        assert await series.make(work, catalogue, made, today + AHEAD) == 0
    house.clock.forward(days=21)
    await keep_activities(house.database, house.clock, house.cache)
    rows = await meetings(house, made)
    assert [row.id for row in rows][: len(first)] == first
    assert len(rows) == len(first) + 6


async def test_what_cannot_be_added_is_named(house: House) -> None:
    async with at_desk(house) as (work, catalogue):
        for wrong, error in (
            (replace(SFI, service="nothing"), UnknownService),
            (replace(SFI, service="coaching"), UnknownService),
            (replace(SFI, unit="nowhere"), UnknownUnit),
            (replace(SFI, rule="FREQ=DAILY;COUNT=10000"), BadRule),
        ):
            with pytest.raises(error):
                await series.add(work, catalogue, wrong)
    assert await count(house.database, "series") == 0


async def test_what_was_suggested_has_meetings_when_it_is_accepted(house: House) -> None:
    async with at_desk(house, "system") as (work, catalogue):
        sealed = house.vault.seal("cafe@example.org")
        cafe = await series.add(work, catalogue, CAFE, state="suggested", contact=sealed)
        other = await series.add(work, catalogue, CAFE, state="suggested", contact=sealed)
    assert await count(house.database, "meeting", "series_id IS NOT NULL") == 0
    async with at_desk(house) as (work, catalogue):
        await series.revise(work, catalogue, cafe, replace(CAFE, capacity=7))
        await series.open_(work, catalogue, cafe)
        await series.refuse(work, other)
    rows = await meetings(house, cafe)
    assert rows[0].local_start == "2026-11-26T17:00"
    assert rows[0].capacity == 7
    assert await count(house.database, "series", "contact IS NOT NULL") == 0
    assert (await series_row(house, other)).state == "refused"
    async with at_desk(house) as (work, catalogue):
        with pytest.raises(NoSuchSeries):
            await series.open_(work, catalogue, other)


async def test_a_series_goes_by_its_own_name_everywhere(house: House) -> None:
    made = await adds(house)
    (anna,) = await people(house, 1)
    seen = await joins(house, anna, (await meetings(house, made))[0].id)
    assert seen.service.name.in_language(("en",)) == "SFI course B"
    assert seen.service.about.in_language(("en",)) == "CV workshop"  # it has no text of its own
    assert seen.service.minutes == 180
    async with at_desk(house) as (work, _):
        await series.describe(work, made, {"sv": "SFI C"}, {})
    async with at_desk(house) as (work, _):
        (again,) = await (await house.bookings(work)).coming(anna)
    assert again.service.name.in_language(("en", "sv")) == "SFI C"


async def seated(house: House, of: str, count: int = 3) -> dict[str, str]:
    """People with a seat at the first two meetings; by booking, its meeting."""
    first, second = (await meetings(house, of))[:2]
    for person in await people(house, count):
        await joins(house, person, first.id)
        await joins(house, person, second.id)
    return {row.id: row.meeting_id or "" for row in await bookings(house)}


async def own_cells(house: House, person: str) -> set[int]:
    async with house.database.reading() as session:
        return set(
            await session.scalars(
                select(Claim.cell).where(Claim.resource == claims.person_resource(person))
            )
        )


async def test_one_is_moved_and_everybody_keeps_the_seat(house: House) -> None:
    made = await adds(house)
    before = await seated(house, made)
    first = (await meetings(house, made))[0]
    async with at_desk(house) as (work, catalogue):
        starts = wall("2026-12-01 13:00")
        assert await occasions.move(work, catalogue, first.id, 0, starts) == 3
    after = {row.id: row.meeting_id for row in await bookings(house)}
    assert after == before
    moved = (await meetings(house, made))[0]
    assert (moved.id, moved.series_start) == (first.id, first.series_start)
    assert moved.local_start == "2026-12-01T13:00"
    assert (moved.taken, moved.version) == (3, 1)
    at = set(claims.cells(moved.starts_at, moved.ends_at))
    assert at <= await own_cells(house, "p0000")
    assert set(claims.cells(first.starts_at, first.ends_at)).isdisjoint(
        await own_cells(house, "p0000")
    )
    (heard,) = await told(house, "p0001", "moved")
    assert "This activity has a new time." in heard
    assert "1/12" in heard
    due = [at for about, at in await reminders(house, "p0001")]
    assert datetime(2026, 11, 29, 16, 0, tzinfo=UTC) not in due
    assert datetime(2026, 11, 30, 16, 0, tzinfo=UTC) in due  # the evening before the new day


async def test_whoever_has_something_else_then_is_told_and_keeps_the_seat(house: House) -> None:
    made = await adds(house)
    cafe = await adds(house, CAFE)
    await seated(house, made, 2)
    thursday = (await meetings(house, cafe))[0]
    await joins(house, "p0000", thursday.id)
    first = (await meetings(house, made))[0]
    async with at_desk(house) as (work, catalogue):
        assert await occasions.move(work, catalogue, first.id, 0, wall("2026-11-26 16:00")) == 2
    assert "You have something else at that time." in (await told(house, "p0000", "moved"))[0]
    assert "You have something else at that time." not in (await told(house, "p0001", "moved"))[0]
    assert await count(house.database, "booking", "state = 'confirmed'") == 5
    thursdays = await bookings(house, Booking.meeting_id == thursday.id)
    async with house.database.reading() as session:
        kept = await session.scalars(select(Claim.cell).where(Claim.booking_id == thursdays[0].id))
        assert len(kept.all()) == 18


async def test_another_place_is_told_as_that(house: House) -> None:
    made = await adds(house)
    await seated(house, made, 1)
    first = (await meetings(house, made))[0]
    async with at_desk(house) as (work, catalogue):
        same = wall("2026-11-30 09:00")
        await occasions.move(work, catalogue, first.id, 0, same, minutes=180, unit="centre")
    assert "This activity has a new place." in (await told(house, "p0000", "moved"))[0]


async def test_a_move_that_cannot_be_is_named(house: House) -> None:
    made = await adds(house)
    first = (await meetings(house, made))[0].id
    for version, starts, error in (
        (0, wall("2027-03-28 02:30"), InTheGap),
        (0, wall("2026-11-20 09:00"), InThePast),
        (7, wall("2026-12-01 09:00"), MovedMeanwhile),
    ):
        async with at_desk(house) as (work, catalogue):
            with pytest.raises(error):
                await occasions.move(work, catalogue, first, version, starts)
            await work.abandon()
    async with at_desk(house) as (work, catalogue):
        with pytest.raises(NoSuchOccasion):
            await occasions.move(work, catalogue, "none", 0, wall("2026-12-01 09:00"))


async def test_one_is_called_off_and_is_not_made_again(house: House) -> None:
    made = await adds(house)
    await seated(house, made)
    first = (await meetings(house, made))[0]
    async with at_desk(house) as (work, catalogue):
        assert await occasions.call_off(work, catalogue, first.id, 0) == 3
    rows = await bookings(house, Booking.meeting_id == first.id)
    assert {(row.state, row.closed_by) for row in rows} == {("cancelled", "coach")}
    assert "does not take place" in (await told(house, "p0002", "off"))[0]
    assert all(at.day != 29 for _about, at in await reminders(house, "p0002"))
    await keep_activities(house.database, house.clock, house.cache)
    again = (await meetings(house, made))[0]
    assert (again.state, again.taken) == ("cancelled", 0)
    async with at_desk(house) as (work, catalogue):
        with pytest.raises(NoSuchOccasion):
            await occasions.call_off(work, catalogue, first.id, 1)


async def test_this_and_the_following_change_and_no_sign_up_moves(house: House) -> None:
    made = await adds(house)
    before = await seated(house, made)
    ids = [row.id for row in await meetings(house, made)]
    by_hand = (await meetings(house, made))[3]
    async with at_desk(house) as (work, catalogue):
        await occasions.move(work, catalogue, by_hand.id, 0, wall("2026-12-09 15:00"))
    second_day = date(2026, 12, 2)
    async with at_desk(house) as (work, catalogue):
        change = Change(minute=TEN, minutes=120, weekday_shift=1, capacity=25, coach="bo")
        assert await series.change_from(work, catalogue, made, 0, second_day, change) == 3

    rows = await meetings(house, made)
    assert [row.id for row in rows] == ids
    assert {row.id: row.meeting_id for row in await bookings(house)} == before
    assert rows[0].local_start == "2026-11-30T09:00"
    assert rows[1].local_start == "2026-12-03T10:00"
    assert rows[2].local_start == "2026-12-08T10:00"
    assert rows[3].local_start == "2026-12-09T15:00"  # by hand
    assert [rows[1].ends_at - rows[1].starts_at, rows[1].capacity] == [timedelta(hours=2), 25]
    assert [row.staff_id for row in rows[:2]] == [None, "bo"]
    assert rows[0].capacity == 20
    (heard,) = await told(house, "p0000", "moved")
    assert "The later times change" in heard

    last = max(rows, key=lambda row: row.starts_at).local_start
    house.clock.forward(days=28)
    await keep_activities(house.database, house.clock, house.cache)
    more = sorted(row.local_start for row in (await meetings(house, made))[len(ids) :])
    assert more[0] > last
    assert {(date.fromisoformat(each[:10]).isoweekday(), each[11:]) for each in more} == {
        (2, "10:00"),
        (4, "10:00"),
    }
    days_of = [date.fromisoformat(row.local_start[:10]) for row in await meetings(house, made)]
    assert len(set(days_of)) == len(days_of)
    weeks = {(day - timedelta(days=1)).isocalendar()[:2] for day in days_of}
    assert max(days_of) - min(days_of) < timedelta(days=7 * len(weeks))  # no week is left out


async def test_a_change_is_not_made_to_what_somebody_else_has_changed(house: House) -> None:
    made = await adds(house)
    day = date(2026, 12, 1)
    async with at_desk(house) as (work, catalogue):
        await series.change_from(work, catalogue, made, 0, day, Change(minute=TEN))
    async with at_desk(house) as (work, catalogue):
        with pytest.raises(MovedMeanwhile):
            await series.change_from(work, catalogue, made, 0, day, Change(minute=11 * 60))
    monthly = await adds(house, replace(SFI, rule="FREQ=MONTHLY;BYDAY=1MO"))
    async with at_desk(house) as (work, catalogue):
        with pytest.raises(CannotShift):
            await series.change_from(work, catalogue, monthly, 0, day, Change(weekday_shift=1))
        await work.abandon()


async def test_fewer_seats_take_none_from_anybody(house: House) -> None:
    made = await adds(house)
    await seated(house, made, 3)
    async with at_desk(house) as (work, catalogue):
        change = Change(capacity=2)
        assert await series.change_from(work, catalogue, made, 0, date(2026, 11, 1), change) == 0
    rows = await meetings(house, made)
    assert [row.capacity for row in rows[:3]] == [3, 3, 2]
    assert all(row.version == 0 for row in await bookings(house))


async def test_a_series_ends_from_a_day_on(house: House) -> None:
    made = await adds(house)
    await seated(house, made)
    async with at_desk(house) as (work, catalogue):
        assert await series.end(work, catalogue, made, date(2026, 12, 2)) == 3
    assert days(await meetings(house, made)) == ["2026-11-30T09:00"]
    assert (await series_row(house, made)).state == "open"
    house.clock.forward(days=14)
    await keep_activities(house.database, house.clock, house.cache)
    async with house.database.writing() as session:
        await session.execute(update(Series).values(made_until=date(2026, 12, 1)))
    await keep_activities(house.database, house.clock, house.cache)
    assert days(await meetings(house, made)) == ["2026-11-30T09:00"]
    assert (await series_row(house, made)).state == "ended"


async def test_a_course_that_ends_now_has_nobody_in_it(house: House) -> None:
    made = await adds(house)
    (anna,) = await people(house, 1)
    async with at_desk(house, "person") as (work, catalogue):
        await enrolments.enrol(work, catalogue, anna, made)
    async with at_desk(house) as (work, catalogue):
        assert await series.end(work, catalogue, made, date(2026, 11, 23)) == 1
    assert (await series_row(house, made)).state == "ended"
    assert await count(house.database, "booking", "state IN ('enrolled', 'confirmed')") == 0
    assert "The later times are cancelled too." in (await told(house, anna, "off"))[0]


async def test_a_coach_who_leaves_leads_nothing_any_more(house: House) -> None:
    made = await adds(house, replace(SFI, coach="bo"))
    async with house.database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == "bo").values(is_active=False))
    await keep_activities(house.database, house.clock, house.cache)
    assert (await series_row(house, made)).staff_id is None
    assert {row.staff_id for row in await meetings(house, made)} == {None}


async def test_whoever_leads_an_activity_is_not_free_then(house: House) -> None:
    async def free() -> set[str]:
        work = Work(house.database, house.clock)
        try:
            calendar = PersonCalendar("", work, CurrentCatalogue(house.cache, work))
            found = await calendar.on("coaching", date(2026, 11, 30), "en")
            return {offer.slot.coach for offer in found}
        finally:
            await work.close()

    await adds(house, replace(SFI, coach="bo"))
    async with house.database.writing() as session:
        gone = Staff.id.in_(("amina", "carla"))
        await session.execute(update(Staff).where(gone).values(is_active=False))
        await touch(session)
    assert await free() == set()


async def test_a_day_that_is_closed_afterwards_lists_its_occasions(house: House) -> None:
    await adds(house)
    always = await adds(house, replace(SFI, skips_closures=False))
    async with house.database.writing() as session:
        closed = {"day": date(2026, 12, 2), "unit_id": EVERYWHERE, "name": "Closed"}
        await session.execute(insert(Closure).values(**closed))
        await touch(session)
    async with at_desk(house) as (work, catalogue):
        session = await work.reading()
        found = await occasions.closed_occasions(session, catalogue, house.clock.now())
    assert [each.starts for each in found] == [datetime(2026, 12, 2, 8, 0, tzinfo=UTC)]
    assert found[0].meeting not in {row.id for row in await meetings(house, always)}


async def test_a_thousand_seats_are_called_off_in_one_go(house: House) -> None:
    """SQLite reads no condition that is a thousand deep."""
    made = await adds(house, replace(SFI, capacity=2_000))
    everyone = await people(house, 1_100)
    lesson = (await meetings(house, made))[0].id
    async with house.database.writing() as session:
        rows = [
            {
                "person_id": person,
                "meeting_id": lesson,
                "service_id": "cv-workshop",
                "series_id": made,
                "state": "confirmed",
                "created_at": house.clock.now(),
            }
            for person in everyone
        ]
        await session.execute(insert(Booking), rows)
        await session.execute(update(Meeting).where(Meeting.id == lesson).values(taken=1_100))
    async with at_desk(house) as (work, catalogue):
        starts = wall("2026-12-01 09:00")
        assert await occasions.move(work, catalogue, lesson, 0, starts) == 1_100
    async with at_desk(house) as (work, catalogue):
        assert await occasions.call_off(work, catalogue, lesson, 1) == 1_100
