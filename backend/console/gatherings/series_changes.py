"""Changing a series: from a day on, its end, its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import Request, Response

from backend.api.problems import Problem, detail_of
from backend.console.centre.fields import Form, Known
from backend.console.centre.fields import read as read_fields
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import changing
from backend.console.gatherings.changing import Asked
from backend.console.gatherings.draft import TEXTS, day_of, number_of, typed
from backend.console.gatherings.editing import PATH, choices
from backend.console.gatherings.one_series import Refused, own, page
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Series
from backend.services import series as services
from backend.services.occasions import InTheGap, InThePast, MovedMeanwhile
from backend.services.series import CannotShift, NoSuchSeries, UnknownUnit
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text, _

NOT_CHANGED = (MovedMeanwhile, NoSuchSeries, CannotShift, InTheGap, InThePast, UnknownUnit)


async def change(console: ConsoleOf, who: Who, request: Request, series: str) -> Response:
    """Change a part of it. Raises Problem 403 or 404."""
    row, form = await own(console, who, request, series)
    part = PARTS.get(typed(form, "do"))
    if part is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail_of(422))
    response = await part(console, who, row, form)
    console.runtime.hub.nudge()
    return response


async def _look(console: Console, who: SignedIn, row: Series, form: Form) -> Response:
    """What would become of the next dates."""
    asked = await _asked(console, who, row, form)
    if asked.day is None or asked.change is None:
        return await page(console, who, row.id, Refused(asked))
    async with console.runtime.database.reading() as session:
        shown = await changing.dates(session, row, asked.day, asked.change)
        told = asked.change.moves
        people = await changing.people(session, row.id, asked.day) if told else 0
    return await page(console, who, row.id, Refused(asked, shown, people, status=HTTPStatus.OK))


async def _save(console: Console, who: SignedIn, row: Series, form: Form) -> Response:
    """This and the following are otherwise from now on."""
    asked = await _asked(console, who, row, form)
    if asked.day is None or asked.change is None:
        return await page(console, who, row.id, Refused(asked))
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            catalogue = await runtime.cache.get(await work.reading())
            told = await services.change_from(
                work, catalogue, row.id, number_of(typed(form, "version")), asked.day, asked.change
            )
    except NOT_CHANGED as error:
        return await page(console, who, row.id, _refused(asked, error))
    return see(f"{PATH}/{row.id}?told={told}")


async def _end(console: Console, who: SignedIn, row: Series, form: Form) -> Response:
    """No more from a day on."""
    runtime = console.runtime
    written = typed(form, "last")
    day = day_of(written)
    if day is None or day < local_day(runtime.clock.now()):
        words = _("Choose a day.") if day is None else _("That day has passed.")
        return await page(console, who, row.id, Refused(end_day=written, wrong={"last": words}))
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            catalogue = await runtime.cache.get(await work.reading())
            told = await services.end(work, catalogue, row.id, day)
    except NoSuchSeries:
        return await page(console, who, row.id, Refused(problem=_changed(), status=409))
    return see(f"{PATH}/{row.id}?told={told}")


async def _words(console: Console, who: SignedIn, row: Series, form: Form) -> Response:
    """Its own name and what it is."""
    runtime = console.runtime
    languages = [language.code for language in runtime.texts.languages.published]
    before: Mapping[str, object] = {"name": row.name, "about": row.about}
    values, wrong = read_fields(TEXTS, form, before, Known(languages, ()))
    if wrong:
        return await page(console, who, row.id, Refused(words=form, wrong=wrong))
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            name, about = _texts(values["name"]), _texts(values["about"])
            await services.describe(work, row.id, name, about, row.organiser)
    except NoSuchSeries:
        return await page(console, who, row.id, Refused(problem=_changed(), status=409))
    return see(f"{PATH}/{row.id}")


async def _asked(console: Console, who: SignedIn, row: Series, form: Form) -> Asked:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    return changing.read(form, row, choices(console, who, catalogue))


def _refused(asked: Asked, error: Exception) -> Refused:
    """What was wrong after all, at its field where it has one."""
    match error:
        case MovedMeanwhile() | NoSuchSeries():
            return Refused(problem=_changed(), status=HTTPStatus.CONFLICT)
        case CannotShift():
            at, words = "start", _("Its rule names several times. End it, and add a new one.")
        case InTheGap():
            words = _("On one of these days the clocks go forward, and a time does not exist.")
            at = "start"
        case InThePast():
            at, words = "day", _("That day has passed.")
        case _:
            at, words = "unit", _("Choose a place.")
    return Refused(Asked(asked.form, asked.day, None, {at: words}))


def _changed() -> Text:
    return _("This was changed by someone else meanwhile. Nothing was changed now.")


def _texts(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, dict) else {}


Part = Callable[[Console, SignedIn, Series, Form], Awaitable[Response]]

PARTS: Mapping[str, Part] = {"look": _look, "save": _save, "end": _end, "words": _words}
