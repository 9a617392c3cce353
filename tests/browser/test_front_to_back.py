"""One thread from question to reminder, as a newcomer with a phone and a coach at a desk.

She asks in Arabic, reads the answer with its source and date, books in four taps, and sees place
and date right to left with the Swedish address intact. The coach finds it, answers with a prepared
message, and she reads that in Arabic. A day later the reminder comes, and "I can't" works.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
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
LETTER = "عندي رسالة لا أفهمها"
MENU = "What do you need? Tap a button, or write your question."
LEFT = "The coaches have your message. A person answers you here."
CANCELLED = "The meeting is cancelled. Thank you for telling us. You get no more reminders of it."
PREPARED = "Please book a time with a coach. Then we can talk about this."
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
    context = await browser.new_context(
        viewport=PHONE, has_touch=True, device_scale_factor=2, reduced_motion="reduce"
    )
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
    await page.get_by_role("button", name=send).last.click()


async def shows(page: Page, words: str) -> None:
    """The words are on the page."""
    await expect(page.get_by_text(words).last).to_be_visible(timeout=SLOW_MS)


async def axe(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA."""
    found = await Axe().run(page)
    violations = found.response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations] == []


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


@dataclass
class Newcomer:
    """Somebody with a phone, who reads Arabic."""

    page: Page
    words: Words

    async def asks(self) -> None:
        """Choose the language, ask, read the answer with its source."""
        await tap(self.page, "العربية")
        await shows(self.page, self.words(MENU))
        await picture(self.page, "1-menu-ar")
        await write(self.page, QUESTION, self.words("Send"))
        await shows(self.page, "الرقم الشخصي (personnummer)")
        source = self.page.get_by_role("link", name=re.compile("Skatteverket")).last
        await expect(source).to_be_visible()
        await axe(self.page)
        await picture(self.page, "2-answer-ar")

    async def books(self) -> int:
        """Book from the menu; how many taps it took."""
        await tap(self.page, self.words("Menu"))
        steps = (self.words("Book a coach"), re.compile(r"\d\d:\d\d"), self.words("Yes, book it"))
        for label in steps:
            await tap(self.page, label)
        await shows(self.page, self.words("**Booked.** I will remind you.").split("**")[1])
        log = self.page.get_by_role("log")
        card = log.locator("[lang=ar]").last
        assert await card.evaluate("node => getComputedStyle(node).direction") == "rtl"
        assert ADDRESS.search(await log.inner_text())
        await axe(self.page)
        await picture(self.page, "3-booking-ar")
        return len(steps)

    async def writes_to_the_coaches(self) -> None:
        """Leave a message."""
        await tap(self.page, self.words("Menu"))
        await tap(self.page, self.words("Talk to a person"))
        await tap(self.page, self.words("Write a message"))
        await write(self.page, LETTER, self.words("Send"))
        await shows(self.page, self.words(LEFT))

    async def is_reminded_and_cannot_come(self, running: Program) -> None:
        """Time passes, the reminder comes, and the meeting is called off in it."""
        wish = self.page.get_by_role("button", name=self.words("I can't come"))
        for _step in range(40):
            await running.forward(hours=3)
            with suppress(AssertionError):
                await expect(wish.last).to_be_visible(timeout=1_500)
                break
        await picture(self.page, "6-reminder-ar")
        await tap(self.page, self.words("I can't come"))
        await tap(self.page, self.words("Yes, cancel it"))
        await shows(self.page, self.words(CANCELLED))


async def answers(console: Page, words: Words) -> None:
    """The coach finds the message and answers with a prepared one."""
    await expect(console.get_by_text(LETTER).first).to_be_visible()
    await axe(console)
    await picture(console, "4-queue-sv")
    row = console.get_by_role("listitem").filter(has_text=LETTER).first
    await row.get_by_role("link", name=words("Open")).click()
    await expect(console.get_by_text(LETTER).first).to_be_visible()
    await axe(console)
    await picture(console, "5-thread-sv")
    await console.locator("summary", has_text=words("Calls, times and interpreters")).click()
    await console.get_by_role("link", name=words("Please book a time")).click()
    await console.get_by_role("button", name=words("Send")).click()
    await expect(console.get_by_role("log")).to_be_visible()


async def test_from_question_to_reminder(
    running: Program, phone: BrowserContext, desk: BrowserContext
) -> None:
    requests: list[str] = []
    page = await phone.new_page()
    page.on("request", lambda request: requests.append(request.url))
    await page.goto(f"{running.url}/")
    newcomer = Newcomer(page, Words("ar"))
    await newcomer.asks()
    assert await newcomer.books() <= 4
    await newcomer.writes_to_the_coaches()
    await answers(await signs_in(desk, running), Words("sv"))
    await shows(page, newcomer.words(PREPARED))
    await newcomer.is_reminded_and_cannot_come(running)
    assert await running.planned_reminders_of_cancelled() == 0
    assert all(url.startswith((running.url, "data:")) for url in requests)


@pytest.mark.parametrize("language", ["ar", "en", "sv"])
@pytest.mark.parametrize("path", ["/", "/a/personnummer", "/demo"])
async def test_every_open_page_is_accessible_and_fits_the_smallest_window(
    browser: Browser, running: Program, path: str, language: str
) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 560}, has_touch=True)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{running.url}{path}?lang={language}", wait_until="networkidle")
    await axe(page)
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await page.locator("html").get_attribute("dir") == (
        "rtl" if language == "ar" else "ltr"
    )
    assert [url for url in asked if not url.startswith(running.url)] == []
    await context.close()
