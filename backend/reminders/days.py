"""What a person is reminded of, day by day: several things of one day are one message.

Whoever changes bookings says what was ``gained`` and who ``lost`` something; the rest is done when
all else of the unit of work is, with the same few queries for one seat and for thousands. The
people are locked by then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Address, Booking, Conversation, Meeting, Message, Series
from backend.reminders import planning
from backend.reminders.planning import LONG_AGO, Coming, about_day
from backend.reminders.rules import Kind, Rule, Rules
from backend.reminders.timing import wall
from backend.services import seeing
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from backend.work import Planned, Work
from dialogs import ports

AT_ONCE = 500
ABOUT_DAYS = "day:"

Day = tuple[str, date]  # whose, and which


def gained(work: Work, catalogue: Catalogue, person: str, meeting: ports.Meeting) -> None:
    """She has this meeting now, or has it at another time: she is reminded of it."""
    day = (person, local_day(meeting.starts))
    _of(work, catalogue).gained[meeting.booking] = day


def lost(work: Work, catalogue: Catalogue, people: Collection[str]) -> None:
    """Something of theirs is off, or no longer when it was: what was said of that day is void.

    Messages about the booking itself are the caller's to void.
    """
    _of(work, catalogue).lost.update(people)
    theirs = Message.person_id.in_(sorted(people)) & Message.about.startswith(ABOUT_DAYS)
    work.voided.append(theirs & (Message.state != "sending"))


def _of(work: Work, catalogue: Catalogue) -> Days:
    """What this unit of work is about to plan."""
    known = next((each for each in work.conclusions if isinstance(each, Days)), None)
    if known is None:
        known = Days(catalogue)
        work.conclusions.append(known)
    return known


@dataclass
class Days:
    """Days of people on which something has changed: bookings that are new, people who lost some.

    A day is ``stale`` when a message about all of it was planned, not sent yet, and is void now.
    """

    catalogue: Catalogue
    gained: dict[str, Day] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    async def draw(self, work: Work, void: Sequence[str]) -> None:
        """Plan the reminders of what is new, and of these days as they are now."""
        session, now = await work.writing(), work.clock.now()
        stale = {_day_of(about) for about in void if about.startswith(ABOUT_DAYS)}
        days = {*self.gained.values(), *stale}
        if self.lost and any(rule.is_alone for rule in self.catalogue.rules.reminders):
            days |= await _days_of(session, self.lost, now)
        coming = await _coming(session, self.catalogue, days, now)
        plan = Plan(self.catalogue.rules, now)
        for day in sorted(days):
            plan.day(day, coming.get(day, []), self.gained, is_stale=day in stale)
        self._stage(work, plan, await self._ways(session, plan))

    def _stage(self, work: Work, plan: Plan, ways: Mapping[str, Collection[str]]) -> None:
        if plan.singles:
            work.voided.append(Message.dedupe.in_(sorted(plan.singles)))
        if plan.together:
            kept = sorted(planned.dedupe for _rule, planned in plan.wanted)
            changed = Message.about.in_(sorted(plan.together))
            work.voided.append(and_(changed, Message.dedupe.not_in(kept)))
        for rule, planned in plan.wanted:
            hers = ways.get(planned.person, ())
            channel = next((each for each in rule.channels if each in hers), None)
            work.plan(replace(planned, channel=channel))

    async def _ways(self, session: AsyncSession, plan: Plan) -> Mapping[str, Collection[str]]:
        """The channels each person can be reached on; asked for when a rule names some."""
        people = {planned.person for rule, planned in plan.wanted if rule.channels}
        found: dict[str, set[str]] = {}
        for some in _batches(people):
            rows = await session.execute(
                select(Conversation.person_id, Address.channel)
                .join(Address, Address.id == Conversation.address_id)
                .where(
                    Conversation.person_id.in_(some),
                    Address.confirmed,
                    Address.unreachable_at.is_(None),
                )
            )
            for person, channel in rows:
                found.setdefault(person, set()).add(channel)
        return found


@dataclass
class Plan:
    """What is to be planned, and the names of what that makes void."""

    rules: Rules
    now: datetime
    wanted: list[tuple[Rule, Planned]] = field(default_factory=list)
    singles: set[str] = field(default_factory=set)  # dedupe of reminders of one thing
    together: set[str] = field(default_factory=set)  # about of messages of a whole day

    def day(
        self, day: Day, things: Sequence[Coming], new: Collection[str], *, is_stale: bool
    ) -> None:
        """One person's day. What has been sent of it stays so; what is late is made up for only
        when it takes the place of something that had not been sent either."""
        for coming in things:
            if coming.meeting.booking in new:
                self._alone(coming)
        since = self.now - LONG_AGO if is_stale else self.now
        for rule in self.rules.reminders:
            concerned = [coming for coming in things if coming.kind in rule.kinds]
            if rule.depends_on_the_day and concerned:
                self._of_the_day(rule, day, concerned, len(things), since)

    def _alone(self, coming: Coming) -> None:
        """What does not depend on the rest of the day."""
        for rule in self.rules.before(coming.kind):
            if not rule.depends_on_the_day:
                self._want(rule, planning.one(rule, self.rules, coming, self.now))

    def _of_the_day(
        self, rule: Rule, day: Day, concerned: Sequence[Coming], things: int, since: datetime
    ) -> None:
        names = {planning.dedupe(rule, coming.meeting) for coming in concerned}
        if rule.is_alone:
            if things == 1:
                self._want(rule, planning.one(rule, self.rules, concerned[0], since))
            else:
                self.singles |= names
            return
        if len(concerned) == 1:
            self._want(rule, planning.one(rule, self.rules, concerned[0], since))
            return
        if self._want(rule, planning.of_a_day(rule, self.rules, day[1], concerned, since)):
            self.singles |= names
            self.together.add(about_day(*day))

    def _want(self, rule: Rule, planned: Planned | None) -> bool:
        if planned is not None:
            self.wanted.append((rule, planned))
        return planned is not None


def _day_of(about: str) -> Day:
    """Whose day a message is about, and which."""
    _kind, person, day = about.split(":")
    return person, date.fromisoformat(day)


async def _days_of(session: AsyncSession, people: Collection[str], now: datetime) -> set[Day]:
    """Every day on which these people have something."""
    found: set[Day] = set()
    for some in _batches(people):
        rows = await session.execute(
            select(Booking.person_id, Meeting.starts_at)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(
                Booking.person_id.in_(some),
                Booking.state == "confirmed",
                Meeting.starts_at > now,
            )
        )
        found |= {(person, local_day(starts)) for person, starts in rows}
    return found


async def _coming(
    session: AsyncSession, catalogue: Catalogue, days: Collection[Day], now: datetime
) -> Mapping[Day, Sequence[Coming]]:
    """What people have on these days, from now on, in order of time."""
    if not days:
        return {}
    first, last = min(day for _person, day in days), max(day for _person, day in days)
    found: dict[Day, list[Coming]] = {}
    for some in _batches({person for person, _day in days}):
        rows = await session.execute(
            select(Booking, Meeting, Series.enrols)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .outerjoin(Series, Series.id == Meeting.series_id)
            .where(
                Booking.person_id.in_(some),
                Booking.state == "confirmed",
                Meeting.state == "planned",
                Meeting.starts_at > now,
                Meeting.starts_at >= wall(first, 0),
                Meeting.starts_at < wall(last + timedelta(days=1), 0),
            )
            .order_by(Meeting.starts_at, Booking.id)
            .execution_options(populate_existing=True)
        )
        for booking, held, enrols in rows:
            seen = seeing.meeting(catalogue, booking, held)
            day = (booking.person_id, local_day(seen.starts))
            if day in days:
                kind = _kind(seen, is_course=bool(enrols))
                found.setdefault(day, []).append(Coming(booking.person_id, seen, kind))
    return found


def _kind(meeting: ports.Meeting, *, is_course: bool) -> Kind:
    if not meeting.service.group:
        return "meeting"
    return "lesson" if is_course else "activity"


def _batches(people: Collection[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(people)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
