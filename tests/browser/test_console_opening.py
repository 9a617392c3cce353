"""When people answer, in a browser: at 320 px and on a desk, in the dark, and without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, expect
from sqlalchemy import update

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.migrate import migrate
from backend.models import Staff
from backend.services.walltime import local_day
from backend.site import apply
from tests.browser.conftest import Server
from tests.browser.test_console import axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.integration.console_office import Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOOKS = [(320, "light", False), (1280, "dark", True)]


@dataclass
class Place:
    """A running console, Amina signed in as a coordinator, and a page of a place."""

    office: Office
    host: str
    token: str

    @property
    def page(self) -> str:
        """Where its hours are changed."""
        return f"{self.host}/console/units/etableringscentrum/opening"


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    clock = FrozenClock()
    office = await open_office(database, clock, tmp_path)
    async with database.writing() as session:
        await apply(session, office.runtime.site, local_day(clock.now()))
        await session.execute(
            update(Staff)
            .where(Staff.id == "amina")
            .values(role="coordinator", language="en", is_active=True)
        )
        token = await sessions.begin(session, "amina", clock.now())
    app = create_app(office.runtime)
    server = Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Place(office, f"http://127.0.0.1:{port}", token)
    server.should_exit = True
    await running
    await database.close()


@pytest.mark.parametrize(("width", "scheme", "script"), LOOKS)
async def test_hours_are_changed_on_every_screen(
    browser: Browser, place: Place, width: int, scheme: Any, script: bool
) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, java_script_enabled=script
    )
    await context.add_cookies([{"name": "sid", "value": place.token, "url": place.host}])
    page = await context.new_page()
    await page.goto(place.page)

    await page.get_by_label("From: Saturday").first.fill("10:00")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    await picture(page, f"opening-wrong-{width}")
    await page.get_by_label("To: Saturday").first.fill("14:00")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("10:00–14:00").first).to_be_visible()
    await page.get_by_label("Language").last.select_option("ar")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("ul[lang=ar]")).to_contain_text("(28/11)")
    await picture(page, f"opening-{width}")
    if script:
        await no_sideways_scroll(page)
        await axe(page)
    await context.close()


async def test_the_page_fits_and_is_accessible_at_its_narrowest(
    browser: Browser, place: Place
) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 740})
    await context.add_cookies([{"name": "sid", "value": place.token, "url": place.host}])
    page = await context.new_page()
    await page.goto(place.page)

    await no_sideways_scroll(page)
    await axe(page)
    await context.close()
