"""Waiting for a time: who is offered what and when, once each, and what happens then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from backend.models import Message
from backend.services.offering import Offering
from backend.services.waitlist import OFFER, Waitlist
from backend.work import Work
from dialogs.messages import Tapped
from tests.conftest import count
from tests.house import House, Person
from tests.integration.line_house import (
    TEN,
    at_work,
    give_only,
    planned,
    round_of,
    row_of,
    rows,
    set_service,
    states,
    until,
    waits,
    what_is_wrong,
)
from tests.integration.test_erasure import asks_to_be_deleted

FREE = "There is a free time now."
EARLIER = "There is an earlier time."
OVERNIGHT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 21:30 in Stockholm


async def is_sound(house: House) -> bool:
    work = Work(house.database, house.clock)
    catalogue = await house.cache.get(await work.reading())
    await work.close()
    assert await what_is_wrong(house.database, house.clock, catalogue) == []
    return True


async def cancels(person: Person) -> None:
    await person.says("/my")
    await person.taps("I can't come")
    await person.taps("Yes, cancel it")


async def offers_of(person: Person) -> Sequence[Message]:
    """The offers somebody was sent."""
    return [row for row in await person.messages() if (row.dedupe or "").startswith("offer:")]


async def has_offer(person: Person) -> bool:
    return bool(await offers_of(person))


@pytest.fixture
async def zed(house: House) -> Person:
    """Somebody who has the only time there is."""
    await give_only(house)
    zed = house.person("zed")
    await zed.settles()
    await zed.books()
    return zed


async def test_a_time_that_comes_free_is_offered_in_her_language(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna, "العربية")
    assert await round_of(house) == 0
    await cancels(zed)
    assert await round_of(house) == 1
    assert FREE in await anna.heard()
    (offer,) = await offers_of(anna)
    assert offer.language == "ar"
    assert "09:00" in (offer.sent_text or "")
    assert await states(house, anna) == ["held"]
    assert await is_sound(house)


async def test_from_the_cancelling_to_the_offer_it_takes_less_than_five_seconds(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    async with at_work(house):
        await cancels(zed)
        await until(lambda: has_offer(anna))
    assert FREE in await anna.heard()


async def test_taking_it_books_it_and_ends_the_waiting(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    await anna.taps("Yes, I take it")
    assert "Booked." in await anna.heard()
    assert await states(house, anna) == ["confirmed"]
    assert await planned(house) == ["day-before", "two-hours-before"]
    assert await count(house.database, "claim", "resource LIKE 'wait:%'") == 0
    assert not (await rows(house))[-1].seen_by_staff
    assert await is_sound(house)


async def test_what_a_coach_must_agree_to_is_asked_for_when_it_is_taken(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await set_service(house, by_request=True)
    await cancels(zed)
    await round_of(house)
    await anna.taps("Yes, I take it")
    assert "You have asked for this time." in await anna.heard()
    assert await states(house, anna) == ["requested"]
    assert await planned(house) == []
    assert await is_sound(house)


async def test_letting_it_pass_offers_it_to_the_next_in_line(house: House, zed: Person) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await waits(person)
        house.clock.forward(seconds=1)
    await cancels(zed)
    assert await round_of(house) == 1
    assert not await has_offer(bea)
    await anna.taps("No, not this time")
    assert await is_sound(house)
    assert await round_of(house) == 1
    assert len(await offers_of(bea)) == 1
    await bea.taps("No, not this time")
    assert await round_of(house) == 0
    assert [len(await offers_of(person)) for person in (anna, bea)] == [1, 1]
    assert await states(house, anna) == ["waiting"]


async def test_an_offer_nobody_answers_goes_to_the_next_after_two_hours(
    house: House, zed: Person
) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await waits(person)
        house.clock.forward(seconds=1)
    await cancels(zed)
    await round_of(house)
    house.clock.at += OFFER
    await house.worker.sweep()
    assert await states(house, anna) == ["waiting"]
    assert await round_of(house) == 1
    assert FREE in await bea.heard()
    await anna.taps("Yes, I take it")
    assert "You are still in line." in await anna.heard(last=2)
    assert await states(house, anna) == ["waiting"]
    assert await is_sound(house)


async def test_whoever_let_one_pass_is_offered_the_next_one_at_once(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    await anna.taps("No, not this time")
    await give_only(house, start=TEN)
    assert await round_of(house) == 1
    assert len(await offers_of(anna)) == 2
    assert await is_sound(house)


async def test_no_to_an_old_offer_does_not_give_the_new_one_away(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    (old,) = await offers_of(anna)
    house.clock.at += OFFER
    await house.worker.sweep()
    await give_only(house, start=TEN)
    await round_of(house)
    no = await anna.find("No, not this time")
    await anna.sends(Tapped(old.id, no.index))
    assert await states(house, anna) == ["held"]
    assert "This has been changed." in await anna.heard(last=2)
    await anna.taps("Yes, I take it")
    assert await states(house, anna) == ["confirmed"]


async def test_an_offer_can_be_found_again_among_her_meetings(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    await anna.says("/my")
    await anna.taps("Choose a time")
    assert FREE in await anna.heard()
    await anna.taps("I do not need it any more")
    assert await states(house, anna) == ["cancelled"]
    assert await count(house.database, "claim") == 0


async def test_an_earlier_time_leaves_her_the_old_one_until_she_says_yes(house: House) -> None:
    await give_only(house, 2)
    anna, zed = house.person("anna"), house.person("zed")
    for person in (zed, anna):
        await person.settles()
    await zed.books("09:00")
    kept = await anna.books("10:00")
    await anna.taps("More about this meeting")
    await anna.taps("Is there an earlier time? Tell me")
    assert "You keep your time until you say yes to another." in await anna.heard()
    assert await round_of(house) == 0
    version = (await row_of(house, kept)).version
    await cancels(zed)
    assert await round_of(house) == 1
    assert EARLIER in await anna.heard()
    (meeting,) = await anna.meetings()
    assert meeting.starts.hour == 9
    assert await is_sound(house)
    await anna.taps("Yes, I take it")
    (meeting,) = await anna.meetings()
    assert (meeting.booking, meeting.version) == (kept, version + 1)
    assert meeting.starts.hour == 8
    assert sorted(await states(house, anna)) == ["cancelled", "confirmed"]
    assert await is_sound(house)
    bea = house.person("bea")
    await bea.settles()
    await bea.books("10:00")


async def test_a_later_time_is_not_offered_as_an_earlier_one(house: House) -> None:
    await give_only(house, 2)
    anna = house.person()
    await anna.settles()
    await anna.books("09:00")
    await anna.taps("More about this meeting")
    await anna.taps("Is there an earlier time? Tell me")
    assert await round_of(house) == 0


@pytest.mark.parametrize("offered", [False, True])
async def test_whoever_cancels_her_meeting_waits_for_no_earlier_one(
    house: House, offered: bool
) -> None:
    await give_only(house, 2)
    anna = house.person()
    await anna.settles()
    await anna.books("10:00")
    await anna.taps("More about this meeting")
    await anna.taps("Is there an earlier time? Tell me")
    if offered:
        assert await round_of(house) == 1
    async with Work.begin(house.database, house.clock, "person") as work:
        (meeting,) = await anna.meetings()
        await (await house.bookings(work)).cancel(meeting.booking, "person")
    await house.worker.sweep()
    assert set(await states(house, anna)) == {"cancelled"}
    assert await count(house.database, "claim") == 0
    assert await round_of(house) == 0


async def test_whoever_has_booked_by_herself_waits_no_more(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await give_only(house, 2)
    await anna.books("10:00")
    await cancels(zed)
    assert await round_of(house) == 0
    await house.worker.sweep()
    assert sorted(await states(house, anna)) == ["cancelled", "confirmed"]
    assert await is_sound(house)


async def test_the_time_she_was_offered_may_be_booked_in_the_usual_way_too(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    await anna.books("09:00")
    await house.worker.sweep()
    assert sorted(await states(house, anna)) == ["cancelled", "confirmed"]
    assert await is_sound(house)


async def test_nobody_is_offered_anything_at_night(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    house.clock.at = OVERNIGHT
    assert await round_of(house) == 0
    assert not await has_offer(anna)


async def test_two_who_wait_and_two_workers_make_one_offer_of_one_time(
    house: House, zed: Person
) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await waits(person)
    await cancels(zed)
    workers = [Offering(house.database, house.clock, house.cache, house.hub) for _ in range(3)]
    made = await asyncio.gather(*(worker.offer_free_times() for worker in workers))
    assert sum(made) == 1
    assert sorted([*await states(house, anna), *await states(house, bea)]) == ["held", "waiting"]
    assert await is_sound(house)


async def test_two_who_wait_are_offered_two_times_one_each(house: House, zed: Person) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await waits(person)
        house.clock.forward(seconds=1)
    await give_only(house, 3)
    assert await round_of(house) == 2
    assert "10:00" in await anna.heard()
    assert "11:00" in await bea.heard()


async def test_taking_it_twice_takes_it_once(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await round_of(house)
    await anna.says("/my")
    await anna.taps("Choose a time")
    (offer,) = await offers_of(anna)
    yes = await anna.find("Yes, I take it")
    await anna.sends(yes)
    assert await states(house, anna) == ["confirmed"]
    await anna.sends(Tapped(offer.id, 0))
    assert "gone" not in await anna.heard(last=2)
    assert "I can't come" in await anna.labels()
    assert await states(house, anna) == ["confirmed"]


async def test_it_goes_to_the_next_when_the_first_has_something_else_then(
    house: House, zed: Person
) -> None:
    anna, bea = house.person("anna"), house.person("bea")
    for person in (anna, bea):
        await waits(person)
        house.clock.forward(seconds=1)
    await give_only(house, coach="carla")
    await anna.says("/menu")
    await anna.says("/book")
    await anna.taps("Another kind of meeting")
    await anna.taps("Advice")
    await anna.taps("09:00")
    await anna.taps("Yes, book it")
    await give_only(house)
    await cancels(zed)
    assert await round_of(house) == 1
    assert not await has_offer(anna)
    assert FREE in await bea.heard()


async def test_waiting_twice_is_waiting_once_also_when_something_is_offered(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await anna.says("/book")
    await anna.taps("Tell me")
    assert await states(house, anna) == ["waiting"]
    await cancels(zed)
    await round_of(house)
    async with Work.begin(house.database, house.clock, "person") as work:
        await Waitlist(await house.bookings(work)).wait(await anna.id(), "coaching")
    assert await states(house, anna) == ["held"]
    assert await is_sound(house)


async def test_a_meeting_by_phone_is_offered_by_phone_and_the_number_is_asked(
    house: House, zed: Person
) -> None:
    await set_service(house, modes=["phone"])
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    assert await round_of(house) == 1
    assert "By phone: we call you." in await anna.heard()
    await anna.taps("Yes, I take it")
    assert "Which number should we call?" in await anna.heard()
    await anna.says("070 123 45 67")
    assert await count(house.database, "contact", "purpose LIKE 'meeting:%'") == 1
    assert "By phone: we call you." in await anna.heard()


async def test_an_earlier_time_is_one_of_the_same_way_of_meeting(house: House) -> None:
    await give_only(house, 2)
    await set_service(house, modes=["on_site", "phone"])
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("By phone")
    await anna.taps("10:00")
    await anna.says("070 123 45 67")
    await anna.taps("Yes, book it")
    await anna.taps("More about this meeting")
    await anna.taps("Is there an earlier time? Tell me")
    assert await round_of(house) == 1
    await anna.taps("Yes, I take it")
    (meeting,) = await anna.meetings()
    assert (meeting.mode, meeting.starts.hour) == ("phone", 8)
    assert "Which number" not in await anna.heard()
    await house.worker.sweep()
    assert await count(house.database, "contact", "purpose LIKE 'meeting:%'") == 1


async def test_nothing_is_offered_of_what_only_staff_book(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await cancels(zed)
    await set_service(house, by_referral=True)
    assert await round_of(house) == 0


async def test_an_offer_counts_among_what_a_coach_gives_in_a_day(
    house: House, zed: Person
) -> None:
    anna = house.person()
    await waits(anna)
    await give_only(house, 2)
    await set_service(house, per_day=1)
    assert await round_of(house) == 0


async def test_whoever_has_left_is_offered_nothing(house: House, zed: Person) -> None:
    anna = house.person()
    await waits(anna)
    await asks_to_be_deleted(anna)
    await cancels(zed)
    assert await round_of(house) == 0
