"""The chat keeps to itself: other eyes, other hosts and hostile text get nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.fake_chat import button

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NEUTRAL = "https://www.smhi.se/**"
STORED = "() => [localStorage.length, sessionStorage.length]"
PAYLOADS = (
    "<img src=x onerror=\"violations.push('img')\">",
    "<script>violations.push('script')</script>",
    "</p></article><svg onload=violations.push('svg')>",
    "javascript:violations.push('url')",
    "{{7*7}} ${7*7} \u202eevil\u202c \u2066unclosed",
    "a\u0301" * 100,
)


async def weather(phone):
    """Let the neutral page answer without a network."""
    page = "<!doctype html><title>Weather</title><p>Sun."
    await phone.page.context.route(
        NEUTRAL, lambda route: route.fulfill(body=page, content_type="text/html")
    )


async def test_leaving_quickly_shows_another_page_with_no_way_back(phone):
    await weather(phone)
    await phone.page.goto("about:blank")
    await phone.visit()
    await phone.page.get_by_role("button", name="Lämna snabbt").click()
    await expect(phone.page).to_have_title("Weather")
    await phone.page.go_back()
    await expect(phone.page).to_have_url("about:blank")


async def test_escape_pressed_twice_leaves(phone):
    await weather(phone)
    await phone.visit()
    await phone.page.keyboard.press("Escape")
    await expect(phone.messages).to_have_count(2)
    await phone.page.keyboard.press("Escape")
    await expect(phone.page).to_have_title("Weather")


async def test_the_page_is_empty_before_the_other_one_has_come(phone):
    await phone.visit()
    left = await phone.page.evaluate("""() => {
      const { shadowRoot } = document.querySelector('ingang-chat');
      shadowRoot.querySelector('.leave').click();
      return [document.body.childElementCount, document.title];
    }""")
    assert left == [0, ""]


async def test_an_own_phone_finds_the_chat_again(phone):
    await weather(phone)
    await phone.visit()
    await phone.page.get_by_role("button", name="Lämna snabbt").click()
    await phone.page.wait_for_url(NEUTRAL)
    await phone.visit()
    assert len(phone.served.chat.conversations) == 1


async def test_a_shared_phone_keeps_the_chat_in_its_tab_and_forgets_it_on_leaving(phone):
    await weather(phone)
    await phone.visit()
    await phone.page.get_by_role("checkbox", name="Andra använder").click()
    kept, brief = await phone.page.evaluate(STORED)
    assert (kept, brief > 0) == (0, True)
    await phone.shot("shared-sv")
    await phone.page.reload()
    await expect(phone.messages).to_have_count(2)
    assert len(phone.served.chat.conversations) == 1
    await phone.page.get_by_role("button", name="Lämna och glöm").click()
    await phone.page.wait_for_url(NEUTRAL)
    await phone.page.goto(phone.served.url + "elsewhere")
    assert await phone.page.evaluate(STORED) == [0, 0]


async def test_a_shared_phone_forgets_whoever_just_walked_away(phone):
    await weather(phone)
    await phone.visit()
    await phone.page.get_by_role("checkbox", name="Andra använder").click()
    await phone.write("Min hemlighet")
    await expect(phone.messages).to_have_count(4)
    await phone.page.goto("https://www.smhi.se/")
    await phone.page.go_back()
    await expect(phone.messages).to_have_count(2)
    await expect(phone.log).not_to_contain_text("Min hemlighet")
    assert len(phone.served.chat.conversations) == 2


async def test_the_mark_of_a_shared_phone_can_be_taken_away(phone):
    await phone.visit()
    shared = phone.page.get_by_role("checkbox", name="Andra använder")
    await shared.click()
    await expect(shared).to_be_checked()
    await shared.click()
    await expect(shared).not_to_be_checked()
    assert (await phone.page.evaluate(STORED))[1] == 0
    await phone.page.reload()
    assert len(phone.served.chat.conversations) == 1


async def test_the_token_is_in_no_address(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    assert not [url for url in phone.requests if "token" in url]


async def test_no_other_host_is_asked_and_no_rule_is_broken(phone):
    await phone.visit("?lang=ar")
    await phone.write("112")
    await expect(phone.messages).to_have_count(4)
    assert {url.split("/")[2] for url in phone.requests} == {f"127.0.0.1:{phone.served.port}"}
    assert await phone.page.evaluate("violations") == []


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_hostile_text_stays_text_wherever_it_stands(phone, payload):
    await phone.visit()
    addresses = [
        {"kind": "link", "offset": 0, "length": 4, "url": "javascript:violations.push(1)"}
    ]
    phone.served.chat.conversation.add(
        payload,
        entities=addresses,
        buttons=[button(payload, payload)],
        **{"from": "coach", "name": payload, "time": payload, "day": payload},
    )
    last = phone.messages.last
    await expect(last).to_have_class("coach live now")
    assert payload in await last.locator(".body").evaluate("(node) => node.textContent")
    assert await last.locator("img, script, a").count() == 0
    await last.locator(".options button").click()
    await phone.write(payload)
    await expect(phone.mine.last.locator(".body")).to_have_text(payload)
    assert await phone.page.evaluate("violations") == []


async def test_an_address_that_is_not_a_web_page_is_no_link(phone):
    await phone.visit()
    marks = [
        {"kind": "link", "offset": 0, "length": 3, "url": "data:text/html,x"},
        {"kind": "phone", "offset": 4, "length": 3, "url": "javascript:alert(1)"},
        {"kind": "link", "offset": 8, "length": 3, "url": None},
        {"kind": "bold", "offset": 90, "length": 3, "url": None},
        {"kind": "bold", "offset": 10, "length": 90, "url": None},
    ]
    phone.served.chat.conversation.add("one two three", entities=marks)
    await expect(phone.messages.last.locator(".body")).to_have_text("one two three")
    assert await phone.messages.last.locator("a").count() == 0


async def test_the_privacy_link_asks_in_the_chat(phone):
    await phone.visit()
    await phone.page.get_by_role("link", name="Vem ser det jag skriver").click()
    await expect(phone.mine.last).to_contain_text("/privacy")
