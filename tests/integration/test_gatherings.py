"""Coming or not, and the code at the door, through the real door of the house."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from backend.app import create_app
from backend.commands.prepared import prepared
from backend.events import dump_event, load_event
from backend.models import Booking, Message
from backend.services import attending
from backend.settings import Settings
from dialogs.messages import Started
from tests.conftest import count
from tests.house import House, Person


async def with_a_seat(house: House, name: str = "anna") -> Person:
    """Somebody who has joined the workshop: Thursday 26 November, 13:00."""
    anna = house.person(name)
    await anna.settles()
    await anna.taps("Activities")
    await anna.taps("CV workshop")
    await anna.taps("Yes, I want a seat")
    return anna


def to_the_door(house: House, minutes: int = 10) -> str:
    """The clock shortly before the workshop, and the code shown there."""
    house.clock.forward(days=3, hours=5, minutes=-minutes)
    return attending.door_code(house.vault, "workshop", house.clock.now())


async def states(house: House) -> list[str]:
    async with house.database.reading() as session:
        rows = await session.scalars(select(Booking.state).order_by(Booking.created_at))
        return list(rows)


async def test_the_code_typed_at_the_door_makes_her_attend_by_her_own_act(house: House) -> None:
    anna = await with_a_seat(house)
    await anna.says(to_the_door(house))
    assert "You are checked in." in await anna.heard()
    assert await states(house) == ["attended"]
    await anna.taps("What is recorded about me")
    assert "CV workshop: you came" in await anna.heard()


async def test_another_persons_code_a_day_late_opens_nothing(house: House) -> None:
    anna = await with_a_seat(house)
    code = to_the_door(house)
    house.clock.forward(days=1)
    await anna.says(code)
    assert "That code is wrong or too old." in await anna.heard()
    assert await states(house) == ["confirmed"]


async def test_guessing_codes_stops_and_outlives_a_restart_for_it_is_in_the_journal(
    house: House,
) -> None:
    anna = await with_a_seat(house)
    code = to_the_door(house)
    for number in range(5):
        await anna.says(f"{(int(code) + 1 + number) % 1_000_000:06}")
    assert await count(house.database, "journal", "action = 'wrong_code'") == 5
    await anna.says(code)
    assert "The code was wrong too many times." in await anna.heard()
    assert await states(house) == ["confirmed"]
    house.clock.forward(minutes=10, seconds=1)
    await anna.says(attending.door_code(house.vault, "workshop", house.clock.now()))
    assert await states(house) == ["attended"]


async def test_a_newcomer_who_comes_by_the_picture_gets_a_seat_and_then_her_language(
    house: House,
) -> None:
    bea = house.person("bea")
    await bea.sends(Started("en", to_the_door(house)))
    assert "You are checked in." in await bea.heard(2)
    assert await states(house) == ["attended"]
    await bea.taps("English")
    assert "Welcome to Ingång" in await bea.heard(2)


async def test_who_says_when_she_leaves_home_is_written_to_then_with_the_way(
    house: House,
) -> None:
    anna = await with_a_seat(house)
    house.clock.forward(days=2, hours=9)
    await house.releaser.release_due()
    await anna.taps("I will come")
    assert "When do you leave home?" in await anna.heard()
    await anna.taps("12:00")
    await anna.taps("More about this meeting")
    house.clock.forward(hours=18, minutes=59)  # 11:59 on the day
    await house.releaser.release_due()
    assert "It is time to leave home now." not in await anna.heard()
    house.clock.forward(minutes=1)
    assert await house.releaser.release_due() == 1
    heard = await anna.heard()
    assert "It is time to leave home now." in heard
    assert "Medborgarplatsen 4" in heard


async def test_who_changes_her_mind_about_leaving_is_written_to_once(house: House) -> None:
    anna = await with_a_seat(house)
    house.clock.forward(days=2, hours=9)
    await house.releaser.release_due()
    await anna.taps("I will come")
    for time in ("12:00", "12:30", "12:00"):
        await anna.sends(await anna.find(time))
    planned = "state = 'planned' AND dedupe LIKE '%:leave:%'"
    assert await count(house.database, "message", planned) == 1


async def test_what_is_called_off_tells_nobody_to_leave_home(house: House) -> None:
    anna = await with_a_seat(house)
    house.clock.forward(days=2, hours=9)
    await house.releaser.release_due()
    await anna.taps("I will come")
    await anna.taps("12:00")
    await anna.taps("I can't come")
    await anna.taps("My child is ill")
    assert await count(house.database, "message", "state = 'planned'") == 0
    async with house.database.reading() as session:
        (row,) = await session.scalars(select(Booking))
    assert (row.state, row.absence, row.seen_by_staff) == ("cancelled", "child_ill", False)
    assert row.told_at == house.clock.now()


async def test_a_meeting_that_has_moved_asks_again_and_forgets_the_old_time_to_leave(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("10:00")
    async with house.database.reading() as session:
        (booking,) = await session.scalars(select(Booking.id))
    await anna.taps("More about this meeting")
    await anna.taps("Back to the meeting")
    await anna.taps("I can't come")
    await anna.taps("No, I will come")
    await anna.taps("09:30")
    assert await count(house.database, "message", "dedupe LIKE '%:leave:%'") == 1
    await anna.says("/my")
    await anna.taps("Another time")
    await anna.taps("11:00")
    await anna.taps("Yes, move it")
    left = "dedupe LIKE '%:leave:%' AND state = 'planned'"
    assert await count(house.database, "message", left) == 0
    async with house.database.reading() as session:
        assert (await session.get_one(Booking, booking)).coming_at is None
        assert await session.scalar(select(Message.id).where(Message.state == "planned"))


@pytest.mark.parametrize(
    ("query", "says"), [("?in=123456", True), ("?in=12345", False), ("?in=%3Cb%3E", False)]
)
async def test_the_picture_at_the_door_lets_the_start_page_say_its_code(
    tmp_path: Path, query: str, *, says: bool
) -> None:
    async with prepared(Settings(var_dir=tmp_path, secret_key="test")) as runtime:
        transport = httpx2.ASGITransport(create_app(runtime))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            page = (await http.get(f"/{query}")).text
    assert ('data-say="123456"' in page) == says
    assert says or "data-say" not in page


@pytest.mark.parametrize("event", [Started(), Started("ar"), Started(None, "123456")])
def test_how_she_came_survives_being_stored(event: Started) -> None:
    assert load_event(dump_event(event)) == event
