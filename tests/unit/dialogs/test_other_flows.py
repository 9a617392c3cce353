"""Questions, people, dates and privacy, as conversations."""

from __future__ import annotations

from datetime import date

from dialogs import places
from dialogs.ports import Ports
from tests.chat import Chat
from tests.fakes import FakeHandoff, FakePeople


async def test_an_answer_shows_who_decides_the_source_and_that_it_is_not_approved(
    chat: Chat,
) -> None:
    await chat.says("what is personnummer?")
    assert chat.hears("personnummer is the answer.")
    assert chat.hears("Who decides: Skatteverket")
    assert chat.hears("Source: Skatteverket: A page")
    assert chat.hears("Source read on Friday 20 November (20/11), not yet approved.")


async def test_an_answer_has_the_swedish_beside_it(chat: Chat) -> None:
    await chat.says("what is personnummer?")
    rendered = chat.rendered("ar")
    assert rendered.twin is not None
    assert rendered.twin.language == "sv"
    assert "personnummer (sv)" in rendered.twin.text


async def test_more_of_an_answer_comes_as_messages_of_their_own(chat: Chat) -> None:
    await chat.says("what is personnummer?")
    await chat.taps("Cost")
    assert chat.hears("See the page")
    assert chat.sees_button("More")


async def test_an_unsure_search_asks_which_one_was_meant(chat: Chat) -> None:
    await chat.says("maybe papers")
    assert chat.hears("Is it one of these?")
    await chat.says("1")
    assert chat.hears("personnummer is the answer.")


async def test_not_knowing_is_said_and_a_person_is_offered(chat: Chat) -> None:
    await chat.says("how do I keep bees?")
    assert chat.hears("I do not have an answer to that.")
    assert chat.sees_button("Ask a person")


async def test_an_answer_can_be_asked_for_again_in_another_language(chat: Chat) -> None:
    await chat.says("what is personnummer?")
    await chat.says("Svenska")
    assert "personnummer (sv)" in chat.rendered("sv").text


async def test_a_message_is_left_for_the_coaches(chat: Chat, handoff: FakeHandoff) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Write a message")
    await chat.says("I need help with a letter")
    assert handoff.left == ["I need help with a letter"]
    assert chat.hears("The coaches have your message.")


async def test_a_call_is_asked_for_and_the_number_is_kept_out_of_the_transcript(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Call me")
    await chat.says("٠٧٠ ١٧٤ ٠٦ ٠٥")
    assert handoff.number == "0701740605"
    assert chat.concealed
    await chat.taps("In the morning")
    assert handoff.when == "morning"
    await chat.taps("Do not call me")
    assert handoff.number is None


async def test_what_is_not_a_number_is_asked_for_again(chat: Chat, handoff: FakeHandoff) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Call me")
    await chat.says("my number is the old one")
    assert chat.hears("That does not look like a telephone number.")
    assert not chat.concealed
    assert handoff.number is None
    assert chat.session.listen is not None


async def test_a_number_with_a_slip_in_it_is_kept_out_of_the_transcript_too(chat: Chat) -> None:
    await chat.opens(places.PERSON)
    await chat.taps("Call me")
    await chat.says("0701")
    assert chat.hears("That does not look like a telephone number.")
    assert chat.concealed


async def test_anyone_can_be_reminded_of_the_activity_report(chat: Chat, ports: Ports) -> None:
    await chat.opens(places.DEADLINES)
    await chat.taps("Activity report")
    assert chat.hears("The next last day is Monday 14 December (14/12).")
    await chat.taps("Yes, remind me")
    assert chat.hears("Reminders are on.")
    await chat.opens(places.report_done("activity-report", date(2026, 12, 14)))
    assert chat.hears("The next last day is Thursday 14 January (14/1).")
    await chat.opens(places.deadline("activity-report"))
    await chat.taps("Stop reminding me")
    assert chat.hears("Reminders are off.")
    assert not any(deadline.on for deadline in await ports.plans.deadlines())


async def test_who_sees_what_is_told_and_deleting_takes_two_taps(
    chat: Chat, people: FakePeople
) -> None:
    await chat.opens(places.PRIVACY)
    assert chat.hears("deleted 90 days after your last message")
    await chat.taps("What do you have about me?")
    assert chat.hears("Messages: 12")
    await chat.taps("Delete me")
    assert not people.erased
    await chat.taps("Yes, delete me")
    assert people.erased
    assert chat.hears("You are deleted here.")
