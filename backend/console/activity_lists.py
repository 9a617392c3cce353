"""Lists of who came, as files: of one occasion, and of a month for Arbetsförmedlingen.

That one was taken out is noted in the journal: once it has left, nobody here can delete it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from http import HTTPStatus

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.problems import Problem, detail_of
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.pages import language_name
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.console.vocabulary import STATES
from backend.figures import sheet
from backend.gatherings import sheets
from backend.gatherings.sheets import About, Row, Wording
from backend.models import Meeting, Person
from backend.services import attending, needs, threads
from backend.services.attending import Seat
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import _

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


async def of_occasion(console: ConsoleOf, who: Who, meeting: str) -> Response:
    """Everyone of one occasion. Raises Problem 404."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await work.writing()
        session = await work.reading()
        row = await session.get(Meeting, meeting)
        if row is None:
            raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
        catalogue = await runtime.cache.get(session)
        seats = await attending.sheet(session, catalogue, meeting)
        people = await _people(session, seats, console.pages.language_of(who))
        day = local_day(row.starts_at)
        work.note("meeting", meeting, "listed")
    rows = sheets.occasion(_wording(console, who), seats, people)
    return _file(f"activity-{day}.csv", rows)


async def of_month(console: ConsoleOf, who: Who, month: str = "") -> Response:
    """Every seat at an activity of a month, such as 2026-11. Raises Problem 422."""
    runtime = console.runtime
    found = MONTH.fullmatch(month or f"{local_day(runtime.clock.now()):%Y-%m}")
    if found is None:
        detail = _("Write the month as 2026-11.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    first = date(int(found[1]), int(found[2]), 1)
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await work.writing()
        session = await work.reading()
        catalogue = await runtime.cache.get(session)
        rows = await attending.month(session, catalogue, first.year, first.month)
        work.note("attendance", found[0], "listed")
    return _file(f"attendance-{found[0]}.csv", sheets.month(_wording(console, who), rows, code_of))


async def _people(
    session: AsyncSession, seats: Sequence[Seat], reader: str
) -> Mapping[str, About]:
    """What is known of each; of those who have been deleted only that they were there."""
    ids = [seat.person for seat in seats]
    spoken = await threads.of_people(session, ids)
    picked = await session.execute(select(Person.id, Person.needs).where(Person.id.in_(ids)))
    wanted = {person: needs.in_order(names) for person, names in picked}
    return {
        person: About(
            code_of(person),
            language_name(reader, spoken[person].language) if person in spoken else "",
            wanted.get(person, ()),
        )
        for person in ids
    }


def _wording(console: Console, who: SignedIn) -> Wording:
    renderer, language = console.runtime.renderer, console.pages.language_of(who)
    return Wording(
        partial(renderer.plain, language=language),
        partial(renderer.label, language=language),
        STATES,
    )


def _file(name: str, rows: Iterable[Row]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(sheet.write(rows), headers=headers, media_type="text/csv; charset=utf-8")
