"""Booking on real databases: claims, reminders, moves, cancellations, races."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update

from backend.models import Closure, Hours, Override
from backend.services.bookings import HOLD
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue, touch
from backend.services.desk import PersonBooking
from backend.services.walltime import instant
from backend.work import Work
from dialogs.messages import Tapped
from dialogs.ports import HoldExpired, Slot
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import WORKSHOP_DAY, House


async def planned(house: House) -> list[tuple[str, datetime]]:
    """What is planned and not void: the rule's name and when it is due."""
    async with house.database.reading() as session:
        rows = await session.execute(
            text("SELECT dedupe, due_at FROM message WHERE state = 'planned' ORDER BY due_at")
        )
        return [
            (str(dedupe).rpartition(":")[2], datetime.fromtimestamp(due / 1000, UTC))
            for dedupe, due in rows
        ]


async def test_a_booking_claims_the_coach_with_buffers_the_person_and_one_open_booking(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books()
    person = await anna.id()
    assert await count(house.database, "claim", "resource LIKE 'coach:%'") == 11
    assert await count(house.database, "claim", f"resource = 'person:{person}'") == 9
    assert await count(house.database, "claim", "resource LIKE 'open:%'") == 1
    assert await count(house.database, "claim", "until IS NULL") == 20


async def test_reminders_are_planned_with_the_booking_the_evening_before_and_two_hours_before(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps("Tue 24/11")
    await anna.taps("09:00")
    assert await planned(house) == []
    await anna.taps("Yes, book it")
    assert await planned(house) == [
        ("day-before", datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        ("two-hours-before", datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),  # not at night
    ]


async def test_a_reminder_that_would_be_late_is_not_planned(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    assert [name for name, _due in await planned(house)] == ["two-hours-before"]


async def test_cancelling_voids_the_reminders_and_frees_the_time_at_once(house: House) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    await anna.settles()
    await anna.books("11:00")
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert await planned(house) == []
    assert await count(house.database, "claim") == 0
    assert await count(house.database, "meeting", "state = 'cancelled' AND taken = 0") == 1
    await bea.settles()
    await bea.books("11:00")


async def test_moving_replaces_the_reminders_and_the_claims(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    before = await count(house.database, "claim")
    await anna.taps("Another time")
    await anna.taps("More days")
    await anna.taps("Wed 25/11")
    await anna.taps("10:00")
    await anna.taps("Yes, move it")
    assert await planned(house) == [
        ("day-before", datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
        ("two-hours-before", datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
    ]
    assert await count(house.database, "claim") == before
    (meeting,) = await anna.meetings()
    assert meeting.starts == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert meeting.version == 2


async def test_her_own_coach_comes_first_the_next_time(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("Bo")
    await anna.taps("Yes, book it")
    await anna.says("/book")
    await anna.taps("Another kind of meeting")
    await anna.taps("Advice")
    assert all("Bo" in label for label in (await anna.labels())[:2])


async def test_a_coach_who_speaks_her_language_is_preferred(house: House) -> None:
    anna = house.person()
    await anna.settles("العربية")
    await anna.says("/book")
    assert "Amina (العربية)" in (await anna.labels())[0]


async def test_a_public_holiday_has_no_times(house: House) -> None:
    async with house.database.writing() as session:
        for day in (23, 24, 25):
            await session.execute(insert(Closure).values(day=date(2026, 11, day), name="Stängt"))
        await touch(session)
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    assert (await anna.labels())[0].startswith("Thu 26/11 09:00")


async def test_an_override_replaces_the_days_hours(house: House) -> None:
    async with house.database.writing() as session:
        await session.execute(
            insert(Override).values(
                staff_id="amina",
                day=date(2026, 11, 24),
                from_minute=15 * 60,
                to_minute=16 * 60,
                is_open=True,
                unit_id="centre",
            )
        )
        await touch(session)
    anna = house.person()
    await anna.settles("العربية")
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps("Tue 24/11")
    shown = [each for each in await anna.labels() if "Amina" in each]
    assert [each[:15] for each in shown] == ["Tue 24/11 15:00"]


async def test_an_expired_hold_is_taken_over_and_swept(house: House) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    async with house.database.writing() as session:
        await session.execute(text("DELETE FROM hours WHERE staff_id <> 'amina'"))
        await touch(session)
    await anna.settles()
    await bea.settles()
    await anna.says("/book")
    await anna.taps("10:00")
    await bea.says("/book")
    assert not any("10:00" in each and "23/11" in each for each in await bea.labels())
    house.clock.forward(minutes=6)
    await bea.says("/book")
    await bea.taps("10:00")
    await bea.taps("No, I need none")
    await bea.taps("Yes, book it")
    await house.worker.sweep()
    assert await count(house.database, "booking", "state = 'expired'") == 1
    assert await count(house.database, "booking", "state = 'confirmed'") == 1
    assert await count(house.database, "claim", "resource = 'coach:amina'") == 11


async def test_the_loser_of_a_race_gets_the_three_nearest_times(house: House) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    async with house.database.writing() as session:
        await session.execute(text("DELETE FROM hours WHERE staff_id <> 'amina'"))
        await touch(session)
    for person in (anna, bea):
        await person.settles()
        await person.says("/book")
    await asyncio.gather(anna.taps("11:00"), bea.taps("11:00"))
    heard = [await person.heard(last=2) for person in (anna, bea)]
    assert sum("Someone else just took that time." in each for each in heard) == 1
    loser = anna if "Someone else" in heard[0] else bea
    assert len([each for each in await loser.labels() if "/11" in each]) == 3


async def test_a_seat_is_never_taken_twice(house: House) -> None:
    people = [house.person(f"p{number}") for number in range(5)]
    for person in people:
        await person.settles()
        await person.says("/menu")
        await person.taps("Activities")
        await person.taps("CV workshop")
    await asyncio.gather(*(person.taps("Yes, I want a seat") for person in people))
    assert await count(house.database, "booking", "state = 'confirmed'") == 2
    assert await count(house.database, "meeting", "taken = 2") == 1
    assert [name for name, _due in await planned(house)] == ["day-before"] * 2 + [
        "two-hours-before"
    ] * 2


async def test_nobody_is_in_two_places_at_once(house: House) -> None:
    anna = house.person()
    async with house.database.writing() as session:
        await session.execute(
            insert(Hours).values(
                staff_id="bo",
                unit_id="centre",
                weekday=WORKSHOP_DAY.isoweekday(),
                from_minute=13 * 60,
                to_minute=14 * 60,
                valid_from=WORKSHOP_DAY,
            )
        )
        await touch(session)
    await anna.settles()
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps("Thu 26/11")
    page = await anna.labels()
    assert any("13:00" in each for each in page)
    message = (await anna.messages())[-1]
    await anna.says("/menu")
    await anna.taps("Activities")
    await anna.taps("CV workshop")
    await anna.taps("Yes, I want a seat")
    index = next(number for number, each in enumerate(page) if "13:00" in each)
    await anna.sends(Tapped(message.id, index))
    assert "You have something else at that time." in await anna.heard(last=2)


async def test_a_tap_on_last_weeks_button_says_so_and_offers_times(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    page = (await anna.messages())[-1]
    house.clock.forward(days=7)
    await anna.sends(Tapped(page.id, 0))
    assert "That time can no longer be booked." in await anna.heard(last=2)
    assert "These times are near it:" in await anna.heard()


@pytest.mark.parametrize(("month", "day", "utc_hour"), [(3, 29, 7), (11, 1, 8)])
async def test_nine_oclock_is_nine_oclock_on_both_sides_of_the_clock_change(
    house: House, month: int, day: int, utc_hour: int
) -> None:
    house.clock.at = datetime(2027, month, day, 5, 0, tzinfo=UTC) - timedelta(days=3)
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps(f"{day}/{month}")
    await anna.taps("09:00")
    await anna.taps("Yes, book it")
    (meeting,) = await anna.meetings()
    assert meeting.starts == datetime(2027, month, day, utc_hour, 0, tzinfo=UTC)
    assert "09:00" in await anna.heard()


async def test_staff_can_cancel_and_the_journal_says_who(house: House) -> None:
    anna = house.person()
    await anna.settles()
    booking = await anna.books("11:00")
    async with Work.begin(house.database, house.clock, "staff:amina") as work:
        await (await house.bookings(work)).cancel(booking, "coach")
    assert await planned(house) == []
    assert await count(house.database, "journal", "actor = 'staff:amina'") == 1


async def test_a_hold_that_someone_with_a_faster_clock_took_over_cannot_be_confirmed(
    house: House,
) -> None:
    anna, bea = house.person(), house.person("bea")
    for person in (anna, bea):
        await person.settles()
    starts = instant(date(2026, 11, 24), 9 * 60)
    assert starts is not None
    slot = Slot("coaching", "bo", "centre", starts)
    late, early = (
        FrozenClock(house.clock.at + HOLD + timedelta(milliseconds=by)) for by in (5, -5)
    )
    async with Work.begin(house.database, house.clock, "person") as work:
        held = await (await house.bookings(work)).hold(await anna.id(), slot)
    async with Work.begin(house.database, late, "person") as work:
        taken = await (await house.bookings(work)).hold(await bea.id(), slot)
    with pytest.raises(HoldExpired):
        async with Work.begin(house.database, early, "person") as work:
            await (await house.bookings(work)).confirm(await anna.id(), held)
    async with Work.begin(house.database, late, "person") as work:
        await (await house.bookings(work)).confirm(await bea.id(), taken)
    assert await count(house.database, "booking", "state = 'confirmed'") == 1


async def test_two_who_swap_what_they_hold_do_not_lock_each_other_out(house: House) -> None:
    people = [house.person(name) for name in ("p0", "p1")]
    for person in people:
        await person.settles()
    ids = [await person.id() for person in people]
    nine, ten = (instant(date(2026, 11, 24), hour * 60) for hour in (9, 10))

    async def holds(person: str, coach: str, starts: datetime | None) -> None:
        assert starts is not None
        async with Work.begin(house.database, house.clock, "person") as work:
            desk = PersonBooking(person, work, CurrentCatalogue(house.cache, work))
            await desk.hold(Slot("coaching", coach, "centre", starts))

    for _round in range(10):
        for person, coach in zip(ids, ("amina", "bo"), strict=True):
            await holds(person, coach, nine)
        await asyncio.gather(
            *(holds(p, c, ten) for p, c in zip(ids, ("bo", "amina"), strict=True))
        )


async def test_her_own_coach_is_offered_although_she_is_away_for_a_week(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    own = (await anna.meetings())[0].coach_id
    async with house.database.writing() as session:
        back = house.clock.at.date() + timedelta(days=8)
        await session.execute(update(Hours).where(Hours.staff_id == own).values(valid_from=back))
        await touch(session)
    work = Work(house.database, house.clock)
    calendar = PersonCalendar(await anna.id(), work, CurrentCatalogue(house.cache, work))
    offers = await calendar.nearest("advice", "en", 4)
    await work.close()
    assert [offer.slot.coach == own for offer in offers] == [False, False, True, True]
