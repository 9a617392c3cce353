"""One's own calendar: read for when one is taken, and the address that shows one's meetings."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Response

from backend.api.problems import Problem
from backend.console.centre.calendar_faults import NOT_HTTPS
from backend.console.centre.desk import Desk
from backend.console.centre.hours import Refused
from backend.fetching import NotHttps
from backend.services import busy, feeds
from dialogs.text import Text, _

LONGEST = 2_000


async def change_address(desk: Desk) -> Response:
    """Where one's own calendar is, or nowhere. Raises Problem 403 for another's."""
    _expect_own(desk)
    address = None if desk.said("do") == "forget" else desk.said("address")
    if address == "" or (address and len(address) > LONGEST):
        return await _refuse(desk, address, _("Write the address of your calendar."))
    try:
        async with desk.work() as work:
            await busy.set_address(work, desk.console.runtime.vault, desk.staff, address)
    except NotHttps:
        return await _refuse(desk, address or "", NOT_HTTPS)
    return desk.done()


async def change_feed(desk: Desk) -> Response:
    """Make the address of one's meetings, or end it. Raises Problem 403 for another's."""
    _expect_own(desk)
    async with desk.work() as work:
        if desk.said("do") == "revoke":
            await feeds.revoke(work, "staff", desk.staff)
        elif await feeds.current(await work.reading(), "staff", desk.staff) is None:
            await feeds.make(work, "staff", desk.staff)
    return desk.done()


async def _refuse(desk: Desk, address: str, words: Text) -> Response:
    return await desk.refuse(Refused(address=address, address_wrong=words))


def _expect_own(desk: Desk) -> None:
    if desk.staff != desk.who.staff:
        detail = _("A calendar is changed by the one whose it is.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)
