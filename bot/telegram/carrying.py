"""A photo or a recording as a Telegram message, with the words that belong to it below."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup

from bot.telegram.outbound import Piece
from dialogs.messages import Enclosure

UPLOAD_TIMEOUT = 30  # seconds; with the rest of a message still below a worker's patience
VOICE_FORBIDDEN = "voice_messages_forbidden"

log = structlog.get_logger(__name__)


async def carry(
    bot: Bot, chat: int, piece: Piece, file: Enclosure, markup: InlineKeyboardMarkup | None
) -> int | None:
    """Send a file; the message's number. Raises what aiogram raises.

    Some people let nobody send them voice messages: they get the recording as music.
    """
    content = BufferedInputFile(file.content, file.name)
    caption = piece.words.text or None
    entities = list(piece.words.entities) or None
    if file.media.startswith("image/"):
        sent = await bot.send_photo(
            chat,
            content,
            caption=caption,
            caption_entities=entities,
            reply_markup=markup,
            request_timeout=UPLOAD_TIMEOUT,
        )
        return getattr(sent, "message_id", None)
    try:
        sent = await bot.send_voice(
            chat,
            content,
            caption=caption,
            caption_entities=entities,
            reply_markup=markup,
            request_timeout=UPLOAD_TIMEOUT,
        )
    except TelegramBadRequest as error:
        if VOICE_FORBIDDEN not in error.message.casefold():
            raise
        log.info("telegram.voice_forbidden")
        sent = await bot.send_audio(
            chat,
            content,
            caption=caption,
            caption_entities=entities,
            reply_markup=markup,
            request_timeout=UPLOAD_TIMEOUT,
        )
    return getattr(sent, "message_id", None)
