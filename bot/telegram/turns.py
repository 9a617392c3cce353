"""Work in the background: one conversation at a time for each address, a few at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import structlog

from backend.channels import Door
from dialogs.messages import Address

AT_ONCE = 16
MOST_ERRANDS = 64

log = structlog.get_logger(__name__)


class Turns:
    """Runs ``door.receive``. Who is being answered already is looked at once more afterwards."""

    def __init__(self, door: Door, at_once: int = AT_ONCE) -> None:
        self._door = door
        self._places = asyncio.Semaphore(at_once)
        self._running: set[Address] = set()
        self._again: set[Address] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._errands: set[asyncio.Task[None]] = set()

    def run(self, address: Address) -> None:
        """See to it that everything stored for an address is answered; returns at once."""
        if address in self._running:
            self._again.add(address)
            return
        self._running.add(address)
        _start(self._turn(address), self._tasks)

    def errand(self, work: Coroutine[None, None, None]) -> None:
        """Do something small that nobody waits for; left undone when there is too much of it."""
        if len(self._errands) < MOST_ERRANDS:
            _start(work, self._errands)
        else:
            work.close()

    async def finish(self, grace: float) -> None:
        """Let what is under way end within ``grace`` seconds; then stop it.

        Nothing is lost: a turn that is stopped is rolled back and still in the inbox.
        """
        tasks = self._tasks | self._errands
        if not tasks:
            return
        _done, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self, address: Address) -> None:
        try:
            async with self._places:
                await self._receive(address)
                while address in self._again:
                    await self._receive(address)
        finally:
            self._running.discard(address)

    async def _receive(self, address: Address) -> None:
        self._again.discard(address)
        try:
            await self._door.receive(address)
        except Exception as error:  # the row stays in the inbox; the next turn takes it up
            log.error("telegram.turn_failed", error=type(error).__name__)


def _start(work: Coroutine[None, None, None], tasks: set[asyncio.Task[None]]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
