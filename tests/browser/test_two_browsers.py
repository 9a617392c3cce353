"""A newcomer who reads Dari and a coach who reads Swedish, each in a browser of their own.

She asks for a person and waits; the coach takes her with one key, answers with a prepared message
that she reads in Dari, hears her voice and answers with her own, and hands back with a note.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from backend.clock import ZONE
from tests.browser.served import Program, program
from tests.browser.test_front_to_back import (
    DESK,
    PHONE,
    SLOW_MS,
    Words,
    axe,
    picture,
    shows,
    signs_in,
    tap,
    write,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DARI = "دری"
QUESTION = "مکتوب گرفتم و نمی‌فهمم"
READY = "I am still here. Take your time."
NOTE = "Vill ha tolk på dari nästa gång."
MONDAY, MORNING = 1, 10
HALF_A_SECOND = 0.5


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """The demonstration, on a weekday at ten in the morning."""
    async with program(tmp_path_factory.mktemp("var")) as served:
        now = datetime.now(UTC).astimezone(ZONE)
        monday = now + timedelta(days=(MONDAY - now.isoweekday()) % 7 or 7)
        await served.forward(seconds=(monday.replace(hour=MORNING) - now).total_seconds())
        yield served


async def opened(browser: Browser, viewport: dict[str, int], **given: object) -> BrowserContext:
    context = await browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        permissions=["microphone"],
        reduced_motion="reduce",
        **given,  # type: ignore[arg-type]
    )
    context.set_default_timeout(SLOW_MS)
    return context


async def records(page: Page, words: Words) -> None:
    """A second of the browser's own sound, listened to before it is sent."""
    await page.get_by_role("button", name=words("Record your voice")).click()
    await expect(page.get_by_text("0:01")).to_be_visible(timeout=SLOW_MS)
    await page.get_by_role("button", name=words("Stop"), exact=True).click()
    await picture(page, "two-5-voice-fa")
    await page.get_by_role("button", name=words("Send")).last.click()


async def answers_aloud(console: Page, words: Words) -> None:
    await console.locator("summary", has_text=words("Answer with your voice")).click()
    await console.get_by_role("button", name=words("Record"), exact=True).click()
    await expect(console.locator("#voice .number")).to_have_text("0:01", timeout=SLOW_MS)
    await console.get_by_role("button", name=words("Stop"), exact=True).click()
    await console.get_by_role("button", name=words("Send the recording")).click()
    await expect(console.locator(".file audio")).to_have_count(2, timeout=SLOW_MS)


async def asks_and_waits(page: Page, running: Program, words: Words) -> None:
    await page.goto(f"{running.url}/")
    await tap(page, DARI)
    await tap(page, words("Talk to a person"))
    await tap(page, words("Talk now, here in the chat"))
    await shows(page, words("You are first in the queue."))
    await write(page, QUESTION, words("Send"))
    await picture(page, "two-1-queue-fa")
    await axe(page)


async def takes_her(console: Page) -> None:
    """With one key."""
    await expect(console.get_by_text(QUESTION).first).to_be_visible(timeout=SLOW_MS)
    await picture(console, "two-2-inbox-sv")
    await console.locator("body").press("t")
    await console.wait_for_url(re.compile("/console/threads/"))


async def answers_with_what_is_ready(console: Page, words: Words) -> None:
    await console.get_by_role("searchbox").fill(words(READY))
    await console.get_by_role("link", name=words(READY)).click()
    await picture(console, "two-4-prepared-sv")
    await console.get_by_role("button", name=words("Send")).last.click()


async def hears_her(console: Page) -> None:
    """The recording comes, and has sound in it."""
    heard = console.locator(".file audio")
    await expect(heard).to_have_count(1, timeout=SLOW_MS)
    seconds = await heard.evaluate(
        "node => new Promise(done => {"
        " node.onloadedmetadata = () => done(node.duration); node.onerror = () => done(-1);"
        " node.preload = 'metadata'; node.load(); })"
    )
    assert seconds > HALF_A_SECOND


async def hands_back(console: Page, words: Words) -> None:
    await console.locator("summary", has_text=words("Hand back to the assistant")).click()
    await console.locator("#hand-back textarea").fill(NOTE)
    await picture(console, "two-7-hand-back-sv")
    await console.get_by_role("button", name=words("Hand back"), exact=True).click()


async def test_hand_over_prepared_message_voice_both_ways_and_hand_back(
    running: Program, browser: Browser
) -> None:
    sv, fa = Words("sv"), Words("fa_AF")
    phone, desk = await opened(browser, PHONE, has_touch=True), await opened(browser, DESK)
    console, page = await signs_in(desk, running), await phone.new_page()
    await console.get_by_role("button", name=sv("Take chats: off")).click()
    await expect(console.get_by_role("button", name=sv("Take chats: on"))).to_be_visible()

    await asks_and_waits(page, running, fa)
    await takes_her(console)
    await shows(page, fa("What you write goes to this person."))
    await picture(page, "two-3-joined-fa")
    await answers_with_what_is_ready(console, sv)
    await shows(page, fa(READY))
    await records(page, fa)
    await hears_her(console)
    await answers_aloud(console, sv)
    await picture(console, "two-6-voices-sv")
    await axe(console)
    await expect(page.get_by_role("button", name=fa("Listen")).last).to_be_visible()
    await hands_back(console, sv)
    await shows(page, fa("You are with the automatic assistant again."))
    await picture(page, "two-8-faces-fa")
    await axe(page)
    await tap(page, fa("Good"))
    await shows(page, fa("Thank you. It helps us to be better."))
    await expect(page.get_by_text(NOTE)).to_have_count(0)
    await console.go_back()
    await console.reload()
    await expect(console.get_by_text(NOTE)).to_be_visible()
    await phone.close()
    await desk.close()
