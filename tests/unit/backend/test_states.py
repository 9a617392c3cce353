"""The state machine of bookings: every pair of states, and long random lives of a few people."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.database import Database
from backend.models import Booking, Meeting, Person, Series
from backend.models.booking import BOOKING_STATES, UNTIL
from backend.services.asking import PersonWishes
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import EXPECTED, PersonBooking
from backend.services.holds import Holds
from backend.services.offering import Offering
from backend.services.requests import Requests, TooManyProposals
from backend.services.seeing import slot_of
from backend.services.states import FOLLOWING, NoSuchTransition, change
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    BookingState,
    Held,
    NoSuchBooking,
    Slot,
)
from tests.clock import FrozenClock
from tests.house import House, RecordingChannel, assemble, build
from tests.integration.line_house import free, give_only, set_service, what_is_wrong

STATES: tuple[BookingState, ...] = get_args(BookingState)
PEOPLE = ("anna", "bea", "cleo")
MISSED = (*EXPECTED, NoSuchBooking, AlreadyBooked, TooManyProposals)


def test_the_types_and_the_table_know_the_same_states() -> None:
    assert sorted(STATES) == sorted(BOOKING_STATES) == sorted(FOLLOWING)


async def test_every_pair_of_states_changes_or_is_no_transition(
    database: Database, clock: FrozenClock, texts: Catalogue
) -> None:
    house = await build(database, clock, texts)
    await _add_course(house)
    for before, after in product(STATES, STATES):
        booking = f"{before}-{after}"
        async with database.writing() as session:
            await session.execute(insert(Booking).values(_row(house, booking, before)))
        try:
            async with database.writing() as session:
                until = clock.now() if after in UNTIL else None
                changed = await change(session, booking, 0, before, after, hold_until=until)
            assert changed.version == 1
            assert after in FOLLOWING[before]
        except NoSuchTransition:
            assert after not in FOLLOWING[before]
        async with database.reading() as session:
            row = await session.get_one(Booking, booking)
        expected = (after, 1) if after in FOLLOWING[before] else (before, 0)
        assert (row.state, row.version) == expected


@pytest.mark.parametrize("stale", ["version", "state"])
async def test_whoever_comes_second_changes_nothing(
    database: Database, clock: FrozenClock, texts: Catalogue, stale: str
) -> None:
    house = await build(database, clock, texts)
    await _add_course(house)
    async with database.writing() as session:
        await session.execute(insert(Booking).values(_row(house, "b", "confirmed")))
    before: BookingState = "requested" if stale == "state" else "confirmed"
    with pytest.raises(BookingClosed):
        async with database.writing() as session:
            await change(session, "b", int(stale == "version"), before, "cancelled")
    async with database.reading() as session:
        assert (await session.get_one(Booking, "b")).state == "confirmed"


async def _add_course(house: House) -> None:
    """Only who has signed up for a series is enrolled."""
    async with house.database.writing() as session:
        await session.execute(
            insert(Series).values(
                id="course",
                service_id="cv-workshop",
                unit_id="centre",
                first="2026-11-30T09:00",
                minutes=60,
                capacity=1,
                created_at=house.clock.now(),
            )
        )


def _row(house: House, booking: str, state: str) -> dict[str, object]:
    now = house.clock.now()
    return {
        "id": booking,
        "person_id": booking,
        "service_id": "coaching",
        "meeting_id": "workshop",
        "series_id": "course",
        "state": state,
        "hold_until": now if state in UNTIL else None,
        "created_at": now,
    }


@pytest.fixture(scope="session")
def furnished_file(
    migrated_file: Path, texts: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A database with three times of one coach and three people, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "house.sqlite3"
    shutil.copy(migrated_file, path)

    async def furnish() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        clock = FrozenClock()
        house = await build(database, clock, texts)
        await give_only(house, 3)
        await set_service(house, "advice", by_request=True)
        async with database.writing() as session:
            for person in PEOPLE:
                await session.execute(insert(Person).values(id=person, created_at=clock.now()))
        await database.close()

    asyncio.run(furnish())
    return path


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "hold", "hold", "confirm", "confirm", "release", "cancel", "move", "accept",
                "propose", "propose", "pick", "none_fits", "withdraw", "wait", "wait_instead",
                "offer", "offer", "take", "take", "let_pass", "sweep", "later",
            )
        ),
        st.sampled_from(PEOPLE),
        st.integers(0, 5),
    ),
    min_size=12,
    max_size=12,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_no_life_leaves_a_claim_without_a_booking_or_a_booking_without_its_claims(
    steps: Sequence[tuple[str, str, int]], furnished_file: Path, texts: Catalogue
) -> None:
    asyncio.run(_live(steps, furnished_file, texts))


@pytest.mark.soak
@settings(max_examples=600, deadline=None)
@given(steps=STEPS)
def test_nor_does_any_of_six_hundred_lives(
    steps: Sequence[tuple[str, str, int]], furnished_file: Path, texts: Catalogue
) -> None:
    asyncio.run(_live(steps, furnished_file, texts))


async def _live(steps: Sequence[tuple[str, str, int]], furnished: Path, texts: Catalogue) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "life.sqlite3"
        shutil.copy(furnished, path)
        database = Database(f"sqlite+aiosqlite:///{path}")
        house = assemble(database, FrozenClock(), texts, RecordingChannel())
        try:
            slots = [*await free(house, 3), *await free(house, 3, "advice")]
            work = Work(database, house.clock)
            catalogue = await house.cache.get(await work.reading())
            await work.close()
            for name, person, number in steps:
                with suppress(*MISSED):
                    await _step(house, name, person, number, slots)
                wrong = await what_is_wrong(database, house.clock, catalogue)
                assert wrong == [], (name, person, number)
        finally:
            await database.close()


@dataclass(frozen=True)
class Life:
    """One person's possibilities in one unit of work."""

    house: House
    work: Work
    person: str
    slot: Slot
    number: int

    @property
    def desk(self) -> PersonBooking:
        """What she does with times."""
        return PersonBooking(self.person, self.work, self._catalogue)

    @property
    def wishes(self) -> PersonWishes:
        """What she does with what has no time."""
        return PersonWishes(self.person, "en", self.work, self._catalogue)

    @property
    def _catalogue(self) -> CurrentCatalogue:
        return CurrentCatalogue(self.house.cache, self.work)

    async def row(self, *among: BookingState) -> Booking:
        """One of her bookings in one of these states. Raises NoSuchBooking."""
        session = await self.work.reading()
        found = (
            await session.scalars(
                select(Booking)
                .where(Booking.person_id == self.person, Booking.state.in_(among))
                .order_by(Booking.id)
            )
        ).all()
        if not found:
            raise NoSuchBooking(self.person)
        return found[self.number % len(found)]

    async def hold(self) -> None:
        await self.desk.hold(self.slot)

    async def confirm(self) -> None:
        row = await self.row("held")
        session = await self.work.reading()
        slot = slot_of(await session.get_one(Meeting, row.meeting_id))
        if not row.offered:
            await self.desk.confirm(Held(row.id, row.version, slot))

    async def release(self) -> None:
        await self.desk.release(Held("", 0, self.slot))

    async def cancel(self) -> None:
        await self.desk.cancel((await self.row("confirmed", "requested")).id)

    async def move(self) -> None:
        row = await self.row("confirmed")
        if row.service_id == self.slot.service:
            await self.desk.move(row.id, row.version, self.slot)

    async def accept(self) -> None:
        row = await self.row("requested")
        await Requests(await self.house.bookings(self.work)).accept(row.id, row.version)

    async def propose(self) -> None:
        requests, request = Requests(await self.house.bookings(self.work)), None
        with suppress(NoSuchBooking):
            row = await self.row("requested", "proposed")
            request = (row.id, row.version)
        slots = await free(self.house, 3, self.slot.service)
        await requests.propose(self.person, slots[: 1 + self.number % 3], request)

    async def pick(self) -> None:
        row = await self.row("proposed")
        await self.wishes.pick(row.id, row.version, self.number % 3)

    async def none_fits(self) -> None:
        row = await self.row("proposed")
        await self.wishes.none_fits(row.id, row.version)

    async def withdraw(self) -> None:
        await self.wishes.withdraw((await self.row("requested", "proposed", "waiting", "held")).id)

    async def wait(self) -> None:
        await self.wishes.wait(self.slot.service)

    async def wait_instead(self) -> None:
        await self.wishes.wait_instead((await self.row("confirmed")).id)

    async def take(self) -> None:
        row = await self.row("held")
        await self.wishes.take(row.id, row.version)

    async def let_pass(self) -> None:
        row = await self.row("held")
        await self.wishes.let_pass(row.id, row.version)

    async def sweep(self) -> None:
        await Holds(await self.house.bookings(self.work)).expire()


async def _step(house: House, name: str, person: str, number: int, slots: Sequence[Slot]) -> None:
    if name == "later":
        house.clock.forward(minutes=(5, 30, 60, 125, 600, 24 * 60)[number])
        return
    if name == "offer":
        await Offering(house.database, house.clock, house.cache, house.hub).offer_free_times()
        return
    async with Work.begin(house.database, house.clock, "person") as work:
        life = Life(house, work, person, slots[number], number)
        act: Callable[[], Awaitable[None]] = getattr(life, name)
        await act()
