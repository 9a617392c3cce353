"""A coach's hours: her week, the days that differ, and what is booked outside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus

from babel import Locale
from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.problems import Problem, detail_of
from backend.console.centre.calendar_faults import in_words
from backend.console.centre.leave import Leave
from backend.console.centre.outside import outside
from backend.console.centre.spans import Row, clock, shown
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from backend.models import Staff
from backend.services import centre, feeds
from backend.services.catalogue import Catalogue
from backend.services.hours import WeeklySpan, week_of
from backend.services.walltime import local_day
from dialogs.text import Text, _

SPARE_ROWS = 2  # blank ones, to fill in
DAY_ROWS = 2


@dataclass(frozen=True)
class Refused:
    """What was filled in and could not be taken; None where nothing was."""

    week: Sequence[Row] | None = None
    leave: Leave = field(default_factory=Leave)
    address: str = ""
    address_wrong: Text | None = None
    problem: Text | None = None
    spare: int = SPARE_ROWS
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Keeper:
    """Whose hours a page shows, and what is known of them."""

    staff: Staff
    week: Sequence[WeeklySpan]
    days: dict[date, list[WeeklySpan]]
    feed: str | None
    is_in_file: bool


async def keeps_hours(who: Who) -> None:
    """Those who have hours, and those who keep the hours of others. Raises Problem 403."""
    if not (who.sees_conversations or who.keeps_catalogue):
        detail = _("Only coaches, coordinators and admins see hours.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def show(console: ConsoleOf, who: Who, coach: str = "") -> Response:
    """One's own hours, or another coach's for those who keep the catalogue."""
    return await page(console, who, coach)


async def page(
    console: Console, who: SignedIn, coach: str, refused: Refused | None = None
) -> Response:
    """The hours of a coach. Raises Problem 403 or 404."""
    runtime = console.runtime
    language = console.pages.language_of(who)
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        catalogue = await runtime.cache.get(session)
        keeper = await _keeper(console, session, whose(catalogue, who, coach))
        booked = await outside(session, catalogue, now, keeper.staff.id)
    typed = refused or Refused(status=HTTPStatus.OK)
    rows = shown(keeper.week) if typed.week is None else typed.week
    return console.pages.show(
        who,
        "centre_hours.html",
        typed.status,
        keeper=keeper,
        is_own=keeper.staff.id == who.staff,
        coaches=_others(catalogue, keeper),
        rows=[*rows, *[Row() for _each in range(typed.spare)]],
        mark=centre.mark_of(keeper.week),
        is_unsaved=typed.week is not None,
        days=_described(keeper, catalogue),
        leave=typed.leave,
        leave_rows=[*typed.leave.rows, *[Row() for _each in range(DAY_ROWS)]][:DAY_ROWS],
        outside=booked,
        typed=typed,
        units=list(catalogue.units.values()),
        weekdays=weekdays(language),
        today=local_day(now),
        fault=in_words(keeper.staff.busy_fault),
        feed_url=runtime.cache.links.calendar(keeper.feed) if keeper.feed else None,
        here="centre",
        tab="hours",
    )


def whose(catalogue: Catalogue, who: SignedIn, coach: str) -> str:
    """Whose hours are meant. Raises Problem 403 when they are none of hers."""
    if coach and coach != who.staff:
        if not who.keeps_catalogue:
            detail = _("Only coordinators and admins see the hours of others.")
            raise Problem(HTTPStatus.FORBIDDEN, detail)
        return coach
    if coach or who.staff in catalogue.coaches or not who.keeps_catalogue:
        return who.staff
    return next(iter(catalogue.coaches), who.staff)


def weekdays(language: str) -> list[tuple[str, str]]:
    """ISO weekdays and their names."""
    names = Locale.parse(language).days["stand-alone"]["wide"]
    return [(str(number + 1), str(names[number]).capitalize()) for number in range(7)]


async def _keeper(console: Console, session: AsyncSession, staff: str) -> Keeper:
    row = await session.scalar(select(Staff).where(Staff.id == staff))
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return Keeper(
        row,
        await week_of(session, staff),
        await centre.overrides_of(session, staff, local_day(console.runtime.clock.now())),
        await feeds.current(session, "staff", staff),
        any(entry.username == row.username for entry in console.runtime.site.coaches),
    )


def _others(catalogue: Catalogue, keeper: Keeper) -> list[tuple[str, str]]:
    """Whom one can choose: those who can be booked, and the one who is shown."""
    bookable = [(coach.id, coach.name) for coach in catalogue.coaches.values()]
    if keeper.staff.id in catalogue.coaches:
        return bookable
    return [(keeper.staff.id, keeper.staff.name), *bookable]


def _described(keeper: Keeper, catalogue: Catalogue) -> list[tuple[date, list[str]]]:
    """Each day that differs, with its hours in words; none when she is away."""
    return [
        (day, [_written(span, catalogue) for span in spans]) for day, spans in keeper.days.items()
    ]


def _written(span: WeeklySpan, catalogue: Catalogue) -> str:
    unit = catalogue.units.get(span.unit)
    hours = f"{clock(span.start)}–{clock(span.stop)}"
    return f"{hours} {unit.name}" if unit else hours
