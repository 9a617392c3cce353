"""Requests, proposed times and waiting in line, as conversations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs import places
from dialogs.ports import Offer, Slot, Wish
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import COACHING, TUESDAY_NINE, UNIT, Diary

NINE, TEN, ELEVEN = (
    Offer(
        Slot("coaching", "amina", "centre", TUESDAY_NINE + timedelta(hours=hour)),
        "Amina",
        UNIT,
        ("en",),
    )
    for hour in range(3)
)


def proposed(diary: Diary, *offers: Offer) -> Wish:
    until = diary.clock.now() + timedelta(hours=2)
    wish = Wish("w0", 1, "proposed", COACHING, offers, until)
    diary.wishes["w0"] = wish
    return wish


def offered(diary: Diary, instead_of: str | None = None) -> Wish:
    until = diary.clock.now() + timedelta(hours=2)
    wish = Wish("w0", 1, "held", COACHING, (NINE,), until, instead_of)
    diary.wishes["w0"] = wish
    return wish


async def waits(chat: Chat, diary: Diary) -> None:
    diary.taken |= set(diary.starts)
    await chat.opens(places.BOOK)
    await chat.taps("Tell me")


async def test_proposed_times_are_one_tap_each(chat: Chat, diary: Diary) -> None:
    proposed(diary, NINE, TEN, ELEVEN)
    await chat.opens(places.proposals("w0"))
    assert chat.hears("A coach proposes these times.")
    assert [label[:15] for label in chat.buttons[:3]] == [
        "Tue 24/11 09:00",
        "Tue 24/11 10:00",
        "Tue 24/11 11:00",
    ]
    await chat.taps("10:00")
    assert chat.hears("Booked.")
    assert chat.hears("Tuesday 24 November (24/11) 10:00")


async def test_none_of_them_fits(chat: Chat, diary: Diary) -> None:
    proposed(diary, NINE)
    await chat.opens(places.proposals("w0"))
    await chat.taps("None of them suits me")
    assert chat.hears("A coach looks for other times")
    await chat.opens(places.wish("w0"))
    assert chat.hears("A coach looks for a time and answers you here.")


async def test_a_time_that_is_gone_is_said_and_what_is_left_is_shown(
    chat: Chat, diary: Diary
) -> None:
    proposed(diary, NINE, TEN)
    await chat.opens(places.proposals("w0"))
    diary.taken.add(TUESDAY_NINE)
    await chat.taps("09:00")
    assert chat.hears("That time is gone. I am sorry.")
    assert chat.sees_button("10:00")


@pytest.mark.parametrize("label", ["09:00", "None of them suits me"])
async def test_an_answer_to_what_was_changed_meanwhile_shows_how_it_is(
    chat: Chat, diary: Diary, label: str
) -> None:
    wish = proposed(diary, NINE)
    await chat.opens(places.proposals("w0"))
    diary.wishes["w0"] = replace(wish, version=2, proposals=(TEN,))
    await chat.taps(label)
    assert chat.hears("This has been changed. This is how it is now.")
    assert chat.sees_button("10:00")


async def test_a_proposed_meeting_by_phone_asks_for_the_number(chat: Chat, diary: Diary) -> None:
    proposed(diary, replace(NINE, slot=replace(NINE.slot, mode="phone")))
    await chat.opens(places.proposals("w0"))
    await chat.taps("09:00")
    assert chat.hears("Booked.")
    assert chat.hears("Which number should we call?")
    await chat.says("070 123 45 67")
    assert chat.concealed
    assert chat.hears("By phone: we call you.")


async def test_whoever_finds_no_time_may_wait_for_one(chat: Chat, diary: Diary) -> None:
    await waits(chat, diary)
    assert chat.hears("I tell you here as soon as there is a time.")
    await chat.taps("My meetings")
    await chat.taps("Waiting")
    assert chat.hears("I tell you when there is a free time.")
    await chat.taps("I do not need it any more")
    assert chat.hears("You are not waiting for it any more.")
    assert diary.wishes == {}


async def test_whoever_has_a_meeting_does_not_wait_for_one(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("09:00")
    await chat.taps("Yes, book it")
    await chat.opens(places.wait("coaching"))
    assert chat.hears("You have a meeting of this kind already.")
    assert diary.wishes == {}


async def test_an_offer_is_taken_or_passed_on_from_her_meetings(chat: Chat, diary: Diary) -> None:
    offered(diary)
    await chat.opens(places.MY_MEETINGS)
    await chat.taps("Choose a time")
    assert chat.hears("There is a free time now.")
    assert chat.buttons[:3] == [
        "Yes, I take it",
        "No, not this time",
        "I do not need it any more",
    ]
    await chat.taps("Yes, I take it")
    assert chat.hears("Booked.")


async def test_an_earlier_time_says_that_the_old_one_is_kept(chat: Chat, diary: Diary) -> None:
    offered(diary, "b0")
    await chat.opens(places.wish("w0"))
    assert chat.hears("There is an earlier time.")
    assert chat.hears("You keep your old time if you say no.")


async def test_no_keeps_her_in_line(chat: Chat, diary: Diary) -> None:
    wish = offered(diary)
    await chat.opens(places.pass_offer("w0", wish.version))
    assert chat.hears("I tell you when there is another time.")
    assert chat.sees_button("I do not need it any more")


async def test_an_offer_answered_too_late_leaves_her_in_line(chat: Chat, diary: Diary) -> None:
    diary.wishes["w0"] = Wish("w0", 2, "waiting", COACHING)
    await chat.opens(places.take_offer("w0", 1))
    assert chat.hears("That time is gone. I am sorry. You are still in line.")


async def test_an_offer_that_is_hers_already_leads_to_her_meeting(
    chat: Chat, diary: Diary
) -> None:
    wish = offered(diary)
    await chat.opens(places.take_offer("w0", wish.version))
    await chat.opens(places.take_offer("w0", wish.version))
    assert not chat.hears("gone")
    assert chat.sees_button("I can't come")


async def test_nobody_is_told_that_she_is_in_line_who_is_not(chat: Chat) -> None:
    await chat.opens(places.take_offer("gone", 0))
    assert chat.hears("That time is gone. I am sorry.")
    assert not chat.hears("still in line")


async def test_the_page_of_a_wish_that_has_its_time_by_now_is_the_meetings(
    chat: Chat, diary: Diary, clock: FrozenClock
) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("09:00")
    await chat.taps("Yes, book it")
    await chat.opens(places.wish("b0"))
    assert chat.sees_button("I can't come")


async def test_a_meeting_that_has_no_time_any_more_leads_to_what_she_asked_for(
    chat: Chat, diary: Diary
) -> None:
    proposed(diary, NINE)
    await chat.opens(places.meeting("w0"))
    assert chat.hears("A coach proposes these times.")
