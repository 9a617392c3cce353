"""Releasing: no faster than the channel sends, in order, once, never what was called off."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

from sqlalchemy import select, update

from backend.channels import Limits
from backend.models import Message, Person
from backend.release import AHEAD, Releaser
from tests.conftest import count
from tests.crowd import SECOND, Log, belongs_to, drive, move_in, names, planned, states, write
from tests.house import House

TELEGRAM = Limits(per_second=25, burst=5)


async def test_reminders_are_released_no_faster_than_they_can_be_sent(house: House) -> None:
    house.push.limits = TELEGRAM
    most = int(TELEGRAM.per_second * AHEAD.total_seconds())
    await move_in(house, names(300))
    await write(house, planned(names(300), house.clock.now()))
    while await house.releaser.release_due():
        pass
    assert await count(house.database, "message", "state = 'due'") == most
    assert await house.releaser.next_due() == house.clock.now() + SECOND
    log = Log(house)
    for _second in range(15):
        await drive(house.sender, SECOND)
        while await house.releaser.release_due():
            pass
        assert await count(house.database, "message", "state = 'due'") <= most
    assert len(set(log.words)) == 300
    assert log.most_in_a_second <= 30
    assert log.at[-1] - log.at[0] <= timedelta(seconds=13)


async def test_what_is_called_off_while_thousands_wait_has_never_been_released(
    house: House,
) -> None:
    house.push.limits = Limits(per_second=1, burst=1)
    await move_in(house, names(30))
    await write(house, planned(names(30), house.clock.now(), about="booking:b"))
    while await house.releaser.release_due():
        pass
    async with house.database.writing() as session:
        planned_still = Message.state == "planned"
        await session.execute(update(Message).where(planned_still).values(state="void"))
    house.clock.forward(minutes=1)
    await house.releaser.release_due()
    assert await count(house.database, "message", "state = 'due'") == 10
    assert await count(house.database, "message", "state = 'void' AND seq IS NULL") == 20


async def test_a_web_page_does_not_wait_for_a_full_channel(house: House) -> None:
    house.push.limits = Limits(per_second=1, burst=1)
    await move_in(house, names(300))
    await move_in(house, names(20, "w"), channel="web")
    now = house.clock.now()
    await write(house, planned(names(300), now, due=now - timedelta(minutes=1)))
    await write(house, planned(names(20, "w"), now))
    while await house.releaser.release_due():
        pass
    assert await count(house.database, "message", "state = 'sent'") == 20
    assert await count(house.database, "message", "state = 'due'") == 10


async def test_whoever_has_said_how_to_be_reached_is_looked_at_one_by_one(house: House) -> None:
    house.push.limits = Limits(per_second=1, burst=1)
    await move_in(house, names(12))
    await move_in(house, ["w"], channel="web")
    await belongs_to(house, "w", "p00011")
    now = house.clock.now()
    async with house.database.writing() as session:
        await session.execute(update(Person).values(reach=["web", "telegram"]))
    await write(house, planned(names(12), now))
    while await house.releaser.release_due():
        pass
    assert await states(house, conversation_id="chat:w") == {"sent"}
    assert await count(house.database, "message", "state = 'due'") == 10


async def test_an_urgent_message_is_released_into_a_full_channel(house: House) -> None:
    house.push.limits = Limits(per_second=1, burst=1)
    await move_in(house, names(20))
    now = house.clock.now()
    await write(house, planned(names(20)[:19], now))
    while await house.releaser.release_due():
        pass
    await write(house, planned(names(20)[19:], now, priority=1))
    house.clock.forward(seconds=1)
    await house.releaser.release_due()
    assert await states(house, conversation_id="chat:p00019") == {"due"}


async def test_what_expires_while_it_waits_is_not_sent(house: House) -> None:
    house.push.limits = Limits(per_second=1, burst=1)
    await move_in(house, names(20))
    now = house.clock.now()
    await write(house, planned(names(20), now, expires_at=now + timedelta(minutes=1)))
    while await house.releaser.release_due():
        pass
    house.clock.forward(minutes=2)
    while await house.releaser.release_due():
        pass
    await drive(house.sender, timedelta(minutes=1))
    assert house.push.delivered == []
    assert await count(house.database, "message", "error = 'expired'") == 20


async def test_whoever_has_only_a_channel_that_is_off_waits_for_it(house: House) -> None:
    await move_in(house, ["anna"], channel="carrier-pigeon")
    await write(house, planned(["anna"], house.clock.now()))
    assert await house.releaser.release_due() == 0
    assert await house.releaser.next_due() is None
    assert await states(house) == {"planned"}


async def test_several_of_one_person_are_released_in_order_with_a_number_each(
    house: House,
) -> None:
    await move_in(house, names(3))
    now = house.clock.now()
    for minutes in (1, 3, 2):
        due = now - timedelta(minutes=minutes)
        await write(house, planned(names(3), now, due=due))
    assert await house.releaser.release_due() == 9
    async with house.database.reading() as session:
        rows = await session.execute(
            select(Message.conversation_id, Message.seq, Message.changed).order_by(Message.due_at)
        )
        numbers = defaultdict(list)
        for conversation, seq, changed in rows:
            assert seq == changed
            numbers[conversation].append(seq)
    assert dict(numbers) == {f"chat:{each}": [1, 2, 3] for each in names(3)}


async def test_two_releasers_release_everything_once(house: House) -> None:
    await move_in(house, names(250))
    await write(house, planned(names(250), house.clock.now()))
    others = [
        Releaser(house.database, house.clock, house.renderer, house.releaser.channels, house.hub)
        for _number in range(2)
    ]

    async def work(releaser: Releaser) -> int:
        dealt = 0
        while await releaser.next_due() is not None:
            dealt += await releaser.release_due()
        return dealt

    dealt = await asyncio.gather(*(work(each) for each in (house.releaser, *others)))
    assert sum(dealt) == 250
    assert await count(house.database, "message", "seq = 1 AND state = 'due'") == 250
