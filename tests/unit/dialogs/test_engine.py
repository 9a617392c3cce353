"""What holds for every conversation: routing, stale taps, language, danger, navigation."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs import places
from dialogs.messages import Place, Said, SentFile, Tapped
from dialogs.ports import Ports
from dialogs.render import Renderer
from dialogs.session import Session
from dialogs.text import _
from tests.chat import Chat
from tests.fakes import FakeHandoff, FakePeople


async def test_the_first_thing_is_the_choice_of_language_by_its_own_name(chat: Chat) -> None:
    chat.session = Session("anna", "ar")
    await chat.starts("ar-SY")
    assert chat.buttons[:3] == ["العربية", "Svenska", "English"]
    assert {"دری", "Soomaali", "ትግርኛ", "Українська", "Русский"} <= set(chat.buttons)
    await chat.taps("العربية")
    assert chat.session.language == "ar"
    assert chat.hears("I am a machine.")
    assert chat.sees_button("Book a coach")


async def test_what_the_channel_must_tell_is_told_before_she_types(
    chat: Chat, people: FakePeople
) -> None:
    people.told = _("Ask a question")
    chat.session = Session("anna", "sv")
    await chat.starts()
    await chat.taps("English")
    assert "Ask a question" in chat.rendered("en", 0).text


async def test_changing_language_midway_goes_on_where_one_was(chat: Chat) -> None:
    await chat.opens(places.BOOK)
    await chat.says("العربية")
    assert chat.session.language == "ar"
    assert chat.hears("Which time suits you?")


async def test_the_language_page_returns_to_the_page_before(chat: Chat) -> None:
    await chat.opens(places.DEADLINES)
    await chat.says("/language")
    await chat.taps("Svenska")
    assert chat.hears("What do you want to be reminded of?")
    assert chat.session.language == "sv"


async def test_a_tap_on_a_message_we_no_longer_have_is_answered(chat: Chat) -> None:
    chat.offered = None
    await chat.sends(Tapped("gone", 3))
    assert chat.hears("That button is old")
    assert chat.sees_button("Menu")


async def test_a_button_whose_step_is_gone_leads_to_the_menu(chat: Chat) -> None:
    await chat.opens(Place("meeting.from_last_year", ("x",)))
    assert chat.hears("That button is old")
    assert chat.sees_button("Book a coach")


async def test_a_button_whose_arguments_no_longer_fit_leads_to_the_menu(chat: Chat) -> None:
    await chat.opens(Place("meeting.times", ("coaching", "and more")))
    assert chat.hears("That button is old")


@pytest.mark.parametrize("typed", ["2", "٢", "۲", "book a COACH!"])
async def test_a_button_is_answered_by_its_number_or_its_words(chat: Chat, typed: str) -> None:
    await chat.opens(places.MENU)
    await chat.says(typed)
    assert chat.hears("Which time suits you?")


async def test_a_number_is_not_a_button_while_text_is_awaited(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(Place("person.write"))
    await chat.says("2")
    assert handoff.left == ["2"]


async def test_an_unknown_command_gets_a_clear_answer(chat: Chat) -> None:
    await chat.says("/fly")
    assert chat.hears("I do not know that command.")


@pytest.mark.parametrize("text", ["😀😀", "...", "   ", "؟"])
async def test_what_holds_no_words_gets_a_clear_answer(chat: Chat, text: str) -> None:
    await chat.says(text)
    assert chat.hears("I can only read words.")


@pytest.mark.parametrize("mishap", ["a" * 10_000, "/nothing", SentFile("photo")])
async def test_a_mishap_does_not_lose_what_she_was_asked_for(
    chat: Chat, handoff: FakeHandoff, mishap: str | SentFile
) -> None:
    await chat.opens(Place("person.write"))
    await chat.sends(Said(mishap) if isinstance(mishap, str) else mishap)
    await chat.says("my lock is broken")
    assert [text for text in handoff.left if text] == ["my lock is broken"]


async def test_ten_thousand_characters_are_too_long(chat: Chat) -> None:
    await chat.says("a" * 10_000)
    assert chat.hears("at most 4000 characters")


async def test_danger_is_seen_in_a_text_that_is_too_long(chat: Chat) -> None:
    await chat.says("fire! " + "a" * 10_000)
    assert chat.hears("Are you in danger now?")
    assert chat.hears("at most 4000 characters")


async def test_danger_comes_before_everything_and_the_message_is_still_taken(
    chat: Chat, handoff: FakeHandoff
) -> None:
    await chat.opens(Place("person.write"))
    await chat.says("he hits me, please help")
    assert "020-50 50 50" in chat.rendered("en", 0).text
    assert handoff.left == ["he hits me, please help"]


async def test_danger_in_a_question_shows_the_card_and_no_search(chat: Chat) -> None:
    await chat.says("there is a fire, what is personnummer")
    assert len(chat.heard) == 1
    assert chat.hears("Call 112")
    assert chat.heard[0].urgency.value in {"reply", "crisis"}
    assert chat.sees_button("Talk to a person")


async def test_a_hidden_personnummer_is_told(chat: Chat) -> None:
    await chat.says("my number is [•••]", masked=True)
    assert chat.hears("I have hidden a number")


@pytest.mark.parametrize("kind", ["photo", "voice"])
async def test_what_only_a_person_can_see_or_hear_goes_to_the_coaches(
    chat: Chat, handoff: FakeHandoff, kind: str
) -> None:
    await chat.sends_a(kind)
    assert chat.hears("The coaches have your")
    await chat.says("what does this letter say?")
    assert handoff.left == ["", "what does this letter say?"]
    await chat.opens(Place("person.sent_on", (kind,)))
    await chat.taps("Take it back")
    assert chat.hears("It is deleted. Nobody has seen it.")


@pytest.mark.parametrize("kind", ["document", "sticker", "video"])
async def test_what_is_not_text_is_met_kindly_with_a_person_and_a_call(
    chat: Chat, kind: str
) -> None:
    await chat.sends_a(kind)
    assert chat.sees_button("Call me")
    assert chat.sees_button("Write a message")


async def test_every_page_leads_back_to_the_menu(chat: Chat) -> None:
    for place in (places.BOOK, places.PERSON, places.PRIVACY, places.DEADLINES, places.HELP):
        await chat.opens(place)
        assert chat.sees_button("Menu"), place


def test_every_door_between_dialogs_exists_and_takes_its_arguments(
    chat: Chat, ports: Ports, renderer: Renderer
) -> None:
    doors = [value for value in vars(places).values() if isinstance(value, Place)]
    doors += [
        places.answer_to("q"),
        places.emergency_card("violence"),
        places.speak("sv"),
        places.article("personnummer"),
        places.meeting("b"),
        places.book("coaching"),
        places.move("b", 1),
        places.cannot_come("b"),
        places.will_come("b"),
        places.absent("b", "ill"),
        places.absent("b", None),
        places.activity("m"),
        places.course("s"),
        places.check_in("123456"),
        places.typed_code("123456", ""),
        places.week(date(2026, 11, 23)),
        places.report_done("activity-report", date(2026, 12, 14)),
        places.deadline("activity-report"),
        places.card("job"),
        places.typed_day(places.deadline("driving-licence"), "back"),
        places.choose_day(places.deadline("driving-licence"), "back"),
        places.write_back(),
        places.typed_back(),
    ]
    for door in doors:
        step = chat.engine.registry.step(door)
        step.arguments(door)
