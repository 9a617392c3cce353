"""A furnished house on each database."""

from __future__ import annotations

import pytest

from backend.database import Database
from dialogs.i18n import Catalogue
from tests.conftest import FrozenClock
from tests.house import House, build


@pytest.fixture
async def house(database: Database, clock: FrozenClock, texts: Catalogue) -> House:
    return await build(database, clock, texts)
