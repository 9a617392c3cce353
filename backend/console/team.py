"""The team: how much each has on her hands, and meetings to hand over."""

from __future__ import annotations

from fastapi import Response

from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.services import load
from backend.services.walltime import local_day
from backend.services.weeks import Week
from dialogs import cards


async def show(console: ConsoleOf, who: Who, coach: str = "") -> Response:
    """Everybody's load; ``coach``: also all of her coming meetings, to hand them over."""
    now = console.runtime.clock.now()
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        asked = coach if coach in catalogue.names else ""
        team = await load.of_team(session, catalogue, now)
        stranded = await load.stranded(session, catalogue, now)
        hers = await load.all_of(session, catalogue, now, asked) if asked else []
    return console.pages.show(
        who,
        "team.html",
        team=team,
        stranded=stranded,
        asked=asked,
        asked_name=catalogue.names.get(asked, ""),
        hers=hers,
        this_week=Week.of(local_day(now)),
        code_of=code_of,
        mode_name=cards.mode_name,
        here="team",
    )
