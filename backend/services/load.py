"""How much each coach has on her hands, and coming meetings that need another coach."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Conversation, Handoff, Meeting, Message
from backend.services import seeing, workdays
from backend.services.catalogue import Catalogue
from backend.services.meetings import with_meeting
from backend.services.uncovered import uncovered
from backend.services.walltime import local_day
from backend.services.weeks import Week
from backend.talks.rows import talk_of
from dialogs import ports

LATELY = timedelta(days=90)
MET = ("confirmed", "attended", "no_show", "excused")
BOOKED = ("requested", "confirmed")

Why = Literal["left", "hours", "closed", "asked"]


@dataclass(frozen=True)
class Unanswered:
    """Conversations that wait for an answer, and since when the oldest does."""

    count: int
    oldest: datetime


@dataclass(frozen=True)
class Load:
    """One coach. ``people``: met in ninety days. ``free``: quarters of an hour left this week.

    ``unanswered``: where she answered last. ``is_here`` is False for one who has left.
    """

    coach: str
    name: str
    is_here: bool
    people: int
    this_week: int
    next_week: int
    free: int
    unanswered: Unanswered | None
    unmarked: int

    @property
    def urgency(self) -> tuple[bool, float, int, int, str]:
        """What to sort by: left with meetings, longest wait, outcomes not set, least free time."""
        waits_since = self.unanswered.oldest.timestamp() if self.unanswered else math.inf
        is_well = self.is_here or not (self.this_week or self.next_week)
        return is_well, waits_since, -self.unmarked, self.free, self.name


@dataclass(frozen=True)
class Team:
    """Everybody's load, the most urgent first; ``new``: what nobody has answered before."""

    loads: tuple[Load, ...]
    new: Unanswered | None


@dataclass(frozen=True)
class Stranded:
    """A coming meeting that needs another coach, and why."""

    meeting: ports.Meeting
    person: str
    why: Why


async def of_team(session: AsyncSession, catalogue: Catalogue, now: datetime) -> Team:
    """What everybody has. Coaches who have left are there as long as something of theirs is."""
    this, following = Week.of(local_day(now)), Week.of(local_day(now)).later(1)
    people = await _counted(
        session,
        func.count(Booking.person_id.distinct()),
        Booking.state.in_(MET),
        Meeting.starts_at.between(now - LATELY, now),
    )
    this_week = await _coming(session, now, this.ends)
    next_week = await _coming(session, following.starts, following.ends)
    unmarked = await _counted(
        session, func.count(), Booking.state == "confirmed", Meeting.ends_at <= now
    )
    unanswered = await _unanswered(session)
    free = await _free(session, catalogue, this, now)
    wanted = {*catalogue.coaches, *this_week, *next_week, *unmarked, *filter(None, unanswered)}
    loads = [
        Load(
            coach,
            catalogue.names.get(coach, ""),
            coach in catalogue.coaches,
            people.get(coach, 0),
            this_week.get(coach, 0),
            next_week.get(coach, 0),
            free.get(coach, 0),
            unanswered.get(coach),
            unmarked.get(coach, 0),
        )
        for coach in wanted
    ]
    by_urgency = tuple(sorted(loads, key=lambda load: load.urgency))
    return Team(by_urgency, unanswered.get(None))


async def stranded(session: AsyncSession, catalogue: Catalogue, now: datetime) -> list[Stranded]:
    """Coming meetings whose coach has left or is not there then, or whose place is closed."""
    why: dict[str, Why] = {
        each.booking: each.reason for each in await uncovered(session, catalogue, now)
    }
    left = await session.scalars(
        select(Booking.id)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(*_booked_after(now), Meeting.staff_id.not_in(catalogue.coaches))
    )
    why |= dict.fromkeys(left, "left")
    return await _stranded(session, catalogue, why, Booking.id.in_(why))


async def all_of(
    session: AsyncSession, catalogue: Catalogue, now: datetime, coach: str
) -> list[Stranded]:
    """All of one coach's coming meetings, as when she has fallen ill."""
    return await _stranded(session, catalogue, {}, *_booked_after(now), Meeting.staff_id == coach)


async def _stranded(
    session: AsyncSession,
    catalogue: Catalogue,
    why: Mapping[str, Why],
    *where: ColumnElement[bool],
) -> list[Stranded]:
    """In order of time; activities stay with whoever leads them."""
    rows = await session.execute(
        with_meeting().where(*where).order_by(Meeting.starts_at, Booking.id)
    )
    found = [(row[0].person_id, seeing.meeting(catalogue, row[0], row[1])) for row in rows]
    return [
        Stranded(meeting, person, why.get(meeting.booking, "asked"))
        for person, meeting in found
        if not meeting.service.group
    ]


def _booked_after(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Booking.state.in_(BOOKED), Meeting.state == "planned", Meeting.starts_at > now


async def _coming(session: AsyncSession, start: datetime, stop: datetime) -> Mapping[str, int]:
    within = (Meeting.starts_at >= start, Meeting.starts_at < stop)
    return await _counted(session, func.count(), Booking.state.in_(BOOKED), *within)


async def _counted(
    session: AsyncSession, what: ColumnElement[int], *where: ColumnElement[bool]
) -> Mapping[str, int]:
    """A number for each coach who has bookings like these."""
    rows = await session.execute(
        select(Meeting.staff_id, what)
        .join(Booking, Booking.meeting_id == Meeting.id)
        .where(Meeting.staff_id.is_not(None), *where)
        .group_by(Meeting.staff_id)
    )
    return {coach: number for coach, number in rows if coach is not None}


async def _unanswered(session: AsyncSession) -> Mapping[str | None, Unanswered]:
    """What waits for an answer, by coach: messages left in a conversation where she answered last
    (None: nobody has), and talks she has.
    """
    rows = await session.execute(
        select(Handoff.conversation_id, func.min(Handoff.opened_at))
        .where(Handoff.state == "open", Handoff.kind == "message")
        .group_by(Handoff.conversation_id)
    )
    since = dict(rows.all())
    answered = await _last_answered_by(session, since)
    waits: dict[str | None, list[datetime]] = {}
    for thread, opened in since.items():
        waits.setdefault(answered.get(thread), []).append(opened)
    for talk in await session.scalars(select(Conversation).where(Conversation.owner == "coach")):
        if (at := talk_of(talk).waits_since) is not None:
            waits.setdefault(talk.coach_id, []).append(at)
    return {coach: Unanswered(len(each), min(each)) for coach, each in waits.items()}


async def _last_answered_by(
    session: AsyncSession, conversations: Collection[str]
) -> Mapping[str, str | None]:
    """Who last wrote an answer in each; a notice about a meeting is none."""
    rows = await session.execute(
        select(Message.conversation_id, Message.staff_id)
        .where(
            Message.conversation_id.in_(conversations),
            Message.author == "coach",
            Message.about.is_(None),
        )
        .order_by(Message.seq)
    )
    return {thread: coach for thread, coach in rows if thread is not None}


async def _free(
    session: AsyncSession, catalogue: Catalogue, week: Week, now: datetime
) -> Mapping[str, int]:
    """Quarters of an hour that each coach has left until the end of the week."""
    taken = await workdays.taken(session, catalogue.coaches.keys(), now, week.ends, now)
    past = (week.starts, now)
    found = {}
    for coach in catalogue.coaches.values():
        stretches: Sequence[workdays.Stretch] = [
            stretch for day in week.days for stretch in workdays.there(catalogue, coach, day)
        ]
        found[coach.id] = workdays.quarters(workdays.free(stretches, [past, *taken[coach.id]]))
    return found
