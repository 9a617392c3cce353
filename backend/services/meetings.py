"""Rows of meetings with one coach: who is locked first, how one is made, moved and given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import ZONE
from backend.models import Booking, Meeting, Person, Staff
from backend.models.base import new_id
from backend.services.catalogue import Terms
from backend.services.taken import OF_A_DAY
from backend.services.walltime import local_day, wall_text
from dialogs.ports import Slot, SlotTaken


async def lock(session: AsyncSession, coaches: Iterable[str | None], *people: str) -> None:
    """Lock coaches, then people whose claims change, each in order of id.

    A person's own claims are given back and taken in one transaction: two of hers at once, with
    different coaches, would wait for each other. SQLite's one writer holds everything already.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    staff = Staff.id.in_(sorted({coach for coach in coaches if coach}))
    first = select(Staff.id).where(staff).order_by(Staff.id).with_for_update()
    if not people:
        await session.execute(first)
        return
    done = select(func.count()).select_from(first.cte()).scalar_subquery() >= 0
    hers = select(Person.id).where(done, Person.id.in_(sorted(set(people)))).order_by(Person.id)
    # Not in the way of a message to her, whose foreign key wants her row to stay.
    await session.execute(hers.with_for_update(key_share=True, of=Person))


async def lock_meetings(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[str]:
    """Lock meetings, in order of id; their ids. Comes after people, and before bookings.

    Whoever changes several does this first: a plain update goes through them in any order.
    """
    rows = select(Meeting.id).where(which).order_by(Meeting.id)
    return (await session.scalars(rows.with_for_update(key_share=True))).all()


async def add_meeting(session: AsyncSession, slot: Slot, terms: Terms) -> str:
    """A one-to-one meeting at a slot; its id."""
    meeting = new_id()
    await session.execute(insert(Meeting).values(id=meeting, **meeting_values(slot, terms)))
    return meeting


async def expect_room(
    session: AsyncSession, slot: Slot, terms: Terms, now: datetime, but: str = ""
) -> None:
    """Whether the coach gives one more of these that day, ``but`` aside. Raises SlotTaken.

    Comes after the coach is locked: nobody else can add one meanwhile.
    """
    if terms.per_day is None:
        return
    given = await session.scalar(
        select(func.count())
        .select_from(Booking)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            Booking.id != but,
            Booking.service_id == slot.service,
            Booking.state.in_(OF_A_DAY),
            or_(Booking.hold_until.is_(None), Booking.hold_until > now),
            Meeting.staff_id == slot.coach,
            Meeting.local_start.startswith(f"{local_day(slot.starts)}"),
        )
    )
    if (given or 0) >= terms.per_day:
        raise SlotTaken(slot)


async def give_back_seat(session: AsyncSession, booking: str, *, keep_meeting: bool) -> None:
    """One guest fewer; a meeting of one is off, an activity goes on."""
    its_meeting = select(Booking.meeting_id).where(Booking.id == booking).scalar_subquery()
    await session.execute(
        update(Meeting)
        .where(Meeting.id == its_meeting, Meeting.taken > 0)
        .values(
            taken=Meeting.taken - 1,
            state="planned" if keep_meeting else "cancelled",
        )
    )


def meeting_values(slot: Slot, terms: Terms) -> dict[str, object]:
    """The columns of a one-to-one meeting at a slot; wall time first, instants derived."""
    return {
        "service_id": slot.service,
        "staff_id": slot.coach,
        "unit_id": slot.unit,
        "mode": slot.mode,
        "local_start": wall_text(slot.starts),
        "zone": ZONE.key,
        "starts_at": slot.starts,
        "ends_at": slot.starts + timedelta(minutes=terms.service.minutes),
        "taken": 1,
    }


def about(booking: str) -> str:
    """What messages about a booking carry in their ``about``."""
    return f"booking:{booking}"


def with_meeting() -> Select[Booking, Meeting]:
    """Bookings that have a time, with it."""
    return select(Booking, Meeting).join(Meeting, Meeting.id == Booking.meeting_id)
