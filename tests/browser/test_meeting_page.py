"""A meeting's own page in a browser: shown on a phone, read from the right, printed, used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect

from backend.app import create_app
from backend.database import Database
from backend.migrate import migrate
from dialogs.i18n import Catalogue
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.test_console import axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.integration.console_office import open_office
from tests.integration.test_meeting_page import books

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}

Open = Callable[..., Awaitable[Page]]


@dataclass
class Booked:
    """A running program, and the page of an Arabic reader's meeting in it."""

    url: str
    path: str


@pytest_asyncio.fixture(loop_scope="session")
async def booked(tmp_path: Path, texts: Catalogue) -> AsyncIterator[Booked]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path, texts)
    path = await books(office, "العربية")
    config = uvicorn.Config(
        create_app(office.runtime), port=0, log_level="critical", timeout_graceful_shutdown=1
    )
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    yield Booked(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", path)
    server.should_exit = True
    await running
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, booked: Booked) -> AsyncIterator[Open]:
    """Open a page of the meeting; ``settings`` are those of a browser context."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    elsewhere: list[str] = []

    async def open_page(part: str = "", **settings: Any) -> Page:
        context = await browser.new_context(**({"viewport": PHONE} | settings))
        context.set_default_timeout(5_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        contexts.append(context)
        page = await context.new_page()
        page.on("request", lambda request: elsewhere.append(request.url))
        if settings.get("java_script_enabled", True):
            pages.append(page)
        await page.goto(booked.url + booked.path + part)
        return page

    yield open_page
    violations = [found for page in pages for found in await page.evaluate("window.violations")]
    for context in contexts:
        await context.close()
    assert violations == []
    assert [url for url in elsewhere if not url.startswith(booked.url)] == []


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param(NARROW, "light", marks=pytest.mark.soak),
        (PHONE, "dark"),
        (DESK, "light"),
        pytest.param(DESK, "dark", marks=pytest.mark.soak),
    ],
)
async def test_every_page_of_a_meeting_is_accessible_and_fits(
    opened: Open, viewport: dict[str, int], scheme: str
) -> None:
    for part in ("", "/cancel", "/move", "-forged", "?lang=en", "/move?lang=en"):
        page = await opened(part, viewport=viewport, color_scheme=scheme)
        await axe(page)
        await no_sideways_scroll(page)
        name = part.strip("/").replace("?", "-").replace("/", "-") or "card"
        await picture(page, f"meeting-{name}-{viewport['width']}-{scheme}")


async def test_without_a_script_a_meeting_is_moved_and_then_called_off(opened: Open) -> None:
    page = await opened("?lang=en", java_script_enabled=False)
    await page.get_by_role("link", name="Another time").click()
    await page.get_by_role("radio").nth(2).check()
    await page.get_by_role("button", name="Yes, move it").click()
    await expect(page.get_by_text("This meeting is booked.").first).to_be_visible()
    await page.get_by_role("link", name="I can't come").click()
    await page.get_by_role("button", name="Yes, cancel it").click()
    await expect(page.get_by_text("This meeting is cancelled.").first).to_be_visible()


async def test_on_paper_are_the_meeting_and_the_way_back_to_it(opened: Open) -> None:
    page = await opened("?lang=en")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("This meeting is booked.").first).to_be_visible()
    await expect(page.locator(".qr svg")).to_be_visible()
    for word in ("I can't come", "Another time", "Add to your calendar"):
        await expect(page.get_by_role("link", name=word)).to_be_hidden()
    await picture(page, "meeting-on-paper")
