"""Delivery reports: the provider posts what became of a message, and proves nothing but a secret.

The secret is part of the address, derived from the installation's key. Reports come in any order,
more than once, and sometimes before the answer to our own request.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request, Response

from backend.api.state import RuntimeOf
from backend.reports import Report, take

LARGEST_BODY = 4 * 1024  # bytes
LONGEST_ID = 100
UNDER_WAY = ("created", "sent")
OUTCOMES = {"delivered": True, "failed": False}


class Reports:
    """Where the provider reports to."""

    def __init__(self, channel: str, key: str) -> None:
        purpose = f"delivery reports {channel}".encode()
        self.channel = channel
        self.secret = hmac.new(key.encode(), purpose, hashlib.sha256).hexdigest()[:32]

    def address(self, site: str, message: str) -> str:
        """Where to report what becomes of one message of ours."""
        return f"{site}/{self._path(self.secret)}?message={message}"

    def routes(self) -> APIRouter:
        """The one route, left out of the public description."""
        router = APIRouter(include_in_schema=False)
        path = "/" + self._path("{secret}")
        router.add_api_route(path, self._report, methods=["POST"], status_code=204)
        return router

    async def _report(
        self, runtime: RuntimeOf, request: Request, secret: str, message: str = ""
    ) -> Response:
        """204 when the report is written, or is of no use to us; it is not to be sent again."""
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            raise HTTPException(404)
        report = self._read(await _body(request), message)
        if report is not None:
            await take(runtime, report)
        return Response(status_code=204)

    def _read(self, body: bytes, message: str) -> Report | None:
        """What is reported, or None while the message is still on its way."""
        fields = parse_qs(body.decode("utf-8", "replace"))
        reference, status = fields.get("id", [""])[0], fields.get("status", [""])[0]
        if not 0 < len(reference) <= LONGEST_ID or len(message) > LONGEST_ID:
            raise HTTPException(400)
        if status in UNDER_WAY:
            return None
        if status not in OUTCOMES:
            raise HTTPException(400)
        return Report(self.channel, reference, message or None, delivered=OUTCOMES[status])

    def _path(self, secret: str) -> str:
        return f"{self.channel.replace(':', '/')}/report/{secret}"


async def _body(request: Request) -> bytes:
    """The body, measured while it is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(body)
