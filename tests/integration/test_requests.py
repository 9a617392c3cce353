"""Meetings that are asked for: yes, no, up to three other times, and what runs out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.database import Database
from backend.models import Booking, Meeting
from backend.services.claims import HasOpenBooking
from backend.services.requests import ANSWER_WITHIN, Requests, TooManyProposals
from backend.services.seeing import slot_of
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.messages import Tapped
from dialogs.ports import BookingClosed, Slot, SlotGone, SlotTaken
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import House, Person
from tests.integration.console_office import Browser, Office, open_office
from tests.integration.line_house import (
    free,
    give_only,
    planned,
    proposes,
    round_of,
    row_of,
    set_service,
    staff,
    states,
    waits,
    what_is_wrong,
)
from tests.integration.test_erasure import asks_to_be_deleted


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> Office:
    return await open_office(database, clock, tmp_path, texts)


async def asks(house: House, person: Person, time: str = "09:00") -> str:
    """Somebody new asks for a meeting; the booking's id."""
    await set_service(house, by_request=True)
    await person.settles()
    await person.says("/book")
    await person.taps(time)
    await person.taps("Yes, ask for it")
    (meeting,) = await person.meetings()
    assert meeting.state == "requested"
    return meeting.booking


async def is_sound(house: House) -> bool:
    work = Work(house.database, house.clock)
    catalogue = await house.cache.get(await work.reading())
    await work.close()
    assert await what_is_wrong(house.database, house.clock, catalogue) == []
    return True


async def test_a_request_keeps_its_time_from_everyone_else(house: House) -> None:
    await give_only(house, 2)
    anna, bea = house.person("anna"), house.person("bea")
    await asks(house, anna)
    assert "You have asked for this time." in await anna.heard()
    assert await planned(house) == []
    assert [slot.starts.hour for slot in await free(house)] == [9]  # 10:00 in Stockholm
    await bea.settles()
    await bea.says("/book")
    assert not any("09:00" in label for label in await bea.labels())
    assert await is_sound(house)


async def test_a_coach_says_yes_and_she_is_told_in_her_language_and_reminded(
    office: Office,
) -> None:
    house, anna = office.house, office.person()
    await set_service(house, by_request=True)
    await anna.settles("العربية")
    await anna.says("/book")
    await anna.taps("09:00")
    await anna.taps("Yes, ask for it")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "Asks for a meeting" in page.words
        await browser.presses("Accept")
    await house.releaser.release_due()
    assert await states(house, anna) == ["confirmed"]
    assert "Yes, you have this meeting." in await anna.heard()
    assert (await anna.messages())[-1].language == "ar"
    assert await is_sound(house)


async def test_what_was_asked_for_is_reminded_of_once_it_is_hers(house: House) -> None:
    await give_only(house)
    booking = await asks(house, house.person())
    async with staff(house) as bookings:
        await Requests(bookings).accept(booking, (await row_of(house, booking)).version)
    assert await planned(house) == ["day-before", "two-hours-before"]


async def test_a_coach_says_no_and_the_time_is_free_at_once(office: Office) -> None:
    house, anna = office.house, office.person()
    await give_only(house)
    await asks(house, anna)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Decline")
    await house.releaser.release_due()
    assert "We have no time for the meeting you asked for." in await anna.heard()
    assert await states(house, anna) == ["cancelled"]
    assert await count(house.database, "claim") == 0
    assert len(await free(house)) == 1


async def test_three_times_are_proposed_kept_and_two_are_free_when_one_is_picked(
    house: House,
) -> None:
    await give_only(house, 4)
    anna = house.person()
    booking = await asks(house, anna, "12:00")
    nine, ten, eleven = await free(house)
    await proposes(house, await anna.id(), [nine, ten, eleven], booking)
    assert [slot.starts.hour for slot in await free(house)] == [11]  # the one she asked for
    assert await is_sound(house)
    await anna.says("/my")
    await anna.taps("Choose a time")
    assert "A coach proposes these times." in await anna.heard()
    await anna.taps("10:00")
    assert "Booked." in await anna.heard()
    assert [slot.starts.hour for slot in await free(house)] == [8, 10, 11]
    (meeting,) = await anna.meetings()
    assert meeting.booking == booking
    assert meeting.starts == ten.starts
    assert await planned(house) == ["day-before", "two-hours-before"]
    assert await is_sound(house)


async def test_none_of_them_fits_and_staff_see_that_she_needs_other_times(
    office: Office,
) -> None:
    house, anna = office.house, office.person()
    await give_only(house, 3)
    booking = await asks(house, anna)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.follows("Propose other times")
        slots = [
            field.value for form in page.forms for field in form.fields if field.name == "slot"
        ]
        await browser.presses("Propose, and tell the person", slot=slots)
    await house.releaser.release_due()
    assert "A coach proposes these times." in await anna.heard()
    await anna.taps("None of them suits me")
    assert "A coach looks for other times" in await anna.heard()
    assert len(await free(house)) == 3
    assert (await row_of(house, booking)).meeting_id is None
    assert await is_sound(house)
    async with office.signed_in() as browser:
        assert "Needs other times" in (await browser.opens("/console")).words


async def test_proposals_that_nobody_answers_are_a_request_again(house: House) -> None:
    await give_only(house, 3)
    anna = house.person()
    booking = await asks(house, anna)
    await proposes(house, await anna.id(), await free(house), booking)
    until = (await row_of(house, booking)).hold_until
    assert until is not None
    house.clock.at = min(until, house.clock.at + ANSWER_WITHIN)
    await house.worker.sweep()
    assert await states(house, anna) == ["requested"]
    assert await count(house.database, "claim") == 1
    assert await is_sound(house)


async def test_picking_too_late_changes_nothing_and_says_so(house: House) -> None:
    await give_only(house, 3)
    anna = house.person()
    booking = await asks(house, anna)
    await proposes(house, await anna.id(), await free(house), booking)
    await anna.says("/my")
    await anna.taps("Choose a time")
    until = (await row_of(house, booking)).hold_until
    assert until is not None
    house.clock.at = until
    await anna.taps("10:00")
    assert "That time is gone." in await anna.heard(last=2)
    assert await states(house, anna) == ["proposed"]


async def test_between_the_end_of_proposals_and_the_sweep_she_books_nothing_twice(
    house: House,
) -> None:
    await give_only(house, 3)
    anna = house.person()
    booking = await asks(house, anna)
    await proposes(house, await anna.id(), (await free(house))[:1], booking)
    until = (await row_of(house, booking)).hold_until
    assert until is not None
    house.clock.at = until
    await anna.says("/book")
    await anna.taps("11:00")
    assert "You have a meeting of this kind already." in await anna.heard(last=2)
    await house.worker.sweep()
    assert await states(house, anna) == ["requested"]
    assert await is_sound(house)


async def test_a_request_nobody_answered_ends_with_its_time_and_she_is_told(
    house: House,
) -> None:
    await give_only(house)
    anna = house.person()
    await asks(house, anna)
    (meeting,) = await anna.meetings()
    house.clock.at = meeting.starts
    await house.worker.sweep()
    await house.releaser.release_due()
    assert await states(house, anna) == ["expired"]
    assert "Nobody here answered in time" in await anna.heard()
    assert await count(house.database, "claim") == 0


async def test_of_two_coaches_who_accept_at_once_one_hears_that_it_was_changed(
    office: Office,
) -> None:
    anna = office.person()
    booking = await asks(office.house, anna)
    version = (await row_of(office.house, booking)).version
    async with office.signed_in("amina") as first, office.signed_in("bo") as second:

        async def accepts(browser: Browser) -> int:
            await browser.opens("/console")
            sent = [("do", "accept"), ("version", str(version)), ("csrf", browser.csrf)]
            return (await browser.sends(f"/console/requests/{booking}", sent)).status

        statuses = await asyncio.gather(accepts(first), accepts(second))
    assert sorted(statuses) == [200, 409]
    told = [row for row in await office.messages(author="coach") if row.about]
    assert len(told) == 1


async def test_a_yes_to_what_has_other_times_by_now_is_refused(office: Office) -> None:
    house, anna = office.house, office.person()
    booking = await asks(house, anna)
    version = (await row_of(house, booking)).version
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await proposes(house, await anna.id(), await free(house), booking)
        sent = [("do", "accept"), ("version", str(version)), ("csrf", browser.csrf)]
        page = await browser.sends(f"/console/requests/{booking}", sent)
    assert page.status == 409
    assert await states(house, anna) == ["proposed"]


async def test_a_coach_does_not_overwrite_what_another_has_proposed_meanwhile(
    office: Office,
) -> None:
    house, anna = office.house, office.person()
    await give_only(house, 4)
    booking = await asks(house, anna)
    nine = (await free(house, 4))[0]
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.follows("Propose other times")
        slots = [
            field.value for form in page.forms for field in form.fields if field.name == "slot"
        ]
        await proposes(house, await anna.id(), [nine], booking)
        page = await browser.presses("Propose, and tell the person", slot=slots[-1])
    assert page.status == 409
    assert "This was changed by someone else." in page.words
    assert len((await row_of(house, booking)).proposals) == 1


async def test_times_are_proposed_of_our_own_accord_where_only_staff_book(house: House) -> None:
    await give_only(house, 2)
    await set_service(house, by_referral=True)
    anna = house.person()
    await anna.settles()
    await proposes(house, await anna.id(), await free(house))
    await anna.says("/my")
    await anna.taps("Choose a time")
    await anna.taps("10:00")
    assert await states(house, anna) == ["confirmed"]
    assert await is_sound(house)


async def test_nobody_books_for_herself_what_only_staff_book(house: House) -> None:
    anna = house.person("anna")
    await anna.settles()
    await anna.says("/book")
    page = (await anna.messages())[-1]
    await set_service(house, by_referral=True)
    await anna.sends(Tapped(page.id, 0))
    assert "That time can no longer be booked." in await anna.heard(last=2)
    assert "Coaching: your coach books this with you." in await anna.heard()
    assert not any("09:00" in label for label in await anna.labels())
    assert await count(house.database, "booking") == 0


@pytest.mark.parametrize("number", [0, 4])
async def test_nobody_chooses_among_none_or_more_than_three(house: House, number: int) -> None:
    anna = house.person()
    await anna.settles()
    slots = (await free(house, 4))[:number]
    with pytest.raises(TooManyProposals):
        await proposes(house, await anna.id(), slots)


async def test_what_is_proposed_must_be_of_the_kind_that_was_asked_for(house: House) -> None:
    anna = house.person()
    booking = await asks(house, anna)
    advice = await free(house, 1, "advice")
    with pytest.raises(SlotGone):
        await proposes(house, await anna.id(), advice, booking)
    with pytest.raises(SlotGone):
        await proposes(house, await anna.id(), [*advice, *await free(house, 1)], booking)
    assert await states(house, anna) == ["requested"]


async def test_a_time_that_another_person_was_proposed_is_taken(house: House) -> None:
    await give_only(house, 2)
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await person.settles()
    slots = await free(house)
    await proposes(house, await anna.id(), slots)
    with pytest.raises(SlotTaken):
        await proposes(house, await bea.id(), slots[:1])
    assert await states(house, bea) == []


async def test_whoever_has_a_meeting_is_proposed_no_second_one(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("10:00")
    with pytest.raises(HasOpenBooking):
        await proposes(house, await anna.id(), (await free(house))[-1:])


async def test_two_proposals_at_once_for_one_time_leave_one(house: House) -> None:
    await give_only(house)
    people = [house.person(name) for name in ("anna", "bea")]
    for person in people:
        await person.settles()
    slots = await free(house)
    found = await asyncio.gather(
        *[proposes(house, await person.id(), slots) for person in people],
        return_exceptions=True,
    )
    assert sum(isinstance(each, SlotTaken) for each in found) == 1
    assert await is_sound(house)


async def test_withdrawing_gives_every_time_back(house: House) -> None:
    await give_only(house, 3)
    anna = house.person()
    booking = await asks(house, anna)
    await proposes(house, await anna.id(), await free(house), booking)
    await anna.says("/my")
    await anna.taps("Choose a time")
    await anna.taps("None of them suits me")
    await anna.says("/my")
    await anna.taps("Waiting")
    await anna.taps("I do not need it any more")
    assert await states(house, anna) == ["cancelled"]
    assert await count(house.database, "claim") == 0
    with pytest.raises(BookingClosed):
        await proposes(house, await anna.id(), await free(house), booking)


@pytest.mark.parametrize("wish", ["proposed", "requested", "waiting", "offered"])
async def test_erasing_whoever_has_asked_for_something_leaves_no_claim(
    house: House, wish: str
) -> None:
    await give_only(house)
    anna = house.person()
    if wish in ("waiting", "offered"):
        zed = house.person("zed")
        await zed.settles()
        await zed.books()
        await waits(anna)
        await asks_to_be_deleted(zed)
        if wish == "offered":
            assert await round_of(house) == 1
    else:
        booking = await asks(house, anna)
    if wish == "proposed":
        await proposes(house, await anna.id(), await asked_for(house), booking)
    assert await count(house.database, "claim") > 0
    await asks_to_be_deleted(anna)
    assert await count(house.database, "claim") == 0
    async with house.database.reading() as session:
        assert set(await session.scalars(select(Booking.state))) == {"cancelled"}


async def asked_for(house: House) -> list[Slot]:
    """The time of the only request there is, to be proposed again."""
    async with house.database.reading() as session:
        found = await session.scalars(select(Meeting).where(Meeting.staff_id.is_not(None)))
        return [slot_of(each) for each in found]
