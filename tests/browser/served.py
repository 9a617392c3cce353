"""The whole program as an operator starts it: a process of its own, on a free port."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from backend.database import Database
from backend.demo import PASSWORD, USERNAME, forward

ROOT = Path(__file__).parent.parent.parent
START_S = 180  # this machine may be busy


@dataclass(frozen=True)
class Program:
    """A running demonstration."""

    url: str
    environment: dict[str, str]
    username: str = USERNAME
    password: str = PASSWORD

    async def forward(self, **by: float) -> None:
        """Move the clock, as the button on the demonstration's page does."""
        database = self._database()
        await forward(database, timedelta(**by))
        await database.close()

    async def planned_reminders_of_cancelled(self) -> int:
        """Reminders that would still be sent of meetings that are called off."""
        database = self._database()
        async with database.reading() as session:
            found = await session.scalar(
                text(
                    "SELECT count(*) FROM message m "
                    "JOIN booking b ON m.about = 'booking:' || b.id "
                    "WHERE b.state = 'cancelled' AND m.state IN ('planned', 'due')"
                )
            )
        await database.close()
        return int(found or 0)

    def _database(self) -> Database:
        return Database(f"sqlite+aiosqlite:///{self.environment['INGANG_VAR_DIR']}/ingang.sqlite3")

    async def command(self, *arguments: str) -> str:
        """Run an ``ingang`` command beside it; what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "backend.cli",
            *arguments,
            cwd=ROOT,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _error = await process.communicate()
        assert process.returncode == 0
        return output.decode()


@asynccontextmanager
async def program(folder: Path, **settings: str) -> AsyncIterator[Program]:
    """Serve a demonstration until the block ends."""
    port = str(_free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("INGANG_")},
        "INGANG_DEMO": "on",
        "INGANG_PORT": port,
        "INGANG_VAR_DIR": str(folder),
        "INGANG_RETENTION_DECISION": "test",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend.cli",
        "serve",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(START_S):
            await _until_open(process, int(port))
        yield Program(f"http://127.0.0.1:{port}", environment)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_open(process: asyncio.subprocess.Process, port: int) -> None:
    """It prints how to sign in just before it listens; from then on it is knocked at."""
    assert process.stdout is not None
    async for line in process.stdout:
        if b"sign in as" in line:
            break
    while process.returncode is None:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0)
        else:
            writer.close()
            return
    message = f"the program ended with {process.returncode}"
    raise AssertionError(message)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
