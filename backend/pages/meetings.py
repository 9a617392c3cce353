"""A meeting's own page: to print, to show, and to put into a calendar.

Whoever holds the link may see it; it is made of the booking's id and our key. Opening it never
changes anything, for mail programs open every link they see.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response

from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.calendars import ics
from backend.calendars.words import Wording
from backend.pages import cards, meeting_changes
from backend.pages.cards import NoSuchCard
from backend.pages.linked import LOOK, private, route_class
from backend.pages.routes import qr_code
from backend.runtime import Runtime

HERE = Path(__file__).parent


def create_router(runtime: Runtime) -> APIRouter:
    """The pages of one meeting, those that change it among them."""
    pages = Templates(runtime, HERE / "templates")
    router = APIRouter(include_in_schema=False, route_class=route_class(pages))
    meeting_changes.add(router, pages)

    @router.api_route("/m/{token}", methods=LOOK)
    async def show(runtime: RuntimeOf, token: str, lang: str | None = None) -> Response:
        """The meeting in her language and in Swedish."""
        card = await cards.read(runtime, token, lang)
        now, address = runtime.clock.now(), runtime.cache.links.card(card.meeting.booking)
        return private(
            pages.page(
                "meeting.html",
                card.language,
                card=card,
                sides=cards.sides(runtime, card),
                languages=runtime.texts.languages.published,
                site_name=runtime.site.name,
                may_cancel=cards.may_cancel(card.meeting, now),
                may_move=cards.may_move(card.meeting, now),
                address=address,
                qr=qr_code(address),
            )
        )

    @router.api_route("/m/{token}/meeting.ics", methods=LOOK)
    async def file(runtime: RuntimeOf, token: str, lang: str | None = None) -> Response:
        """The meeting for a calendar, once it is booked; also to take it out again."""
        card = await cards.read(runtime, token, lang)
        if card.meeting.state in cards.ASKED:
            raise NoSuchCard
        wording = Wording(runtime.renderer, runtime.cache.links)
        event = wording.for_person(card.meeting, card.language)
        return private(
            Response(
                ics.published([event], "", runtime.clock.now()),
                headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
                media_type="text/calendar; charset=utf-8",
            )
        )

    return router
