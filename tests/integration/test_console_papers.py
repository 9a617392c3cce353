"""A person's papers on her page: coaches write on the same cards as she does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.database import Database
from backend.models import Card
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import Person
from tests.integration.console_office import Browser, Office, open_office


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


@pytest.fixture
async def anna(office: Office) -> Person:
    anna = office.person()
    await anna.settles()
    return anna


@pytest.fixture
async def coach(office: Office, anna: Person) -> AsyncIterator[Browser]:
    async with office.signed_in() as browser:
        await browser.opens(f"/console/people/{await anna.id()}")
        yield browser


async def card(office: Office) -> Card:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Card))).one()


async def test_a_coach_fills_in_a_card_and_the_person_sees_who_did(
    office: Office, coach: Browser, anna: Person
) -> None:
    page = await coach.presses(
        "Save: Job plan",
        contact="Sara 08-508 00 000",
        next_on="2027-03-15",
        line="Bring the book",
        reminds="yes",
    )
    assert "Whom to ask: Sara 08-508 00 000" in page.words
    assert "Next date: Monday 15 March (15/3) 2027" in page.words
    assert "Changed by staff: Today 08:00" in page.words
    assert await count(office.runtime.database, "message", "about LIKE 'card:%'") == 2
    await anna.says("/plan")
    await anna.taps("My papers")
    await anna.taps("Job plan")
    assert "A coach changed this last" in await anna.heard()
    assert ("staff:amina", "added") in await office.journal("card")


async def test_what_she_changes_in_the_meantime_is_not_written_over(
    office: Office, coach: Browser
) -> None:
    await coach.presses("Save: Job plan", line="Bring the book")
    stale = coach.page
    async with office.signed_in("bo") as other:
        await other.opens(f"/console/people/{(await card(office)).person_id}")
        await other.presses("Save: Job plan", line="Bring the pen")
    coach.page = stale
    page = await coach.presses("Save: Job plan", line="Bring nothing")
    assert page.status == 409
    assert "This card was changed meanwhile." in page.words
    assert office.runtime.vault.open((await card(office)).line or b"") == "Bring the pen"


async def test_two_who_fill_in_the_same_empty_card_do_not_both_win(
    office: Office, coach: Browser
) -> None:
    empty = coach.page
    await coach.presses("Save: Study plan", line="First")
    coach.page = empty
    page = await coach.presses("Save: Study plan", line="Second")
    assert page.status == 409
    assert await count(office.runtime.database, "card") == 1


async def test_a_personal_number_on_a_card_is_hidden(office: Office, coach: Browser) -> None:
    page = await coach.presses("Save: Job plan", line="19900101-1234 bring it")
    assert "To remember: [•••] bring it" in page.words
    assert "1234" not in page.html


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("began", "2027-03-15", "The first meeting cannot be on a day to come."),
        ("next_on", "2099-03-15", "That is more than ten years from today."),
        ("next_on", "2027-02-29", "Choose a day."),
        ("next_on", "soon", "Choose a day."),
        ("line", "x" * 121, "At most 120 characters fit."),
        ("contact", "x" * 81, "At most 80 characters fit."),
    ],
)
async def test_what_cannot_be_meant_is_told_and_nothing_is_saved(
    office: Office, coach: Browser, field: str, typed: str, said: str
) -> None:
    page = await coach.presses("Save: Job plan", **{field: typed})
    assert page.status == 422
    assert said in page.words
    assert await count(office.runtime.database, "card") == 0


async def test_a_card_is_thrown_away_with_its_reminders(office: Office, coach: Browser) -> None:
    await coach.presses("Save: Job plan", next_on="2027-03-15", reminds="yes")
    await coach.presses("Throw the card away: Job plan")
    assert await count(office.runtime.database, "card") == 0
    assert await count(office.runtime.database, "message", "state = 'planned'") == 0


async def test_a_coach_sees_that_she_is_away_and_how_many_dates_but_not_which(
    office: Office, coach: Browser, anna: Person
) -> None:
    await coach.presses("Save: Job plan", began="2026-11-20", reminds="yes")
    await anna.says("/plan")
    await anna.taps("My papers")
    await anna.taps("I am away for some time")
    await anna.taps("I am on parental leave")
    await anna.says("1/6 2027")
    await anna.taps("Yes, that is right")
    await anna.says("/plan")
    await anna.taps("Remind me of a date")
    await anna.taps("Extend my residence permit")
    await anna.says("15/3 2027")
    await anna.taps("Yes, that is right")
    page = await coach.opens(f"/console/people/{await anna.id()}")
    assert "On parental leave: until Tuesday 1 June (1/6) 2027." in page.words
    assert "No reminders are sent about these cards." in page.words
    assert "The person wants to be reminded of one date of their own." in page.words
    assert "permit" not in page.words
    assert (await card(office)).began == date(2026, 11, 20)


async def test_whoever_has_been_deleted_has_no_cards(office: Office, coach: Browser) -> None:
    page = await coach.sends(
        "/console/people/nobody/papers/job", [("csrf", coach.csrf), ("do", "save")]
    )
    assert page.status == 404
    assert await count(office.runtime.database, "card") == 0
    sent = [("csrf", coach.csrf), ("do", "save")]
    assert (await coach.sends("/console/people/nobody/papers/diary", sent)).status == 422
