"""Questions are kept without who asked, and shown to editors where an answer is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from backend.database import Database
from backend.models import Message, Question
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import House
from tests.integration.console_office import Office, open_office


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def kept(house: House) -> list[Question]:
    async with house.database.reading() as session:
        return list(await session.scalars(select(Question)))


async def test_a_question_is_kept_without_numbers_and_without_who_asked(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("how do I keep bees? call 070 123 45 67 or anna@example.org, 19900101-1234")
    (question,) = await kept(house)
    assert question.text == "how do I keep bees? call [•••] or [•••] [•••]"
    assert (question.outcome, question.person_id) == ("unknown", None)


async def test_her_buttons_do_not_tell_which_row_is_hers(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("how do I keep bees?")
    (question,) = await kept(house)
    async with house.database.reading() as session:
        bodies = [str(message.body) for message in await session.scalars(select(Message))]
    assert not any(question.id in body for body in bodies)


async def test_thumbs_and_choices_reach_the_row(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("maybe papers")
    await anna.says("1")
    await anna.taps("This helped me")
    (question,) = await kept(house)
    assert (question.chosen, question.helped) == ("personnummer", True)


async def test_who_wants_to_be_told_is_linked_and_unlinked_when_deleted(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("how do I keep bees?")
    await anna.taps("Tell me when there is an answer")
    (question,) = await kept(house)
    assert question.person_id is not None
    await anna.says("/delete")
    await anna.taps("Yes, delete me")
    (question,) = await kept(house)
    assert question.person_id is None


async def test_questions_go_when_their_time_is_up(house: House, clock: FrozenClock) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("how do I keep bees?")
    clock.forward(days=house.policy.kept_days + 1)
    await house.worker.sweep()
    assert await count(house.database, "question") == 0


async def test_editors_see_what_was_asked_in_vain_but_nobody_who_asked(office: Office) -> None:
    for name in ("anna", "bea"):
        person = office.person(name)
        await person.settles()
        await person.says("how do I keep bees?")
    await person.says("what is personnummer?")
    await person.taps("This did not help")
    async with office.signed_in(role="editor") as browser:
        page = await browser.opens("/console/questions")
    assert "how do I keep bees?" in page.words
    assert "Asked 2 times" in page.words
    assert "The answer did not help." in page.words
    assert "personnummer" in page.words


async def test_without_questions_the_page_says_so(office: Office) -> None:
    async with office.signed_in() as browser:
        page = await browser.opens("/console/questions")
    assert "Nobody has asked anything yet." in page.words


async def asks_for_bees(office: Office, name: str) -> None:
    person = office.person(name)
    await person.settles()
    await person.says("how do I keep bees?")


async def test_only_questions_that_the_editor_has_seen_are_answered(office: Office) -> None:
    await asks_for_bees(office, "anna")
    async with office.signed_in(role="editor") as browser:
        await browser.opens("/console/questions")
        (seen,) = await kept(office.house)
        await asks_for_bees(office, "bea")
        await browser.presses("This answers it", article="personnummer")
    answered = {row.id: row.answered for row in await kept(office.house)}
    assert len(answered) == 2
    assert answered.pop(seen.id) == "personnummer"
    assert set(answered.values()) == {None}
