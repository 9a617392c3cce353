"""Every route of the program and what each kind of visitor gets from it.

A route without a row fails the test: whoever adds one says here who may use it. The framework
cannot say it, for a route without a guard simply looks public.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import insert, select, update
from starlette.routing import Mount

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.models import Handoff, Staff, StaffSession
from backend.vault import hash_token
from dialogs.messages import Address
from tests.conftest import FrozenClock, open_database
from tests.house import House, Person, build
from tests.integration.console_office import (
    HOST,
    ORIGIN,
    leaves_a_message,
    runtime_of,
    translated,
)

CANARY = "CANARY-of-anna"
STAFF = ("coach", "coordinator", "editor", "admin")
NOBODY = ("anonymous", "disabled", "expired")
NEWCOMERS = ("anna", "bert")
VISITORS = (*NOBODY, *STAFF, *NEWCOMERS)

Visitors = Literal["everyone", "signed in", "conversations", "newcomers"]


@dataclass(frozen=True)
class Row:
    """Who may use a route, what they get, and what is sent to it. Braces are filled in."""

    may: Visitors
    gets: int = 200
    form: tuple[tuple[str, str], ...] = ()
    body: object = None


PAGE = Row("conversations")
FORM = Row("conversations", 303)
FILE = Row("everyone")

MATRIX: Mapping[tuple[str, str], Row] = {
    ("GET", "/healthz"): Row("everyone"),
    ("GET", "/readyz"): Row("everyone"),
    ("GET", "/metrics"): Row("everyone"),  # from this machine; else 404
    ("GET", "/openapi.json"): Row("everyone"),  # in the demonstration only
    ("GET", "/"): Row("everyone"),
    ("GET", "/a/{slug}"): Row("everyone"),
    ("GET", "/icon.svg"): FILE,
    ("GET", "/start.css"): FILE,
    ("GET", "/widget.js"): FILE,
    ("GET", "/article.css"): FILE,
    ("GET", "/demo"): Row("everyone"),
    ("GET", "/demo.css"): FILE,
    ("GET", "/demo.js"): FILE,
    ("POST", "/demo/forward"): Row("everyone", 422, body={"by": "soon"}),
    ("POST", "/chat/session"): Row("everyone", 201, body={"client_id": "c1234567-{n}"}),
    ("POST", "/chat/messages"): Row(
        "newcomers", 202, body={"client_id": "m1234567-{n}", "event": {"type": "started"}}
    ),
    ("GET", "/chat/messages"): Row("newcomers"),
    ("GET", "/chat/strings/{code}"): Row("everyone"),
    ("GET", "/console/static/{name}"): FILE,
    ("GET", "/console/sign-in"): Row("everyone"),
    ("POST", "/console/sign-in"): Row(
        "everyone", 401, (("username", "nobody-{n}"), ("password", "x"))
    ),
    ("POST", "/console/sign-out"): Row("signed in", 303),
    ("POST", "/console/language"): Row("signed in", 303, (("language", "en"),)),
    ("GET", "/console"): PAGE,
    ("GET", "/console/today"): PAGE,
    ("GET", "/console/live/queue"): PAGE,
    ("GET", "/console/live/threads/{conversation}"): PAGE,
    ("GET", "/console/threads/{conversation}"): PAGE,
    ("GET", "/console/threads/{conversation}/prepared/{name}"): PAGE,
    ("GET", "/console/bookings/{booking}/move"): PAGE,
    ("POST", "/console/threads/{conversation}/answer"): replace(
        FORM, form=(("text", "Hej!"), ("seen", "9999"), ("key", "answer-{n}"))
    ),
    ("POST", "/console/threads/{conversation}/prepared/{name}"): replace(
        FORM, form=(("seen", "9999"), ("key", "prepared-{n}"))
    ),
    ("POST", "/console/handoffs/{handoff}"): replace(FORM, form=(("do", "reopen"),)),
    ("POST", "/console/failures/{row}"): FORM,
    ("POST", "/console/bookings/{booking}"): replace(
        FORM, form=(("do", "seen"), ("version", "1"))
    ),
    ("POST", "/console/bookings/{booking}/move"): replace(
        FORM, gets=409, form=(("version", "1"), ("slot", "none"))
    ),
}
SOCKETS = {"/chat/live"}  # asks for the newcomer's token in its first frame


@dataclass
class World:
    """A running program with Anna's conversation in it, and those who visit it."""

    house: House
    app: FastAPI
    ids: dict[str, str]
    tokens: dict[str, str]
    requests: int = 0

    async def visit(self, method: str, path: str, visitor: str, **changed: str) -> Response:
        """One request as its row says; ``changed`` are headers and the token of the form."""
        row = MATRIX[method, path]
        self.requests += 1
        async with self._client(visitor) as (client, csrf):
            form = {name: value.format(n=self.requests) for name, value in row.form}
            form["csrf"] = changed.pop("csrf", csrf)
            headers = {"Origin": ORIGIN, **changed}
            if visitor in NEWCOMERS:
                headers["Authorization"] = f"Bearer {self.tokens[visitor]}"
            filled = path.format(**self.ids)
            if method == "GET":
                return await client.get(filled, headers=headers)
            if row.body is not None:
                content = json.dumps(row.body).replace("{n}", str(self.requests))
                headers["Content-Type"] = "application/json"
                return await client.post(filled, content=content, headers=headers)
            return await client.post(filled, data=form, headers=headers)

    @asynccontextmanager
    async def _client(self, visitor: str) -> AsyncIterator[tuple[AsyncClient, str]]:
        """A browser of a visitor, with a session of its own, and that session's form token."""
        transport = ASGITransport(self.app, client=(HOST, 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            csrf = ""
            if visitor not in {"anonymous", *NEWCOMERS}:
                token, csrf = await self._sign_in(visitor)
                client.cookies.set("sid", token, HOST)
            yield client, csrf

    async def _sign_in(self, visitor: str) -> tuple[str, str]:
        now = self.house.clock.now()
        began = now - timedelta(hours=13) if visitor == "expired" else now
        async with self.house.database.writing() as session:
            token = await sessions.begin(session, f"staff-{visitor}", began)
            csrf = await session.scalar(
                select(StaffSession.csrf).where(StaffSession.token_hash == hash_token(token))
            )
        return token, csrf or ""


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """One kind is enough: doors do not depend on it."""
    async for found in open_database(request, "sqlite"):
        yield found


@pytest.fixture
async def world(database: Database, clock: FrozenClock, tmp_path: Path) -> World:
    house = await build(database, clock, translated({}))
    tokens = {name: f"token-of-{name}-which-is-long-enough" for name in NEWCOMERS}
    anna, bert = (Person(house, Address("web", hash_token(tokens[name]))) for name in NEWCOMERS)
    await bert.settles()
    await anna.settles()
    await anna.books("09:00")
    thread = await leaves_a_message(anna, CANARY)
    (meeting,) = await anna.meetings()
    await _employ(house)
    async with house.database.reading() as session:
        handoff = await session.scalar(select(Handoff.id))
    assert handoff is not None
    runtime = runtime_of(house, tmp_path)
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"demo": True}))
    ids = {
        "conversation": thread,
        "booking": meeting.booking,
        "handoff": handoff,
        "row": "0",
        "name": "book-a-time",
        "slug": "personnummer",
        "code": "sv",
    }
    return World(house, create_app(runtime), ids, tokens)


async def _employ(house: House) -> None:
    """Someone in each role, someone whose account is closed, someone who signed in long ago."""
    async with house.database.writing() as session:
        for visitor in (*STAFF, "disabled", "expired"):
            await session.execute(
                insert(Staff).values(
                    id=f"staff-{visitor}",
                    username=visitor,
                    name=visitor.capitalize(),
                    role=visitor if visitor in STAFF else "coach",
                    languages=[],
                    services=[],
                    created_at=house.clock.now(),
                )
            )
        closed = update(Staff).where(Staff.username == "disabled")
        await session.execute(closed.values(is_active=False))


def expected(method: str, path: str, row: Row, visitor: str) -> int:
    """The status a visitor gets."""
    if row.may == "everyone":
        return row.gets
    if row.may == "newcomers":
        return row.gets if visitor in NEWCOMERS else 401
    if visitor not in STAFF:
        return 303 if method == "GET" and "/live/" not in path else 401
    if row.may == "conversations" and visitor in {"editor", "admin"}:
        return 403
    return row.gets


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of an application."""
    for context in iter_route_contexts(app.routes):
        assert not isinstance(context.original_route, Mount)
        for method in (context.methods or set()) - {"HEAD"}:
            yield method, context.path or ""


async def test_every_route_says_who_may_use_it(world: World):
    assert set(routes(world.app)) == set(MATRIX), "a route without a row, or a row without a route"


async def test_every_socket_is_known(world: World):
    found = {
        context.path
        for context in iter_route_contexts(world.app.routes)
        if isinstance(context.original_route, APIWebSocketRoute)
    }
    assert found == SOCKETS


async def test_everyone_gets_what_the_row_says_and_nothing_of_anna(world: World):
    wrong = []
    for (method, path), row in MATRIX.items():
        world.ids["name"] = "console.css" if "static" in path else "book-a-time"
        for visitor in VISITORS:
            response = await world.visit(method, path, visitor)
            if response.status_code != expected(method, path, row, visitor):
                wrong.append((method, path, visitor, response.status_code))
            if visitor not in {"coach", "coordinator", "anna"}:
                seen = response.text + str(response.headers)
                assert CANARY not in seen, (method, path, visitor)
    assert wrong == []


async def test_a_coach_sees_what_she_is_there_to_see(world: World):
    for path in ("/console", "/console/threads/{conversation}"):
        assert CANARY in (await world.visit("GET", path, "coach")).text


async def test_no_form_of_the_console_is_taken_from_elsewhere(world: World):
    forms = [
        (method, path)
        for (method, path), row in MATRIX.items()
        if method != "GET" and path.startswith("/console") and row.may != "everyone"
    ]
    assert len(forms) >= 8
    _token, others = await world._sign_in("admin")
    for method, path in forms:
        for changed in (
            {"csrf": ""},
            {"csrf": others},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ):
            response = await world.visit(method, path, "coach", **changed)
            assert response.status_code == 403, (path, changed)


async def test_changes_are_never_made_by_following_a_link(world: World):
    for method, path in routes(world.app):
        if method == "POST" and (("GET", path) not in MATRIX):
            async with world._client("coach") as (client, _csrf):
                filled = path.format(**world.ids)
                assert (await client.get(filled)).status_code in {404, 405}, path
