"""Bringing activities in from a file or a calendar's address: first a look, then the good ones.

Nothing is kept between the two: the page of the first holds the file, stamped, for the second.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, UploadFile

from backend.console.centre.hours import weekdays
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings.repeats import in_words
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.fetching import Fetcher, NotFetched, NotHttps
from backend.figures import sheet
from backend.gatherings.bringing_in import bring_in
from backend.gatherings.cells import MOST_SEATS
from backend.gatherings.decoding import MOST_BYTES, decoded
from backend.gatherings.dry_run import DryRun, known_now, look, stamp
from backend.gatherings.found import NoActivities, Otherwise
from backend.hygiene import clean
from dialogs.text import Text, Words, _

PATH = "/console/activities/import"
MOST_SENT = 3 * MOST_BYTES  # the same in UTF-8, and what a form needs around it
SHOWN_FAULTS = 2_000
SHOWN_GOOD = 10
USUAL_SEATS = 20

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True)
class Brought:
    """What came of it: how many went in, were there, and were left out."""

    added: int
    there: int
    left: int


@dataclass(frozen=True)
class Shown:
    """What the page shows: a problem with what was typed, what was looked at, what went in."""

    otherwise: Otherwise
    problem: Text | None = None
    pasted: str = ""
    address: str = ""
    text: str = ""
    stamp: str = ""
    run: DryRun | None = None
    brought: Brought | None = None


async def take_file(request: Request) -> AsyncIterator[None]:
    """Read the form before others do: it is larger than any other, also in one of its fields."""
    async with request.form(max_part_size=MOST_SENT):
        yield


def fetching(request: Request) -> Fetch:
    """How a calendar is fetched from its address; an application may bring its own way."""
    own: Fetch | None = getattr(request.app.state, "fetch", None)
    return own or Fetcher(most_bytes=MOST_BYTES).fetch


async def show(console: ConsoleOf, who: Who) -> Response:
    """The form."""
    return await _page(console, who, Shown(Otherwise(seats=USUAL_SEATS)))


async def change(
    console: ConsoleOf, who: Who, request: Request, fetch: Annotated[Fetch, Depends(fetching)]
) -> Response:
    """Look at a file; list its faults as a file; or bring in what is good of it."""
    form = await request.form()
    otherwise = _otherwise(form)
    is_second = form.get("do") in {"bring", "faults"}
    try:
        text = clean(_said(form, "content")) if is_second else await _content(form, fetch)
        run = await _look(console, text, otherwise)
    except NoActivities as error:
        typed = _said(form, "pasted"), _said(form, "address")
        return await _page(console, who, Shown(otherwise, error.says, *typed))
    mark = stamp(console.runtime.vault, text, otherwise)
    shown = Shown(otherwise, text=text, stamp=mark, run=run)
    if form.get("do") == "faults":
        return _faults(console, who, run)
    if is_second and not hmac.compare_digest(_said(form, "stamp").encode(), mark.encode()):
        problem = _("The file is not the one you looked at. Look at it again.")
        return await _page(console, who, replace(shown, problem=problem))
    if is_second:
        shown = Shown(otherwise, brought=await _bring(console, who, run))
    return await _page(console, who, shown)


async def _content(form: FormData, fetch: Fetch) -> str:
    """What was brought: a file, words pasted, or what is at an address. Raises NoActivities."""
    upload = form.get("file")
    if isinstance(upload, UploadFile) and upload.size:
        return decoded(await upload.read())
    if pasted := _said(form, "pasted"):
        return decoded(pasted.encode("utf-8", "replace"))
    address = _said(form, "address").strip()
    if not address:
        raise NoActivities(_("Choose a file first."))
    try:
        return decoded(await fetch(address))
    except NotHttps:
        raise NoActivities(_("The address must begin with https://.")) from None
    except NotFetched:
        raise NoActivities(_("The calendar could not be reached.")) from None


async def _look(console: Console, text: str, otherwise: Otherwise) -> DryRun:
    runtime = console.runtime
    languages = [language.code for language in runtime.texts.languages.published]
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        known = await known_now(session, catalogue, runtime.clock, languages, otherwise)
        return await look(session, text, known)


async def _bring(console: Console, who: SignedIn, run: DryRun) -> Brought:
    runtime = console.runtime
    added = await bring_in(runtime.database, runtime.clock, runtime.cache, who.actor, run.good)
    runtime.hub.nudge()
    return Brought(added, run.there + len(run.good) - added, run.wrong)


def _faults(console: Console, who: SignedIn, run: DryRun) -> Response:
    """Every fault on a line of a table."""
    language = console.pages.language_of(who)

    def words(text: Text) -> str:
        return console.runtime.renderer.plain(text, language)

    head = (words(_("Line")), words(_("Column")), words(_("What is wrong")))
    rows = ((fault.line, fault.column, words(fault.words)) for fault in run.faults)
    headers = {"Content-Disposition": 'attachment; filename="faults.csv"'}
    file = sheet.write([head, *rows])
    return Response(file, headers=headers, media_type="text/csv; charset=utf-8")


async def _page(console: Console, who: SignedIn, shown: Shown) -> Response:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    return console.pages.show(
        who,
        "activities_import.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if shown.problem else HTTPStatus.OK,
        shown=shown,
        run=shown.run,
        brought=shown.brought,
        otherwise=shown.otherwise,
        good=shown.run.good[:SHOWN_GOOD] if shown.run else (),
        shown_faults=SHOWN_FAULTS,
        weekdays=[name for _number, name in weekdays(console.pages.language_of(who))],
        in_words=in_words,
        named=Words.of,
        services=catalogue.services,
        units=catalogue.units,
        most_seats=MOST_SEATS,
        here="activities",
    )


def _otherwise(form: FormData) -> Otherwise:
    """What counts where the file says nothing; nonsense counts as nothing."""
    seats = _said(form, "seats").strip()
    number = int(seats) if seats.isascii() and seats.isdigit() else 0
    return Otherwise(
        _said(form, "service"),
        _said(form, "unit"),
        number if 1 <= number <= MOST_SEATS else None,
    )


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
