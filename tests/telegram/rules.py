"""What Telegram refuses, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST_TEXT = 4_096
LONGEST_CAPTION = 1_024
LONGEST_DATA = 64
LONGEST_DESCRIPTION = 256
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
QUOTATIONS = {"blockquote", "expandable_blockquote"}
ENTITY_TYPES = {"bold", "italic", "text_link", "code", "pre", *QUOTATIONS}


def units(text: str) -> bytes:
    """The text as UTF-16, two bytes a unit."""
    return text.encode("utf-16-le")


def message_error(text: str, entities: Sequence[Any], markup: Any) -> str | None:
    """Why a message is refused, or None."""
    if not text.strip():
        return "message text is empty"
    if len(units(text)) // 2 > LONGEST_TEXT:
        return "message is too long"
    return entities_error(text, entities) or markup_error(markup)


def caption_error(caption: str, entities: Sequence[Any], markup: Any) -> str | None:
    """Why the words below a file are refused, or None."""
    if len(units(caption)) // 2 > LONGEST_CAPTION:
        return "message caption is too long"
    return entities_error(caption, entities) or markup_error(markup)


def entities_error(text: str, entities: Sequence[Any]) -> str | None:
    """Why the formatting is refused: unknown, out of range, half a character, crossing."""
    around: list[Any] = []  # the entities that the present one is inside of
    for entity in sorted(entities, key=lambda one: (one["offset"], -one["length"])):
        error = _alone(text, entity)
        if error:
            return error
        around = [outer for outer in around if _end(outer) > entity["offset"]]
        if any(_end(entity) > _end(outer) for outer in around):
            return f"entity beginning at UTF-16 offset {entity['offset']} crosses another"
        if entity["type"] in QUOTATIONS & {outer["type"] for outer in around}:
            return "can't parse entities: nested quotations"
        around.append(entity)
    return None


def _alone(text: str, entity: Any) -> str | None:
    """What is wrong with one entity, whatever is around it."""
    start, end = entity["offset"], _end(entity)
    if entity["type"] not in ENTITY_TYPES:
        return "can't parse MessageEntity: Unsupported type specified"
    if start < 0 or end <= start or end > len(units(text)) // 2:
        return (
            f"entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    if _half(text, start) or _half(text, end):
        return f"entity begins or ends in the middle of a UTF-16 symbol at offset {start}"
    if entity["type"] == "text_link" and "." not in str(entity.get("url")):
        return f"entity URL '{entity.get('url')}' is invalid: Wrong HTTP URL"
    return None


def _end(entity: Any) -> int:
    return int(entity["offset"] + entity["length"])


def markup_error(markup: Any) -> str | None:
    """Why a keyboard is refused."""
    if markup is None:
        return None
    for row in markup["inline_keyboard"]:
        for button in row:
            if not button["text"].strip():
                return "can't parse inline keyboard button: Text buttons are unallowed"
            if not 1 <= len(button.get("callback_data", "x").encode()) <= LONGEST_DATA:
                return "BUTTON_DATA_INVALID"
    return None


def commands_error(commands: Sequence[Mapping[str, str]]) -> str | None:
    """Why a list of commands is refused."""
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            return "BOT_COMMAND_INVALID"
        if not 1 <= len(command["description"]) <= LONGEST_DESCRIPTION:
            return "BOT_COMMAND_DESCRIPTION_INVALID"
    return None


def webhook_error(url: str, secret: str | None) -> str | None:
    """Why a webhook is refused."""
    if not url.startswith("https://"):
        return "bad webhook: An HTTPS URL must be provided for webhook"
    if secret is not None and not SECRET.fullmatch(secret):
        return "secret token contains unallowed characters"
    return None


def _half(text: str, position: int) -> bool:
    """Whether this position is between the two halves of one character."""
    pair = units(text)[2 * position : 2 * position + 2]
    return len(pair) == 2 and 0xDC00 <= int.from_bytes(pair, "little") <= 0xDFFF
