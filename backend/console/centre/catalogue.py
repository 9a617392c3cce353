"""Services and places: what the site file says of them, and what is changed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy import select

from backend.api.problems import Problem, detail_of
from backend.console.centre.fields import (
    SERVICE_FIELDS,
    UNIT_FIELDS,
    Field,
    Form,
    Known,
    filled_in,
    read,
)
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Service, Unit
from backend.services import edits
from backend.services.centre import ChangedMeanwhile
from backend.services.closures import NoSuchUnit
from backend.services.edits import Edited, NoSuchService, Values
from backend.site import Site, service_values, unit_values
from backend.work import Work
from dialogs.ports import Mode
from dialogs.text import Text, Words, _

SERVICES, UNITS = "/console/services", "/console/units"
MODES: Mapping[Mode, Text] = {
    "on_site": _("On site"),
    "phone": _("By telephone"),
    "video": _("By video"),
}


@dataclass(frozen=True)
class Refused:
    """A form that could not be taken; ``wrong`` says what is wrong, by input."""

    form: Form
    wrong: Mapping[str, Text] = field(default_factory=dict)
    problem: Text | None = None
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


async def services(console: ConsoleOf, who: Who) -> Response:
    """Everything that can be booked."""
    async with console.runtime.database.reading() as session:
        rows = (await session.scalars(select(Service).order_by(Service.position))).all()
        catalogue = await console.runtime.cache.get(session)
    return console.pages.show(
        who,
        "centre_services.html",
        rows=[(row, Words.of(row.name)) for row in rows],
        units=catalogue.units,
        modes=MODES,
        here="centre",
        tab="services",
    )


async def units(console: ConsoleOf, who: Who) -> Response:
    """Every place."""
    async with console.runtime.database.reading() as session:
        rows = (await session.scalars(select(Unit).order_by(Unit.position))).all()
    return console.pages.show(who, "centre_units.html", rows=rows, here="centre", tab="units")


async def service(console: ConsoleOf, who: Who, service: str) -> Response:
    """One service, to be changed. Raises Problem 404."""
    return await _page(console, who, await _row(console, Service, service))


async def unit(console: ConsoleOf, who: Who, unit: str) -> Response:
    """One place, to be changed. Raises Problem 404."""
    return await _page(console, who, await _row(console, Unit, unit))


async def change_service(console: ConsoleOf, who: Who, request: Request, service: str) -> Response:
    """Keep what was filled in about a service."""
    return await _change(console, who, await _row(console, Service, service), request)


async def change_unit(console: ConsoleOf, who: Who, request: Request, unit: str) -> Response:
    """Keep what was filled in about a place."""
    return await _change(console, who, await _row(console, Unit, unit), request)


async def _row(console: Console, model: type[Service] | type[Unit], row_id: str) -> Edited:
    async with console.runtime.database.reading() as session:
        row: Edited | None = await session.get(model, row_id)
    if row is None:
        raise _not_there()
    return row


async def _change(console: Console, who: SignedIn, row: Edited, request: Request) -> Response:
    form = await request.form()
    filed = _filed(console.runtime.site, row)
    back = {str(name) for name in form.getlist("filed")} & filed.keys()
    values, wrong = read(_fields(row), form, edits.values_of(row), await _known(console))
    wrong = {at: words for at, words in wrong.items() if at.partition("-")[0] not in back}
    if wrong:
        return await _page(console, who, row, Refused(form, wrong))
    values |= {name: filed[name] for name in back}
    try:
        await _keep(console, who, row, values, str(form.get("mark", "")))
    except ChangedMeanwhile:
        problem = _("This was changed by someone else meanwhile. Nothing was changed now.")
        again = await _row(console, type(row), row.id)
        refused = Refused(
            filled_in(_fields(again), edits.values_of(again)), {}, problem, HTTPStatus.CONFLICT
        )
        return await _page(console, who, again, refused)
    except (NoSuchService, NoSuchUnit) as error:
        raise _not_there() from error
    console.runtime.hub.nudge()
    return see(SERVICES if isinstance(row, Service) else UNITS)


async def _keep(console: Console, who: SignedIn, row: Edited, values: Values, mark: str) -> None:
    runtime = console.runtime
    filed = _filed(runtime.site, row)
    change = edits.change_service if isinstance(row, Service) else edits.change_unit
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await change(work, row.id, values, filed, mark)


async def _page(
    console: Console, who: SignedIn, row: Edited, refused: Refused | None = None
) -> Response:
    runtime = console.runtime
    values = edits.values_of(row)
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
    shown = refused or Refused(filled_in(_fields(row), values), status=HTTPStatus.OK)
    is_service = isinstance(row, Service)
    return console.pages.show(
        who,
        "centre_edit.html",
        shown.status,
        row=row,
        title=Words.of(row.name) if isinstance(row, Service) else row.name,
        path=f"{SERVICES if is_service else UNITS}/{row.id}",
        fields=_fields(row),
        form=shown.form,
        wrong=shown.wrong,
        problem=shown.problem,
        mark=edits.mark_of(row),
        edited=row.edits.keys() & _filed(runtime.site, row).keys(),
        languages=[language.code for language in runtime.texts.languages.published],
        units=catalogue.units,
        modes=MODES,
        here="centre",
        tab="services" if is_service else "units",
    )


async def _known(console: Console) -> Known:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    languages = [language.code for language in console.runtime.texts.languages.published]
    return Known(languages, catalogue.units)


def _fields(row: Edited) -> Sequence[Field]:
    return SERVICE_FIELDS if isinstance(row, Service) else UNIT_FIELDS


def _filed(site: Site, row: Edited) -> Values:
    """What the site file says of a row; nothing when it is not in the file."""
    if isinstance(row, Service):
        found = (service_values(entry) for entry in site.services if entry.id == row.id)
    else:
        found = (unit_values(entry) for entry in site.units if entry.id == row.id)
    return next(found, {})


def _not_there() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, detail_of(404))
