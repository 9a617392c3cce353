"""Whether answers helped and how talks were: counted by language and topic, never by person."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from backend.database import Database
from backend.models import Address, Conversation, Handoff, Person, Question
from tests.clock import FrozenClock
from tests.integration.console_office import Browser, Office, open_office

DAY = date(2026, 11, 10)  # of the last whole week but one
AT = datetime(2026, 11, 10, 9, tzinfo=UTC)


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def rated(
    office: Office,
    many: int,
    *,
    helped: bool,
    language: str = "so",
    shown: str = "personnummer",
    day: date = DAY,
) -> None:
    """So many answers with a thumb up or down."""
    async with office.runtime.database.writing() as session:
        for number in range(many):
            await session.execute(
                insert(Question).values(
                    id=f"{language}-{shown}-{helped}-{day}-{number}",
                    asked_on=day,
                    language=language,
                    text="?",
                    outcome="answer",
                    shown=[shown],
                    score=0.9,
                    helped=helped,
                )
            )


async def talked(office: Office, many: int, grade: int, topic: str | None = "papers") -> None:
    """So many people who have chosen a face after a talk."""
    async with office.runtime.database.writing() as session:
        for number in range(many):
            name = f"{grade}-{topic}-{number}"
            await session.execute(insert(Person).values(id=name, created_at=AT))
            address = {"channel": "web", "account": name, "sealed": b""}
            await session.execute(insert(Address).values(id=name, person_id=name, **address))
            seen = {"language": "so", "place": {}, "seen_at": AT}
            await session.execute(
                insert(Conversation).values(id=name, person_id=name, address_id=name, **seen)
            )
            ended = {"kind": "talk", "state": "closed", "opened_at": AT}
            await session.execute(
                insert(Handoff).values(
                    person_id=name,
                    conversation_id=name,
                    language="so",
                    topic=topic,
                    rating=grade,
                    **ended,
                )
            )


async def as_read(browser: Browser, name: str) -> Mapping[str, dict[str, str]]:
    """A file by the name of its row and the name of its column."""
    response = await browser.client.get(
        "/console/figures.csv", params={"table": name, "period": "weeks"}
    )
    assert response.status_code == 200
    head, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


async def test_thumbs_are_counted_by_language_and_by_topic(office: Office) -> None:
    await rated(office, 7, helped=True)
    await rated(office, 6, helped=False)
    await rated(office, 9, helped=True, language="ti", shown="taken-away")
    await rated(office, 9, helped=True, day=date(2026, 11, 23))  # this week is not over
    async with office.signed_in(role="coordinator") as browser:
        languages = await as_read(browser, "helped-language")
        topics = await as_read(browser, "helped-topic")
    assert languages["Somali"] == {"Rated": "13", "Helped": "7", "Did not help": "6"}
    assert languages["All together"] == {"Rated": "22", "Helped": "16", "Did not help": "6"}
    assert topics["Papers and authorities"]["Rated"] == "13"
    assert topics["Unknown"]["Rated"] == "9"


async def test_fewer_than_five_are_not_shown(office: Office) -> None:
    await rated(office, 20, helped=True)
    await rated(office, 3, helped=False)
    async with office.signed_in(role="admin") as browser:
        languages = await as_read(browser, "helped-language")
        page = await browser.opens("/console/figures?period=weeks")
    assert languages["Somali"]["Did not help"] == "not shown"
    assert "3" not in languages["Somali"].values()
    assert "Did the answer help? By language" in page.words


async def test_faces_after_a_talk_are_counted_by_people(office: Office) -> None:
    await talked(office, 8, 3)
    await talked(office, 6, 1)
    await talked(office, 5, 2, topic=None)
    async with office.signed_in(role="coordinator") as browser:
        languages = await as_read(browser, "faces-language")
        topics = await as_read(browser, "faces-topic")
    assert languages["Somali"] == {"Rated": "19", "Good": "8", "In between": "5", "Not good": "6"}
    assert topics["Papers and authorities"] == {
        "Rated": "14",
        "Good": "8",
        "In between": "0",
        "Not good": "6",
    }


async def test_without_feedback_the_page_says_so(office: Office) -> None:
    async with office.signed_in(role="coordinator") as browser:
        page = await browser.opens("/console/figures?period=weeks")
    assert "There is nothing to count in this time." in page.words
