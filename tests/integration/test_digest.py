"""The Friday letter, from bookings to a real mail server on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.digest import LEASE, Digest
from backend.models import Booking, Closure, Person, Staff
from backend.models.calendar import EVERYWHERE
from backend.services import catalogue as catalogues
from backend.services import week_ahead
from backend.services.invitations import set_address
from backend.services.walltime import instant, wall_text
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.ports import Meeting, Slot
from tests.clock import FrozenClock
from tests.house import House
from tests.integration.console_office import open_office
from tests.smtp_server import SmtpServer

AMINA, BO = "amina@work.example", "bo@work.example"
SENDER = "no-reply@centre.example"
FRIDAY, NEXT_TUESDAY = date(2026, 11, 27), date(2026, 12, 1)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as running:
        yield running


@pytest.fixture
async def staffed(house: House) -> House:
    """Amina reads English and has a meeting next week, Bo has an address and nothing to do."""
    async with house.database.writing() as session:
        for username, address in (("amina", AMINA), ("bo", BO)):
            assert await set_address(session, username, address)
        await session.execute(update(Staff).where(Staff.id == "amina").values(language="en"))
        await session.execute(insert(Person).values(id="anna", created_at=house.clock.now()))
    await books(house, at(NEXT_TUESDAY, 9))
    return house


def at(day: date, hour: int) -> datetime:
    found = instant(day, hour * 60)
    assert found is not None
    return found


def digest_of(house: House, smtp: SmtpServer) -> Digest:
    """A sender of its own, as another process has it."""
    name = "Etableringscentrum"
    return Digest(
        house.database, house.clock, house.cache, house.renderer, smtp.address, SENDER, name
    )


async def books(house: House, starts: datetime, service: str = "coaching") -> Meeting:
    async with Work.begin(house.database, house.clock, "person") as work:
        bookings = await house.bookings(work)
        held = await bookings.hold("anna", Slot(service, "amina", "centre", starts))
        return await bookings.confirm("anna", held)


async def closes(house: House, *days: date) -> None:
    async with house.database.writing() as session:
        for day in days:
            values = {"day": day, "unit_id": EVERYWHERE, "name": "closed", "from_minute": 0}
            await session.execute(insert(Closure).values(**values))
        await catalogues.touch(session)


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


async def test_on_friday_at_two_each_coach_with_something_to_know_has_one_letter(
    staffed: House, smtp: SmtpServer
) -> None:
    digest = digest_of(staffed, smtp)
    assert await digest.next_due() == at(FRIDAY, 14)
    staffed.clock.at = at(FRIDAY, 14) - timedelta(seconds=1)
    assert await digest.send_due() == 0
    staffed.clock.at = at(FRIDAY, 14)

    assert await digest.send_due() == 1
    assert await digest_of(staffed, smtp).send_due() == 0

    (letter,) = smtp.letters
    assert (letter["To"], letter["Subject"]) == (AMINA, "Your week ahead")
    assert "Next week: one meeting\n" in words(letter)
    assert "/console/week?week=2026-W49" in words(letter)
    assert "/console/digest" in words(letter)
    async with staffed.database.reading() as session:
        told = await session.scalars(select(Staff.digest_on).order_by(Staff.id))
        assert told.all() == [FRIDAY, FRIDAY, None]  # Bo had nothing to read, Carla no address
    assert await digest.next_due() == at(date(2026, 11, 30), 0)


async def test_the_letter_names_nobody(staffed: House, smtp: SmtpServer) -> None:
    meeting = await books(staffed, at(date(2026, 11, 26), 9), "advice")
    staffed.clock.at = at(FRIDAY, 15)
    await digest_of(staffed, smtp).send_due()

    (letter,) = smtp.letters
    assert "Did they come? One meeting is not marked" in words(letter)
    for secret in ("anna", "Anna", meeting.booking, "Coaching", "Advice"):
        assert secret not in words(letter)


async def test_when_friday_is_closed_it_comes_on_thursday(
    staffed: House, smtp: SmtpServer
) -> None:
    await closes(staffed, FRIDAY)
    digest = digest_of(staffed, smtp)
    assert await digest.next_due() == at(FRIDAY - timedelta(days=1), 14)
    staffed.clock.at = at(FRIDAY - timedelta(days=1), 14)
    assert await digest.send_due() == 1
    staffed.clock.at = at(FRIDAY, 14)
    assert await digest.send_due() == 0


async def test_in_a_week_that_is_closed_nobody_is_written_to(
    staffed: House, smtp: SmtpServer
) -> None:
    await closes(staffed, *(FRIDAY - timedelta(days=back) for back in range(5)))
    staffed.clock.at = at(FRIDAY, 15)
    assert await digest_of(staffed, smtp).send_due() == 0
    assert smtp.letters == []


async def test_a_server_that_is_down_is_tried_again_and_not_at_once(
    staffed: House, smtp: SmtpServer
) -> None:
    digest = digest_of(staffed, smtp)
    staffed.clock.at = at(FRIDAY, 14)
    await smtp.close()
    assert await digest.send_due() == 0
    await smtp.open()
    assert await digest_of(staffed, smtp).send_due() == 0  # the round is leased
    staffed.clock.at += LEASE + timedelta(seconds=1)
    assert await digest_of(staffed, smtp).send_due() == 1
    (letter,) = smtp.letters
    assert letter["Message-ID"] == "<digest.amina.2026-11-27@centre.example>"


async def test_what_is_counted_is_hers_and_of_its_time(staffed: House) -> None:
    soon = await books(staffed, at(date(2026, 11, 24), 9), "advice")
    staffed.clock.at = at(date(2026, 11, 25), 12)
    async with staffed.database.writing() as session:
        await session.execute(
            update(Booking).where(Booking.service_id == "coaching").values(interpreter="wanted")
        )
    async with staffed.database.reading() as session:
        hers = await week_ahead.of_coach(session, "amina", staffed.clock.now())
        other = await week_ahead.of_coach(session, "bo", staffed.clock.now())
    assert (hers.meetings, hers.outcomes, hers.interpreters) == (1, 1, 1)
    assert (hers.requests, hers.absences, hers.activities) == (0, 0, 0)
    assert hers.week.first == date(2026, 11, 30)
    assert other.is_empty
    assert wall_text(soon.starts) == "2026-11-24T09:00"


async def test_the_same_stands_on_a_page(
    database: Database, clock: FrozenClock, tmp_path: Path, texts: Catalogue
) -> None:
    office = await open_office(database, clock, tmp_path, texts)
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/digest")
        assert "Next week is empty, and nothing waits." in page.words
    clock.at -= timedelta(days=1)  # Sunday
    anna = office.person()
    await anna.settles()
    await anna.books("10:00")  # with Bo, who speaks English
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/digest")
        assert "Next week: one meeting" in page.words
