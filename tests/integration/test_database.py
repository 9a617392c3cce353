"""What the database promises to those who use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend import database as databases
from backend.database import Database
from backend.migrate import migrate
from backend.models import Setting
from tests.conftest import count


async def test_a_writer_inside_a_writer_fails_loudly_instead_of_hanging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "POOL_TIMEOUT_S", 0.2)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    async with database.writing():
        with pytest.raises(PoolTimeout):
            async with database.writing():
                pytest.fail("two writers at once")
    await database.close()


async def test_a_reader_sees_the_last_committed_state_while_someone_writes(
    database: Database,
) -> None:
    async with database.writing() as session:
        await session.execute(insert(Setting).values(name="new", value=1))
        assert await count(database, "setting", "name = 'new'") == 0
    assert await count(database, "setting", "name = 'new'") == 1


async def insert_twice(database: Database, name: str) -> None:
    async with database.writing() as session:
        for _time in range(2):
            await session.execute(insert(Setting).values(name=name, value=1))


async def test_nothing_of_a_failed_transaction_is_kept(database: Database) -> None:
    before = await count(database, "setting")
    with pytest.raises(IntegrityError):
        await insert_twice(database, "new")
    assert await count(database, "setting") == before


async def test_an_error_does_not_carry_what_was_being_written(database: Database) -> None:
    with pytest.raises(IntegrityError) as failed:
        await insert_twice(database, "a secret")
    # PostgreSQL's own DETAIL names the key; our keys are ids and fingerprints, never words.
    assert "a secret" not in str(failed.value).partition("DETAIL")[0]


async def test_references_are_enforced_on_both_databases(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(
                text(
                    "INSERT INTO address (id, person_id, channel, account, sealed)"
                    " VALUES ('a', 'nobody', 'web', 'x', '')"
                )
            )
