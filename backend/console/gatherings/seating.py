"""Giving somebody a seat by her code, or a place in line."""

from __future__ import annotations

from fastapi import Response

from backend.console.gatherings import by_code, telling
from backend.console.gatherings.by_code import Found
from backend.console.gatherings.desk import Desk
from backend.console.telling import pen_of, wake, why_not
from backend.services import attending
from backend.services.attending import NoSuchCode
from backend.services.bookings import Bookings
from backend.services.claims import HasOpenBooking
from backend.services.seats import Seats
from backend.work import Work
from dialogs.ports import Full, OwnClash, SlotGone
from dialogs.text import Text, _

NOT_SEATED = (Full, OwnClash, SlotGone, HasOpenBooking, NoSuchCode)


async def add(desk: Desk) -> Response:
    """A seat for whoever has this code; once it has begun, she has come as well."""
    found = await _found(desk)
    if len(found) != 1:
        return await _ask_again(desk, found)
    try:
        async with desk.work() as work:
            told = await _seat(desk, work, found[0].person)
    except NOT_SEATED as error:
        return await desk.refuse({"code": not_seated(error)}, may_wait=isinstance(error, Full))
    wake(desk.console, told)
    return desk.done()


async def wait(desk: Desk) -> Response:
    """A place in line for whoever has this code."""
    found = await _found(desk)
    if len(found) != 1:
        return await _ask_again(desk, found)
    try:
        async with desk.work() as work:
            seats = Seats(Bookings(work, desk.catalogue))
            await seats.wait(found[0].person, desk.meeting.id)
    except NOT_SEATED as error:
        return await desk.refuse({"code": not_seated(error)})
    return desk.done()


def not_seated(error: Exception) -> Text:
    """Why there was no seat, in words for staff."""
    match error:
        case Full():
            return _("All seats are taken. Nothing was changed.")
        case HasOpenBooking():
            return _("The person has a seat or a place in line already.")
        case SlotGone() | NoSuchCode():
            return _("That activity can no longer be joined.")
        case _:
            return why_not(error, _("Nothing was changed."))


async def _found(desk: Desk) -> list[Found]:
    """Whom the code means; one of them once it was said which."""
    async with desk.console.runtime.database.reading() as session:
        found = await by_code.find(session, desk.said("code"))
    chosen = desk.said("person")
    return [each for each in found if each.person == chosen] or found


async def _ask_again(desk: Desk, found: list[Found]) -> Response:
    if not found:
        return await desk.refuse({"code": _("Nobody here has this code.")})
    return await desk.refuse({"code": _("Several people have this code. Choose one.")}, found)


async def _seat(desk: Desk, work: Work, person: str) -> str | None:
    """Her conversation, when she was told."""
    runtime = desk.console.runtime
    if desk.meeting.starts_at <= desk.now:
        code = attending.door_code(runtime.vault, desk.meeting.id, desk.now)
        await attending.check_in(work, desk.catalogue, runtime.vault, person, code)
        return None
    meeting = await Seats(Bookings(work, desk.catalogue)).join(person, desk.meeting.id)
    pen = pen_of(desk.console, work, desk.who)
    return await pen.tell(person, telling.seated(meeting), meeting, "seated")
