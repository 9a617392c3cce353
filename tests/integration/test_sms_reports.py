"""Delivery reports: from the provider's POST to the message, and to her next way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.models import Address, Conversation, Message
from backend.models.base import table
from backend.runtime import Runtime
from backend.work import message_row
from bot.sms.reports import Reports
from dialogs.core import say
from dialogs.messages import Urgency
from dialogs.text import _
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import House, build
from tests.integration.console_office import runtime_of, translated

SITE = "https://ingang.example"
REFERENCE = "s1234"


@dataclass
class Desk:
    """A reminder sent by SMS to Anna, who has a chat too; and where its report is posted."""

    runtime: Runtime
    reports: Reports
    client: AsyncClient
    message: str

    async def post(
        self, status: str, reference: str = REFERENCE, *, secret: str = "", named: bool = True
    ) -> int:
        """One report; the answer's status."""
        where = self.reports.address("", self.message if named else "")
        if secret:
            where = where.replace(self.reports.secret, secret)
        answer = await self.client.post(where, data={"id": reference, "status": status})
        return answer.status_code

    async def row(self) -> Message:
        async with self.runtime.database.reading() as session:
            return await session.get_one(Message, self.message)

    async def set(self, **values: object) -> None:
        async with self.runtime.database.writing() as session:
            await session.execute(
                update(Message).where(Message.id == self.message).values(**values)
            )

    async def instead(self) -> list[tuple[str | None, str]]:
        """What has been planned on other channels: channel and state."""
        async with self.runtime.database.reading() as session:
            rows = await session.execute(
                select(Message.channel, Message.state).where(Message.dedupe.like("test|%"))
            )
            return [(channel, state) for channel, state in rows]


@pytest.fixture
async def house(database: Database, clock: FrozenClock) -> House:
    return await build(database, clock, translated({}))


@pytest.fixture
async def desk(house: House, tmp_path: Path) -> AsyncIterator[Desk]:
    anna = house.person()
    await anna.settles()
    message = await _sent_by_sms(house, await anna.id())
    runtime = runtime_of(house, tmp_path)
    reports = Reports("sms", "key")
    app = FastAPI()
    app.state.runtime = runtime
    app.include_router(reports.routes())
    async with AsyncClient(transport=ASGITransport(app=app), base_url=SITE) as client:
        yield Desk(runtime, reports, client, message)


async def _sent_by_sms(house: House, person: str) -> str:
    now = house.clock.now()
    reply = say(_("Remember: you have a meeting."), urgency=Urgency.REMINDER)
    row = message_row(
        person, reply, now, conversation_id="c-sms", seq=1, changed=1, state="sent",
        language="en", reference=REFERENCE, dedupe="test", sent_at=now,
        expires_at=now + timedelta(hours=2),
    )  # fmt: skip
    async with house.database.writing() as session:
        await session.execute(
            insert(Address).values(
                id="a-sms", person_id=person, channel="sms", account="x", sealed=b"x"
            )
        )
        await session.execute(
            insert(Conversation).values(
                id="c-sms", person_id=person, address_id="a-sms", language="en",
                seen_at=now - timedelta(days=99), counter=1,
            )
        )  # fmt: skip
        await session.execute(insert(table(Message)), [row])
    return str(row["id"])


async def test_what_has_arrived_is_delivered_and_readers_see_the_change(desk: Desk) -> None:
    assert await desk.post("delivered") == 204
    row = await desk.row()
    assert (row.state, row.changed) == ("delivered", 2)
    assert await desk.instead() == []


async def test_what_has_not_arrived_goes_to_her_chat(desk: Desk) -> None:
    assert await desk.post("failed") == 204
    row = await desk.row()
    assert (row.state, row.error) == ("failed", "not delivered")
    assert await desk.instead() == [("telegram", "planned")]


@pytest.mark.parametrize("order", sorted(set(permutations(["delivered", "failed", "delivered"]))))
async def test_in_any_order_and_however_often_what_has_arrived_stays_so(
    desk: Desk, order: tuple[str, ...]
) -> None:
    for status in order:
        assert await desk.post(status) == 204
    assert (await desk.row()).state == "delivered"
    assert all(state == "void" for _channel, state in await desk.instead())


async def test_a_failure_told_twice_is_planned_once(desk: Desk) -> None:
    for _time in range(2):
        assert await desk.post("failed") == 204
    assert await desk.instead() == [("telegram", "planned")]


async def test_on_its_way_is_no_news(desk: Desk) -> None:
    for status in ("created", "sent"):
        assert await desk.post(status) == 204
    assert (await desk.row()).state == "sent"


async def test_a_report_that_overtakes_the_answer_is_found_by_our_own_id(desk: Desk) -> None:
    await desk.set(state="sending", reference=None)
    assert await desk.post("failed", "s-new", named=False) == 204
    assert (await desk.row()).state == "sending"
    assert await desk.post("failed", "s-new") == 204
    row = await desk.row()
    assert (row.state, row.reference) == ("failed", "s-new")
    assert await desk.instead() == [("telegram", "planned")]


async def test_an_earlier_try_that_failed_does_not_end_one_that_waits(desk: Desk) -> None:
    await desk.set(state="due", reference=None)
    assert await desk.post("failed", "s-old") == 204
    assert (await desk.row()).state == "due"
    assert await desk.post("delivered", "s-old") == 204
    assert (await desk.row()).state == "delivered"


async def test_a_cancelled_reminder_is_not_planned_again(desk: Desk) -> None:
    await desk.set(about="booking:gone", about_version=3)
    assert await desk.post("failed") == 204
    assert await desk.instead() == []


async def test_a_report_of_something_unknown_is_taken_and_changes_nothing(desk: Desk) -> None:
    assert await desk.post("failed", "s-other") == 204
    assert await desk.post("delivered", "s-other", named=False) == 204
    assert (await desk.row()).state == "sent"
    await desk.set(conversation_id=None, seq=None, state="void")
    assert await desk.post("delivered") == 204
    assert (await desk.row()).state == "void"


async def test_without_the_secret_there_is_no_such_page(desk: Desk) -> None:
    for secret in ("guess", "0" * 32, "%E2%82%AC", "a" * 2_000):
        assert await desk.post("failed", secret=secret) == 404
    assert (await desk.row()).state == "sent"


NONSENSE = (
    b"",
    b"{}",
    b"id=s1234",
    b"status=failed",
    b"id=&status=failed",
    b"id=s1234&status=exploded",
    b"\xff\xfe\x00",
    b"id=" + b"x" * 200 + b"&status=failed",
    b"&" * 4_000,
)


async def test_nonsense_is_refused(desk: Desk) -> None:
    where = desk.reports.address("", desk.message)
    for body in NONSENSE:
        assert (await desk.client.post(where, content=body)).status_code == 400, body
    assert (await desk.row()).state == "sent"


async def test_more_than_a_report_can_be_is_not_read(desk: Desk) -> None:
    where = desk.reports.address("", desk.message)
    assert (await desk.client.post(where, content=b"x" * 10_000)).status_code == 413


async def test_two_installations_have_two_secrets_and_it_is_only_posted_to(desk: Desk) -> None:
    assert Reports("sms", "other key").secret != desk.reports.secret
    assert Reports("sms:second", "key").secret != desk.reports.secret
    assert (await desk.client.get(desk.reports.address("", ""))).status_code == 405
    assert await count(desk.runtime.database, "message", "dedupe LIKE 'test|%'") == 0
