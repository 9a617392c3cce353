"""Keeping hours and closures: what is refused leaves nothing behind, and what is booked stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Booking, Hours, Meeting, Override, Unit
from backend.services import centre, closures, edits
from backend.services.centre import DayPassed, NoSuchStaff, TooLong
from backend.services.closures import NoSuchUnit, SkippedHour
from backend.services.edits import NoSuchService
from backend.services.hours import EmptySpan, OverlappingSpans, SkippedTime, WeeklySpan
from backend.services.uncovered import Uncovered
from backend.work import Work
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import WORKSHOP_DAY, House, Person, build

TUESDAY = date(2026, 11, 24)
SPRING = date(2027, 3, 28)


@pytest.fixture
async def house(database: Database, clock: FrozenClock, texts: Catalogue) -> House:
    house = await build(database, clock, texts)
    async with database.writing() as session:
        session.add(
            Unit(
                id="kista", position=1, name="K", address="K 1", door={}, districts=[], aliases=[]
            )
        )
    return house


@pytest.fixture
async def anna(house: House) -> Person:
    """She meets Amina tomorrow at nine."""
    anna = house.person("anna")
    await anna.settles("العربية")
    await anna.books("09:00")
    return anna


def span(start: float, stop: float, day: int = 2, unit: str = "centre") -> WeeklySpan:
    return WeeklySpan(day, int(start * 60), int(stop * 60), unit)


def begin(house: House):
    return Work.begin(house.database, house.clock, "staff:bo")


def reasons(found: Sequence[Uncovered]) -> list[tuple[str | None, str]]:
    return [(each.staff, each.reason) for each in found]


async def test_new_hours_return_what_is_booked_outside_them(house: House, anna: Person) -> None:
    async with begin(house) as work:
        assert await centre.set_week(work, "amina", [span(9, 12)]) == []
    async with begin(house) as work:
        found = await centre.set_week(work, "amina", [span(9, 9.5)])
    assert reasons(found) == [("amina", "hours")]
    async with begin(house) as work:
        assert await centre.set_week(work, "bo", []) == []  # Anna does not meet Bo
    async with house.database.reading() as session:
        assert (await session.scalars(select(Booking.state))).all() == ["confirmed"]


async def test_a_meeting_by_telephone_is_covered_wherever_she_is(
    house: House, anna: Person
) -> None:
    async with begin(house) as work:
        found = await centre.set_week(work, "amina", [span(9, 12, unit="kista")])
    assert reasons(found) == [("amina", "hours")]
    async with house.database.writing() as session:
        await session.execute(update(Meeting).values(mode="phone"))
    async with begin(house) as work:
        assert await centre.set_week(work, "amina", [span(8, 12, unit="kista")]) == []


async def test_a_week_that_is_wrong_leaves_the_old_one(house: House) -> None:
    for spans, error in (
        ([span(12, 9)], EmptySpan),
        ([span(9, 12), span(11, 13)], OverlappingSpans),
    ):
        with pytest.raises(error):
            async with begin(house) as work:
                await centre.set_week(work, "amina", spans)
    assert await count(house.database, "hours", "staff_id = 'amina'") == 5
    assert await count(house.database, "hours", "valid_until IS NOT NULL") == 0
    assert await count(house.database, "journal", "entity = 'hours'") == 0


async def test_a_day_that_is_wrong_leaves_everything_as_it_was(house: House) -> None:
    today = house.clock.now().date()
    for day, spans, until, error in (
        (today - timedelta(days=1), [], None, DayPassed),
        (TUESDAY, [], TUESDAY - timedelta(days=1), TooLong),
        (TUESDAY, [], TUESDAY + timedelta(days=367), TooLong),
        (SPRING, [span(2.5, 5)], None, SkippedTime),
        (SPRING - timedelta(days=1), [span(1, 2)], SPRING, SkippedTime),
    ):
        with pytest.raises(error):
            async with begin(house) as work:
                await centre.set_override(work, "amina", day, spans, until)
    with pytest.raises(NoSuchStaff):
        async with begin(house) as work:
            await centre.set_override(work, "nobody", TUESDAY, [])
    assert await count(house.database, "override") == 0


async def test_a_day_that_differs_twice_is_as_it_was_said_last(house: House) -> None:
    async with begin(house) as work:
        await centre.set_override(work, "amina", TUESDAY, [span(8, 9), span(10, 11)])
    async with begin(house) as work:
        await centre.set_override(work, "amina", TUESDAY, [span(8, 10)])
    async with house.database.reading() as session:
        rows = (await session.scalars(select(Override))).all()
    assert [(row.from_minute, row.to_minute, row.is_open) for row in rows] == [(480, 600, True)]


async def test_a_closed_day_returns_meetings_and_activities(house: House, anna: Person) -> None:
    await anna.says("/menu")
    await anna.taps("Activities")
    await anna.taps("CV workshop")
    await anna.taps("Yes, I want a seat")
    async with begin(house) as work:
        found = await closures.set_closure(work, TUESDAY, "*", 0, "Flytt")
        assert reasons(found) == [("amina", "closed")]
    async with begin(house) as work:
        found = await closures.set_closure(work, WORKSHOP_DAY, "centre", 14 * 60, "Brandövning")
        assert reasons(found) == [("amina", "closed"), (None, "closed")]
    async with begin(house) as work:
        found = await closures.open_again(work, TUESDAY, "*")
        assert reasons(found) == [(None, "closed")]
    assert await count(house.database, "booking", "state = 'confirmed'") == 2


async def test_a_closure_that_is_wrong_closes_nothing(house: House) -> None:
    today = house.clock.now().date()
    for day, unit, minute, error in (
        (today - timedelta(days=1), "*", 0, DayPassed),
        (TUESDAY, "nowhere", 0, NoSuchUnit),
        (SPRING, "*", 150, SkippedHour),
    ):
        with pytest.raises(error):
            async with begin(house) as work:
                await closures.set_closure(work, day, unit, minute, "Flytt")
    assert await count(house.database, "closure") == 0


async def test_every_change_reaches_every_process(house: House) -> None:
    async def version() -> int:
        async with house.database.reading() as session:
            return (await house.cache.get(session)).version

    seen = [await version()]
    for change in (
        lambda work: centre.set_week(work, "amina", [span(9, 12)]),
        lambda work: centre.set_override(work, "amina", TUESDAY, []),
        lambda work: centre.clear_override(work, "amina", TUESDAY),
        lambda work: centre.follow_file(work, "amina", [span(9, 11)]),
        lambda work: closures.set_closure(work, TUESDAY, "*", 0, "Flytt"),
        lambda work: closures.open_again(work, TUESDAY, "*"),
        lambda work: edits.change_service(work, "coaching", {"minutes": 30}, {}),
        lambda work: edits.change_unit(work, "centre", {"floor": "plan 1"}, {}),
    ):
        async with begin(house) as work:
            await change(work)
        seen.append(await version())
    assert seen == sorted(set(seen))
    assert await count(house.database, "journal", "actor = 'staff:bo'") == 8


async def test_saving_what_is_there_already_is_no_change(house: House) -> None:
    async with begin(house) as work:
        await edits.change_service(work, "coaching", {"minutes": 45}, {"minutes": 45})
    assert await count(house.database, "journal") == 0
    with pytest.raises(NoSuchService):
        async with begin(house) as work:
            await edits.change_service(work, "nothing", {"minutes": 45}, {})


async def test_hours_replaced_twice_in_a_day_leave_no_dead_rows(house: House) -> None:
    for hour in (10, 11, 12):
        async with begin(house) as work:
            await centre.set_week(work, "amina", [span(9, hour)])
    async with house.database.reading() as session:
        rows = (await session.scalars(select(Hours).where(Hours.staff_id == "amina"))).all()
    open_ended = [row for row in rows if row.valid_until is None]
    assert len(rows) == 6  # five of before, and one
    assert [(row.weekday, row.to_minute) for row in open_ended] == [(2, 720)]
