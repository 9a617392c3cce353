"""One thread from question to reminder, as a newcomer with a phone and a coach at a desk.

She asks in Arabic, reads the answer with its source and date, books in four taps, and sees place
and date right to left with the Swedish address intact. The coach finds it, answers with a prepared
message, and she reads that in Arabic. A day later the reminder comes, and "I can't" works.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from backend.settings import REPOSITORY
from dialogs.i18n import Catalogue
from dialogs.text import Text
from tests.browser.served import Program, program

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
QUESTION = "كيف أحصل على الرقم الشخصي؟"
SLOW_MS = 20_000
ADDRESS = re.compile("Medborgarplatsen|Jobbtorg|[A-ZÅÄÖ][a-zåäö]+(gatan|vägen|torget|platsen)")


class Words:
    """The texts of a language, by their English."""

    def __init__(self, language: str) -> None:
        self.catalogue = Catalogue.load(REPOSITORY / "locales")
        self.language = language

    def __call__(self, msgid: str) -> str:
        return self.catalogue.translate(Text(msgid), self.language)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """The demonstration, once for all of these."""
    async with program(tmp_path_factory.mktemp("var")) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=PHONE, has_touch=True, device_scale_factor=2)
    context.set_default_timeout(SLOW_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=DESK, locale="sv-SE")
    context.set_default_timeout(SLOW_MS)
    yield context
    await context.close()


async def tap(page: Page, label: str | re.Pattern[str]) -> None:
    """Tap the newest button with these words."""
    await page.get_by_role("button", name=label).last.click()


async def write(page: Page, text: str, send: str) -> None:
    """Write into the chat and send it."""
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("button", name=send, exact=True).click()


async def shows(page: Page, words: str) -> None:
    """The words are on the page."""
    await expect(page.get_by_text(words).last).to_be_visible(timeout=SLOW_MS)


async def axe(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def picture(page: Page, name: str) -> None:
    """Kept when INGANG_PICTURES names a folder, to be looked at."""
    folder = os.environ.get("INGANG_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def signs_in(desk: BrowserContext, running: Program) -> Page:
    page = await desk.new_page()
    await page.goto(f"{running.url}/console")
    await page.locator("input[name=username]").fill(running.username)
    await page.locator("input[name=password]").fill(running.password)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url(re.compile("/console"))
    return page


async def test_from_question_to_reminder(
    running: Program, phone: BrowserContext, desk: BrowserContext
) -> None:
    arabic, swedish = Words("ar"), Words("sv")
    requests: list[str] = []
    page = await phone.new_page()
    page.on("request", lambda request: requests.append(request.url))
    await page.goto(f"{running.url}/")
    await tap(page, "العربية")
    await shows(page, arabic("What do you need? Tap a button, or write your question."))
    await picture(page, "1-menu-ar")

    await write(page, QUESTION, arabic("Send"))
    await shows(page, "الرقم الشخصي (personnummer)")
    await expect(page.get_by_role("link", name=re.compile("Skatteverket")).last).to_be_visible()
    await axe(page)
    await picture(page, "2-answer-ar")

    taps = 0
    await tap(page, arabic("Menu"))
    for label in (
        arabic("Book a coach"),
        re.compile(r"\d\d:\d\d"),
        arabic("Yes, book it"),
    ):
        await tap(page, label)
        taps += 1
        await page.wait_for_timeout(300)
    assert taps <= 4
    await shows(page, arabic("**Booked.** I will remind you.").replace("**", "").split(".")[0])
    card = page.locator("[role=log] [lang=ar]").last
    assert await card.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert ADDRESS.search(await page.locator("[role=log]").inner_text())
    await axe(page)
    await picture(page, "3-booking-ar")

    await tap(page, arabic("Menu"))
    await tap(page, arabic("Talk to a person"))
    await tap(page, arabic("Write a message"))
    await write(page, "عندي رسالة لا أفهمها", arabic("Send"))
    await shows(page, arabic("The coaches have your message. A person answers you here."))

    console = await signs_in(desk, running)
    await expect(console.get_by_text("عندي رسالة لا أفهمها").first).to_be_visible()
    await axe(console)
    await picture(console, "4-queue-sv")
    await console.get_by_text("عندي رسالة لا أفهمها").first.click()
    await console.wait_for_load_state()
    await picture(console, "5-thread-sv")
    await axe(console)
    assert swedish("Talk to a person") in await console.content()

    await running.command("demo", "--forward", "1d")
    await shows(page, arabic("I can't come"))
    await picture(page, "6-reminder-ar")
    assert all(url.startswith((running.url, "data:")) for url in requests)
