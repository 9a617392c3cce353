"""What becomes of a question: an answer that helps or not, guesses, pictures, small talk."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.fakes import FakeQuestions


async def test_a_question_is_kept_with_what_was_found(
    chat: Chat, questions: FakeQuestions
) -> None:
    await chat.says("what is personnummer?")
    await chat.says("how do I keep bees?")
    assert questions.asked_for == [
        ("what is personnummer?", "Answered"),
        ("how do I keep bees?", "NotFound"),
    ]


async def test_an_answer_that_helped_is_counted_and_leads_on(
    chat: Chat, questions: FakeQuestions
) -> None:
    await chat.says("what is personnummer?")
    await chat.taps("This helped me")
    assert questions.rating == {"1": True}
    assert chat.hears("Good. Here is more about it.")


async def test_an_answer_that_did_not_help_leads_to_other_ways(
    chat: Chat, questions: FakeQuestions
) -> None:
    await chat.says("what is personnummer?")
    await chat.taps("This did not help")
    assert questions.rating == {"1": False}
    assert chat.sees_button("Ask in other words")
    assert chat.sees_button("Ask a person")


async def test_she_is_linked_to_her_question_only_when_she_wants_to_be_told(
    chat: Chat, questions: FakeQuestions
) -> None:
    await chat.says("how do I keep bees?")
    assert questions.waiting == []
    await chat.taps("Tell me when there is an answer")
    assert questions.waiting == ["1"]
    assert chat.hears("I write to you here when there is an answer.")


async def test_the_guess_she_takes_is_remembered(chat: Chat, questions: FakeQuestions) -> None:
    await chat.says("maybe papers")
    await chat.says("1")
    assert questions.chosen == {"1": "personnummer"}
    assert chat.sees_button("This helped me")


async def test_a_page_shown_again_does_not_ask_again(chat: Chat, questions: FakeQuestions) -> None:
    await chat.says("what is personnummer?")
    await chat.says("Svenska")
    assert len(questions.asked_for) == 1


async def test_one_word_that_may_mean_many_things_gets_pictures(
    chat: Chat, questions: FakeQuestions
) -> None:
    await chat.says("money")
    assert chat.hears("What is it about?")
    assert questions.asked_for == []
    assert all(button.icon for button in chat.rendered("en").buttons[:3])


async def test_a_language_we_do_not_have_gets_pictures_and_not_a_wall(chat: Chat) -> None:
    await chat.says("xyzzy plugh")
    assert chat.hears("I do not understand this language yet.")
    assert chat.sees_button("Change language")
    assert chat.rendered("en").buttons[0].icon


async def test_a_question_in_another_language_offers_to_switch(chat: Chat) -> None:
    await chat.says("personnummer بالعربي")
    await chat.taps("العربية")
    assert chat.session.language == "ar"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("thanks!", "You are welcome."),
        ("are you a robot?", "I am a program, not a human."),
    ],
)
async def test_small_talk_is_answered_in_kind_and_not_kept(
    chat: Chat, questions: FakeQuestions, text: str, reply: str
) -> None:
    await chat.says(text)
    assert chat.hears(reply)
    assert questions.asked_for == []


async def test_who_is_in_no_danger_gets_her_answer_after_the_card(chat: Chat) -> None:
    await chat.says("personnummer after a fire")
    assert chat.hears("Call 112")
    await chat.taps("Nobody is in danger: answer me")
    assert chat.hears("personnummer is the answer.")
