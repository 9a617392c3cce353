"""``ingang migrate``: bring the database to this version."""

from __future__ import annotations

import argparse
import asyncio

from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.migrate import head
from backend.settings import Settings


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("migrate", help="bring the database to this version")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Migrate and apply the site file."""
    asyncio.run(_migrate(settings))
    print(f"The database is at revision {head()}.")
    return 0


async def _migrate(settings: Settings) -> None:
    async with prepared(settings, channels={}):
        return
