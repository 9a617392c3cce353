"""A proxy between a page and the server that loses, doubles, delays and reorders."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

FAULTS = ("lost", "answer lost", "doubled", "doubled late", "delayed", "none", "none")
FRAME_FAULTS = ("lost", "doubled", "delayed", "cut", "none", "none")
LONGEST_DELAY_S = 0.5
OWN = {"content-length", "transfer-encoding", "connection", "date", "server"}


@dataclass
class BadLine:
    """Carries everything faithfully until ``is_bad``; then the chat's requests meet faults."""

    upstream: str  # host and port
    chance: Random
    is_bad: bool = False
    met: Counter[str] = field(default_factory=Counter)
    _client: httpx2.AsyncClient = field(default_factory=httpx2.AsyncClient)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _sockets: set[ClientConnection] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        if scope["type"] == "http":
            await self._carry(Request(scope, receive), send)
        elif scope["type"] == "websocket":
            await self._join(WebSocket(scope, receive, send))

    async def mend(self) -> None:
        """From now on nothing goes wrong; who hangs on a line that lost something calls again."""
        self.is_bad = False
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in list(self._sockets):
            await socket.close()

    async def close(self) -> None:
        """Let go."""
        await self.mend()
        await self._client.aclose()

    async def _carry(self, request: Request, send: Send) -> None:
        body = await request.body()
        is_chat = request.url.path.startswith("/chat/") and "/strings/" not in request.url.path
        fault = self.chance.choice(FAULTS) if self.is_bad and is_chat else "none"
        self.met[fault] += 1
        if fault == "lost":
            await _break(send)
            return
        if fault == "delayed":
            await asyncio.sleep(self._delay())
        if fault == "doubled late":  # what was sent before comes again after what is sent next
            self._later(self._delay(), self._ask(request, body))
        if fault == "doubled":
            answer, _other = await asyncio.gather(
                self._ask(request, body), self._ask(request, body)
            )
        else:
            answer = await self._ask(request, body)
        if fault == "delayed":
            await asyncio.sleep(self._delay())
        if fault == "answer lost":
            await _break(send)
            return
        await _answer(send, answer)

    async def _ask(self, request: Request, body: bytes) -> httpx2.Response:
        url = f"http://{self.upstream}{request.url.path}"
        return await self._client.request(
            request.method,
            f"{url}?{request.url.query}",
            headers=dict(request.headers),
            content=body,
            timeout=60,
        )

    async def _join(self, page: WebSocket) -> None:
        if self.is_bad and self.chance.random() < 1 / 4:
            await page.close()
            return
        await page.accept()
        origin = f"http://{self.upstream}"
        async with connect(f"ws://{self.upstream}{page.url.path}", origin=origin) as server:  # type: ignore[arg-type]
            self._sockets.add(server)
            up = asyncio.create_task(self._up(page, server))
            try:
                await self._down(page, server)
            finally:
                self._sockets.discard(server)
                up.cancel()
        with suppress(RuntimeError):
            await page.close()

    @staticmethod
    async def _up(page: WebSocket, server: ClientConnection) -> None:
        with suppress(WebSocketDisconnect, ConnectionClosed):
            while True:
                await server.send(await page.receive_text())
        await server.close()

    async def _down(self, page: WebSocket, server: ClientConnection) -> None:
        with suppress(ConnectionClosed, WebSocketDisconnect, RuntimeError):
            async for frame in server:
                fault = self.chance.choice(FRAME_FAULTS) if self.is_bad else "none"
                self.met[f"frame {fault}"] += 1
                match fault:
                    case "lost":
                        continue
                    case "cut":
                        return
                    case "delayed":
                        self._later(self._delay(), _tell(page, str(frame)))
                    case "doubled":
                        await page.send_text(str(frame))
                        await page.send_text(str(frame))
                    case _:
                        await page.send_text(str(frame))

    def _delay(self) -> float:
        return self.chance.random() * LONGEST_DELAY_S

    def _later(self, seconds: float, job: Coroutine[Any, Any, Any]) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            await job

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _tell(page: WebSocket, frame: str) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):
        await page.send_text(frame)


async def _answer(send: Send, answer: httpx2.Response) -> None:
    kept = [
        (name.encode(), value.encode())
        for name, value in answer.headers.items()
        if name not in OWN and name != "content-encoding"
    ]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
    await send({"type": "http.response.body", "body": answer.content})


async def _break(send: Send) -> None:
    """An answer that stops in its middle, as when a train goes into a tunnel."""
    length = [(b"content-length", b"100")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": b'{"mes', "more_body": True})
