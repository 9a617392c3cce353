"""Engines and transactions, the same on SQLite and PostgreSQL.

SQLite has one writer connection, whose transactions begin IMMEDIATE, and a pool of readers that
see the last committed state. A second writer inside the first waits for itself and fails loudly
after five seconds. PostgreSQL has one pool; reading and writing differ only in intent there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool

from backend.models.base import Base

POOL_TIMEOUT_S = 5.0
BUSY_TIMEOUT_MS = 10_000
READERS = 5
DEADLOCKED = ("40P01", "40001")


class Database:
    """The two engines of one database."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer = _sqlite_engine(self.url.render_as_string(hide_password=False), 1)
            self.reader = _sqlite_engine(
                self.url.render_as_string(hide_password=False), READERS, reads=True
            )
        else:
            self.writer = self.reader = create_async_engine(
                self.url,
                pool_size=10,
                max_overflow=10,
                pool_timeout=POOL_TIMEOUT_S,
                hide_parameters=True,
            )
        self._writing = async_sessionmaker(self.writer, autoflush=False, expire_on_commit=False)
        self._reading = async_sessionmaker(self.reader, autoflush=False, expire_on_commit=False)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; on SQLite it never waits for the writer."""
        async with self._reading() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self._writing() as session, session.begin():
            await session.connection()  # take the write lock now, not at some later statement
            yield session

    def open_write(self) -> AsyncSession:
        """A session whose owner commits; for a unit of work."""
        return self._writing()

    def open_read(self) -> AsyncSession:
        """A reading session whose owner closes it; for a unit of work."""
        return self._reading()

    async def close(self) -> None:
        """Let go of every connection."""
        await self.writer.dispose()
        await self.reader.dispose()


def is_deadlock(error: DBAPIError) -> bool:
    """Whether PostgreSQL ended a transaction so that another could go on: run it again."""
    return getattr(error.orig, "sqlstate", None) in DEADLOCKED


def insertion(session: AsyncSession, model: type[Base]) -> postgresql.Insert:
    """An INSERT that knows what to do on a conflict; both databases spell it alike."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return cast("postgresql.Insert", sqlite.insert(model))


def _sqlite_engine(url: str, size: int, *, reads: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,  # an error must never carry what a person wrote into a log
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_read if reads else _begin_write)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connection
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_write(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
