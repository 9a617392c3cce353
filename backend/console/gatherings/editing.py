"""A new activity: filled in, looked at, and only then added."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.centre.fields import Form
from backend.console.centre.hours import weekdays
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import draft as drafts
from backend.console.gatherings import preview
from backend.console.gatherings.draft import (
    NUMBERS,
    RULE_FAULTS,
    TEXTS,
    TICKS,
    Choice,
    Draft,
    typed,
)
from backend.console.gatherings.preview import Preview
from backend.console.gatherings.repeats import CHOICES
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.services import series
from backend.services.catalogue import Catalogue
from backend.services.series import BadRule, NewSeries, UnknownService, UnknownUnit
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text, _

PATH = "/console/activities"
USUAL_MINUTES = 60


async def new(console: ConsoleOf, who: Who) -> Response:
    """The empty form."""
    async with console.runtime.database.reading() as session:
        choice = choices(console, who, await console.runtime.cache.get(session))
    return await _page(console, who, drafts.blank(choice, USUAL_MINUTES))


async def add(console: ConsoleOf, who: Who, request: Request) -> Response:
    """Show the dates of what was filled in; add it once they have been seen."""
    form = await request.form()
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        draft = drafts.read(form, choices(console, who, catalogue))
        shown = await _preview(session, catalogue, draft)
    if draft.new is None or shown is None or not shown.dates:
        return await _page(console, who, draft, shown)
    if typed(form, "do") != "save" or typed(form, "seen") != draft.mark:
        return await _page(console, who, draft, shown)
    try:
        added = await _add(console, who, draft.new)
    except (BadRule, UnknownService, UnknownUnit) as error:
        return await _page(console, who, Draft(form, None, _why_not(error)))
    console.runtime.hub.nudge()
    return see(f"{PATH}/{added}")


def choices(console: Console, who: SignedIn, catalogue: Catalogue) -> Choice:
    """What she may fill the form with; a coach leads what she adds herself."""
    runtime = console.runtime
    return Choice(
        [terms.service.id for terms in catalogue.services.values() if terms.service.group],
        list(catalogue.units),
        list(catalogue.coaches) if who.keeps_catalogue else [who.staff],
        not who.keeps_catalogue,
        [language.code for language in runtime.texts.languages.published],
        local_day(runtime.clock.now()),
    )


async def _preview(session: AsyncSession, catalogue: Catalogue, draft: Draft) -> Preview | None:
    return await preview.look(session, catalogue, draft.new) if draft.new else None


async def _add(console: Console, who: SignedIn, new: NewSeries) -> str:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        catalogue = await runtime.cache.get(await work.reading())
        return await series.add(work, catalogue, new)


def _why_not(error: Exception) -> dict[str, Text]:
    """What is wrong after all, by field."""
    match error:
        case BadRule(reason=reason):
            return {"repeats": RULE_FAULTS[reason]}
        case UnknownService():
            return {"service": _("Choose a service.")}
        case _:
            return {"unit": _("Choose a place.")}


async def _page(
    console: Console, who: SignedIn, draft: Draft, shown: Preview | None = None
) -> Response:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    choice = choices(console, who, catalogue)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if draft.wrong else HTTPStatus.OK
    return console.pages.show(
        who,
        "activity_edit.html",
        status,
        draft=draft,
        form=draft.form,
        wrong=draft.wrong,
        preview=shown,
        choice=choice,
        catalogue=catalogue,
        numbers=NUMBERS,
        ticks=TICKS,
        texts=TEXTS,
        repeats=CHOICES,
        weekdays=weekdays(console.pages.language_of(who)),
        chosen=_chosen(draft.form),
        here="activities",
    )


def _chosen(form: Form) -> list[str]:
    return [each for each in form.getlist("weekday") if isinstance(each, str)]
