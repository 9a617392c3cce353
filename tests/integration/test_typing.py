"""Who writes just now, between a newcomer's page, the console, and other processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from backend.app import create_app
from backend.database import Database
from backend.signals import PERSON, Signal
from backend.vault import hash_token
from backend.wake import Hub, listen_to_others
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import ORIGIN, Office, open_office
from tests.integration.talk_house import asks_for_a_person, claims, opens

TOKEN = "a token of the page"
SOON_S = 5


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    clock.forward(hours=2)
    office = await open_office(database, clock, tmp_path)
    await opens(office.house, "amina", "bo")
    return office


@pytest.fixture
def anna(office: Office) -> Person:
    """She has the page open whose token this is."""
    return office.person(hash_token(TOKEN))


@pytest.fixture
async def thread(office: Office, anna: Person) -> str:
    """Anna talks with Amina."""
    await anna.settles()
    thread = await asks_for_a_person(anna)
    await claims(office.house, "amina", thread)
    return thread


@asynccontextmanager
async def page(office: Office) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(create_app(office.runtime))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        yield client


class Socket:
    """A page's socket, without a network: what it has heard."""

    def __init__(self, app: FastAPI) -> None:
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._coming.put_nowait({"type": "websocket.connect"})
        greeting = json.dumps({"token": TOKEN})
        self._coming.put_nowait({"type": "websocket.receive", "text": greeting})
        scope = {
            "type": "websocket",
            "path": "/chat/live",
            "headers": [(b"origin", ORIGIN.encode()), (b"host", ORIGIN[7:].encode())],
            "query_string": b"",
            "scheme": "ws",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
            "state": {},
        }
        self._running = asyncio.create_task(app(scope, self._coming.get, self._send))

    async def _send(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            self.heard.put_nowait(json.loads(message["text"]))

    async def hears(self, frame: str) -> Any:
        """The next frame of a kind."""
        async with asyncio.timeout(SOON_S):
            while True:
                heard = await self.heard.get()
                if frame in heard:
                    return heard[frame]

    async def closes(self) -> None:
        """Hang up."""
        self._coming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._running, SOON_S)


async def test_that_she_writes_is_heard_only_while_a_person_reads_it(office: Office, anna: Person):
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    async with page(office) as client:
        assert (await client.post("/chat/typing", json={})).status_code == 204
        assert office.runtime.hub.doing("typing", conversation.id) == {}
        await asks_for_a_person(anna)
        assert (await client.post("/chat/typing", json={})).status_code == 204
    assert set(office.runtime.hub.doing("typing", conversation.id)) == {PERSON}


async def test_whoever_says_it_too_often_or_has_no_token_is_refused(office: Office, thread: str):
    async with page(office) as client:
        answers = [(await client.post("/chat/typing")).status_code for _time in range(12)]
        assert answers == [204] * 10 + [429] * 2
        answer = await client.post("/chat/typing", headers={"Authorization": "Bearer guess"})
        assert answer.status_code == 401


async def test_her_page_hears_that_her_coach_writes_and_has_stopped(office: Office, thread: str):
    socket, hub = Socket(create_app(office.runtime)), office.runtime.hub
    assert await socket.hears("up_to") > 0
    hub.does(Signal("typing", "bo", thread))  # he only looks at it
    hub.does(Signal("typing", "amina", thread))
    assert await socket.hears("typing") is True
    hub.stops(Signal("typing", "amina", thread))
    assert await socket.hears("typing") is False
    await socket.closes()


async def test_her_page_hears_nothing_of_who_only_looks_at_it(office: Office, thread: str):
    socket, hub = Socket(create_app(office.runtime)), office.runtime.hub
    await socket.hears("up_to")
    hub.does(Signal("typing", "bo", thread))
    hub.does(Signal("typing", PERSON, thread))
    hub.does(Signal("reading", "amina", thread))
    await asyncio.wait_for(claims_again(office, thread), SOON_S)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await socket.hears("typing")
    await socket.closes()


async def claims_again(office: Office, thread: str) -> None:
    """Something of hers changes, so that her page looks."""
    await claims(office.house, "amina", thread)
    office.runtime.hub.changed(thread)


@pytest.mark.postgres
async def test_another_process_hears_it_and_that_it_is_over(office: Office, thread: str):
    if office.runtime.database.is_sqlite:
        pytest.skip("on SQLite it stays within the process")
    here, there = Hub(), Hub()
    listening = asyncio.gather(
        listen_to_others(office.runtime.database, here),
        listen_to_others(office.runtime.database, there),
    )
    signal = Signal("typing", "amina", thread)
    woken = there.reader(thread)
    try:
        async with asyncio.timeout(SOON_S):
            await woken.wait()  # it has begun to listen
            woken.clear()
            here.does(signal)
            while not there.doing("typing", thread):
                await woken.wait()
                woken.clear()
            here.stops(signal)
            while there.doing("typing", thread):
                await woken.wait()
                woken.clear()
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
