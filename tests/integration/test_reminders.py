"""Reminders on real databases: one message for a day's things, however the day changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.models import Meeting as MeetingRow
from backend.models import Message, Person, Series
from backend.reminders import afterwards
from backend.reminders.rules import Condition, Rules, shipped
from backend.services.catalogue import CurrentCatalogue
from backend.services.seats import Seats
from backend.services.walltime import instant, wall_text
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.ports import Meeting, Slot
from dialogs.stored import load_reply
from tests.chat import plain
from tests.clock import FrozenClock
from tests.house import House
from tests.integration.console_office import Office, open_office

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
EVENING = "23/11 17:00"
ANNA = "anna"


@pytest.fixture
async def settled(house: House) -> House:
    async with house.database.writing() as session:
        await session.execute(insert(Person).values(id=ANNA, created_at=house.clock.now()))
    return house


def at(day: date, hour: int) -> datetime:
    found = instant(day, hour * 60)
    assert found is not None
    return found


async def books(house: House, service: str, hour: int, day: date = TUESDAY) -> Meeting:
    async with Work.begin(house.database, house.clock, "person") as work:
        bookings = await house.bookings(work)
        held = await bookings.hold(ANNA, Slot(service, "amina", "centre", at(day, hour)))
        return await bookings.confirm(ANNA, held)


async def cancels(house: House, meeting: Meeting) -> None:
    async with Work.begin(house.database, house.clock, "person") as work:
        await (await house.bookings(work)).cancel(meeting.booking, "person")


async def moves(house: House, meeting: Meeting, hour: int, day: date) -> Meeting:
    slot = Slot(meeting.service.id, "amina", "centre", at(day, hour))
    async with Work.begin(house.database, house.clock, "person") as work:
        return await (await house.bookings(work)).move(meeting.booking, meeting.version, slot)


async def joins(house: House, hour: int, series: str | None = None) -> Meeting:
    """A seat on Tuesday."""
    async with house.database.writing() as session:
        row = MeetingRow(
            service_id="cv-workshop", unit_id="centre", local_start=wall_text(at(TUESDAY, hour)),
            starts_at=at(TUESDAY, hour), ends_at=at(TUESDAY, hour + 1), capacity=5,
            series_id=series, series_start=series and wall_text(at(TUESDAY, hour)),
        )  # fmt: skip
        session.add(row)
        await session.flush()
        meeting = row.id
    async with Work.begin(house.database, house.clock, "person") as work:
        return await Seats(await house.bookings(work)).join(ANNA, meeting)


async def rows(house: House, states: Collection[str] = ("planned",)) -> list[Message]:
    async with house.database.reading() as session:
        found = await session.scalars(
            select(Message)
            .where(Message.state.in_(states), Message.person_id == ANNA)
            .order_by(Message.due_at, Message.dedupe)
        )
        return list(found)


def wall(row: Message) -> str:
    return (
        f"{wall_text(row.due_at)[8:10]}/{wall_text(row.due_at)[5:7]} {wall_text(row.due_at)[11:]}"
    )


async def evening(house: House) -> list[str]:
    """What is planned for the evening before Tuesday: the kind of its subject, and its words."""
    found = [row for row in await rows(house) if wall(row) == EVENING]
    return [f"{(row.about or '').partition(':')[0]}: {words(house, row)}" for row in found]


def words(house: House, row: Message) -> str:
    return plain(house.renderer.render(load_reply(row.body), "en").text)


async def test_two_things_on_one_day_are_one_message_in_the_order_of_the_day(
    settled: House,
) -> None:
    later = await books(settled, "coaching", 13)
    earlier = await books(settled, "advice", 10)

    (message,) = await evening(settled)
    assert message.startswith("day: Remember: this is what you have on Tuesday 24 November")
    assert message.index("10:00 Advice") < message.index("13:00 Coaching")
    (row,) = [row for row in await rows(settled) if wall(row) == EVENING]
    links = [button.link for button in load_reply(row.body).buttons]
    assert [link.args for link in links] == [(earlier.booking,), (later.booking,), ()]
    assert links[-1].step == "my_meetings.mine"
    assert row.expires_at == earlier.starts
    assert settled.renderer.render(load_reply(row.body), "en").brief == (
        "Tue 24/11 10:00 and one thing more"
    )


async def test_when_one_of_two_is_off_the_other_has_its_card_again(settled: House) -> None:
    first = await books(settled, "coaching", 13)
    alone = await evening(settled)
    second = await books(settled, "advice", 10)
    await cancels(settled, second)

    assert await evening(settled) == alone
    (row,) = [row for row in await rows(settled) if wall(row) == EVENING]
    assert row.dedupe == f"booking:{first.booking}:{first.version}:day-before"

    third = await books(settled, "advice", 10)
    assert [each.partition(":")[0] for each in await evening(settled)] == ["day"]
    await cancels(settled, third)
    await cancels(settled, first)
    assert await evening(settled) == []
    assert await rows(settled) == []


async def test_a_meeting_that_moves_to_another_day_leaves_the_first_and_joins_the_second(
    settled: House,
) -> None:
    await books(settled, "coaching", 13)
    moving = await books(settled, "advice", 10)
    await moves(settled, moving, 10, WEDNESDAY)

    (message,) = await evening(settled)
    assert message.startswith("booking: Remember: you have a meeting.")
    names = [(wall(row), (row.dedupe or "").rpartition(":")[2]) for row in await rows(settled)]
    assert ("24/11 17:00", "day-before") in names


async def test_a_new_time_on_the_same_day_is_told_in_the_new_order(settled: House) -> None:
    moving = await books(settled, "coaching", 13)
    await books(settled, "advice", 11)
    await moves(settled, moving, 9, TUESDAY)

    (message,) = await evening(settled)
    assert message.index("09:00 Coaching") < message.index("11:00 Advice")


async def test_what_was_sent_in_the_evening_is_not_sent_again(settled: House) -> None:
    await books(settled, "coaching", 13)
    second = await books(settled, "advice", 10)
    settled.clock.at = at(date(2026, 11, 23), 18)
    async with settled.database.writing() as session:
        due = (Message.state == "planned", Message.due_at <= settled.clock.now())
        await session.execute(update(Message).where(*due).values(state="void", error="as if sent"))
        await session.execute(
            update(Message).where(Message.error == "as if sent").values(state="failed")
        )
    await cancels(settled, second)
    await books(settled, "advice", 11)

    assert await evening(settled) == []
    assert len(await rows(settled)) == 2  # two hours before each


async def test_what_has_not_left_in_the_evening_is_put_right(settled: House) -> None:
    """Nothing was sent for a while: the message of the whole day must not name what is off."""
    await books(settled, "coaching", 13)
    second = await books(settled, "advice", 10)
    settled.clock.at = at(date(2026, 11, 23), 18)
    await cancels(settled, second)

    (message,) = await evening(settled)
    assert message.startswith("booking: Remember: you have a meeting.")
    assert "Advice" not in message


async def test_a_lesson_is_told_the_day_before_and_with_the_rest_of_the_day(
    settled: House,
) -> None:
    async with settled.database.writing() as session:
        session.add(
            Series(
                id="sfi",
                service_id="cv-workshop",
                unit_id="centre",
                first="2026-11-24T09:00",
                minutes=60,
                capacity=5,
                enrols=True,
                created_at=settled.clock.now(),
            )
        )
    await joins(settled, 9, "sfi")
    (row,) = await rows(settled)
    assert wall(row) == EVENING
    assert words(settled, row).startswith("Remember: you have a lesson.")

    await joins(settled, 15)
    assert [wall(row) for row in await rows(settled)] == [EVENING, "24/11 13:00"]
    assert [each.partition(":")[0] for each in await evening(settled)] == ["day"]


async def test_a_rule_for_days_with_one_thing_alone_is_off_with_the_second(house: House) -> None:
    condition = Condition(name="alone_that_day")
    alone = shipped().reminders[2].model_copy(update={"only_if": (condition,)})
    house.cache.rules = Rules(reminders=(alone,))
    async with house.database.writing() as session:
        await session.execute(insert(Person).values(id=ANNA, created_at=house.clock.now()))

    await books(house, "coaching", 13)
    assert [wall(row) for row in await rows(house)] == ["24/11 11:00"]
    second = await books(house, "advice", 15)
    assert await rows(house) == []
    await cancels(house, second)
    assert [wall(row) for row in await rows(house)] == ["24/11 11:00"]


async def marks(house: House, meeting: Meeting, mark: str) -> None:
    async with Work.begin(house.database, house.clock, "staff:amina") as work:
        await work.writing()
        current = CurrentCatalogue(house.cache, work)
        languages = house.texts.languages
        await afterwards.follow_up(work, current, languages, meeting.booking, mark)


async def test_after_a_missed_meeting_three_new_times_are_one_tap_away(settled: House) -> None:
    meeting = await books(settled, "coaching", 13)
    settled.clock.at = at(TUESDAY, 15)
    await marks(settled, meeting, "no_show")

    row = (await rows(settled))[-1]
    assert row.dedupe == f"booking:{meeting.booking}:missed"
    assert row.due_at == settled.clock.now()
    assert "Shall we find a new time?" in words(settled, row)
    links = [button.link.step for button in load_reply(row.body).buttons]
    assert links[:3] == ["meeting.hold"] * 3
    assert links[3:] == ["meeting.times", "person.write"]


async def test_a_mark_that_is_taken_back_asks_nothing_and_made_again_asks_once(
    settled: House,
) -> None:
    meeting = await books(settled, "coaching", 13)
    settled.clock.at = at(TUESDAY, 22)
    await marks(settled, meeting, "no_show")
    asked = [row for row in await rows(settled) if (row.dedupe or "").endswith(":missed")]
    assert [wall(row) for row in asked] == ["25/11 08:00"]  # nobody is woken

    await marks(settled, meeting, "confirmed")
    assert [row for row in await rows(settled) if (row.dedupe or "").endswith(":missed")] == []
    await marks(settled, meeting, "no_show")
    again = [row for row in await rows(settled) if (row.dedupe or "").endswith(":missed")]
    assert [row.id for row in again] == [row.id for row in asked]


async def test_nobody_who_has_a_new_time_already_is_asked_for_one(settled: House) -> None:
    meeting = await books(settled, "coaching", 13)
    settled.clock.at = at(TUESDAY, 15)
    await books(settled, "coaching", 10, WEDNESDAY)
    await marks(settled, meeting, "no_show")

    assert not [row for row in await rows(settled) if (row.dedupe or "").endswith(":missed")]


async def test_a_rule_with_channels_goes_out_on_the_first_she_can_be_reached_on(
    house: House,
) -> None:
    rule = shipped().reminders[1].model_copy(update={"channels": ("sms", "telegram")})
    house.cache.rules = Rules(reminders=(rule,))
    anna = house.person()
    await anna.settles()
    await anna.says("/book")
    await anna.taps("More days")
    await anna.taps("Tue 24/11")
    await anna.taps("09:00")
    await anna.taps("Yes, book it")

    async with house.database.reading() as session:
        channels = await session.scalars(select(Message.channel).where(Message.state == "planned"))
        assert channels.all() == ["telegram"]


async def asked(office: Office) -> list[Message]:
    """The questions for a new time there are."""
    return [row for row in await office.messages() if (row.dedupe or "").endswith(":missed")]


async def test_a_coach_who_marks_that_she_did_not_come_asks_her_for_a_new_time(
    database: Database, clock: FrozenClock, tmp_path: Path, texts: Catalogue
) -> None:
    office = await open_office(database, clock, tmp_path, texts)
    anna = office.person()
    await anna.settles()
    await anna.books("09:00")
    clock.forward(days=1, hours=2)
    async with office.signed_in() as browser:
        await browser.opens("/console/today")
        await browser.presses("Did not come")
        assert [row.state for row in await asked(office)] == ["planned"]
        await browser.presses("Undo")
        assert [row.state for row in await asked(office)] == ["void"]
        await browser.presses("Did not come")
    await office.runtime.releaser.release_due()
    await anna.taps("Wed 25/11 09:00")
    assert "Do you want this meeting?" in await anna.heard()
