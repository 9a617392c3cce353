"""The chat on somebody else's page: one tag, and their rules do not reach in."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
DESKTOP = {"width": 1280, "height": 800}


async def embedded(phone, language="sv"):
    """Open the page and wait for the button in the corner."""
    await phone.page.goto(f"{phone.served.embedding}?lang={language}")
    opener = phone.page.locator("ingang-chat .launcher")
    await opener.wait_for()
    return opener


async def test_nothing_is_begun_before_the_chat_is_opened(phone):
    opener = await embedded(phone)
    await expect(opener).to_have_text("Skriv till oss")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    assert not phone.served.chat.conversations
    assert {url.rpartition("/")[2] for url in phone.requests} == {
        "embedding?lang=sv",
        "widget.js",
        "sv",
    }
    await phone.shot("launcher-sv")


async def test_on_a_phone_it_fills_the_screen_and_closes_again(phone):
    opener = await embedded(phone)
    await opener.click()
    await expect(phone.messages).to_have_count(2)
    box = await phone.page.locator("ingang-chat .panel").bounding_box()
    assert (box["width"], box["height"]) == (360, 740)
    await phone.shot("open-sv")
    await phone.page.get_by_role("button", name="Stäng").click()
    await expect(opener).to_be_focused()
    await expect(phone.messages.first).to_be_hidden()


async def test_on_a_wide_screen_the_page_beside_it_stays_usable(pick_up):
    phone = await pick_up(viewport=DESKTOP)
    opener = await embedded(phone, "ar")
    await opener.click()
    await expect(phone.messages).to_have_count(2)
    await expect(phone.input).to_be_focused()
    await phone.page.get_by_role("button", name="Of its own").click()
    box = await phone.page.locator("ingang-chat .panel").bounding_box()
    assert box["x"] == 16, "inline-end of a right-to-left chat is on the left"
    await phone.shot("open-wide-ar")


async def test_escape_closes_and_again_leaves(pick_up):
    phone = await pick_up(viewport=DESKTOP)
    opener = await embedded(phone)
    await opener.click()
    await phone.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await phone.page.keyboard.press("Escape")
    await expect(phone.page).to_have_url(f"http://localhost:{phone.served.port}/elsewhere")


async def test_escape_does_nothing_while_the_chat_is_closed(phone):
    opener = await embedded(phone)
    await phone.page.keyboard.press("Escape")
    await phone.page.keyboard.press("Escape")
    await expect(opener).to_be_visible()


async def test_unread_messages_are_counted_on_the_button(phone):
    opener = await embedded(phone)
    await opener.click()
    await expect(phone.messages).to_have_count(2)
    await phone.page.get_by_role("button", name="Stäng").click()
    phone.served.chat.conversation.add("Hej!", **{"from": "coach"})
    await expect(phone.page.get_by_role("button", name="Nya meddelanden: 1")).to_be_visible()
    await opener.click()
    await expect(phone.page.locator("ingang-chat .count")).to_be_hidden()


async def test_the_pages_own_style_does_not_reach_in(phone):
    opener = await embedded(phone)
    await opener.click()
    await expect(phone.messages).to_have_count(2)
    style = await phone.messages.first.locator("p").last.evaluate(
        "(node) => { const {fontSize, letterSpacing, color} = getComputedStyle(node);"
        " return [fontSize, letterSpacing, color] }"
    )
    assert style == ["16px", "normal", "rgb(28, 42, 51)"]
    found = await Axe().run(phone.page, context="ingang-chat")
    assert [(each["id"], each["nodes"]) for each in found.response["violations"]] == []


async def test_the_chat_goes_on_after_a_reload_and_waits_closed(phone):
    opener = await embedded(phone)
    await opener.click()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    await phone.page.reload()
    await opener.wait_for()
    await opener.click()
    await expect(phone.messages).to_have_count(4)
    assert len(phone.served.chat.conversations) == 1
