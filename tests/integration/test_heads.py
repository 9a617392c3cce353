"""Many who ask how far their conversations have come are answered together, and truly."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event

from backend.widget.heads import AT_ONCE, Heads
from tests.crowd import move_in, names
from tests.house import House, Person


def thread(account: str) -> str:
    """As the crowd's are called."""
    return f"chat:{account}"


async def test_each_hears_of_her_own_and_nobody_of_what_is_not_there(house: House) -> None:
    anna: Person = house.person("anna", "web")
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    heads = Heads(house.database)
    asked = heads.of(conversation.id), heads.of("nobody's"), heads.of(conversation.id)
    assert await asyncio.gather(*asked) == [conversation.counter, 0, conversation.counter]


async def test_a_crowd_costs_a_few_reads(house: House) -> None:
    people = names(2 * AT_ONCE)
    await move_in(house, people)
    heads, statements = Heads(house.database), []
    engine = house.database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    found = await asyncio.gather(*(heads.of(thread(each)) for each in people))
    assert found == [0] * len(people)
    assert len([each for each in statements if "conversation" in each]) <= 3


async def test_who_asks_during_a_read_gets_what_was_written_before_she_asked(
    house: House,
) -> None:
    anna = house.person("anna", "web")
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    heads = Heads(house.database)
    first = asyncio.create_task(heads.of(conversation.id))
    await asyncio.sleep(0)
    await anna.says("/menu")
    after = await anna.conversation()
    assert after is not None
    assert await heads.of(conversation.id) == after.counter
    assert await first <= after.counter


async def test_a_database_that_fails_is_heard_of_and_asked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = Heads(house.database)
    with monkeypatch.context() as broken:
        broken.setattr(house.database, "reading", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await heads.of("chat")
    assert await heads.of("chat") == 0
