"""Sends words and files, and says in the project's words why one could not be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from backend.channels import Receipt, TryLater, Undeliverable, Unreachable
from bot.telegram.carrying import carry
from bot.telegram.client import FAILURES, Failure
from bot.telegram.keyboard import keyboard
from bot.telegram.outbound import Piece, pieces
from bot.telegram.pacing import Flood
from bot.telegram.splitting import Passage
from dialogs.messages import Address, Rendered

LONGEST_TEXT = 4_096
MOST_REMEMBERED = 1_000
TOKEN_REFUSED_WAIT = timedelta(minutes=1)
NOBODY_THERE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid")

log = structlog.get_logger(__name__)


class Sender:
    """Sends messages. A long one that stopped half-way goes on where it stopped.

    How far it got is kept in memory only: after a restart its first part is sent again. Telegram
    has no idempotency key, so a message whose receipt was lost is sent twice as well.
    """

    def __init__(self, bot: Bot, flood: Flood, person: Callable[[str], str] | None = None) -> None:
        """``person`` is what asks for a person, in a language."""
        self._bot = bot
        self._person = person
        self._flood = flood
        self._sent: dict[str, int] = {}

    async def send(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Send one message. Raises Undeliverable, Unreachable or TryLater."""
        chat = _chat(address)
        parts = pieces(rendered, LONGEST_TEXT)
        if not parts:
            reason = "no text"
            raise Undeliverable(reason)
        person = self._person(rendered.language) if self._person else None
        buttons = keyboard(message, rendered, person)
        reference = None
        for number in range(self._resume(message, len(parts)), len(parts)):
            markup = buttons if number == len(parts) - 1 else None
            try:
                reference = await self._send(chat, parts[number], markup)
            except FAILURES as error:
                raise self._reason(error, chat, message, number) from None
        return Receipt(str(reference) if reference else None)

    async def _send(
        self, chat: int, piece: Piece, markup: InlineKeyboardMarkup | None
    ) -> int | None:
        try:
            return await self._post(chat, piece, markup)
        except TelegramBadRequest as error:
            if not piece.words.entities or "entit" not in error.message.casefold():
                raise
            log.warning("telegram.formatting_refused", reason=_clause(error))
        plain = replace(piece, words=Passage(piece.words.text))
        return await self._post(chat, plain, markup)

    async def _post(
        self, chat: int, piece: Piece, markup: InlineKeyboardMarkup | None
    ) -> int | None:
        if piece.file is not None:
            return await carry(self._bot, chat, piece, piece.file, markup)
        sent = await self._bot.send_message(
            chat,
            piece.words.text,
            entities=list(piece.words.entities) or None,
            reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        # A server in between may answer "ok" and leave the message out.
        return getattr(sent, "message_id", None)

    def _resume(self, message: str, parts: int) -> int:
        """How many parts of a message have been sent before."""
        sent = self._sent.pop(message, 0)
        return sent if sent < parts else 0

    def _reason(self, error: Failure, chat: int, message: str, number: int) -> Exception:
        """What a failure means for this message. ``number`` of its parts had been sent."""
        reason = self._meaning(error, chat)
        if isinstance(reason, TryLater) and number:
            self._sent[message] = number
            if len(self._sent) > MOST_REMEMBERED:
                del self._sent[next(iter(self._sent))]
        log.info("telegram.not_sent", error=type(error).__name__, reason=str(reason))
        return reason

    def _meaning(self, error: Failure, chat: int) -> Exception:
        match error:
            case TelegramRetryAfter(retry_after=seconds):
                everyone = self._flood.told_to_wait(chat, seconds)
                return TryLater("flood control", timedelta(seconds=seconds), everyone=everyone)
            case TelegramForbiddenError():
                return Unreachable(_clause(error))
            case TelegramBadRequest() if _nobody_there(error):
                return Unreachable(_clause(error))
            case TelegramBadRequest() | TelegramEntityTooLarge() | TelegramMigrateToChat():
                return Undeliverable(_clause(error))
            case TelegramUnauthorizedError() | TelegramNotFound():
                # Telegram does not know the bot: no message to anyone can be sent.
                log.error("telegram.token_refused")
                return TryLater("token refused", TOKEN_REFUSED_WAIT, everyone=True)
            case _:
                return TryLater("no answer from Telegram")


def _chat(address: Address) -> int:
    try:
        return int(address.id)
    except ValueError:
        reason = "not a Telegram chat"
        raise Undeliverable(reason) from None


def _nobody_there(error: TelegramAPIError) -> bool:
    return any(words in error.message.casefold() for words in NOBODY_THERE)


def _clause(error: TelegramAPIError) -> str:
    """Telegram's reason without what follows it, which may quote the message."""
    return ":".join(error.message.split(":")[:2])[:60].strip()
