"""The connection to Telegram: how it is opened, and what a call over it can end in."""

from __future__ import annotations

import json

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.utils.token import TokenValidationError

REQUEST_TIMEOUT = 10.0  # seconds; well below the time a worker leases a conversation for

# Every way a call can fail; the second is an answer that is not even text.
FAILURES = (AiogramError, UnicodeDecodeError)
Failure = AiogramError | UnicodeDecodeError


class BadToken(ValueError):
    """INGANG_TELEGRAM_TOKEN is not a bot token: it looks like 123456:ABC-DEF."""


def open_bot(token: str, api: str) -> Bot:
    """A client of the Bot API server at ``api``; it connects when first used. Raises BadToken."""
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(api), json_loads=read_answer, timeout=REQUEST_TIMEOUT
    )
    try:
        return Bot(token, session=session)
    except TokenValidationError:
        raise BadToken(BadToken.__doc__) from None


def read_answer(content: str) -> object:
    """An answer's JSON. One that reports a failure without words gets empty ones.

    aiogram looks for a word in the description of a server's failure and stumbles over None.
    """
    answer: object = json.loads(content)
    if isinstance(answer, dict) and answer.get("description") is None:
        answer["description"] = ""
    return answer


def retry_after(error: Exception) -> float:
    """How long Telegram asked us to wait, in seconds."""
    return error.retry_after if isinstance(error, TelegramRetryAfter) else 0.0
