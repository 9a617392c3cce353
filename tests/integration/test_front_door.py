"""The one door: stored first, run once, committed together, never silent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

import pytest
from sqlalchemy import event, text, update

from backend.models import Conversation
from dialogs.messages import Inbound, Said, Started, Tapped
from tests.conftest import count
from tests.house import House


async def test_a_conversation_begins_with_the_language_and_the_menu(house: House) -> None:
    anna = house.person()
    await anna.sends(Started("ar"))
    assert "Välj språk" in await anna.heard()
    await anna.taps("العربية")
    assert "What do you need?" in await anna.heard()
    conversation = await anna.conversation()
    assert conversation is not None
    assert (conversation.language, conversation.chosen) == ("ar", True)


async def test_the_same_event_twice_has_one_effect(house: House) -> None:
    anna = house.person()
    await anna.settles()
    assert await anna.sends(Said("hello there"), "m1")
    before = len(await anna.messages())
    assert not await anna.sends(Said("hello there"), "m1")
    assert len(await anna.messages()) == before


async def test_the_same_update_under_another_message_id_is_known(house: House) -> None:
    anna = house.person()
    inbound_of = [("a", "7"), ("b", "7")]
    stored = [
        await house.door.accept(
            Inbound(anna.address, message, house.clock.now(), Started()), update=number
        )
        for message, number in inbound_of
    ]
    assert stored == [True, False]


async def test_events_are_run_in_the_order_they_came(house: House) -> None:
    anna = house.person()
    await anna.settles()
    for number in range(5):
        await house.door.accept(
            Inbound(anna.address, f"q{number}", house.clock.now(), Said(f"question {number}"))
        )
    await asyncio.gather(*(house.door.receive(anna.address) for _ in range(3)))
    asked = [
        row.body["parts"][0]["quote"]
        for row in await anna.messages()
        if row.direction == "in" and "quote" in row.body["parts"][0]
    ]
    assert [each for each in asked if "question" in each] == [f"question {n}" for n in range(5)]


async def test_messages_are_numbered_without_gaps(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("one")
    await anna.says("two")
    numbers = [row.seq for row in await anna.messages()]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_finished_event_keeps_nothing_of_what_was_said(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("a secret")
    async with house.database.reading() as session:
        rows = (await session.execute(text("SELECT event, sender, state FROM inbox"))).all()
    assert {tuple(row) for row in rows} == {(None, None, "done")}


async def test_a_personnummer_is_hidden_before_it_is_stored(house: House) -> None:
    anna = house.person()
    await anna.settles()
    said = Said("my number is 19850709-9876")
    await house.door.accept(Inbound(anna.address, "p", house.clock.now(), said))
    async with house.database.reading() as session:
        stored = await session.scalar(text("SELECT event FROM inbox WHERE state = 'new'"))
    assert "9876" not in str(stored)
    await house.door.receive(anna.address)
    assert "I have hidden a number" in await anna.heard(last=2)


async def test_a_telephone_number_for_a_call_never_enters_the_transcript(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/person")
    await anna.taps("Call me")
    await anna.says("070 174 06 05")
    everything = str([row.body for row in await anna.messages()])
    assert "174" not in everything
    assert await count(house.database, "contact") == 1


async def test_a_tap_on_another_persons_message_is_an_old_button(house: House) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    await anna.settles()
    await bea.settles()
    mine = (await anna.messages())[-1]
    await bea.sends(Tapped(mine.id, 0))
    assert "That button is old" in await bea.heard()


async def test_a_double_tap_books_once(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("09:00")
    page = (await anna.messages())[-1]
    await asyncio.gather(
        anna.sends(Tapped(page.id, 0), "t1"), anna.sends(Tapped(page.id, 0), "t2")
    )
    assert await count(house.database, "booking", "state = 'confirmed'") == 1
    assert "You have done this already" in await anna.heard(last=2)


async def test_two_processes_run_each_event_once(house: House) -> None:
    anna = house.person()
    await anna.settles()
    other = replace(house.door, _turns=WeakValueDictionary())
    for number in range(6):
        await house.door.accept(
            Inbound(anna.address, f"x{number}", house.clock.now(), Said("what is personnummer"))
        )
    await asyncio.gather(house.door.receive(anna.address), other.receive(anna.address))
    await house.door.receive(anna.address)
    asked = [row for row in await anna.messages() if row.direction == "in"]
    assert len([row for row in asked if "personnummer" in str(row.body)]) == 6
    assert await count(house.database, "inbox", "state != 'done'") == 0


class Broken:
    """An engine with a fault in it."""

    async def advance(self, *_args: object) -> None:
        """Fail."""
        raise ZeroDivisionError


async def test_also_someone_new_hears_when_it_does_not_work(house: House) -> None:
    house.door.engine = Broken()  # type: ignore[assignment]
    anna = house.person()
    await anna.sends(Started(None))
    for _try in range(2):
        await house.door.receive(anna.address)
    assert "Something went wrong here" in await anna.heard()


async def test_a_turn_that_fails_is_tried_again_and_then_given_up_aloud(house: House) -> None:
    anna = house.person()
    await anna.settles()
    good = house.door.engine

    house.door.engine = Broken()  # type: ignore[assignment]
    await anna.says("hello")
    assert await count(house.database, "inbox", "state = 'new' AND attempts = 1") == 1
    for _try in range(2):
        await house.door.receive(anna.address)
    assert await count(house.database, "inbox", "state = 'failed'") == 1
    assert "Something went wrong here" in await anna.heard()
    house.door.engine = good
    await anna.says("/menu")
    assert "What do you need?" in await anna.heard()


async def test_what_a_killed_process_left_behind_is_run_by_the_worker(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await house.door.accept(
        Inbound(anna.address, "left", house.clock.now(), Said("what is personnummer"))
    )
    house.clock.forward(seconds=10)
    await house.worker.sweep()
    assert "personnummer is the answer." in await anna.heard()


async def test_a_stale_conversation_is_run_again_on_the_new_state(house: House) -> None:
    anna = house.person()
    await anna.settles()
    engine = house.door.engine
    runs = 0

    class Interrupted:
        async def advance(self, *args: object) -> object:
            nonlocal runs
            runs += 1
            if runs == 1:  # someone else saves a turn while this one is being worked out
                async with house.database.writing() as session:
                    await session.execute(
                        update(Conversation).values(version=Conversation.version + 1)
                    )
            return await engine.advance(*args)  # type: ignore[arg-type]

    house.door.engine = Interrupted()  # type: ignore[assignment]
    await anna.says("what is personnummer")
    assert runs == 2
    assert (
        len([row for row in await anna.messages() if "what is personnummer" in str(row.body)]) == 1
    )


async def test_a_failed_commit_is_never_an_acknowledgement(house: House) -> None:
    anna = house.person()
    await anna.settles()
    inbound = Inbound(anna.address, "lost", house.clock.now(), Said("hello"))

    def fails(_connection: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    event.listen(house.database.writer.sync_engine, "commit", fails)
    with pytest.raises(OSError, match="disk is full"):
        await house.door.accept(inbound)
    event.remove(house.database.writer.sync_engine, "commit", fails)
    assert await house.door.accept(inbound)
