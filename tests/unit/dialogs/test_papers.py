"""Papers, days and dates as conversations."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs import places
from dialogs.papers import Paused
from dialogs.ports import Ports
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import FakePapers, FakePlans


@pytest.fixture
def papers(ports: Ports) -> FakePapers:
    assert isinstance(ports.papers, FakePapers)
    return ports.papers


@pytest.fixture
def plans(ports: Ports) -> FakePlans:
    assert isinstance(ports.plans, FakePlans)
    return ports.plans


async def test_the_three_ways_of_not_forgetting_are_one_command_away(chat: Chat) -> None:
    await chat.says("/plan")
    assert chat.buttons[:3] == ["My papers", "My first weeks", "Remind me of a date"]


async def test_it_is_said_that_no_other_plan_is_made(chat: Chat) -> None:
    await chat.opens(places.PAPERS)
    assert chat.hears("The plans stay with those who made them with you. I make no other plan.")
    assert not chat.sees_button("I am away for some time")


async def test_a_card_is_filled_in_word_by_word(chat: Chat, papers: FakePapers) -> None:
    await chat.opens(places.PAPERS)
    await chat.taps("Job plan")
    await chat.taps("Whom to ask")
    await chat.says("Sara 08-508 00 000")
    assert chat.concealed
    assert chat.hears("Whom to ask: Sara 08-508 00 000")
    await chat.taps("Next date")
    await chat.says("15 mars")
    assert chat.hears("Is it Monday 15 March (15/3) 2027?")
    await chat.taps("Yes, that is right")
    assert chat.hears("Next date: Monday 15 March (15/3) 2027")
    assert chat.hears("You changed this last, on Monday 23 November (23/11) 08:00.")
    assert papers.cards["job"].next_on == date(2027, 3, 15)
    await chat.opens(places.PAPERS)
    assert chat.sees_button("✓ Job plan: Jobbtorg")


async def test_too_many_words_for_a_card_are_asked_for_again(
    chat: Chat, papers: FakePapers
) -> None:
    await chat.opens(places.card("study"))
    await chat.taps("A line to remember")
    await chat.says("a" * 121)
    assert chat.hears("That is too long for the card. Write at most 120 characters.")
    await chat.says("Bring the book")
    assert papers.cards["study"].line == "Bring the book"


async def test_a_first_meeting_has_been_and_is_not_asked_for_by_the_school(chat: Chat) -> None:
    await chat.opens(places.card("study"))
    assert not chat.sees_button("First meeting")
    await chat.opens(places.card("job"))
    await chat.taps("First meeting")
    await chat.says("24/11 2026")
    assert chat.hears("That day is still to come.")
    await chat.says("20/11")
    assert chat.hears("Is it Friday 20 November (20/11) 2026?")


async def test_a_card_is_thrown_away_after_one_question(chat: Chat, papers: FakePapers) -> None:
    await papers.write("job", "line", "Bring the book")
    await chat.opens(places.card("job"))
    await chat.taps("Throw the card away")
    assert "job" in papers.cards
    await chat.taps("Yes, throw it away")
    assert chat.hears("The card is gone.")
    assert papers.cards == {}


async def test_a_pause_needs_one_word_and_a_day_or_none(chat: Chat, papers: FakePapers) -> None:
    await papers.write("job", "reminds", True)
    await chat.opens(places.PAPERS)
    await chat.taps("I am away for some time")
    await chat.taps("I am on parental leave")
    await chat.says("1/6 2027")
    await chat.taps("Yes, that is right")
    assert (await papers.folder()).paused == Paused("parent", date(2027, 6, 1))
    await chat.opens(places.PAPERS)
    assert chat.hears("You are away until Tuesday 1 June (1/6) 2027.")
    await chat.taps("Start again now")
    assert (await papers.folder()).paused is None
    await chat.taps("I am away for some time")
    await chat.taps("I am ill")
    await chat.taps("I do not know")
    assert (await papers.folder()).paused == Paused("ill", None)
    assert chat.hears("Once a month I ask if we start again.")


async def test_a_day_is_found_by_buttons_alone(chat: Chat, plans: FakePlans) -> None:
    await chat.opens(places.deadline("permit-extension"))
    await chat.taps("Choose with buttons")
    await chat.taps("2028")
    await chat.taps("2 – February")
    await chat.taps("Day 21 to 29")
    await chat.taps("Tue 29/2")
    assert chat.hears("Is it Tuesday 29 February (29/2) 2028?")
    await chat.taps("Yes, that is right")
    assert plans.counted == {"permit-extension": date(2028, 2, 29)}
    assert chat.hears("The last day is Tuesday 29 February (29/2) 2028.")


async def test_buttons_offer_only_days_that_can_be_meant(chat: Chat) -> None:
    await chat.opens(places.deadline("permit-extension"))
    await chat.taps("Choose with buttons")
    await chat.taps("2026")
    assert chat.buttons[0].startswith("11")
    await chat.taps("11 – November")
    assert chat.buttons[0] == "Day 23 to 30"
    await chat.opens(places.deadline("driving-licence"))
    await chat.taps("Choose with buttons")
    await chat.taps("2026")
    await chat.taps("11 – November")
    assert chat.buttons[:3] == ["Day 1 to 10", "Day 11 to 20", "Day 21 to 23"]


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("soon", "I do not understand which day you mean."),
        ("31/4", "There is no such day in the calendar."),
        ("1405/12/24", "That year is of another calendar."),
        ("1/1 2020", "That day has passed."),
        ("1/1 2050", "That is more than ten years from today."),
    ],
)
async def test_a_day_that_cannot_be_is_asked_for_again_in_clear_words(
    chat: Chat, plans: FakePlans, typed: str, heard: str
) -> None:
    await chat.opens(places.deadline("permit-extension"))
    await chat.says(typed)
    assert chat.hears(heard)
    assert plans.counted == {}
    await chat.says("15/3 2027")
    await chat.taps("No, another day")
    await chat.says("16/3 2027")
    await chat.taps("Yes, that is right")
    assert plans.counted == {"permit-extension": date(2027, 3, 16)}


async def test_what_is_typed_while_choosing_is_a_day_and_not_a_button(chat: Chat) -> None:
    await chat.opens(places.deadline("permit-extension"))
    await chat.taps("Choose with buttons")
    await chat.taps("2027")
    await chat.taps("10 – October")
    await chat.says("1/10")
    assert chat.hears("Is it Friday 1 October (1/10) 2027?")


async def test_a_last_day_that_has_been_blames_nobody_and_offers_help(chat: Chat) -> None:
    await chat.opens(places.deadline("family-application"))
    assert chat.hears("Migrationsverket decides.")
    assert chat.hears("It does not hold like that if you have alternativt skydd")
    await chat.says("1/2 2026")
    await chat.taps("Yes, that is right")
    assert chat.hears("The last day was Friday 1 May (1/5) 2026.")
    assert chat.sees_button("Book a coach")
    assert chat.sees_button("Read about it")


async def test_a_date_may_be_changed_met_and_stopped(chat: Chat, plans: FakePlans) -> None:
    await chat.opens(places.deadline("housing-queue"))
    await chat.says("1/12")
    await chat.taps("Yes, that is right")
    await chat.taps("Another day")
    await chat.says("2/12")
    await chat.taps("Yes, that is right")
    assert plans.counted == {"housing-queue": date(2026, 12, 2)}
    await chat.opens(places.deadline("housing-queue"))
    await chat.taps("I have done it")
    assert chat.hears("The next last day is Thursday 2 December (2/12).")
    await chat.opens(places.deadline("housing-queue"))
    await chat.taps("Stop reminding me")
    assert plans.counted == {}
    await chat.taps("Remind me again")
    assert chat.hears("Which day is the fee to be paid?")


async def test_what_comes_once_is_over_when_it_is_done(chat: Chat) -> None:
    await chat.opens(places.deadline("permit-extension"))
    await chat.says("15/3 2027")
    await chat.taps("Yes, that is right")
    await chat.opens(places.report_done("permit-extension", date(2027, 3, 15)))
    assert chat.hears("I do not remind you of it any more.")
    await chat.opens(places.deadline("permit-extension"))
    assert chat.hears("You have done this.")


async def test_a_kind_that_is_no_more_leads_to_the_list(chat: Chat) -> None:
    await chat.opens(places.deadline("gone"))
    assert chat.hears("What do you want to be reminded of?")
    await chat.opens(places.report_done("gone", date(2027, 3, 15)))
    assert chat.hears("What do you want to be reminded of?")


async def test_an_article_with_a_date_offers_to_remind(chat: Chat, clock: FrozenClock) -> None:
    await chat.opens(places.article("register-for-sfi"))
    await chat.taps("Remind me of a date")
    assert chat.hears("Which day did you start SFI for the first time?")
    await chat.opens(places.article("personnummer"))
    assert not chat.sees_button("Remind me of a date")
