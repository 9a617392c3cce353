"""A browser, a chat server beside it, and a person holding a phone."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.browser.fake_chat import FakeChat, create

CHROMIUM = Path("/usr/bin/chromium")
BROWSER_EXISTS = CHROMIUM.exists()
# A microphone that beeps, so that a recording can be made where there is none.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
PHONE = {"width": 360, "height": 740}
REPORT_VIOLATIONS = """
  window.violations = [];
  addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; without it the tests are skipped, and with CI=true they fail."""
    if not BROWSER_EXISTS:
        reason = f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-core"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


class Server(uvicorn.Server):
    """Runs beside the tests in their loop, leaves the signals to them, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Nothing to capture."""
        yield


@dataclass
class Served:
    """A running fake server: its memory and where it listens."""

    chat: FakeChat
    port: int

    @property
    def url(self) -> str:
        """The start page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def embedding(self) -> str:
        """A page of another origin that embeds the widget."""
        return f"http://localhost:{self.port}/embedding"


@pytest_asyncio.fixture(loop_scope="session")
async def served() -> AsyncIterator[Served]:
    """A fake chat server of its own for each test."""
    chat = FakeChat()
    app = create(chat)
    config = uvicorn.Config(
        app, port=0, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    app.state.port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(chat, app.state.port)
    server.should_exit = True
    await running


@dataclass
class Phone:
    """A page on a small screen, and what a person does with it."""

    page: Page
    served: Served
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def visit(self, path: str = "?lang=sv") -> None:
        """Open the start page and wait for the first words."""
        await self.page.goto(self.served.url + path)
        await self.buttons.first.wait_for()

    async def write(self, text: str) -> None:
        """Type and press the button for sending."""
        await self.input.fill(text)
        await self.page.locator("ingang-chat form button").click()

    async def tap(self, label: str) -> None:
        """Tap the newest button with these words."""
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def shot(self, name: str) -> None:
        """Keep a picture when INGANG_SHOTS names a folder."""
        folder = os.environ.get("INGANG_SHOTS")
        if folder:
            await self.page.wait_for_timeout(400)
            await self.page.screenshot(path=Path(folder) / f"{name}.png")

    @property
    def root(self) -> Locator:
        """What the widget's own direction and language stand on."""
        return self.page.locator("ingang-chat .root")

    @property
    def input(self) -> Locator:
        """Where one writes."""
        return self.page.locator("ingang-chat textarea")

    @property
    def log(self) -> Locator:
        """The list of messages."""
        return self.page.locator("ingang-chat [role=log]")

    @property
    def messages(self) -> Locator:
        """Every message on the screen."""
        return self.page.locator("ingang-chat article")

    @property
    def mine(self) -> Locator:
        """What the person has written."""
        return self.page.locator("ingang-chat article.person")

    @property
    def buttons(self) -> Locator:
        """The buttons below messages."""
        return self.page.locator("ingang-chat .options button")

    @property
    def status(self) -> Locator:
        """What the chat says about itself."""
        return self.page.locator("ingang-chat [role=status]")


@pytest_asyncio.fixture(loop_scope="session")
async def pick_up(
    browser: Browser, served: Served
) -> AsyncIterator[Callable[..., Awaitable[Phone]]]:
    """Take up a phone; ``settings`` are those of a browser context."""
    contexts: list[BrowserContext] = []
    phones: list[Phone] = []

    async def take(**settings: Any) -> Phone:
        defaults = {"viewport": PHONE, "locale": "sv-SE", "reduced_motion": "reduce"}
        context = await browser.new_context(**(defaults | settings))
        context.set_default_timeout(5_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        contexts.append(context)
        phone = Phone(await context.new_page(), served)
        phone.page.on("request", lambda request: phone.requests.append(request.url))
        phone.page.on("pageerror", lambda error: phone.errors.append(str(error)))
        phones.append(phone)
        return phone

    yield take
    for context in contexts:
        await context.close()
    assert [error for phone in phones for error in phone.errors] == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(pick_up: Callable[..., Awaitable[Phone]]) -> Phone:
    """An ordinary phone."""
    return await pick_up()
