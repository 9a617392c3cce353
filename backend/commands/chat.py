"""``ingang chat``: talk to it in the terminal, before anyone has a bot token."""

from __future__ import annotations

import argparse
import asyncio

from backend.channels import discover
from backend.commands.failure import CommandFailed
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.settings import Settings

NAME = "terminal"


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("chat", help="talk to it in the terminal")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Talk until end of input."""
    asyncio.run(_chat(settings.model_copy(update={"terminal": True})))
    return 0


async def _chat(settings: Settings) -> None:
    channels = {name: found for name, found in discover(settings).items() if name == NAME}
    if not channels:
        message = "The terminal channel is not installed."
        raise CommandFailed(message)
    async with prepared(settings, channels) as runtime:
        worker = asyncio.create_task(runtime.worker.run())
        try:
            await channels[NAME].listen(runtime.door)
            await runtime.worker.send_all()
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
