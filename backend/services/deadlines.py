"""Dates in life anyone may be reminded of: which there are, when they fall, what is sent.

Pure rules first; rows after. A person's reminders for one date are planned when she switches
them on, and the worker plans the following ones a month ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from backend.database import insertion
from backend.models import Deadline as DeadlineRow
from backend.models import Message
from backend.services.walltime import instant, local_day
from backend.work import Planned, Work, planned_row
from dialogs import places
from dialogs.core import say, to
from dialogs.messages import Reply, Urgency
from dialogs.text import Text, _

MORNING = 9 * 60  # minutes since midnight
AHEAD = timedelta(days=40)


@dataclass(frozen=True)
class Kind:
    """A recurring date. ``next_due`` gives the first last day on or after a day."""

    id: str
    name: Callable[[], Text]
    about: Callable[[], Text]
    article: str | None
    next_due: Callable[[date], date]
    remind_on: Callable[[date], tuple[date, ...]]


def _fourteenth(day: date) -> date:
    """The report for a month is sent from the 1st to the 14th of the next one."""
    if day.day <= REPORT_LAST_DAY:
        return day.replace(day=REPORT_LAST_DAY)
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next.replace(day=REPORT_LAST_DAY)


REPORT_LAST_DAY = 14
REPORT_REMINDERS = (1, 10, 13)

KINDS: Mapping[str, Kind] = {
    "activity-report": Kind(
        "activity-report",
        lambda: _("Activity report to Arbetsförmedlingen"),
        lambda: _(
            "Are you registered with Arbetsförmedlingen? Then you report each month what you "
            "have done, from the 1st to the 14th. Arbetsförmedlingen decides who must report."
        ),
        "activity-report",
        _fourteenth,
        lambda due: tuple(due.replace(day=day) for day in REPORT_REMINDERS),
    ),
}


def next_due(kind: Kind, today: date, done_for: date | None) -> date:
    """The next last day that has not been met."""
    due = kind.next_due(today)
    if done_for is not None and due <= done_for:
        due = kind.next_due(done_for + timedelta(days=1))
    return due


def reminders(row: DeadlineRow, due: date, now: datetime) -> Iterator[Planned]:
    """The reminders of one date that are still to come; they expire with the date."""
    kind = KINDS[row.kind]
    expires = instant(due + timedelta(days=1), 0)
    for day in kind.remind_on(due):
        at = instant(day, MORNING)
        if at is None or at <= now:
            continue
        yield Planned(
            person=row.person_id,
            reply=_reminder(kind, due),
            due=at,
            dedupe=f"deadline:{row.id}:{due}:{day}",
            expires=expires,
            about=about(row.id, due),
        )


def about(deadline: str, due: date) -> str:
    """What the reminders of one date carry in their ``about``."""
    return f"deadline:{deadline}:{due}"


def _reminder(kind: Kind, due: date) -> Reply:
    further = (to(_("Read about it"), places.article(kind.article)),) if kind.article else ()
    return say(
        _("You asked me to remind you: {name}.", name=kind.name()),
        _("The last day is {day:day}.", day=due),
        to(_("I have done it"), places.report_done(kind.id, due)),
        *further,
        to(_("Stop reminding me"), places.deadline(kind.id)),
        urgency=Urgency.REMINDER,
    )


async def plan_ahead(work: Work) -> int:
    """Plan the reminders of the coming weeks for everyone who wants them; safe to repeat."""
    now = work.clock.now()
    session = await work.reading()
    rows = (await session.scalars(select(DeadlineRow))).all()
    planned = [planned_row(reminder, now) for row in rows for reminder in _within_reach(row, now)]
    if not planned:
        return 0
    writing = await work.writing()
    statement = insertion(writing, Message).on_conflict_do_nothing(index_elements=["dedupe"])
    added = await writing.scalars(statement.returning(Message.id), planned)
    return len(added.all())


def _within_reach(row: DeadlineRow, now: datetime) -> Iterator[Planned]:
    kind, today = KINDS.get(row.kind), local_day(now)
    if kind is None:
        return
    due = next_due(kind, today, row.done_for)
    while due <= today + AHEAD:
        yield from reminders(row, due, now)
        due = kind.next_due(due + timedelta(days=1))
