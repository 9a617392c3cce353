"""Activities to join and dates to be reminded of: the plans port of one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, delete, insert, select, update

from backend.models import Booking, Meeting, Service
from backend.models import Deadline as DeadlineRow
from backend.models.base import new_id
from backend.services import deadlines
from backend.services.catalogue import CurrentCatalogue
from backend.services.deadlines import KINDS, Kind
from backend.services.desk import PersonBooking
from backend.services.walltime import local_day
from backend.work import Work
from dialogs import ports
from dialogs.ports import Activity, Deadline

SHOWN = 8


@dataclass(frozen=True)
class PersonPlans:
    """One person's activities and dates within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue

    async def activities(self) -> Sequence[Activity]:
        """Activities to come, and whether she has a seat."""
        session = await self.work.reading()
        catalogue = await self.catalogue.get()
        rows = await session.execute(
            select(Meeting, Booking.id)
            .join(Service, Service.id == Meeting.service_id)
            .outerjoin(
                Booking,
                and_(
                    Booking.meeting_id == Meeting.id,
                    Booking.person_id == self.person,
                    Booking.state == "confirmed",
                ),
            )
            .where(
                Service.is_group,
                Meeting.state == "planned",
                Meeting.starts_at > self.work.clock.now(),
            )
            .order_by(Meeting.starts_at)
            .limit(SHOWN)
        )
        return [
            Activity(
                meeting.id,
                catalogue.services[meeting.service_id].service,
                meeting.starts_at,
                catalogue.units[meeting.unit_id],
                meeting.capacity - meeting.taken,
                booking,
            )
            for meeting, booking in rows
        ]

    async def join(self, meeting: str) -> ports.Meeting:
        """Take a seat. Raises Full, SlotGone, AlreadyBooked, OwnClash."""
        return await PersonBooking(self.person, self.work, self.catalogue).join(meeting)

    async def deadlines(self) -> Sequence[Deadline]:
        """Every date one may be reminded of."""
        rows = await self._rows()
        return [self._seen(kind, rows.get(kind.id)) for kind in KINDS.values()]

    async def remind(self, kind: str, *, on: bool) -> Deadline:
        """Switch the reminders of a date on or off; twice is the same as once."""
        row = (await self._rows()).get(kind)
        session = await self.work.writing()
        now = self.work.clock.now()
        if on and row is None:
            row = DeadlineRow(id=new_id(), person_id=self.person, kind=kind, since=now)
            await session.execute(
                insert(DeadlineRow).values(id=row.id, person_id=self.person, kind=kind, since=now)
            )
            self.work.note("deadline", row.id, "on", kind=kind)
            for planned in deadlines.reminders(row, self._due(row), now):
                self.work.plan(planned)
        elif not on and row is not None:
            await session.execute(delete(DeadlineRow).where(DeadlineRow.id == row.id))
            self.work.note("deadline", row.id, "off", kind=kind)
            self.work.void_all(f"deadline:{row.id}:")
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
            id=row.id, person_id=row.person_id, kind=kind, since=row.since, done_for=met
        )
        return self._seen(KINDS[kind], after)

    async def _rows(self) -> dict[str, DeadlineRow]:
        session = await self.work.reading()
        rows = await session.scalars(
            select(DeadlineRow).where(DeadlineRow.person_id == self.person)
        )
        return {row.kind: row for row in rows}

    def _due(self, row: DeadlineRow) -> date:
        today = local_day(self.work.clock.now())
        return deadlines.next_due(KINDS[row.kind], today, row.done_for)

    def _seen(self, kind: Kind, row: DeadlineRow | None) -> Deadline:
        today = local_day(self.work.clock.now())
        done_for = row.done_for if row else None
        due = deadlines.next_due(kind, today, done_for)
        return Deadline(kind.id, kind.name(), kind.about(), due, row is not None, kind.article)
