"""Ten thousand reminders due at once: at a channel's pace, and as fast as they can.

The pace is Telegram's, then four times that: all of them within a hundred seconds. That it is
never exceeded and nothing is sent twice is asserted. Speed is printed, beside a bare loop that
leases a hundred rows and marks each, on the same table in the same run.
"""

from __future__ import annotations

import asyncio
import bisect
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, text, update

from backend.channels import Limits, Receipt
from backend.clock import SystemClock
from backend.database import Database
from backend.models import Conversation, Message
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Rendered, Said
from tests.conftest import open_database
from tests.crowd import move_in, names, planned, released, write
from tests.house import House, RecordingChannel, assemble, furnish

pytestmark = pytest.mark.bench

PEOPLE = 10_000
TELEGRAM = Limits(per_second=25, burst=5)
FOUR_TIMES = Limits(per_second=100, burst=20)
MOST_IN_A_SECOND = 30 / 25  # of the pace
SECONDS_OF_TELEGRAM = 30
REPLY_EVERY = 1.0
ROWS = 3_000


@dataclass
class TimingChannel(RecordingChannel):
    """Notes when each message is handed over."""

    times: list[float] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Handed over: nothing takes any time here."""
        self.times.append(time.perf_counter())
        self.accounts.append(address.id)
        self.news.set()
        return Receipt("r")

    async def has_delivered(self, account: str) -> None:
        """Wait until somebody has been sent something."""
        while account not in self.accounts:
            self.news.clear()
            await self.news.wait()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def full_house(request: pytest.FixtureRequest, texts: Catalogue) -> AsyncIterator[House]:
    """A house with ten thousand people, and a clock that runs."""
    async for database in open_database(request, request.param):
        await furnish(database)
        house = assemble(database, SystemClock(), texts, TimingChannel())  # type: ignore[arg-type]
        await move_in(house, names(PEOPLE))
        async with database.writing() as session:
            await session.execute(text("ANALYZE"))  # as a server does by itself before long
        yield house


@pytest.mark.parametrize("limits", [TELEGRAM, FOUR_TIMES], ids=["25/s", "100/s"])
async def test_ten_thousand_due_at_once_keep_the_pace_and_hold_up_no_reply(
    full_house: House, limits: Limits
) -> None:
    house, channel = full_house, full_house.push
    assert isinstance(channel, TimingChannel)
    channel.limits = limits
    await write(house, planned(names(PEOPLE), house.clock.now()))
    wanted = PEOPLE if limits is FOUR_TIMES else int(SECONDS_OF_TELEGRAM * limits.per_second)
    working = asyncio.create_task(house.worker.run())
    answered: list[float] = []
    began, spent = time.perf_counter(), time.process_time()
    while reminders(channel) < wanted:
        await asyncio.sleep(REPLY_EVERY)
        answered.append(await answer_in(house, channel, len(answered)))
    load = (time.process_time() - spent) / (time.perf_counter() - began)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    times = [at for at, who in zip(channel.times, channel.accounts, strict=True) if who[0] == "p"]
    report(
        channel,
        times[:wanted],
        answered,
        f"{house.database.url.get_backend_name()}, {load:.0%} of a core",
    )
    sent = Counter(channel.accounts)
    assert all(sent[each] <= 1 for each in names(PEOPLE))
    assert most_in_a_second(channel.times) <= MOST_IN_A_SECOND * limits.per_second


def reminders(channel: TimingChannel) -> int:
    """How many have been handed over so far."""
    return sum(account.startswith("p") for account in channel.accounts)


async def answer_in(house: House, channel: TimingChannel, number: int) -> float:
    """How long after her turn somebody has her answer, in seconds."""
    person = house.person(f"live{number}")
    await person.sends(Said("hello"))
    began = time.perf_counter()
    async with asyncio.timeout(60):
        await channel.has_delivered(person.address.id)
    return channel.times[channel.accounts.index(person.address.id)] - began


def most_in_a_second(times: list[float]) -> int:
    """The fullest second there was, wherever it begins."""
    return max(bisect.bisect_left(times, at + 1) - number for number, at in enumerate(times))


def report(channel: TimingChannel, times: list[float], answered: list[float], where: str) -> None:
    """What was seen, beside what the pace allows."""
    pace = channel.limits.per_second
    everything = [at for at in channel.times if times[0] <= at <= times[-1]]
    rate = (len(everything) - 1) / (everything[-1] - everything[0])
    late = sorted(at - times[0] - number / pace for number, at in enumerate(times))
    own = len(everything) - len(times)
    print(
        f"\n{where}: {len(times)} reminders and {own} messages of "
        f"{len(answered)} answers at {rate:.1f}/s of {pace:.0f} ({rate / pace - 1:+.1%}), "
        f"at most {most_in_a_second(channel.times)} in a second;\n  "
        f"behind the pace p99 {late[int(len(late) * 0.99)]:.2f} s; "
        f"answers after {statistics.median(answered):.2f} s, at most {max(answered):.2f} s"
    )


async def test_rows_a_second_of_one_worker_beside_a_bare_loop(full_house: House) -> None:
    house = full_house
    house.push.limits = Limits(per_second=1e6, burst=10**6)
    people = names(ROWS)
    await write(house, released(people, house.clock.now(), count=2))
    began = time.perf_counter()
    bare = await lease_and_mark(house.database) / (time.perf_counter() - began)
    began = time.perf_counter()
    sent = await house.sender.send_due()
    ours = sent / (time.perf_counter() - began)
    assert sent == ROWS
    print(
        f"\n{house.database.url.get_backend_name()}: {ours:.0f} messages/s of one worker, each "
        f"checked, rendered, sent and marked; bare loop {bare:.0f} rows/s; "
        f"ratio 1:{bare / ours:.1f}"
    )


async def lease_and_mark(database: Database) -> int:
    """Half of the rows, by the least an outbox can do."""
    done = 0
    while True:
        async with database.writing() as session:
            due = (
                select(Message.id)
                .where(Message.state == "due", Message.seq == 1)
                .order_by(Message.priority, Message.due_at)
                .limit(100)
            )
            leased = (
                await session.scalars(
                    update(Message)
                    .where(Message.id.in_(due))
                    .values(state="sending", attempts=Message.attempts + 1)
                    .returning(Message.id)
                )
            ).all()
        if not leased:
            return done
        for message in leased:
            async with database.writing() as session:
                await session.execute(
                    update(Message)
                    .where(Message.id == message, Message.state == "sending")
                    .values(state="sent")
                )
        done += len(leased)


async def test_finding_what_comes_next_among_ten_thousand(full_house: House) -> None:
    house = full_house
    await write(house, released(names(PEOPLE), house.clock.now()))
    spent = []
    for _round in range(10):
        began = time.perf_counter()
        await house.sender.next_due()
        spent.append((time.perf_counter() - began) * 1000)
    async with house.database.reading() as session:
        conversations = await session.scalar(select(func.count()).select_from(Conversation))
    print(
        f"\n{house.database.url.get_backend_name()}: the next of {PEOPLE} due messages in "
        f"{conversations} chats found in {statistics.median(spent):.0f} ms"
    )
