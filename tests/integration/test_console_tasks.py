"""What bookings ask of staff, done with plain forms: no script is needed for any of it."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Booking, Service
from backend.services import catalogue
from backend.services.asking import PersonInterpreters
from backend.work import Work
from dialogs.ports import InterpreterNeed
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import Person
from tests.integration.console_office import Office, Page, open_office


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


@pytest.fixture
async def dina(office: Office) -> Person:
    """Dina has asked for tomorrow at nine; a coach must say yes."""
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Service).where(Service.id == "coaching").values(by_request=True)
        )
        await catalogue.touch(session)
    person = office.person("dina")
    await person.settles()
    await person.says("/book")
    await person.taps("09:00")
    await person.taps("Yes")
    return person


@pytest.fixture
async def anna(office: Office) -> Person:
    """Anna has booked, and wants an interpreter; the booking is no news any more."""
    person = office.person()
    await person.settles()
    booking = await person.books("09:00")
    async with Work.begin(office.runtime.database, office.runtime.clock, "person") as work:
        need = InterpreterNeed("ar", "iraqi", gender="woman", nameless=True)
        await PersonInterpreters(await person.id(), work).want(booking, need)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(seen_by_staff=True))
    return person


async def booking_of(office: Office) -> Booking:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Booking))).one()


async def told(office: Office, person: Person) -> str:
    """What she has heard last from a coach, in English."""
    await office.runtime.releaser.release_due()
    return await person.heard()


def offered(page: Page) -> list[str]:
    """The free times a page offers."""
    found = re.findall(r'name="slot" value="([^"]*)"', page.html)
    return [unescape(value) for value in found]


async def test_a_request_says_what_is_asked_for_and_until_when(office: Office, dina: Person):
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    assert "Asks for a meeting" in page.words
    assert "Tuesday 24 November (24/11) 09:00" in page.words
    assert "One thing waits" in page.words


async def test_a_request_that_is_accepted_is_a_meeting_and_she_hears_so(
    office: Office, dina: Person
):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses("Accept")
        assert page.response.url.path == "/console"
        assert "Nothing waits." in page.words
    assert "Yes, you have this meeting." in await told(office, dina)
    assert (await booking_of(office)).state == "confirmed"
    assert ("staff:amina", "confirmed") in await office.journal("booking")


async def test_a_request_that_is_declined_gives_its_time_back_and_she_hears_so(
    office: Office, dina: Person
):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        assert "Nothing waits." in (await browser.presses("Decline")).words
    assert "We have no time for the meeting you asked for." in await told(office, dina)
    booking = await booking_of(office)
    assert (booking.state, booking.closed_by) == ("cancelled", "coach")
    assert await count(office.runtime.database, "claim") == 0


async def test_who_answers_a_request_second_changes_nothing_and_hears_so(
    office: Office, dina: Person
):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        for browser in (amina, bo):
            await browser.opens("/console")
        pages = await asyncio.gather(amina.presses("Accept"), bo.presses("Decline"))
    assert sorted(page.status for page in pages) == [200, 409]
    refused = next(page for page in pages if page.status == 409)
    assert "This was changed by someone else." in refused.words
    await office.runtime.releaser.release_due()
    assert len(await office.messages(author="coach")) == 1


async def test_other_times_are_proposed_for_a_request(office: Office, dina: Person):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.follows("Propose other times")
        assert page.response.url.path == f"/console/people/{await dina.id()}/propose"
        page = await browser.presses("Propose, and tell", slot=offered(page)[:2])
        assert page.response.url.path == f"/console/people/{await dina.id()}"
        assert "Times proposed" in page.words
        page = await browser.opens("/console")
        assert "Nothing waits." in page.words
        assert "Waiting for somebody else (1)" in page.words
    assert "A coach proposes these times." in await told(office, dina)
    booking = await booking_of(office)
    assert (booking.state, len(booking.proposals)) == ("proposed", 2)


@pytest.mark.parametrize("many", [0, 4])
async def test_none_and_four_proposals_are_refused_with_the_reason(
    office: Office, dina: Person, many: int
):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.follows("Propose other times")
        assert len(offered(page)) >= 4
        page = await browser.presses("Propose, and tell", slot=offered(page)[:many])
    assert page.status == 409
    assert "Choose one, two or three times." in page.words
    assert (await booking_of(office)).state == "requested"


async def test_times_are_proposed_to_somebody_who_has_asked_for_nothing(
    office: Office, anna: Person
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/people/{await anna.id()}/propose?service=advice")
        page = browser.page
        assert page is not None
        page = await browser.presses("Propose, and tell", slot=offered(page)[:1])
        assert "Advice Times proposed" in page.words
    assert "A coach proposes these times." in await told(office, anna)


async def test_a_booking_of_somebody_else_gets_no_proposals(
    office: Office, anna: Person, dina: Person
):
    hers = (await anna.meetings())[0].booking
    path = f"/console/people/{await dina.id()}/propose"
    async with office.signed_in() as browser:
        page = await browser.opens(f"{path}?service=coaching&booking={hers}")
        page = await browser.presses("Propose, and tell", slot=offered(page)[:1])
    assert page.status == 409
    assert (await anna.meetings())[0].booking == hers


async def test_when_no_time_suits_her_the_queue_asks_for_others(office: Office, dina: Person):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.follows("Propose other times")
        await browser.presses("Propose, and tell", slot=offered(page)[:1])
        await told(office, dina)
        await dina.taps("None of them suits me")
        page = await browser.opens("/console")
        assert "Needs other times" in page.words
        assert "Nothing waits." in (await browser.presses("Decline")).words
    assert "We have no time for the meeting you asked for." in await told(office, dina)
    assert (await booking_of(office)).state == "cancelled"


async def test_an_interpreter_is_asked_for_with_all_that_an_agency_needs(
    office: Office, anna: Person
):
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    for words in (
        "Interpreter wanted",
        "Arabic (Iraqi Arabic)",
        "by phone",
        "do not say who it is",
        "a woman",
        "At the latest Sunday 22 November (22/11) 09:00",
    ):
        assert words in page.words


@pytest.mark.parametrize(
    ("button", "state", "heard"),
    [
        ("Booked", "booked", "An interpreter is booked for your meeting."),
        ("None to be had", "failed", "We have found no interpreter for your meeting."),
    ],
)
async def test_what_came_of_an_interpreter_is_told_at_once(
    office: Office, anna: Person, button: str, state: str, heard: str
):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses(button)
        assert page.response.url.path == "/console"
        assert "Nothing waits." in page.words
    assert heard in await told(office, anna)
    assert (await booking_of(office)).interpreter == state
    assert ("staff:amina", "interpreter") in await office.journal("booking")


async def test_an_interpreter_of_a_meeting_that_is_off_must_be_called_off(
    office: Office, anna: Person
):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Booked")
        await office.runtime.releaser.release_due()
        await anna.says("/my")
        await anna.taps("I can't come")
        await anna.taps("Yes, cancel it")
        page = await browser.opens("/console")
        assert "Call off the interpreter" in page.words
        await browser.presses("Called off")
        assert "Call off the interpreter" not in (await browser.opens("/console")).words
    assert (await booking_of(office)).interpreter == "cancelled"


async def test_two_who_see_to_an_interpreter_tell_her_once(office: Office, anna: Person):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        for browser in (amina, bo):
            await browser.opens("/console")
        await amina.presses("Booked")
        page = await bo.presses("Booked")
    assert page.status == 409
    assert "This was changed by someone else." in page.words
    await office.runtime.releaser.release_due()
    assert len(await office.messages(author="coach")) == 1


@pytest.mark.parametrize(
    ("button", "state"),
    [("Came", "attended"), ("Did not come", "no_show"), ("Was excused", "excused")],
)
async def test_who_came_is_said_in_the_queue(
    office: Office, anna: Person, clock: FrozenClock, button: str, state: str
):
    clock.forward(days=2)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        assert "Nothing waits." in (await browser.presses(button)).words
    assert (await booking_of(office)).state == state


async def test_what_the_key_for_undo_sends_is_what_the_page_says(
    office: Office, anna: Person, clock: FrozenClock
):
    """The row's form names the version that its own mark leads to."""
    clock.forward(days=2)
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        form, _button = page.form("Came")
        (after,) = re.findall(r'data-after="(\d+)"', page.html)
        assert page.html.count('data-undo="undo"') == 3
        await browser.presses("Came")
        again = [("csrf", token_of(page)), ("do", "undo"), ("version", after)]
        page = await browser.sends(form.action, again)
    assert "Did the person come?" in page.words
    assert (await booking_of(office)).state == "confirmed"


def token_of(page: Page) -> str:
    """The token of a page's forms."""
    return next(item.value for form in page.forms for item in form.fields if item.name == "csrf")


async def test_a_row_names_itself_for_whoever_cannot_see_it(office: Office, dina: Person):
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    booking = (await booking_of(office)).id
    label = f'role="group" aria-labelledby="what-request-{booking} from-request-{booking}"'
    assert label in page.html
    assert f'id="what-request-{booking}"' in page.html
    assert f'id="from-request-{booking}"' in page.html
