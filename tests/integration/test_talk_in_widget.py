"""What the chat on a page reads of a talk with a person, and the words its buttons say for her."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.widget.feed import Json, feed
from tests.house import House, Person
from tests.integration.console_office import runtime_of
from tests.integration.talk_house import (
    asks_for_a_person,
    claims,
    hands_back,
    opens,
    row_of,
    writes,
)

SARA = "amina"
WITH_ASSISTANT = {"owner": "assistant", "place": None, "name": None}


@pytest.fixture
async def anna(house: House) -> Person:
    """Somebody who reads English, while a coach is on duty."""
    await opens(house, SARA)
    person = house.person("anna", "web")
    await person.settles()
    return person


async def talk_in(house: House, person: Person, var: Path) -> Json:
    """What her page is told of who speaks with her."""
    conversation = await person.conversation()
    assert conversation is not None
    return (await feed(runtime_of(house, var), conversation, 0))["talk"]


async def test_with_the_assistant_there_is_nothing_more_to_know(
    house: House, anna: Person, tmp_path: Path
) -> None:
    assert await talk_in(house, anna, tmp_path) == WITH_ASSISTANT


async def test_her_place_moves_up_when_somebody_before_her_is_taken(
    house: House, anna: Person, tmp_path: Path
) -> None:
    first = house.person("berit", "web")
    await first.settles()
    thread = await asks_for_a_person(first)
    house.clock.forward(seconds=1)
    await asks_for_a_person(anna)
    waiting = {"owner": "queue", "name": None}
    assert await talk_in(house, anna, tmp_path) == waiting | {"place": 2}
    await claims(house, SARA, thread)
    assert await talk_in(house, anna, tmp_path) == waiting | {"place": 1}


async def test_in_a_talk_she_knows_with_whom(house: House, anna: Person, tmp_path: Path) -> None:
    await claims(house, SARA, await asks_for_a_person(anna))
    async with house.database.reading() as session:
        name = (await house.cache.get(session)).names[SARA]
    talk = {"owner": "coach", "place": None, "name": name}
    assert await talk_in(house, anna, tmp_path) == talk


async def test_after_it_she_is_with_the_assistant(
    house: House, anna: Person, tmp_path: Path
) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await hands_back(house, SARA, thread)
    assert await talk_in(house, anna, tmp_path) == WITH_ASSISTANT


@pytest.mark.parametrize("said", ["/stop", "/end", "/END"])
async def test_one_button_stops_the_waiting(house: House, anna: Person, said: str) -> None:
    thread = await asks_for_a_person(anna)
    await anna.says(said)
    assert (await row_of(house, thread)).owner == "assistant"
    assert "You are with the automatic assistant again." in await anna.heard()


async def test_the_same_button_ends_a_talk_and_asks_how_it_was(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await writes(house, SARA, thread, "Hej")
    await anna.says("/end")
    assert (await row_of(house, thread)).owner == "assistant"
    assert "Good" in await anna.labels()


@pytest.mark.parametrize("said", ["/stop", "/end"])
async def test_no_danger_is_heard_in_what_a_button_says(
    house: House, anna: Person, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the real one does: "end" and "stop" alone are words of people in need."""
    monkeypatch.setattr(house.knowledge, "danger", lambda _text: "self-harm")
    await asks_for_a_person(anna)
    before = len(await anna.messages())
    await anna.says(said)
    urgencies = {row.body.get("urgency") for row in (await anna.messages())[before:]}
    assert "crisis" not in urgencies


async def test_a_button_pressed_twice_ends_nothing_more(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    await anna.says("/stop")
    epoch = (await row_of(house, thread)).epoch
    await anna.says("/stop")
    assert (await row_of(house, thread)).epoch == epoch
    assert "What do you need?" in await anna.heard()
