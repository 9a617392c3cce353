"""Lists of who came, as files: of one occasion, and of a month."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from backend.console.people import code_of
from backend.database import Database
from backend.models import Booking, Meeting, Service
from backend.services import catalogue as catalogues
from backend.services import needs
from backend.services.walltime import instant
from backend.work import Work
from tests.clock import FrozenClock
from tests.house import WORKSHOP_DAY
from tests.integration.console_office import Browser, Office, open_office

LIST = "/console/activities/meetings/workshop.csv"
MONTH = "/console/activities/attendance.csv?month=2026-11"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    office = await open_office(database, clock, tmp_path)
    async with database.writing() as session:
        await session.execute(update(Meeting).where(Meeting.id == "workshop").values(capacity=9))
    return office


async def downloads(browser: Browser, path: str) -> list[list[str]]:
    """The rows of a file."""
    response = await browser.client.get(path)
    assert response.status_code == 200
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["content-disposition"]
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


async def somebody(office: Office, name: str, state: str, **given: object) -> str:
    """Somebody with a seat in the workshop; her code."""
    database = office.runtime.database
    person = office.person(name)
    await person.settles()
    async with database.writing() as session:
        await session.execute(
            insert(Booking).values(
                id=name,
                person_id=await person.id(),
                meeting_id="workshop",
                service_id="cv-workshop",
                state=state,
                created_at=office.runtime.clock.now(),
                **given,
            )
        )
    return code_of(await person.id())


async def test_an_occasions_list_says_who_comes_and_who_does_not(
    office: Office, database: Database
) -> None:
    now, starts = office.runtime.clock.now(), instant(WORKSHOP_DAY, 13 * 60)
    assert starts is not None
    anna = await somebody(office, "anna", "confirmed", coming_at=now)
    ill = await somebody(
        office, "bea", "cancelled", absence="child_ill", told_at=now, closed_by="person"
    )
    late = await somebody(
        office,
        "cleo",
        "attended",
        absent_from=starts,
        absent_to=starts + timedelta(minutes=30),
    )
    async with Work.begin(database, office.runtime.clock, "person") as work:
        await needs.set(work, await office.person("anna").id(), ["child", "quiet"])
    async with office.signed_in() as browser:
        head, *rows = await downloads(browser, LIST)
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(found) == {anna, ill, late}
    assert found[anna]["Language"] == "English"
    assert found[anna]["Needs"] == "A child comes along, A quiet room"
    assert found[anna]["Said: I come"] == "2026-11-23 08:00"
    assert found[anna]["What happened"] == "Booked"
    assert found[ill]["Absence told"] == "2026-11-23 08:00"
    assert found[ill]["Reason"] == "A child is ill"
    assert (found[late]["Away from"], found[late]["Away to"]) == ("13:00", "13:30")
    assert found[late]["What happened"] == "Came"
    assert ("staff:amina", "listed") in await office.journal("meeting")


async def test_who_has_been_deleted_is_a_code_alone(office: Office, database: Database) -> None:
    await somebody(office, "anna", "attended")
    async with database.writing() as session:
        await session.execute(update(Booking).values(person_id="nobody"))
    async with office.signed_in() as browser:
        _head, row = await downloads(browser, LIST)
    assert row[:3] == [code_of("nobody"), "", ""]


async def test_a_month_is_in_the_terms_of_arbetsformedlingen(office: Office) -> None:
    await somebody(office, "anna", "attended")
    told = office.runtime.clock.now()
    starts = instant(WORKSHOP_DAY, 13 * 60)
    assert starts is not None
    whole = {"absent_from": starts, "absent_to": starts + timedelta(hours=2)}
    await somebody(office, "bea", "excused", absence="ill", told_at=told, **whole)
    office.house.clock.forward(hours=24 * 5)
    async with office.signed_in(role="admin") as browser:
        head, *rows = await downloads(browser, MONTH)
        assert await downloads(browser, MONTH.replace("11", "10")) == [head]
        assert (await browser.client.get(MONTH.replace("11", "13"))).status_code == 422
        assert (await downloads(browser, MONTH.partition("?")[0])) == [head, *rows]
    assert head[3:] == [
        "Day",
        "Expected from",
        "Expected to",
        "Away from",
        "Away to",
        "Absence told",
        "Reason",
    ]
    here = ["CV workshop", "Etableringscentrum"]
    expected = ["2026-11-26", "13:00", "15:00"]
    assert sorted([*row[:2], *row[3:]] for row in rows) == [
        [*here, *expected, "", "", "", ""],
        [*here, *expected, "13:00", "15:00", "2026-11-23 08:00", "Ill"],
    ]


async def test_a_name_is_no_formula(office: Office, database: Database) -> None:
    await somebody(office, "anna", "attended")
    async with database.writing() as session:
        named = {"sv": "=HYPERLINK(1)", "en": "=HYPERLINK(1)"}
        await session.execute(
            update(Service).where(Service.id == "cv-workshop").values(name=named)
        )
        await catalogues.touch(session)
    office.house.clock.forward(hours=24 * 5)
    async with office.signed_in(role="admin") as browser:
        _head, row = await downloads(browser, MONTH)
    assert row[0] == "'=HYPERLINK(1)"


async def test_who_may_take_out_which_list(office: Office) -> None:
    for role, one, month in (
        ("coach", 200, 403),
        ("coordinator", 200, 200),
        ("admin", 403, 200),
        ("editor", 403, 403),
    ):
        async with office.signed_in(role=role) as browser:
            assert (await browser.client.get(LIST)).status_code == one
            assert (await browser.client.get(MONTH)).status_code == month


async def test_an_occasion_that_is_not_there_is_said_so(office: Office) -> None:
    async with office.signed_in() as browser:
        assert (await browser.opens("/console/activities/meetings/none.csv")).status == 404
