"""Whoever wanted to hear is told when there is an answer: once, in her language, by day."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Conversation, Message, Question
from backend.reminders.rules import Quiet
from backend.services import answering
from backend.services.answering import Ready, Told
from backend.services.bookings import Bookings
from backend.services.erasure import Policy, erase
from backend.services.walltime import instant
from backend.work import Work
from tests.clock import FrozenClock
from tests.house import House, Person, build
from tests.integration.console_office import translated

BEES = "how do I keep bees?"
IN_ENGLISH = Ready("register-for-sfi", {"en"})
EVERYWHERE = Ready("register-for-sfi", {"en", "ar"})
NEWS = "There is an answer now to a question that you asked."


@pytest.fixture
async def house(database: Database, clock: FrozenClock) -> House:
    """A house in plain English, whatever the catalogues know by now."""
    return await build(database, clock, translated({}))


async def wants_to_hear(house: House, name: str, question: str = BEES) -> Person:
    person = house.person(name)
    await person.settles()
    await person.says(question)
    await person.taps("Tell me when there is an answer")
    return person


async def rows(house: House) -> list[Question]:
    async with house.database.reading() as session:
        return list(await session.scalars(select(Question).order_by(Question.id)))


async def planned(house: House) -> list[Message]:
    async with house.database.reading() as session:
        about = Message.about.startswith("answers:")
        return list(await session.scalars(select(Message).where(about).order_by(Message.id)))


async def answers(house: House, article: Ready = EVERYWHERE, *, marks: bool = True) -> Told:
    ids = [row.id for row in await rows(house)] if marks else []
    async with Work.begin(house.database, house.clock, "staff:e") as work:
        return await answering.answer(work, article, Quiet(), ids)


async def speaks(person: Person, language: str) -> None:
    async with person.house.database.writing() as session:
        hers = update(Conversation).where(Conversation.person_id == await person.id())
        await session.execute(hers.values(language=language))


async def test_she_is_told_that_there_is_an_answer_and_led_to_it(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    assert await answers(house) == Told(1, 1, 0)
    house.clock.forward(minutes=1)
    await house.releaser.release_due()
    heard = await anna.heard()
    assert NEWS in heard
    await anna.taps("Read the answer")
    assert "register-for-sfi" in await anna.heard()
    (row,) = await rows(house)
    assert (row.answered, row.person_id) == ("register-for-sfi", None)


async def test_nothing_of_her_is_left_in_the_question_once_she_is_told(house: House) -> None:
    await wants_to_hear(house, "anna")
    await wants_to_hear(house, "bea", "keep bees where?")
    assert await answers(house) == Told(2, 2, 0)
    assert [row.person_id for row in await rows(house)] == [None, None]
    assert len(await planned(house)) == 2


async def test_who_asked_twice_is_told_once(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    house.clock.forward(days=1)
    await anna.says("may I keep bees on a balcony?")
    await anna.taps("Tell me when there is an answer")
    assert await answers(house) == Told(2, 1, 0)
    assert len(await planned(house)) == 1


async def test_who_asks_again_another_day_is_told_again(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    await answers(house)
    house.clock.forward(days=1)
    await house.releaser.release_due()
    await anna.says("may I keep bees on a balcony?")
    await anna.taps("Tell me when there is an answer")
    assert await answers(house) == Told(1, 1, 0)
    assert [message.state for message in await planned(house)].count("planned") == 1


async def test_an_answer_given_twice_is_told_once(house: House) -> None:
    await wants_to_hear(house, "anna")
    await answers(house)
    assert await answers(house) == Told(0, 0, 0)
    assert len(await planned(house)) == 1


async def test_two_editors_at_the_same_moment_tell_her_once(house: House) -> None:
    await wants_to_hear(house, "anna")
    told = await asyncio.gather(answers(house), answers(house))
    assert sorted(each.people for each in told) == [0, 1]
    assert len(await planned(house)) == 1


@pytest.mark.parametrize(
    ("minute", "day", "due"),
    [(23 * 60, 24, 8 * 60), (6 * 60, 24, 8 * 60), (12 * 60, 24, 12 * 60)],
)
async def test_nobody_is_told_at_night(
    house: House, clock: FrozenClock, minute: int, day: int, due: int
) -> None:
    await wants_to_hear(house, "anna")
    at = instant(date(2026, 11, day - (minute > 21 * 60)), minute)
    assert at is not None
    clock.forward(seconds=(at - clock.now()).total_seconds())
    await answers(house)
    (message,) = await planned(house)
    expected = instant(date(2026, 11, day), due)
    assert expected is not None
    assert 0 <= (message.due_at - expected).total_seconds() <= 60


async def test_who_has_no_text_in_her_language_waits_until_there_is_one(house: House) -> None:
    await wants_to_hear(house, "anna")
    bea = await wants_to_hear(house, "bea")
    await speaks(bea, "ar")
    assert await answers(house, IN_ENGLISH) == Told(2, 1, 1)
    async with house.database.reading() as session:
        (waits,) = await answering.waiting(session)
    assert (waits.slug, waits.language, waits.people) == ("register-for-sfi", "ar", 1)
    assert await answers(house, EVERYWHERE, marks=False) == Told(0, 1, 0)
    assert [row.person_id for row in await rows(house)] == [None, None]


async def test_her_language_is_that_of_where_she_wrote_last(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    person = await anna.id()
    web = house.person("anna-at-home", "web")
    house.clock.forward(minutes=5)
    await web.settles("العربية")
    async with house.database.writing() as session:
        hers = update(Conversation).where(Conversation.person_id == await web.id())
        await session.execute(hers.values(person_id=person))
    assert await answers(house, IN_ENGLISH) == Told(1, 0, 1)


async def test_who_has_been_erased_is_not_told(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    await anna.says("/delete")
    await anna.taps("Yes, delete me")
    assert await answers(house) == Told(1, 0, 0)
    assert await planned(house) == []


async def test_who_is_erased_at_that_very_moment_breaks_nothing(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    person = await anna.id()

    async def leaves() -> None:
        async with Work.begin(house.database, house.clock, "person") as work:
            catalogue = await house.cache.get(await work.reading())
            everything = Policy(90, may_delete_messages=True)
            await erase(work, Bookings(work, catalogue), person, None, everything)

    await asyncio.gather(answers(house), leaves())
    assert await planned(house) == []
    (row,) = await rows(house)
    assert (row.answered, row.person_id) == ("register-for-sfi", None)


async def test_who_wants_no_more_of_these_gets_no_more(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    await answers(house)
    house.clock.forward(minutes=1)
    await house.releaser.release_due()
    await anna.says("what about wasps?")
    await anna.taps("Tell me when there is an answer")
    await anna.taps("I do not want more of these")
    assert "I will not write to you about your questions any more." in await anna.heard()
    assert [row.person_id for row in await rows(house)] == [None, None]
    assert await answers(house, Ready("personnummer", {"en"})) == Told(1, 0, 0)


async def test_other_eyes_do_not_read_what_she_asked(house: House) -> None:
    await wants_to_hear(house, "anna")
    await answers(house)
    (message,) = await planned(house)
    assert "bees" not in str(message.body)


async def test_an_article_that_is_gone_leaves_its_questions_without_an_answer(
    house: House,
) -> None:
    await wants_to_hear(house, "anna")
    await answers(house, Ready("bees", ()))
    async with Work.begin(house.database, house.clock, "staff:e") as work:
        await answering.reopen(work, "bees")
    (row,) = await rows(house)
    assert row.answered is None
    assert row.person_id is not None


async def test_nobody_is_told_of_an_article_that_is_gone_again(house: House) -> None:
    anna = await wants_to_hear(house, "anna")
    await answers(house)
    async with Work.begin(house.database, house.clock, "staff:e") as work:
        await answering.reopen(work, "register-for")  # another one
    assert [message.state for message in await planned(house)] == ["planned"]
    async with Work.begin(house.database, house.clock, "staff:e") as work:
        await answering.reopen(work, "register-for-sfi")
    house.clock.forward(minutes=1)
    await house.releaser.release_due()
    assert NEWS not in await anna.heard()
    assert [message.state for message in await planned(house)] == ["void"]


async def test_an_sms_says_only_that_there_is_an_answer(house: House) -> None:
    reply = answering.news("register-for-sfi")
    rendered = house.renderer.render(reply, "en")
    assert rendered.brief == NEWS
