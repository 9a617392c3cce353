"""Five hundred attempts on twenty times, from eight processes: twenty bookings, no overlap."""

from __future__ import annotations

import pytest

from backend.database import Database
from tests.conftest import count
from tests.house import furnish
from tests.soak.arena import contest, overlaps, slots, stray_claims


def address(database: Database) -> str:
    """Its URL, with the password."""
    return database.url.render_as_string(hide_password=False)


async def test_twenty_times_give_twenty_bookings_and_no_overlap(database: Database) -> None:
    await furnish(database)
    ended = await contest(address(database), 500, 1)
    assert ended["deadlock"] == 0
    assert await overlaps(database) == 0
    assert await count(database, "booking", "state = 'confirmed'") == len(slots()) == 20
    assert sum(ended.values()) == 500
    assert set(ended) <= {"booked", "SlotTaken"}, ended
    assert await stray_claims(database) == 0


async def test_without_the_guard_the_same_contest_books_double(database: Database) -> None:
    await furnish(database)
    await contest(address(database), 500, 1, "--naive")
    assert await overlaps(database) > 0


@pytest.mark.soak
async def test_ten_thousand_attempts_with_moves_and_cancellations(database: Database) -> None:
    await furnish(database)
    ended = await contest(address(database), 10_000, 7, "--moves")
    print(dict(ended))
    assert ended["deadlock"] == 0
    assert await overlaps(database) == 0
    assert await stray_claims(database) == 0
    assert not [name for name in ended if name.endswith("Error")], ended
