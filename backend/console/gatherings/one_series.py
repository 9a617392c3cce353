"""One series: its next dates, and changing it from a day on, ending it, wording it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus

from fastapi import Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import ImmutableMultiDict

from backend.api.problems import Problem, detail_of
from backend.console.centre.fields import Form
from backend.console.centre.hours import weekdays
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import changing, repeats
from backend.console.gatherings.changing import Asked, Shifted
from backend.console.gatherings.doors import expect_own, may_change
from backend.console.gatherings.draft import NUMBERS, TEXTS
from backend.console.gatherings.editing import choices
from backend.console.gatherings.listing import name_of
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.models import Booking, Meeting, Series
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from dialogs.messages import Label
from dialogs.text import Text

SHOWN = 10


@dataclass(frozen=True)
class Refused:
    """What was filled in and is shown again; None where nothing was."""

    asked: Asked | None = None
    dates: Sequence[Shifted] = ()
    people: int = 0
    words: Form | None = None
    end_day: str = ""
    wrong: Mapping[str, Text] = field(default_factory=dict)
    problem: Text | None = None
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Coming:
    """A date to come."""

    meeting: str
    starts: datetime
    ends: datetime
    place: str
    taken: int
    capacity: int
    is_off: bool


@dataclass(frozen=True)
class Shown:
    """A series and what is known of it. ``until``: the last day, None for ever."""

    row: Series
    name: Label
    rule: Text
    until: date | None
    coming: Sequence[Coming]
    enrolled: int
    waiting: int


async def show(console: ConsoleOf, who: Who, series: str, told: int | None = None) -> Response:
    """The page; ``told``: how many people have just been told of a change. Raises Problem 404."""
    return await page(console, who, series, told=told)


async def page(
    console: Console,
    who: SignedIn,
    series: str,
    refused: Refused | None = None,
    told: int | None = None,
) -> Response:
    """The page of a series, also with what could not be taken. Raises Problem 404."""
    runtime = console.runtime
    now = runtime.clock.now()
    names = weekdays(console.pages.language_of(who))
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        row = await find(session, series)
        shown = await _shown(session, catalogue, row, [name for _number, name in names], now)
    typed = refused or Refused(status=HTTPStatus.OK)
    return console.pages.show(
        who,
        "activity.html",
        typed.status,
        shown=shown,
        row=row,
        typed=typed,
        asked=typed.asked or changing.current(row, local_day(now)),
        words=typed.words or _words(row),
        told=told,
        may_change=may_change(who, row.staff_id) and row.state == "open",
        choice=choices(console, who, catalogue),
        catalogue=catalogue,
        numbers=NUMBERS,
        texts=TEXTS,
        shifts=changing.shifts(),
        today=local_day(now),
        here="activities",
    )


async def find(session: AsyncSession, series: str) -> Series:
    """A series that is or was to be seen. Raises Problem 404."""
    row = await session.get(Series, series)
    if row is None or row.state == "refused":
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return row


async def own(
    console: Console, who: SignedIn, request: Request, series: str
) -> tuple[Series, Form]:
    """A series that is hers to change, and what she has filled in. Raises Problem 403 or 404."""
    form = await request.form()
    async with console.runtime.database.reading() as session:
        row = await find(session, series)
    expect_own(who, row.staff_id)
    return row, form


async def _shown(
    session: AsyncSession,
    catalogue: Catalogue,
    row: Series,
    names: Sequence[str],
    now: datetime,
) -> Shown:
    states = await session.execute(
        select(Booking.state, func.count())
        .where(Booking.series_id == row.id, Booking.meeting_id.is_(None))
        .group_by(Booking.state)
    )
    numbers: dict[str, int] = dict(states.all())
    return Shown(
        row,
        name_of(catalogue, row.service_id, row),
        repeats.in_words(row.rule, names),
        repeats.read(row.rule).until,
        await _coming(session, catalogue, row.id, now),
        numbers.get("enrolled", 0),
        numbers.get("waiting", 0),
    )


async def _coming(
    session: AsyncSession, catalogue: Catalogue, series: str, now: datetime
) -> list[Coming]:
    rows = await session.scalars(
        select(Meeting)
        .where(Meeting.series_id == series, Meeting.ends_at > now)
        .order_by(Meeting.starts_at)
        .limit(SHOWN)
    )
    return [
        Coming(
            meeting.id,
            meeting.starts_at,
            meeting.ends_at,
            catalogue.units[meeting.unit_id].name,
            meeting.taken,
            meeting.capacity,
            meeting.state == "cancelled",
        )
        for meeting in rows
    ]


def _words(row: Series) -> Form:
    pairs = [
        (f"{column}-{code}", words)
        for column, texts in (("name", row.name), ("about", row.about))
        for code, words in texts.items()
    ]
    return ImmutableMultiDict(pairs)
