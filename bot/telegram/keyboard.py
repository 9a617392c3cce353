"""Buttons: one below the other, and what comes back when one is tapped."""

from __future__ import annotations

import re
from typing import Literal

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from backend.channels import Undeliverable
from dialogs.messages import Rendered, RenderedButton, Said, Tapped
from dialogs.values import start_rtl

LONGEST_DATA = 64  # bytes
DATA = re.compile(r"([!-~]+):([0-9]{1,3})")  # any visible ASCII may name a message
ASK_FOR_A_PERSON = "/person"  # names no message: the same words as the command
NOT_OURS = Tapped("", 0)  # no message has this id, so the person hears that the button is old

ICONS = {
    "question": "❓",
    "calendar": "📅",
    "list": "📋",
    "group": "👥",
    "person": "🙋",
    "more": "➕",
    "bell": "🔔",
    "language": "🌐",
    "shield": "🔒",
    "alert": "🚨",
    "info": "ℹ️",
    "id": "🪪",
    "house": "🏘️",
    "home": "🏡",
    "book": "📘",
    "work": "💼",
    "health": "🏥",
    "bank": "🏦",
    "report": "📝",
    "yes": "👍",
    "no": "👎",
    "face-good": "🙂",
    "face-middling": "😐",
    "face-bad": "🙁",
    "back": "⬅️",
    "menu": "🏠",
}
MIRRORED = {"back": "➡️"}  # back is where one came from: the right, for who reads from the right


def keyboard(
    message: str, rendered: Rendered, person: str | None = None
) -> InlineKeyboardMarkup | None:
    """The buttons of our message ``message``, one a row; None when it has none.

    One a row: long languages and small phones need the width, and there is no order to mirror.
    ``person`` is what the button that asks for a person says, on pages that have none.
    """
    if not rendered.buttons:
        return None
    rows = [
        (caption(button, rendered.direction), callback_data(message, index))
        for index, button in enumerate(rendered.buttons)
    ]
    if person and _lacks_a_person(rendered):
        button = RenderedButton(person, "person")
        rows.insert(-1, (caption(button, rendered.direction), ASK_FOR_A_PERSON))
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=text, callback_data=data)] for text, data in rows
        ]
    )


def _lacks_a_person(rendered: Rendered) -> bool:
    """Whether a page of the assistant's, which ends with Menu, has no way to a person."""
    icons = [button.icon for button in rendered.buttons]
    return icons[-1] == "menu" and "person" not in icons


def caption(button: RenderedButton, direction: Literal["ltr", "rtl"]) -> str:
    """Icon and label. A right-to-left one begins with a mark, or the emoji would turn it."""
    rtl = direction == "rtl"
    name = button.icon or ""
    icon = MIRRORED.get(name, ICONS.get(name)) if rtl else ICONS.get(name)
    text = f"{icon} {button.label}" if icon else button.label
    return start_rtl(text) if rtl else text


def callback_data(message: str, index: int) -> str:
    """What Telegram hands back on a tap. Raises Undeliverable over 64 bytes."""
    data = f"{message}:{index}"
    if len(data.encode()) > LONGEST_DATA:
        reason = "message id too long for a button"
        raise Undeliverable(reason)
    return data


def read_tap(data: str | None) -> Tapped | Said:
    """The tap that ``data`` stands for; one on no message of ours when it makes no sense.

    A home-made Telegram client can send any data at all.
    """
    if data == ASK_FOR_A_PERSON:
        return Said(data)
    found = DATA.fullmatch(data or "")
    return Tapped(found[1], int(found[2])) if found else NOT_OURS
