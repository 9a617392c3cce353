"""Codes and accounts in a browser: on a phone, by keyboard, in the dark, and without a script."""

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
from sqlalchemy import update

from backend.app import create_app
from backend.console import totp
from backend.database import Database
from backend.migrate import migrate
from backend.models import Staff
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.test_console import axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.integration.console_office import PASSWORD, Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOOKS = [(320, "light"), (1280, "dark")]


@dataclass
class Front:
    """A running console in which everybody needs codes, and Amina is the admin."""

    office: Office
    url: str

    def code(self, key: str) -> str:
        """What her phone shows."""
        return totp.code_at(key, totp.step_at(self.office.runtime.clock.now()))


@pytest_asyncio.fixture(loop_scope="session")
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path, second_factor="required")
    async with database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == "amina").values(role="admin"))
    app = create_app(office.runtime)
    server = Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Front(office, f"http://127.0.0.1:{port}")
    server.should_exit = True
    await running
    await database.close()


async def gives_password(page: Page, front: Front) -> None:
    await page.goto(f"{front.url}/console/sign-in?lang=en")
    await page.get_by_label("User name").fill("amina")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("phone")


async def is_fine(page: Page, name: str) -> None:
    await picture(page, name)
    await no_sideways_scroll(page)
    await axe(page)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_codes_and_accounts_are_accessible_and_fit(
    browser: Browser, front: Front, width: int, scheme: str
) -> None:
    settings: dict[str, Any] = {"color_scheme": scheme}
    context = await browser.new_context(viewport={"width": width, "height": 740}, **settings)
    await context.add_init_script(REPORT_VIOLATIONS)
    page = await context.new_page()
    look = f"{width}-{scheme}"
    await gives_password(page, front)
    await is_fine(page, f"set-up-{look}")
    key = (await page.locator("code.key").inner_text()).replace(" ", "")
    await page.get_by_label("Six digits").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The code is not right")
    await is_fine(page, f"set-up-wrong-{look}")
    await page.get_by_label("Six digits").fill(front.code(key))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    await is_fine(page, f"recovery-codes-{look}")
    recovery = await page.locator(".codes code").first.inner_text()
    await page.get_by_role("link", name="Go on").click()
    await page.wait_for_url(f"{front.url}/console/accounts")
    await is_fine(page, f"accounts-{look}")
    await page.goto(f"{front.url}/console/accounts/bo")
    await page.get_by_text("New password", exact=True).click()
    await page.get_by_role("button", name="Make a new password").click()
    await expect(page.get_by_role("status")).to_contain_text("Hand over this password")
    await is_fine(page, f"account-{look}")
    await page.get_by_role("button", name="Sign out").click()
    await gives_password(page, front)
    await page.get_by_text("I do not have my phone here").click()
    await is_fine(page, f"code-{look}")
    await page.get_by_label("Recovery code").fill(recovery)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("You used a recovery code")
    await is_fine(page, f"recovery-used-{look}")
    assert await page.evaluate("window.violations") == []
    await context.close()


async def test_codes_are_set_up_and_given_without_a_script(browser: Browser, front: Front) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await gives_password(page, front)
    key = (await page.locator("code.key").inner_text()).replace(" ", "")
    await page.get_by_label("Six digits").fill(front.code(key))
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Go on").click()
    await page.get_by_role("button", name="Sign out").click()
    front.office.house.clock.forward(minutes=1)
    await gives_password(page, front)
    await page.get_by_label("Six digits").fill(front.code(key))
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{front.url}/console/accounts")
    await context.close()
