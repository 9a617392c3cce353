"""First weeks to print, and a person's papers on the console, in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.migrate import migrate
from backend.models import Staff
from backend.runtime import open_runtime
from backend.services.papers import PersonPapers
from backend.settings import Settings
from backend.work import Work
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.test_console import axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.integration.console_office import Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
LOOKS = [
    (PHONE, "dark"),
    (DESK, "light"),
    *(
        pytest.param(*look, marks=pytest.mark.soak)
        for look in [(NARROW, "light"), (PHONE, "light"), (DESK, "dark")]
    ),
]


@dataclass
class Served:
    """A running program; ``token`` signs a coach in, ``person`` has papers."""

    url: str
    token: str = ""
    person: str = ""


@pytest_asyncio.fixture(loop_scope="session")
async def printed(tmp_path: Path) -> AsyncIterator[Served]:
    runtime = open_runtime(Settings(var_dir=tmp_path), channels={})
    async for url in serving(create_app(runtime)):
        yield Served(url)
    await runtime.close()


@pytest_asyncio.fixture(loop_scope="session")
async def console(tmp_path: Path) -> AsyncIterator[Served]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path)
    person, token = await _someone_with_papers(office)
    async for url in serving(create_app(office.runtime)):
        yield Served(url, token, person)
    await database.close()


async def serving(app: Any) -> AsyncIterator[str]:
    """The address of an application while it runs."""
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def _someone_with_papers(office: Office) -> tuple[str, str]:
    runtime, anna = office.runtime, office.person()
    await anna.settles()
    person = await anna.id()
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        papers = PersonPapers(person, work, runtime.vault)
        await papers.write("job", "contact", "Sara Lind, 08-508 00 000")
        await papers.write("job", "line", "Bring the certificate from the first school")
        await papers.write("job", "began", runtime.clock.now().date())
        await papers.pause("parent", None)
    async with runtime.database.writing() as session:
        staff = await session.scalar(select(Staff.id).where(Staff.username == "amina"))
        assert staff is not None
        return person, await sessions.begin(session, staff, runtime.clock.now())


async def opened(browser: Browser, served: Served, path: str, **settings: Any) -> Page:
    """A page that reports what its policy forbids."""
    context = await browser.new_context(**({"viewport": PHONE} | settings))
    context.set_default_timeout(5_000)
    await context.add_init_script(REPORT_VIOLATIONS)
    if served.token:
        await context.add_cookies([{"name": "sid", "value": served.token, "url": served.url}])
    page = await context.new_page()
    await page.goto(served.url + path)
    return page


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
async def test_the_first_weeks_are_accessible_and_fit_in_every_script(
    browser: Browser, printed: Served, viewport: dict[str, int], scheme: str
) -> None:
    for language in ("ar", "ti", "sv"):
        page = await opened(
            browser,
            printed,
            f"/first-weeks/assigned?lang={language}&children=yes",
            viewport=viewport,
            color_scheme=scheme,
        )
        await axe(page)
        await no_sideways_scroll(page)
        assert await page.evaluate("window.violations") == []
        await picture(page, f"first-weeks-{language}-{viewport['width']}-{scheme}")
        await page.context.close()


async def test_on_paper_there_are_boxes_and_both_languages_and_no_buttons(
    browser: Browser, printed: Served
) -> None:
    page = await opened(browser, printed, "/first-weeks/family?lang=ar", viewport=DESK)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("checkbox").first).to_be_visible()
    await expect(page.locator(".swedish").first).to_be_visible()
    await expect(page.locator(".qr svg")).to_be_visible()
    await expect(page.locator(".print")).to_be_hidden()
    hers = await page.locator(".steps li p").first.bounding_box()
    swedish = await page.locator(".steps .swedish").first.bounding_box()
    assert hers
    assert swedish
    assert abs(hers["y"] - swedish["y"]) < 3
    assert hers["x"] > swedish["x"]  # read from the right
    await picture(page, "first-weeks-on-paper")
    await page.context.close()


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
async def test_a_persons_papers_are_accessible_and_fit(
    browser: Browser, console: Served, viewport: dict[str, int], scheme: str
) -> None:
    page = await opened(
        browser,
        console,
        f"/console/people/{console.person}",
        viewport=viewport,
        color_scheme=scheme,
    )
    for summary in await page.locator("section[aria-labelledby=papers] summary").all():
        await summary.click()
    await axe(page)
    await no_sideways_scroll(page)
    await picture(page, f"papers-{viewport['width']}-{scheme}")
    await page.context.close()


async def test_a_card_is_written_without_a_script(browser: Browser, console: Served) -> None:
    page = await opened(
        browser, console, f"/console/people/{console.person}", java_script_enabled=False
    )
    await page.get_by_text("Fill in: Study plan").click()
    await page.locator("#study-line").fill("Level C begins")
    await page.locator("button", has_text="Save: Study plan").click()
    await expect(page.get_by_text("To remember: Level C begins")).to_be_visible()
    await page.context.close()
