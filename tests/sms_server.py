"""A small SMS provider on this machine: keeps what it is given, reports back, or misbehaves."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import deque
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

USER, SECRET = "u123", "s456"
BASIC = "Basic " + b64encode(f"{USER}:{SECRET}".encode()).decode()


@dataclass(frozen=True)
class Answer:
    """What to say instead of taking a message; None hangs until the client gives up."""

    status: int | None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


NEVER = Answer(None)
GARBAGE = Answer(200, "<html>Welcome to the portal</html>")
NO_SUCH_NUMBER = Answer(400, "Invalid to number")
NO_SUCH_SENDER = Answer(400, "Invalid from number")
NO_MONEY = Answer(403, "Not enough credits")
BROKEN = Answer(502, "Bad gateway")


class SmsServer:
    """``async with SmsServer() as server``: the API at ``server.url``."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.faults: deque[Answer] = deque()
        self.requests = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/a1/sms", self._take)
        app.router.add_get("/a1/me", self._me)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/a1"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    @property
    def texts(self) -> list[str]:
        """The words of what was taken."""
        return [each["message"] for each in self.taken]

    def reference(self, number: int = -1) -> str:
        """The id given to one of the messages."""
        return self.taken[number]["id"]

    async def _take(self, request: web.Request) -> web.Response:
        self.requests += 1
        if self.faults:
            return await self._misbehave(self.faults.popleft())
        if request.headers.get("Authorization") != BASIC:
            return web.Response(status=401, text="Wrong credentials")
        asked = {name: str(value) for name, value in (await request.post()).items()}
        if not {"from", "to", "message"} <= asked.keys():
            return web.Response(status=400, text="Missing key")
        asked["id"] = f"s{len(self.taken) + 1:032}"
        self.taken.append(asked)
        return web.json_response(
            {"id": asked["id"], "status": "created", "parts": 1, "to": asked["to"]}
        )

    async def _me(self, request: web.Request) -> web.Response:
        allowed = request.headers.get("Authorization") == BASIC
        return web.json_response({"currency": "SEK"}, status=200 if allowed else 401)

    @staticmethod
    async def _misbehave(answer: Answer) -> web.Response:
        if answer.status is None:
            await asyncio.Event().wait()
        return web.Response(status=answer.status or 500, text=answer.body, headers=answer.headers)
