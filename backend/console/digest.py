"""The Friday letter as a page: one's own week ahead in numbers, on any day."""

from __future__ import annotations

from fastapi import Response

from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.services import week_ahead


async def show(console: ConsoleOf, who: Who) -> Response:
    """What comes next week, and what waits."""
    async with console.runtime.database.reading() as session:
        ahead = await week_ahead.of_coach(session, who.staff, console.runtime.clock.now())
    return console.pages.show(who, "digest.html", ahead=ahead, here="today")
