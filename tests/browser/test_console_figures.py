"""Figures in a browser: on a desk and on a phone, in the dark, without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, expect

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.migrate import migrate
from backend.models import Staff
from tests.browser.conftest import Server
from tests.browser.test_console import DESK, PHONE, axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.integration.console_office import Office, open_office
from tests.integration.test_console_figures import has_been

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW: Any = {"width": 320, "height": 640}
LONG_AGO = datetime(2026, 9, 7, 9, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Many have come, some have not, a few have been excused or have waited for a time."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path)
    for language, people in (("ar", 40), ("so", 12), ("ti", 3)):
        await has_been(database, people, starts=LONG_AGO, language=language)
    await has_been(database, 14, "no_show", starts=LONG_AGO)
    await has_been(database, 8, "excused", starts=LONG_AGO, service="advice")
    await has_been(database, 9, starts=LONG_AGO, journal=("waiting", "offered", "confirmed"))
    async with database.writing() as session:
        amina = await session.get_one(Staff, "amina")
        amina.role = "coordinator"
    yield office
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def url(office: Office) -> AsyncIterator[str]:
    """Where the console is served."""
    app = create_app(office.runtime)
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def signed_in(office: Office) -> str:
    """The token of a coordinator's session."""
    async with office.runtime.database.writing() as session:
        return await sessions.begin(session, "amina", office.runtime.clock.now())


@pytest.mark.parametrize(
    ("name", "viewport", "scheme"),
    [
        ("desk", DESK, "light"),
        pytest.param("phone", PHONE, "light", marks=pytest.mark.soak),
        ("narrow", NARROW, "dark"),
    ],
)
async def test_figures_are_accessible_and_fit(
    browser: Browser, office: Office, url: str, name: str, viewport: Any, scheme: Any
) -> None:
    context = await browser.new_context(viewport=viewport, color_scheme=scheme)
    token = await signed_in(office)
    await context.add_cookies([{"name": "sid", "value": token, "url": url}])
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    for by in ("service", "unit", "language"):
        await page.goto(f"{url}/console/figures?by={by}")
        await expect(page.get_by_role("img", name="Who came")).to_be_visible()
        await picture(page, f"figures-{by}-{name}")
        await no_sideways_scroll(page)
        await axe(page)
        outside = await page.evaluate("""
          [...document.querySelectorAll('svg.plot')].flatMap((plot) =>
            [...plot.querySelectorAll('text')].filter((words) =>
              words.getBoundingClientRect().right > plot.getBoundingClientRect().right + 1))
            .map((words) => words.textContent)
        """)
        assert outside == []
    assert refused == []  # no style or script that the page's own rules forbid
    await context.close()


async def test_a_period_is_chosen_and_a_table_downloaded_without_a_script(
    browser: Browser, office: Office, url: str
) -> None:
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    token = await signed_in(office)
    await context.add_cookies([{"name": "sid", "value": token, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/console/figures")
    await page.get_by_label("Time", exact=True).select_option("own")
    await page.get_by_label("Counted by").select_option("language")
    await page.get_by_label("First day").fill("2026-09-08")
    await page.get_by_label("Last day").fill("2026-09-08")
    await page.get_by_role("button", name="Show figures").click()
    await expect(page.get_by_text("7 September 2026 to 13 September 2026")).to_be_visible()
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download as a table (CSV)").first.click()
    download = await waiting.value
    assert download.suggested_filename == "attendance-2026-09-07-2026-09-13.csv"
    file = await asyncio.to_thread((await download.path()).read_bytes)
    assert file.startswith(b"\xef\xbb\xbfLanguage,Booked,")
    await context.close()
