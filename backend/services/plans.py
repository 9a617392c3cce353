"""Dates to be reminded of: the plans port of one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, update

from backend.models import Deadline as DeadlineRow
from backend.models.base import new_id
from backend.services import deadlines
from backend.services.catalogue import CurrentCatalogue
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.deadlines import KINDS, Kind, next_due
from dialogs.ports import Deadline


@dataclass(frozen=True)
class PersonPlans:
    """One person's dates within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def deadlines(self) -> Sequence[Deadline]:
        """Every date one may be reminded of."""
        rows = await self._rows()
        return [self._seen(kind, rows.get(kind.id)) for kind in KINDS.values()]

    async def remind(self, kind: str, *, on: bool, counted_from: date | None = None) -> Deadline:
        """Switch the reminders of a date on or off; twice is the same as once.

        Another day makes another row: what was planned for the first one is void.
        """
        row = (await self._rows()).get(kind)
        if on and row is not None and counted_from not in {None, row.counted_from}:
            await self._switch_off(row)
            row = None
        if on and row is None:
            row = await self._switch_on(kind, counted_from)
        elif not on and row is not None:
            await self._switch_off(row)
            row = None
        return self._seen(KINDS[kind], row)

    async def done(self, kind: str, due: date) -> Deadline:
        """What was due that day is met. An old button does not silence a later month."""
        row = (await self._rows()).get(kind)
        if row is None:
            return self._seen(KINDS[kind], None)
        met = max(due, row.done_for or due)
        session = await self.work.writing()
        await session.execute(
            update(DeadlineRow).where(DeadlineRow.id == row.id).values(done_for=met)
        )
        self.work.note("deadline", row.id, "done", kind=kind)
        self.work.void(deadlines.about(row.id, due))
        after = DeadlineRow(
            id=row.id,
            person_id=row.person_id,
            kind=kind,
            since=row.since,
            done_for=met,
            counted_from=row.counted_from,
        )
        return self._seen(KINDS[kind], after)

    async def _switch_on(self, kind: str, counted_from: date | None) -> DeadlineRow:
        session, now = await self.work.writing(), self.work.clock.now()
        values = {
            "id": new_id(),
            "person_id": self.person,
            "kind": kind,
            "since": now,
            "counted_from": counted_from,
        }
        await session.execute(insert(DeadlineRow).values(values))
        row = DeadlineRow(**values)
        self.work.note("deadline", row.id, "on", kind=kind)
        due = deadlines.due_of(row, local_day(now))
        for planned in deadlines.reminders(row, due, now) if due else ():
            self.work.plan(planned)
        return row

    async def _switch_off(self, row: DeadlineRow) -> None:
        session = await self.work.writing()
        await session.execute(delete(DeadlineRow).where(DeadlineRow.id == row.id))
        self.work.note("deadline", row.id, "off", kind=row.kind)
        self.work.void_all(f"deadline:{row.id}:")

    async def _rows(self) -> dict[str, DeadlineRow]:
        session = await self.work.reading()
        rows = await session.scalars(
            select(DeadlineRow).where(DeadlineRow.person_id == self.person)
        )
        return {row.kind: row for row in rows}

    def _seen(self, kind: Kind, row: DeadlineRow | None) -> Deadline:
        now = self.work.clock.now()
        today = local_day(now)
        counted_from = row.counted_from if row else None
        due = next_due(kind, today, row.done_for if row else None, counted_from)
        moments = deadlines.moments(kind, due, now) if row and due else []
        return Deadline(
            kind.id,
            kind.name,
            kind.about,
            due,
            row is not None,
            kind.article,
            kind.asks,
            kind.span,
            local_day(moments[0]) if moments else None,
            due is not None and due < today,
        )
