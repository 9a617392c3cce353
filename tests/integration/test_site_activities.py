"""Activities of the site file are series; what was planned before there were any joins them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from backend.database import Database
from backend.models import Booking, Meeting, Series
from backend.services import changing
from backend.services.catalogue import CatalogueCache
from backend.services.changing import Change
from backend.work import Work
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.test_site import MONDAY, SMALL, applied, changed

ACTIVITY = SMALL[SMALL.index("[[activ") :]
UID = "site:workshop:centre:4:780"


async def only_series(database: Database) -> Series:
    async with database.reading() as session:
        return (await session.scalars(select(Series))).one()


async def starts(database: Database) -> list[str]:
    async with database.reading() as session:
        rows = await session.scalars(
            select(Meeting.local_start)
            .where(Meeting.state == "planned")
            .order_by(Meeting.starts_at)
        )
        return list(rows)


async def test_an_activity_of_the_file_is_one_series(database: Database, tmp_path: Path) -> None:
    for weeks in range(3):
        await applied(database, changed(tmp_path), MONDAY + timedelta(days=7 * weeks))
    row = await only_series(database)
    assert (row.uid, row.source, row.rule, row.minutes) == (UID, "site", "FREQ=WEEKLY", 120)
    assert await count(database, "meeting", "series_id IS NULL") == 0
    found = await starts(database)
    assert len(set(found)) == len(found)


async def test_meetings_of_before_become_part_of_it(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:  # as they were before there were series
        await session.execute(update(Meeting).values(series_id=None, series_start=None))
        await session.execute(delete(Series))
        row = (await session.scalars(select(Meeting.id).order_by(Meeting.starts_at))).first()
        await session.execute(update(Meeting).where(Meeting.id == row).values(state="cancelled"))
        before = set(await session.scalars(select(Meeting.id)))
    await applied(database, changed(tmp_path))
    async with database.reading() as session:
        assert set(await session.scalars(select(Meeting.id))) == before
    assert await count(database, "meeting", "series_id IS NULL") == 0
    assert await count(database, "meeting", "state = 'cancelled'") == 1


async def test_more_seats_in_the_file_are_more_seats_to_come(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path))
    await applied(database, changed(tmp_path, ("seats = 10", "seats = 14")))
    assert await count(database, "meeting", "capacity = 14") == 4


async def test_what_vanishes_from_the_file_keeps_those_who_have_a_seat(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:
        first = await session.scalar(select(Meeting.id).order_by(Meeting.starts_at))
        seat = {"person_id": "anna", "meeting_id": first, "service_id": "workshop"}
        created = FrozenClock().now()
        await session.execute(
            insert(Booking).values(**seat, state="confirmed", created_at=created)
        )
    await applied(database, changed(tmp_path, (ACTIVITY, "")))
    assert (await only_series(database)).state == "ended"
    assert len(await starts(database)) == 1
    await applied(database, changed(tmp_path))
    assert (await only_series(database)).state == "open"
    assert len(await starts(database)) == 4


async def test_what_staff_have_changed_the_file_leaves_alone(
    database: Database, tmp_path: Path
) -> None:
    clock = FrozenClock()
    await applied(database, changed(tmp_path))
    async with Work.begin(database, clock, "staff:amina") as work:
        catalogue = await CatalogueCache().get(await work.reading())
        series = (await only_series(database)).id
        change = Change(minute=15 * 60)
        await changing.change_from(work, catalogue, series, 0, MONDAY, change)
    for weeks in (0, 1, 5):
        await applied(database, changed(tmp_path), MONDAY + timedelta(days=7 * weeks))
    found = await starts(database)
    assert {each[11:] for each in found} == {"15:00"}
    assert len(found) > 4
