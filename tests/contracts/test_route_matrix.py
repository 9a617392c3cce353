"""Every route of the application, and who gets through which door. A new route must be named here.

The doors: OPEN to everybody, BEARER for a newcomer's own chat, STAFF for whoever is signed in,
and the others for some roles only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import select, update

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.models import Booking, Handoff, Inbox, Message, Staff, StaffSession
from backend.services import feeds
from backend.services.series import NewSeries
from backend.services.series import add as add_series
from backend.vault import hash_token
from backend.work import Work
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.integration.console_office import Office, leaves_a_message, open_office

ORIGIN = "http://127.0.0.1:8000"


class Door(Enum):
    """Who gets through."""

    OPEN = "everybody"
    BEARER = "the newcomer with her token"
    STAFF = "whoever is signed in"
    CONVERSATIONS = "coaches and coordinators"
    HOURS = "all but editors"
    CENTRE = "coordinators and administrators"
    ACCOUNTS = "administrators"
    ARTICLES = "editors and administrators"


ROUTES = {
    ("GET", "/openapi.json"): Door.OPEN,
    ("GET", "/healthz"): Door.OPEN,
    ("GET", "/readyz"): Door.OPEN,
    ("GET", "/metrics"): Door.OPEN,  # from this machine only: test_figures_stay_on_the_machine
    ("GET", "/"): Door.OPEN,
    ("GET", "/a/{slug}"): Door.OPEN,
    ("GET", "/a/{slug}/{code}.ogg"): Door.OPEN,
    ("GET", "/article.js"): Door.OPEN,
    ("GET", "/icon.svg"): Door.OPEN,
    ("GET", "/start.css"): Door.OPEN,
    ("GET", "/article.css"): Door.OPEN,
    ("GET", "/meeting.css"): Door.OPEN,
    ("GET", "/first-weeks/{path}"): Door.OPEN,
    ("GET", "/first-weeks.css"): Door.OPEN,
    ("GET", "/m/{token}"): Door.OPEN,  # to whoever has the link, and so are the next six
    ("GET", "/m/{token}/meeting.ics"): Door.OPEN,
    ("GET", "/m/{token}/cancel"): Door.OPEN,
    ("POST", "/m/{token}/cancel"): Door.OPEN,
    ("GET", "/m/{token}/move"): Door.OPEN,
    ("POST", "/m/{token}/move"): Door.OPEN,
    ("GET", "/calendar/{feed}.ics"): Door.OPEN,
    ("GET", "/activities/suggest"): Door.OPEN,
    ("POST", "/activities/suggest"): Door.OPEN,
    ("GET", "/suggest.css"): Door.OPEN,
    ("GET", "/widget.js"): Door.OPEN,
    ("GET", "/widget-files.js"): Door.OPEN,
    ("POST", "/chat/session"): Door.OPEN,
    ("GET", "/chat/strings/{code}"): Door.OPEN,
    ("POST", "/chat/messages"): Door.BEARER,
    ("GET", "/chat/messages"): Door.BEARER,
    ("POST", "/chat/typing"): Door.BEARER,
    ("POST", "/chat/files"): Door.BEARER,
    ("GET", "/chat/files/{message}"): Door.BEARER,
    ("WEBSOCKET", "/chat/live"): Door.BEARER,
    ("GET", "/console/static/{name}"): Door.OPEN,
    ("GET", "/console/sign-in"): Door.OPEN,
    ("POST", "/console/sign-in"): Door.OPEN,
    ("POST", "/console/sign-in/code"): Door.OPEN,
    ("POST", "/console/sign-in/password"): Door.OPEN,
    ("POST", "/console/sign-out"): Door.STAFF,
    ("POST", "/console/language"): Door.STAFF,
    ("GET", "/console"): Door.CONVERSATIONS,
    ("GET", "/console/live/queue"): Door.CONVERSATIONS,
    ("GET", "/console/live/threads/{conversation}"): Door.CONVERSATIONS,
    ("GET", "/console/live/desk"): Door.CONVERSATIONS,
    ("GET", "/console/duty"): Door.CONVERSATIONS,
    ("POST", "/console/duty"): Door.CONVERSATIONS,
    ("GET", "/console/live/meetings/{meeting}"): Door.CONVERSATIONS,
    ("GET", "/console/live/meetings/{meeting}/door"): Door.CONVERSATIONS,
    ("GET", "/console/activities"): Door.HOURS,
    ("GET", "/console/activities/new"): Door.HOURS,
    ("POST", "/console/activities/new"): Door.HOURS,
    ("GET", "/console/activities/{series}"): Door.HOURS,
    ("POST", "/console/activities/{series}"): Door.HOURS,
    ("GET", "/console/activities/meetings/{meeting}"): Door.CONVERSATIONS,
    ("POST", "/console/activities/meetings/{meeting}"): Door.CONVERSATIONS,
    ("GET", "/console/activities/meetings/{meeting}/door"): Door.CONVERSATIONS,
    ("POST", "/console/people/{person}/activities"): Door.CONVERSATIONS,
    ("POST", "/console/handoffs/{handoff}"): Door.CONVERSATIONS,
    ("POST", "/console/failures/{row}"): Door.CONVERSATIONS,
    ("GET", "/console/today"): Door.CONVERSATIONS,
    ("GET", "/console/week"): Door.CONVERSATIONS,
    ("GET", "/console/team"): Door.CONVERSATIONS,
    ("GET", "/console/people/{person}"): Door.CONVERSATIONS,
    ("GET", "/console/questions"): Door.STAFF,
    ("POST", "/console/questions"): Door.ARTICLES,
    ("GET", "/console/articles"): Door.STAFF,
    ("GET", "/console/articles/new"): Door.ARTICLES,
    ("POST", "/console/articles/new"): Door.ARTICLES,
    ("GET", "/console/articles/{slug}"): Door.STAFF,
    ("POST", "/console/articles/{slug}"): Door.ARTICLES,
    ("GET", "/console/articles/{slug}/{language}"): Door.STAFF,
    ("POST", "/console/articles/{slug}/{language}"): Door.ARTICLES,
    ("POST", "/console/articles/{slug}/{language}/recording"): Door.ARTICLES,
    ("GET", "/console/accounts"): Door.ACCOUNTS,
    ("POST", "/console/accounts"): Door.ACCOUNTS,
    ("GET", "/console/accounts/{account}"): Door.ACCOUNTS,
    ("POST", "/console/accounts/{account}"): Door.ACCOUNTS,
    ("POST", "/console/accounts/{account}/access"): Door.ACCOUNTS,
    ("GET", "/console/digest"): Door.CONVERSATIONS,
    ("GET", "/console/stuck"): Door.CENTRE,
    ("POST", "/console/stuck"): Door.CENTRE,
    ("GET", "/console/figures"): Door.CENTRE,
    ("GET", "/console/figures.csv"): Door.CENTRE,
    ("GET", "/console/activities/import"): Door.CENTRE,
    ("POST", "/console/activities/import"): Door.CENTRE,
    ("GET", "/console/activities/suggestions"): Door.CENTRE,
    ("POST", "/console/activities/suggestions/{suggestion}"): Door.CENTRE,
    ("GET", "/console/activities/attendance.csv"): Door.CENTRE,
    ("GET", "/console/activities/meetings/{meeting}.csv"): Door.CONVERSATIONS,
    ("GET", "/console/hours"): Door.HOURS,
    ("POST", "/console/hours/{part}"): Door.HOURS,
    ("GET", "/console/closures"): Door.HOURS,
    ("POST", "/console/closures"): Door.CENTRE,
    ("GET", "/console/services"): Door.CENTRE,
    ("GET", "/console/services/{service}"): Door.CENTRE,
    ("POST", "/console/services/{service}"): Door.CENTRE,
    ("GET", "/console/units"): Door.CENTRE,
    ("GET", "/console/units/{unit}"): Door.CENTRE,
    ("POST", "/console/units/{unit}"): Door.CENTRE,
    ("GET", "/console/units/{unit}/opening"): Door.CENTRE,
    ("POST", "/console/units/{unit}/opening"): Door.CENTRE,
    ("GET", "/console/threads/{conversation}"): Door.CONVERSATIONS,
    ("POST", "/console/threads/{conversation}/answer"): Door.CONVERSATIONS,
    ("POST", "/console/threads/{conversation}/talk"): Door.CONVERSATIONS,
    ("POST", "/console/threads/{conversation}/typing"): Door.CONVERSATIONS,
    ("POST", "/console/threads/{conversation}/voice"): Door.CONVERSATIONS,
    ("GET", "/console/threads/{conversation}/files/{message}"): Door.CONVERSATIONS,
    ("GET", "/console/threads/{conversation}/prepared/{name}"): Door.CONVERSATIONS,
    ("POST", "/console/threads/{conversation}/prepared/{name}"): Door.CONVERSATIONS,
    ("POST", "/console/bookings/{booking}"): Door.CONVERSATIONS,
    ("GET", "/console/bookings/{booking}/move"): Door.CONVERSATIONS,
    ("POST", "/console/bookings/{booking}/move"): Door.CONVERSATIONS,
    ("POST", "/console/requests/{booking}"): Door.CONVERSATIONS,
    ("POST", "/console/interpreters/{booking}"): Door.CONVERSATIONS,
    ("POST", "/console/people/{person}/papers/{kind}"): Door.CONVERSATIONS,
    ("GET", "/console/people/{person}/propose"): Door.CONVERSATIONS,
    ("POST", "/console/people/{person}/propose"): Door.CONVERSATIONS,
    ("GET", "/demo"): Door.OPEN,
    ("POST", "/demo/forward"): Door.OPEN,
    ("GET", "/demo.css"): Door.OPEN,
    ("GET", "/demo.js"): Door.OPEN,
}
NOT_THERE = ("prepared", ".ogg")  # one is asked for elsewhere, the other is yet to be recorded
STRANGERS = ("anonymous", "disabled", "expired")
ROLES = ("coach", "coordinator", "editor", "admin")
ADMITTED = {
    Door.CONVERSATIONS: ("coach", "coordinator"),
    Door.HOURS: ("coach", "coordinator", "admin"),
    Door.CENTRE: ("coordinator", "admin"),
    Door.ACCOUNTS: ("admin",),
    Door.ARTICLES: ("editor", "admin"),
}


@dataclass
class Building:
    """The whole application, furnished so that every path leads to something."""

    office: Office
    app: FastAPI
    there: dict[str, str]

    @asynccontextmanager
    async def visited_by(self, visitor: str) -> AsyncIterator[tuple[AsyncClient, str]]:
        """A browser of this visitor, and the form token she was given."""
        transport = ASGITransport(self.app, client=("127.0.0.1", 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            client.headers["Origin"] = ORIGIN
            csrf = await self._sign_in(client, visitor) if visitor != "anonymous" else ""
            yield client, csrf

    async def asks(self, visitor: str, method: str, path: str) -> Response:
        """One request with everything a form of ours would carry."""
        async with self.visited_by(visitor) as (client, csrf):
            where = path.format(**self.there)
            if method == "POST":
                sent = {"csrf": csrf}
                if path.startswith("/console"):
                    return await client.post(where, data=sent)
                return await client.post(where, json={})
            return await client.get(where)

    async def _sign_in(self, client: AsyncClient, visitor: str) -> str:
        runtime = self.office.runtime
        role = visitor if visitor in ROLES else "coach"
        began = runtime.clock.now() - (sessions.IDLE if visitor == "expired" else timedelta())
        async with runtime.database.writing() as session:
            await session.execute(
                update(Staff)
                .where(Staff.username == "amina")
                .values(role=role, is_active=visitor != "disabled")
            )
            staff = await session.scalar(select(Staff.id).where(Staff.username == "amina"))
            assert staff is not None
            token = await sessions.begin(session, staff, began)
            held = await session.get_one(StaffSession, hash_token(token))
            csrf = held.csrf
        client.cookies.set("sid", token)
        return csrf


@pytest.fixture
async def building(
    request: pytest.FixtureRequest, clock: FrozenClock, tmp_path: Path
) -> AsyncIterator[Building]:
    async for database in open_database(request, "sqlite"):
        office = await open_office(database, clock, tmp_path)
        settings = office.runtime.settings.model_copy(update={"demo": True})
        app = create_app(replace(office.runtime, settings=settings))
        yield Building(office, app, await furnish(office, database))


async def furnish(office: Office, database: Database) -> dict[str, str]:
    """What the paths' names stand for."""
    conversation = await leaves_a_message(office.person(), "Hello")
    bea = office.person("bea")
    await bea.settles()
    await bea.books("09:00")
    async with Work.begin(database, office.runtime.clock, "person") as work:
        feed = await feeds.make(work, "person", await bea.id())
        known = await office.runtime.cache.get(await work.reading())
        begins = datetime(2026, 12, 1, 9, 0)  # noqa: DTZ001 - wall time
        lesson = NewSeries("cv-workshop", "centre", begins, 60, 8, coach="amina")
        series = await add_series(work, known, lesson)
    async with database.writing() as session:
        await session.execute(
            update(Message)
            .where(Message.conversation_id == conversation, Message.seq == 1)
            .values(file=b"sound", media="audio/mpeg")
        )
    async with database.reading() as session:
        one = select(Message.id).where(Message.media.is_not(None))
        return {
            "conversation": conversation,
            "message": str(await session.scalar(one)),
            "handoff": str(await session.scalar(select(Handoff.id))),
            "row": str(await session.scalar(select(Inbox.id))),
            "booking": (booking := str(await session.scalar(select(Booking.id)))),
            "token": office.runtime.cache.links.token("meeting", booking),
            "feed": office.runtime.cache.links.token("calendar", feed),
            "person": await bea.id(),
            "kind": "job",
            "path": "assigned",
            "meeting": "workshop",
            "series": series,
            "suggestion": series,  # decided already: that is said, and nothing happens
            "account": "amina",
            "name": "console.css",
            "part": "week",
            "service": "coaching",
            "unit": "centre",
            "code": "ar",
            "language": "sv",
            "slug": next(iter(office.house.knowledge.articles)),
        }


def named(app: FastAPI) -> set[tuple[str, str]]:
    """Every route, with its method."""
    return {
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in (set(route.methods or {"WEBSOCKET"}) - {"HEAD"})
    }


def outcome(response: Response) -> str:
    """How a door answered: in, sign in first, or not for you."""
    to_sign_in = response.headers.get("location", "").startswith("/console/sign-in?onward=")
    if response.status_code == 401 or to_sign_in:
        return "sign in first"
    return "not for you" if response.status_code == 403 else "in"


def expected(door: Door, visitor: str) -> str:
    if door is Door.BEARER:
        return "sign in first"  # no staff session opens a newcomer's chat
    if door is Door.OPEN:
        return "in"
    if visitor in STRANGERS:
        return "sign in first"
    return "in" if visitor in ADMITTED.get(door, ROLES) else "not for you"


async def test_every_route_is_named_here(building: Building) -> None:
    assert named(building.app) == set(ROUTES)


@pytest.mark.parametrize("visitor", [*STRANGERS, *ROLES])
async def test_every_door_lets_in_only_whom_it_should(building: Building, visitor: str) -> None:
    seen, wanted = {}, {}
    for (method, path), door in ROUTES.items():
        if method == "WEBSOCKET":
            continue
        response = await building.asks(visitor, method, path)
        assert response.status_code < 500, path
        seen[method, path] = outcome(response)
        wanted[method, path] = expected(door, visitor)
    assert seen == wanted


@pytest.mark.parametrize("role", ["coach", "coordinator", "admin"])
async def test_a_page_that_lets_one_in_is_there(building: Building, role: str) -> None:
    """An "in" above is no 404: every page the paths lead to exists."""
    missing = []
    for (method, path), door in ROUTES.items():
        if any(part in path for part in NOT_THERE) or expected(door, role) == "not for you":
            continue
        if method == "GET" and door is not Door.BEARER:
            response = await building.asks(role, method, path)
            if response.status_code not in (200, 303):
                missing.append((path, response.status_code))
    assert missing == []


@pytest.mark.parametrize("role", ROLES)
async def test_no_form_is_taken_without_its_token(building: Building, role: str) -> None:
    for (method, path), door in ROUTES.items():
        if method == "POST" and door not in (Door.OPEN, Door.BEARER):
            async with building.visited_by(role) as (client, _csrf):
                where = path.format(**building.there)
                assert (await client.post(where, data={"csrf": "guess"})).status_code == 403
                assert (await client.post(where)).status_code == 403


async def test_the_live_chat_hangs_up_on_whoever_shows_no_token(building: Building) -> None:
    said = await socket_says(building.app, '{"token": "guess"}')
    assert said[-1] == ("websocket.close", 4401)
    for frame in ("{", '"a word"', "{}", ""):
        said = await socket_says(building.app, frame)
        assert said[-1] == ("websocket.close", 1003)


async def test_the_live_chat_does_not_answer_another_site(building: Building) -> None:
    said = await socket_says(building.app, '{"token": "guess"}', origin="https://elsewhere.se")
    assert [kind for kind, _code in said] == ["websocket.close"]


async def socket_says(
    app: FastAPI, frame: str, origin: str = ORIGIN
) -> list[tuple[str, int | None]]:
    """What the live chat says to one frame: event and close code."""
    coming = [{"type": "websocket.receive", "text": frame}, {"type": "websocket.connect"}]
    said = []

    async def receive() -> dict[str, object]:
        return coming.pop()

    async def send(message: dict[str, object]) -> None:
        said.append((message["type"], message.get("code")))

    scope = {
        "type": "websocket",
        "path": "/chat/live",
        "headers": [(b"origin", origin.encode()), (b"host", b"127.0.0.1:8000")],
        "query_string": b"",
        "scheme": "ws",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1),
        "subprotocols": [],
        "state": {},
    }
    await app(scope, receive, send)
    return said


async def test_figures_stay_on_the_machine(building: Building) -> None:
    transport = ASGITransport(building.app, client=("203.0.113.9", 1))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        assert (await client.get("/metrics")).status_code == 404
