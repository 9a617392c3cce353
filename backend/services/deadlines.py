"""Reminders of the dates in ``dialogs.deadlines``: what is sent, when, and planning them ahead.

A person's reminders of one date are planned when she switches them on; of a date that comes back
the worker plans the following ones some weeks ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database, insertion
from backend.models import Deadline as DeadlineRow
from backend.models import Message, Setting
from backend.services.walltime import instant, local_day
from backend.work import Planned, Work, planned_row
from dialogs import places
from dialogs.core import say, to
from dialogs.deadlines import KINDS, ROWS, Kind, next_due
from dialogs.messages import Reply, Urgency
from dialogs.ports import Clock
from dialogs.text import _

MORNING = 9 * 60  # minutes since midnight; never within the quiet hours
AHEAD = timedelta(days=40)
LOOKED_AT = "deadlines_looked_at"
EVERY = timedelta(hours=1)
AT_ONCE = 50  # rows in one transaction: nobody who writes waits long for it
# For whoever comes so late that all of a kind's own reminders would lie behind her.
LATE = (timedelta(weeks=1), timedelta(days=1))
RETURNING = tuple(row.id for row in ROWS if row.returns)


def due_of(row: DeadlineRow, today: date) -> date | None:
    """The row's next last day that has not been met."""
    return next_due(KINDS[row.kind], today, row.done_for, row.counted_from)


def reminders(row: DeadlineRow, due: date, now: datetime) -> Iterator[Planned]:
    """The reminders of one date that are still to come; they expire with the date."""
    kind, expires = KINDS[row.kind], instant(due + timedelta(days=1), 0)
    for at in moments(kind, due, now):
        yield Planned(
            person=row.person_id,
            reply=_reminder(kind, due),
            due=at,
            dedupe=f"deadline:{row.id}:{due}:{local_day(at)}",
            expires=expires,
            about=about(row.id, due),
        )


def moments(kind: Kind, due: date, now: datetime) -> list[datetime]:
    """When reminders of a date are sent from now on, first first."""
    regular = _mornings(kind.remind_on(due), now)
    return regular or _mornings([due - before for before in LATE], now)


def about(deadline: str, due: date) -> str:
    """What the reminders of one date carry in their ``about``."""
    return f"deadline:{deadline}:{due}"


def _mornings(days: Sequence[date], now: datetime) -> list[datetime]:
    found = (instant(day, MORNING) for day in days)
    return [at for at in found if at is not None and at > now]


def _reminder(kind: Kind, due: date) -> Reply:
    opening = (
        _("You asked me to remind you of a date.")
        if kind.is_private
        else _("You asked me to remind you: {name}.", name=kind.name)
    )
    last = (
        _("The last day is {day:day}.", day=due)
        if kind.returns
        else _("The last day is {day:day} {year}.", day=due, year=str(due.year))
    )
    return say(
        opening,
        last,
        to(_("Open it"), places.deadline(kind.id)),
        to(_("I have done it"), places.report_done(kind.id, due)),
        *(() if kind.is_private else (to(_("Read about it"), places.article(kind.article)),)),
        urgency=Urgency.REMINDER,
    )


async def plan_ahead(database: Database, clock: Clock) -> int:
    """Plan the reminders of the coming weeks of dates that come back; safe to repeat.

    At most once an hour, for nothing of it is in a hurry, and a few rows at a time. Dates that
    come once were planned when they were given.
    """
    now = clock.now()
    async with database.reading() as session:
        looked_at = await session.scalar(select(Setting.value).where(Setting.name == LOOKED_AT))
    if looked_at is not None and abs(_seconds(now) - looked_at) < EVERY.total_seconds():
        return 0
    added, last = 0, ""
    while True:
        async with database.reading() as session:
            rows = await _next_rows(session, last)
            missing = await _not_planned(session, rows, now)
        if missing:
            async with Work.begin(database, clock, "system") as work:
                added += await _plan(work, missing)
        if len(rows) < AT_ONCE:
            break
        last = rows[-1].id
    async with database.writing() as session:
        await _note_looked(session, now)
    return added


async def _next_rows(session: AsyncSession, after: str) -> Sequence[DeadlineRow]:
    rows = await session.scalars(
        select(DeadlineRow)
        .where(DeadlineRow.kind.in_(RETURNING), DeadlineRow.id > after)
        .order_by(DeadlineRow.id)
        .limit(AT_ONCE)
    )
    return rows.all()


async def _not_planned(
    session: AsyncSession, rows: Sequence[DeadlineRow], now: datetime
) -> list[str]:
    """Ids of rows with a date within reach of which no reminder was ever planned."""
    wanted = {
        about(row.id, due): row.id
        for row in rows
        for due in _within_reach(row, local_day(now))
        if moments(KINDS[row.kind], due, now)
    }
    known = await session.scalars(select(Message.about).where(Message.about.in_(wanted)))
    planned = set(known)
    return sorted({row for each, row in wanted.items() if each not in planned})


async def _plan(work: Work, ids: Sequence[str]) -> int:
    """Plan what is missing, with the rows locked: she may be switching them off just now."""
    now, session = work.clock.now(), await work.writing()
    rows = await session.scalars(
        select(DeadlineRow)
        .where(DeadlineRow.id.in_(ids))
        .order_by(DeadlineRow.id)
        .with_for_update()
    )
    planned = [
        planned_row(reminder, now)
        for row in rows
        for due in _within_reach(row, local_day(now))
        for reminder in reminders(row, due, now)
    ]
    if not planned:
        return 0
    statement = insertion(session, Message).on_conflict_do_nothing(index_elements=["dedupe"])
    added = await session.scalars(statement.returning(Message.id), planned)
    return len(added.all())


def _within_reach(row: DeadlineRow, today: date) -> Iterator[date]:
    """The dates of a row of which a reminder may fall due within the coming weeks."""
    kind, due = KINDS[row.kind], due_of(row, today)
    while due is not None and min(kind.remind_on(due)) <= today + AHEAD:
        yield due
        due = next_due(kind, today, due, row.counted_from)


async def _note_looked(session: AsyncSession, now: datetime) -> None:
    mark = insertion(session, Setting).values(name=LOOKED_AT, value=_seconds(now))
    await session.execute(
        mark.on_conflict_do_update(index_elements=["name"], set_={"value": mark.excluded.value})
    )


def _seconds(at: datetime) -> int:
    return round(at.timestamp())
