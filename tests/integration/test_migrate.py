"""The database's tables: made from nothing, as the models say, and never by an older version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from backend import models  # noqa: F401  # every table is known once its module is imported
from backend.cli import main
from backend.database import Database
from backend.migrate import NewerDatabase, is_current, migrate
from backend.models.base import Base
from tests.conftest import count


def differences(connection: Connection) -> list[object]:
    """What a migration would still have to change."""
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_tables_are_what_the_models_say(database: Database) -> None:
    async with database.reading() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    assert await is_current(database)
    await migrate(database)
    assert await is_current(database)
    assert await count(database, "alembic_version") == 1


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        await migrate(database)
    assert not await is_current(database)
    assert await count(database, "alembic_version", "version_num = '9999'") == 1


def test_serve_says_so_when_the_database_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INGANG_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("INGANG_PORT", "0")
    assert main(["migrate"]) == 0
    make_newer(next(tmp_path.glob("*.sqlite3")))
    capsys.readouterr()
    for command in ("migrate", "serve", "staff list"):
        assert main(command.split()) == 1, command
        assert "newer version" in capsys.readouterr().err, command
    assert main(["demo", "--forward", "1d"]) == 1
    assert "no demonstration of this version" in capsys.readouterr().err
    assert main(["doctor"]) == 1
    assert "WRONG  database" in capsys.readouterr().out


def make_newer(path: Path) -> None:
    """As if a later version had been here."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
