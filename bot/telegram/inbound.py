"""From a Telegram update to an event, leaving behind everything we have no use for.

Names, usernames and telephone numbers end here: none of them is in an ``Inbound``. Of a photo
or a voice note, what Telegram calls the file is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from aiogram.enums import ChatType, ContentType
from aiogram.types import Audio, CallbackQuery, Document, Message, PhotoSize, Update, Voice

from backend.media.forms import MOST_BYTES
from bot.telegram.keyboard import read_tap
from dialogs.messages import Address, Event, Inbound, Said, SentFile, Started

Kind = Literal["photo", "voice", "video", "document", "place", "contact", "sticker", "other"]
Fetchable = PhotoSize | Voice | Audio | Document

# Photos of letters are often sent as files, so that they stay sharp.
PICTURES = ("image/jpeg", "image/png", "image/webp")

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


def read_beside(update: Update, channel: str) -> Inbound | None:
    """What was sent above the words that ``read`` has found, or None.

    Words come first: they may be the question, or a cry for help. What we do not take is an event
    too, so that she hears of it.
    """
    message = update.message
    if message is None or not message.caption or _message(message, channel) is None:
        return None
    file = _file(message)
    if file is None:
        return None
    address = Address(channel, str(message.chat.id))
    return Inbound(address, f"m{message.message_id}f", message.date.astimezone(UTC), file)


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
    text = message.text or message.caption or ""
    if message.text and _is_start(text):
        hint = message.from_user.language_code if message.from_user else None
        return Started(hint, _door_code(text))
    if text:
        return Said(text)
    return _file(message)


def _file(message: Message) -> SentFile | None:
    """What was sent, with what Telegram calls it when we may fetch it."""
    kind = KINDS.get(message.content_type)
    if kind == "photo" and message.photo:
        sizes = [size for size in message.photo if (size.file_size or 0) <= MOST_BYTES]
        largest = max(sizes, key=lambda size: size.width * size.height, default=None)
        return _fetchable("photo", largest, 0)
    if kind == "voice" and (sound := message.voice or message.audio):
        return _fetchable("voice", sound, int(sound.duration))
    if kind == "document" and message.document and message.document.mime_type in PICTURES:
        return _fetchable("photo", message.document, 0)
    return SentFile(kind) if kind else None


def _fetchable(kind: Kind, file: Fetchable | None, seconds: int) -> SentFile:
    """What is too large is not a photo or a voice note to us: nobody will see it."""
    if file is None or (file.file_size or 0) > MOST_BYTES:
        return SentFile("document")
    return SentFile(kind, file.file_id, seconds)


def _door_code(text: str) -> str | None:
    """The six digits of a link at the door of an activity: ?start=in_123456."""
    found = DOOR.fullmatch(text.partition(" ")[2].strip())
    return found[1] if found else None


def _is_start(text: str) -> bool:
    """Whether this is the start button, with or without the payload of a link."""
    words = text.split(maxsplit=1)
    return bool(words) and words[0].partition("@")[0].casefold() == "/start"
