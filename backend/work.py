"""A unit of work: what one turn or one request changes, written in one lawful order.

Coaches by id, then people by id, then the booking, then claims, then the journal, then
conversations by id, then messages. Services do the first four as they go; the rest is staged here
and written at the end, so that no two transactions ever wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self

from sqlalchemy import ColumnElement, insert, null, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database, insertion
from backend.models import Journal, Message
from backend.models.base import new_id, table
from dialogs.messages import Reply, Urgency
from dialogs.ports import Clock
from dialogs.stored import dump_reply

PRIORITY: Mapping[Urgency, int] = {
    Urgency.CRISIS: 0,
    Urgency.REPLY: 1,
    Urgency.REMINDER: 5,
    Urgency.BULK: 9,
}

# A message that is planned again keeps its id, and the count of attempts that fences its senders.
KEPT = ("id", "dedupe", "attempts")

# A row under way may be void too: its sender looks again just before sending.
UNSENT = ("planned", "due", "sending")


@dataclass(frozen=True)
class Planned:
    """A message to a person for a later time. ``dedupe`` makes planning it twice plan it once.

    ``channel``: the one it is to go out on; None is where she is reached first.
    """

    person: str
    reply: Reply
    due: datetime
    dedupe: str
    expires: datetime | None = None
    about: str | None = None
    about_version: int | None = None
    channel: str | None = None


class Conclusion(Protocol):
    """What can be planned only when everything else in a unit of work has been done."""

    async def draw(self, work: Work, void: Sequence[str]) -> None:
        """Look at how it all stands now, and void and plan accordingly.

        ``void``: what the messages were about that have just become void.
        """


@dataclass
class Work:
    """One transaction under way. Reads see its own writes; it begins at the first write."""

    database: Database
    clock: Clock
    actor: str = "person"
    erased_as: str | None = None  # the fresh id an erased person's receipt belongs to
    planned: list[Planned] = field(default_factory=list)
    voided: list[ColumnElement[bool]] = field(default_factory=list)
    conclusions: list[Conclusion] = field(default_factory=list)
    handover: Mapping[str, object] = field(default_factory=dict)  # columns of the turn's own row
    _notes: list[dict[str, Any]] = field(default_factory=list)
    _write: AsyncSession | None = None
    _read: AsyncSession | None = None

    @classmethod
    @asynccontextmanager
    async def begin(cls, database: Database, clock: Clock, actor: str) -> AsyncIterator[Self]:
        """A unit of work that is committed when the block ends and rolled back when it raises."""
        work = cls(database, clock, actor)
        try:
            yield work
            await work.commit()
        finally:
            await work.close()

    @property
    def has_messages(self) -> bool:
        """Whether something about messages is staged."""
        return bool(self.planned or self.voided or self.conclusions)

    @property
    def has_written(self) -> bool:
        """Whether the write transaction has been opened."""
        return self._write is not None

    async def reading(self) -> AsyncSession:
        """Where to read: in the write transaction once there is one, else beside it."""
        if self._write is not None:
            return self._write
        if self._read is None:
            self._read = self.database.open_read()
        return self._read

    async def writing(self) -> AsyncSession:
        """The write transaction, opened at the first write."""
        if self._write is None:
            await self._close_read()
            self._write = self.database.open_write()
            await self._write.begin()
            await self._write.connection()
        return self._write

    def note(self, entity: str, entity_id: str, action: str, **data: str | int | None) -> None:
        """Stage a journal row: ids, state names and versions only."""
        self._notes.append(
            {
                "at": self.clock.now(),
                "actor": self.actor,
                "entity": entity,
                "entity_id": entity_id,
                "action": action,
                "data": data,
            }
        )

    def plan(self, planned: Planned) -> None:
        """Stage a message for later."""
        self.planned.append(planned)

    def void(self, about: str) -> None:
        """Stage that unsent messages about something are void."""
        self.voided.append(Message.about == about)

    def void_all(self, prefix: str) -> None:
        """Stage the same for everything whose ``about`` begins so."""
        self.voided.append(Message.about.startswith(prefix, autoescape=True))

    async def write_journal(self) -> None:
        """Write what was noted; comes before conversations and messages."""
        if self._notes:
            session = await self.writing()
            await session.execute(insert(table(Journal)), self._notes)
            self._notes = []

    async def write_messages(self, rows: Sequence[dict[str, Any]] = ()) -> None:
        """Void what is void, then insert ``rows`` and what was planned; the last of all writes."""
        session = await self.writing()
        void = await self._void(session)
        for conclusion in self.conclusions:
            await conclusion.draw(self, void)
        await self._void(session)
        now = self.clock.now()
        planned = [planned_row(planned, now) for planned in self.planned]
        if planned and all(row["dedupe"] is None for row in rows):
            await plan_rows(session, [*rows, *planned])  # one statement for both
        else:
            await _insert(session, rows)
            await plan_rows(session, planned)
        self.planned, self.conclusions = [], []

    async def _void(self, session: AsyncSession) -> Sequence[str]:
        """Void what is staged to be; what those messages were about."""
        staged, self.voided = self.voided, []
        if not staged:
            return ()
        about = await session.scalars(
            update(Message)
            .where(or_(*staged), Message.state.in_(UNSENT))
            .values(state="void")
            .returning(Message.about)
            .execution_options(synchronize_session=False)
        )
        return [each for each in about if each]

    async def commit(self) -> None:
        """Write what is staged and commit; nothing happens when nothing was written."""
        if self._notes or self.has_messages:
            await self.write_journal()
            await self.write_messages()
        if self._write is not None:
            await self._write.commit()

    async def abandon(self) -> None:
        """Undo everything so far: an action failed in an expected way, and the turn goes on."""
        self._notes, self.planned, self.voided, self.conclusions = [], [], [], []
        self.handover = {}
        if self._write is not None:
            await self._write.close()
            self._write = None

    async def close(self) -> None:
        """Roll back what was not committed."""
        if self._write is not None:
            await self._write.close()
            self._write = None
        await self._close_read()

    async def _close_read(self) -> None:
        if self._read is not None:
            await self._read.close()
            self._read = None


def message_row(person: str, reply: Reply, now: datetime, **given: object) -> dict[str, Any]:
    """A message row with every column, so that rows of all kinds go in as one statement."""
    row: dict[str, Any] = {
        "id": new_id(),
        "person_id": person,
        "conversation_id": None,
        "seq": None,
        "changed": None,
        "direction": "out",
        "author": "assistant",
        "staff_id": None,
        "body": dump_reply(reply),
        "about": None,
        "about_version": None,
        "priority": PRIORITY[reply.urgency],
        "dedupe": None,
        "channel": None,
        "reference": None,
        "created_at": now,
        "due_at": now,
        "expires_at": None,
        "state": "planned",
        "attempts": 0,
        "language": None,
        "sent_text": None,
        "file": None,
        "media": None,
        "translation": None,
        "sent_at": None,
    }
    unknown = given.keys() - row.keys()
    if unknown:
        raise KeyError(*unknown)
    return row | given


async def _insert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(table(Message)), rows)


async def plan_rows(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert planned rows. One that was void is alive again; any other of its name stays."""
    if not rows:
        return
    statement = insertion(session, Message).execution_options(render_nulls=True)
    again: dict[str, ColumnElement[Any]] = {
        name: statement.excluded[name] for name in rows[0] if name not in KEPT
    }
    again |= {"error": null(), "lease_until": null()}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["dedupe"], set_=again, where=Message.state == "void"
        ),
        rows,
    )


def planned_row(planned: Planned, now: datetime) -> dict[str, Any]:
    """The row of a planned message."""
    return message_row(
        planned.person,
        planned.reply,
        now,
        due_at=planned.due,
        expires_at=planned.expires,
        dedupe=planned.dedupe,
        about=planned.about,
        about_version=planned.about_version,
        channel=planned.channel,
    )
