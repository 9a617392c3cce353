"""Bookings as rows: read them, hold, confirm, move, cancel.

Order of locks in every function: coaches by id, the meeting, the booking (compare-and-swap on its
version), claims. Journal and messages are staged in the unit of work. See docs/adr/0006.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NoReturn, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import ZONE
from backend.database import insertion
from backend.models import Booking, Claim, Meeting, Staff
from backend.models.base import new_id
from backend.services import claims, reminders
from backend.services.catalogue import Catalogue, Terms
from backend.services.freetimes import wanted_cells
from backend.services.walltime import wall_text
from backend.work import Work
from dialogs import ports
from dialogs.ports import (
    BookingClosed,
    Full,
    Held,
    HoldExpired,
    NoSuchBooking,
    Slot,
    SlotGone,
)

HOLD = timedelta(minutes=5)


@dataclass(frozen=True)
class Bookings:
    """Booking rows of one unit of work. Every change is journalled under the work's actor."""

    work: Work
    catalogue: Catalogue

    async def find(self, booking: str, person: str | None = None) -> ports.Meeting:
        """A booking as a meeting; of ``person`` when given. Raises NoSuchBooking."""
        session = await self.work.reading()
        query = _query().where(Booking.id == booking)
        if person is not None:
            query = query.where(Booking.person_id == person)
        row = (await session.execute(query)).first()
        if row is None:
            raise NoSuchBooking(booking)
        return self.seen(row)

    async def coming(self, person: str) -> list[ports.Meeting]:
        """What a person has booked from now on, first first."""
        session = await self.work.reading()
        query = (
            _query()
            .where(
                Booking.person_id == person,
                Booking.state == "confirmed",
                Meeting.starts_at > self.work.clock.now(),
            )
            .order_by(Meeting.starts_at)
        )
        return [self.seen(row) for row in await session.execute(query)]

    async def hold(self, person: str, slot: Slot) -> Held:
        """Keep a slot for five minutes. Raises SlotTaken, OwnClash, HasOpenBooking."""
        session = await self.work.writing()
        terms = self.catalogue.services[slot.service]
        await lock_coaches(session, [slot.coach])
        now = self.work.clock.now()
        meeting, booking, until = new_id(), new_id(), now + HOLD
        await session.execute(insert(Meeting).values(id=meeting, **meeting_values(slot, terms)))
        await session.execute(
            insert(Booking).values(
                id=booking,
                person_id=person,
                meeting_id=meeting,
                service_id=slot.service,
                state="held",
                hold_until=until,
                created_at=now,
            )
        )
        await claims.take(session, booking, wanted_cells(slot, terms, person), now, until)
        self.work.note("booking", booking, "held", coach=slot.coach)
        return Held(booking, 0, slot)

    async def lock_with_holds(self, person: str, coach: str) -> None:
        """Lock a coach together with those of whom the person holds a time, in order of id."""
        session = await self.work.writing()
        held = await session.scalars(
            select(Meeting.staff_id)
            .join(Booking, Booking.meeting_id == Meeting.id)
            .where(Booking.person_id == person, Booking.state == "held")
        )
        await lock_coaches(session, filter(None, [coach, *held]))

    async def release_holds(self, person: str) -> bool:
        """Give back whatever a person holds; whether there was anything."""
        return await self._expire(Booking.person_id == person) > 0

    async def expire_holds(self) -> int:
        """Give back every hold that has run out; how many there were."""
        return await self._expire(Booking.hold_until <= self.work.clock.now())

    async def confirm(self, person: str, held: Held) -> ports.Meeting:
        """Book what is held. Raises HoldExpired."""
        session = await self.work.writing()
        slot, terms = held.slot, self.catalogue.services[held.slot.service]
        await lock_coaches(session, [slot.coach])
        now = self.work.clock.now()  # not before: waiting for the lock takes time
        changed = await session.scalar(
            update(Booking)
            .where(
                Booking.id == held.booking,
                Booking.person_id == person,
                Booking.state == "held",
                Booking.version == held.version,
                Booking.hold_until > now,
            )
            .values(state="confirmed", hold_until=None, version=held.version + 1)
            .returning(Booking.version)
        )
        if changed is None:
            raise HoldExpired(held.booking)
        seen = self._seen_slot(held.booking, changed, slot, terms)
        one_open = claims.open_resource(person, slot.service)
        kept = await claims.keep(session, held.booking, one_open, seen.ends)
        if kept < len(set(wanted_cells(slot, terms, person))):
            raise HoldExpired(held.booking)  # someone with a faster clock has taken it over
        self.work.note("booking", held.booking, "confirmed", version=changed)
        self._remind(person, seen)
        return seen

    async def move(self, booking: str, version: int, slot: Slot) -> ports.Meeting:
        """Change the time. Raises NoSuchBooking, BookingClosed, SlotTaken, OwnClash."""
        old = await self.find(booking)
        person = await self.person_of(booking)
        session = await self.work.writing()
        terms = self.catalogue.services[slot.service]
        await lock_coaches(session, filter(None, (old.coach_id, slot.coach)))
        now = self.work.clock.now()
        changed = await session.scalar(
            update(Booking)
            .where(Booking.id == booking, Booking.state == "confirmed", Booking.version == version)
            .values(version=version + 1, seen_by_staff=False)
            .returning(Booking.meeting_id)
        )
        if changed is None or old.starts <= now or old.service.group:
            raise BookingClosed(booking)
        values = meeting_values(slot, terms)
        await session.execute(
            update(Meeting).where(Meeting.id == changed).values(**values, version=version + 1)
        )
        await claims.release(session, booking)
        ends = slot.starts + timedelta(minutes=terms.service.minutes)
        wanted = wanted_cells(slot, terms, person)
        await claims.take(session, booking, wanted, now, None)
        await claims.keep(session, booking, claims.open_resource(person, slot.service), ends)
        self.work.note("booking", booking, "moved", version=version + 1)
        self.work.void(about(booking))
        seen = self._seen_slot(booking, version + 1, slot, terms)
        self._remind(person, seen)
        return seen

    async def cancel(
        self, booking: str, closed_by: str, person: str | None = None
    ) -> ports.Meeting:
        """Call a booking off; its reminders are void. Raises NoSuchBooking, BookingClosed."""
        old = await self.find(booking, person)
        if old.state != "confirmed" or old.starts <= self.work.clock.now():
            raise BookingClosed(booking)
        session = await self.work.writing()
        await lock_coaches(session, filter(None, (old.coach_id,)))
        await session.execute(
            update(Meeting)
            .where(Meeting.id == _meeting_of(booking), Meeting.taken > 0)
            .values(
                taken=Meeting.taken - 1,
                state="planned" if old.service.group else "cancelled",
            )
        )
        changed = await session.scalar(
            update(Booking)
            .where(
                Booking.id == booking,
                Booking.state == "confirmed",
                Booking.version == old.version,
            )
            .values(
                state="cancelled",
                closed_by=closed_by,
                seen_by_staff=closed_by != "person",
                version=old.version + 1,
            )
            .returning(Booking.version)
        )
        if changed is None:
            raise BookingClosed(booking)
        await claims.release(session, booking)
        self.work.note("booking", booking, "cancelled", version=changed, by=closed_by)
        self.work.void(about(booking))
        return replace(old, version=changed, state="cancelled")

    async def join(self, person: str, meeting: str) -> ports.Meeting:
        """Take a seat in a group activity. Raises SlotGone, Full, OwnClash, HasOpenBooking."""
        session = await self.work.writing()
        now = self.work.clock.now()
        row = (
            await session.execute(
                update(Meeting)
                .where(
                    Meeting.id == meeting,
                    Meeting.state == "planned",
                    Meeting.taken < Meeting.capacity,
                    Meeting.starts_at > now,
                )
                .values(taken=Meeting.taken + 1)
                .returning(Meeting.service_id, Meeting.starts_at, Meeting.ends_at)
            )
        ).first()
        if row is None:
            await _explain_no_seat(session, meeting)
        booking = new_id()
        seated = await session.scalar(
            insertion(session, Booking)
            .values(
                id=booking,
                person_id=person,
                meeting_id=meeting,
                service_id=row.service_id,
                state="confirmed",
                created_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Booking.id)
        )
        if seated is None:
            raise claims.HasOpenBooking
        own = claims.person_resource(person)
        wanted = [(own, cell) for cell in claims.cells(row.starts_at, row.ends_at)]
        await claims.take(session, booking, wanted, now, None)
        self.work.note("booking", booking, "confirmed", version=0)
        seen = await self.find(booking)
        self._remind(person, seen)
        return seen

    async def _expire(self, which: ColumnElement[bool]) -> int:
        session = await self.work.writing()
        held = await session.execute(
            select(Booking.id, Meeting.id, Meeting.staff_id)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.state == "held", which)
            .order_by(Booking.id)
        )
        rows = held.all()
        if not rows:
            return 0
        bookings, meetings, coaches = zip(*rows, strict=True)
        await lock_coaches(session, filter(None, coaches))
        await session.execute(
            update(Meeting).where(Meeting.id.in_(meetings)).values(state="cancelled", taken=0)
        )
        expired = await session.scalars(
            update(Booking)
            .where(Booking.id.in_(bookings), Booking.state == "held")
            .values(state="expired", hold_until=None, version=Booking.version + 1)
            .returning(Booking.id)
        )
        gone = expired.all()
        await session.execute(delete(Claim).where(Claim.booking_id.in_(gone)))
        for booking in gone:
            self.work.note("booking", booking, "expired")
        return len(gone)

    async def booking_of(self, person: str, meeting: str) -> str:
        """The id of a person's open booking of a meeting, or an empty string."""
        session = await self.work.reading()
        found = await session.scalar(
            select(Booking.id).where(
                Booking.person_id == person,
                Booking.meeting_id == meeting,
                Booking.state == "confirmed",
            )
        )
        return found or ""

    async def person_of(self, booking: str) -> str:
        """Whose booking it is. Raises NoSuchBooking."""
        session = await self.work.reading()
        person = await session.scalar(select(Booking.person_id).where(Booking.id == booking))
        if person is None:
            raise NoSuchBooking(booking)
        return person

    def seen(self, row: Row[Booking, Meeting]) -> ports.Meeting:
        """A booking and its meeting as the person sees them."""
        booking, meeting = row
        return ports.Meeting(
            booking.id,
            booking.version,
            _state(booking.state),
            self.catalogue.services[booking.service_id].service,
            meeting.starts_at,
            meeting.ends_at,
            self.catalogue.units[meeting.unit_id],
            self.catalogue.names.get(meeting.staff_id or ""),
            meeting.staff_id,
        )

    def _seen_slot(self, booking: str, version: int, slot: Slot, terms: Terms) -> ports.Meeting:
        return ports.Meeting(
            booking,
            version,
            "confirmed",
            terms.service,
            slot.starts,
            slot.starts + timedelta(minutes=terms.service.minutes),
            self.catalogue.units[slot.unit],
            self.catalogue.names.get(slot.coach),
            slot.coach,
        )

    def _remind(self, person: str, meeting: ports.Meeting) -> None:
        for planned in reminders.for_meeting(person, meeting, self.work.clock.now()):
            self.work.plan(planned)


async def lock_coaches(session: AsyncSession, coaches: Iterable[str]) -> None:
    """Lock coaches' rows in order of id. SQLite's one writer holds everything already."""
    if session.get_bind().dialect.name != "postgresql":
        return
    wanted = sorted(set(coaches))
    await session.execute(
        select(Staff.id).where(Staff.id.in_(wanted)).order_by(Staff.id).with_for_update()
    )


def meeting_values(slot: Slot, terms: Terms) -> dict[str, object]:
    """The columns of a one-to-one meeting at a slot; wall time first, instants derived."""
    return {
        "service_id": slot.service,
        "staff_id": slot.coach,
        "unit_id": slot.unit,
        "local_start": wall_text(slot.starts),
        "zone": ZONE.key,
        "starts_at": slot.starts,
        "ends_at": slot.starts + timedelta(minutes=terms.service.minutes),
        "taken": 1,
    }


def about(booking: str) -> str:
    """What messages about a booking carry in their ``about``."""
    return f"booking:{booking}"


async def _explain_no_seat(session: AsyncSession, meeting: str) -> NoReturn:
    row = await session.get(Meeting, meeting)
    if row is not None and row.taken >= row.capacity:
        raise Full(meeting)
    raise SlotGone(meeting)


def _meeting_of(booking: str) -> ScalarSelect[str]:
    return select(Booking.meeting_id).where(Booking.id == booking).scalar_subquery()


def _query() -> Select[Booking, Meeting]:
    return select(Booking, Meeting).join(Meeting, Meeting.id == Booking.meeting_id)


def _state(state: str) -> ports.BookingState:
    return cast("ports.BookingState", state)  # the table's CHECK allows nothing else
