"""The queue: what waits is there, the oldest first, and gone when somebody has dealt with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.events import dump_event
from backend.models import Contact, Handoff, Inbox, Message
from dialogs.messages import Said
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.console_office import (
    Office,
    leaves_a_message,
    open_office,
    wants_a_call,
)


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def test_an_empty_queue_says_so(office: Office):
    async with office.signed_in() as browser:
        assert "Nothing waits." in (await browser.opens("/console")).words


async def test_a_message_waits_with_its_first_words_and_its_language(office: Office):
    anna = office.person()
    thread = await leaves_a_message(anna, "أين   أسجل\nفي المدرسة؟", "العربية")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "One thing waits" in page.words
        assert '<blockquote lang="ar" dir="auto">' in page.html
        assert "أين أسجل في المدرسة؟" in page.words
        assert "Arabic العربية" in page.words
        assert "Today 08:00" in page.words
        page = await browser.follows("Open")
    assert page.response.url.path == f"/console/threads/{thread}"


async def test_what_she_writes_later_is_counted_not_listed_again(office: Office):
    anna = office.person()
    await leaves_a_message(anna, "The first")
    for words in ("The second", "The third"):
        await anna.taps("Write more")
        await anna.says(words)
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    assert "The first" in page.words
    assert "and 2 more messages" in page.words
    assert "One thing waits" in page.words


async def test_the_oldest_promise_comes_first(office: Office, clock: FrozenClock):
    await wants_a_call(office.person("first"))
    clock.forward(minutes=5)
    await leaves_a_message(office.person("second"), "The second one")
    clock.forward(minutes=5)
    third = office.person("third")
    await third.settles()
    await third.books("09:00")
    async with office.signed_in() as browser:
        words = (await browser.opens("/console")).words
    order = ["Wants to be called", "The second one", "New booking"]
    assert sorted(order, key=words.index) == order
    assert "3 things wait" in words


async def test_a_wish_to_be_called_shows_number_and_time_and_only_there(office: Office):
    thread = await wants_a_call(office.person())
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert ("tel:0701234567", "0701234567") in page.links
        assert "In the morning" in page.words
        page = await browser.opens(f"/console/threads/{thread}")
        assert "0701234567" not in page.html
        assert "The number is in the queue." in page.words


async def test_a_call_that_was_made_deletes_the_number(office: Office):
    await wants_a_call(office.person())
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses("Called")
        assert "Nothing waits." in page.words
    assert await count(office.runtime.database, "contact") == 0
    async with office.runtime.database.reading() as session:
        handoff = (await session.scalars(select(Handoff))).one()
    assert (handoff.state, handoff.staff_id, handoff.contact_id) == ("answered", "amina", None)
    assert ("staff:amina", "answered") in await office.journal("handoff")


async def test_a_number_sealed_with_another_key_does_not_break_the_queue(office: Office):
    await wants_a_call(office.person())
    async with office.runtime.database.writing() as session:
        await session.execute(update(Contact).values(sealed=b"another key"))
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    assert page.status == 200
    assert "The number cannot be read." in page.words


async def test_marking_something_twice_is_the_same_as_once(office: Office):
    await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser, office.signed_in("bo") as other:
        await browser.opens("/console")
        await other.opens("/console")
        await browser.presses("Answered")
        page = await other.presses("Answered")
        assert page.status == 200
    closed = [row for row in await office.journal("handoff") if row[1] == "answered"]
    assert closed == [("staff:amina", "answered")]


async def test_a_message_marked_by_mistake_can_be_put_back(office: Office):
    await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses("Answered")
        assert "Answered in the last seven days (1)" in page.words
        page = await browser.presses("Put back")
        assert "One thing waits" in page.words
        assert "Answered in the last seven days" not in page.words


async def test_a_new_booking_waits_until_somebody_has_seen_it(office: Office):
    anna = office.person()
    await anna.settles()
    await anna.books("09:00")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "New booking" in page.words
        assert "Coaching · Bo · Etableringscentrum" in page.words
        page = await browser.presses("Seen")
        assert "Nothing waits." in page.words
        page = await browser.presses("Svenska")
    assert ("staff:amina", "seen") in await office.journal("booking")


async def test_a_moved_and_a_cancelled_booking_are_news_again(office: Office, clock: FrozenClock):
    anna = office.person()
    await anna.settles()
    await anna.books("09:00")
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Seen")
        clock.forward(minutes=10)
        await anna.taps("Another time")
        await anna.taps("10:00")
        await anna.taps("Yes")
        page = await browser.opens("/console")
        assert "Booking moved" in page.words
        assert "Today 08:10" in page.words
        await anna.taps("I can't come")
        await anna.taps("Yes, cancel it")
        page = await browser.opens("/console")
        assert "Booking cancelled" in page.words
        assert "Booking moved" not in page.words
        await browser.presses("Seen")
        assert "Nothing waits." in browser.page.words


async def test_a_booking_that_has_been_is_no_news_but_asks_whether_she_came(
    office: Office, clock: FrozenClock
):
    anna = office.person()
    await anna.settles()
    await anna.books("09:00")
    clock.forward(days=3)
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "New booking" not in page.words
        assert "Did the person come?" in page.words
        assert "Nothing waits." in (await browser.presses("Did not come")).words


async def test_what_the_machine_could_not_answer_waits_for_a_person(office: Office):
    thread = await leaves_a_message(office.person(), "Hello")
    account = office.runtime.vault.fingerprint("web", "anna")
    async with office.runtime.database.writing() as session:
        for number, who in enumerate((account, "stranger")):
            await session.execute(
                insert(Inbox).values(
                    channel="web",
                    account=who,
                    message_id=f"x{number}",
                    event=dump_event(Said("This broke")) if number == 0 else {"from": "future"},
                    at=office.runtime.clock.now(),
                    arrived_at=office.runtime.clock.now(),
                    state="failed",
                    error="KeyError",
                )
            )
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert page.words.count("Could not be answered") == 2
        assert "This broke" in page.words
        assert any(href.startswith(f"/console/threads/{thread}") for href, _ in page.links)
        await browser.presses("Seen")
        page = await browser.presses("Seen")
        assert "Could not be answered" not in page.words
    assert await count(office.runtime.database, "inbox", "state = 'failed'") == 0


async def test_an_answer_that_did_not_arrive_is_told(office: Office):
    thread = await leaves_a_message(office.person(channel="telegram"), "Hello")
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
        assert "The answer did not arrive" not in (await browser.opens("/console")).words
        async with office.runtime.database.writing() as session:
            await session.execute(
                update(Message)
                .where(Message.author == "coach")
                .values(state="failed", error="unreachable")
            )
        assert "The answer did not arrive" in (await browser.opens("/console")).words


async def test_words_from_outside_are_inert(office: Office):
    await leaves_a_message(office.person(), '<script>alert("x")</script><img src=x onerror=y>')
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "<script>alert" not in page.html
        assert "<img" not in page.html
        assert '<script>alert("x")</script>' in page.words
        page = await browser.follows("Open")
        assert "<img" not in page.html


async def test_an_open_queue_hears_of_what_is_new(office: Office):
    async with office.signed_in() as browser:
        first = await browser.client.get("/console/live/queue")
        mark = first.headers["x-mark"]
        same = await browser.client.get("/console/live/queue", params={"after": mark})
        assert same.status_code == 204
        waiting = asyncio.create_task(
            browser.client.get("/console/live/queue", params={"after": mark, "wait": 20})
        )
        await leaves_a_message(office.person(), "News")
        answer = await waiting
        assert answer.status_code == 200
        assert "News" in answer.text
        assert answer.headers["x-mark"] != mark


async def test_an_open_page_is_told_when_its_session_ends(office: Office):
    async with office.signed_in() as browser:
        first = await browser.client.get("/console/live/queue")
        mark = first.headers["x-mark"]
        waiting = asyncio.create_task(
            browser.client.get("/console/live/queue", params={"after": mark, "wait": 20})
        )
        await browser.opens("/console/today")
        await browser.presses("Sign out")
        office.runtime.hub.heard("*")
        assert (await waiting).status_code == 401
