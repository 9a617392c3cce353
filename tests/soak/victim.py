"""A process that is killed: people book, move and cancel, reminders fall due, messages are sent.

``python -m tests.soak.victim URL LEDGER SEED STARTED [--drain]``

Time runs fast: one second is twelve minutes. The ledger is a file that survives the kill: what
was acknowledged, and what was delivered.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from backend import worker
from backend.channels import Receipt
from backend.database import Database
from backend.reminders.rules import Quiet, Rules, shipped
from backend.settings import REPOSITORY
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Event, Inbound, Rendered, Started
from tests.clock import FrozenClock
from tests.house import House, Person, RecordingChannel, assemble

SPEED = 12 * 60  # simulated seconds in a second
DAWN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 05:00 in Stockholm
A_SWEEP = timedelta(milliseconds=100)  # ten seconds are two hours here
PEOPLE = 30
UNREAD, A_MOMENT = ("due", "sending"), 0.1  # seconds from one thing to the next
AT_ONCE = 4


class FastClock(FrozenClock):
    """Runs from dawn, twelve minutes a second."""

    def __init__(self, started: float) -> None:
        super().__init__(DAWN)
        self.started = started

    def now(self) -> datetime:
        """Simulated time."""
        return DAWN + timedelta(seconds=(time.time() - self.started) * SPEED)


def without_nights() -> Rules:
    """The usual reminders at all hours: at this speed an hour is five seconds, and a process that
    is killed may need as long to come up again."""
    never = Quiet.model_validate({"from": "00:00", "to": "00:00"})
    return Rules(reminders=shipped().reminders, quiet=never)


@dataclass
class Ledger:
    """Lines that are on disk before anything else happens."""

    path: Path

    def write(self, *words: str) -> None:
        """One line, at once."""
        line = (" ".join(words) + "\n").encode()
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, line)
        os.close(file)


@dataclass
class LedgerChannel(RecordingChannel):
    """Writes down what it delivers, and when."""

    ledger: Ledger | None = None
    clock: FrozenClock | None = None

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Delivered: from here on the person has it."""
        assert self.ledger is not None
        assert self.clock is not None
        self.ledger.write("sent", message, str(round(self.clock.now().timestamp() * 1000)))
        await asyncio.sleep(0)
        return Receipt("r")


@dataclass
class Mortal(Person):
    """Somebody whose acknowledged events are written down."""

    ledger: Ledger | None = None

    async def sends(self, event: Event, message_id: str | None = None) -> bool:
        """Hand in, write down that it was accepted, then have it run."""
        assert self.ledger is not None
        number = f"{random.SystemRandom().getrandbits(64):x}"
        inbound = Inbound(self.address, number, self.house.clock.now(), event)
        await self.house.door.accept(inbound)
        self.ledger.write("accepted", number)
        await self.house.door.receive(self.address)
        return True

    async def lives(self, rng: random.Random) -> None:
        """One thing more, when she has read her answer: begin, book, move it, or call it off."""
        await asyncio.sleep(A_MOMENT)
        if any(row.state in UNREAD for row in await self.messages()):
            return
        if await self.conversation() is None:
            await self.sends(Started("en"))
            await self.taps("English")
            return
        booked, throw = await self.meetings(), rng.random()
        if booked and throw < 0.3:
            await self.says("/my")
            await self.taps("I can't come")
            await self.taps("Yes, cancel it")
        elif booked and throw < 0.6:
            await self.says("/my")
            await self.taps("Another time")
            await self.chooses(rng, "Yes, move it")
        elif not booked:
            await self.says("/book")
            await self.chooses(rng, "Yes, book it")

    async def chooses(self, rng: random.Random, yes: str) -> None:
        """One of the times she is shown, if there is any."""
        times = [label for label in await self.labels() if "/11" in label]
        if times:
            await self.taps(rng.choice(times))
            if yes in await self.labels():
                await self.taps(yes)


async def live(house: House, ledger: Ledger, rng: random.Random) -> None:
    """People live side by side until the process is killed."""
    busy: set[str] = set()

    async def one() -> None:
        while True:
            name = f"p{rng.randrange(PEOPLE)}"
            if name in busy:
                await asyncio.sleep(0)
                continue
            busy.add(name)
            try:
                await Mortal(house, Address("telegram", name), ledger=ledger).lives(rng)
            except AssertionError:
                ledger.write("confused", name)  # a page changed while she was choosing
            finally:
                busy.discard(name)

    await asyncio.gather(*(one() for _number in range(AT_ONCE)))


async def drain(house: House) -> None:
    """Run and send everything that is left."""
    for _round in range(3):
        await house.worker._run_left_behind()
        while await house.releaser.release_due():
            pass
        await house.sender.send_due()
        await asyncio.sleep(0.3)


TEXTS = Catalogue.load(REPOSITORY / "locales")  # once, before any of them is born


async def main(url: str, ledger: Ledger, seed: int, started: float, *, draining: bool) -> None:
    """Live, or drain."""
    clock = FastClock(started)
    house = assemble(Database(url), clock, TEXTS, LedgerChannel(ledger=ledger, clock=clock))
    house.cache.rules = without_nights()
    if draining:
        await drain(house)
        await house.database.close()
        return
    ledger.write("up")
    async with asyncio.TaskGroup() as group:
        group.create_task(house.worker.run())
        group.create_task(live(house, ledger, random.Random(seed)))  # noqa: S311


def run(
    line: Connection, url: str, ledger: Path, seed: int, started: float, draining: bool
) -> None:
    """A whole process: live until it is killed, or drain and end."""
    worker.SWEEP = A_SWEEP
    asyncio.run(main(url, Ledger(ledger), seed, started, draining=draining))
