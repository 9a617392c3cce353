"""What can go wrong between a bot and Telegram, to be scripted call by call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NoReturn, Protocol

from aiohttp import web


class Fault(Protocol):
    """Replaces the answer to one call. ``late``: the call is carried out first."""

    late: bool

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What the bot gets instead of an answer."""


@dataclass(frozen=True)
class Refusal:
    """An error as the Bot API words it; without a description, as a broken server does."""

    code: int
    description: str | None = None
    retry_after: int | None = None
    late: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Status and JSON."""
        return self.response()

    def response(self) -> web.Response:
        """The same without a request."""
        body: dict[str, object] = {"ok": False, "error_code": self.code}
        if self.description is not None:
            body["description"] = self.description
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return web.json_response(body, status=self.code)


def too_many(seconds: int) -> Refusal:
    """Flood control."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", seconds)


@dataclass(frozen=True)
class Hang:
    """No answer at all; the bot's own patience ends it."""

    late: bool = False

    async def answer(self, request: web.Request) -> NoReturn:
        """Wait until the bot hangs up, which cancels this."""
        await asyncio.Event().wait()
        raise AssertionError


@dataclass(frozen=True)
class Garbage:
    """A page by some server in between."""

    body: bytes = b"<html>Bad gateway</html>"
    status: int = 200
    late: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Anything but what was asked for."""
        return web.Response(body=self.body, status=self.status, content_type="text/html")


@dataclass(frozen=True)
class Reset:
    """The connection breaks."""

    late: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Cut the line."""
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
