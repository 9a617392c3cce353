"""The team on the console: who has how much to do, and meetings that need another coach."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.models import Booking, Busy, Closure, Override, Staff
from backend.models.base import Base
from backend.services import catalogue, load
from backend.services.load import Load, Team
from backend.services.walltime import instant
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import (
    Browser,
    Office,
    Page,
    leaves_a_message,
    open_office,
    translated,
)

TUESDAY = date(2026, 11, 24)


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path, translated({}))


@pytest.fixture
async def anna(office: Office) -> Person:
    """Anna reads Arabic and has booked Amina tomorrow at nine."""
    person = office.person()
    await person.settles("العربية")
    await person.books("09:00")
    return person


async def team_of(office: Office) -> Team:
    async with office.runtime.database.reading() as session:
        known = await office.runtime.cache.get(session)
        return await load.of_team(session, known, office.runtime.clock.now())


async def load_of(office: Office, coach: str = "amina") -> Load:
    return next(each for each in (await team_of(office)).loads if each.coach == coach)


async def add(office: Office, model: type[Base], **values: object) -> None:
    async with office.runtime.database.writing() as session:
        await session.execute(insert(model).values(**values))
        await catalogue.touch(session)


async def leaves(office: Office, coach: str) -> None:
    """She does not work here any more."""
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == coach).values(is_active=False))
        await catalogue.touch(session)


async def answers(browser: Browser, thread: str) -> None:
    await browser.opens(f"/console/threads/{thread}")
    await browser.presses("Send", text="Hej!")


def names(page: Page) -> list[str]:
    """Coaches in the order of the table."""
    rows = re.findall(r'<th scope="row">(.*?)</th>', page.html, re.DOTALL)
    return [re.sub("<[^>]*>", "", row).strip() for row in rows]


def at(day: date, hour: int) -> datetime:
    found = instant(day, hour * 60)
    assert found is not None
    return found


async def test_meetings_are_counted_for_this_week_and_the_next(
    office: Office, anna: Person, clock: FrozenClock
):
    before = await load_of(office)
    assert (before.this_week, before.next_week, before.people) == (1, 0, 0)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(state="requested"))
    assert (await load_of(office)).this_week == 1  # asked for is work too
    clock.forward(days=-2)  # Saturday of the week before
    sunday = await load_of(office)
    assert (sunday.this_week, sunday.next_week) == (0, 1)


async def test_people_are_counted_once_however_often_they_come(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=2)
    await anna.books("09:00")
    clock.forward(days=2)
    assert (await load_of(office)).people == 1
    bert = office.person("bert")
    await bert.settles("العربية")
    await bert.books("09:00")
    clock.forward(days=5)
    assert (await load_of(office)).people == 2
    clock.forward(days=90)
    assert (await load_of(office)).people == 0


async def test_free_time_is_what_is_left_of_this_week(
    office: Office, anna: Person, clock: FrozenClock
):
    assert (await load_of(office, "bo")).free == 5 * 12
    assert (await load_of(office)).free == 5 * 12 - 4  # the meeting and the break after it
    await add(office, Closure, day=date(2026, 11, 26), name="Stängt")
    starts, ends = at(date(2026, 11, 27), 9), at(date(2026, 11, 27), 10)
    await add(office, Busy, staff_id="bo", starts_at=starts, ends_at=ends)
    assert (await load_of(office, "bo")).free == 4 * 12 - 4
    clock.forward(days=4, hours=3)  # Friday at eleven
    assert (await load_of(office, "bo")).free == 4
    clock.forward(hours=2)
    assert (await load_of(office, "bo")).free == 0


async def test_a_conversation_waits_for_whoever_answered_last(office: Office, clock: FrozenClock):
    bert = office.person("bert")
    thread = await leaves_a_message(bert, "Hello")
    assert (await team_of(office)).new == load.Unanswered(1, clock.now())
    async with office.signed_in() as amina:
        await answers(amina, thread)
    clock.forward(minutes=41)  # her letter has been read; whoever writes next has the talk
    await office.house.timers.run_due()
    async with office.signed_in("bo") as bo:
        await answers(bo, thread)
    clock.forward(hours=1)
    assert (await load_of(office, "bo")).unanswered is None
    await leaves_a_message(bert, "And one more thing")
    found = await team_of(office)
    assert found.new is None
    assert (await load_of(office, "amina")).unanswered is None
    asked_at = clock.now()
    waits = await load_of(office, "bo")
    assert waits.unanswered is not None
    assert waits.unanswered.count == 1
    assert waits.unanswered.oldest <= asked_at


async def test_a_notice_about_a_meeting_is_no_answer(office: Office, anna: Person):
    conversation = await anna.conversation()
    assert conversation is not None
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{conversation.id}")
        await browser.presses("Confirm")
    await office.runtime.releaser.release_due()
    await leaves_a_message(anna, "Hello", "العربية")
    assert (await load_of(office)).unanswered is None
    assert (await team_of(office)).new is not None


async def test_meetings_that_nobody_marked_are_counted_until_somebody_does(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=2)
    assert (await load_of(office)).unmarked == 1
    async with office.signed_in() as browser:
        page = await browser.opens("/console/team")
        assert "Not marked: who came? 1" in page.words
        await browser.opens("/console/today?day=2026-11-24")
        await browser.presses("Came")
    assert (await load_of(office)).unmarked == 0


async def test_who_needs_help_most_stands_first(office: Office, clock: FrozenClock):
    async with office.signed_in() as browser:
        assert names(await browser.opens("/console/team")) == ["Amina", "Bo", "Carla"]
    bert = office.person("bert")
    thread = await leaves_a_message(bert, "Hello")
    async with office.signed_in("carla") as browser:
        await answers(browser, thread)
    clock.forward(hours=1)
    await leaves_a_message(bert, "Hello again")
    async with office.signed_in() as browser:
        assert names(await browser.opens("/console/team")) == ["Carla", "Amina", "Bo"]


async def test_meetings_of_one_who_has_left_need_another_coach(office: Office, anna: Person):
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/team")
        assert "needs another coach" not in page.words
        await leaves(office, "amina")
        page = await browser.opens("/console/team")
        assert "One meeting needs another coach" in page.words
        assert "The coach has left." in page.words
        assert names(page)[0] == "Amina takes no meetings"
        page = await browser.follows("Find another coach")
        chosen = re.findall(r'name="slot" value="([^"]*)"', page.html)[0]
        page = await browser.presses("Move, and tell the person", slot=unquoted(chosen))
        assert page.response.url.path == "/console/team"
        assert "needs another coach" not in page.words
    async with office.runtime.database.reading() as session:
        booking = (await session.scalars(select(Booking))).one()
    assert booking.version == 2
    assert (await anna.meetings())[0].coach in ("Bo", "Carla")


def unquoted(value: str) -> str:
    return value.replace("&#34;", '"').replace("&quot;", '"')


async def test_meetings_of_one_who_is_away_that_day_need_another_coach(
    office: Office, anna: Person
):
    away = {"from_minute": 0, "to_minute": 1440, "is_open": False}
    await add(office, Override, staff_id="amina", day=TUESDAY, **away)
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/team")
    assert "One meeting needs another coach" in page.words
    assert "The coach is not there then." in page.words
    assert "Tuesday 24 November (24/11) 09:00 Coaching · Amina" in page.words


async def test_meetings_at_a_place_that_is_closed_are_there_too(office: Office, anna: Person):
    await add(office, Closure, day=TUESDAY, name="Vatten")
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/team")
    assert "The place is closed then." in page.words


async def test_someone_who_has_fallen_ill_hands_over_all_her_meetings(
    office: Office, anna: Person
):
    async with office.signed_in("bo") as browser:
        await browser.opens("/console/team")
        page = await browser.follows("Hand over: Amina")
        assert "Coming meetings of Amina" in page.words
        assert "Tuesday 24 November (24/11) 09:00 Coaching · Amina" in page.words
        await browser.follows("Find another coach")
        page = await browser.follows("← Back")
    assert "Coming meetings of Amina" in page.words


async def test_an_activity_stays_with_whoever_leads_it(office: Office, anna: Person):
    await anna.says("/menu")
    await anna.taps("Activities")
    await anna.taps("CV workshop")
    await anna.taps("Yes, I want a seat")
    await add(office, Closure, day=date(2026, 11, 26), name="Stängt")
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/team")
    assert "needs another coach" not in page.words


async def test_a_coach_who_is_nobody_is_no_error(office: Office):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/team?coach=nobody")
    assert page.status == 200
    assert "Coming meetings of" not in page.words
