"""The webhook: Telegram posts updates to us, and proves with a secret that it is Telegram."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json

import structlog
from aiogram import Bot
from fastapi import APIRouter, HTTPException, Request, Response

from bot.telegram.client import FAILURES, retry_after
from bot.telegram.inbound import WANTED
from bot.telegram.intake import Intake, NotStored
from bot.telegram.pacing import Backoff, Pace

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY = 256 * 1024  # bytes

log = structlog.get_logger(__name__)


class Webhook:
    """Where Telegram delivers. Updates are refused until someone listens; Telegram tries again.

    The secret is derived from the installation's key, so there is none to set or to forget.
    """

    def __init__(self, channel: str, site: str, key: str) -> None:
        self.path = f"/{channel.replace(':', '/')}/webhook"
        self.url = f"{site}{self.path}"
        purpose = f"telegram webhook {channel}".encode()
        self.secret = hmac.new(key.encode(), purpose, hashlib.sha256).hexdigest()
        self._intake: Intake | None = None

    async def listen(self, bot: Bot, intake: Intake, pace: Pace) -> None:
        """Tell Telegram where to deliver, and take in what it delivers until cancelled."""
        self._intake = intake
        try:
            await self._register(bot, Backoff(pace))
            await asyncio.Event().wait()
        finally:
            # The webhook stays set: Telegram keeps what comes until we are back.
            self._intake = None

    def routes(self) -> APIRouter:
        """The one route, left out of the public description."""
        router = APIRouter()
        router.add_api_route(
            self.path, self._deliver, methods=["POST"], include_in_schema=False, status_code=200
        )
        return router

    async def _register(self, bot: Bot, backoff: Backoff) -> None:
        while True:
            try:
                await bot.set_webhook(
                    self.url, secret_token=self.secret, allowed_updates=list(WANTED)
                )
            except FAILURES as error:
                log.error("telegram.webhook_not_set", error=type(error).__name__)
                await backoff.wait(retry_after(error))
            else:
                return

    async def _deliver(self, request: Request) -> Response:
        """Answer 200 when the update is stored, or when sending it again would not help."""
        given = request.headers.get(HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self.secret.encode()):
            raise HTTPException(401)
        update = _parse(await _body(request))
        if self._intake is None:
            raise HTTPException(503, headers={"Retry-After": "5"})
        try:
            await self._intake.take(update)
        except NotStored:
            raise HTTPException(503, headers={"Retry-After": "5"}) from None
        return Response()


async def _body(request: Request) -> bytes:
    """The body. It is measured while it is read: the length a client claims may be wrong."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(body)


def _parse(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None  # will be logged as an update that cannot be read
    return parsed
