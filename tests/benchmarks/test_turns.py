"""How long a turn takes, and how many there are in a second, beside a bare aiogram echo.

Printed, not asserted: machines differ. ``make bench`` shows both figures of one run.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message, Update, User

from backend.database import Database
from backend.migrate import migrate
from dialogs.i18n import Catalogue
from dialogs.messages import Said
from tests.clock import FrozenClock
from tests.house import House, Person, build

pytestmark = pytest.mark.bench

CONVERSATIONS = 20
SECONDS = 15
STEPS = ("/menu", "what is personnummer", "/book", "/my", "/plan", "/privacy")


async def a_house(folder: Path, texts: Catalogue) -> House:
    """A house on a SQLite file."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}")
    await migrate(database)
    return await build(database, FrozenClock(), texts)


async def turn(person: Person, number: int) -> float:
    """One event in and answered, in milliseconds."""
    started = time.perf_counter()
    await person.sends(Said(STEPS[number % len(STEPS)]))
    return (time.perf_counter() - started) * 1000


async def test_twenty_conversations_one_tap_a_second_each(
    tmp_path: Path, texts: Catalogue
) -> None:
    house = await a_house(tmp_path, texts)
    people = [house.person(f"p{number}") for number in range(CONVERSATIONS)]
    for person in people:
        await person.settles()
    spent: list[float] = []

    async def lives(person: Person, offset: float) -> None:
        await asyncio.sleep(offset)
        for number in range(SECONDS):
            began = time.perf_counter()
            spent.append(await turn(person, number))
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - began)))

    await asyncio.gather(
        *(lives(person, number / CONVERSATIONS) for number, person in enumerate(people))
    )
    await house.database.close()
    p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    print(f"\n{len(spent)} turns, one a second each of {CONVERSATIONS}: ", end="")
    print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, max {max(spent):.1f} ms")


async def test_turns_a_second_beside_a_bare_echo(tmp_path: Path, texts: Catalogue) -> None:
    house = await a_house(tmp_path, texts)
    people = [house.person(f"p{number}") for number in range(CONVERSATIONS)]
    for person in people:
        await person.settles()
    started = time.perf_counter()
    rounds = 15

    async def lives(person: Person) -> None:
        for number in range(rounds):
            await turn(person, number)

    await asyncio.gather(*(lives(person) for person in people))
    ours = CONVERSATIONS * rounds / (time.perf_counter() - started)
    await house.database.close()
    echo = await echoes_a_second(1_500)
    print(
        f"\n{ours:.0f} turns/s stored and committed; bare aiogram echo, nothing stored, ", end=""
    )
    print(f"{echo:.0f}/s; ratio 1:{echo / ours:.1f}")


async def echoes_a_second(count: int) -> float:
    """The least a bot can do: aiogram parses an update and sends the text back; no network."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    bot = Bot("42:TEST", session=Mute())
    user = User(id=7, is_bot=False, first_name="A")
    started = time.perf_counter()
    for number in range(count):
        message = Message(
            message_id=number, date=0, chat=Chat(id=7, type="private"), from_user=user, text="hej"
        )
        await dispatcher.feed_update(bot, Update(update_id=number, message=message))
    return count / (time.perf_counter() - started)


class Mute(BaseSession):
    """Sends nothing and says that it went well."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> Any:
        """As if sent."""
        return Message(message_id=1, date=0, chat=Chat(id=7, type="private"))

    async def stream_content(self, *_args: Any, **_kwargs: Any) -> AsyncGenerator[bytes, None]:
        """Nothing to stream."""
        yield b""

    async def close(self) -> None:
        """Nothing is open."""
