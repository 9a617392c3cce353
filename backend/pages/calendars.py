"""Calendars to subscribe to: the address is the key, and each opens one person's meetings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.calendars import ics
from backend.calendars.ics import Event
from backend.calendars.words import Client, Wording
from backend.console.pages import DEFAULT_LANGUAGE, LANGUAGES, language_name
from backend.console.people import code_of
from backend.models import Conversation, Feed, Staff
from backend.pages.linked import LOOK
from backend.runtime import Runtime
from backend.services import feeds, threads
from backend.services.catalogue import CurrentCatalogue
from backend.services.feeds import NoSuchFeed, Shown
from backend.work import Work
from dialogs.text import _

CACHED = "private, max-age=900"


@dataclass(frozen=True)
class Subscription:
    """What a calendar holds at this moment, in its owner's language."""

    name: str
    events: tuple[Event, ...]

    @property
    def etag(self) -> str:
        """Changes when anything in it does. Weak: the file also says when it was made."""
        digest = hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()
        return f'W/"{digest[:20]}"'

    def is_known(self, request: Request) -> bool:
        """Whether the program that asks has this already."""
        known = request.headers.get("if-none-match", "").split(",")
        return self.etag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in known}


def create_router() -> APIRouter:
    """The route of every calendar."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/calendar/{feed}.ics", subscribe, methods=LOOK)
    return router


async def subscribe(runtime: RuntimeOf, request: Request, feed: str) -> Response:
    """A calendar as it is now, or 304 when that is known."""
    try:
        found = await _read(runtime, feed)
    except NoSuchFeed as error:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404)) from error
    headers = {"ETag": found.etag, "Cache-Control": CACHED, "X-Robots-Tag": "noindex"}
    if found.is_known(request):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = ics.published(found.events, found.name, runtime.clock.now())
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


async def _read(runtime: Runtime, token: str) -> Subscription:
    """Raises NoSuchFeed."""
    row = runtime.cache.links.row_of("calendar", token)
    if row is None:
        raise NoSuchFeed(token)
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        feed = await feeds.find(await work.reading(), row)
        catalogue = await CurrentCatalogue(runtime.cache, work).get()
        shown = await feeds.meetings(work, catalogue, feed)
        if feed.kind == "staff":
            return await _of_staff(runtime, work, feed, shown)
        return await _of_person(runtime, work, feed, shown)


async def _of_person(
    runtime: Runtime, work: Work, feed: Feed, shown: Sequence[Shown]
) -> Subscription:
    known = await threads.of_people(await work.reading(), [feed.owner])
    if feed.owner not in known:
        raise NoSuchFeed(feed.id)
    language = known[feed.owner].language
    wording = Wording(runtime.renderer, runtime.cache.links)
    events = (wording.for_person(each.meeting, language) for each in shown)
    return Subscription(_name(runtime, language), tuple(events))


async def _of_staff(
    runtime: Runtime, work: Work, feed: Feed, shown: Sequence[Shown]
) -> Subscription:
    session = await work.reading()
    staff = await session.get(Staff, feed.owner)
    if staff is None or not staff.is_active:
        raise NoSuchFeed(feed.id)
    language = staff.language if staff.language in LANGUAGES else DEFAULT_LANGUAGE
    known = await threads.of_people(session, [each.person for each in shown])
    wording = Wording(runtime.renderer, runtime.cache.links)
    events = (
        wording.for_coach(each.meeting, _client(each.person, known, language), language)
        for each in shown
    )
    return Subscription(_name(runtime, language), tuple(events))


def _client(person: str, known: Mapping[str, Conversation], reader: str) -> Client:
    spoken = language_name(reader, known[person].language) if person in known else None
    return Client(code_of(person), spoken)


def _name(runtime: Runtime, language: str) -> str:
    return runtime.renderer.plain(_("My meetings"), language)
