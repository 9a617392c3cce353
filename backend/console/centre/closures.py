"""Closed days: Swedish holidays and what staff add; each can be changed and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import FormData

from backend.console.centre.outside import outside
from backend.console.centre.spans import clock, minute_of
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Closure
from backend.models.calendar import EVERYWHERE
from backend.services import closures
from backend.services.centre import LONGEST_LEAVE, DayPassed
from backend.services.closures import OPEN, NoSuchUnit, SkippedHour
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text, _

PATH = "/console/closures"
LONGEST_NAME = 80
FURTHEST = 3 * LONGEST_LEAVE


@dataclass(frozen=True)
class Draft:
    """A closure as it is typed; ``wrong`` says what is wrong, by field."""

    day: str = ""
    unit: str = EVERYWHERE
    start: str = ""
    name: str = ""
    wrong: Mapping[str, Text] = field(default_factory=dict)


async def show(console: ConsoleOf, who: Who, day: date | None = None, unit: str = "") -> Response:
    """Coming closed days; the one that is named is ready to be changed."""
    return await _page(console, who, asked=(day, unit))


async def change(console: ConsoleOf, who: Who, request: Request) -> Response:
    """Close a day, or open it again."""
    form = await request.form()
    draft, opening = _typed(form), form.get("do") == "open"
    wrong = _wrong(console, draft, opening=opening)
    if not wrong:
        wrong = await _change(console, who, draft, opening=opening)
    if wrong:
        return await _page(console, who, replace(draft, wrong=wrong))
    return see(PATH)


async def _change(
    console: Console, who: SignedIn, draft: Draft, *, opening: bool
) -> dict[str, Text]:
    """What was wrong after all, by field; nothing was changed then."""
    day = date.fromisoformat(draft.day)
    try:
        async with Work.begin(console.runtime.database, console.runtime.clock, who.actor) as work:
            if opening:
                await closures.open_again(work, day, draft.unit)
            else:
                start = minute_of(draft.start) or 0  # none: the whole day
                await closures.set_closure(work, day, draft.unit, start, draft.name)
    except DayPassed:
        return {"day": _("That day has passed.")}
    except NoSuchUnit:
        return {"unit": _("Choose a place.")}
    except SkippedHour:
        return {"start": _("That time does not exist: the clocks go forward then.")}
    console.runtime.hub.nudge()
    return {}


def _typed(form: FormData) -> Draft:
    given = {name: str(form.get(name, "")).strip() for name in ("day", "unit", "start", "name")}
    return Draft(given["day"], given["unit"] or EVERYWHERE, given["start"], given["name"])


def _wrong(console: Console, draft: Draft, *, opening: bool) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    try:
        day = date.fromisoformat(draft.day)
    except ValueError:
        return {"day": _("Choose a day.")}
    if day > local_day(console.runtime.clock.now()) + FURTHEST:
        wrong["day"] = _("That day is more than three years away.")
    if opening:
        return wrong
    minute = minute_of(draft.start or "00:00")
    if minute is None or minute >= OPEN:
        wrong["start"] = _("Write a time, such as 09:00.")
    if not draft.name:
        wrong["name"] = _("Write why it is closed, such as the name of the holiday.")
    elif len(draft.name) > LONGEST_NAME:
        wrong["name"] = _(
            "This is too long. {most:number} characters are the most.", most=LONGEST_NAME
        )
    return wrong


async def _page(
    console: Console,
    who: SignedIn,
    draft: Draft | None = None,
    asked: tuple[date | None, str] = (None, ""),
) -> Response:
    runtime = console.runtime
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        rows = await closures.coming(session, local_day(now))
        booked = await outside(session, catalogue, now)
    return console.pages.show(
        who,
        "centre_closures.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if draft else HTTPStatus.OK,
        closures=rows,
        open_minute=OPEN,
        clock=clock,
        draft=draft or _ready(rows, asked),
        units=catalogue.units,
        everywhere=EVERYWHERE,
        outside=[each for each in booked if each.reason == "closed"],
        today=local_day(now),
        here="centre",
        tab="closures",
    )


def _ready(rows: Sequence[Closure], asked: tuple[date | None, str]) -> Draft:
    """The form for the closure that was asked for, or a blank one."""
    for row in rows:
        if (row.day, row.unit_id) == asked:
            start = clock(row.from_minute) if 0 < row.from_minute < OPEN else ""
            return Draft(row.day.isoformat(), row.unit_id, start, row.name)
    return Draft()
