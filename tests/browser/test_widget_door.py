"""Whoever reads the picture at a door with her phone says its code in the chat, once."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_code_is_said_once_and_leaves_the_address(phone):
    await phone.visit("?lang=sv&in=123456")
    await expect(phone.mine).to_have_count(1)
    await expect(phone.mine).to_contain_text("123456")
    assert phone.page.url == f"{phone.served.url}?lang=sv"
    await phone.page.reload()
    await phone.buttons.first.wait_for()
    await expect(phone.mine).to_have_count(1)
    assert await phone.page.evaluate("violations") == []


async def test_without_a_code_nothing_is_said(phone):
    await phone.visit()
    await expect(phone.mine).to_have_count(0)
