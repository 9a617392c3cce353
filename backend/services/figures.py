"""What figures are counted from: three queries over bookings, and a look at free times.

A booking has no language. It is the one of the person's latest conversation now; when she has
been deleted, nobody knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from backend.figures.counting import Answer, Booked, FirstMeeting, Outcome, Waited
from backend.figures.periods import Period
from backend.models import Booking, Conversation, Journal, Meeting, Service
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import Catalogue, CatalogueCache, Coach, CurrentCatalogue
from backend.services.walltime import local_day
from backend.work import Work

NOBODY = ""  # free times are looked for on behalf of nobody in particular
TOOK_PLACE = ("confirmed", "attended", "no_show", "excused")
WITH_OUTCOME: Mapping[str, Outcome] = {
    "attended": "attended",
    "no_show": "no_show",
    "excused": "excused",
    "confirmed": "not_set",
}
Spoken = Mapping[str, str]  # the language of each person; who is not in it has been deleted
AGREED = ("confirmed", "taken")  # what the journal says when an offered time is taken


@dataclass(frozen=True)
class FirstFree:
    """How soon a service has a free time at a place; ``days`` is None when it has none."""

    service: str
    unit: str
    days: int | None


async def languages(session: AsyncSession) -> Spoken:
    """Each person's language."""
    found = await session.execute(
        select(Conversation.person_id, Conversation.language).order_by(
            Conversation.seen_at, Conversation.id
        )
    )
    return {row.person_id: row.language for row in found}  # the latest one stays


async def booked(session: AsyncSession, period: Period, spoken: Spoken) -> list[Booked]:
    """Bookings of meetings in a period; of those cancelled, the ones that had been confirmed."""
    rows = []
    found = await session.execute(
        select(
            Booking.person_id,
            Booking.service_id,
            Meeting.unit_id,
            Booking.state,
            Booking.closed_by,
            type_coerce(Meeting.starts_at, BigInteger),
        )
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            *_within(period),
            or_(
                Booking.state.in_(TOOK_PLACE),
                and_(Booking.state == "cancelled", _was_confirmed()),
            ),
        )
    )
    for person, service, unit, state, closed_by, at in found.all():
        cancelled: Outcome = "by_person" if closed_by == "person" else "by_us"
        rows.append(
            Booked(
                person,
                service,
                unit,
                spoken.get(person, ""),
                WITH_OUTCOME.get(state, cancelled),
                at,
            )
        )
    return rows


async def first_meetings(
    session: AsyncSession, period: Period, spoken: Spoken
) -> list[FirstMeeting]:
    """Each person's first meeting with a coach, where it was in the period."""
    earliest = (
        select(
            Booking.person_id,
            Booking.service_id,
            Meeting.unit_id,
            type_coerce(Booking.created_at, BigInteger).label("asked"),
            type_coerce(Meeting.starts_at, BigInteger).label("met"),
            func.row_number()
            .over(partition_by=Booking.person_id, order_by=(Meeting.starts_at, Booking.id))
            .label("number"),
        )
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .join(Service, Service.id == Booking.service_id)
        .where(
            Booking.state.in_(TOOK_PLACE),
            Meeting.starts_at < period.ends,
            Service.is_group.is_(False),
        )
        .cte()
    )
    found = await session.execute(
        select(
            earliest.c.person_id,
            earliest.c.service_id,
            earliest.c.unit_id,
            earliest.c.asked,
            earliest.c.met,
        ).where(
            earliest.c.number == 1,
            earliest.c.met >= round(period.begins.timestamp() * 1000),
        )
    )
    return [
        FirstMeeting(person, service, unit, spoken.get(person, ""), _days(asked, met))
        for person, service, unit, asked, met in found.all()
    ]


async def waited(session: AsyncSession, period: Period, spoken: Spoken) -> list[Waited]:
    """Everyone who began to stand in line in a period, as the journal tells."""
    began = func.min(case((Journal.action == "waiting", Journal.at)))
    story = (
        select(
            Journal.entity_id.label("booking"),
            _ever(Journal.action == "offered").label("offered"),
            _ever(Journal.action.in_(AGREED)).label("taken"),
        )
        .where(Journal.entity == "booking", Journal.action.in_(("waiting", "offered", *AGREED)))
        .group_by(Journal.entity_id)
        .having(began >= period.begins, began < period.ends)
        .cte()
    )
    found = await session.execute(
        select(
            Booking.person_id,
            Booking.service_id,
            func.coalesce(Meeting.unit_id, ""),
            story.c.offered,
            story.c.taken,
        )
        .join(story, story.c.booking == Booking.id)
        .outerjoin(Meeting, Meeting.id == Booking.meeting_id)
    )
    return [
        Waited(person, service, unit, spoken.get(person, ""), _answer(offered, taken))
        for person, service, unit, offered, taken in found.all()
    ]


async def first_free(work: Work, catalogue: Catalogue) -> list[FirstFree]:
    """How soon each service has a free time at each place where a coach gives it, just now."""
    today = local_day(work.clock.now())
    found = []
    for unit in catalogue.units:
        there = _only_at(catalogue, unit)
        calendar = PersonCalendar(
            NOBODY, work, CurrentCatalogue(CatalogueCache(), work, there.version, there)
        )
        for service in await calendar.services():
            if there.coaches_for(service.id) and there.services[service.id].given_at(unit):
                days = await calendar.days(service.id, 1, service.modes[0])
                wait = (days[0] - today).days if days else None
                found.append(FirstFree(service.id, unit, wait))
    return found


def _only_at(catalogue: Catalogue, unit: str) -> Catalogue:
    """The catalogue with only those hours of coaches that are at a place."""
    coaches = {coach.id: _coach_at(coach, unit) for coach in catalogue.coaches.values()}
    there = {name: coach for name, coach in coaches.items() if coach.weekly or coach.overrides}
    return replace(catalogue, coaches=there)


def _coach_at(coach: Coach, unit: str) -> Coach:
    overrides = {
        day: tuple(span for span in spans if span.unit == unit)
        for day, spans in coach.overrides.items()
    }
    weekly = tuple(each for each in coach.weekly if each.span.unit == unit)
    is_ever_there = weekly or any(overrides.values())
    return replace(coach, weekly=weekly, overrides=overrides if is_ever_there else {})


def _within(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Meeting.starts_at >= period.begins, Meeting.starts_at < period.ends)


def _was_confirmed() -> ColumnElement[bool]:
    """A request that nobody had said yes to is no meeting that was cancelled."""
    return (
        select(Journal.id)
        .where(
            Journal.entity == "booking",
            Journal.entity_id == Booking.id,
            Journal.action == "confirmed",
        )
        .exists()
    )


def _ever(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _answer(offered: int, taken: int) -> Answer:
    if not offered:
        return "no_offer"
    return "taken" if taken else "not_taken"


def _days(asked: int, met: int) -> int:
    """Calendar days between two instants in milliseconds."""
    first, last = (local_day(datetime.fromtimestamp(at / 1000, UTC)) for at in (asked, met))
    return (last - first).days
