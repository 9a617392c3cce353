"""``ingang demo --forward 1d``: move the demonstration's clock."""

from __future__ import annotations

import argparse
import asyncio
from datetime import timedelta
from pathlib import Path

from backend.commands.failure import CommandFailed
from backend.commands.types import Commands
from backend.database import Database
from backend.demo import forward, is_filled, parse_span
from backend.migrate import is_current
from backend.settings import Settings

NONE_HERE = "There is no demonstration of this version here. Start it first: make run"


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("demo", help="move the demonstration's clock")
    parser.add_argument("--forward", required=True, metavar="SPAN", help="1d, 3h or 30m")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Move the clock of the running demonstration."""
    try:
        span = parse_span(chosen.forward)
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    database = Database(settings.database)
    if database.is_sqlite and not Path(database.url.database or "").exists():
        raise CommandFailed(NONE_HERE)
    asyncio.run(_forward(database, span))
    print(f"The demonstration's clock has moved {chosen.forward} forward.")
    return 0


async def _forward(database: Database, span: timedelta) -> None:
    try:
        # A real house's clock is never touched.
        if not (await is_current(database) and await is_filled(database)):
            raise CommandFailed(NONE_HERE)
        await forward(database, span)
    finally:
        await database.close()
