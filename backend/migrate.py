"""Bring a database to this version's tables, or say plainly that it cannot be done.

On SQLite foreign keys are off while a table is rebuilt (with them on, Alembic's rebuild silently
deletes child rows) and every reference is checked afterwards.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(Exception):
    """The database belongs to a newer version of Ingång; this one must not touch it."""


class BrokenReferences(Exception):
    """After migrating, some rows refer to rows that do not exist."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head() -> str:
    """This version's revision of the tables."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    return found or ""


async def migrate(database: Database) -> None:
    """Bring the database to this version. Raises NewerDatabase or BrokenReferences."""
    await asyncio.to_thread(_migrate, database.url)


def _migrate(url: URL) -> None:
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url.set(drivername="sqlite" if sqlite else "postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            if sqlite:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.commit()
            _upgrade(connection)
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise BrokenReferences(url.database)
            connection.commit()
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    current = _current(connection)
    script = ScriptDirectory.from_config(config)
    if current is not None:
        try:
            script.get_revision(current)
        except CommandError as error:
            raise NewerDatabase(current) from error
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def is_current(database: Database) -> bool:
    """Whether the database has exactly this version's tables."""
    async with database.reading() as session:
        return await _version(session) == head()


async def _version(session: AsyncSession) -> str | None:
    connection = await session.connection()
    return await connection.run_sync(_current)
