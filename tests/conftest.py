"""What tests share: a clock that stands still, texts, databases of both kinds, a running door."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url

from backend import runtime
from backend.answers import Answers
from backend.commands import kb
from backend.database import Database
from backend.logs import PROCESSORS
from backend.migrate import migrate
from backend.settings import REPOSITORY
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.postgres import PostgresServer

T = TypeVar("T")

MEMORY = Path("/dev/shm")  # noqa: S108 - folders with random names of our own
ROOM = 4 * 1024**3  # bytes


def pytest_configure() -> None:
    """Databases of tests live in memory where there is room: they need not outlive the power."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it may have been asked for already


@pytest.fixture(autouse=True)
def _logs() -> None:
    """Logs as the program writes them; structlog's own default prints local variables."""
    structlog.reset_defaults()
    structlog.configure(processors=list(PROCESSORS))


@pytest.fixture(scope="session", autouse=True)
def _answers_read_once() -> Iterator[None]:
    """The shipped articles are read and indexed once; a folder that a test has made, each time."""
    real, shipped = runtime.load_answers, runtime.KNOWLEDGE
    remembered: dict[tuple[str, ...], Answers] = {}

    def load_answers(folders: tuple[Path, ...], texts: Catalogue) -> Answers:
        if (*folders, runtime.KNOWLEDGE) != (shipped / "articles", shipped):
            return real(folders, texts)
        published = tuple(row.code for row in texts.languages.published)
        if published not in remembered:
            remembered[published] = real(folders, texts)
            gc.collect()
            gc.freeze()  # a million objects that stay: looking at them again and again is slow
        return remembered[published]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "load_answers", load_answers)
        patch.setattr(kb, "load_answers", load_answers)
        yield


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 23 November 2026, 08:00 in Stockholm."""
    return FrozenClock()


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    """Every language's texts."""
    return Catalogue.load(REPOSITORY / "locales")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server; skipped, or failed in CI, when there is none."""
    try:
        server = PostgresServer.start()
    except Exception as error:
        reason = f"no PostgreSQL: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    _migrate_aside(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_name(postgres: PostgresServer) -> str:
    """The name of a PostgreSQL database with all tables and no rows, to be copied."""
    url = _aside(postgres.fresh_database())
    _migrate_aside(url)
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A migrated, empty database: each test runs once on SQLite and once on PostgreSQL."""
    async for found in open_database(request, request.param):
        yield found


async def open_database(request: pytest.FixtureRequest, kind: str) -> AsyncIterator[Database]:
    """A migrated, empty database of a kind: sqlite or postgresql."""
    if kind == "sqlite":
        path: Path = request.getfixturevalue("tmp_path") / "test.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        url = f"sqlite+aiosqlite:///{path}"
    else:
        template: str = request.getfixturevalue("migrated_name")
        url = await request.getfixturevalue("postgres").fresh_database(template)
    database = Database(url)
    yield database
    await database.close()


def _migrate_aside(url: str) -> None:
    async def prepare() -> None:
        database = Database(url)
        await migrate(database)
        await database.close()

    _aside(prepare())


def _aside(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: the fixture's caller may be in a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def count(database: Database, table: str, where: str = "1=1") -> int:
    """How many rows a table has."""
    async with database.reading() as session:
        found = await session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))  # noqa: S608
    return int(found or 0)
