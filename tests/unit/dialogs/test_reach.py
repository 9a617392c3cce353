"""Her ways to be reminded: adding one with a code, putting one first, taking one away."""

from __future__ import annotations

import pytest

from dialogs import places
from dialogs.ports import Ports
from tests.chat import Chat
from tests.fakes import FakeReach


@pytest.fixture
def reach(ports: Ports) -> FakeReach:
    assert isinstance(ports.reach, FakeReach)
    return ports.reach


async def adds_a_number(chat: Chat) -> None:
    await chat.opens(places.REACH)
    await chat.taps("Remind me by SMS too")
    await chat.says("070 123 45 67")
    assert chat.concealed
    await chat.says("1234")
    assert chat.concealed


async def test_from_the_menu_to_a_number_that_counts(chat: Chat) -> None:
    await chat.starts()
    await chat.taps("More")
    await chat.taps("How I reach you")
    assert chat.hears("First: Telegram")
    await adds_a_number(chat)
    assert chat.hears("First: SMS to •••67")
    assert chat.hears("Then: Telegram")
    assert chat.hears("When one does not work, I try the next.")


async def test_she_is_told_before_she_types_what_the_number_is_for(chat: Chat) -> None:
    await chat.opens(places.REACH_BY_SMS)
    assert chat.hears("I send reminders there, and nothing else.")
    assert chat.hears("Other people may see your telephone.")


@pytest.mark.parametrize("typed", ["070 12", "08 508 25 000", "112", "123456789012", "+46 71 1"])
async def test_what_is_no_mobile_number_is_hidden_and_asked_for_again(
    chat: Chat, reach: FakeReach, typed: str
) -> None:
    await chat.opens(places.REACH_BY_SMS)
    await chat.says(typed)
    assert chat.hears("That is not a mobile number.")
    assert chat.concealed == (sum(map(str.isdigit, typed)) >= 4)
    assert reach.unproven == {}
    await chat.says("+46 70 123 45 67")
    assert chat.hears("I have sent you a code with four digits.")


async def test_words_are_not_hidden_where_a_number_is_awaited(chat: Chat) -> None:
    await chat.opens(places.REACH_BY_SMS)
    await chat.says("I do not want to")
    assert chat.hears("That is not a mobile number.")
    assert not chat.concealed


async def test_a_wrong_code_can_be_tried_five_times(chat: Chat) -> None:
    await chat.opens(places.REACH_BY_SMS)
    await chat.says("0701234567")
    for left in ("4 more times", "3 more times", "2 more times", "one more time"):
        await chat.says("1111")
        assert chat.hears(left)
    await chat.says("1111")
    assert chat.hears("That code does not work any more.")
    assert chat.hears("Which mobile number?")


async def test_a_question_asked_while_a_code_is_awaited_is_answered(chat: Chat) -> None:
    await chat.opens(places.REACH_BY_SMS)
    await chat.says("0701234567")
    await chat.says("personnummer")
    assert not chat.hears("That is not the code")


async def test_without_a_code_she_can_write_the_number_again(chat: Chat) -> None:
    await chat.opens(places.REACH_BY_SMS)
    await chat.says("0701234567")
    await chat.taps("No code has come")
    assert chat.hears("Which mobile number?")


async def test_a_mail_address_counts_the_same_way(chat: Chat) -> None:
    await chat.opens(places.REACH)
    await chat.taps("Remind me by e-mail too")
    await chat.says("anna at example")
    assert chat.hears("That is not a mail address.")
    await chat.says("anna@example.com")
    await chat.says("1234")
    assert chat.hears("First: e-mail to a•••@example.com")


async def test_the_chat_can_be_put_first_again_and_the_number_deleted(
    chat: Chat, reach: FakeReach
) -> None:
    await adds_a_number(chat)
    await chat.taps("First: Telegram")
    assert [way.channel for way in reach.ways] == ["telegram", "sms"]
    await chat.taps("Delete: SMS to •••67")
    assert chat.hears("It is deleted.")
    assert [way.channel for way in reach.ways] == ["telegram"]


async def test_where_nothing_can_be_added_the_old_button_leads_to_what_there_is(
    chat: Chat, reach: FakeReach
) -> None:
    reach.may_add = ()
    await chat.opens(places.REACH_BY_SMS)
    assert chat.hears("This is how I reach you")
    assert not chat.sees_button("Remind me by SMS too")
    await chat.says("/menu")
    await chat.taps("More")
    assert not chat.sees_button("How I reach you")


async def test_an_sms_is_offered_with_the_first_meeting_only(chat: Chat) -> None:
    await chat.says("/book")
    if chat.sees_button("Coaching"):
        await chat.taps("Coaching")
    await chat.taps("09:00")
    await chat.taps("Yes, book it")
    assert chat.sees_button("Remind me by SMS too")
    await chat.opens(places.book("advice"))
    await chat.taps("10:00")
    await chat.taps("Yes, book it")
    assert chat.hears("Booked.")
    assert not chat.sees_button("Remind me by SMS too")
