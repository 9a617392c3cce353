"""What she needs when we meet, and her own calendar, as conversations."""

from __future__ import annotations

import pytest

from dialogs import places
from dialogs.ports import Ports
from tests.chat import Chat
from tests.fakes import FakeNeeds


@pytest.fixture
def needs(ports: Ports) -> FakeNeeds:
    assert isinstance(ports.needs, FakeNeeds)
    return ports.needs


async def test_a_tap_picks_and_another_puts_back(chat: Chat, needs: FakeNeeds) -> None:
    await chat.opens(places.NEEDS)
    await chat.taps("A lift, no stairs")
    assert chat.sees_button("✓ A lift, no stairs")
    assert needs.picked == {"lift"}
    await chat.taps("A lift, no stairs")
    assert not chat.sees_button("✓")
    assert needs.picked == set()


async def test_what_was_picked_is_said_once_more(chat: Chat) -> None:
    await chat.opens(places.NEEDS)
    await chat.taps("A child comes along")
    await chat.taps("I am done")
    assert chat.hears("The coaches see this:")
    assert chat.hears("A child comes along")
    await chat.taps("Change it")
    assert chat.sees_button("✓ A child comes along")


async def test_nothing_picked_is_fine_too(chat: Chat) -> None:
    await chat.opens(places.NEEDS)
    await chat.taps("I am done")
    assert chat.hears("You have picked nothing.")
    assert chat.sees_button("My meetings")


async def test_no_calendar_is_made_before_she_has_read_what_it_shows(
    chat: Chat, needs: FakeNeeds
) -> None:
    await chat.opens(places.CALENDAR)
    assert chat.hears("Whoever has the address sees your meetings.")
    assert not needs.address
    await chat.taps("Show me the address")
    assert chat.hears(str(needs.address))
    await chat.taps("Stop my calendar")
    assert chat.hears("The address shows nothing any more.")
    assert not needs.address
