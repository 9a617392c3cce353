"""Figures in the console: who sees them, what is counted, and what nobody is told."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from backend.database import Database
from backend.figures import counting
from backend.figures.periods import last_months
from backend.models import Address, Booking, Conversation, Journal, Meeting, Person
from backend.models.base import table
from backend.services import figures
from backend.services.walltime import local_day, wall_text
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.integration.console_office import Browser, Office, open_office

MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)  # of the last whole week but one
MANY = 20_000


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def has_been(
    database: Database,
    people: int,
    state: str = "attended",
    *,
    starts: datetime = MONDAY,
    language: str | None = "ar",
    closed_by: str | None = None,
    journal: tuple[str, ...] = ("confirmed",),
    service: str = "coaching",
    waited: timedelta = timedelta(days=6),
) -> None:
    """So many people, each with one meeting; without a language they have been deleted."""
    kind = f"{state}-{language}-{closed_by}-{'-'.join(journal)}-{service}-{starts:%m%d%H%M}"
    names = [f"{kind}-{number}" for number in range(people)]
    rows: dict[type, list[dict[str, object]]] = {
        model: [] for model in (Person, Address, Conversation, Meeting, Booking, Journal)
    }
    for name in names:
        if language:
            rows[Person].append({"id": name, "created_at": starts})
            address = {"channel": "web", "account": name, "sealed": b""}
            rows[Address].append({"id": name, "person_id": name, **address})
            seen = {"language": language, "place": {}, "seen_at": starts}
            rows[Conversation].append({"id": name, "person_id": name, "address_id": name, **seen})
        span = {"starts_at": starts, "ends_at": starts + timedelta(minutes=45)}
        where = {"service_id": service, "unit_id": "centre", "local_start": wall_text(starts)}
        rows[Meeting].append({"id": name, **where, **span})
        ended = {"state": state, "closed_by": closed_by, "created_at": starts - waited}
        rows[Booking].append(
            {"id": name, "person_id": name, "meeting_id": name, "service_id": service, **ended}
        )
        rows[Journal] += [
            {
                "at": starts - waited,
                "actor": "person",
                "entity": "booking",
                "entity_id": name,
                "action": action,
                "data": {},
            }
            for action in journal
        ]
    async with database.writing() as session:
        for model, found in rows.items():
            if found:
                await session.execute(insert(table(model)), found)


async def downloads(browser: Browser, name: str, **given: str) -> list[list[str]]:
    """The rows of a file."""
    response = await browser.client.get(
        "/console/figures.csv", params={"table": name, "period": "weeks", **given}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


async def as_read(browser: Browser, name: str, **given: str) -> Mapping[str, dict[str, str]]:
    """A file by the name of its row and the name of its column."""
    head, *rows = await downloads(browser, name, **given)
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


async def test_only_coordinators_and_admins_see_figures(office: Office) -> None:
    for role, status in (("coach", 403), ("editor", 403), ("coordinator", 200), ("admin", 200)):
        async with office.signed_in(role=role) as browser:
            assert (await browser.opens("/console/figures")).status == status
            file = await browser.client.get("/console/figures.csv?table=attendance")
            assert file.status_code == status
            page = await browser.opens("/console/questions")
            assert any(href == "/console/figures" for href, _words in page.links) == (
                status == 200
            )


async def test_without_meetings_there_is_nothing_to_count(office: Office) -> None:
    async with office.signed_in(role="admin") as browser:
        page = await browser.opens("/console/figures?period=weeks")
        assert "There is nothing to count in this time." in page.words
        assert "26 October 2026 to 22 November 2026" in page.words
        assert await downloads(browser, "over-time")
        assert (await browser.client.get("/console/figures.csv?table=other")).status_code == 404


async def test_outcomes_are_counted_and_small_numbers_are_not(office: Office) -> None:
    database = office.runtime.database
    await has_been(database, 20)
    await has_been(database, 6, "no_show")
    await has_been(database, 2, "excused")
    await has_been(database, 7, "cancelled", closed_by="person")
    await has_been(database, 5, "cancelled", closed_by="coach")
    await has_been(database, 5, "confirmed")
    async with office.signed_in(role="coordinator") as browser:
        (row, total) = (await as_read(browser, "attendance")).items()
        page = await browser.opens("/console/figures?period=weeks")
    assert row[0] == "Coaching"
    assert total[0] == "All together"
    assert row[1] == total[1]
    assert row[1]["Was excused"] == "not shown"
    assert list(row[1].values()).count("not shown") >= 2
    assert row[1]["Booked"] == "45"
    assert row[1]["Cancelled by the person"] == "7"
    assert row[1]["Came"] == "20"
    assert "not shown" in page.words


async def test_a_request_or_an_offer_that_came_to_nothing_is_no_cancelled_meeting(
    office: Office,
) -> None:
    database = office.runtime.database
    await has_been(database, 9)
    await has_been(database, 8, "cancelled", closed_by="person", journal=("requested",))
    await has_been(
        database, 7, "cancelled", closed_by="system", journal=("waiting", "offered", "taken")
    )
    async with office.signed_in(role="admin") as browser:
        row = (await as_read(browser, "attendance"))["Coaching"]
    assert row["Booked"] == "9"
    assert row["Cancelled by the person"] == row["Cancelled by us"] == "0"


async def test_deleted_people_are_counted_without_a_language(office: Office) -> None:
    await has_been(office.runtime.database, 9)
    await has_been(office.runtime.database, 8, language=None)
    async with office.signed_in(role="admin") as browser:
        rows = await as_read(browser, "attendance", by="language")
        page = await browser.opens("/console/figures?period=weeks&by=language")
    assert {name: row["Came"] for name, row in rows.items()} == {
        "Arabic": "9",
        "Unknown": "8",
        "All together": "17",
    }
    assert "Of people who have been deleted it is not known." in page.words


async def test_only_meetings_of_the_period_count(office: Office) -> None:
    database = office.runtime.database
    await has_been(database, 6, starts=MONDAY)
    await has_been(database, 7, starts=MONDAY + timedelta(days=14))  # this week is not over
    await has_been(database, 8, starts=datetime(2026, 9, 30, 21, 59, tzinfo=UTC))
    await has_been(database, 9, starts=datetime(2026, 9, 30, 22, 0, tzinfo=UTC))  # October here
    async with office.signed_in(role="admin") as browser:
        weeks = await as_read(browser, "over-time")
        own = await as_read(
            browser, "over-time", period="own", **{"from": "2026-09-30", "to": "2026-09-30"}
        )
        months = await as_read(browser, "over-time", period="quarter")
    assert weeks["Coaching"] == {"26/10": "0", "2/11": "0", "9/11": "6", "16/11": "0"}
    assert own["Coaching"] == {"28/9": "17"}
    assert months["Coaching"] == {"Aug 2026": "0", "Sep 2026": "8", "Oct 2026": "9"}


async def test_days_that_make_no_period_are_asked_for_again(office: Office) -> None:
    async with office.signed_in(role="admin") as browser:
        page = await browser.opens("/console/figures?period=own&from=2026-11-03&to=")
        assert "Choose both days" in page.words
        page = await browser.opens("/console/figures?period=own&from=2026-11-23&to=2026-11-24")
        assert "No whole week or month" in page.words
        file = await browser.client.get("/console/figures.csv?table=attendance&period=own")
        assert file.status_code == 422


async def test_waiting_is_counted_from_the_first_meeting_of_each_person(office: Office) -> None:
    database = office.runtime.database
    await has_been(database, 9, waited=timedelta(days=6))
    await has_been(database, 3, language="so", waited=timedelta(days=30))
    async with database.writing() as session:  # Arabic speakers met a coach before as well
        for number in range(4):
            starts = MONDAY - timedelta(days=90)
            before = {"starts_at": starts, "service_id": "coaching"}
            name = f"attended-ar-None-confirmed-coaching-11090900-{number}"
            ends = {"ends_at": starts + timedelta(minutes=45), "local_start": ""}
            first = {"id": f"before-{number}", "unit_id": "centre", **before, **ends}
            await session.execute(insert(Meeting).values(**first))
            await session.execute(
                insert(Booking).values(
                    person_id=name,
                    meeting_id=f"before-{number}",
                    service_id="coaching",
                    state="attended",
                    created_at=MONDAY - timedelta(days=99),
                )
            )
    async with office.signed_in(role="admin") as browser:
        rows = await as_read(browser, "first-meetings", by="language")
    hidden = dict.fromkeys(rows["Somali"], "not shown")
    assert rows["Somali"] == hidden
    assert rows["Arabic"] == hidden or rows["All together"]["People"] == "not shown"


async def test_the_first_free_time_is_that_of_the_calendar(office: Office) -> None:
    async with office.signed_in(role="admin") as browser:
        assert await downloads(browser, "free") == [
            ["Service", "Place", "Days"],
            ["Coaching", "Etableringscentrum", "0"],
            ["Advice", "Etableringscentrum", "0"],
        ]
        office.house.clock.forward(hours=8)
    async with office.signed_in(role="admin") as browser:
        rows = await downloads(browser, "free")
        assert [row[2] for row in rows[1:]] == ["1", "1"]


async def test_offers_that_were_taken_are_counted(office: Office) -> None:
    database = office.runtime.database
    took = ("waiting", "offered", "confirmed")
    await has_been(database, 6, journal=took)
    await has_been(database, 5, "cancelled", closed_by="system", journal=(*took[:2], "taken"))
    await has_been(database, 7, "expired", journal=took[:2])
    await has_been(database, 8, "cancelled", closed_by="person", journal=took[:1])
    async with office.signed_in(role="admin") as browser:
        row = (await as_read(browser, "offers"))["Coaching"]
    assert list(row.values()) == ["26", "11", "7", "8"]


async def test_a_name_is_no_formula(office: Office) -> None:
    await has_been(office.runtime.database, 9)
    async with office.runtime.database.writing() as session:
        await session.execute(
            table(Meeting).metadata.tables["unit"].update().values(name="=HYPERLINK(1)")
        )
        await session.execute(table(Meeting).metadata.tables["setting"].update().values(value=99))
    async with office.signed_in(role="admin") as browser:
        rows = await downloads(browser, "attendance", by="unit")
    assert rows[1][0] == "'=HYPERLINK(1)"


async def test_figures_read_in_swedish(office: Office) -> None:
    async with office.signed_in(role="admin") as browser:
        await browser.opens("/console/figures")
        page = await browser.presses("Svenska")
    assert 'lang="sv"' in page.html


async def test_a_year_of_bookings_is_counted_while_one_waits(
    request: pytest.FixtureRequest, clock: FrozenClock, tmp_path: Path
) -> None:
    """Half a second here; a query that looks at every row for every row takes minutes."""
    async for database in open_database(request, "sqlite"):
        await open_office(database, clock, tmp_path)
        for month in range(1, 11):
            starts = datetime(2026, month, 7, 9, tzinfo=UTC)
            await has_been(database, MANY // 10, starts=starts)
        period = last_months(local_day(clock.now()), 12)
        began = time.process_time()  # SQLite counts in this process; others may be busy
        async with database.reading() as session:
            spoken = await figures.languages(session)
            rows = await figures.booked(session, period, spoken)
            first = await figures.first_meetings(session, period, spoken)
            waited = await figures.waited(session, period, spoken)
        counted = counting.attendance(rows, "language", period)
        counting.waiting(first, "language")
        counting.offers(waited, "language")
        assert time.process_time() - began < 5
        assert counted.number("ar", "booked") == MANY
