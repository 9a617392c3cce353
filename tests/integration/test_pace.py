"""Sending at the channel's pace, the urgent first, and fair between chats."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.channels import Limits, Receipt
from backend.delivery import Sender, courier
from backend.delivery.send import AT_HAND, REMINDERS_AT_ONCE
from backend.models import Message
from dialogs.messages import Address, Rendered, Urgency
from tests.conftest import count
from tests.crowd import SECOND, STEP, Log, NoLuck, drive, move_in, names, released, states, write
from tests.house import House

TELEGRAM = Limits(per_second=25, burst=5)


async def test_the_pace_is_kept_to_and_never_exceeded_in_any_second(house: House) -> None:
    house.push.limits, log = TELEGRAM, Log(house)
    await move_in(house, names(250))
    await write(house, released(names(250), house.clock.now()))
    await drive(house.sender, timedelta(minutes=1), lambda: len(log.at) == 250)
    assert sorted(log.words) == sorted(f"{each} 1" for each in names(250))
    assert log.most_in_a_second <= 30
    rate = 249 / (log.at[-1] - log.at[0]).total_seconds()
    assert 24.5 <= rate <= 25.5


async def test_a_reply_overtakes_thousands_of_reminders(house: House) -> None:
    house.sender.rng = NoLuck()
    house.push.limits, log = TELEGRAM, Log(house)
    await move_in(house, names(300))
    await write(house, released(names(300), house.clock.now()))
    await drive(house.sender, 2 * SECOND)
    anna = house.person()
    await anna.settles()
    written = house.clock.now()
    await drive(house.sender, SECOND, lambda: any("Ingång" in words for words in log.words))
    assert house.clock.now() - written <= 2 * STEP
    assert len(log.words) < 100


async def test_the_last_fifth_of_the_burst_is_kept_for_replies(house: House) -> None:
    house.sender.rng = NoLuck()
    house.push.limits, log = Limits(per_second=0.1, burst=5), Log(house)
    await move_in(house, names(9))
    await write(house, released(names(8), house.clock.now()))
    await house.sender.send_due()
    assert len(log.words) == 4
    await write(house, released(names(9)[8:], house.clock.now(), Urgency.REPLY))
    await house.sender.send_due()
    assert log.words[4:] == ["p00008 1"]


async def test_a_flood_of_replies_leaves_a_fifth_to_reminders(house: House) -> None:
    house.push.limits, log = TELEGRAM, Log(house)
    house.sender.rng = random.Random(1)  # noqa: S311 - a share of so few is not left to chance
    await move_in(house, names(450))
    now = house.clock.now()
    await write(house, released(names(450)[:300], now, Urgency.REPLY))
    await write(house, released(names(450)[300:], now))
    await drive(house.sender, 10 * SECOND)
    reminders = sum(words >= "p00300" for words in log.words)
    assert 0.1 <= reminders / len(log.words) <= 0.3
    assert len(log.words) >= 245


async def test_the_most_urgent_goes_first(house: House) -> None:
    log = Log(house)
    urgencies = (Urgency.BULK, Urgency.REMINDER, Urgency.REPLY, Urgency.CRISIS)
    await move_in(house, names(4))
    for each, urgency in zip(names(4), urgencies, strict=True):
        await write(house, released([each], house.clock.now(), urgency))
    await house.sender.send_due()
    assert log.words == ["p00003 1", "p00002 1", "p00001 1", "p00000 1"]


async def test_nobodys_two_hundred_messages_hold_up_anothers_one(house: House) -> None:
    house.push.limits, log = TELEGRAM, Log(house)
    await move_in(house, ["much", "little"])
    await write(house, released(["much"], house.clock.now(), count=200))
    await drive(house.sender, SECOND)
    await write(house, released(["little"], house.clock.now() + timedelta(seconds=10)))
    sent = len(log.words)
    await drive(house.sender, timedelta(seconds=20))
    assert log.words.index("little 1") <= sent + 2
    hers = [words for words in log.words if words.startswith("much")]
    assert hers == [f"much {number}" for number in range(1, 201)]


async def test_a_chat_is_left_alone_for_a_while_after_each_message(house: House) -> None:
    house.push.limits, log = Limits(per_chat=SECOND), Log(house)
    began = house.clock.now()
    await move_in(house, ["anna", "bea"])
    await write(house, released(["anna"], began, Urgency.REPLY, count=3))
    assert await house.sender.send_due() == 1
    assert await house.sender.next_due() == began + SECOND
    await write(house, released(["bea"], began))
    assert await house.sender.send_due() == 1
    assert await drive(house.sender, 5 * SECOND) <= 4  # nobody looks in vain
    assert log.words == ["anna 1", "bea 1", "anna 2", "anna 3"]
    assert [at - began for at in log.at] == [0 * SECOND, 0 * SECOND, SECOND, 2 * SECOND]


async def test_machines_whose_clocks_differ_do_not_fill_the_bucket_twice(house: House) -> None:
    house.push.limits, log = TELEGRAM, Log(house)
    await move_in(house, names(300))
    await write(house, released(names(300), house.clock.now()))
    for _round in range(20):
        house.clock.forward(milliseconds=550)
        await house.sender.send_due()
        house.clock.forward(milliseconds=-500)
        await house.sender.send_due()
    assert len(log.words) <= 5 + 25 * 1.5


async def test_a_message_that_hangs_holds_up_nobody_else(house: House) -> None:
    log, may_go, arrived = Log(house), asyncio.Event(), asyncio.Semaphore(0)
    deliver = house.push.deliver

    async def slow(address: Address, message: str, rendered: Rendered) -> Receipt:
        arrived.release()
        if address.id != "live":
            await may_go.wait()
        return await deliver(address, message, rendered)

    async def begun(number: int) -> None:
        async with asyncio.timeout(5):
            for _message in range(number):
                await arrived.acquire()

    house.push.deliver = slow  # type: ignore[method-assign]
    await move_in(house, [*names(60), "live"])
    await write(house, released(names(60), house.clock.now()))
    assert await house.sender.hand_out() == AT_HAND
    await begun(AT_HAND)
    assert await house.sender.hand_out() == REMINDERS_AT_ONCE - AT_HAND
    await begun(REMINDERS_AT_ONCE - AT_HAND)
    assert await house.sender.hand_out() == 0
    await write(house, released(["live"], house.clock.now(), Urgency.REPLY))
    assert await house.sender.hand_out() == 1
    await begun(1)
    assert log.words == ["live 1"]
    may_go.set()
    await house.sender.finish(timedelta(seconds=5))
    assert len(log.words) == REMINDERS_AT_ONCE + 1
    assert await count(house.database, "message", "state = 'sending'") == 0


async def test_nothing_is_handed_over_while_a_receipt_is_not_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "QUICK", timedelta(seconds=5))  # this machine may be busy
    await move_in(house, names(30))
    await write(house, released(names(30), house.clock.now()))
    handed: list[str] = []

    async def deliver(_address: Address, message: str, _rendered: Rendered) -> Receipt:
        async with house.database.reading() as session:
            written = await session.scalars(select(Message.id).where(Message.state == "sent"))
        assert set(written) == set(handed)
        handed.append(message)
        return Receipt("r")

    house.push.deliver = deliver  # type: ignore[method-assign]
    assert await house.sender.send_due() == len(handed) == 30
    assert await states(house) == {"sent"}


async def test_four_workers_keep_to_one_pace(house: House) -> None:
    house.push.limits, log = TELEGRAM, Log(house)
    await move_in(house, names(120))
    await write(house, released(names(120), house.clock.now()))
    workers = [
        Sender(house.database, house.clock, house.renderer, house.vault, house.push, house.hub)
        for _number in range(4)
    ]
    for _step in range(120):
        await asyncio.gather(*(worker.send_due() for worker in workers))
        house.clock.at += STEP
    assert sorted(log.words) == sorted(f"{each} 1" for each in names(120))
    assert log.most_in_a_second <= 30
