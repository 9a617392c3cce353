"""The page of one person on the console, and the needs she has picked."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Booking, Journal, Meeting, Person, Service
from backend.services import catalogue, needs
from backend.services.erasure import Policy, erase
from backend.services.needs import NEEDS, NoSuchPerson, UnknownNeed
from backend.services.numbers import keep_number
from backend.services.requests import Requests
from backend.services.waitlist import Waitlist
from backend.services.walltime import instant
from backend.work import Work
from dialogs.ports import Slot
from tests.clock import FrozenClock
from tests.house import Person as Newcomer
from tests.integration.console_office import Browser, Office, Page, open_office, translated


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path, translated({}))


@pytest.fixture
async def anna(office: Office) -> Newcomer:
    """Anna reads Arabic and has booked tomorrow at nine."""
    person = office.person()
    await person.settles("العربية")
    await person.books("09:00")
    return person


async def page_of(browser: Browser, person: Newcomer) -> Page:
    return await browser.opens(f"/console/people/{await person.id()}")


def at(day: date, hour: int) -> datetime:
    found = instant(day, hour * 60)
    assert found is not None
    return found


async def row_of(office: Office) -> Booking:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Booking).order_by(Booking.created_at))).all()[-1]


def work_of(office: Office, actor: str = "staff:amina"):
    return Work.begin(office.runtime.database, office.runtime.clock, actor)


async def test_the_page_says_how_she_is_reached_and_what_is_booked(office: Office, anna: Newcomer):
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
    assert "Arabic" in page.words
    assert "Tuesday 24 November (24/11) 09:00 Coaching · Amina · Etableringscentrum" in page.words
    conversation = await anna.conversation()
    assert conversation is not None
    assert f"/console/threads/{conversation.id}#latest" in [href for href, _ in page.links]
    assert "Chat on the web: Arabic" in page.words


async def test_everything_a_coach_does_there_is_one_link_or_button_away(
    office: Office, anna: Newcomer
):
    path = f"/console/people/{await anna.id()}"
    booking = await row_of(office)
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
        links = {words.split(":")[0]: href for href, words in page.links}
        assert links["Propose times"] == f"{path}/propose"
        assert links["Write"].endswith("#answer")
        assert links["Move"] == f"/console/bookings/{booking.id}/move?onward={path}"
        page = await browser.follows("Move")
        page = await browser.follows("← Back")
        assert page.response.url.path == path
        page = await browser.presses("Yes, cancel the meeting")
        assert page.response.url.path == path
        assert "Nothing is booked." in page.words
        assert "Cancelled" in page.words


async def test_a_conversation_leads_to_the_person_and_back(office: Office, anna: Newcomer):
    conversation = await anna.conversation()
    assert conversation is not None
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{conversation.id}")
        page = await browser.follows("About this person")
        assert page.response.url.path == f"/console/people/{conversation.person_id}"
        page = await browser.follows("Chat on the web")
        assert page.response.url.path == f"/console/threads/{conversation.id}"


async def test_who_changed_what_is_said_with_names(
    office: Office, anna: Newcomer, clock: FrozenClock
):
    async with office.signed_in() as browser:
        conversation = await anna.conversation()
        assert conversation is not None
        await browser.opens(f"/console/threads/{conversation.id}")
        await browser.presses("Confirm")
    clock.forward(days=1, hours=2)
    async with office.signed_in("bo") as browser:
        await browser.opens("/console/today")
        await browser.presses("Did not come")
        await browser.opens("/console/today")
        await browser.presses("Undo")
    async with office.signed_in() as browser:
        await browser.opens("/console/today")
        await browser.presses("Came")
        page = await page_of(browser, anna)
    _before, _heading, history = page.words.partition("What has happened")
    found = [
        "Yesterday 08:00 Kept for a short time The person",
        "Yesterday 08:00 Booked The person · version 1",
        "Yesterday 08:00 Seen Amina",
        "Today 10:00 Did not come Bo · version 2",
        "Today 10:00 Mark taken back Bo · version 3",
        "Today 10:00 Came Amina · version 4",
    ]
    places = [history.find(line) for line in found]
    assert -1 not in places, history
    assert places == sorted(places)


async def test_a_past_meeting_that_nobody_marked_asks_to_be(
    office: Office, anna: Newcomer, clock: FrozenClock
):
    clock.forward(days=2)
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
        assert "Nothing is booked." in page.words
        page = await browser.follows("Not marked: who came?")
        assert "Did not come" in page.words


async def test_what_she_waits_for_is_there_with_the_times_she_has(office: Office, anna: Newcomer):
    person = await anna.id()
    async with work_of(office) as work:
        slots = [
            Slot("advice", "amina", "centre", at(date(2026, 11, day), 10)) for day in (25, 26)
        ]
        await Requests(await office.house.bookings(work)).propose(person, slots)
    async with work_of(office, "person") as work:
        booking = (await anna.meetings())[0].booking
        await Waitlist(await office.house.bookings(work)).wait(person, "coaching", booking)
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
    assert "Waits for" in page.words
    assert "Advice Times proposed Wednesday 25 November (25/11) 10:00 Amina" in page.words
    assert "The times are kept until" in page.words
    assert "Coaching Would like an earlier time" in page.words


async def test_the_number_for_a_call_is_there_only_while_the_call_is_to_come(
    office: Office, anna: Newcomer, clock: FrozenClock
):
    booking = await row_of(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Meeting).where(Meeting.capacity == 1).values(mode="phone"))
    async with work_of(office, "person") as work:
        vault = office.runtime.vault
        await keep_number(work, vault, await anna.id(), booking.id, "0701234567")
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
        assert "0701234567" in page.words
        assert "Coaching · Amina · By phone" in page.words
    clock.forward(days=1, hours=1, minutes=40)  # five minutes left of the call
    async with office.signed_in() as browser:
        assert "0701234567" in (await page_of(browser, anna)).words
        clock.forward(minutes=5)
        assert "0701234567" not in (await page_of(browser, anna)).words


async def test_a_number_is_not_shown_for_a_meeting_that_is_off(office: Office, anna: Newcomer):
    booking = await row_of(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Meeting).where(Meeting.capacity == 1).values(mode="phone"))
    async with work_of(office, "person") as work:
        vault = office.runtime.vault
        await keep_number(work, vault, await anna.id(), booking.id, "0701234567")
    async with office.signed_in() as browser:
        await page_of(browser, anna)
        page = await browser.presses("Yes, cancel the meeting")
    assert "0701234567" not in page.words


async def test_a_request_is_not_moved_but_answered(office: Office):
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Service).where(Service.id == "coaching").values(by_request=True)
        )
        await catalogue.touch(session)
    dina = office.person("dina")
    await dina.settles("العربية")
    await dina.says("/book")
    await dina.taps("09:00")
    await dina.taps("Yes")
    async with office.signed_in() as browser:
        page = await page_of(browser, dina)
    assert "Asked for" in page.words
    assert "Move" not in [words.split(":")[0] for _href, words in page.links]
    assert "Propose times" in page.words


async def test_that_it_was_read_is_journalled(office: Office, anna: Newcomer):
    async with office.signed_in() as browser:
        await page_of(browser, anna)
    async with office.runtime.database.reading() as session:
        rows = await session.scalars(select(Journal).where(Journal.entity == "person"))
        read = [(row.actor, row.entity_id, row.action, row.data) for row in rows]
    assert ("staff:amina", await anna.id(), "read", {}) in read


async def test_someone_unknown_is_a_page_that_says_so_and_nothing_is_journalled(office: Office):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/people/nobody")
    assert page.status == 404
    assert "This is not here any more. It may have been deleted." in page.words
    assert await office.journal("person") == []


@pytest.mark.parametrize("may_delete", [True, False])
async def test_someone_who_was_erased_is_gone(
    office: Office, anna: Newcomer, may_delete: bool, clock: FrozenClock
):
    person = await anna.id()
    conversation = await anna.conversation()
    assert conversation is not None
    async with work_of(office, "person") as work:
        bookings = await office.house.bookings(work)
        policy = Policy(90, may_delete_messages=may_delete)
        await erase(work, bookings, person, conversation.address_id, policy)
    fresh = await anna.id()
    async with office.signed_in() as browser:
        for each in {person, fresh}:
            page = await browser.opens(f"/console/people/{each}")
            assert page.status == 404
    if not may_delete:
        clock.forward(minutes=1)
        await anna.says("/menu")  # she has come back, and is the same person
        async with office.signed_in() as browser:
            page = await page_of(browser, anna)
        assert page.status == 200


async def test_needs_are_picked_from_a_list_and_stand_in_its_order(office: Office, anna: Newcomer):
    person = await anna.id()
    async with work_of(office, "person") as work:
        await needs.set(work, person, ["time", "child", "step_free"])
    async with office.runtime.database.reading() as session:
        assert await needs.of(session, person) == ("child", "step_free", "time")
    async with office.signed_in() as browser:
        page = await page_of(browser, anna)
    assert "A child comes along" in page.words
    assert "A lift, no stairs" in page.words
    assert "A quiet room" not in page.words


async def test_the_journal_says_that_needs_changed_and_not_which(office: Office, anna: Newcomer):
    person = await anna.id()
    for names in (["hearing"], ["hearing"], []):
        async with work_of(office, "person") as work:
            await needs.set(work, person, names)
    async with office.runtime.database.reading() as session:
        rows = await session.scalars(select(Journal).where(Journal.action == "needs"))
        assert [row.data for row in rows] == [{"picked": 1}, {"picked": 0}]


async def test_a_need_that_is_not_on_the_list_is_refused(office: Office, anna: Newcomer):
    person = await anna.id()
    async with work_of(office, "person") as work:
        with pytest.raises(UnknownNeed):
            await needs.set(work, person, ["child", "something else"])
    async with office.runtime.database.reading() as session:
        assert await needs.of(session, person) == ()


async def test_nobody_has_no_needs(office: Office):
    async with office.runtime.database.reading() as session:
        with pytest.raises(NoSuchPerson):
            await needs.of(session, "nobody")
    async with work_of(office, "person") as work:
        with pytest.raises(NoSuchPerson):
            await needs.set(work, "nobody", ["child"])


async def test_a_need_that_was_on_the_list_once_is_left_out(office: Office, anna: Newcomer):
    person = await anna.id()
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Person).where(Person.id == person).values(needs=["gone", "quiet"])
        )
    async with office.runtime.database.reading() as session:
        assert await needs.of(session, person) == ("quiet",)


def test_the_list_is_short_enough_to_read_in_a_chat():
    assert len(NEEDS) == 8
