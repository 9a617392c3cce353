"""The number in the menu: how many messages did not arrive and wait for somebody to look."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.console.context import Console
from backend.services import stuck

EVERY = timedelta(seconds=30)  # not at every page


async def count_again(console: Console, now: datetime, *, at_once: bool = False) -> None:
    """Count them, when the last time is a while ago or something has just been done."""
    pages = console.pages
    if not at_once and abs(now - pages.counted_at) < EVERY:
        return
    pages.counted_at = now
    channels = console.runtime.channels
    async with console.runtime.database.reading() as session:
        pages.undelivered = len(await stuck.failures(session, channels, now))
