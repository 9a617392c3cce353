"""Changing hours: a week, days that differ, back to the site file, and one's own calendar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Literal

from fastapi import Request, Response

from backend.api.problems import Problem, detail_of
from backend.console.centre import leave, own_calendar, spans
from backend.console.centre.desk import Desk
from backend.console.centre.hours import Refused, whose
from backend.console.centre.leave import Leave, WrongLeave
from backend.console.centre.spans import WrongRows
from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.models import Staff
from backend.services import centre
from backend.services.centre import ChangedMeanwhile, NoSuchStaff
from backend.services.hours import SkippedTime
from dialogs.text import _

MORE_ROWS = 4
MOST_ROWS = 60

Part = Literal["week", "days", "file", "calendar", "feed"]


async def change(console: ConsoleOf, who: Who, request: Request, part: Part) -> Response:
    """Change a part of the page. Raises Problem 403 or 404."""
    form = await request.form()
    coach = form.get("coach")
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    staff = whose(catalogue, who, coach if isinstance(coach, str) else "")
    try:
        return await PARTS[part](Desk(console, who, staff, catalogue, form))
    except NoSuchStaff as error:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404)) from error


async def _week(desk: Desk) -> Response:
    """The week as a whole, or the same form with more rows."""
    rows = spans.typed(desk.form)[:MOST_ROWS]
    if desk.said("do") == "more":
        return await desk.refuse(Refused(week=rows, spare=MORE_ROWS, status=HTTPStatus.OK))
    try:
        week = spans.read(rows, desk.catalogue.units)
        async with desk.work() as work:
            await centre.set_week(work, desk.staff, week, desk.said("mark"))
    except WrongRows as wrong:
        return await desk.refuse(Refused(week=wrong.rows))
    except ChangedMeanwhile:
        problem = _("The hours were changed by someone else meanwhile. Nothing was changed now.")
        return await desk.refuse(Refused(problem=problem, status=HTTPStatus.CONFLICT))
    return desk.done()


async def _days(desk: Desk) -> Response:
    """Some days that differ, or one that no longer does."""
    if desk.said("do") == "clear":
        return await _clear(desk)
    typed = leave.typed(desk.form)
    try:
        days = leave.read(typed, desk.catalogue.units, desk.today)
        async with desk.work() as work:
            await centre.set_override(work, desk.staff, days.first, days.spans, days.last)
    except WrongLeave as wrong:
        return await desk.refuse(Refused(leave=wrong.leave))
    except SkippedTime:
        words = _("On one of these days the clocks go forward, and a time does not exist.")
        return await desk.refuse(Refused(leave=replace(typed, wrong={"last": words})))
    return desk.done()


async def _clear(desk: Desk) -> Response:
    try:
        day = date.fromisoformat(desk.said("day"))
    except ValueError:
        return await desk.refuse(Refused(leave=Leave(wrong={"first": _("Choose a day.")})))
    async with desk.work() as work:
        await centre.clear_override(work, desk.staff, day)
    return desk.done()


async def _file(desk: Desk) -> Response:
    """The hours of the site file again. Raises NoSuchStaff when she is not in it."""
    runtime = desk.console.runtime
    async with runtime.database.reading() as session:
        row = await session.get(Staff, desk.staff)
    for entry in runtime.site.coaches:
        if row is not None and entry.username == row.username:
            async with desk.work() as work:
                await centre.follow_file(work, desk.staff, entry.week())
            return desk.done()
    raise NoSuchStaff(desk.staff)


PARTS: Mapping[Part, Callable[[Desk], Awaitable[Response]]] = {
    "week": _week,
    "days": _days,
    "file": _file,
    "calendar": own_calendar.change_address,
    "feed": own_calendar.change_feed,
}
