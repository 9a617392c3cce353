"""What staff do with one occasion: move it, call it off, note who was away for a part of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import Request, Response

from backend.api.problems import Problem, detail_of
from backend.console.centre.fields import Known
from backend.console.centre.fields import read as read_fields
from backend.console.centre.spans import minute_of
from backend.console.context import ConsoleOf
from backend.console.gatherings import seating
from backend.console.gatherings.desk import Desk
from backend.console.gatherings.doors import expect_own
from backend.console.gatherings.draft import NUMBERS, number_of, typed, wall_start
from backend.console.gatherings.occasion import find
from backend.console.guard import Who
from backend.services import attending, occasions
from backend.services.attending import OutsideMeeting
from backend.services.occasions import InTheGap, InThePast, MovedMeanwhile, NoSuchOccasion
from backend.services.walltime import instant, local_day
from dialogs.ports import BookingClosed, NoSuchBooking
from dialogs.text import Text, _

LENGTH = tuple(field for field in NUMBERS if field.column == "minutes")


async def change(console: ConsoleOf, who: Who, request: Request, meeting: str) -> Response:
    """Change something of an occasion. Raises Problem 403, 404 or 422."""
    form = await request.form()
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        row, _series = await find(session, catalogue, meeting)
    part = PARTS.get(typed(form, "do"))
    if part is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail_of(422))
    return await part(Desk(console, who, row, catalogue, form))


async def _move(desk: Desk) -> Response:
    """Another time or place; everybody with a seat is told."""
    expect_own(desk.who, desk.meeting.staff_id)
    values, wrong = read_fields(LENGTH, desk.form, {}, Known((), ()))
    starts = wall_start(desk.form, desk.today, wrong, "day", "start")
    unit = desk.said("unit")
    if unit not in desk.catalogue.units:
        wrong["unit"] = _("Choose a place.")
    minutes = values.get("minutes")
    if wrong or starts is None or not isinstance(minutes, int):
        return await desk.refuse(wrong)
    try:
        async with desk.work() as work:
            told = await occasions.move(
                work, desk.catalogue, desk.meeting.id, desk.version, starts, minutes, unit
            )
    except (NoSuchOccasion, MovedMeanwhile):
        return await desk.say(_changed_meanwhile())
    except InTheGap:
        words = _("That time does not exist: the clocks go forward then.")
        return await desk.refuse({"start": words})
    except InThePast:
        return await desk.refuse({"start": _("That time has passed.")})
    return desk.done(told)


async def _call_off(desk: Desk) -> Response:
    """It does not take place; everybody with a seat is told."""
    expect_own(desk.who, desk.meeting.staff_id)
    try:
        async with desk.work() as work:
            told = await occasions.call_off(work, desk.catalogue, desk.meeting.id, desk.version)
    except (NoSuchOccasion, MovedMeanwhile):
        return await desk.say(_changed_meanwhile())
    return desk.done(told)


async def _away(desk: Desk) -> Response:
    """She was there, but not all the time."""
    booking, version = desk.said("booking"), desk.said("seen")
    begins, ends = minute_of(desk.said("from")), minute_of(desk.said("to"))
    if begins is None or ends is None:
        return await desk.say(_("Write a time, such as 09:00."))
    day = local_day(desk.meeting.starts_at)
    from_, to = instant(day, begins), instant(day, ends)
    if from_ is None or to is None or from_ >= to:
        return await desk.say(_("The end must be later than the beginning."))
    try:
        async with desk.work() as work:
            await attending.note_absence(work, booking, number_of(version), from_, to)
    except OutsideMeeting:
        return await desk.say(_("That time is not within this activity. Nothing was changed."))
    except (NoSuchBooking, BookingClosed):
        return await desk.say(_changed_meanwhile())
    return desk.done()


def _changed_meanwhile() -> Text:
    return _("This was changed by someone else meanwhile. Nothing was changed now.")


PARTS: Mapping[str, Callable[[Desk], Awaitable[Response]]] = {
    "move": _move,
    "call_off": _call_off,
    "away": _away,
    "add": seating.add,
    "wait": seating.wait,
}
