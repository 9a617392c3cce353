"""From the assistant to a person and back, through the door, the database and the worker."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from dialogs import places
from dialogs.core import say, to
from dialogs.messages import Quote, SentFile, Started
from dialogs.talks import TakenByOther
from dialogs.text import _
from tests.house import House, Person
from tests.integration.talk_house import (
    asks_for_a_person,
    claims,
    hands_back,
    on_duty,
    opens,
    passes_on,
    pen,
    row_of,
    stays,
    thread_of,
    tickets,
    writes,
)
from tests.integration.test_erasure import asks_to_be_deleted

SARA, ALI = "amina", "bo"


@pytest.fixture
async def anna(house: House) -> Person:
    """Somebody who reads English, while two coaches are on duty."""
    await opens(house, SARA, ALI)
    person = house.person("anna", "web")
    await person.settles()
    return person


async def test_she_asks_waits_and_is_taken(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    assert "You are first in the queue." in await anna.heard()
    assert (await row_of(house, thread)).owner == "queue"
    await claims(house, SARA, thread)
    assert "is a person, not the assistant" in await anna.heard()
    assert (await row_of(house, thread)).coach_id == SARA
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.staff_id) == ("open", SARA)


async def test_what_she_writes_to_a_person_is_kept_and_not_answered_by_a_machine(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await anna.says("personnummer")
    await claims(house, SARA, thread)
    await anna.says("personnummer?")
    said = [row.author for row in await anna.messages()]
    assert Counter(said[-3:]) == Counter({"person": 2, "system": 1})


async def test_nobody_on_duty_is_said_at_once_and_something_else_offered(
    house: House, anna: Person
) -> None:
    for coach in (SARA, ALI):
        await on_duty(house, coach, on=False)
    await anna.says("/person")
    labels = await anna.labels()
    assert not any("Talk now" in label for label in labels)
    assert {"Write a message", "Call me", "Book a coach"} <= set(labels)


async def test_a_question_asked_on_saturday_hears_when_we_open(house: House, anna: Person) -> None:
    house.clock.forward(days=5)
    await anna.says("/person")
    assert "We open on Monday 30 November" in await anna.heard()


async def test_a_button_from_before_closing_says_so_too(house: House, anna: Person) -> None:
    await anna.says("/person")
    house.clock.forward(hours=13)
    await anna.taps("Talk now")
    assert "Nobody is here to talk now." in await anna.heard()
    assert "We open on Tuesday 24 November" in await anna.heard()
    assert (await row_of(house, await thread_of(anna))).owner == "assistant"


async def test_two_coaches_who_claim_at_once_are_one(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    both = (claims(house, SARA, thread), claims(house, ALI, thread))
    found = await asyncio.gather(*both, return_exceptions=True)
    lost = [each for each in found if each is not None]
    assert [type(each) for each in lost] == [TakenByOther]
    joined = [row for row in await anna.messages() if row.author == "system"]
    assert len(joined) == 1


async def test_a_coachs_words_take_the_conversation_over(house: House, anna: Person) -> None:
    thread = await thread_of(anna)
    await writes(house, SARA, thread, "Hej Anna")
    assert (await row_of(house, thread)).coach_id == SARA
    assert [row.author for row in await anna.messages()][-2:] == ["system", "coach"]
    with pytest.raises(TakenByOther):
        await writes(house, ALI, thread, "Hej igen")


async def test_a_turn_that_meets_a_claim_is_silent(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    await asyncio.gather(anna.says("personnummer"), claims(house, SARA, thread))
    before = len(await anna.messages())
    await anna.says("personnummer")
    said = (await anna.messages())[before:]
    assert [row.author for row in said] == ["person"]


async def test_the_wait_is_told_offers_and_ends_in_a_message_that_is_kept(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await anna.says("my letter is from Migrationsverket")
    for minutes in (5, 5, 5):
        house.clock.forward(minutes=minutes)
        await stays(house, SARA, ALI)
        await house.timers.run_due()
    texts = await anna.heard(3)
    assert texts.count("It takes longer than usual.") == 2
    assert "What you wrote is kept. It is answered first." in texts
    assert (await row_of(house, thread)).owner == "left"
    (left,) = await tickets(house, "message")
    assert (left.state, left.opened_at) == ("open", house.clock.at.replace(hour=7, minute=0))


async def test_a_coach_who_goes_home_is_missed_and_the_next_one_has_her(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await anna.says("are you there?")
    await on_duty(house, SARA, on=False)
    house.clock.forward(minutes=2)
    await stays(house, ALI)
    assert await house.timers.run_due() == 1
    assert "had to leave. Another person will answer you." in await anna.heard()
    await claims(house, ALI, thread)
    (ticket,) = await tickets(house)
    assert ticket.staff_id == ALI


async def test_hand_back_ends_it_with_three_faces_and_a_note_for_the_next(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await hands_back(house, SARA, thread, "wants an interpreter")
    assert "You are with the automatic assistant again." in await anna.heard()
    await anna.taps("Good")
    (ticket,) = await tickets(house)
    assert (ticket.state, ticket.note, ticket.rating) == ("answered", "wants an interpreter", 3)
    assert ticket.language == "en"
    await anna.says("personnummer")
    assert (await anna.messages())[-1].author == "assistant"


async def test_a_colleague_goes_on_where_the_first_one_stopped(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await passes_on(house, SARA, thread, ALI)
    assert "takes over from" in await anna.heard()
    assert (await row_of(house, thread)).coach_id == ALI


async def test_she_ends_it_herself(house: House, anna: Person) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await anna.says("/menu")
    await anna.taps("End the talk")
    assert (await row_of(house, thread)).owner == "assistant"


async def test_in_a_talk_the_assistants_pages_wait_and_her_rights_do_not(
    house: House, anna: Person
) -> None:
    await anna.says("/menu")
    await asks_for_a_person(anna)
    for words in ("/menu", "/book", "/ask"):
        await anna.says(words)
        assert "You are first in the queue." in await anna.heard()
    await anna.says("/privacy")
    assert "queue" not in await anna.heard()
    await anna.sends(Started(None))
    assert "You are first in the queue." in await anna.heard()


async def test_danger_in_a_talk_shows_the_card_and_moves_her_to_the_front(
    house: House, anna: Person
) -> None:
    bea = house.person("bea", "web")
    await bea.settles()
    await asks_for_a_person(anna)
    house.clock.forward(minutes=1)
    await stays(house, SARA, ALI)
    thread = await asks_for_a_person(bea)
    assert "You are number 2 in the queue." in await bea.heard()
    await bea.says("there is a fire")
    assert "Call 112" in await bea.heard()
    await bea.says("/menu")
    assert "You are first in the queue." in await bea.heard()
    assert (await row_of(house, thread)).owner == "queue"


async def test_who_deletes_herself_while_she_waits_waits_no_more(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await asks_to_be_deleted(anna)
    assert await tickets(house) == []
    assert (await row_of(house, thread)).owner == "assistant"
    house.clock.forward(minutes=30)
    assert await house.timers.run_due() == 0


async def test_a_file_nobody_can_open_is_refused_in_words(house: House, anna: Person) -> None:
    await asks_for_a_person(anna)
    await anna.sends(SentFile("sticker"))
    assert "You can write, send a photo, or record your voice." in await anna.heard()


async def test_a_coachs_buttons_work_in_the_talk_and_a_number_stays_hidden(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    reply = say(Quote("May I call you?", "en"), to(_("Call me"), places.CALL_ME))
    async with pen(house, SARA) as hers:
        await hers.answer(thread, reply, seen=10**6, key="call")
    await anna.taps("Call me")
    assert "Which number should we call?" in await anna.heard()
    await anna.says("070 123 45 67")
    assert "When is a good time to call?" in await anna.heard()
    said = [row.sent_text for row in await anna.messages()]
    assert not any("070" in (text or "") for text in said)
    assert (await row_of(house, thread)).owner == "coach"


async def test_a_form_from_before_does_not_take_what_is_meant_for_a_person(
    house: House, anna: Person
) -> None:
    await anna.says("/person")
    await anna.taps("Call me")
    thread = await thread_of(anna)
    await claims(house, SARA, thread)
    await anna.says("hello Sara")
    assert (await anna.messages())[-1].author == "person"


async def test_a_letter_from_a_coach_leaves_her_the_assistants_pages(
    house: House, anna: Person
) -> None:
    for coach in (SARA, ALI):
        await on_duty(house, coach, on=False)
    thread = await thread_of(anna)
    await writes(house, SARA, thread, "Hej Anna")
    await anna.says("/book")
    assert any("09:00" in label or "Advice" in label for label in await anna.labels())
    await anna.says("/menu")
    await anna.taps("Ask a question")
    await anna.says("thank you Sara")
    assert (await anna.messages())[-1].author == "person"
    house.clock.forward(minutes=2)
    await house.timers.run_due()
    assert "What you wrote is kept." in await anna.heard()


async def test_a_reminders_buttons_work_in_a_talk(house: House, anna: Person) -> None:
    booking = await anna.books()
    house.clock.forward(hours=9, minutes=30)  # the evening before
    await house.releaser.release_due()
    await stays(house, SARA, ALI)
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert (await row_of(house, thread)).owner == "coach"
    assert [meeting.booking for meeting in await anna.meetings()] == []
    assert booking


async def test_what_she_writes_the_evening_after_a_letter_reaches_the_coaches(
    house: House, anna: Person
) -> None:
    thread = await thread_of(anna)
    await writes(house, SARA, thread, "Hej Anna")
    house.clock.forward(hours=9)
    await house.timers.run_due()
    assert (await row_of(house, thread)).owner == "assistant"
    await anna.says("thank you Sara")
    assert "The coaches have your message." in await anna.heard()


async def test_stop_waiting_does_not_end_the_talk_that_has_just_begun(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await claims(house, SARA, thread)
    await anna.taps("Stop waiting")
    assert (await row_of(house, thread)).coach_id == SARA
    await anna.says("/end")
    assert (await row_of(house, thread)).owner == "assistant"


async def test_a_person_can_be_asked_for_again_with_the_same_button(
    house: House, anna: Person
) -> None:
    await asks_for_a_person(anna)
    tap = await anna.find("Talk now")
    await anna.taps("Stop waiting")
    await anna.sends(tap)
    assert "You are first in the queue." in await anna.heard()


async def test_who_answers_somebody_in_the_queue_is_there_for_what_follows(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    await on_duty(house, SARA, on=False)
    await writes(house, SARA, thread, "Hej Anna")
    await anna.says("hello")
    house.clock.forward(seconds=50)
    await stays(house, SARA)
    house.clock.forward(seconds=50)
    await house.timers.run_due()
    assert (await row_of(house, thread)).coach_id == SARA


async def test_the_first_minute_after_a_standstill_throws_nobody_out(
    house: House, anna: Person
) -> None:
    thread = await asks_for_a_person(anna)
    house.clock.forward(minutes=3)  # nobody could say that she is there
    assert await house.timers.run_round() == 0
    assert (await row_of(house, thread)).owner == "queue"
