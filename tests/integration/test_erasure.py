"""Deleting: at her wish, by an operator, and because she has not written for a long time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend import transcript
from backend.models import Booking
from backend.services.erasure import Policy
from tests.conftest import count
from tests.house import ASSOCIATION, House, Person, assemble

AUTHORITY = Policy(90, may_delete_messages=False)
HERS = ("message", "conversation", "address", "person", "inbox", "contact")
RECEIPT = "You are deleted here."
KEPT = "It must keep what you have written"


async def asks_to_be_deleted(person: Person) -> None:
    await person.says("/delete")
    await person.taps("Yes, delete me")


async def left_of_her(house: House) -> dict[str, int]:
    """How many rows each table has."""
    return {table: await count(house.database, table) for table in HERS}


def under(house: House, policy: Policy) -> House:
    """The same house with another rule of what may be deleted."""
    return assemble(house.database, house.clock, house.texts, house.push, policy)


async def test_nothing_of_her_is_left_once_the_receipt_has_arrived(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    await anna.says("/person")
    await asks_to_be_deleted(anna)
    assert await count(house.database, "message", "state = 'planned'") == 0
    await house.worker.send_all()
    assert RECEIPT in house.push.delivered[-1][2].text
    await house.worker.sweep()
    assert set((await left_of_her(house)).values()) == {0}


async def test_her_time_is_free_again_and_the_figures_stay_right(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    await asks_to_be_deleted(anna)
    bea = house.person("bea")
    await bea.settles()
    await bea.books("09:00")
    async with house.database.reading() as session:
        rows = (await session.scalars(select(Booking).order_by(Booking.created_at))).all()
    assert [row.state for row in rows] == ["cancelled", "confirmed"]
    assert await count(house.database, "person") == 2  # bea, and anna until her receipt is there


async def test_on_the_web_the_receipt_waits_until_it_has_been_fetched(house: House) -> None:
    anna = house.person(channel="web")
    await anna.settles()
    await asks_to_be_deleted(anna)
    await house.worker.sweep()
    conversation = await anna.conversation()
    assert conversation is not None
    async with house.database.writing() as session:
        await transcript.mark_delivered(session, conversation.id, conversation.counter)
    await house.worker.sweep()
    assert set((await left_of_her(house)).values()) == {0}


async def test_a_receipt_that_cannot_arrive_is_given_up_after_an_hour(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await asks_to_be_deleted(anna)
    await house.worker.sweep()
    assert (await left_of_her(house))["address"] == 1
    house.clock.forward(hours=1, seconds=1)
    await house.worker.sweep()
    assert set((await left_of_her(house)).values()) == {0}


async def test_whoever_writes_again_after_the_receipt_is_a_new_person(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await asks_to_be_deleted(anna)
    await house.worker.send_all()
    await house.worker.sweep()
    await anna.says("hello")
    assert await count(house.database, "person") == 1
    assert await count(house.database, "message", "direction = 'in'") == 1


async def test_an_authority_keeps_the_texts_and_says_so(house: House) -> None:
    house = under(house, AUTHORITY)
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    before = await count(house.database, "message", "direction = 'in'")
    await anna.says("/delete")
    assert KEPT in await anna.heard()
    await anna.taps("Yes, delete me")
    assert "What you have written is deleted in 90 days." in await anna.heard()
    assert RECEIPT not in await anna.heard()
    assert await count(house.database, "message", "direction = 'in'") >= before
    assert await count(house.database, "message", "state = 'planned'") == 0
    assert await count(house.database, "booking", "state = 'confirmed'") == 0
    assert await count(house.database, "contact") == 0


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_whoever_goes_on_before_the_receipt_is_there_keeps_what_she_books(
    house: House, channel: str
) -> None:
    anna = house.person(channel=channel)
    await anna.settles()
    await asks_to_be_deleted(anna)
    await anna.books("09:00")
    await house.worker.send_all()
    house.clock.forward(hours=2)
    await house.worker.sweep()
    assert await count(house.database, "booking", "state = 'confirmed'") == 1
    assert await count(house.database, "message", "state = 'planned'") > 0
    assert (
        await count(house.database, "message", "direction = 'in'") < 5
    )  # what was before is gone


async def test_under_an_authority_no_reminder_of_a_date_comes_after_deleting(
    house: House,
) -> None:
    house = under(house, AUTHORITY)
    anna = house.person()
    await anna.settles()
    await anna.says("/plan")
    await anna.taps("Remind me of a date")
    await anna.taps("Activity report")
    await anna.taps("Yes, remind me")
    assert await count(house.database, "message", "state = 'planned'") > 0
    await asks_to_be_deleted(anna)
    house.clock.forward(days=20)
    await house.worker.sweep()
    assert await count(house.database, "message", "state = 'planned'") == 0


async def test_a_meeting_nobody_marked_does_not_keep_her_for_ever(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    house.clock.forward(days=120)
    await house.worker.sweep()
    assert await count(house.database, "person") == 0


@pytest.mark.parametrize("policy", [ASSOCIATION, AUTHORITY])
async def test_who_has_not_written_for_long_is_forgotten(house: House, policy: Policy) -> None:
    house = under(house, policy)
    anna = house.person()
    await anna.settles()
    await house.worker.send_all()
    house.clock.forward(days=policy.kept_days - 1)
    await house.worker.sweep()
    assert await count(house.database, "person") == 1
    house.clock.forward(days=2)
    await house.worker.sweep()
    await house.worker.sweep()
    assert set((await left_of_her(house)).values()) == {0}


async def test_who_has_a_meeting_is_not_forgotten_before_it(house: House) -> None:
    house = under(house, Policy(1, may_delete_messages=True))
    anna = house.person()
    await anna.settles()
    house.clock.forward(days=2)
    await anna.books("09:00")
    house.clock.forward(hours=23)
    await house.worker.sweep()
    assert await count(house.database, "booking", "state = 'confirmed'") == 1


async def test_deleting_one_touches_nobody_else(house: House) -> None:
    anna, bea = house.person(), house.person("bea")
    for person in (anna, bea):
        await person.settles()
    await anna.books("09:00")
    await bea.books("11:00")
    hers = f"state = 'planned' AND person_id = '{await bea.id()}'"
    before = await count(house.database, "message", hers)
    assert before > 0
    await asks_to_be_deleted(anna)
    assert await count(house.database, "message", hers) == before
    assert await count(house.database, "message", "state = 'planned'") == before
    assert await count(house.database, "booking", "state = 'confirmed'") == 1
    await bea.says("/my")
    assert "11:00" in await bea.heard()
