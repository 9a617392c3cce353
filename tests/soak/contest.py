"""One process of the booking contest: many people, few times. Prints what came of it as JSON.

``python -m tests.soak.contest URL SEED ATTEMPTS FIRST_PERSON [--naive] [--moves]``

With ``--naive`` the guard is taken away: a time is looked at first and inserted after, which is
how most booking systems do it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.models import Claim
from backend.services import claims
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.claims import Wanted
from backend.services.desk import PersonBooking
from backend.work import Work
from dialogs.ports import (
    AlreadyBooked,
    BookingClosed,
    HoldExpired,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
)
from tests.conftest import FrozenClock
from tests.soak.arena import slots

AT_ONCE = 4
LOST = (SlotTaken, OwnClash, HoldExpired, SlotGone, AlreadyBooked, BookingClosed)


async def main(url: str, seed: int, attempts: int, first: int, flags: set[str]) -> Counter[str]:
    """Make every attempt; count how they ended."""
    rng = random.Random(seed)  # noqa: S311 - a contest, not a secret
    database, clock, cache = Database(url), FrozenClock(), CatalogueCache()
    if "--naive" in flags:
        claims.take = naive_take  # the guard is taken away
    ended: Counter[str] = Counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            slot = rng.choice(slots())
            ended[await attempt(database, clock, cache, f"p{number}", slot, rng, flags)] += 1

    await asyncio.gather(*(one(first + number) for number in range(attempts)))
    await database.close()
    return ended


async def attempt(
    database: Database,
    clock: FrozenClock,
    cache: CatalogueCache,
    person: str,
    slot: Slot,
    rng: random.Random,
    flags: set[str],
) -> str:
    """Hold and confirm, perhaps move or cancel; how it ended."""
    if "--naive" in flags and await is_taken(database, slot):
        return "SlotTaken"
    try:
        booked = await _book(database, clock, cache, person, slot)
        if "--moves" in flags and rng.random() < 0.5:
            return await _change(database, clock, cache, person, booked, rng)
    except LOST as lost:
        return type(lost).__name__
    except PoolTimeout:
        return "busy"  # a process that waited five seconds for its turn; over HTTP a 503
    except OperationalError as error:
        return "deadlock" if "deadlock" in str(error) else type(error).__name__
    return "booked"


async def _book(
    database: Database, clock: FrozenClock, cache: CatalogueCache, person: str, slot: Slot
) -> tuple[str, int]:
    async with Work.begin(database, clock, "person") as work:
        held = await PersonBooking(person, work, CurrentCatalogue(cache, work)).hold(slot)
    async with Work.begin(database, clock, "person") as work:
        desk = PersonBooking(person, work, CurrentCatalogue(cache, work))
        booked = await desk.confirm(held)
        work.planned.clear()  # the people of this contest have no rows to be reminded by
    return booked.booking, booked.version


async def _change(
    database: Database,
    clock: FrozenClock,
    cache: CatalogueCache,
    person: str,
    booked: tuple[str, int],
    rng: random.Random,
) -> str:
    async with Work.begin(database, clock, "person") as work:
        desk = PersonBooking(person, work, CurrentCatalogue(cache, work))
        if rng.random() < 0.4:
            await desk.cancel(booked[0])
            return "cancelled"
        await desk.move(*booked, rng.choice(slots()))
        work.planned.clear()
        return "moved"


async def is_taken(database: Database, slot: Slot) -> bool:
    """What a naive system looks at before it inserts."""
    async with database.reading() as session:
        found = await session.scalar(
            select(Claim.booking_id).where(
                Claim.resource == claims.coach_resource(slot.coach),
                Claim.cell == claims.cell_of(slot.starts),
            )
        )
    await asyncio.sleep(0)
    return found is not None


async def naive_take(
    session: AsyncSession,
    booking: str,
    wanted: list[Wanted],
    now: datetime,
    until: datetime | None,
) -> None:
    """Claims without a guard: every booking gets a lane of its own."""
    lane = random.SystemRandom().randrange(1, 2**30)
    rows = [
        {"resource": resource, "cell": cell, "lane": lane, "booking_id": booking, "until": until}
        for resource, cell in wanted
    ]
    await session.execute(insert(Claim), rows)


if __name__ == "__main__":
    url_, seed_, attempts_, first_, *flags_ = sys.argv[1:]
    result = asyncio.run(main(url_, int(seed_), int(attempts_), int(first_), set(flags_)))
    print(json.dumps(result))
