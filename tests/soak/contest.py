"""One process of the booking contest: many people, few times. Prints what came of it as JSON.

``python -m tests.soak.contest URL SEED ATTEMPTS FIRST AT_ONCE [--naive] [SCENE ...]``

It says that it is ready and begins when it is told to. When scenes are named, they are the only
ones played. With ``--naive`` the guard is taken away: a time is looked at first and inserted
after, which is how most booking systems do it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.models import Claim
from backend.services import claims
from backend.services.catalogue import CatalogueCache
from backend.services.claims import Wanted
from tests.soak.arena import Fought
from tests.soak.attempt import Attempt
from tests.soak.scenes import SCENES


async def main(
    url: str, seed: int, attempts: int, first: int, at_once: int, flags: set[str]
) -> Fought:
    """Make every attempt; how they ended."""
    database, cache, fought = Database(url), CatalogueCache(), Fought()
    gate = asyncio.Semaphore(at_once)
    scenes = {scene: weight for scene, weight in SCENES.items() if scene.__name__ in flags}
    scenes = scenes or SCENES

    async def one(number: int) -> None:
        async with gate:
            dice = random.Random(f"{seed}:{number}")  # noqa: S311 - a contest, not a secret
            attempt = Attempt(database, cache, dice, number, fought, looks="--naive" in flags)
            (scene,) = dice.choices([*scenes], weights=[*scenes.values()])
            await scene(attempt)

    await asyncio.gather(*(one(first + number) for number in range(attempts)))
    await database.close()
    return fought


async def take_unguarded(
    session: AsyncSession,
    booking: str,
    wanted: Iterable[Wanted],
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
    url_, *numbers_ = sys.argv[1:6]
    flags_ = set(sys.argv[6:])
    if "--naive" in flags_:
        claims.take = take_unguarded
    print("ready", flush=True)
    sys.stdin.readline()
    seed_, attempts_, first_, at_once_ = map(int, numbers_)
    result = asyncio.run(main(url_, seed_, attempts_, first_, at_once_, flags_))
    print(json.dumps(vars(result)))
