"""Interpreters from the wish to the task and back: booked, not to be had, called off, again."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.database import Database
from backend.services.interpreters import booked_for
from dialogs.i18n import Catalogue
from dialogs.messages import Tapped
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import House, Person
from tests.integration.console_office import Office, open_office
from tests.integration.line_house import give_only, row_of, set_service


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> Office:
    office = await open_office(database, clock, tmp_path, texts)
    await give_only(office.house, 3)
    return office


async def books_with_one(person: Person, how: str = "Yes, by phone") -> str:
    """Somebody who writes Arabic books a coach who does not; the booking's id."""
    await person.settles("العربية")
    await person.says("/book")
    await person.taps("09:00")
    await person.taps(how)
    await person.taps("Yes, book it")
    (meeting,) = await person.meetings()
    return meeting.booking


async def does(office: Office, button: str) -> str:
    """Staff press a button of the queue; what the page says then."""
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses(button)
        words = (await browser.opens("/console")).words
    await office.house.releaser.release_due()
    return words


async def the_queue(office: Office) -> str:
    async with office.signed_in() as browser:
        return (await browser.opens("/console")).words


async def interpreter_of(house: House, booking: str) -> str:
    return (await row_of(house, booking)).interpreter


async def moves(person: Person, time: str) -> None:
    await person.says("/my")
    await person.taps("Another time")
    await person.taps(time)
    await person.taps("Yes, move it")


async def changes(person: Person, *labels: str) -> None:
    """From her meeting to the interpreter, and some buttons there."""
    await person.says("/my")
    await person.taps("More about this meeting")
    await person.taps("Interpreter")
    for label in labels:
        await person.taps(label)


async def test_from_the_menu_it_takes_four_taps(office: Office) -> None:
    anna = office.person()
    await anna.settles("العربية")
    await anna.says("/menu")
    for tap in ("Book a coach", "09:00", "Yes, by phone", "Yes, book it"):
        await anna.taps(tap)
    assert "Booked." in await anna.heard()
    assert "Interpreter: asked for" in await anna.heard()
    words = await the_queue(office)
    assert "Interpreter wanted" in words
    assert "At the latest" in words


async def test_no_question_is_asked_when_the_coach_speaks_her_language(office: Office) -> None:
    anna = office.person()
    await anna.settles()
    await anna.books("09:00")
    assert "Interpreter wanted" not in await the_queue(office)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("Yes, by phone", "by phone"),
        ("Yes, in the room", "in the room"),
        ("Yes, by phone, without my name", "do not say who it is"),
    ],
)
async def test_staff_see_how_it_is_to_be(office: Office, how: str, says: str) -> None:
    await books_with_one(office.person(), how)
    assert says in await the_queue(office)


async def test_staff_see_whether_a_woman_and_which_variety(office: Office) -> None:
    anna = office.person()
    await books_with_one(anna)
    await changes(anna, "A woman", "Iraqi Arabic")
    words = await the_queue(office)
    assert "a woman" in words
    assert "Iraqi Arabic" in words


async def test_one_who_is_booked_is_told_to_her(office: Office) -> None:
    anna = office.person()
    await books_with_one(anna)
    assert "Interpreter wanted" not in await does(office, "Booked")
    assert "An interpreter is booked for your meeting." in await anna.heard()
    assert "Interpreter: booked" in await anna.heard()


async def test_when_none_is_to_be_had_she_is_told_with_ways_out(office: Office) -> None:
    anna = office.person()
    await books_with_one(anna)
    await does(office, "None to be had")
    assert "We have found no interpreter" in await anna.heard()
    labels = await anna.labels()
    assert labels[:3] == ["I come anyway", "Another time", "Change the interpreter"]


async def test_none_to_be_had_twice_is_told_twice(office: Office) -> None:
    anna = office.person()
    await books_with_one(anna)
    await does(office, "None to be had")
    await changes(anna, "In the room")
    assert "Interpreter wanted" in await the_queue(office)
    await does(office, "None to be had")
    assert "We have found no interpreter" in await anna.heard()
    told = [row for row in await office.messages(author="coach") if row.about]
    assert len(told) == 2


async def test_another_time_after_none_was_found_is_looked_for_again(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await does(office, "None to be had")
    await moves(anna, "10:00")
    assert await interpreter_of(office.house, booking) == "wanted"
    assert "Interpreter wanted" in await the_queue(office)


async def test_cancelling_a_meeting_makes_the_task_to_call_the_interpreter_off(
    office: Office,
) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await does(office, "Booked")
    await anna.says("/my")
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert "Call off the interpreter" in await the_queue(office)
    assert "Call off the interpreter" not in await does(office, "Called off")
    assert await interpreter_of(office.house, booking) == "cancelled"


async def test_cancelling_leaves_no_task_when_none_was_booked(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await anna.says("/my")
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert await interpreter_of(office.house, booking) == "none"
    assert "nterpreter" not in await the_queue(office)


async def test_a_move_wants_another_and_names_the_old_one(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await does(office, "Booked")
    await moves(anna, "10:00")
    words = await the_queue(office)
    assert "Interpreter wanted" in words
    assert "One is booked for the old time, Tuesday 24 November (24/11) 09:00." in words
    await does(office, "Booked")
    assert booked_for((await row_of(office.house, booking)).interpreter_need) is None


@pytest.mark.parametrize("then", ["change", "move", "drop", "cancel"])
async def test_the_old_one_is_not_forgotten_whatever_she_does_then(
    office: Office, then: str
) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await does(office, "Booked")
    await moves(anna, "10:00")
    match then:
        case "change":
            await changes(anna, "A woman")
        case "move":
            await moves(anna, "11:00")
        case "drop":
            await changes(anna, "I need no interpreter")
        case _:
            await anna.says("/my")
            await anna.taps("I can't come")
            await anna.taps("Yes, cancel it")
    words = await the_queue(office)
    assert "One is booked for the old time, Tuesday 24 November (24/11) 09:00." in words
    wanted = then in ("change", "move")
    assert await interpreter_of(office.house, booking) == ("wanted" if wanted else "to_cancel")


async def test_a_booked_one_she_does_not_need_is_called_off(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await does(office, "Booked")
    await changes(anna, "I need no interpreter")
    assert "There will be no interpreter." in await anna.heard(last=2)
    assert "Call off the interpreter" in await the_queue(office)
    await changes(anna, "An interpreter by phone")
    assert await interpreter_of(office.house, booking) == "wanted"
    assert "One is booked for the old time" in await the_queue(office)


async def test_one_who_was_only_wanted_is_dropped_without_a_task(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await changes(anna, "I need no interpreter")
    assert await interpreter_of(office.house, booking) == "none"
    assert "nterpreter" not in await the_queue(office)


async def test_nobody_interprets_at_a_meeting_that_is_off(office: Office) -> None:
    anna = office.person()
    booking = await books_with_one(anna)
    await changes(anna)
    page = (await anna.messages())[-1]
    await anna.says("/my")
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    in_the_room = await anna.find("In the room")
    await anna.sends(Tapped(page.id, in_the_room.index))
    assert await interpreter_of(office.house, booking) == "none"
    assert "not booked any more" in await anna.heard()


async def test_the_number_for_a_meeting_by_phone_is_kept_for_it_and_then_deleted(
    office: Office, clock: FrozenClock
) -> None:
    house, anna = office.house, office.person()
    await set_service(house, modes=["phone"])
    await anna.settles()
    await anna.says("/book")
    await anna.taps("09:00")
    await anna.says("ring me")
    assert "That does not look like a telephone number." in await anna.heard(last=2)
    await anna.says("073 555 01 02")
    await anna.taps("Yes, book it")
    (meeting,) = await anna.meetings()
    kept = f"purpose = 'meeting:{meeting.booking}'"
    assert await count(house.database, "contact", kept) == 1
    transcript = [str(row.body) + (row.sent_text or "") for row in await anna.messages()]
    assert not any("555" in text or "ring me" in text for text in transcript)
    await house.worker.sweep()
    assert await count(house.database, "contact", kept) == 1
    clock.at = meeting.ends
    clock.forward(days=1, minutes=1)
    await house.worker.sweep()
    assert await count(house.database, "contact") == 0


async def test_the_number_goes_when_the_meeting_is_cancelled_or_never_booked(
    office: Office, clock: FrozenClock
) -> None:
    house, anna, bea = office.house, office.person(), office.person("bea")
    await set_service(house, modes=["phone"])
    for person, time in ((anna, "09:00"), (bea, "10:00")):
        await person.settles()
        await person.says("/book")
        await person.taps(time)
        await person.says("+46 70 123 45 67")
    await anna.taps("Yes, book it")
    clock.forward(minutes=6)
    await house.worker.sweep()
    assert await count(house.database, "contact") == 1
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    await house.worker.sweep()
    assert await count(house.database, "contact") == 0
    await bea.taps("Yes, book it")
    assert "five minutes only" in await bea.heard(last=2)
