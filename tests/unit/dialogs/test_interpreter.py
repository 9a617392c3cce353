"""An interpreter at a meeting, as a conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs import places
from dialogs.ports import InterpreterNeed, InterpreterState, Meeting, Ports
from dialogs.render import Renderer
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import TUESDAY_NINE, Diary


@pytest.fixture
def tigrinya(ports: Ports, renderer: Renderer) -> Chat:
    """Somebody whose language the coach does not speak."""
    return Chat(ports, renderer, "ti")


async def holds(chat: Chat) -> None:
    await chat.opens(places.MENU)
    await chat.taps("Book a coach")
    await chat.taps("09:00")


def only(diary: Diary) -> Meeting:
    (meeting,) = diary.bookings.values()
    return meeting


def is_now(diary: Diary, state: InterpreterState) -> None:
    meeting = only(diary)
    diary.bookings[meeting.booking] = replace(meeting, interpreter=state)


async def test_who_speaks_what_is_said_before_she_is_asked(tigrinya: Chat) -> None:
    await holds(tigrinya)
    assert tigrinya.hears("Do you want an interpreter?")
    assert tigrinya.hears("Amina speaks العربية, Svenska, English.")
    assert tigrinya.buttons[:4] == [
        "Yes, by phone",
        "Yes, in the room",
        "Yes, by phone, without my name",
        "No, I need none",
    ]


async def test_nobody_is_asked_who_shares_a_language_with_the_coach(chat: Chat) -> None:
    await holds(chat)
    assert not chat.hears("interpreter")
    assert chat.sees_button("Yes, book it")


@pytest.mark.parametrize(
    ("label", "how", "nameless"),
    [
        ("Yes, by phone", "phone", False),
        ("Yes, in the room", "on_site", False),
        ("Yes, by phone, without my name", "phone", True),
    ],
)
async def test_one_tap_asks_for_one_and_goes_on_booking(
    tigrinya: Chat, diary: Diary, label: str, how: str, nameless: bool
) -> None:
    await holds(tigrinya)
    await tigrinya.taps(label)
    assert tigrinya.sees_button("Yes, book it")
    assert tigrinya.hears("Interpreter: asked for (ትግርኛ).")
    need = only(diary).need
    assert need is not None
    assert (need.language, need.how, need.nameless) == ("ti", how, nameless)


async def test_no_leads_on_to_booking_without_one(tigrinya: Chat, diary: Diary) -> None:
    await holds(tigrinya)
    await tigrinya.taps("No, I need none")
    assert tigrinya.sees_button("Yes, book it")
    assert only(diary).interpreter == "none"


async def test_nobody_interprets_in_a_room_at_a_meeting_by_phone(
    tigrinya: Chat, diary: Diary
) -> None:
    await holds(tigrinya)
    meeting = only(diary)
    diary.bookings[meeting.booking] = replace(meeting, mode="phone")
    await tigrinya.opens(places.ask_interpreter(meeting.booking))
    assert not tigrinya.sees_button("in the room")


@pytest.mark.parametrize(("hours", "late"), [(47, True), (48, False)])
async def test_little_time_is_said_before_she_chooses(
    tigrinya: Chat, clock: FrozenClock, hours: int, late: bool
) -> None:
    await holds(tigrinya)
    clock.at = TUESDAY_NINE
    clock.forward(hours=-hours)
    await tigrinya.opens(places.ask_interpreter("b0"))
    assert tigrinya.hears("It may be hard to find an interpreter in time.") is late


@pytest.mark.parametrize(("label", "gender"), [("A woman", "woman"), ("A man", "man")])
async def test_a_woman_or_a_man_and_back_to_whoever_comes(
    tigrinya: Chat, diary: Diary, label: str, gender: str
) -> None:
    await holds(tigrinya)
    await tigrinya.taps("Yes, by phone")
    await tigrinya.taps("Change the interpreter")
    await tigrinya.taps(label)
    need = only(diary).need
    assert need is not None
    assert need.gender == gender
    await tigrinya.taps("Woman or man, it does not matter")
    assert only(diary).need == InterpreterNeed("ti")
    await tigrinya.taps("Go on booking")
    assert tigrinya.sees_button("Yes, book it")


async def test_which_variety_of_her_language(tigrinya: Chat, diary: Diary) -> None:
    await holds(tigrinya)
    await tigrinya.taps("Yes, by phone")
    await tigrinya.taps("Change the interpreter")
    await tigrinya.taps("Tigrinya of Eritrea")
    assert tigrinya.hears("Variety: Tigrinya of Eritrea")
    need = only(diary).need
    assert need is not None
    assert need.variety == "eritrea"


async def test_dropping_it_on_the_way_goes_on_booking(tigrinya: Chat, diary: Diary) -> None:
    await holds(tigrinya)
    await tigrinya.taps("Yes, by phone")
    await tigrinya.taps("Change the interpreter")
    await tigrinya.taps("I need no interpreter")
    assert tigrinya.hears("There will be no interpreter.")
    assert tigrinya.sees_button("Yes, book it")
    assert only(diary).interpreter == "none"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("wanted", "We try to find one. I cannot promise it."),
        ("failed", "Interpreter: we have found none."),
        ("booked", "The interpreter is booked. To change it, write to a coach."),
        ("to_cancel", "You have asked for no interpreter at this meeting."),
        ("cancelled", "You have asked for no interpreter at this meeting."),
    ],
)
async def test_the_page_says_how_it_is(
    tigrinya: Chat, diary: Diary, state: InterpreterState, words: str
) -> None:
    await holds(tigrinya)
    await tigrinya.taps("Yes, by phone")
    await tigrinya.taps("Yes, book it")
    is_now(diary, state)
    await tigrinya.opens(places.interpreter("b0"))
    assert tigrinya.hears(words)


async def test_a_booked_one_is_not_changed_by_an_old_button(tigrinya: Chat, diary: Diary) -> None:
    await holds(tigrinya)
    await tigrinya.taps("Yes, by phone")
    await tigrinya.taps("Yes, book it")
    await tigrinya.opens(places.interpreter("b0"))
    is_now(diary, "booked")
    await tigrinya.taps("A woman")
    assert tigrinya.hears("The meeting has been changed. This is how it is now.")
    assert only(diary).interpreter == "booked"


async def test_a_meeting_that_is_gone_has_none(tigrinya: Chat) -> None:
    await tigrinya.opens(places.interpreter("gone"))
    assert tigrinya.hears("You have no meetings booked.")
