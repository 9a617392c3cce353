"""Figures for those who lead the work: one page, and each of its tables as a file.

Of the whole centre, by service, place or language; never by coach. Only one of the three at a
time: tables of two would give away what each of them hides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal, cast, get_args

from babel.dates import format_date
from fastapi import Depends, Query, Response

from backend.api.problems import Problem, detail_of
from backend.console import drawings
from backend.console import feedback as feedback_sheets
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.console.sheets import Sheet, Wording
from backend.figures import counting, sheet
from backend.figures.counting import By
from backend.figures.periods import NothingWhole, Period, between, last_months, last_weeks
from backend.services import feedback, figures
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text, _

Span = Literal["weeks", "quarter", "year", "own"]

WEEKS, QUARTER, YEAR = 4, 3, 12


@dataclass(frozen=True)
class Choice:
    """What the reader has chosen; ``first`` and ``last`` are as she wrote them."""

    span: Span
    by: By
    first: str
    last: str


def chosen(
    period: str = "quarter",
    by: str = "service",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
) -> Choice:
    """The choice in an address; what is not known counts as not chosen."""
    return Choice(
        cast("Span", period) if period in get_args(Span) else "quarter",
        cast("By", by) if by in get_args(By) else "service",
        first,
        last,
    )


Chosen = Annotated[Choice, Depends(chosen)]


async def show(console: ConsoleOf, who: Who, choice: Chosen) -> Response:
    """Every figure of a period, as a plot and a table."""
    today = local_day(console.runtime.clock.now())
    problem: Text | None = None
    try:
        period = period_of(choice, today)
    except (NothingWhole, ValueError) as error:
        period, problem = last_months(today, QUARTER), _why_not(error)
    wording, sheets = await _sheets(console, who, period, choice.by)
    language = wording.language.code
    return console.pages.show(
        who,
        "figures.html",
        sheets=sheets,
        hidden=wording.hidden,
        choice=choice,
        first=_day_words(period.first, language),
        last=_day_words(period.last, language),
        problem=problem,
        here="figures",
    )


async def download(
    console: ConsoleOf, who: Who, choice: Chosen, table: str = "attendance"
) -> Response:
    """One table as a CSV file. Raises Problem 404, 422."""
    today = local_day(console.runtime.clock.now())
    try:
        period = period_of(choice, today)
    except (NothingWhole, ValueError) as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _why_not(error)) from None
    wording, sheets = await _sheets(console, who, period, choice.by)
    for each in sheets:
        if each.name == table:
            name = f"{table}-{period.first}-{period.last}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            file = sheet.write([each.head, *map(wording.cells, each.rows)])
            return Response(file, headers=headers, media_type="text/csv; charset=utf-8")
    raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))


def period_of(choice: Choice, today: date) -> Period:
    """The period of a choice. Raises NothingWhole; ValueError for what is no date."""
    match choice.span:
        case "weeks":
            return last_weeks(today, WEEKS)
        case "quarter":
            return last_months(today, QUARTER)
        case "year":
            return last_months(today, YEAR)
        case "own":
            first, last = (date.fromisoformat(day) for day in (choice.first, choice.last))
            return between(first, last, today)


async def _sheets(
    console: Console, who: SignedIn, period: Period, by: By
) -> tuple[Wording, Sequence[Sheet]]:
    """Read, count in a thread, since it takes a while, and draw."""
    runtime = console.runtime
    work = Work(runtime.database, runtime.clock, who.actor)
    try:
        session = await work.reading()
        catalogue = await runtime.cache.get(session)
        spoken = await figures.languages(session)
        booked = await figures.booked(session, period, spoken)
        first_meetings = await figures.first_meetings(session, period, spoken)
        waited = await figures.waited(session, period, spoken)
        topics = {each.slug: each.topic for each in runtime.answers.library.articles}
        thumbs = await feedback.thumbs(session, period, topics)
        faces = await feedback.faces(session, period)
        free = await figures.first_free(work, catalogue)
    finally:
        await work.close()
    language = runtime.texts.languages[console.pages.language_of(who)]
    wording = Wording(runtime.renderer, language, catalogue, runtime.texts.languages)

    def count() -> Sequence[Sheet]:
        table = counting.attendance(booked, by, period)
        return (
            drawings.attendance(wording, by, table),
            drawings.over_time(wording, by, table, period),
            drawings.first_meetings(wording, by, counting.waiting(first_meetings, by)),
            drawings.free_times(wording, free),
            drawings.offers(wording, by, counting.offers(waited, by)),
            *feedback_sheets.sheets(wording, thumbs, faces),
        )

    return wording, await asyncio.to_thread(count)


def _why_not(error: Exception) -> Text:
    if isinstance(error, NothingWhole):
        return _("No whole week or month that has passed lies between these days.")
    return _("Choose both days: the first and the last.")


def _day_words(day: date, language: str) -> str:
    return format_date(day, "d MMMM y", locale=language)
