"""What tests share: a clock that stands still, texts, databases of both kinds, a running door."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import Dialect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from backend import database as databases
from backend import migrate as migrations
from backend import runtime
from backend.answers import Answers
from backend.commands import kb
from backend.console import routes
from backend.console.passwords import Passwords, make_hasher
from backend.database import Database
from backend.logs import PROCESSORS
from backend.settings import REPOSITORY
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.postgres import Databases, PostgresServer

MEMORY = Path("/dev/shm")  # noqa: S108 - folders with random names of our own
ROOM = 4 * 1024**3  # bytes
STATEMENTS = 4_000
MOST_KIB = 1024
LOCALES = REPOSITORY / "locales"


def pytest_configure() -> None:
    """Databases of tests live in memory where there is room: they need not outlive the power."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it may have been asked for already


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported now stays: looking at it again and again is slow."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


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


@pytest.fixture(scope="session", autouse=True)
def _texts_read_once() -> Iterator[None]:
    """The shipped texts are parsed once, however many programs are opened."""
    real, shipped = Catalogue.load, cache(Catalogue.load)

    def load(folder: Path) -> Catalogue:
        return shipped(folder) if folder == LOCALES else real(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalogue, "load", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_cheap() -> Iterator[None]:
    """What an application checks passwords with; a process of its own takes all the time."""

    def cheap() -> Passwords:
        return Passwords(make_hasher(MOST_KIB))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "Passwords", cheap)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Every test has engines of its own, and all of them know the statements of those before.

    Compiling them anew would be half of what the tests do.
    """
    known: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def create(*given: Any, **options: Any) -> AsyncEngine:
        created = create_async_engine(*given, **options)
        engine = created.sync_engine
        dialect, statements = known.get(engine.name, (engine.dialect, LRUCache(STATEMENTS)))
        if dialect.server_version_info is None:  # nobody has connected with it
            known[engine.name] = (engine.dialect, statements)
        else:
            engine.dialect = dialect  # what is compiled is known by the dialect
        engine._compiled_cache = statements
        return created

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databases, "create_async_engine", create)
        yield


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 23 November 2026, 08:00 in Stockholm."""
    return FrozenClock()


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    """Every language's texts."""
    return Catalogue.load(LOCALES)


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
    migrations._migrate(make_url(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once(migrated_file: Path) -> Iterator[None]:
    """What is to be a new SQLite database is a copy of the one that has been migrated."""
    real = migrations._migrate

    def migrate(url: URL) -> None:
        path = Path(url.database or "")
        if url.get_backend_name() != "sqlite" or path.exists():
            real(url)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(migrated_file, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "_migrate", migrate)
        yield


@pytest.fixture(scope="session")
def migrated(postgres: PostgresServer) -> Databases:
    """PostgreSQL databases with all tables and no rows, to be lent."""
    url = make_url(postgres.fresh_database())
    migrations._migrate(url)
    return Databases(postgres, str(url.database))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A migrated, empty database: each test runs once on SQLite and once on PostgreSQL."""
    async for found in open_database(request, request.param):
        yield found


async def open_database(request: pytest.FixtureRequest, kind: str) -> AsyncIterator[Database]:
    """A migrated, empty database of a kind: sqlite or postgresql."""
    with ExitStack() as borrowed:
        if kind == "sqlite":
            path: Path = request.getfixturevalue("tmp_path") / "test.sqlite3"
            shutil.copy(request.getfixturevalue("migrated_file"), path)
            url = f"sqlite+aiosqlite:///{path}"
        else:
            url = borrowed.enter_context(request.getfixturevalue("migrated").lend())
        database = Database(url)
        yield database
        await database.close()


async def count(database: Database, table: str, where: str = "1=1") -> int:
    """How many rows a table has."""
    async with database.reading() as session:
        found = await session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))  # noqa: S608
    return int(found or 0)
