"""The first weeks: which list, in which order, and how far she is."""

from __future__ import annotations

import pytest

from backend.settings import REPOSITORY
from dialogs import places
from dialogs.flows.first_weeks import PATHS as WORDS
from dialogs.ports import Ports
from knowledge.first_weeks import PATHS, FirstSteps, UnknownPath
from tests.chat import Chat
from tests.fakes import FakeFirstWeeks

STEPS = FirstSteps.load(REPOSITORY / "knowledge" / "first_weeks.toml")
ARTICLES = REPOSITORY / "knowledge" / "articles"


@pytest.fixture
def weeks(ports: Ports) -> FakeFirstWeeks:
    assert isinstance(ports.first_weeks, FakeFirstWeeks)
    return ports.first_weeks


async def test_two_taps_choose_the_list_and_one_opens_what_comes_next(
    chat: Chat, weeks: FakeFirstWeeks
) -> None:
    await chat.opens(places.FIRST_WEEKS)
    assert chat.hears("How did you come to Stockholm?")
    await chat.taps("I seek asylum")
    await chat.taps("Yes")
    assert (weeks.path, weeks.children) == ("asylum", True)
    assert chat.hears("○○○")
    assert chat.hears("0 of 3 done")
    assert chat.buttons[0] == "personnummer (en)"


async def test_a_tick_moves_the_picture_and_the_next_step_comes_first(chat: Chat) -> None:
    await _chosen(chat)
    await chat.taps("personnummer")
    await chat.taps("I have done this")
    assert chat.hears("●○")
    assert chat.hears("1 of 2 done")
    assert chat.buttons[0] == "register-for-sfi (en)"
    await chat.taps("The whole list")
    assert chat.buttons[0] == "✓ personnummer (en)"
    await chat.taps("✓ personnummer")
    await chat.taps("Not done after all")
    assert chat.hears("0 of 2 done")


async def test_another_list_keeps_the_ticks(chat: Chat, weeks: FakeFirstWeeks) -> None:
    await _chosen(chat)
    await chat.taps("personnummer")
    await chat.taps("I have done this")
    await chat.taps("I came in another way")
    await chat.taps("I seek asylum")
    await chat.taps("Yes")
    assert weeks.done == {"personnummer"}
    assert chat.hears("1 of 3 done")


async def test_a_whole_list_done_is_praised_and_can_be_printed(
    chat: Chat, weeks: FakeFirstWeeks
) -> None:
    await _chosen(chat)
    weeks.done = {"personnummer", "register-for-sfi"}
    await chat.opens(places.FIRST_WEEKS)
    assert chat.hears("You have done everything on the list.")
    await chat.taps("The whole list")
    assert chat.hears("https://ingang.example/first-weeks/assigned")


async def test_each_step_leads_to_its_article(chat: Chat) -> None:
    await _chosen(chat)
    await chat.taps("register-for-sfi")
    await chat.taps("Read about it")
    assert chat.hears("register-for-sfi is the answer.")


async def test_squares_fill_from_the_right_in_arabic(chat: Chat, weeks: FakeFirstWeeks) -> None:
    """Nothing sets the squares apart, so they run as the line does."""
    await _chosen(chat)
    weeks.done = {"personnummer"}
    await chat.opens(places.FIRST_WEEKS)
    line = next(each for each in chat.rendered("ar").text.splitlines() if "●" in each)
    assert line.startswith("\u200f")
    assert line.strip("\u200f") == "●○"


def test_every_step_has_its_article_and_its_own_id() -> None:
    missing = [s.article for s in STEPS.steps if not (ARTICLES / s.article).is_dir()]
    assert missing == []
    ids = [step.id for step in STEPS.steps]
    assert len(ids) == len(set(ids))
    assert {path for step in STEPS.steps for path in step.paths} == set(PATHS) == set(WORDS)


@pytest.mark.parametrize("path", PATHS)
def test_every_way_has_a_short_list_and_a_longer_one_with_children(path: str) -> None:
    alone, with_children = STEPS.of(path, children=False), STEPS.of(path, children=True)
    assert 7 <= len(alone) < len(with_children) <= 20
    assert {"preschool", "school"} <= {step.id for step in with_children}


def test_who_seeks_asylum_is_not_sent_to_what_needs_a_permit() -> None:
    slugs = {step.article for step in STEPS.of("asylum", children=True)}
    assert not slugs & {"register-for-sfi", "register-as-resident-folkbokforing", "child-benefit"}


def test_an_unknown_way_is_named_so() -> None:
    with pytest.raises(UnknownPath):
        STEPS.of("elsewhere", children=False)


async def _chosen(chat: Chat) -> None:
    await chat.opens(places.FIRST_WEEKS)
    await chat.taps("Migrationsverket found a home")
    await chat.taps("No")
