"""Papers, dates and first weeks on real tables: what is kept, what is sent, what is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from backend.clock import ZONE
from backend.models import Address, Card, Conversation, Deadline, Message, Person
from backend.models.base import new_id, table
from backend.services import deadlines
from backend.services.erasure import Policy
from backend.services.first_weeks import PersonFirstWeeks
from backend.services.papers import PersonPapers
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.papers import CardChanged, TooLong
from tests.conftest import count
from tests.house import FIRST_STEPS, House, assemble
from tests.house import Person as Newcomer
from tests.integration.console_office import translated
from tests.integration.test_statements import counted

AUTHORITY = Policy(90, may_delete_messages=False)


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    """Every msgid there is, in English."""
    return translated({})


async def planned(house: House, about: str) -> Sequence[Message]:
    """What is planned about something, first first."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Message)
            .where(Message.state == "planned", Message.about.startswith(about))
            .order_by(Message.due_at)
        )
        return rows.all()


async def days(house: House, about: str) -> list[str]:
    """When it is due, in wall time."""
    return [f"{row.due_at.astimezone(ZONE):%Y-%m-%d %H}" for row in await planned(house, about)]


async def gives(person: Newcomer, kind: str, day: str) -> None:
    """She asks to be reminded of a date."""
    await person.says("/plan")
    await person.taps("Remind me of a date")
    await person.taps(kind)
    await person.says(day)
    await person.taps("Yes, that is right")


async def fills_in(person: Newcomer, card: str, part: str, words: str) -> None:
    """She writes on a card."""
    await person.says("/plan")
    await person.taps("My papers")
    await person.taps(card)
    await person.taps(part)
    await person.says(words)


async def has_a_job_plan(house: House) -> Newcomer:
    anna = house.person()
    await anna.settles()
    await fills_in(anna, "Job plan", "First meeting", "23/11 2026")
    await anna.taps("Yes, that is right")
    await anna.taps("Remind me of these dates")
    return anna


async def comes_to(house: House, day: str) -> None:
    """The clock moves on to noon of a day, and what is due by then is sent."""
    house.clock.at = house.clock.at.replace(
        year=int(day[:4]), month=int(day[5:7]), day=int(day[8:]), hour=11
    )
    await house.worker.sweep()
    await house.releaser.release_due()
    await house.worker.send_all()


async def test_a_permit_is_remembered_ten_eight_and_four_weeks_before(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "Extend my residence permit", "15/3 2027")
    assert await days(house, "deadline:") == ["2027-01-04 09", "2027-01-18 09", "2027-02-15 09"]
    await comes_to(house, "2027-01-04")
    heard = await anna.heard()
    assert heard == (
        "You asked me to remind you of a date.\n\nThe last day is Monday 15 March (15/3) 2027."
    )
    await anna.taps("Open it")
    assert "Apply for more time before that day." in await anna.heard()


async def test_no_reminder_says_what_other_eyes_should_not_read(house: House) -> None:
    anna = house.person()
    await anna.settles()
    for kind, day in (
        ("Extend my residence permit", "15/3 2027"),
        ("My family applies", "20/11"),
        ("The yearly fee", "1/2 2027"),
    ):
        await gives(anna, kind, day)
    for row in await planned(house, ""):
        said = anna._in_english(row)
        words = " ".join((said.text, *(button.label for button in said.buttons))).casefold()
        assert not [w for w in ("permit", "family", "fee", "money", "queue") if w in words]


async def test_another_day_voids_what_was_planned_and_may_be_taken_back(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "Extend my residence permit", "15/3 2027")
    for day, first in (("16/3 2027", "2027-01-05 09"), ("15/3 2027", "2027-01-04 09")):
        await anna.taps("Another day")
        await anna.says(day)
        await anna.taps("Yes, that is right")
        assert (await days(house, "deadline:"))[0] == first
        assert len(await days(house, "deadline:")) == 3
    assert await count(house.database, "deadline") == 1


async def test_whoever_comes_late_is_reminded_all_the_same(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "Extend my residence permit", "10/12 2026")
    assert await days(house, "deadline:") == ["2026-12-03 09", "2026-12-09 09"]
    house.clock.forward(hours=2)
    await gives(anna, "Driving licence", "24/11 2025")
    assert "That is soon. Do it today if you can." in await anna.heard()


async def test_the_yearly_fee_is_planned_again_for_the_next_year(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "The yearly fee", "1/12")
    assert await days(house, "deadline:") == ["2026-11-24 09"]
    await comes_to(house, "2026-11-24")
    await anna.taps("I have done it")
    house.clock.at = house.clock.at.replace(year=2027, month=9, day=1)
    async with house.database.writing() as session:
        await session.execute(update(Conversation).values(seen_at=house.clock.at))
    await house.worker.sweep()
    assert await days(house, "deadline:") == []
    await comes_to(house, "2027-10-10")
    assert await days(house, "deadline:") == ["2027-11-10 09", "2027-11-24 09"]


async def test_looking_ahead_again_plans_nothing_twice(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/plan")
    await anna.taps("Remind me of a date")
    await anna.taps("Activity report")
    await anna.taps("Yes, remind me")
    await house.worker.sweep()
    before = await days(house, "deadline:")
    assert before[:3] == ["2026-12-01 09", "2026-12-10 09", "2026-12-13 09"]
    house.clock.forward(hours=2)
    await house.worker.sweep()
    assert await days(house, "deadline:") == before
    house.clock.forward(days=30)
    await house.worker.sweep()
    assert "2027-01-10 09" in await days(house, "deadline:")


async def test_the_dates_of_a_plan_are_counted_from_the_first_meeting(house: House) -> None:
    anna = await has_a_job_plan(house)
    assert await days(house, "card:") == [
        "2026-11-28 09", "2027-05-02 09", "2027-05-16 09", "2028-02-23 09", "2028-04-25 09",
    ]  # fmt: skip
    await comes_to(house, "2026-11-28")
    assert "By now there should be a plan." in await anna.heard()
    await anna.taps("Open it")
    await anna.taps("Stop reminding me")
    assert await days(house, "card:") == []


async def test_a_summer_morning_is_nine_by_the_clock_on_the_wall(house: House) -> None:
    await has_a_job_plan(house)
    rows = await planned(house, "card:")
    assert {row.due_at.astimezone(ZONE).hour for row in rows} == {9}
    assert {row.due_at.hour for row in rows} == {7, 8}


async def test_a_changed_date_leaves_one_reminder_each(house: House) -> None:
    anna = await has_a_job_plan(house)
    for day in ("1/2 2027", "2/2 2027"):
        await fills_in(anna, "Job plan", "Next date", day)
        await anna.taps("Yes, that is right")
    assert (await days(house, "card:"))[1:3] == ["2027-01-26 09", "2027-02-01 09"]
    assert len(await days(house, "card:")) == 7


async def test_the_state_and_the_school_have_their_own_times(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await fills_in(anna, "Action plan", "First meeting", "23/11 2026")
    await anna.taps("Yes, that is right")
    await anna.taps("Remind me of these dates")
    assert await days(house, "card:") == ["2026-12-23 09"]


async def test_a_pause_silences_all_and_asks_on_the_day_and_then_once_a_month(
    house: House,
) -> None:
    anna = await has_a_job_plan(house)
    await anna.says("/plan")
    await anna.taps("My papers")
    await anna.taps("I am away for some time")
    await anna.taps("I am on parental leave")
    await anna.says("31/1 2027")
    await anna.taps("Yes, that is right")
    asked = await days(house, "card:")
    assert asked[:3] == ["2027-01-31 09", "2027-02-28 09", "2027-03-31 09"]
    assert len(asked) == 12
    await fills_in(anna, "Study plan", "A line to remember", "Bring the book")
    await anna.taps("Remind me of these dates")
    assert len(await days(house, "card:")) == 12
    await comes_to(house, "2027-01-31")
    assert await anna.heard() == "You asked me to be quiet for some time. Shall we start again?"
    await anna.taps("Not yet")
    assert len(await days(house, "card:")) == 11
    await anna.taps("Yes, start again")
    assert "Welcome back." in await anna.heard(2)
    assert (await days(house, "card:"))[0] == "2027-05-02 09"


async def test_a_pause_without_an_end_asks_every_month_and_may_be_taken_again(
    house: House,
) -> None:
    anna = await has_a_job_plan(house)
    for _again in range(2):
        await anna.says("/plan")
        await anna.taps("My papers")
        await anna.taps("I am away for some time")
        await anna.taps("I am ill")
        await anna.taps("I do not know")
        assert (await days(house, "card:"))[0] == "2026-12-23 09"
        await anna.taps("Start again now")
    assert (await days(house, "card:"))[0] == "2026-11-28 09"
    assert await count(house.database, "card", "paused IS NOT NULL") == 0


async def test_nothing_of_a_card_lies_open_in_its_row(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await fills_in(anna, "Job plan", "Whom to ask", "Sara 08-508 00 000")
    await fills_in(anna, "Job plan", "A line", "19900101-1234 bring it")
    async with house.database.reading() as session:
        row = (await session.scalars(select(Card))).one()
    assert b"Sara" not in (row.contact or b"")
    assert house.vault.open(row.contact or b"") == "Sara 08-508 00 000"
    assert house.vault.open(row.line or b"") == "[•••] bring it"
    said = [each for each in await anna.messages() if each.direction == "in"]
    assert not any("Sara" in str(each.body) for each in said)


async def test_two_hands_on_a_card_do_not_overwrite_each_other(house: House) -> None:
    anna = await has_a_job_plan(house)
    async with Work.begin(house.database, house.clock, "staff:amina") as work:
        papers = PersonPapers(await anna.id(), work, house.vault, "staff")
        card = (await papers.folder()).cards[0]
        with pytest.raises(CardChanged):
            await papers.fill("job", {"line": "late"}, card.version - 1)
        with pytest.raises(CardChanged):
            await papers.fill("study", {"line": "gone"}, 3)
        with pytest.raises(TooLong):
            await papers.fill("job", {"contact": "x" * 81}, card.version)
        await papers.fill("job", {"line": "in time"}, card.version)
    async with Work.begin(house.database, house.clock, "person") as work:
        card = (await PersonPapers(await anna.id(), work, house.vault).folder()).cards[0]
    assert (card.line, card.changed_by) == ("in time", "staff")
    assert card.began == date(2026, 11, 23)


async def test_a_card_thrown_away_reminds_of_nothing(house: House) -> None:
    anna = await has_a_job_plan(house)
    await anna.says("/plan")
    await anna.taps("My papers")
    await anna.taps("Job plan")
    await anna.taps("Throw the card away")
    await anna.taps("Yes, throw it away")
    assert await days(house, "card:") == []
    assert await count(house.database, "card") == 0


async def test_ticks_are_kept_by_name_and_survive_another_list(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await anna.says("/plan")
    await anna.taps("My first weeks")
    await anna.taps("I found a home myself")
    await anna.taps("No")
    async with Work.begin(house.database, house.clock, "person") as work:
        weeks = PersonFirstWeeks(await anna.id(), work, FIRST_STEPS, house.cache.links)
        await weeks.tick("register", on=True)
        await weeks.tick("nothing", on=True)
    await anna.taps("I came in another way")
    await anna.taps("I came to someone in my family")
    await anna.taps("Yes")
    async with house.database.reading() as session:
        kept = await session.scalar(select(Person.first_weeks))
    assert kept == {"path": "family", "children": True, "done": ["register"]}
    assert "1 of 18 done" in await anna.heard()


async def test_everything_is_counted_and_goes_when_she_goes(house: House) -> None:
    house = assemble(house.database, house.clock, house.texts, house.push, AUTHORITY)
    anna = await has_a_job_plan(house)
    await gives(anna, "Extend my residence permit", "15/3 2027")
    await anna.says("/mydata")
    assert "Dates you gave me: 1" in await anna.heard()
    assert "Cards with your papers: 1" in await anna.heard()
    await anna.says("/plan")
    await anna.taps("My first weeks")
    await anna.taps("I seek asylum")
    await anna.taps("No")
    await anna.says("/delete")
    await anna.taps("Yes, delete me")
    for name in ("card", "deadline"):
        assert await count(house.database, name) == 0
    assert await planned(house, "") == []
    async with house.database.reading() as session:
        assert not any((await session.scalars(select(Person.first_weeks))).all())


async def test_a_date_far_ahead_outlives_a_long_silence_but_her_words_do_not(
    house: House,
) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "Extend my residence permit", "15/3 2028")
    await anna.says("something private")
    await house.worker.send_all()
    house.clock.forward(days=100)
    await house.worker.sweep()
    assert await count(house.database, "message", "state <> 'planned'") == 0
    assert await days(house, "deadline:") == ["2028-01-05 09", "2028-01-19 09", "2028-02-16 09"]
    await comes_to(house, "2028-01-05")
    assert await anna.heard() != ""
    assert house.push.delivered[-1][2].text.startswith("You asked me to remind you of a date.")
    await comes_to(house, "2028-03-16")
    await house.worker.sweep()
    assert await count(house.database, "person") == 0


async def test_who_cannot_be_reached_is_not_kept_for_a_reminder(house: House) -> None:
    anna = house.person()
    await anna.settles()
    await gives(anna, "Extend my residence permit", "15/3 2028")
    async with house.database.writing() as session:
        left = house.clock.now() + timedelta(seconds=1)
        await session.execute(update(Address).values(unreachable_at=left))
    await house.worker.send_all()
    house.clock.forward(days=100)
    await house.worker.sweep()
    assert await count(house.database, "person") == 0


async def test_more_people_than_one_transaction_takes_are_all_planned_once(house: House) -> None:
    people = [new_id() for _ in range(2 * deadlines.AT_ONCE + 1)]
    now = house.clock.now()
    async with house.database.writing() as session:
        await session.execute(
            insert(table(Person)), [{"id": each, "created_at": now} for each in people]
        )
        await session.execute(
            insert(table(Deadline)),
            [
                {"id": new_id(), "person_id": each, "kind": "activity-report", "since": now}
                for each in people
            ],
        )
    added = await deadlines.plan_ahead(house.database, house.clock)
    assert added == await count(house.database, "message") >= 3 * len(people)
    for minutes in (1, 90):
        house.clock.forward(minutes=minutes)
        assert await deadlines.plan_ahead(house.database, house.clock) == 0


async def test_within_the_hour_a_sweep_looks_at_no_date(house: House) -> None:
    await deadlines.plan_ahead(house.database, house.clock)
    house.clock.forward(minutes=59)
    with counted(house) as statements:
        await deadlines.plan_ahead(house.database, house.clock)
    assert len(statements) == 1
    assert "deadline." not in statements[0]
    house.clock.forward(minutes=1)
    with counted(house) as statements:
        await deadlines.plan_ahead(house.database, house.clock)
    assert any("deadline." in each for each in statements)
