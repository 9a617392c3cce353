"""From a Telegram update to an event, leaving behind everything we have no use for.

Names, usernames, files and telephone numbers end here: none of them is in an ``Inbound``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from aiogram.enums import ChatType, ContentType
from aiogram.types import CallbackQuery, Message, Update

from bot.telegram.keyboard import read_tap
from dialogs.messages import Address, Event, Inbound, Said, SentFile, Started

Kind = Literal["photo", "voice", "video", "document", "place", "contact", "sticker", "other"]

# Messages and taps, nothing else. Edits are left out on purpose: Telegram also reports one when
# a link gets its preview or a shared place moves, so a question would be answered twice and a
# digit press a button on the next page. What was first written has been answered; she can write
# again.
WANTED = ("message", "callback_query")

# What a person sends. Any other message is Telegram's own note (a pinned message, a new
# background) and needs no answer. What aiogram does not know yet is taken for something sent.
KINDS: dict[str, Kind] = {
    ContentType.PHOTO: "photo",
    ContentType.LIVE_PHOTO: "photo",
    ContentType.VOICE: "voice",
    ContentType.AUDIO: "voice",
    ContentType.VIDEO: "video",
    ContentType.VIDEO_NOTE: "video",
    ContentType.ANIMATION: "video",
    ContentType.DOCUMENT: "document",
    ContentType.LOCATION: "place",
    ContentType.VENUE: "place",
    ContentType.CONTACT: "contact",
    ContentType.STICKER: "sticker",
    ContentType.CHECKLIST: "other",
    ContentType.DICE: "other",
    ContentType.GAME: "other",
    ContentType.GIVEAWAY: "other",
    ContentType.INVOICE: "other",
    ContentType.PAID_MEDIA: "other",
    ContentType.POLL: "other",
    ContentType.RICH_MESSAGE: "other",
    ContentType.STORY: "other",
    ContentType.UNKNOWN: "other",
}


DOOR = re.compile(r"in_([0-9]{6})")


def read(update: Update, channel: str, arrived: datetime) -> Inbound | None:
    """The event in an update, or None when nobody waits for an answer to it.

    Only private chats are answered: in a group, others would read about meetings. A message
    carries its own time; a tap has none, so ``arrived`` stands for it.
    """
    if update.callback_query:
        return _tap(update.callback_query, channel, arrived)
    if update.message:
        return _message(update.message, channel)
    return None


def _tap(query: CallbackQuery, channel: str, arrived: datetime) -> Inbound | None:
    # Without a message the tap was on one sent "via" us elsewhere; it has no chat of ours.
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    address = Address(channel, str(query.message.chat.id))
    return Inbound(address, f"c{query.id}", arrived, read_tap(query.data))


def _message(message: Message, channel: str) -> Inbound | None:
    by_machine = message.from_user is not None and message.from_user.is_bot
    if message.chat.type != ChatType.PRIVATE or by_machine:
        return None
    event = _event(message)
    if event is None:
        return None
    address = Address(channel, str(message.chat.id))
    return Inbound(address, f"m{message.message_id}", message.date.astimezone(UTC), event)


def _event(message: Message) -> Event | None:
    # Words below a picture come first: they may be the question, or a cry for help.
    text = message.text or message.caption or ""
    if message.text and _is_start(text):
        hint = message.from_user.language_code if message.from_user else None
        return Started(hint, _door_code(text))
    if text:
        return Said(text)
    kind = KINDS.get(message.content_type)
    return SentFile(kind) if kind else None


def _door_code(text: str) -> str | None:
    """The six digits of a link at the door of an activity: ?start=in_123456."""
    found = DOOR.fullmatch(text.partition(" ")[2].strip())
    return found[1] if found else None


def _is_start(text: str) -> bool:
    """Whether this is the start button, with or without the payload of a link."""
    words = text.split(maxsplit=1)
    return bool(words) and words[0].partition("@")[0].casefold() == "/start"
