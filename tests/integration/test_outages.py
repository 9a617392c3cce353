"""A channel that asks us to wait, refuses somebody, or is down: nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.channels import Limits, Receipt, TryLater, Unreachable
from backend.delivery import Sender
from backend.delivery.courier import DOWN
from backend.models import Bucket, Message
from backend.retry import MOST_ATTEMPTS, NO_ANSWER
from dialogs.messages import Address, Rendered, Urgency
from tests.conftest import count
from tests.crowd import SECOND, Log, belongs_to, drive, move_in, names, released, states, write
from tests.house import House
from tests.telegram.bench import Workshop
from tests.telegram.faults import Fault, Garbage, Hang, Refusal, Reset, too_many
from tests.telegram.server import TelegramServer

TELEGRAM = Limits(per_second=25, burst=5)


async def test_one_chats_long_wait_is_obeyed_though_its_message_is_called_off(
    house: House,
) -> None:
    log = Log(house)
    await move_in(house, ["anna", "bea"])
    await write(house, released(["anna"], house.clock.now(), count=2))
    house.push.faults = [TryLater("flood", timedelta(seconds=40))]
    await house.sender.send_due()
    async with house.database.writing() as session:
        await session.execute(update(Message).where(Message.seq == 1).values(state="void"))
    await write(house, released(["bea"], house.clock.now()))
    await drive(house.sender, timedelta(seconds=39))
    assert log.words == ["bea 1"]
    await drive(house.sender, timedelta(seconds=2))
    assert log.words == ["bea 1", "anna 2"]


async def test_everybodys_wait_ends_with_one_message_alone(house: House) -> None:
    log = Log(house)
    await move_in(house, names(40))
    await write(house, released(names(40), house.clock.now()))
    house.push.limits = TELEGRAM
    flood = TryLater("flood", timedelta(seconds=30), everyone=True)
    house.push.faults = [flood] * 4
    await house.sender.send_due()
    assert house.push.faults == []  # those that were under way together
    house.push.faults = [flood]
    await drive(house.sender, timedelta(seconds=35))
    assert (log.words, house.push.faults) == ([], [])
    await drive(house.sender, timedelta(seconds=40))
    assert len(log.words) == 40


async def test_who_has_blocked_us_is_asked_once_and_reminded_by_her_next_way(
    house: House,
) -> None:
    await move_in(house, ["anna"])
    await move_in(house, ["page"], channel="web")
    await belongs_to(house, "page", "anna")
    await write(house, released(["anna"], house.clock.now(), count=5))
    house.push.faults = [Unreachable("blocked")]
    await house.sender.send_due()
    assert (house.push.faults, house.push.delivered) == ([], [])
    assert await states(house, channel=None) == {"failed"}
    assert await count(house.database, "message", "error = 'unreachable'") == 5
    assert await count(house.database, "address", "unreachable_at IS NOT NULL") == 1
    assert await house.sender.next_due() is None
    assert await house.releaser.release_due() == 5
    assert await states(house, conversation_id="chat:page") == {"sent"}


async def test_one_poisonous_message_is_given_up_one_day_and_stops_nobody(house: House) -> None:
    log = Log(house)
    deliver = house.push.deliver

    async def refuse(address: Address, message: str, rendered: Rendered) -> Receipt:
        if rendered.text == "anna 1":
            raise TryLater(NO_ANSWER)
        return await deliver(address, message, rendered)

    house.push.deliver = refuse  # type: ignore[method-assign]
    await move_in(house, ["anna", *names(3)])
    await write(house, released(["anna"], house.clock.now(), Urgency.REPLY, count=2))
    await drive(house.sender, timedelta(minutes=5))
    await write(house, released(names(3), house.clock.now()))
    await drive(house.sender, SECOND)
    assert sorted(log.words) == ["p00000 1", "p00001 1", "p00002 1"]
    await drive(house.sender, timedelta(hours=1), lambda: "anna 2" in log.words)
    async with house.database.reading() as session:
        row = await session.scalar(select(Message).where(Message.state == "failed"))
    assert row is not None
    assert (row.error, row.attempts) == (NO_ANSWER, MOST_ATTEMPTS)


async def test_a_lone_chat_loses_nothing_while_the_channel_is_down_for_a_night(
    house: House,
) -> None:
    log = Log(house)
    house.push.faults = [TryLater(NO_ANSWER) for _try in range(500)]
    house.push.answers = False
    await move_in(house, ["anna"])
    await write(house, released(["anna"], house.clock.now(), Urgency.REPLY))
    await drive(house.sender, timedelta(hours=10))
    assert len(house.push.faults) > 150  # some three hundred tries
    house.push.faults = []
    await drive(house.sender, timedelta(minutes=3))
    assert log.words == ["anna 1"]


@pytest.mark.parametrize(
    "fault",
    [None, Refusal(502, "Bad Gateway"), Refusal(500), Garbage(), Reset(), Hang()],
    ids=["refused", "502", "500", "garbage", "reset", "timeout"],
)
async def test_ten_minutes_without_telegram_lose_nothing_and_nobody_hammers(
    house: House, server: TelegramServer, telegram: Workshop, fault: Fault | None
) -> None:
    people = [str(5_550_000 + number) for number in range(20)]
    for each in people:
        server.says(int(each), "/start")
    channel = telegram(timeout=0.1)
    sender = Sender(house.database, house.clock, house.renderer, house.vault, channel, house.hub)
    await move_in(house, people)
    await write(house, released(people, house.clock.now(), Urgency.REPLY, count=3))
    if fault is None:
        await server.goes_down()
    server.outage = fault or server.outage
    tries = _counted(channel)
    await drive(sender, timedelta(minutes=10))
    assert DOWN <= len(tries) <= 30
    in_vain = len(server.called("sendMessage"))
    assert in_vain in {0, len(tries)}
    if fault is None:
        await server.comes_back()
    server.outage, channel._bot.session.timeout = None, 5.0
    await drive(sender, timedelta(minutes=2))
    assert await states(house) == {"sent"}
    assert await count(house.database, "message", f"attempts >= {MOST_ATTEMPTS}") == 0
    heard: dict[int, list[str]] = defaultdict(list)
    for call in server.called("sendMessage")[in_vain:]:
        heard[call["chat_id"]].append(call["text"])
    assert heard == {int(each): [f"{each} {n}" for n in (1, 2, 3)] for each in people}


def _counted(channel: Any) -> list[str]:
    """Every try of a channel."""
    tries: list[str] = []
    deliver = channel.deliver

    async def counted(address: Address, message: str, rendered: Rendered) -> Receipt:
        tries.append(message)
        receipt: Receipt = await deliver(address, message, rendered)
        return receipt

    channel.deliver = counted
    return tries


async def test_telegrams_waits_are_obeyed_for_a_chat_and_for_the_bot(
    house: House, server: TelegramServer, telegram: Workshop
) -> None:
    people = [str(5_550_000 + number) for number in range(6)]
    for each in people:
        server.says(int(each), "/start")
    sender = Sender(
        house.database, house.clock, house.renderer, house.vault, telegram(), house.hub
    )
    await move_in(house, people)
    await write(house, released(people[:1], house.clock.now(), Urgency.REPLY, count=2))
    server.fails("sendMessage", too_many(20))
    await drive(sender, timedelta(seconds=19))
    assert len(server.called("sendMessage")) == 1
    await drive(sender, timedelta(seconds=5))
    assert len(server.called("sendMessage")) == 3
    await write(house, released(people[1:], house.clock.now(), Urgency.REPLY))
    server.fails("sendMessage", *[too_many(30)] * 5)
    await drive(sender, timedelta(seconds=29))
    assert 3 + 2 <= len(server.called("sendMessage")) <= 3 + 5
    tried = len(server.called("sendMessage"))
    await drive(sender, timedelta(minutes=3))
    assert len(server.called("sendMessage")) == tried + 5 + (8 - tried)
    assert await states(house) == {"sent"}


async def test_a_probe_that_was_called_off_is_followed_by_another(house: House) -> None:
    log = Log(house)
    await move_in(house, ["anna", "bea"])
    await write(house, released(["anna", "bea"], house.clock.now()))
    until = house.clock.now() - SECOND
    async with house.database.writing() as session:
        bucket = Bucket(channel="telegram", tokens=0, at=until - SECOND, closed_until=until)
        session.add(bucket)
    (probe,) = await house.sender._lease()
    async with house.database.writing() as session:
        mine = update(Message).where(Message.id == probe.message)
        await session.execute(mine.values(state="void"))
    await house.sender._send(probe)
    await house.sender.send_due()
    assert log.words == ["bea 1"]
