"""How much one client may send: bytes in a body, and requests in a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
REMEMBERED = 10_000


class BodyLimit:
    """Refuses bodies over the limit, whether or not their length was announced.

    ``larger`` are paths, written as routes are, with limits of their own.
    """

    def __init__(
        self, app: ASGIApp, most: int = MOST_BYTES, larger: Mapping[str, int] | None = None
    ) -> None:
        self.app = app
        self.most = most
        self.larger = [(compile_path(path)[0], limit) for path, limit in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is received. Whoever reads too much of it meets HTTPException 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received, most = 0, self._most(scope["path"])

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self.app(scope, counted, send)

    def _most(self, path: str) -> int:
        return next((most for known, most in self.larger if known.match(path)), self.most)


@dataclass
class RateLimit:
    """A bucket for each client: ``per_minute`` on average, ``burst`` at once."""

    per_minute: float
    burst: int
    _buckets: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def wait(self, client: str, now: datetime) -> int:
        """Take one; 0, or the seconds until there is one again."""
        tokens, at = self._buckets.pop(client, (float(self.burst), now))
        elapsed = max(0.0, (now - at).total_seconds())
        tokens = min(float(self.burst), tokens + elapsed * self.per_minute / 60)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0 if allowed else 1 + int((1 - tokens) * 60 / self.per_minute)
