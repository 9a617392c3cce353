"""A week of meetings: of one coach by the hour, or of all of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Response

from backend.clock import ZONE
from backend.console import placing
from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.console.vocabulary import INTERPRETERS, STATES
from backend.models.calendar import EVERYWHERE, MINUTES_OF_A_DAY
from backend.services import agenda, threads
from backend.services.agenda import Booked, Entry
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from backend.services.weeks import Week
from dialogs import cards
from dialogs.text import Text, _

EVERYBODY = "all"
WORKDAYS = 5
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Row:
    """One coach's week in the table of all: an entry list for each day. No name: no coach."""

    coach: str | None
    name: str
    days: tuple[tuple[Entry, ...], ...]


async def show(console: ConsoleOf, who: Who, week: str = "", coach: str = "") -> Response:
    """A week; this one and one's own unless asked for another."""
    now = console.runtime.clock.now()
    today = local_day(now)
    asked = Week.named(week)
    chosen = asked if asked and abs(asked.first - today) < FARTHEST else Week.of(today)
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        whose = _whose(catalogue, who, coach)
        entries = await agenda.entries(session, catalogue, chosen, now, whose)
        people = [entry.person for entry in entries if isinstance(entry, Booked)]
        languages = {
            person: thread.language
            for person, thread in (await threads.of_people(session, people)).items()
        }
    days = _days(chosen, entries)
    return console.pages.show(
        who,
        "week.html",
        week=chosen,
        this_week=Week.of(today),
        whose=whose,
        own=who.staff,
        choices=_choices(catalogue, whose),
        days=days,
        notes={day: _note(catalogue, whose, day) for day in days},
        grid=placing.grid(days, entries) if whose else None,
        rows=() if whose else _rows(catalogue, days, entries),
        languages=languages,
        code_of=code_of,
        on=placing.on,
        states=STATES,
        interpreters=INTERPRETERS,
        mode_name=cards.mode_name,
        today=today,
        clock_change=_clock_change(chosen),
        here="today",
    )


def _whose(catalogue: Catalogue, who: SignedIn, coach: str) -> str | None:
    """Whose week: the one asked for, else one's own, else everybody's."""
    if coach == EVERYBODY:
        return None
    if coach in catalogue.names:
        return coach
    return who.staff if who.staff in catalogue.coaches else None


def _choices(catalogue: Catalogue, whose: str | None) -> Mapping[str, str]:
    """Whom one can choose; also one who has left, while hers is the week that is shown."""
    known = {coach.id: coach.name for coach in catalogue.coaches.values()}
    return known if whose is None or whose in known else known | {whose: catalogue.names[whose]}


def _days(week: Week, entries: Sequence[Entry]) -> list[date]:
    """Monday to Friday, and what of the weekend has something."""
    used = {placing.on(entry) for entry in entries}
    return [day for day in week.days if day.isoweekday() <= WORKDAYS or day in used]


def _note(catalogue: Catalogue, whose: str | None, day: date) -> Text | None:
    """Why nobody is there, when it is not only that she does not work then."""
    coach = catalogue.coaches.get(whose or "")
    units = {span.unit for span in coach.spans(day)} if coach else set()
    if coach and not units:
        return _("Away") if day in coach.overrides else None
    closed = [catalogue.closed_from(day, unit) for unit in units or {EVERYWHERE}]
    if any(minute is None or minute >= MINUTES_OF_A_DAY for minute in closed):
        return None
    return _("Closed") if not any(closed) else _("Closes early")


def _rows(catalogue: Catalogue, days: Sequence[date], entries: Sequence[Entry]) -> list[Row]:
    """Everybody who can be booked or has something, by name; what has no coach comes last."""
    cells: dict[tuple[str | None, date], list[Entry]] = {}
    for entry in entries:
        cells.setdefault((entry.coach, placing.on(entry)), []).append(entry)
    coaches = catalogue.coaches.keys() | {entry.coach for entry in entries if entry.coach}
    by_name = sorted((catalogue.names.get(coach, ""), coach) for coach in coaches)
    rows = [Row(coach, name, _cells(cells, coach, days)) for name, coach in by_name]
    without = _cells(cells, None, days)
    return [*rows, Row(None, "", without)] if any(without) else rows


def _cells(
    cells: Mapping[tuple[str | None, date], Sequence[Entry]],
    coach: str | None,
    days: Sequence[date],
) -> tuple[tuple[Entry, ...], ...]:
    return tuple(tuple(cells.get((coach, day), ())) for day in days)


def _clock_change(week: Week) -> Text | None:
    """What to know of a week in which the clocks change."""
    before, after = (at.astimezone(ZONE).utcoffset() for at in (week.starts, week.ends))
    if before is None or after is None or before == after:
        return None
    if before < after:
        return _("The clocks go forward one hour on Sunday.")
    return _("The clocks go back one hour on Sunday.")
