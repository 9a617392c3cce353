"""How many taps a meeting takes, in every published language: by places of buttons, not words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from backend.settings import REPOSITORY
from dialogs import places
from dialogs.core import say, to
from dialogs.i18n import Catalogue, Languages
from dialogs.messages import Place, Tapped
from dialogs.session import Offered
from dialogs.text import _
from tests.chat import Chat, renderer_of
from tests.clock import FrozenClock
from tests.fakes import FakeAttendance, fake_ports

LANGUAGES = [row.code for row in Languages.load(REPOSITORY / "locales/languages.toml").published]
SPOKEN = ("ar", "sv", "en")  # by the coach of the fakes
TO_BOOK, TO_MOVE, TO_CANCEL, TO_JOIN = 3, 3, 2, 3


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

    async def taps_at(self, place: Place) -> None:
        """Tap the button that leads to this very place."""
        assert self.chat.offered is not None
        links = [button.link for button in self.chat.offered.buttons]
        self.taps += 1
        await self.chat.sends(Tapped(self.chat.offered.message, links.index(place)))

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


async def test_a_seat_in_an_activity_takes_three_taps_from_the_menu(hand: Hand) -> None:
    await hand.taps_to(places.ACTIVITIES.step, "activity.one", "activity.join")
    assert await hand.states() == ["confirmed"]
    assert hand.taps <= TO_JOIN


@pytest.mark.parametrize(
    "steps",
    [("coming.yes",), ("coming.yes", "coming.leave")],
    ids=["only", "and-when-she-leaves-home"],
)
async def test_coming_takes_a_tap_and_a_plan_one_more(hand: Hand, steps: tuple[str, ...]) -> None:
    await books(hand)
    (meeting,) = await hand.chat.ports.booking.mine()
    answer = to(_("I will come"), places.will_come(meeting.booking))
    reminder = say(_("You have a meeting today."), answer)
    hand.chat.offered = Offered("reminder", reminder.buttons)
    hand.taps = 0
    await hand.taps_to(*steps)
    assert hand.taps == len(steps)
    assert isinstance(hand.chat.ports.attendance, FakeAttendance)
    assert hand.chat.ports.attendance.coming == {meeting.booking}


@pytest.mark.parametrize("reason", ["ill", "child_ill"])
async def test_a_reason_takes_two_taps_from_the_message_that_shows_the_meeting(
    hand: Hand, reason: str
) -> None:
    await books(hand)
    hand.taps = 0
    (meeting,) = await hand.chat.ports.booking.mine()
    await hand.taps_to("my_meetings.ask_cancel")
    await hand.taps_at(places.absent(meeting.booking, reason))
    assert await hand.states() == []
    assert hand.taps <= TO_CANCEL


async def test_her_week_is_two_taps_from_the_menu(hand: Hand) -> None:
    await hand.taps_to(places.MY_MEETINGS.step, places.MY_WEEK.step)
    assert hand.chat.session.place == places.week(date(2026, 11, 23))
    assert hand.taps == 2


@pytest.mark.parametrize("door", ["wait", "needs"])
async def test_waiting_and_needs_are_one_tap_where_they_are_offered(hand: Hand, door: str) -> None:
    place = {"wait": Place("meeting.nothing_free_for", ("coaching",)), "needs": places.NEEDS}[door]
    await hand.chat.opens(place)
    hand.taps = 0
    await hand.taps_to({"wait": "request.wait", "needs": "needs.pick"}[door])
    assert hand.taps == 1
