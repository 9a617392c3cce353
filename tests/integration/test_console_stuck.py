"""What did not arrive, as staff see it: why, sent again, or left; and never what it says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.channels import TryLater, Undeliverable, Unreachable
from backend.database import Database
from backend.models import Address, Booking, Message
from dialogs.messages import Urgency
from tests.clock import FrozenClock
from tests.conftest import count
from tests.crowd import belongs_to, move_in, names, planned, released, write
from tests.house import House
from tests.integration.console_office import Office, open_office

COORDINATOR, ADMIN = ("bo", "coordinator"), ("carla", "admin")


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def fails(house: House, account: str, fault: Exception, count_of: int = 1) -> None:
    """Messages to somebody that go wrong."""
    await move_in(house, [account])
    await write(house, released([account], house.clock.now(), Urgency.REPLY, count=count_of))
    house.push.faults = [fault] * count_of
    await house.sender.send_due()
    house.push.faults = []


async def test_what_did_not_arrive_is_listed_by_reason_without_what_it_says(
    office: Office,
) -> None:
    await fails(office.house, "anna", Undeliverable("Bad Request: no such chat"), 2)
    await fails(office.house, "bea", Unreachable("blocked"))
    for who in (COORDINATOR, ADMIN):
        async with office.signed_in(*who) as browser:
            page = await browser.opens("/console/stuck")
        assert "The channel refused it: 2" in page.words
        assert "Bad Request: no such chat" in page.words
        assert "The person has blocked us, or left this chat: 1" in page.words
        assert "Telegram" in page.words
        assert "anna 1" not in page.html  # this is what it said
        assert "bea 1" not in page.html


async def test_an_admin_is_not_led_to_anybodys_conversation(office: Office) -> None:
    await fails(office.house, "anna", Undeliverable("no"))
    async with office.signed_in(*ADMIN) as browser:
        page = await browser.opens("/console/stuck")
    assert "person:anna" not in page.html
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console/stuck")
    assert "/console/people/person:anna" in [href for href, _words in page.links]


async def test_one_message_is_sent_again_with_fresh_attempts(office: Office) -> None:
    house = office.house
    await fails(house, "anna", Undeliverable("no"))
    async with office.signed_in(*COORDINATOR) as browser:
        await browser.opens("/console/stuck")
        page = await browser.presses("Send again")
        assert "Everything has arrived." in page.words
    (row,) = await office.messages()
    assert (row.state, row.attempts, row.error) == ("due", 0, None)
    await house.sender.send_due()
    assert [message for _address, message, _rendered in house.push.delivered] == [row.id]
    assert ("staff:bo", "sent_again") in await office.journal("message")


async def test_all_that_failed_for_one_reason_are_sent_again_at_once(office: Office) -> None:
    house = office.house
    await fails(house, "anna", Undeliverable("one word"), 3)
    await fails(house, "bea", Undeliverable("another"), 2)
    await fails(house, "dina", Unreachable("blocked"))
    async with office.signed_in(*COORDINATOR) as browser:
        await browser.opens("/console/stuck")
        page = await browser.presses("Send all again")
    assert "The person has blocked us" in page.words
    assert await count(house.database, "message", "state = 'due'") == 5
    assert await house.sender.send_due() == 5


async def test_what_is_left_is_shown_no_more_and_stays_as_it_is(office: Office) -> None:
    await fails(office.house, "anna", Undeliverable("no"))
    async with office.signed_in(*ADMIN) as browser:
        await browser.opens("/console/stuck")
        assert "Everything has arrived." in (await browser.presses("Leave it")).words
    (row,) = await office.messages()
    assert (row.state, row.error) == ("failed", "no")
    assert ("staff:carla", "left") in await office.journal("message")


async def test_what_came_too_late_can_only_be_left(office: Office) -> None:
    house = office.house
    await move_in(house, ["anna"])
    now = house.clock.now()
    await write(house, planned(["anna"], now, expires_at=now + timedelta(minutes=1)))
    house.clock.forward(minutes=2)
    await house.releaser.release_due()
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console/stuck")
        assert "It was too late" in page.words
        assert "Send again" not in page.words
        await browser.sends(
            "/console/stuck", [("csrf", browser.csrf), ("do", "again"), ("reason", "expired")]
        )
    assert {row.state for row in await office.messages()} == {"failed"}


async def test_nothing_is_sent_again_about_a_booking_that_has_changed(office: Office) -> None:
    house = office.house
    anna = house.person()
    await anna.settles()
    booking = await anna.books("11:00")
    await house.sender.send_due()
    async with house.database.writing() as session:
        (row,) = await session.scalars(
            select(Message).where(Message.about == f"booking:{booking}").limit(1)
        )
        await session.execute(
            update(Message).where(Message.id == row.id).values(state="failed", error="no_address")
        )
        await session.execute(update(Booking).values(version=Booking.version + 1))
    house.clock.at = row.due_at
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console/stuck")
    assert "There is no way to reach the person: 1" in page.words
    assert "Send again" not in page.words


async def test_a_message_that_was_never_released_is_planned_again(office: Office) -> None:
    house = office.house
    await move_in(house, ["anna"])
    async with house.database.writing() as session:
        await session.execute(update(Address).values(unreachable_at=house.clock.now()))
    await write(house, planned(["anna"], house.clock.now()))
    await house.releaser.release_due()
    async with house.database.writing() as session:
        await session.execute(update(Address).values(unreachable_at=None))
    async with office.signed_in(*COORDINATOR) as browser:
        await browser.opens("/console/stuck")
        await browser.presses("Send again")
    assert await house.releaser.release_due() == 1
    assert await house.sender.send_due() == 1


async def test_what_went_another_way_is_no_failure(office: Office) -> None:
    house = office.house
    await move_in(house, ["anna"])
    await move_in(house, ["page"], channel="web")
    await belongs_to(house, "page", "anna")
    await write(house, released(["anna"], house.clock.now()))
    house.push.faults = [Undeliverable("no")]
    await house.sender.send_due()
    async with office.signed_in(*COORDINATOR) as browser:
        assert "Everything has arrived." in (await browser.opens("/console/stuck")).words


async def test_a_channel_that_is_closed_says_until_when_and_what_waits(office: Office) -> None:
    house = office.house
    await move_in(house, names(3))
    await write(house, released(names(3), house.clock.now()))
    wait = timedelta(minutes=30)
    house.push.faults = [TryLater("flood", wait, everyone=True)] * 3
    await house.sender.send_due()
    house.clock.forward(minutes=10)
    async with office.signed_in(*ADMIN) as browser:
        page = await browser.opens("/console/stuck")
    assert "Does not answer, or has asked us to wait. Tried again at 08:30." in page.words


async def test_whoever_has_a_meeting_and_cannot_be_reached_is_to_be_called(
    office: Office,
) -> None:
    house = office.house
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    house.push.faults = [Unreachable("blocked")]
    await house.sender.send_due()
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console/stuck")
        assert "Cannot be reached, and have a meeting" in page.words
    house.clock.forward(minutes=1)
    await anna.says("/menu")
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console/stuck")
        assert "Cannot be reached" not in page.words


async def test_the_menu_counts_what_did_not_arrive(office: Office) -> None:
    await fails(office.house, "anna", Undeliverable("no"), 3)
    async with office.signed_in(*COORDINATOR) as browser:
        page = await browser.opens("/console")
        assert "Delivery 3 not delivered" in page.words
        await browser.opens("/console/stuck")
        page = await browser.presses("Leave it")
        assert "Delivery 2 not delivered" in page.words
    async with office.signed_in() as browser:
        assert "not delivered" not in (await browser.opens("/console")).words


async def test_what_failed_more_than_a_week_ago_is_history(office: Office) -> None:
    house = office.house
    await fails(house, "anna", Undeliverable("no"))
    house.clock.forward(days=7, minutes=1)
    async with office.signed_in(*COORDINATOR) as browser:
        assert "Everything has arrived." in (await browser.opens("/console/stuck")).words
