"""What tests of series, enrolments and attending share: a course, people without a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import insert, select

from backend.models import (
    Address,
    Booking,
    Closure,
    Conversation,
    Meeting,
    Message,
    Person,
    Series,
)
from backend.models.calendar import EVERYWHERE
from backend.services import series
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue, touch
from backend.services.closures import holidays_of
from backend.services.seats import Seats
from backend.services.series import NewSeries
from backend.work import Work
from dialogs import ports
from dialogs.stored import load_reply
from tests.house import House

MONDAYS_WEDNESDAYS = "FREQ=WEEKLY;BYDAY=MO,WE"


def wall(text: str) -> datetime:
    """Wall time: "2027-01-11 09:00"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - wall time


SFI = NewSeries(
    "cv-workshop",
    "centre",
    wall("2026-11-30 09:00"),
    180,
    20,
    MONDAYS_WEDNESDAYS,
    name={"sv": "SFI B", "en": "SFI course B"},
    enrols=True,
)
CAFE = replace(SFI, first=wall("2026-11-26 17:00"), minutes=90, capacity=2, enrols=False, name={},
               rule="FREQ=WEEKLY")  # fmt: skip


@asynccontextmanager
async def at_desk(
    house: House, actor: str = "staff:amina"
) -> AsyncIterator[tuple[Work, Catalogue]]:
    """A unit of work of somebody's, and the catalogue in it; committed at the end."""
    async with Work.begin(house.database, house.clock, actor) as work:
        yield work, await house.cache.get(await work.reading())


async def adds(house: House, new: NewSeries = SFI) -> str:
    """Staff add a series; its id."""
    async with at_desk(house) as (work, catalogue):
        return await series.add(work, catalogue, new)


async def people(house: House, count: int, prefix: str = "p") -> list[str]:
    """People who wrote on Telegram once; their ids."""
    ids = [f"{prefix}{number:04}" for number in range(count)]
    now = house.clock.now()
    async with house.database.writing() as session:
        await session.execute(
            insert(Person), [{"id": each, "created_at": now, "needs": []} for each in ids]
        )
        await session.execute(
            insert(Address),
            [
                {
                    "id": each,
                    "person_id": each,
                    "channel": "telegram",
                    "account": each,
                    "sealed": house.vault.seal(each),
                }
                for each in ids
            ],
        )
        await session.execute(
            insert(Conversation),
            [
                {
                    "id": each,
                    "person_id": each,
                    "address_id": each,
                    "language": "en",
                    "chosen": True,
                    "seen_at": now,
                }
                for each in ids
            ],
        )
    return ids


async def holidays(house: House, *years: int) -> None:
    """The Swedish holidays of some years are closed days."""
    async with house.database.writing() as session:
        await session.execute(
            insert(Closure),
            [
                {"day": day, "unit_id": EVERYWHERE, "name": name}
                for day, name in holidays_of(years).items()
            ],
        )
        await touch(session)


async def joins(house: House, person: str, meeting: str) -> ports.Meeting:
    """Somebody takes a seat."""
    async with at_desk(house, "person") as (work, catalogue):
        return await Seats(Bookings(work, catalogue)).join(person, meeting)


async def meetings(house: House, of: str) -> Sequence[Meeting]:
    """A series' meetings, in order of the time its rule gave them."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Meeting).where(Meeting.series_id == of).order_by(Meeting.series_start)
        )
        return rows.all()


async def bookings(house: House, *where: object) -> Sequence[Booking]:
    """Bookings, oldest first."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Booking).where(*where).order_by(Booking.created_at, Booking.id)  # type: ignore[arg-type]
        )
        return rows.all()


async def series_row(house: House, of: str) -> Series:
    """A series' row."""
    async with house.database.reading() as session:
        return await session.get_one(Series, of)


async def told(house: House, person: str, name: str) -> list[str]:
    """The first words of each message to somebody whose dedupe ends so."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Message).where(
                Message.person_id == person,
                Message.dedupe.endswith(f":{name}"),
                Message.state != "void",
            )
        )
        return [house.renderer.render(load_reply(row.body), "en").text for row in rows]


async def reminders(house: House, person: str) -> list[tuple[str, datetime]]:
    """What somebody is still to be reminded of: which booking, and when."""
    async with house.database.reading() as session:
        rows = await session.execute(
            select(Message.about, Message.due_at)
            .where(
                Message.person_id == person,
                Message.state == "planned",
                Message.due_at > house.clock.now(),
            )
            .order_by(Message.due_at)
        )
        return [(cast("str", about), due) for about, due in rows]


def days(rows: Sequence[Meeting]) -> list[str]:
    """The wall times of meetings that take place."""
    return [row.local_start for row in rows if row.state == "planned"]
