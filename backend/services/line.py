"""The line of those who wait for a time: who they are, and who is offered what is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.clock import ZONE
from backend.models import Booking, Claim, Meeting
from backend.services import claims
from backend.services.catalogue import Terms
from backend.services.freetimes import start_at
from dialogs.ports import Offer, Slot

AWAKE = range(8, 20)  # hours at which offers are made


@dataclass(frozen=True)
class Waiting:
    """One place in line; ``before`` is the start of the meeting she would give up.

    ``mode``: the way she meets then, empty for the usual one. ``taken``: cells of her own time.
    """

    booking: str
    version: int
    person: str
    service: str
    before: datetime | None
    mode: str
    offered: tuple[str, ...]
    taken: frozenset[int] = frozenset()

    def suits(self, slot: Slot, terms: Terms) -> bool:
        """Whether a free time is one to offer her."""
        return (
            key(slot) not in self.offered
            and (self.before is None or slot.starts < self.before)
            and self.taken.isdisjoint(start_at(slot.starts, terms).meeting)
        )


async def line(session: AsyncSession, now: datetime) -> list[Waiting]:
    """Everyone who can be offered a time, first come first."""
    kept = aliased(Booking)
    rows = await session.execute(
        select(Booking, Meeting.starts_at, Meeting.mode)
        .outerjoin(kept, kept.id == Booking.instead_of)
        .outerjoin(Meeting, Meeting.id == kept.meeting_id)
        .where(
            Booking.state == "waiting",
            Booking.meeting_id.is_(None),  # for a seat one waits in ``seats``
            Booking.series_id.is_(None),
            or_(
                Booking.instead_of.is_(None) & ~_has_another(now),
                (kept.state == "confirmed") & (Meeting.starts_at > now),
            ),
        )
        .order_by(Booking.created_at, Booking.id)
    )
    found = [(row, starts, mode or "") for row, starts, mode in rows]
    taken = await _taken(session, {row.person_id for row, _starts, _mode in found}, now)
    return [
        Waiting(
            row.id,
            row.version,
            row.person_id,
            row.service_id,
            starts,
            mode,
            tuple(row.offered),
            frozenset(taken.get(row.person_id, ())),
        )
        for row, starts, mode in found
    ]


def match(
    waiting: Sequence[Waiting], free: Iterable[Offer], terms: Terms
) -> Iterator[tuple[Waiting, Offer]]:
    """Who is offered which free time: the earliest times to the first in line, one each."""
    left = list(waiting)
    for offer in free:
        first = next((each for each in left if each.suits(offer.slot, terms)), None)
        if first is not None:
            left.remove(first)
            yield first, offer


def is_awake(now: datetime) -> bool:
    """Whether people are offered times at this hour."""
    return now.astimezone(ZONE).hour in AWAKE


def key(slot: Slot) -> str:
    """A time of a coach's, as remembered among those that were offered."""
    return f"{slot.coach}:{claims.cell_of(slot.starts)}"


def _has_another(now: datetime) -> ColumnElement[bool]:
    """Whether she has a booking of the service, is about to have one, or was proposed times."""
    right = claims.RIGHT + Booking.person_id + ":" + Booking.service_id
    lives = or_(Claim.until.is_(None), Claim.until >= now)
    return select(Claim.cell).where(Claim.resource == right, Claim.cell == 0, lives).exists()


async def _taken(
    session: AsyncSession, people: Iterable[str], now: datetime
) -> dict[str, set[int]]:
    """Cells in which people have something else, by person."""
    owners = {claims.person_resource(person): person for person in people}
    rows = await session.execute(
        select(Claim.resource, Claim.cell).where(
            Claim.resource.in_(owners), or_(Claim.until.is_(None), Claim.until >= now)
        )
    )
    taken: dict[str, set[int]] = {}
    for resource, cell in rows:
        taken.setdefault(owners[resource], set()).add(cell)
    return taken
