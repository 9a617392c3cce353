"""Calling a meeting off or moving it from its own page: a page that asks, and a form that does.

The person is told in her conversation too, once: somebody else may have held the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from backend.api.origin import is_own
from backend.api.problems import Problem
from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.clock import ZONE
from backend.pages import cards, notices
from backend.pages.cards import Card
from backend.pages.linked import LOOK, with_form
from backend.runtime import Runtime
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import PersonBooking
from backend.services.seeing import SLOT
from backend.work import Work
from dialogs import values
from dialogs.ports import BookingClosed, Offer, OwnClash, Slot, SlotGone, SlotTaken
from dialogs.text import Text, _

SHOWN_TIMES = 6

Version = Annotated[int, Form(ge=0, le=2**31)]
Asked = str | None  # the language asked for


def add(router: APIRouter, pages: Templates) -> None:
    """Add the routes that call a meeting off and move it."""

    @router.api_route("/m/{token}/cancel", methods=LOOK)
    async def ask_cancel(runtime: RuntimeOf, token: str, lang: Asked = None) -> Response:
        """Make sure before a meeting is called off."""
        return await _ask_cancel(runtime, pages, token, lang)

    @router.post("/m/{token}/cancel")
    async def cancel(
        runtime: RuntimeOf, request: Request, token: str, version: Version, lang: Asked = None
    ) -> Response:
        """Call it off; then its page says so."""
        _expect_own(runtime, request)
        try:
            card = await _cancel(runtime, token, lang, version)
        except BookingClosed:
            return await _ask_cancel(runtime, pages, token, lang, _changed())
        return _done(runtime, card)

    @router.api_route("/m/{token}/move", methods=LOOK)
    async def times(runtime: RuntimeOf, token: str, lang: Asked = None) -> Response:
        """Free times to choose from."""
        return await _times(runtime, pages, token, lang)

    @router.post("/m/{token}/move")
    async def move(
        runtime: RuntimeOf,
        request: Request,
        token: str,
        version: Version,
        slot: Annotated[str, Form(max_length=400)] = "",
        lang: Asked = None,
    ) -> Response:
        """Change the time; then its page shows the new one. A lost time leads to others."""
        _expect_own(runtime, request)
        try:
            card = await _move(runtime, token, lang, version, SLOT.validate_json(slot))
        except ValidationError:
            return await _times(runtime, pages, token, lang, _("Choose a time first."))
        except (SlotTaken, SlotGone, OwnClash, BookingClosed) as error:
            return await _times(runtime, pages, token, lang, *_why(error))
        return _done(runtime, card)


async def _cancel(runtime: Runtime, token: str, lang: Asked, version: int) -> Card:
    """Raises NoSuchCard, BookingClosed."""
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        card = await cards.find(runtime, work, token, lang)
        meeting = _unchanged(card, version)
        own = PersonBooking(card.person, work, CurrentCatalogue(runtime.cache, work))
        cancelled = await own.cancel(meeting)
        work.plan(notices.cancelled(card.person, cancelled, work.clock.now()))
    return card


async def _move(runtime: Runtime, token: str, lang: Asked, version: int, slot: Slot) -> Card:
    """Raises NoSuchCard, BookingClosed, SlotTaken, SlotGone, OwnClash."""
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        card = await cards.find(runtime, work, token, lang)
        meeting = _unchanged(card, version)
        if (slot.service, slot.mode) != (card.meeting.service.id, card.meeting.mode):
            raise SlotGone(slot)
        own = PersonBooking(card.person, work, CurrentCatalogue(runtime.cache, work))
        moved = await own.move(meeting, version, slot)
        work.plan(notices.moved(card.person, moved, work.clock.now()))
    return card


def _unchanged(card: Card, version: int) -> str:
    """The id of a booking that is as the page showed it. Raises BookingClosed."""
    if card.meeting.version != version:
        raise BookingClosed(card.meeting.booking)
    return card.meeting.booking


async def _ask_cancel(
    runtime: Runtime, pages: Templates, token: str, lang: Asked, *problem: Text
) -> Response:
    card = await cards.read(runtime, token, lang)
    return _form(runtime, pages, "meeting_cancel.html", card, problem)


async def _times(
    runtime: Runtime, pages: Templates, token: str, lang: Asked, *problem: Text
) -> Response:
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        card = await cards.find(runtime, work, token, lang)
        offers: Sequence[Offer] = ()
        if cards.may_move(card.meeting, runtime.clock.now()):
            calendar = PersonCalendar(card.person, work, CurrentCatalogue(runtime.cache, work))
            service, mode = card.meeting.service.id, card.meeting.mode
            offers = await calendar.nearest(service, card.language, SHOWN_TIMES, mode)
    shown = [_choice(runtime, card, offer) for offer in offers]
    return _form(runtime, pages, "meeting_move.html", card, problem, offers=shown)


def _choice(runtime: Runtime, card: Card, offer: Offer) -> tuple[str, str, Offer]:
    """A free time: what the form sends, and how it reads."""
    direction = runtime.texts.languages[card.language].direction
    moment = values.write_moment(offer.slot.starts, card.language, ZONE, direction)
    return SLOT.dump_json(offer.slot).decode(), moment, offer


def _form(
    runtime: Runtime,
    pages: Templates,
    template: str,
    card: Card,
    problem: Sequence[Text],
    **given: object,
) -> Response:
    now = runtime.clock.now()
    return with_form(
        pages.page(
            template,
            card.language,
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            card=card,
            side=cards.sides(runtime, card)[0],
            problem=list(cards.as_html(runtime, problem, card.language)),
            may_cancel=cards.may_cancel(card.meeting, now),
            may_move=cards.may_move(card.meeting, now),
            site_name=runtime.site.name,
            **given,
        )
    )


def _done(runtime: Runtime, card: Card) -> Response:
    """After the commit: wake whoever shows or sends it, and go on to the meeting's page."""
    runtime.hub.nudge()
    runtime.hub.changed(card.conversation)
    path = f"/m/{card.token}?lang={card.language}"
    return with_form(RedirectResponse(path, HTTPStatus.SEE_OTHER))


def _expect_own(runtime: Runtime, request: Request) -> None:
    """Raises Problem 403 when the form is of another site."""
    if not is_own(request, runtime.settings.url):
        detail = _(
            "This page was too old. Nothing was changed. Load the page again and try again."
        )
        raise Problem(HTTPStatus.FORBIDDEN, detail)


def _why(error: Exception) -> tuple[Text, ...]:
    kept = _("You still have your old time.")
    match error:
        case SlotTaken():
            return _("Someone else just took that time."), kept
        case SlotGone():
            return _("That time can no longer be booked."), kept
        case OwnClash():
            return _("You have something else at that time."), kept
        case _:
            return (_changed(),)


def _changed() -> Text:
    return _("The meeting has been changed. This is how it is now.")
