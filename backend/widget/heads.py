"""How far conversations have come, for everyone who asks at the same moment in one read.

A write by another process wakes every open page on SQLite; each of them asks, and few have news.
"""

from __future__ import annotations

import asyncio

from backend import transcript
from backend.database import Database

AT_ONCE = 500  # conversations in one statement


class Heads:
    """Whoever asks while a read is under way is answered by the next one: it sees what is new."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: dict[str, asyncio.Future[int]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def of(self, conversation: str) -> int:
        """The number of a conversation's last change; 0 when there is none."""
        answer = self._asked.get(conversation)
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
            self._asked[conversation] = answer
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(answer)

    async def _read(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                await self._answer(asked)
        finally:
            self._reading = None

    async def _answer(self, asked: dict[str, asyncio.Future[int]]) -> None:
        wanted, found = list(asked), dict[str, int]()
        try:
            async with self._database.reading() as session:
                for first in range(0, len(wanted), AT_ONCE):
                    some = wanted[first : first + AT_ONCE]
                    found |= await transcript.counters(session, some)
        except asyncio.CancelledError:
            for answer in asked.values():
                answer.cancel()
            raise
        except Exception as error:
            for answer in asked.values():
                answer.set_exception(error)
            return
        for conversation, answer in asked.items():
            answer.set_result(found.get(conversation, 0))
