"""Activities from a file, through the console's door: looked at, brought in, brought again."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import select

from backend.app import create_app
from backend.console.activities_import import PATH
from backend.database import Database
from backend.fetching import Unreachable
from backend.gatherings.bringing_in import bring_in
from backend.gatherings.dry_run import known_now, look
from backend.gatherings.found import Otherwise
from backend.models import Meeting, Series
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.console_office import ORIGIN, Browser, Office, Page, open_office

MANY, FEWER = 10_000, 1_000
HEAD = "datum;start;slut;aktivitet;namn;plats;platser;upprepas"
LINE = "2027-01-11;09:00;10:00;cv-workshop;Verkstad;Etableringscentrum;500;"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Forening//SV
BEGIN:VEVENT
UID:1@forening.example
DTSTART;TZID=Europe/Stockholm:20270315T090000
DTEND;TZID=Europe/Stockholm:20270315T110000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=Europe/Stockholm:20270322T090000
SUMMARY:Kaffe
END:VEVENT
BEGIN:VEVENT
UID:1@forening.example
RECURRENCE-ID;TZID=Europe/Stockholm:20270329T090000
DTSTART;TZID=Europe/Stockholm:20270330T130000
DTEND;TZID=Europe/Stockholm:20270330T150000
SUMMARY:Kaffe
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


@asynccontextmanager
async def whole(office: Office, role: str = "coordinator") -> AsyncIterator[Browser]:
    """The same browser before the whole application, with its limits on what may be sent."""
    app = create_app(office.runtime)
    async with office.signed_in(role=role) as signed_in:
        transport = ASGITransport(app, client=("127.0.0.1", 1))
        async with AsyncClient(
            transport=transport, base_url=ORIGIN, cookies=signed_in.client.cookies
        ) as client:
            yield Browser(client)


async def uploads(browser: Browser, content: bytes, **given: str) -> Page:
    """Look at a file."""
    await browser.opens(PATH)
    sent = {"csrf": browser.csrf, "do": "look", "seats": "20", **given}
    response = await browser.client.post(
        PATH, data=sent, files={"file": ("a.csv", content)}, headers={"Origin": ORIGIN}
    )
    browser.page = Page(response)
    return browser.page


def faults(page: Page) -> list[tuple[int, str, str]]:
    """Line, column and words of each fault that the page lists."""
    rows = re.findall(
        r'<th scope="row">(\d+)</th><td><bdi>(.*?)</bdi></td><td>(.*?)</td>', page.html
    )
    return [(int(line), column, words) for line, column, words in rows]


def file_of(lines: int) -> tuple[bytes, dict[int, str]]:
    """A file of so many lines, and the columns of those that are wrong."""
    wrong: dict[int, str] = {}
    written = [HEAD]
    for number in range(lines):
        day = date.fromordinal(date(2026, 12, 1).toordinal() + number % 250)
        hour, minute = 7 + number % 12, number % 60
        cells = [day.isoformat(), f"{hour:02}:{minute:02}", f"{hour + 2:02}:{minute:02}"]
        cells += ["cv-workshop", f"Verkstad {number}", "Etableringscentrum", "20", ""]
        if number % 270 == 135:
            at, column, value = (
                (0, "datum", "2027-02-30"),
                (1, "start", "25:00"),
                (2, "slut", "06:00"),
                (3, "aktivitet", "coaching"),
                (5, "plats", "Farsta"),
                (6, "platser", "många"),
                (7, "upprepas", "då och då"),
            )[number // 270 % 7]
            cells[at] = value
            wrong[number + 2] = column
        written.append(";".join(cells))
    return "\n".join(written).encode(), wrong


async def test_of_thousands_of_lines_the_good_go_in_and_each_fault_is_listed(
    office: Office, database: Database
) -> None:
    lines = MANY if database.is_sqlite else FEWER  # reading and checking them is the same
    content, wrong = file_of(lines)
    good = lines - len(wrong)
    assert len(wrong) == (37 if database.is_sqlite else 4)
    async with whole(office) as browser:
        began = time.process_time()
        page = await uploads(browser, content)
        checked = time.process_time() - began
        assert f"{good} activities can go in." in page.words
        assert {line: column for line, column, _words in faults(page)} == wrong
        assert len(faults(page)) == len(wrong)
        assert await count(database, "series") == 0
        page = await browser.presses("Bring in")
        assert "are in now" in page.words
        assert f"{len(wrong)} have faults and were left out." in page.words
        assert await count(database, "series") == good
        page = await uploads(browser, content)
        assert "0 activities can go in." in page.words
        assert "are here already" in page.words
    assert await count(database, "series") == good
    assert checked < 5


async def test_every_fault_can_be_taken_home_as_a_file(office: Office) -> None:
    async with office.signed_in(role="admin") as browser:
        page = await uploads(
            browser, b"datum;start\n=2+5;9\n2027-01-11;9\n", service="cv-workshop"
        )
        assert [line for line, _column, _words in faults(page)] == [2, 2, 3]
        form, _button = page.form("Download what is wrong")
        response = await browser.client.post(
            PATH, data=dict([*form.filled(), ("do", "faults")]), headers={"Origin": ORIGIN}
        )
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows[0] == ["Line", "Column", "What is wrong"]
    assert [row[:2] for row in rows[1:]] == [["2", "unit"], ["2", "datum"], ["3", "unit"]]


async def test_what_goes_in_is_what_was_looked_at(office: Office, database: Database) -> None:
    async with office.signed_in(role="coordinator") as browser:
        page = await uploads(browser, f"{HEAD}\n{LINE}".encode())
        form, _button = page.form("Bring in")
        other = f"{HEAD}\n{LINE.replace('500;', '20;')}"
        sent = dict(form.filled(content=other)) | {"do": "bring"}
        page = await browser.sends(PATH, list(sent.items()))
        assert page.status == 422
        assert "The file is not the one you looked at." in page.words
        assert await count(database, "series") == 0
        page = await browser.presses("Bring in")
        assert "1 activity is in now." in page.words
    async with database.reading() as session:
        row = (await session.scalars(select(Series))).one()
    assert (row.capacity, row.source, row.state) == (20, "import", "open")


async def test_lines_can_be_pasted_and_their_words_stay_words(
    office: Office, database: Database
) -> None:
    """The file goes out with the page and comes back: nothing of it may change on the way."""
    odd = (
        '\n2027-01-11;09:00;10:00;cv-workshop;"Kaffe & <te>\n""\'\u2019 ወይ";Etableringscentrum;5;'
    )
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(PATH)
        await browser.presses("Look at the file", pasted=HEAD.replace("\n", "\r\n") + odd)
        page = await browser.presses("Bring in")
        assert "1 activity is in now." in page.words
    async with database.reading() as session:
        row = (await session.scalars(select(Series))).one()
    assert row.name == {"sv": "Kaffe & <te> \"'\u2019 ወይ"}


async def test_a_calendar_at_an_address_is_looked_at_once(
    office: Office, database: Database
) -> None:
    asked = []

    async def fetch(address: str) -> bytes:
        asked.append(address)
        return CALENDAR.encode()

    office.app.state.fetch = fetch
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(PATH)
        given = {"service": "cv-workshop", "unit": "centre", "seats": "8"}
        page = await browser.presses(
            "Look at the file", address="https://forening.example/a.ics", **given
        )
        assert "1 activity can go in." in page.words
        page = await browser.presses("Bring in")
        assert "1 activity is in now." in page.words
    assert asked == ["https://forening.example/a.ics"]
    async with database.reading() as session:
        rows = await session.execute(
            select(Meeting.series_start, Meeting.local_start, Meeting.state, Meeting.starts_at)
            .where(Meeting.series_id.is_not(None))
            .order_by(Meeting.series_start)
        )
        made = {start: (local, state, at) for start, local, state, at in rows}
    assert list(made) == [f"2027-03-{day}T09:00" for day in ("15", "22", "29")]
    assert made["2027-03-15T09:00"][:2] == ("2027-03-15T09:00", "planned")
    assert made["2027-03-22T09:00"][1] == "cancelled"
    assert made["2027-03-29T09:00"][:2] == ("2027-03-30T13:00", "planned")
    assert f"{made['2027-03-15T09:00'][2]:%H:%M}" == "08:00"
    assert f"{made['2027-03-29T09:00'][2]:%H:%M}" == "11:00"  # the clocks have changed


async def test_an_address_that_gives_nothing_is_said_so(office: Office) -> None:
    async def fetch(_address: str) -> bytes:
        raise Unreachable

    office.app.state.fetch = fetch
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(PATH)
        page = await browser.presses("Look at the file", address="https://nowhere.example/x")
        assert page.status == 422
        assert "The calendar could not be reached." in page.words
        assert "https://nowhere.example/x" in page.html
        page = await browser.presses("Look at the file", address="")
        assert "Choose a file first." in page.words


async def test_too_much_is_refused_before_it_is_read(office: Office) -> None:
    async with whole(office) as browser:
        page = await uploads(browser, b"x" * 2_000_001)
        assert "The file is too large." in page.words
        page = await uploads(browser, b"x" * 6_100_000)
        assert page.status == 413


async def test_two_who_bring_the_same_in_at_once_bring_it_in_once(
    office: Office, database: Database
) -> None:
    lines = [LINE.replace("Verkstad", f"Verkstad {number}") for number in range(150)]
    text = "\n".join((HEAD, *lines))
    runtime = office.runtime
    async with database.reading() as session:
        catalogue = await runtime.cache.get(session)
        known = await known_now(session, catalogue, runtime.clock, ["sv"], Otherwise())
        run = await look(session, text, known)
    added = await asyncio.gather(
        *(bring_in(database, runtime.clock, runtime.cache, "staff:amina", run.good) for _ in "ab")
    )
    assert sum(added) == await count(database, "series") == 150


async def test_what_has_come_in_is_among_the_activities(office: Office) -> None:
    async with office.signed_in(role="coordinator") as browser:
        await uploads(browser, f"{HEAD}\n{LINE}".encode())
        await browser.presses("Bring in")
        assert "Verkstad" in (await browser.opens("/console/activities?week=2027-W02")).words
