"""One occasion of an activity: who has a seat, who comes, who told an absence, who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.problems import Problem, detail_of
from backend.console import attendance
from backend.console.centre.spans import clock
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings.by_code import Found
from backend.console.gatherings.doors import may_change
from backend.console.gatherings.listing import name_of
from backend.console.guard import Who
from backend.console.pages import Fragment
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.models import Booking, Conversation, Meeting, Person, Series
from backend.services import attending, threads
from backend.services.attending import Seat
from backend.services.catalogue import Catalogue
from backend.services.needs import NEEDS, in_order
from backend.services.walltime import local_day, local_minute
from dialogs.messages import Label
from dialogs.text import Text

SEATED = ("confirmed", "attended", "no_show", "excused")


@dataclass(frozen=True)
class Guest:
    """Someone on the list, or in line."""

    seat: Seat
    code: str
    language: str | None
    thread: str | None
    needs: tuple[Text, ...]
    may_attend: bool
    may_miss: bool
    may_undo: bool


@dataclass(frozen=True)
class Occasion:
    """An occasion as its page shows it."""

    meeting: Meeting
    name: Label
    place: str
    leader: str | None
    day: date
    is_over: bool
    has_begun: bool
    seated: tuple[Guest, ...]
    absent: tuple[Guest, ...]
    waiting: tuple[Guest, ...]
    clocks: tuple[str, str]  # from and to, as a field for a time holds them


@dataclass(frozen=True)
class Typed:
    """What was filled in and could not be taken, by field; ``found``: whom a code may mean."""

    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Text] = field(default_factory=dict)
    found: Sequence[Found] = ()
    may_wait: bool = False
    problem: Text | None = None
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


async def show(console: ConsoleOf, who: Who, meeting: str, told: int | None = None) -> Response:
    """The page; ``told``: how many people have just been told of a change. Raises Problem 404."""
    return await page(console, who, meeting, told=told)


async def page(
    console: Console,
    who: SignedIn,
    meeting: str,
    typed: Typed | None = None,
    told: int | None = None,
) -> Response:
    """The page of an occasion, also with what could not be taken. Raises Problem 404."""
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        occasion = await look(console, session, catalogue, meeting)
    shown = typed or Typed(status=HTTPStatus.OK)
    return console.pages.show(
        who,
        "occasion.html",
        shown.status,
        occasion=occasion,
        rows=_rows(console, who, occasion),
        typed=shown,
        told=told,
        may_change=may_change(who, occasion.meeting.staff_id),
        units=list(catalogue.units.values()),
        today=local_day(console.runtime.clock.now()),
        here="activities",
    )


async def fragment(console: Console, who: SignedIn, meeting: str) -> Fragment:
    """The list alone. Raises Problem 404."""
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        occasion = await look(console, session, catalogue, meeting)
    return _rows(console, who, occasion)


async def look(
    console: Console, session: AsyncSession, catalogue: Catalogue, meeting: str
) -> Occasion:
    """An occasion and everyone on its list. Raises Problem 404."""
    row, series = await find(session, catalogue, meeting)
    now = console.runtime.clock.now()
    seats = await attending.sheet(session, catalogue, meeting)
    waiting = await _in_line(session, meeting)
    guests = await _guests(session, row, [*seats, *waiting], now)
    return Occasion(
        row,
        name_of(catalogue, row.service_id, series),
        catalogue.units[row.unit_id].name,
        catalogue.names.get(row.staff_id or ""),
        local_day(row.starts_at),
        row.ends_at <= now,
        row.starts_at <= now,
        tuple(each for each in guests if each.seat.state in SEATED),
        tuple(each for each in guests if each.seat.state == "cancelled" and each.seat.told_at),
        tuple(each for each in guests if each.seat.state == "waiting"),
        (clock(local_minute(row.starts_at)), clock(local_minute(row.ends_at))),
    )


async def find(
    session: AsyncSession, catalogue: Catalogue, meeting: str
) -> tuple[Meeting, Series | None]:
    """A group meeting and the series it is of. Raises Problem 404."""
    row = await session.get(Meeting, meeting)
    if row is None or not catalogue.services[row.service_id].service.group:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return row, await session.get(Series, row.series_id) if row.series_id else None


def _rows(console: Console, who: SignedIn, occasion: Occasion) -> Fragment:
    return console.pages.fragment(who, "_occasion_rows.html", occasion=occasion)


async def _in_line(session: AsyncSession, meeting: str) -> list[Seat]:
    """Who waits for a seat, first come first."""
    rows = await session.scalars(
        select(Booking)
        .where(Booking.meeting_id == meeting, Booking.state == "waiting")
        .order_by(Booking.created_at, Booking.id)
    )
    return [
        Seat(row.id, row.version, "waiting", row.person_id, None, None, None, None, None, None)
        for row in rows
    ]


async def _guests(
    session: AsyncSession, row: Meeting, seats: Sequence[Seat], now: datetime
) -> list[Guest]:
    people = list({seat.person for seat in seats})
    last = await threads.of_people(session, people)
    picked = await session.execute(select(Person.id, Person.needs).where(Person.id.in_(people)))
    needs: dict[str, list[str]] = dict(picked.all())
    return [
        _guest(row, seat, last.get(seat.person), needs.get(seat.person, ()), now) for seat in seats
    ]


def _guest(
    row: Meeting, seat: Seat, thread: Conversation | None, needs: Sequence[str], now: datetime
) -> Guest:
    is_planned = row.state == "planned"
    return Guest(
        seat,
        code_of(seat.person),
        thread.language if thread else None,
        thread.id if thread else None,
        tuple(NEEDS[name] for name in in_order(needs)),
        is_planned and attendance.may_mark("attended", row.starts_at, now),
        is_planned and attendance.may_mark("no_show", row.starts_at, now),
        attendance.may_undo(seat.marked_at, row.starts_at, now),
    )
