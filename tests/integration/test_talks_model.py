"""Random talks with kills: never two owners, never a lost or doubled message."""

from __future__ import annotations

import random

import pytest

from tests.house import House
from tests.integration import talk_house
from tests.soak.talking import COACHES, Talking


async def run(house: House, steps: int, seed: int) -> Talking:
    """So many steps of three people and three coaches; every step is looked at."""
    await talk_house.opens(house, *COACHES)
    people = tuple(house.person(name, "web") for name in ("anna", "bea", "cleo"))
    for person in people:
        await person.settles()
    talking = Talking(house, people, random.Random(seed))  # noqa: S311 - it repeats
    for _step in range(steps):
        await talking.step()
    print(f"{steps} steps, {talking.kills} kills: {dict(talking.steps)}")
    return talking


async def test_sixty_steps_with_kills_leave_one_owner_and_every_message(house: House) -> None:
    talking = await run(house, 60, 7)
    assert talking.kills > 3
    assert len(talking.said) > 5


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
async def test_a_thousand_steps_with_kills_leave_one_owner_and_every_message(
    house: House, seed: int
) -> None:
    talking = await run(house, 250, seed)
    assert talking.kills > 20
    assert len(talking.answered) > 10
