"""A series otherwise from a day on: what the form means, and what would become of each date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import ImmutableMultiDict

from backend.console.centre.fields import Form, Known
from backend.console.centre.fields import read as read_fields
from backend.console.centre.spans import clock, minute_of
from backend.console.gatherings.draft import NUMBERS, Choice, day_of, typed
from backend.models import Booking, Journal, Meeting, Series
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services.series import Change
from backend.services.walltime import instant
from dialogs.text import Text, _

MOST_SHIFT = 6  # days earlier or later
SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """The form as it was typed; ``change`` and ``day`` are there when it can be meant."""

    form: Form
    day: date | None = None
    change: Change | None = None
    wrong: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Shifted:
    """One date as it is and as it would be; None where the clocks jump over it."""

    before: datetime
    after: datetime | None
    is_own: bool  # moved by hand before: it stays where it was put


def current(row: Series, today: date) -> Asked:
    """The form with everything as it is."""
    start = datetime.fromisoformat(row.first)
    return Asked(
        ImmutableMultiDict(
            [
                ("day", today.isoformat()),
                ("start", clock(start.hour * 60 + start.minute)),
                ("minutes", str(row.minutes)),
                ("capacity", str(row.capacity)),
                ("unit", row.unit_id),
                ("coach", row.staff_id or ""),
                ("shift", "0"),
            ]
        )
    )


def read(form: Form, row: Series, choice: Choice) -> Asked:
    """What is to be otherwise, or what is wrong with it."""
    values, wrong = read_fields(NUMBERS, form, {}, Known((), ()))
    unit, coach = typed(form, "unit"), typed(form, "coach")
    if unit not in choice.units:
        wrong["unit"] = _("Choose a place.")
    if coach not in choice.leaders and coach != (row.staff_id or ""):
        wrong["coach"] = _("Choose who leads it.")
    day, minute, shift = _when(form, choice.today, wrong)
    if wrong or day is None:
        return Asked(form, day, None, wrong)
    start = datetime.fromisoformat(row.first)
    change = Change(
        minute=_other(minute, start.hour * 60 + start.minute),
        minutes=_other(values["minutes"], row.minutes),
        unit=unit if unit != row.unit_id else None,
        weekday_shift=shift,
        capacity=_other(values["capacity"], row.capacity),
        coach=coach if coach and coach != row.staff_id else None,
    )
    if change == Change():
        return Asked(form, day, None, {"day": _("Everything is as before. Change something.")})
    return Asked(form, day, change)


async def dates(session: AsyncSession, row: Series, day: date, change: Change) -> list[Shifted]:
    """The next dates from a day on, as they are and as they would be."""
    found = await session.scalars(
        select(Meeting)
        .where(
            Meeting.series_id == row.id,
            Meeting.state == "planned",
            Meeting.local_start >= day.isoformat(),
        )
        .order_by(Meeting.starts_at)
        .limit(SHOWN)
    )
    meetings = found.all()
    moved = await session.scalars(
        select(Journal.entity_id).where(
            Journal.entity == "meeting",
            Journal.action == "moved",
            Journal.entity_id.in_([meeting.id for meeting in meetings]),
        )
    )
    by_hand = frozenset(moved)
    return [_shifted(each, change, is_own=each.id in by_hand) for each in meetings]


async def people(session: AsyncSession, series: str, day: date) -> int:
    """How many people have a seat at it from a day on."""
    found = await session.scalar(
        select(func.count(func.distinct(Booking.person_id)))
        .select_from(Booking)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            Meeting.series_id == series,
            Meeting.local_start >= day.isoformat(),
            Meeting.state == "planned",
            Booking.state == "confirmed",
        )
    )
    return found or 0


def shifts() -> Sequence[int]:
    """How many days later it can be; negative is earlier."""
    return range(-MOST_SHIFT, MOST_SHIFT + 1)


def _shifted(meeting: Meeting, change: Change, *, is_own: bool) -> Shifted:
    if is_own:
        return Shifted(meeting.starts_at, meeting.starts_at, is_own)
    start = datetime.fromisoformat(meeting.local_start) + timedelta(days=change.weekday_shift)
    minute = change.minute if change.minute is not None else start.hour * 60 + start.minute
    return Shifted(meeting.starts_at, instant(start.date(), minute), is_own)


def _when(form: Form, today: date, wrong: dict[str, Text]) -> tuple[date | None, int | None, int]:
    """From which day, at which minute, how many days later; faults go into ``wrong``."""
    day, minute, shift = day_of(typed(form, "day")), minute_of(typed(form, "start")), 0
    if day is None:
        wrong["day"] = _("Choose a day.")
    elif day < today:
        wrong["day"] = _("That day has passed.")
    if minute is None or minute >= MINUTES_OF_A_DAY:
        wrong["start"] = _("Write a time, such as 09:00.")
    if typed(form, "shift") in {str(days) for days in shifts()}:
        shift = int(typed(form, "shift"))
    else:
        wrong["shift"] = _("Choose a day.")
    return day, minute, shift


def _other(value: object, before: int) -> int | None:
    return value if isinstance(value, int) and value != before else None
