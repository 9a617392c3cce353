"""The booking contest: many people, few times, several processes. Tells what came of it.

A process says that it is ready and begins when it is told to. When scenes are named, they are the
only ones played. With ``--naive`` the guard is taken away: a time is looked at first and inserted
after, which is how most booking systems do it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from multiprocessing.connection import Connection

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.models import Claim
from backend.services import claims
from backend.services.catalogue import CatalogueCache
from backend.services.claims import Wanted
from tests.soak.arena import Fought
from tests.soak.attempt import Attempt
from tests.soak.nursery import Child
from tests.soak.scenes import SCENES

UNDER_WAY = 32  # attempts at any moment, whatever the number of processes


async def contest(url: str, attempts: int, seed: int, *flags: str, processes: int = 8) -> Fought:
    """Let processes fight for the times; ``flags`` as this module says."""
    at_once = max(1, UNDER_WAY // processes)
    bounds = [attempts * number // processes for number in range(processes + 1)]
    fighters = [
        await Child.born(fight, url, seed, until - first, first, at_once, *flags)
        for first, until in pairwise(bounds)
    ]
    fought = Fought()
    try:
        for fighter in fighters:
            assert await fighter.hears() == "ready"
        for fighter in fighters:
            fighter.line.send("go")
        for told in await asyncio.gather(*(fighter.hears() for fighter in fighters)):
            fought.add(told)
    finally:
        await asyncio.gather(*(fighter.dies() for fighter in fighters))
    return fought


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


def fight(
    line: Connection, url: str, seed: int, attempts: int, first: int, at_once: int, *flags: str
) -> None:
    """A whole process: say "ready", wait for the word, and tell how every attempt ended."""
    if "--naive" in flags:
        claims.take = take_unguarded
    line.send("ready")
    line.recv()
    line.send(asyncio.run(main(url, seed, attempts, first, at_once, set(flags))))
