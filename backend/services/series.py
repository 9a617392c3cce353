"""Activities that come back: suggested, accepted, made into meetings a year ahead.

How one is changed and ended is in ``changing``, whose names are here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import insert, or_, select

from backend.models import Series
from backend.models.base import new_id
from backend.services import catalogue as catalogues
from backend.services import schedule
from backend.services.catalogue import Catalogue
from backend.services.changing import Change, change_from, close_when_over, end
from backend.services.making import WALL, NoSuchSeries, locked, make_meetings, set_values
from backend.services.schedule import AHEAD, BadRule
from backend.services.seated import InTheGap, InThePast, MovedMeanwhile, UnknownUnit
from backend.services.shifting import CannotShift
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.ports import Mode

__all__ = [
    "BadRule",
    "CannotShift",
    "Change",
    "InTheGap",
    "InThePast",
    "MovedMeanwhile",
    "NewSeries",
    "NoSuchSeries",
    "UnknownService",
    "UnknownUnit",
    "add",
    "change_from",
    "describe",
    "end",
    "make",
    "make_all",
    "open_",
    "refuse",
    "revise",
]

SLACK = timedelta(days=7)  # a year ahead, but not looked at every day
LOOKED_AT = 50  # series in one transaction

Source = Literal["site", "console", "import", "association"]


class UnknownService(LookupError):
    """There is no group service of that id."""


@dataclass(frozen=True)
class NewSeries:
    """What somebody says of a series. ``first`` is naive wall time in Stockholm.

    ``rule`` is an RRULE without DTSTART, empty for once. Texts are ``{language: text}``; none
    means the service's own. ``coach`` is the id of who leads it. ``uid`` is how its source knows
    it again.
    """

    service: str
    unit: str
    first: datetime
    minutes: int
    capacity: int
    rule: str = ""
    coach: str | None = None
    name: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    organiser: str | None = None
    mode: Mode = "on_site"
    skips_closures: bool = True
    enrols: bool = False
    source: Source = "console"
    uid: str | None = None


async def add(
    work: Work,
    catalogue: Catalogue,
    new: NewSeries,
    *,
    state: Literal["open", "suggested"] = "open",
    contact: bytes | None = None,
) -> str:
    """Add a series, and its meetings when it is open; its id.

    Raises BadRule, UnknownService or UnknownUnit. A ``uid`` that exists is an IntegrityError.
    """
    values = checked(catalogue, new)
    session = await work.writing()
    series, now = new_id(), work.clock.now()
    await session.execute(
        insert(Series).values(id=series, state=state, contact=contact, created_at=now, **values)
    )
    work.note("series", series, "added" if state == "open" else state, source=new.source)
    if state == "open":
        await catalogues.touch(session)
        row = await locked(session, series, "open")
        await make_meetings(session, catalogue, row, now, local_day(now) + AHEAD)
    return series


def checked(catalogue: Catalogue, new: NewSeries) -> dict[str, Any]:
    """What somebody says of a series, by column. Raises BadRule, UnknownService, UnknownUnit."""
    terms = catalogue.services.get(new.service)
    if terms is None or not terms.service.group:
        raise UnknownService(new.service)
    if new.unit not in catalogue.units:
        raise UnknownUnit(new.unit)
    schedule.check(new.first, new.rule)
    return {
        "service_id": new.service,
        "unit_id": new.unit,
        "staff_id": new.coach,
        "name": dict(new.name),
        "about": dict(new.about),
        "organiser": new.organiser,
        "mode": new.mode,
        "first": f"{new.first:{WALL}}",
        "minutes": new.minutes,
        "rule": schedule.written(schedule.read(new.rule)),
        "capacity": new.capacity,
        "skips_closures": new.skips_closures,
        "enrols": new.enrols,
        "source": new.source,
        "uid": new.uid,
    }


async def revise(work: Work, catalogue: Catalogue, series: str, new: NewSeries) -> None:
    """Change what was suggested, before it is accepted; its source and uid stay.

    Raises NoSuchSeries, BadRule, UnknownService, UnknownUnit.
    """
    values = checked(catalogue, new)
    session = await work.writing()
    row = await locked(session, series, "suggested")
    kept = {name: value for name, value in values.items() if name not in {"source", "uid"}}
    await set_values(session, row, **kept)
    work.note("series", series, "revised")


async def describe(
    work: Work,
    series: str,
    name: Mapping[str, str],
    about: Mapping[str, str],
    organiser: str | None = None,
) -> None:
    """Call a series otherwise, without moving anything. Raises NoSuchSeries."""
    session = await work.writing()
    row = await locked(session, series, "open", "suggested")
    await set_values(session, row, name=dict(name), about=dict(about), organiser=organiser)
    await catalogues.touch(session)
    work.note("series", series, "described")


async def open_(work: Work, catalogue: Catalogue, series: str) -> None:
    """Accept what was suggested; the address for our answer is deleted. Raises NoSuchSeries."""
    session = await work.writing()
    row = await locked(session, series, "suggested")
    await set_values(session, row, state="open", contact=None)
    await catalogues.touch(session)
    work.note("series", series, "open")
    now = work.clock.now()
    await make_meetings(session, catalogue, row, now, local_day(now) + AHEAD)


async def refuse(work: Work, series: str) -> None:
    """Say no to what was suggested; the address is deleted. Raises NoSuchSeries."""
    session = await work.writing()
    row = await locked(session, series, "suggested")
    await set_values(session, row, state="refused", contact=None)
    work.note("series", series, "refused")


async def make(work: Work, catalogue: Catalogue, series: str, until: date) -> int:
    """Make the meetings up to a day, from where it was left off; how many. Raises NoSuchSeries."""
    session = await work.writing()
    row = await locked(session, series, "open")
    return await make_meetings(session, catalogue, row, work.clock.now(), until)


async def make_all(work: Work, catalogue: Catalogue, until: date) -> int:
    """The same for the open series that have fallen behind; how many were looked at.

    At most LOOKED_AT in one transaction: call it until it is 0. A series that has nothing more
    to come has ended.
    """
    behind = or_(Series.made_until.is_(None), Series.made_until < until - SLACK)
    found = await (await work.reading()).scalars(
        select(Series.id)
        .where(Series.state == "open", behind)
        .order_by(Series.id)
        .limit(LOOKED_AT)
    )
    wanted = found.all()
    if not wanted:
        return 0
    session = await work.writing()
    now = work.clock.now()
    for series in wanted:
        with suppress(NoSuchSeries):  # ended at this very moment
            row = await locked(session, series, "open")
            await make_meetings(session, catalogue, row, now, until)
            await close_when_over(work, row)
    return len(wanted)
