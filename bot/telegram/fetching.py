"""Fetches a file that somebody has sent to the bot."""

from __future__ import annotations

from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge, TelegramRetryAfter
from aiohttp import ClientError

from backend.channels import TryLater, Undeliverable
from backend.media.forms import MOST_BYTES
from bot.telegram.client import FAILURES

PATIENCE_S = 20

log = structlog.get_logger(__name__)


async def fetch(bot: Bot, file: str) -> bytes:
    """The file that Telegram calls ``file``. Raises Undeliverable or TryLater.

    What a failure says is kept back: the bot's token is part of a file's address.
    """
    try:
        found = await bot.get_file(file)
    except TelegramRetryAfter as error:
        reason = "flood control"
        raise TryLater(reason, timedelta(seconds=error.retry_after)) from None
    except (TelegramBadRequest, TelegramEntityTooLarge):
        reason = "file refused"
        raise Undeliverable(reason) from None
    except FAILURES as error:
        log.info("telegram.file_not_found", error=type(error).__name__)
        reason = "no answer from Telegram"
        raise TryLater(reason) from None
    if found.file_path is None or (found.file_size or 0) > MOST_BYTES:
        reason = "file too large"
        raise Undeliverable(reason)
    return await _download(bot, found.file_path)


async def _download(bot: Bot, path: str) -> bytes:
    """The content, as far as it may go: what Telegram says of its size is not relied on."""
    content = bytearray()
    address = bot.session.api.file_url(bot.token, path)
    try:
        async for chunk in bot.session.stream_content(address, timeout=PATIENCE_S):
            content += chunk
            if len(content) > MOST_BYTES:
                break
    except (ClientError, OSError, TimeoutError, *FAILURES) as error:
        log.info("telegram.file_not_fetched", error=type(error).__name__)
        reason = "no answer from Telegram"
        raise TryLater(reason) from None
    if len(content) > MOST_BYTES:
        reason = "file too large"
        raise Undeliverable(reason)
    return bytes(content)
