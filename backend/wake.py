"""Waking those who wait: readers of a conversation, and the worker.

A wake-up carries no content and may be lost; the truth is always read again from the database.
Within a process it is an event; between processes PostgreSQL notifies, and on SQLite the file's
``data_version`` is polled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import signals
from backend.database import Database
from backend.models import Conversation
from backend.signals import Signal, Signals

log = structlog.get_logger()

CHANNEL = "ingang"
EVERYTHING = "*"
AT_ONCE = 500  # conversations in one statement
POLL = timedelta(milliseconds=500)
RECONNECT = timedelta(seconds=2)


class Hub:
    """Who waits for what, within this process."""

    def __init__(self) -> None:
        self._workers: list[asyncio.Event] = []
        self._readers: dict[str, set[asyncio.Event]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._dirty: set[str] = set()
        self.signals = Signals()
        self.published = asyncio.Event()

    def changed(self, conversation: str) -> None:
        """A conversation has something new: wake its readers, the worker, other processes."""
        self._wake(conversation)
        self.nudge()
        self._dirty.add(conversation)
        self.published.set()

    def does(self, signal: Signal) -> None:
        """Somebody writes or reads in a conversation just now. Nothing of it is stored."""
        if self.signals.note(signal, _now()):
            self._tell(signal, signal.payload, not_any_more=signal.stopped)

    def stops(self, signal: Signal) -> None:
        """She does it no longer."""
        if self.signals.drop(signal):
            self._tell(signal, signal.stopped, not_any_more=signal.payload)

    def doing(self, kind: signals.Kind, conversation: str) -> Mapping[str, float]:
        """Who does it in a conversation, and for how many seconds that still counts."""
        now = _now()
        found = self.signals.those(kind, conversation, now)
        return {who: until - now for who, until in found.items()}

    def heard(self, conversation: str) -> None:
        """Another process says that a conversation has something new, or everything may have.

        Or what somebody is doing there, which wakes only those who look at it.
        """
        signal = signals.read(conversation)
        if signal is not None:
            self._hear(*signal)
            return
        readers = list(self._readers) if conversation == EVERYTHING else [conversation]
        for known in readers:
            self._wake(known)
        self.nudge()

    def look(self, names: Iterable[str]) -> None:
        """There may be something new in some of what is waited for, and for the workers."""
        for name in names:
            self._wake(name)
        self.nudge()

    def nudge(self) -> None:
        """Wake the workers: there may be something to send or to plan."""
        for worker in self._workers:
            worker.set()

    def worker(self) -> asyncio.Event:
        """An event that is set whenever there may be something to do."""
        waiting = asyncio.Event()
        self._workers.append(waiting)
        return waiting

    def unpublished(self) -> list[str]:
        """Conversations and signals that other processes have not been told of; told once."""
        dirty, self._dirty = sorted(self._dirty), set()
        self.published.clear()
        return dirty

    @property
    def waited_for(self) -> list[str]:
        """What somebody here waits for: conversations, and everything."""
        return list(self._readers)

    def reader(self, conversation: str) -> asyncio.Event:
        """An event that is set whenever the conversation has something new."""
        waiting = asyncio.Event()
        self._readers.setdefault(conversation, set()).add(waiting)
        return waiting

    def leave(self, conversation: str, waiting: asyncio.Event) -> None:
        """A reader goes away."""
        readers = self._readers.get(conversation, set())
        readers.discard(waiting)
        if not readers:
            self._readers.pop(conversation, None)

    def later(self, job: Coroutine[Any, Any, None]) -> None:
        """Do something unimportant after the turn; failures are logged and forgotten."""
        task = asyncio.create_task(_quietly(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hear(self, signal: Signal, has_begun: bool) -> None:
        news = self.signals.note(signal, _now()) if has_begun else self.signals.drop(signal)
        if news:
            self._wake(signal.conversation)

    def _tell(self, signal: Signal, payload: str, not_any_more: str) -> None:
        self._wake(signal.conversation)
        self._dirty.discard(not_any_more)
        self._dirty.add(payload)
        self.published.set()

    def _wake(self, conversation: str) -> None:
        for waiting in self._readers.get(conversation, ()):
            waiting.set()


def _now() -> float:
    """Seconds that never go back; signals are over in no time, whatever the clock says."""
    return time.monotonic()


async def _quietly(job: Coroutine[Any, Any, None]) -> None:
    try:
        await job
    except Exception:
        log.warning("afterthought_failed", exc_info=True)


async def listen_to_others(database: Database, hub: Hub) -> None:
    """Hear of changes made by other processes, until cancelled."""
    if database.is_sqlite:
        await _poll_sqlite(database, hub)
    else:
        await asyncio.gather(_listen_postgres(database, hub), _notify_postgres(database, hub))


async def _poll_sqlite(database: Database, hub: Hub) -> None:
    """``data_version`` changes when another connection has written to the file."""
    known, before = None, dict[str, tuple[int, int]]()
    async with database.reader.connect() as connection:
        while True:
            version = await connection.scalar(text("PRAGMA data_version"))
            if version != known:
                known, waited_for = version, hub.waited_for
                now = await _marks(connection, waited_for)
                # What is no conversation looks for itself, and so does who waits since just now.
                hub.look(
                    name for name in waited_for if name not in now or now[name] != before.get(name)
                )
                before = now
            await connection.rollback()  # an open read would never see anything new
            await asyncio.sleep(POLL.total_seconds())


async def _marks(connection: AsyncConnection, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """What changes with every change of a conversation; thousands of pages may be open."""
    marks: dict[str, tuple[int, int]] = {}
    for first in range(0, len(names), AT_ONCE):
        rows = await connection.execute(
            select(Conversation.id, Conversation.counter, Conversation.version).where(
                Conversation.id.in_(names[first : first + AT_ONCE])
            )
        )
        marks |= {name: (counter, version) for name, counter, version in rows}
    return marks


async def _listen_postgres(database: Database, hub: Hub) -> None:
    """One connection of its own; after every reconnect everyone looks again."""
    dsn = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        with suppress(psycopg.OperationalError):
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                hub.heard(EVERYTHING)
                async for note in connection.notifies():
                    hub.heard(note.payload)
        await asyncio.sleep(RECONNECT.total_seconds())


async def _notify_postgres(database: Database, hub: Hub) -> None:
    """Tell other processes, in small batches and after the commit; a lost one does no harm."""
    while True:
        await hub.published.wait()
        changed = hub.unpublished()
        try:
            async with database.writing() as session:
                for conversation in changed:
                    await session.execute(
                        text("SELECT pg_notify(:channel, :payload)"),
                        {"channel": CHANNEL, "payload": conversation},
                    )
        except Exception:
            log.warning("notify_failed", exc_info=True)
            await asyncio.sleep(RECONNECT.total_seconds())
