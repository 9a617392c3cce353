"""A furnished house on each database, and a Bot API on this machine with someone who uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.database import Database
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.house import House, build
from tests.integration.newsroom import FewArticles
from tests.telegram.bench import RecordingDoor, Waits, Workshop
from tests.telegram.server import TelegramServer


@pytest.fixture
async def house(database: Database, clock: FrozenClock, texts: Catalogue) -> House:
    return await build(database, clock, texts)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


@pytest.fixture
def door() -> RecordingDoor:
    return RecordingDoor()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def telegram(server: TelegramServer, waits: Waits) -> AsyncIterator[Workshop]:
    workshop = Workshop(server, waits)
    yield workshop
    await workshop.close()


@pytest.fixture(scope="session")
def few_articles(tmp_path_factory: pytest.TempPathFactory, texts: Catalogue) -> FewArticles:
    """Two of the shipped articles, in every language."""
    return FewArticles(tmp_path_factory.mktemp("few") / "articles", texts)
