"""The whole program through Telegram, against a Bot API server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.commands.prepared import prepared
from backend.commands.serve import _run, background_jobs
from backend.demo import forward
from backend.models import Message
from backend.runtime import Runtime
from backend.settings import Settings
from dialogs.text import Text
from tests.telegram.server import Sent, TelegramServer

CHAT = 4711
QUESTION = "كيف أحصل على الرقم الشخصي؟"


@asynccontextmanager
async def serving(folder: Path, server: TelegramServer) -> AsyncIterator[Runtime]:
    """The program with its bot and its worker, as ``ingang serve`` starts them."""
    settings = Settings(
        var_dir=folder,
        secret_key="test",
        telegram_token="42:TEST",
        telegram_api=server.url,
        demo=True,
        port=8000,
    )
    async with prepared(settings) as runtime:
        tasks = [
            asyncio.create_task(_run(job)) for job in background_jobs(runtime, ("bot", "worker"))
        ]
        try:
            yield runtime
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


async def hears(server: TelegramServer, words: str) -> Sent:
    """The next message with these words, or with a button of them; others are let pass."""
    async with asyncio.timeout(20):
        while True:
            sent = await server.hears(CHAT)
            if words in sent.text or any(words in label for label, _data in sent.buttons):
                return sent


async def comes_to_the_first_reminder(runtime: Runtime) -> None:
    """Move the clock to when the next planned message is due."""
    async with runtime.database.reading() as session:
        due = await session.scalar(
            select(Message.due_at).where(Message.state == "planned").order_by(Message.due_at)
        )
    assert due is not None
    await forward(runtime.database, due - runtime.clock.now() + timedelta(seconds=1))
    runtime.hub.nudge()


async def test_from_start_to_reminder_in_arabic(server: TelegramServer, tmp_path: Path) -> None:
    async with serving(tmp_path, server) as runtime:

        def said(msgid: str, language: str = "ar") -> str:
            """A text up to its first value, without markup."""
            words = runtime.texts.translate(Text(msgid), language)
            return words.replace("**", "").partition("{")[0].partition(".")[0].strip()

        server.says(CHAT, "/start")
        choice = await hears(server, "Välj språk")
        server.taps(CHAT, choice, "العربية")
        await hears(server, "Telegram")
        menu = await hears(server, said("Book a coach"))

        server.says(CHAT, QUESTION)
        answer = await hears(server, "Skatteverket")
        assert "personnummer" in answer.text
        assert answer.styled("text_link")

        server.taps(CHAT, menu, said("Book a coach"))
        times = await hears(server, said("Which time suits you?"))
        server.taps(CHAT, times, 0)
        confirm = await hears(server, said("Yes, book it"))
        server.taps(CHAT, confirm, said("Yes, book it"))
        booked = await hears(server, said("**Booked.** I will remind you."))
        assert "\u2068" in booked.text  # the Swedish address is kept whole
        assert said("**Booked.** I will remind you.", "sv") in booked.text

        await comes_to_the_first_reminder(runtime)
        reminder = await hears(server, said("I can't come"))
        server.taps(CHAT, reminder, said("I can't come"))
        ask = await hears(server, said("Yes, cancel it"))
        server.taps(CHAT, ask, said("Yes, cancel it"))
        await hears(server, said("Book a new time"))

        async with runtime.database.reading() as session:
            planned = select(func.count()).select_from(Message).where(Message.state == "planned")
            assert await session.scalar(planned) == 0
