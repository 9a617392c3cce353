"""What a coach sees of how a person is reminded: by which ways, which has failed, no number."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, update

from backend.channels import Channel
from backend.database import Database
from backend.models import Address, Conversation, Message
from backend.services.reaching import PersonReach
from backend.work import Work
from tests.clock import FrozenClock
from tests.house import RecordingChannel
from tests.integration.console_office import Office, open_office, translated

NUMBER = "+46701234567"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    opened = await open_office(database, clock, tmp_path, translated({}))
    channels = cast("dict[str, Channel]", opened.runtime.channels)
    channels["sms"] = RecordingChannel("sms")
    return opened


async def has_a_number(office: Office, person: str, *, proven: bool) -> str:
    """Give her a number; the id of its conversation."""
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        port = PersonReach(person, "en", work, runtime.vault, runtime.channels)
        address = await port.add("sms", NUMBER)
    async with runtime.database.writing() as session:
        await session.execute(
            update(Address).where(Address.id == address).values(confirmed=proven)
        )
        found = await session.scalar(
            select(Conversation.id).where(Conversation.address_id == address)
        )
    assert found is not None
    return found


async def test_the_ways_are_there_in_her_order_without_the_number(office: Office) -> None:
    anna = office.person()
    await anna.settles()
    await has_a_number(office, await anna.id(), proven=True)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/people/{await anna.id()}")
    assert "Reminders go to Chat on the web SMS reminders only" in page.words
    assert "67" not in page.words.split("Reminders go to")[1].split("To prepare")[0]
    assert NUMBER not in page.response.text


async def test_why_a_way_has_failed_is_said_in_words(office: Office) -> None:
    anna = office.person()
    await anna.settles()
    conversation = await has_a_number(office, await anna.id(), proven=True)
    for error, words in (
        ("number refused", "SMS reminders only the number was refused"),
        ("not delivered", "SMS reminders only the last message did not arrive"),
    ):
        async with office.runtime.database.writing() as session:
            await session.execute(
                update(Message)
                .where(Message.conversation_id == conversation)
                .values(state="failed", error=error)
            )
        async with office.signed_in() as browser:
            page = await browser.opens(f"/console/people/{await anna.id()}")
        assert words in page.words


async def test_a_number_that_is_not_proven_is_no_way(office: Office) -> None:
    anna = office.person()
    await anna.settles()
    await has_a_number(office, await anna.id(), proven=False)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/people/{await anna.id()}")
    assert "SMS" not in page.words


async def test_what_was_sent_to_a_number_is_no_conversation_to_open_or_answer(
    office: Office,
) -> None:
    anna = office.person()
    await anna.settles()
    conversation = await has_a_number(office, await anna.id(), proven=True)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/people/{await anna.id()}")
        assert conversation not in page.response.text
        page = await browser.opens(f"/console/threads/{conversation}")
    assert page.response.status_code == 404
