"""When people answer at a place: changed here, and shown as newcomers will read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

from fastapi import Request, Response

from backend.api.problems import Problem, detail_of
from backend.clock import ZONE
from backend.console.centre import opening_form
from backend.console.centre.hours import weekdays
from backend.console.centre.opening_form import Draft, WrongOpening
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Unit
from backend.services import edits, opening, opening_hours
from backend.services.catalogue import Catalogue
from backend.services.centre import ChangedMeanwhile
from backend.services.closures import NoSuchUnit
from backend.services.opening import Hours
from backend.services.walltime import local_day
from backend.site import unit_values
from backend.work import Work
from dialogs import values
from dialogs.text import Text, _

AHEAD = 14  # days shown as people will read them
FIELD = "opening"


async def show(console: ConsoleOf, who: Who, unit: str, language: str = "") -> Response:
    """A place's hours, ready to be changed. Raises Problem 404."""
    return await _page(console, who, await _row(console, unit), language=language)


async def change(console: ConsoleOf, who: Who, request: Request, unit: str) -> Response:
    """Keep what was filled in, or go back to the site file. Raises Problem 404."""
    row, form = await _row(console, unit), await request.form()
    filed = _filed(console, row)
    today = local_day(console.runtime.clock.now())
    draft = opening_form.typed(form)
    if form.get("do") == "file" and FIELD in filed:
        wanted = filed[FIELD]
    else:
        try:
            wanted = opening_form.read(draft, opening_hours.read(row.opening), today).written
        except WrongOpening as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await _page(console, who, row, error.draft, status=status)
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            await edits.change_unit(work, unit, {FIELD: wanted}, filed, str(form.get("mark", "")))
    except ChangedMeanwhile:
        problem = _("This was changed by someone else meanwhile. Nothing was changed now.")
        again = await _row(console, unit)
        return await _page(console, who, again, problem=problem, status=HTTPStatus.CONFLICT)
    except NoSuchUnit as error:
        raise _not_there() from error
    runtime.hub.nudge()
    return see(_path(unit))


async def _page(
    console: Console,
    who: SignedIn,
    row: Unit,
    draft: Draft | None = None,
    *,
    problem: Text | None = None,
    language: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    runtime = console.runtime
    today = local_day(runtime.clock.now())
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
    own = console.pages.language_of(who)
    published = [each.code for each in runtime.texts.languages.published]
    reader = language if language in published else own
    return console.pages.show(
        who,
        "centre_opening.html",
        status,
        row=row,
        path=_path(row.id),
        draft=draft or opening_form.shown(opening_hours.read(row.opening), today),
        problem=problem,
        mark=edits.mark_of(row),
        is_edited=FIELD in row.edits and FIELD in _filed(console, row),
        weekdays=weekdays(own),
        times=range(opening_hours.MOST_A_DAY),
        today=today,
        reader=reader,
        readers=published,
        coming=_coming(console, catalogue, row.id, reader),
        here="centre",
        tab="units",
    )


def _coming(
    console: Console, catalogue: Catalogue, unit: str, reader: str
) -> Sequence[tuple[str, str]]:
    """The days ahead and their hours, closures and all, as they are written in a language."""
    runtime = console.runtime
    first = local_day(runtime.clock.now())
    direction = runtime.texts.languages[reader].direction
    closed = runtime.renderer.plain(_("Closed"), reader)
    lines = []
    for number in range(AHEAD):
        day = first + timedelta(days=number)
        found = opening.of_day(catalogue, unit, day)
        hours = [values.digits(_clock(each), direction) for each in found]
        lines.append((values.write_day(day, reader, direction), ", ".join(hours) or closed))
    return lines


def _clock(hours: Hours) -> str:
    """Such as 08:00-16:30, by the clock on the wall; the end of a day is 24:00."""
    stop = f"{hours.closes_at.astimezone(ZONE):%H:%M}"
    return f"{hours.opens_at.astimezone(ZONE):%H:%M}\u2013{'24:00' if stop == '00:00' else stop}"


async def _row(console: Console, unit: str) -> Unit:
    async with console.runtime.database.reading() as session:
        row = await session.get(Unit, unit)
    if row is None:
        raise _not_there()
    return row


def _filed(console: Console, row: Unit) -> edits.Values:
    """What the site file says of a place; nothing when it is not in the file."""
    found = (unit_values(entry) for entry in console.runtime.site.units if entry.id == row.id)
    return next(found, {})


def _path(unit: str) -> str:
    return f"/console/units/{unit}/opening"


def _not_there() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, detail_of(404))
