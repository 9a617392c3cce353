"""When coaches are there, and what of it is free: hours as instants, also when clocks change.

Free here means free for anything; whether a service fits into it is for ``freetimes`` to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Busy, Claim, Meeting, Service
from backend.services import claims
from backend.services.catalogue import Catalogue, Coach
from backend.services.walltime import instant

QUARTER = timedelta(minutes=15)
HOUR = 60

Taken = tuple[datetime, datetime]  # from, up to


@dataclass(frozen=True)
class Stretch:
    """Time of a coach at a unit, from one instant up to another."""

    unit: str
    starts: datetime
    ends: datetime


def edge(day: date, minute: int) -> datetime:
    """The instant of a wall time; of one that the clocks jump over, the instant they jump."""
    at = instant(day, minute)
    while at is None:
        minute = (minute // HOUR + 1) * HOUR
        at = instant(day, minute)
    return at


def there(catalogue: Catalogue, coach: Coach, day: date) -> list[Stretch]:
    """When a coach is there on a day: her hours, less what closes before they end."""
    stretches = []
    for span in coach.spans(day):
        closed_from = catalogue.closed_from(day, span.unit)
        stop = span.stop if closed_from is None else min(span.stop, closed_from)
        if span.start < stop:
            stretches.append(Stretch(span.unit, edge(day, span.start), edge(day, stop)))
    return stretches


def free(stretches: Iterable[Stretch], taken: Iterable[Taken]) -> list[Stretch]:
    """What is left of them: pieces of at least a quarter of an hour, in order of time."""
    left = list(stretches)
    for starts, ends in taken:
        left = [piece for stretch in left for piece in _without(stretch, starts, ends)]
    return sorted(
        (piece for piece in left if piece.ends - piece.starts >= QUARTER),
        key=lambda piece: piece.starts,
    )


def quarters(stretches: Iterable[Stretch]) -> int:
    """How many whole quarters of an hour they hold."""
    return sum((stretch.ends - stretch.starts) // QUARTER for stretch in stretches)


async def taken(
    session: AsyncSession, coaches: Collection[str], start: datetime, stop: datetime, now: datetime
) -> Mapping[str, Sequence[Taken]]:
    """By coach: what is claimed with its buffers, activities, and her own calendar."""
    found: dict[str, list[Taken]] = {coach: [] for coach in coaches}
    for coach, starts, ends in await _claimed(session, coaches, start, stop, now):
        found[coach].append((starts, ends))
    given = select(Meeting.staff_id, Meeting.starts_at, Meeting.ends_at).join(
        Service, Service.id == Meeting.service_id
    )
    activities = await session.execute(
        given.where(
            Service.is_group,
            Meeting.state == "planned",
            Meeting.staff_id.in_(coaches),
            Meeting.starts_at < stop,
            Meeting.ends_at > start,
        )
    )
    for staff, starts, ends in activities:
        if staff is not None:
            found[staff].append((starts, ends))
    for each in await busy(session, coaches, start, stop):
        found[each.staff_id].append((each.starts_at, each.ends_at))
    return found


async def busy(
    session: AsyncSession, coaches: Collection[str], start: datetime, stop: datetime
) -> Sequence[Busy]:
    """When coaches are taken by their own calendars, in order of time."""
    rows = await session.scalars(
        select(Busy)
        .where(Busy.staff_id.in_(coaches), Busy.starts_at < stop, Busy.ends_at > start)
        .order_by(Busy.starts_at)
    )
    return rows.all()


async def _claimed(
    session: AsyncSession, coaches: Collection[str], start: datetime, stop: datetime, now: datetime
) -> list[tuple[str, datetime, datetime]]:
    """Claims of coaches that have not lapsed, neighbouring cells as one."""
    resources = {claims.coach_resource(coach): coach for coach in coaches}
    rows = await session.execute(
        select(Claim.resource, Claim.cell)
        .where(
            Claim.resource.in_(resources),
            Claim.cell.between(claims.cell_of(start), claims.cell_of(stop)),
            or_(Claim.until.is_(None), Claim.until > now),
        )
        .distinct()
        .order_by(Claim.resource, Claim.cell)
    )
    return [
        (resources[resource], _instant_of(first), _instant_of(after))
        for resource, first, after in _runs([(resource, cell) for resource, cell in rows])
    ]


def _runs(cells: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Cells in order as runs: the resource, the first cell, and the one after the last."""
    run: tuple[str, int, int] | None = None
    for resource, cell in cells:
        if run and run[0] == resource and run[2] == cell:
            run = (resource, run[1], cell + 1)
            continue
        if run:
            yield run
        run = (resource, cell, cell + 1)
    if run:
        yield run


def _instant_of(cell: int) -> datetime:
    return datetime.fromtimestamp(cell * claims.CELL_SECONDS, UTC)


def _without(stretch: Stretch, starts: datetime, ends: datetime) -> Iterator[Stretch]:
    if ends <= stretch.starts or stretch.ends <= starts:
        yield stretch
        return
    if stretch.starts < starts:
        yield Stretch(stretch.unit, stretch.starts, starts)
    if ends < stretch.ends:
        yield Stretch(stretch.unit, ends, stretch.ends)
