"""Activities on the console: what is coming, series, one occasion and its people, the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.console.people import code_of
from backend.database import Database
from backend.models import (
    Address,
    Booking,
    Closure,
    Conversation,
    Meeting,
    Person,
    Series,
    Service,
    Staff,
)
from backend.models.base import new_id
from backend.models.calendar import EVERYWHERE
from backend.services import attending, enrolments
from backend.services import series as services
from backend.services.bookings import Bookings
from backend.services.catalogue import touch
from backend.services.seats import Seats
from backend.services.series import NewSeries
from backend.work import Work
from tests.clock import FrozenClock
from tests.house import Person as Newcomer
from tests.integration.console_office import Browser, Office, Page, open_office

ADVENT = date(2026, 11, 30)  # a Monday
TUESDAY = date(2026, 12, 1)
WORKSHOP = "/console/activities/meetings/workshop"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def rows(office: Office, **given: object) -> list[Meeting]:
    """Meetings of series, in order of time."""
    async with office.runtime.database.reading() as session:
        found = await session.scalars(
            select(Meeting)
            .where(Meeting.series_id.is_not(None))
            .filter_by(**given)
            .order_by(Meeting.starts_at)
        )
        return list(found)


async def the_series(office: Office) -> Series:
    async with office.runtime.database.reading() as session:
        found: Series = (await session.scalars(select(Series))).one()
        return found


async def lessons(office: Office, **given: object) -> str:
    """Lessons on Mondays at nine from 30 November, eight seats, led by Amina."""
    values: dict[str, object] = {
        "service": "cv-workshop",
        "unit": "centre",
        "first": datetime(2026, 11, 30, 9),  # noqa: DTZ001 - wall time
        "minutes": 60,
        "capacity": 8,
        "rule": "FREQ=WEEKLY;BYDAY=MO",
        "coach": "amina",
        "name": {"sv": "Svenska på måndagar", "en": "Swedish on Mondays"},
    }
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
        catalogue = await runtime.cache.get(await work.reading())
        new = NewSeries(**(values | given))  # type: ignore[arg-type]
        return await services.add(work, catalogue, new)


async def takes_seat(office: Office, person: Newcomer, meeting: str) -> str:
    """She signs up; the booking's id."""
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        catalogue = await runtime.cache.get(await work.reading())
        seat = await Seats(Bookings(work, catalogue)).join(await person.id(), meeting)
    return seat.booking


async def newcomer(office: Office, name: str) -> Newcomer:
    person = office.person(name)
    await person.settles()
    return person


async def code(person: Newcomer) -> str:
    return code_of(await person.id())


def filled(**given: object) -> dict[str, object]:
    """A form for a CV workshop every week from the last of November."""
    return {
        "service": "cv-workshop",
        "unit": "centre",
        "first": "2026-11-30",
        "start": "09:00",
        "minutes": "60",
        "capacity": "12",
        "repeats": "weekly",
        "until": "2027-01-31",
    } | given


async def fills_in(browser: Browser, given: Mapping[str, object], button: str = "Show") -> Page:
    """Fill in the form for a new activity and press its button."""
    assert browser.page is not None
    form, pressed = browser.page.form("Show the dates")
    known = {each.name for each in form.fields}
    sent = [(name, value) for name, value in form.filled() if name not in given]
    for name, value in given.items():
        sent += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
    if button != "Show":
        pressed = browser.page.form(button)[1]
    assert "csrf" in known
    return await browser.sends(form.action, [*sent, (pressed.name, pressed.value)])


# --- A new activity ----------------------------------------------------------------------------


async def test_the_dates_are_shown_with_closed_days_named_before_anything_is_saved(
    office: Office,
) -> None:
    async with office.runtime.database.writing() as session:
        await session.execute(
            insert(Closure).values(day=date(2026, 12, 7), unit_id=EVERYWHERE, name="Studiedag")
        )
        await touch(session)
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens("/console/activities/new")
        page = await fills_in(browser, filled())
        assert page.status == 200
        assert "Monday 30 November (30/11) 09:00" in page.words
        assert "Monday 14 December (14/12) 09:00" in page.words
        assert "Monday 7 December (7/12) Studiedag" in page.words
        assert await rows(office) == []

        page = await fills_in(browser, filled(), "Save")
        assert page.status == 200
        assert "Every week: Monday" in page.words
    made = await rows(office)
    assert [each.local_start[:10] for each in made[:3]] == [
        "2026-11-30",
        "2026-12-14",
        "2026-12-21",
    ]
    assert made[0].capacity == 12
    assert await office.journal("series") == [("staff:amina", "added")]


async def test_what_is_saved_is_what_was_shown(office: Office) -> None:
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens("/console/activities/new")
        await fills_in(browser, filled())
        page = await fills_in(browser, filled(start="10:30"), "Save")
        assert "Nothing has been saved yet." in page.words
        assert "30/11) 10:30" in page.words
        assert await rows(office) == []
        await fills_in(browser, filled(start="10:30"), "Save")
    assert (await rows(office))[0].local_start == "2026-11-30T10:30"


@pytest.mark.parametrize(
    ("given", "dates"),
    [
        ({"repeats": "never"}, ["2026-11-30"]),
        (
            {"repeats": "weekly", "weekday": ["1", "3"], "until": "2026-12-09"},
            ["2026-11-30", "2026-12-02", "2026-12-07", "2026-12-09"],
        ),
        ({"repeats": "fortnightly", "until": "2026-12-28"},
         ["2026-11-30", "2026-12-14", "2026-12-28"]),
        ({"repeats": "monthly", "until": "2027-02-28"},
         ["2026-11-30", "2026-12-28", "2027-01-25", "2027-02-22"]),
        ({"repeats": "monthly_date", "until": "2027-01-31"},
         ["2026-11-30", "2026-12-30", "2027-01-30"]),
        ({"repeats": "rule", "until": "", "rule": "rrule:freq=daily;count=2"},
         ["2026-11-30", "2026-12-01"]),
    ],
)  # fmt: skip
async def test_it_comes_back_as_often_as_was_chosen(
    office: Office, given: dict[str, object], dates: list[str]
) -> None:
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens("/console/activities/new")
        await fills_in(browser, filled(**given))
        await fills_in(browser, filled(**given), "Save")
    assert [each.local_start[:10] for each in await rows(office)] == dates


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"first": ""}, "first", "Choose a day."),
    ({"first": "2026-11-22"}, "first", "That day has passed."),
    ({"first": "2031-01-01"}, "first", "That day is more than three years away."),
    ({"start": "nine"}, "start", "Write a time, such as 09:00."),
    ({"first": "2027-03-28", "start": "02:30"}, "start", "the clocks go forward then."),
    ({"minutes": "0"}, "minutes", "Write a whole number from 5 to 600."),
    ({"capacity": "0"}, "capacity", "Write a whole number from 1 to 1"),
    ({"service": "coaching"}, "service", "Choose a service."),
    ({"unit": "nowhere"}, "unit", "Choose a place."),
    ({"coach": "nobody"}, "coach", "Choose who leads it."),
    ({"until": "2026-11-01"}, "until", "The last day comes before the first."),
    ({"until": "soon"}, "until", "Choose a day."),
    ({"repeats": "hourly"}, "repeats", "Choose how often."),
    ({"repeats": "rule", "rule": "every day"}, "rule", "This rule cannot be read."),
    ({"repeats": "rule", "rule": "FREQ=MINUTELY"}, "rule", "This is too often."),
    ({"repeats": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "No day comes"),
    ({"name-en": "Swedish"}, "name-sv", "Write it in Swedish too."),
]


@pytest.mark.parametrize(("given", "field", "words"), WRONG)
async def test_what_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(
    office: Office, given: dict[str, object], field: str, words: str
) -> None:
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens("/console/activities/new")
        typed = filled(**{"about-sv": "Vi skriver ett CV.", **given})
        page = await fills_in(browser, typed)
        assert page.status == 422
        assert words in page.words
        assert f'id="wrong-{field}"' in page.html
        assert "Vi skriver ett CV." in page.html
        for name, value in given.items():
            if name not in ("service", "unit", "coach", "repeats"):
                assert str(value) in page.html, name
    assert await rows(office) == []


async def test_a_coach_adds_what_she_leads_herself_and_nothing_else(office: Office) -> None:
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/activities/new")
        assert "Nobody in particular" not in page.html
        page = await fills_in(browser, filled(coach="amina"))
        assert "Choose who leads it." in page.words
        await fills_in(browser, filled(coach="bo"))
        await fills_in(browser, filled(coach="bo"), "Save")
    assert {each.staff_id for each in await rows(office)} == {"bo"}


# --- One series --------------------------------------------------------------------------------


async def test_a_series_is_otherwise_from_a_day_on_and_no_sign_up_moves(office: Office) -> None:
    series = await lessons(office)
    before = await rows(office)
    anna = await newcomer(office, "anna")
    booking = await takes_seat(office, anna, before[1].id)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/activities/{series}")
        assert "Swedish on Mondays" in page.words
        page = await browser.presses(
            "Show the dates", day="2026-12-07", start="13:15", shift="1", capacity="9"
        )
        assert "Tuesday 8 December (8/12) 13:15" in page.words
        assert "One person has a seat, keeps it, and is told at once." in page.words
        assert [each.local_start for each in await rows(office)] == [
            each.local_start for each in before
        ]

        page = await browser.presses("Save this change")
        assert "Saved. One person was told." in page.words
        assert "Every week: Tuesday" in page.words
    after = await rows(office)
    assert {each.id for each in before} <= {each.id for each in after}
    assert after[0].local_start == "2026-11-30T09:00"
    assert after[1].local_start == "2026-12-08T13:15"
    assert after[1].capacity == 9
    (meeting,) = await anna.meetings()
    assert meeting.booking == booking


async def test_a_change_that_changes_nothing_is_not_made(office: Office) -> None:
    series = await lessons(office)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/activities/{series}")
        page = await browser.presses("Show the dates")
        assert page.status == 422
        assert "Everything is as before. Change something." in page.words


async def test_two_who_change_a_series_at_once_do_not_overwrite_each_other(office: Office) -> None:
    series = await lessons(office)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/activities/{series}")
        page = await browser.presses("Show the dates", start="10:00")
        async with office.signed_in("bo", "coordinator") as other:
            await other.opens(f"/console/activities/{series}")
            await other.presses("Show the dates", start="11:00")
            await other.presses("Save this change")
        browser.page = page
        page = await browser.presses("Save this change")
        assert page.status == 409
        assert "changed by someone else meanwhile" in page.words
    assert (await rows(office))[0].local_start == "2026-11-30T11:00"


async def test_a_coach_changes_only_what_she_leads(office: Office) -> None:
    series = await lessons(office)
    async with office.signed_in("bo") as browser:
        page = await browser.opens(f"/console/activities/{series}")
        assert "Yes, end it" not in page.words
        csrf = browser.csrf
        sent = [("csrf", csrf), ("do", "end"), ("last", "2026-12-07")]
        assert (await browser.sends(f"/console/activities/{series}", sent)).status == 403
        sent = [("csrf", csrf), ("do", "call_off"), ("version", "0")]
        first = (await rows(office))[0]
        path = f"/console/activities/meetings/{first.id}"
        assert (await browser.sends(path, sent)).status == 403
    assert {each.state for each in await rows(office)} == {"planned"}


async def test_a_series_ends_and_who_had_a_seat_is_told(office: Office) -> None:
    series = await lessons(office)
    made = await rows(office)
    anna = await newcomer(office, "anna")
    await takes_seat(office, anna, made[1].id)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/activities/{series}")
        page = await browser.presses("Yes, end it", last="2026-11-01")
        assert "That day has passed." in page.words
        page = await browser.presses("Yes, end it", last="2026-12-07")
        assert "Saved. One person was told." in page.words
    assert [each.local_start[:10] for each in await rows(office, state="planned")] == [
        "2026-11-30"
    ]
    assert await anna.meetings() == []


async def test_the_words_say_in_which_languages_they_are_missing(office: Office) -> None:
    series = await lessons(office)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/activities/{series}")
        assert "Not written yet: Arabic" in page.words
        sent = [("csrf", browser.csrf), ("do", "words"), ("name-sv", "Ny"), ("name-ar", "جديد")]
        await browser.sends(f"/console/activities/{series}", sent)
    assert (await the_series(office)).name["ar"] == "جديد"
    assert (await the_series(office)).name["sv"] == "Ny"


# --- The list of what is coming ------------------------------------------------------------------


async def test_the_list_counts_seats_and_what_people_have_said(office: Office) -> None:
    await lessons(office, capacity=3)
    first = (await rows(office))[0]
    people = [await newcomer(office, name) for name in ("anna", "bea", "cilla", "dora")]
    bookings = [await takes_seat(office, person, first.id) for person in people[:3]]
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        catalogue = await runtime.cache.get(await work.reading())
        await Seats(Bookings(work, catalogue)).wait(await people[3].id(), first.id)
        await attending.says_coming(work, catalogue, await people[0].id(), bookings[0])
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        await attending.tells_absence(work, catalogue, await people[1].id(), bookings[1], "ill")
    async with office.signed_in() as browser:
        page = await browser.opens("/console/activities?week=2026-W49")
        assert "Swedish on Mondays" in page.words
        assert "2 of 3 seats taken" in page.words
        assert "Said that they come: 1" in page.words
        assert "Cannot come: 1" in page.words
        assert "In line: 1" in page.words
        assert "CV workshop" not in [words for href, words in page.links if "meetings" in href]
        page = await browser.opens("/console/activities?week=2026-W48&unit=centre&service=nothing")
        assert "0 of 2 seats taken" in page.words  # the workshop


async def test_a_filter_leaves_out_the_others(office: Office) -> None:
    async with office.runtime.database.writing() as session:
        await session.execute(
            insert(Service).values(
                id="cafe",
                position=9,
                name={"sv": "Språkkafé", "en": "Language café"},
                about={"sv": "x"},
                bring={},
                minutes=60,
                is_group=True,
            )
        )
        await touch(session)
    await lessons(office, service="cafe", name={})
    async with office.signed_in() as browser:
        page = await browser.opens("/console/activities?week=2026-W49")
        assert "Language café" in page.words
        page = await browser.presses("Show", service="cv-workshop")
        assert "There are no activities this week." in page.words
        assert "Language café" not in page.words


async def test_an_admin_sees_what_is_coming_but_nobody_in_it(office: Office) -> None:
    await lessons(office)
    async with office.signed_in(role="admin") as browser:
        page = await browser.opens("/console/activities?week=2026-W49")
        assert "Swedish on Mondays" in page.words
        assert [href for href, _words in page.links if "/meetings/" in href] == []
        assert (await browser.opens(WORKSHOP)).status == 403


async def test_what_was_planned_for_a_day_closed_later_is_shown_to_staff(office: Office) -> None:
    await lessons(office)
    async with office.runtime.database.writing() as session:
        await session.execute(
            insert(Closure).values(day=ADVENT, unit_id="centre", name="Vattenläcka")
        )
        await touch(session)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/activities")
        assert "Planned for closed days" in page.words
        assert "30/11) 09:00" in page.words


async def test_the_day_and_the_week_lead_to_the_occasion(office: Office) -> None:
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today?day=2026-11-26")
        assert WORKSHOP in [href for href, _words in page.links]
        page = await browser.opens("/console/week?week=2026-W48&coach=all")
        assert WORKSHOP in [href for href, _words in page.links]


# --- One occasion ------------------------------------------------------------------------------


async def test_who_came_is_marked_in_one_press_and_can_be_taken_back(
    office: Office, clock: FrozenClock
) -> None:
    anna = await newcomer(office, "anna")
    async with office.runtime.database.writing() as session:
        await session.execute(update(Person).values(needs=["child"]))
    await takes_seat(office, anna, "workshop")
    async with office.signed_in() as browser:
        page = await browser.opens(WORKSHOP)
        assert await code(anna) in page.words
        assert "A child comes along" in page.words
        assert "Has not said whether" in page.words
        assert "Did not come" not in page.words
        clock.forward(days=3, hours=5, minutes=10)
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Came")
        assert page.response.url.path == WORKSHOP
        assert "Came: 1" in page.words
        page = await browser.presses("Undo")
        assert "Came: 0" in page.words
        page = await browser.presses("Was excused")
        assert "Was excused" in page.words


async def test_somebody_is_added_by_her_code_and_is_told(office: Office) -> None:
    anna = await newcomer(office, "anna")
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Give a seat", code=f" {(await code(anna)).lower()} ")
        assert page.status == 200
        assert "1 of 2 seats taken" in page.words
        await office.house.releaser.release_due()
        page = await browser.presses("Give a seat", code=await code(anna))
        assert page.status == 422
        assert "The person has a seat or a place in line already." in page.words
        assert await code(anna) in [
            field.value for form in page.forms for field in form.fields if field.name == "code"
        ]
        page = await browser.presses("Give a seat", code="0000")
        assert "Nobody here has this code." in page.words
    (meeting,) = await anna.meetings()
    assert meeting.service.group
    assert "You have a seat." in await anna.heard()


async def test_when_all_seats_are_taken_she_is_put_in_line_instead(office: Office) -> None:
    people = [await newcomer(office, name) for name in ("anna", "bea", "cilla")]
    for person in people[:2]:
        await takes_seat(office, person, "workshop")
    async with office.signed_in() as browser:
        page = await browser.opens(WORKSHOP)
        assert "Put in line" not in page.words
        page = await browser.presses("Give a seat", code=await code(people[2]))
        assert "All seats are taken. Nothing was changed." in page.words
        page = await browser.presses("Put in line")
        assert page.status == 200
        assert "In line for a seat" in page.words
        assert await code(people[2]) in page.words


async def test_two_people_with_the_same_code_are_told_apart(office: Office) -> None:
    seen: dict[str, str] = {}
    twins: tuple[str, str] | None = None
    while twins is None:
        person = new_id()
        other = seen.setdefault(code_of(person), person)
        twins = (person, other) if other != person else None
    now = office.runtime.clock.now()
    async with office.runtime.database.writing() as session:
        for number, person in enumerate(twins):
            session.add(Person(id=person, created_at=now))
            await session.flush()
            address = Address(person_id=person, channel="web", account=person, sealed=b"")
            session.add(address)
            await session.flush()
            session.add(
                Conversation(
                    person_id=person,
                    address_id=address.id,
                    language="ar" if number else "so",
                    seen_at=now - timedelta(hours=number),
                )
            )
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Give a seat", code=code_of(twins[0]))
        assert "Several people have this code. Choose one." in page.words
        page = await browser.presses("Give a seat", person=twins[1])
        assert "1 of 2 seats taken" in page.words
    async with office.runtime.database.reading() as session:
        assert await session.scalar(select(Booking.person_id)) == twins[1]


async def test_who_comes_without_a_seat_gets_one_and_has_come(
    office: Office, clock: FrozenClock
) -> None:
    anna = await newcomer(office, "anna")
    clock.forward(days=3, hours=5, minutes=10)
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Give a seat", code=await code(anna))
        assert "Came: 1" in page.words


async def test_an_absence_told_is_on_the_list_and_in_the_queue(office: Office) -> None:
    anna = await newcomer(office, "anna")
    booking = await takes_seat(office, anna, "workshop")
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        live = "/console/live/meetings/workshop"
        mark = (await browser.client.get(live)).headers["X-Mark"]
        assert (await browser.client.get(f"{live}?after={mark}")).status_code == 204
        runtime = office.runtime
        async with Work.begin(runtime.database, runtime.clock, "person") as work:
            catalogue = await runtime.cache.get(await work.reading())
            await attending.tells_absence(work, catalogue, await anna.id(), booking, "child_ill")
        fresh = await browser.client.get(f"{live}?after={mark}")
        assert fresh.status_code == 200
        assert "A child is ill" in fresh.text
        page = await browser.opens("/console")
        assert "Booking cancelled" in page.words
        page = await browser.opens(WORKSHOP)
        assert "0 of 2 seats taken" in page.words
        assert "A child is ill" in page.words


async def test_one_occasion_is_moved_and_everybody_is_told(office: Office) -> None:
    anna = await newcomer(office, "anna")
    booking = await takes_seat(office, anna, "workshop")
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Move, and tell everybody", day="2026-11-22", start="")
        assert page.status == 422
        assert "That day has passed." in page.words
        assert "Write a time, such as 09:00." in page.words
        page = await browser.presses(
            "Move, and tell everybody", day="2026-11-27", start="09:30", minutes="90"
        )
        assert "Saved. One person was told." in page.words
        assert "Friday 27 November (27/11) 09:30–11:00" in page.words
    (meeting,) = await anna.meetings()
    assert meeting.booking == booking
    assert meeting.starts == datetime.fromisoformat("2026-11-27T08:30+00:00")


async def test_a_page_that_is_too_old_moves_nothing(office: Office) -> None:
    async with office.signed_in(role="coordinator") as browser:
        page = await browser.opens(WORKSHOP)
        await browser.presses("Move, and tell everybody", day="2026-11-27", start="09:30")
        browser.page = page
        page = await browser.presses("Yes, call it off")
        assert page.status == 409
        assert "changed by someone else meanwhile" in page.words
        page = await browser.presses("Yes, call it off")
        assert "This activity is called off." in page.words


async def test_an_occasion_is_called_off_and_everybody_is_told(office: Office) -> None:
    anna = await newcomer(office, "anna")
    await takes_seat(office, anna, "workshop")
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(WORKSHOP)
        page = await browser.presses("Yes, call it off")
        assert "Saved. One person was told." in page.words
        assert "This activity is called off." in page.words
        page = await browser.opens("/console/activities?week=2026-W48")
        assert "Does not take place" in page.words
    assert await anna.meetings() == []


async def test_it_is_noted_who_was_away_for_a_part(office: Office, clock: FrozenClock) -> None:
    anna = await newcomer(office, "anna")
    await takes_seat(office, anna, "workshop")
    clock.forward(days=3, hours=7, minutes=10)
    async with office.signed_in() as browser:
        await browser.opens(WORKSHOP)
        await browser.presses("Came")
        page = await browser.presses("Save", **{"from": "13:00", "to": "13:40"})
        assert "Away 13:00–13:40" in page.words
        page = await browser.presses("Save", **{"from": "11:00", "to": "13:40"})
        assert page.status == 409
        assert "That time is not within this activity." in page.words
        page = await browser.presses("Save", **{"from": "14:00", "to": "13:40"})
        assert "The end must be later than the beginning." in page.words


async def test_a_meeting_with_one_person_is_no_occasion(office: Office) -> None:
    anna = await newcomer(office, "anna")
    booking = await anna.books("09:00")
    async with office.runtime.database.reading() as session:
        meeting = await session.scalar(select(Booking.meeting_id).where(Booking.id == booking))
    async with office.signed_in() as browser:
        for path in (meeting, "nothing", f"{meeting}/door"):
            page = await browser.opens(f"/console/activities/meetings/{path}")
            assert page.status == 404
        assert (await browser.opens("/console/activities/nothing")).status == 404


# --- The door ----------------------------------------------------------------------------------


async def test_the_door_shows_a_code_while_people_come_in_and_another_one_later(
    office: Office, clock: FrozenClock
) -> None:
    anna = await newcomer(office, "anna")
    await takes_seat(office, anna, "workshop")
    async with office.signed_in() as browser:
        page = await browser.opens(f"{WORKSHOP}/door")
        assert "The code is shown from Thursday 26 November (26/11) 12:30." in page.words
        assert "<svg" not in page.html
    clock.forward(days=3, hours=4, minutes=40)
    runtime = office.runtime
    async with office.signed_in() as browser:
        page = await browser.opens(f"{WORKSHOP}/door")
        shown = attending.door_code(runtime.vault, "workshop", clock.now())
        assert f"{shown[:3]} {shown[3:]}" in page.words
        assert "<svg" in page.html
        assert "0 of 1 are here" in page.words
        assert [href for href, _words in page.links if href != f"{WORKSHOP}/door"] == [
            "/console/sign-in"
        ]
        async with Work.begin(runtime.database, runtime.clock, "person") as work:
            catalogue = await runtime.cache.get(await work.reading())
            await attending.check_in(work, catalogue, runtime.vault, await anna.id(), shown)
        assert "1 of 1 are here" in (await browser.opens(f"{WORKSHOP}/door")).words
        clock.forward(minutes=20)
        page = await browser.opens(f"{WORKSHOP}/door")
        assert f"{shown[:3]} {shown[3:]}" not in page.words
        clock.forward(hours=3)
    async with office.signed_in() as browser:
        page = await browser.opens(f"{WORKSHOP}/door")
        assert "This activity is over." in page.words


async def test_a_screen_at_the_door_stays_signed_in_until_it_is_over_and_no_longer(
    office: Office, clock: FrozenClock
) -> None:
    clock.forward(days=3, hours=4, minutes=40)
    live = "/console/live/meetings/workshop/door"
    async with office.signed_in() as browser:
        for _quarter in range(9):
            clock.forward(minutes=15)
            assert (await browser.client.get(live)).status_code == 200
        clock.forward(minutes=25)
        assert (await browser.client.get(live)).status_code == 200
        clock.forward(minutes=25)
        assert (await browser.client.get(live)).status_code == 401


# --- A person ------------------------------------------------------------------------------------


async def test_a_person_is_signed_up_for_a_course_and_taken_out_again(office: Office) -> None:
    series = await lessons(office, enrols=True)
    anna = await newcomer(office, "anna")
    path = f"/console/people/{await anna.id()}"
    async with office.signed_in() as browser:
        page = await browser.opens(path)
        page = await browser.presses("Sign up", what=f"course:{series}")
        assert page.status == 200
        assert "Leave the course" in page.words
        assert len(await anna.meetings()) == 1  # a seat at each lesson of the next two weeks
        await office.house.releaser.release_due()
        assert "You have a place in Swedish on Mondays." in await anna.heard(2)
        page = await browser.presses("Yes, leave the course")
        assert "Leave the course" not in page.words
    assert await anna.meetings() == []


async def test_a_person_is_signed_up_for_one_time(office: Office) -> None:
    anna = await newcomer(office, "anna")
    path = f"/console/people/{await anna.id()}"
    async with office.signed_in() as browser:
        await browser.opens(path)
        page = await browser.presses("Sign up", what="meeting:workshop")
        assert "CV workshop" in page.words
        sent = [("csrf", browser.csrf), ("do", "join"), ("what", "meeting:workshop")]
        page = await browser.sends(f"{path}/activities", sent)
        assert page.status == 409
        assert "The person has a seat or a place in line already." in page.words
        sent = [("csrf", browser.csrf), ("do", "join"), ("what", "nothing")]
        assert (await browser.sends(f"{path}/activities", sent)).status == 422
    (meeting,) = await anna.meetings()
    assert meeting.service.id == "cv-workshop"


async def test_a_full_course_has_a_line(office: Office) -> None:
    series = await lessons(office, enrols=True, capacity=1)
    anna, bea = await newcomer(office, "anna"), await newcomer(office, "bea")
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        catalogue = await runtime.cache.get(await work.reading())
        await enrolments.enrol(work, catalogue, await anna.id(), series)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/people/{await bea.id()}")
        page = await browser.presses("Sign up", what=f"course:{series}")
        assert "Waits for a place" in page.words
        page = await browser.opens(f"/console/activities/{series}")
        assert "Course: 1 signed up · In line: 1" in page.words


async def test_staff_who_lead_nothing_and_keep_nothing_see_no_activities(office: Office) -> None:
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(role="coach"))
    async with office.signed_in(role="editor") as browser:
        assert (await browser.opens("/console/activities")).status == 403
