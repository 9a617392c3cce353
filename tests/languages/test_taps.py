"""How many taps a meeting takes, in every published language: by places of buttons, not words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend.settings import REPOSITORY
from dialogs import places
from dialogs.i18n import Catalogue, Languages
from dialogs.messages import Place, Tapped
from tests.chat import Chat, renderer_of
from tests.clock import FrozenClock
from tests.fakes import fake_ports

LANGUAGES = [row.code for row in Languages.load(REPOSITORY / "locales/languages.toml").published]
SPOKEN = ("ar", "sv", "en")  # by the coach of the fakes
TO_BOOK, TO_MOVE, TO_CANCEL = 3, 3, 2


@dataclass
class Hand:
    """Taps, counts, and sees what is written on each button in the reader's language."""

    chat: Chat
    taps: int = 0

    async def taps_to(self, *steps: str) -> None:
        """Tap the first button that leads to each of these steps, one after the other."""
        for step in steps:
            assert self.chat.offered is not None
            links = [button.link.step for button in self.chat.offered.buttons]
            index = links.index(step)
            shown = self.chat.rendered(self.chat.session.language).buttons
            assert shown[index].label.strip()
            self.taps += 1
            await self.chat.sends(Tapped(self.chat.offered.message, index))

    async def states(self) -> list[str]:
        """Where her meetings stand."""
        return [meeting.state for meeting in await self.chat.ports.booking.mine()]


@pytest.fixture(params=LANGUAGES)
async def hand(request: pytest.FixtureRequest, texts: Catalogue, clock: FrozenClock) -> Hand:
    ports = fake_ports(clock, texts.languages)
    chat = Chat(ports, renderer_of(texts, ports.knowledge), request.param)
    await chat.opens(places.MENU)
    return Hand(chat)


async def books(hand: Hand) -> None:
    await hand.taps_to(places.BOOK.step, "meeting.hold")
    if hand.chat.session.language not in SPOKEN:
        await hand.taps_to("interpreter.want")
    await hand.taps_to("booking.book")


async def test_booking_takes_three_taps_from_the_menu_and_one_more_with_an_interpreter(
    hand: Hand,
) -> None:
    await books(hand)
    assert await hand.states() == ["confirmed"]
    assert hand.taps <= TO_BOOK + (hand.chat.session.language not in SPOKEN)


async def test_moving_takes_three_taps_from_the_message_that_shows_the_meeting(
    hand: Hand,
) -> None:
    await books(hand)
    hand.taps = 0
    await hand.taps_to("moving.times", "moving.sure", "moving.move")
    (meeting,) = await hand.chat.ports.booking.mine()
    assert meeting.version == 2
    assert hand.taps <= TO_MOVE


async def test_cancelling_takes_two_taps_from_the_message_that_shows_the_meeting(
    hand: Hand,
) -> None:
    await books(hand)
    hand.taps = 0
    await hand.taps_to("my_meetings.ask_cancel", "my_meetings.cancel")
    assert await hand.states() == []
    assert hand.taps <= TO_CANCEL


@pytest.mark.parametrize("door", ["wait", "needs"])
async def test_waiting_and_needs_are_one_tap_where_they_are_offered(hand: Hand, door: str) -> None:
    place = {"wait": Place("meeting.nothing_free_for", ("coaching",)), "needs": places.NEEDS}[door]
    await hand.chat.opens(place)
    hand.taps = 0
    await hand.taps_to({"wait": "request.wait", "needs": "needs.pick"}[door])
    assert hand.taps == 1
