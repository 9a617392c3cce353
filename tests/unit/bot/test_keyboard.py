"""Buttons in Telegram."""

from __future__ import annotations

import ast

import pytest

from backend.channels import Undeliverable
from backend.settings import REPOSITORY
from bot.telegram.keyboard import (
    ICONS,
    NOT_OURS,
    callback_data,
    caption,
    keyboard,
    read_tap,
)
from dialogs.messages import Rendered, RenderedButton, Tapped


def test_every_button_has_a_row_of_its_own():
    buttons = tuple(RenderedButton(label) for label in ("One", "Two", "Three"))
    markup = keyboard("m", Rendered("Choose", "en", "ltr", buttons=buttons))
    assert markup is not None
    assert [[button.text for button in row] for row in markup.inline_keyboard] == [
        ["One"],
        ["Two"],
        ["Three"],
    ]


def test_a_message_without_buttons_has_no_keyboard():
    assert keyboard("m", Rendered("Hello", "en", "ltr")) is None


@pytest.mark.parametrize(
    ("button", "direction", "shown"),
    [
        (RenderedButton("Book a coach", "calendar"), "ltr", "📅 Book a coach"),
        (RenderedButton("Back", "back"), "ltr", "⬅️ Back"),
        (RenderedButton("رجوع", "back"), "rtl", "\u200f➡️ رجوع"),
        (RenderedButton("رجوع"), "rtl", "رجوع"),
        (RenderedButton("12:30"), "rtl", "\u200f12:30"),
        (RenderedButton("More", "an icon of tomorrow"), "ltr", "More"),
    ],
)
def test_the_icon_stands_first_in_reading_order(button, direction, shown):
    assert caption(button, direction) == shown


def test_every_icon_a_conversation_names_has_a_picture():
    named = set()
    for path in (REPOSITORY / "dialogs").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "icon":
                named |= {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
    assert named
    assert named - {None} <= set(ICONS)


@pytest.mark.parametrize("message", ["abc", "aZ_9-", "with:colon", "m" * 62])
def test_a_tap_comes_back_as_it_was_sent(message):
    assert read_tap(callback_data(message, 7)) == Tapped(message, 7)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "abc",
        ":",
        ":1",
        "abc:",
        "abc:-1",
        "abc:x",
        "abc:١",
        "abc:1e3",
        "abc:9999",
        "a\0b:1",
        "å:1",
        "a b:1",
        "a:1\n",
    ],
)
def test_data_that_makes_no_sense_is_an_old_button(data):
    assert read_tap(data) == NOT_OURS


@pytest.mark.parametrize("message", ["m" * 63, "ሰ" * 21])
def test_data_over_64_bytes_is_refused_before_telegram_does(message):
    with pytest.raises(Undeliverable):
        callback_data(message, 0)
