"""Moving the demonstration's clock. It only ever moves forward, for everyone at once."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import BigInteger, type_coerce, update

from backend.clock import OFFSET_SETTING
from backend.database import Database, insertion
from backend.models import Setting, StaffSession

SPAN = re.compile(r"([1-9][0-9]{0,2})([dhm])")
LENGTHS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class UnknownSpan(ValueError):
    """A span of time that cannot be read; the message says how one is written."""


def parse_span(text: str) -> timedelta:
    """A span such as "1d", "3h" or "30m". Raises UnknownSpan."""
    found = SPAN.fullmatch(text.strip())
    if found is None:
        message = f'"{text}" is not a span of time: write 1d, 3h or 30m, with 1 to 999'
        raise UnknownSpan(message)
    return int(found[1]) * LENGTHS[found[2]]


async def forward(database: Database, by: timedelta) -> None:
    """Move the clock; every process notices when it next looks.

    Whoever is signed in to the console stays so: her session moves along.
    """
    milliseconds = by // timedelta(milliseconds=1)
    async with database.writing() as session:
        await session.execute(
            insertion(session, Setting)
            .values(name=OFFSET_SETTING, value=milliseconds)
            .on_conflict_do_update(
                index_elements=["name"], set_={"value": Setting.value + milliseconds}
            )
        )
        await session.execute(
            update(StaffSession).values(
                created_at=type_coerce(StaffSession.created_at, BigInteger) + milliseconds,
                seen_at=type_coerce(StaffSession.seen_at, BigInteger) + milliseconds,
            )
        )
