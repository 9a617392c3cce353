"""Thirty-two attempts at any moment, on few times: nobody is booked double, whatever they do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.database import Database
from backend.services.catalogue import CatalogueCache
from backend.services.meetings import lock
from backend.services.requests import Requests
from tests.conftest import count, open_database
from tests.house import furnish
from tests.soak.arena import (
    ADVICE,
    COACHES,
    COACHING,
    REVIEW,
    Fought,
    overlapping,
    prepare,
    slots,
)
from tests.soak.attempt import BUSY, Attempt, Row
from tests.soak.contest import contest
from tests.soak.verdict import judge

ATTEMPTS = 200
SOAK = 10_000
LOSER_WAITS = 300  # milliseconds at most, for 95 of 100


def address(database: Database) -> str:
    """Its URL, with the password."""
    return database.url.render_as_string(hide_password=False)


async def fight(
    database: Database, attempts: int, seed: int, *flags: str, processes: int = 4
) -> Fought:
    """Furnish the house, and let them."""
    await furnish(database, COACHES)
    await prepare(database, attempts)
    return await contest(address(database), attempts, seed, *flags, processes=processes)


async def alone(database: Database) -> Attempt:
    """A furnished house, and one attempt that nobody disturbs."""
    await furnish(database, COACHES)
    await prepare(database, 1)
    dice = random.Random(1)  # noqa: S311
    return Attempt(database, CatalogueCache(), dice, 0, Fought())


async def not_locked(database: Database, table: str) -> set[str]:
    """Ids of rows that nobody else has locked."""
    found = text(f"SELECT id FROM {table} FOR NO KEY UPDATE SKIP LOCKED")  # noqa: S608
    async with database.writing() as session:
        return set(await session.scalars(found))


@pytest.fixture
async def sqlite(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """SQLite alone: what shows that the contest bites need be shown once."""
    async for found in open_database(request, "sqlite"):
        yield found


@pytest.fixture
async def postgresql(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """PostgreSQL alone: SQLite's one writer needs no locks."""
    async for found in open_database(request, "postgresql"):
        yield found


async def test_twenty_times_give_twenty_bookings_and_no_overlap(database: Database) -> None:
    fought = await fight(database, ATTEMPTS, 1, "books_the_same")
    assert fought.ended["confirm: done"] == len(slots()) == 20
    assert await count(database, "booking", "state = 'confirmed'") == 20
    assert fought.ended["hold: done"] + fought.ended["hold: SlotTaken"] == ATTEMPTS
    assert set(fought.ended) <= {"hold: done", "hold: SlotTaken", "confirm: done"}, fought.ended
    assert await judge(database) == {}
    assert set(fought.others) == {"3"}  # every loser was shown three other times


async def test_whatever_they_do_nobody_is_booked_double(database: Database) -> None:
    fought = await fight(database, ATTEMPTS, 2)
    assert fought.faults == {}
    assert await judge(database) == {}
    assert set(fought.others) == {"3"}
    tried = {name.split(":")[0] for name in fought.ended if name.endswith(": done")}
    assert tried >= {"hold", "confirm", "move", "cancel", "let go"}, fought.ended


async def test_without_the_guard_the_same_contest_books_double(sqlite: Database) -> None:
    await fight(sqlite, ATTEMPTS, 2, "--naive")
    broken = await judge(sqlite)
    assert broken.keys() >= {"coach booked twice", "person in two places", "second open booking"}


async def test_whoever_is_too_late_waits_for_nobody(database: Database) -> None:
    attempt, slot = await alone(database), slots()[0]
    assert await attempt.book(attempt.alone[0], slot)
    async with database.writing() as session, asyncio.timeout(4):
        await lock(session, [slot.coach])
        assert await attempt.hold(attempt.alone[1], slot) is None
    assert attempt.fought.ended["hold: SlotTaken"] == 1
    assert attempt.fought.others == {"3": 1}


@pytest.mark.postgres
async def test_coaches_and_people_are_locked_in_one_statement(postgresql: Database) -> None:
    await alone(postgresql)
    async with postgresql.writing() as session:
        await lock(session, ["bo", None, "amina"], "first-0")
        assert await not_locked(postgresql, "staff") == {"carla"}
        assert "first-0" not in await not_locked(postgresql, "person")
        assert "second-0" in await not_locked(postgresql, "person")
    async with postgresql.writing() as session:
        await lock(session, ["bo"], "nobody we know")
        assert await not_locked(postgresql, "staff") == {"amina", "carla"}


@pytest.mark.postgres
async def test_nobody_changes_what_is_a_persons_while_it_is_being_changed(
    postgresql: Database,
) -> None:
    attempt = await alone(postgresql)
    person, (first, second, third, *_rest) = attempt.alone[0], overlapping(ADVICE)[::12]
    booked = await attempt.book(person, first)
    held = await attempt.hold(person, replace(slots()[1], coach="carla"))
    assert booked
    assert held
    row = Row(booked.booking, booked.version, person, ADVICE, booked.coach_id)
    async with postgresql.writing() as session:
        name = postgresql.url.database
        await session.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '50ms'"))
    await postgresql.close()  # so that the next connections have it

    async def cancel() -> None:
        async with attempt.desk(person) as desk:
            await desk.cancel(row.booking)

    async def join() -> None:
        async with attempt.desk(person) as desk:
            await desk.join("workshop")

    async def propose() -> None:
        async with attempt.staff() as bookings:
            await Requests(bookings).propose(person, [replace(third, service=REVIEW)])

    attempt.fought.ended.clear()
    async with postgresql.writing() as session:
        await lock(session, [], person)
        await attempt.hold(person, replace(second, service=COACHING, mode="on_site"))
        await attempt.confirm(person, held)
        await attempt.move(row, second)
        for what, doing in (("cancel", cancel()), ("join", join()), ("propose", propose())):
            await attempt.tries(what, doing)
    tried = ("hold", "confirm", "move", "cancel", "join", "propose")
    assert attempt.fought.ended == {f"{what}: OperationalError": 1 for what in tried}


BREAKING = {
    "DELETE FROM claim WHERE resource = 'coach:amina' AND cell % 11 = 0": "not exactly its claims",
    "UPDATE claim SET until = 0 WHERE cell = 0": "not exactly its claims",
    "UPDATE meeting SET taken = 0 WHERE staff_id = 'amina'": "seats miscounted",
    "UPDATE meeting SET capacity = 9, taken = 2 WHERE staff_id = 'amina'": "seats miscounted",
    "UPDATE booking SET version = version + 1": "version without its note",
    "DELETE FROM journal WHERE action = 'held'": "version without its note",
}


@pytest.mark.parametrize("breaking", BREAKING)
async def test_the_verdict_sees_a_broken_law(database: Database, breaking: str) -> None:
    attempt = await alone(database)
    assert await attempt.book(attempt.alone[0], slots()[0])
    assert await judge(database) == {}
    async with database.writing() as session:
        await session.execute(text(breaking))
    assert await judge(database) == {BREAKING[breaking]: 1}


@pytest.mark.soak
async def test_ten_thousand_attempts_in_thirty_two_processes(database: Database) -> None:
    fought = await fight(database, SOAK, 7, processes=32)
    print()
    for name, times in sorted(fought.ended.items()):
        print(f"{name:24} {times:6}")
    after, whole = figures(fought.after), figures(fought.whole)
    print(f"{len(fought.after)} losers had three other times, ms: {after} (from the tap: {whole})")
    assert fought.faults == {}
    assert await judge(database) == {}
    assert set(fought.others) == {"3"}
    busy = sum(times for name, times in fought.ended.items() if name.endswith(BUSY))
    assert busy < SOAK / 100
    assert after["p95"] < LOSER_WAITS


def figures(waits: Sequence[float]) -> dict[str, float]:
    """The median, the 95th of 100 and the longest."""
    in_order = sorted(waits)
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: in_order[int((len(waits) - 1) * share)] for name, share in at.items()}
