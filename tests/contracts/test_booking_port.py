"""The fake diary and the real desk answer alike: a fake may not lie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from backend.database import Database
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.desk import PersonBooking
from backend.services.gatherings import PersonActivities
from backend.services.plans import PersonPlans
from backend.work import Work
from dialogs.gatherings import Activities
from dialogs.i18n import Catalogue
from dialogs.ports import (
    AlreadyBooked,
    Booking,
    BookingClosed,
    Calendar,
    Full,
    HoldExpired,
    NoSuchBooking,
    Plans,
    Slot,
    SlotGone,
    SlotTaken,
)
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.fakes import Diary, FakeActivities, FakeBooking, FakeCalendar, FakePlans
from tests.house import build


@dataclass
class Desk:
    """The ports of one person, and what only the outside can do."""

    calendar: Calendar
    booking: Booking
    activities: Activities
    plans: Plans
    workshop: str
    settle: Callable[[], Awaitable[None]]
    take_away: Callable[[Slot], Awaitable[None]]
    fill_workshop: Callable[[], Awaitable[None]]
    clock: FrozenClock


async def fake_desk(clock: FrozenClock) -> AsyncIterator[Desk]:
    diary = Diary(clock)

    async def nothing() -> None:
        return

    async def take_away(slot: Slot) -> None:
        diary.taken_by_someone_else(slot)

    async def fill() -> None:
        diary.activity_seats = 0

    yield Desk(
        FakeCalendar(diary),
        FakeBooking(diary),
        FakeActivities(diary),
        FakePlans(clock),
        "w1",
        nothing,
        take_away,
        fill,
        clock,
    )


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
        for port in (PersonBooking, PersonCalendar, PersonActivities, PersonPlans):
            if hasattr(port, name):
                return getattr(port(self.person, self.work, catalogue), name)
        raise AttributeError(name)


async def real_desk(
    database: Database, clock: FrozenClock, texts: Catalogue
) -> AsyncIterator[Desk]:
    house = await build(database, clock, texts)
    async with database.writing() as session:
        await session.execute(text("DELETE FROM hours WHERE staff_id <> 'amina'"))
    others = [house.person(f"other{number}") for number in range(2)]
    mine = house.person("me")
    for person in (*others, mine):
        await person.settles()
    desk = RealDesk(database, clock, await mine.id())

    async def take_away(slot: Slot) -> None:
        await desk.settle()
        other = RealDesk(database, clock, await others[0].id())
        await other.confirm(await other.hold(slot))  # type: ignore[operator]
        await other.settle()

    async def fill() -> None:
        await desk.settle()
        for person in others:
            other = RealDesk(database, clock, await person.id())
            await other.join("workshop")  # type: ignore[operator]
            await other.settle()

    yield Desk(
        desk,
        desk,
        desk,
        desk,
        "workshop",
        desk.settle,
        take_away,
        fill,
        clock,  # type: ignore[arg-type]
    )
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


async def first(desk: Desk, number: int = 0) -> Slot:
    offers = await desk.calendar.nearest("coaching", "en", 6)
    return offers[number].slot


async def test_a_held_time_is_not_offered_to_others_and_becomes_a_meeting(desk: Desk) -> None:
    slot = await first(desk)
    held = await desk.booking.hold(slot)
    await desk.settle()
    assert (await desk.booking.meeting(held.booking)).state == "held"
    booked = await desk.booking.confirm(held)
    await desk.settle()
    assert (booked.state, booked.starts) == ("confirmed", slot.starts)
    assert [each.booking for each in await desk.booking.mine()] == [held.booking]
    assert await first(desk) != slot


async def test_a_time_someone_took_is_taken(desk: Desk) -> None:
    slot = await first(desk)
    await desk.take_away(slot)
    with pytest.raises(SlotTaken):
        await desk.booking.hold(slot)


async def test_a_time_that_was_never_offered_is_gone(desk: Desk) -> None:
    slot = await first(desk)
    desk.clock.forward(days=30)
    with pytest.raises(SlotGone):
        await desk.booking.hold(slot)


async def test_a_hold_runs_out_after_five_minutes(desk: Desk) -> None:
    held = await desk.booking.hold(await first(desk))
    await desk.settle()
    desk.clock.forward(minutes=5, seconds=1)
    with pytest.raises(HoldExpired):
        await desk.booking.confirm(held)


async def test_choosing_again_gives_the_first_choice_back(desk: Desk) -> None:
    one, two = await first(desk), await first(desk, 1)
    await desk.booking.hold(one)
    await desk.settle()
    held = await desk.booking.hold(two)
    await desk.settle()
    await desk.booking.confirm(held)
    await desk.settle()
    assert await first(desk) == one


async def test_one_open_booking_of_a_kind(desk: Desk) -> None:
    held = await desk.booking.hold(await first(desk))
    await desk.booking.confirm(held)
    await desk.settle()
    with pytest.raises(AlreadyBooked) as already:
        await desk.booking.hold(await first(desk))
    assert already.value.booking == held.booking


async def test_a_move_needs_the_version_it_was_offered_for(desk: Desk) -> None:
    held = await desk.booking.hold(await first(desk))
    booked = await desk.booking.confirm(held)
    await desk.settle()
    moved = await desk.booking.move(booked.booking, booked.version, await first(desk))
    await desk.settle()
    assert moved.version == booked.version + 1
    with pytest.raises(BookingClosed):
        await desk.booking.move(booked.booking, booked.version, await first(desk))


async def test_a_move_to_a_lost_time_changes_nothing(desk: Desk) -> None:
    held = await desk.booking.hold(await first(desk))
    booked = await desk.booking.confirm(held)
    await desk.settle()
    wanted = await first(desk)
    await desk.take_away(wanted)
    with pytest.raises(SlotTaken):
        await desk.booking.move(booked.booking, booked.version, wanted)
    assert (await desk.booking.meeting(booked.booking)).starts == booked.starts


async def test_what_is_cancelled_stays_cancelled(desk: Desk) -> None:
    held = await desk.booking.hold(await first(desk))
    await desk.booking.confirm(held)
    await desk.settle()
    assert (await desk.booking.cancel(held.booking)).state == "cancelled"
    await desk.settle()
    with pytest.raises(BookingClosed):
        await desk.booking.cancel(held.booking)
    assert await desk.booking.mine() == []


async def test_an_unknown_booking_is_named_so(desk: Desk) -> None:
    with pytest.raises(NoSuchBooking):
        await desk.booking.meeting("nothing")


async def test_a_seat_is_one_and_the_last_one_may_be_gone(desk: Desk) -> None:
    await desk.activities.join(desk.workshop)
    await desk.settle()
    with pytest.raises(AlreadyBooked):
        await desk.activities.join(desk.workshop)
    (workshop,) = await desk.activities.coming()
    assert workshop.booking


async def test_a_full_activity_is_full(desk: Desk) -> None:
    await desk.fill_workshop()
    with pytest.raises(Full):
        await desk.activities.join(desk.workshop)


async def test_reminders_of_a_date_are_switched_and_met(desk: Desk) -> None:
    before = (await desk.plans.deadlines())[0]
    assert before.due
    assert not before.on
    assert (await desk.plans.remind(before.kind, on=True)).on
    await desk.settle()
    after = await desk.plans.done(before.kind, before.due)
    await desk.settle()
    assert after.due
    assert after.due > before.due
    again = await desk.plans.done(before.kind, before.due)
    await desk.settle()
    assert again.due == after.due
    assert not (await desk.plans.remind(before.kind, on=False)).on
    await desk.settle()
    last = (await desk.plans.deadlines())[0]
    assert (last.on, last.due) == (False, before.due)
