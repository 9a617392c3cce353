"""A talk over a line that loses, doubles, delays and reorders: nothing lost, doubled or swapped.

The real program, with a coach who writes at the same time as the newcomer does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect
from sqlalchemy import insert, select

from backend.api.limits import RateLimit
from backend.app import create_app
from backend.commands.prepared import prepared
from backend.models import Conversation, Message, Staff
from backend.runtime import Runtime
from backend.settings import Settings
from tests.browser.bad_line import BadLine
from tests.browser.conftest import PHONE, Server
from tests.house import House
from tests.integration.talk_house import writes

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SARA = "sara"
HERS, COACHS = 12, 20
BETWEEN_S = 0.15
LONG_MS = 60_000
SAID = "(articles) => articles.map((each) => each.querySelector('.body').textContent)"


@dataclass
class Talking:
    """The program, the line to it, and where the line begins."""

    runtime: Runtime
    line: BadLine
    url: str

    async def thread(self) -> str:
        """The only conversation there is."""
        async with self.runtime.database.reading() as session:
            return (await session.scalars(select(Conversation.id))).one()

    async def coach_writes(self, words: str) -> None:
        """As from the console."""
        thread = await self.thread()
        await writes(cast("House", self.runtime), SARA, thread, words)
        self.runtime.hub.changed(thread)

    async def stored(self, author: str) -> list[str]:
        """What somebody has said, as the database has it, in order."""
        async with self.runtime.database.reading() as session:
            rows = await session.scalars(
                select(Message).where(Message.author == author).order_by(Message.seq)
            )
            return [str(row.body["parts"][0]["quote"]) for row in rows]


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[int]:
    """An application on a free port."""
    config = uvicorn.Config(
        app, port=0, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def talking(folder: Path, seed: int) -> AsyncIterator[Talking]:
    """The program with one coach, and a line that is good as yet."""
    async with prepared(Settings(var_dir=folder, secret_key="test")) as runtime:
        async with runtime.database.writing() as session:
            coach = {"id": SARA, "username": SARA, "name": "Sara", "role": "coach"}
            now = runtime.clock.now()
            await session.execute(
                insert(Staff).values(**coach, languages=["sv"], services=[], created_at=now)
            )
        app = create_app(runtime)
        app.state.limits["message"] = RateLimit(6_000, 1_000)  # a bad line asks often
        async with listening(app) as port:
            line = BadLine(f"127.0.0.1:{port}", Random(seed))  # noqa: S311
            async with listening(line) as outside:
                try:
                    yield Talking(runtime, line, f"http://127.0.0.1:{outside}/?lang=sv")
                finally:
                    await line.close()


async def write(page: Page, words: str) -> None:
    """Type and send."""
    await page.locator("ingang-chat textarea").fill(words)
    await page.locator("ingang-chat form button").click()


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))]
)
async def test_nothing_is_lost_doubled_or_swapped_in_a_talk(
    browser: Browser, tmp_path: Path, seed: int
) -> None:
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = await context.new_page()
    async with talking(tmp_path, seed) as talk:
        await page.goto(talk.url)
        await page.locator("ingang-chat .options button", has_text="Svenska").click()
        await talk.coach_writes("coach 0")
        await expect(page.locator("ingang-chat .talks")).to_be_visible()
        talk.line.is_bad = True

        async def she_writes() -> None:
            for number in range(HERS):
                await write(page, f"hers {number}")
                await asyncio.sleep(BETWEEN_S)

        async def coach_writes() -> None:
            for number in range(1, COACHS):
                await talk.coach_writes(f"coach {number}")
                await asyncio.sleep(BETWEEN_S)

        await asyncio.gather(she_writes(), coach_writes())
        await asyncio.sleep(1)  # some of it is still under way, and may go wrong
        await talk.line.mend()
        hers = page.locator("ingang-chat article.person")
        coachs = page.locator("ingang-chat article.coach")
        sent = hers.filter(has_text="hers").locator("span.tick", has_text="Skickat")
        await expect(sent).to_have_count(HERS, timeout=LONG_MS)
        await expect(coachs).to_have_count(COACHS, timeout=LONG_MS)
        shown = await page.locator("ingang-chat article").evaluate_all(SAID)
        stored_hers = [words for words in await talk.stored("person") if "hers" in words]
        assert stored_hers == [f"hers {number}" for number in range(HERS)]
        assert [words for words in shown if words.startswith("hers")] == stored_hers
        assert [words for words in shown if words.startswith("coach")] == [
            f"coach {number}" for number in range(COACHS)
        ]
        assert len(talk.line.met) > len("some")
        print(f"\nseed {seed}: {dict(sorted(talk.line.met.items()))}")
    await context.close()
