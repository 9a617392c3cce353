"""The centre on the console: hours, days that differ, closed days, services and places."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Booking, Closure, Journal, Override, Service, Staff, Unit
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.site import apply
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import Browser, Office, Page, open_office

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NINE, TEN, NOON = 9 * 60, 10 * 60, 12 * 60


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


@pytest.fixture
async def centre(office: Office) -> Office:
    """The office with the units and services of the demonstration's site file."""
    async with office.runtime.database.writing() as session:
        await apply(session, office.runtime.site, MONDAY)
        await session.execute(update(Staff).values(language="en", is_active=True))
    return office


async def known(office: Office) -> Catalogue:
    async with office.runtime.database.reading() as session:
        return await CatalogueCache().get(session)


async def spans(office: Office, day: date, coach: str = "amina") -> list[tuple[int, int, str]]:
    found = (await known(office)).coaches[coach].spans(day)
    return [(span.start, span.stop, span.unit) for span in found]


async def anna_books(office: Office) -> Person:
    """Anna has booked tomorrow at nine, with whoever suits her."""
    anna = office.person()
    await anna.settles("العربية")  # so that she gets Amina
    await anna.books("09:00")
    return anna


def week(*rows: tuple[str, str, str], unit: str = "centre") -> dict[str, object]:
    """A filled-in week: weekday, from, to."""
    return {
        "day": [day for day, _start, _stop in rows],
        "from": [start for _day, start, _stop in rows],
        "to": [stop for _day, _start, stop in rows],
        "unit": [unit for _row in rows],
    }


async def saves(browser: Browser, **given: object) -> Page:
    """Fill in a service or a place, and press the button."""
    assert browser.page is not None
    form, _button = browser.page.form("Save")
    sent = [(name, value) for name, value in form.filled() if name not in given]
    for name, value in given.items():
        sent += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
    return await browser.sends(form.action, sent)


def value_of(page: Page, name: str) -> list[str]:
    """What the fields of this name hold."""
    return [field.value for form in page.forms for field in form.fields if field.name == name]


# --- Hours ----------------------------------------------------------------------------------


async def test_a_coach_sees_her_week_and_changes_it(office: Office) -> None:
    async with office.signed_in() as browser:
        page = await browser.opens("/console/hours")
        assert value_of(page, "from")[:5] == ["09:00"] * 5

        page = await browser.presses("Save the week", **week(("1", "10:00", "12:00")))

        assert page.status == 200
        assert value_of(page, "from")[:2] == ["10:00", ""]
    assert await spans(office, MONDAY) == [(TEN, NOON, "centre")]
    assert await spans(office, TUESDAY) == []
    assert await spans(office, MONDAY - timedelta(days=7)) == [(NINE, NOON, "centre")]
    assert await spans(office, MONDAY, "bo") == [(NINE, NOON, "centre")]
    assert await office.journal("hours") == [("staff:amina", "set")]


async def test_a_row_that_is_ticked_is_removed_and_blank_rows_do_not_count(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        await browser.presses("Save the week", remove=["0", "2"])
    assert await spans(office, MONDAY) == []
    assert await spans(office, TUESDAY) == [(NINE, NOON, "centre")]
    assert await spans(office, MONDAY + timedelta(days=2)) == []


WRONG_HOURS = [
    ([("1", "12:00", "09:00")], "to-0", "The end must be later than the beginning."),
    ([("1", "09:00", "09:00")], "to-0", "The end must be later than the beginning."),
    (
        [("1", "09:00", "12:00"), ("1", "11:00", "13:00")],
        "from-1",
        "These hours overlap with other hours of the same day.",
    ),
    ([("", "09:00", "12:00")], "day-0", "Choose a day."),
    ([("1", "nine", "12:00")], "from-0", "Write a time, such as 09:00."),
    ([("1", "09:00", "")], "to-0", "Write a time, such as 09:00."),
]


async def test_hours_that_cannot_be_are_told_at_their_field_and_nothing_is_changed(
    office: Office,
) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        for rows, field, words in WRONG_HOURS:
            page = await browser.presses("Save the week", **week(*rows))
            assert page.status == 422
            assert words in page.words
            assert f'aria-describedby="wrong-{field}"' in page.html
            assert f'id="wrong-{field}"' in page.html
            assert value_of(page, "from")[: len(rows)] == [row[1] for row in rows]  # as typed
    assert await spans(office, MONDAY) == [(NINE, NOON, "centre")]
    assert await office.journal("hours") == []


async def test_hours_at_an_unknown_place_are_refused(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses(
            "Save the week", **week(("1", "09:00", "10:00"), unit="nowhere")
        )
        assert page.status == 422
        assert "Choose a place." in page.words
    assert await spans(office, MONDAY) == [(NINE, NOON, "centre")]


async def test_more_rows_keep_what_was_typed_and_save_nothing(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        form, _button = browser.page.form("Save the week")  # type: ignore[union-attr]
        sent = [*form.filled(**week(("6", "10:00", "11:00"))), ("do", "more")]
        page = await browser.sends("/console/hours/week", sent)
        assert page.status == 200
        assert value_of(page, "from")[:5] == ["10:00", "", "", "", ""]
        assert "Nothing has been saved yet." in page.words
    assert await office.journal("hours") == []


async def test_a_week_that_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    async with office.signed_in() as first, office.signed_in() as second:
        await first.opens("/console/hours")
        await second.opens("/console/hours")
        await first.presses("Save the week", **week(("1", "10:00", "12:00")))
        page = await second.presses("Save the week", **week(("2", "09:00", "12:00")))
        assert page.status == 409
        assert "changed by someone else meanwhile" in page.words
    assert await spans(office, MONDAY) == [(TEN, NOON, "centre")]


async def test_what_is_booked_outside_new_hours_stays_and_is_shown_with_a_way_to_move_it(
    office: Office,
) -> None:
    await anna_books(office)
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses("Save the week", **week(("2", "10:00", "12:00")))
        assert "Booked, but outside these hours" in page.words
        assert "Tuesday 24 November (24/11) 09:00" in page.words
        page = await browser.follows("Move")
        assert "/move" in page.response.url.path
    async with office.runtime.database.reading() as session:
        assert (await session.scalars(select(Booking.state))).all() == ["confirmed"]


async def test_a_coordinator_keeps_the_hours_of_others_and_a_coach_does_not(
    office: Office,
) -> None:
    async with office.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/hours?coach=amina")
        await browser.presses("Save the week", **week(("3", "09:00", "10:00")))
        assert browser.page is not None
        assert "Every week: Amina" in browser.page.words
    assert await spans(office, MONDAY) == []
    assert await office.journal("hours") == [("staff:bo", "set")]
    async with office.signed_in() as browser:
        page = await browser.opens("/console/hours?coach=bo")
        assert page.status == 403
        await browser.opens("/console/hours")
        sent = [("csrf", browser.csrf), ("coach", "bo"), ("do", "save"), ("mark", "")]
        assert (await browser.sends("/console/hours/week", sent)).status == 403
    assert await spans(office, MONDAY, "bo") == [(NINE, NOON, "centre")]


async def test_hours_of_nobody_are_not_there(office: Office) -> None:
    async with office.signed_in("bo", "admin") as browser:
        assert (await browser.opens("/console/hours?coach=nobody")).status == 404
        await browser.opens("/console/hours")
        for part in ("week", "days", "file", "calendar"):
            sent = [("csrf", browser.csrf), ("coach", "nobody"), ("do", "clear")]
            sent += [("day", "2026-11-24"), ("mark", "")]
            page = await browser.sends(f"/console/hours/{part}", sent)
            assert page.status in (403, 404)


async def test_hours_kept_here_are_not_touched_by_the_site_file_until_asked(
    centre: Office,
) -> None:
    async with centre.signed_in() as browser:
        page = await browser.opens("/console/hours")
        assert "These hours come from the site file." in page.words
        await browser.presses(
            "Save the week", **week(("5", "09:00", "10:00"), unit="etableringscentrum")
        )
        async with centre.runtime.database.writing() as session:
            assert not await apply(session, centre.runtime.site, MONDAY)
        assert await spans(centre, MONDAY) == []

        await browser.opens("/console/hours")
        page = await browser.presses("Use the hours of the site file again")

        assert "These hours come from the site file." in page.words
    assert [start for start, _stop, _unit in await spans(centre, MONDAY)] == [NINE, 13 * 60]
    assert [action for _who, action in await centre.journal("hours")] == ["set", "as_in_file"]


# --- Days that differ -----------------------------------------------------------------------


async def test_a_day_away_is_offered_to_nobody_and_can_be_taken_back(office: Office) -> None:
    await anna_books(office)
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses("Save these days", first="2026-11-24", kind="away")
        assert "Tuesday 24 November (24/11) Away" in page.words
        assert "Booked, but outside these hours" in page.words
        assert await spans(office, TUESDAY) == []
        page = await browser.presses("Usual hours again")
        assert "No day differs." in page.words
        assert "Booked, but outside" not in page.words
    assert await spans(office, TUESDAY) == [(NINE, NOON, "centre")]
    actions = [action for _who, action in await office.journal("override")]
    assert actions == ["set", "cleared"]


async def test_other_hours_on_several_days(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses(
            "Save these days",
            first="2026-11-24",
            last="2026-11-25",
            kind="other",
            **{"from": ["13:00", ""], "to": ["15:00", ""], "unit": ["centre", "centre"]},
        )
        assert page.words.count("13:00–15:00 Etableringscentrum") == 2
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        assert await spans(office, day) == [(13 * 60, 15 * 60, "centre")]


WRONG_DAYS: list[tuple[dict[str, Any], str, str]] = [
    ({"first": "2026-11-20"}, "first", "That day has passed."),
    ({"first": "soon"}, "first", "Choose a day."),
    ({"first": "2026-12-02", "last": "2026-12-01"}, "last", "The last day must be after"),
    ({"first": "2026-12-02", "last": "2029-12-01"}, "last", "The last day must be after"),
    ({"first": "2026-12-02", "kind": "other"}, "kind", "Write the hours of that day."),
    (
        {"first": "2027-03-28", "kind": "other", "from": ["02:30", ""], "to": ["05:00", ""]},
        "from-that-0",
        "That time does not exist: the clocks go forward then.",
    ),
    (
        {"first": "2027-03-28", "kind": "other", "from": ["01:00", ""], "to": ["02:00", ""]},
        "to-that-0",
        "That time does not exist: the clocks go forward then.",
    ),
    (
        {
            "first": "2027-03-27",
            "last": "2027-03-29",
            "kind": "other",
            "from": ["02:30", ""],
            "to": ["05:00", ""],
        },
        "last",
        "On one of these days the clocks go forward",
    ),
]


async def test_a_day_that_cannot_be_is_told_at_its_field_and_kept_as_typed(
    office: Office,
) -> None:
    async with office.signed_in() as browser:
        for given, field, words in WRONG_DAYS:
            await browser.opens("/console/hours")
            page = await browser.presses("Save these days", **{"kind": "away", **given})
            assert page.status == 422
            assert words in page.words
            assert f'id="wrong-{field}"' in page.html
            assert value_of(page, "first") == [given["first"]]
    async with office.runtime.database.reading() as session:
        assert (await session.scalars(select(Override))).all() == []


# --- One's own calendar ---------------------------------------------------------------------


async def test_a_coach_gives_her_calendar_and_it_is_never_shown_again(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses("Save the address", address="http://cal.example/a.ics")
        assert page.status == 422
        assert "The address must begin with https://." in page.words
        assert value_of(page, "address") == ["http://cal.example/a.ics"]
        page = await browser.presses("Save the address", address="https://cal.example/secret.ics")
        assert "It will be read in a few minutes." in page.words
        assert "secret.ics" not in page.html
        async with office.runtime.database.writing() as session:
            now = office.runtime.clock.now()
            await session.execute(
                update(Staff).values(busy_fault="NotACalendar", busy_read_at=now)
            )
        page = await browser.opens("/console/hours")
        assert "What is at the address is not a calendar. Last tried: Today 08:00." in page.words
        page = await browser.presses("Do not read my calendar any more")
        assert "Last tried" not in page.words


async def test_a_coach_makes_and_ends_the_address_of_her_meetings(office: Office) -> None:
    async with office.signed_in() as browser:
        await browser.opens("/console/hours")
        page = await browser.presses("Make an address")
        assert "/calendar/" in page.html
        page = await browser.presses("End this address")
        assert "/calendar/" not in page.html


async def test_nobody_touches_the_calendar_of_another(office: Office) -> None:
    async with office.signed_in("bo", "coordinator") as browser:
        page = await browser.opens("/console/hours?coach=amina")
        assert "Your own calendar" not in page.words
        for part in ("calendar", "feed"):
            sent = [("csrf", browser.csrf), ("coach", "amina"), ("do", "make")]
            assert (await browser.sends(f"/console/hours/{part}", sent)).status == 403


# --- Closed days ----------------------------------------------------------------------------


async def test_a_day_is_closed_and_what_is_booked_then_is_shown(office: Office) -> None:
    await anna_books(office)
    async with office.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/closures")
        page = await browser.presses(
            "Close this day", day="2026-11-24", unit="*", start="", name="Flytt"
        )
        assert "Tuesday 24 November (24/11) 2026 Flytt All places" in page.words
        assert "It is closed then." in page.words
        assert (await known(office)).closed_from(TUESDAY, "centre") == 0
        page = await browser.presses("Open this day")
        assert "No day is closed." in page.words
    assert (await known(office)).closed_from(TUESDAY, "centre") is None
    actions = [action for _who, action in await office.journal("closure")]
    assert actions == ["closed", "opened"]


async def test_a_holiday_that_staff_open_stays_open(centre: Office) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        page = await browser.opens("/console/closures")
        assert "Thursday 24 December (24/12) 2026 Julafton" in page.words
        sent = [("csrf", browser.csrf), ("do", "open"), ("day", "2026-12-24"), ("unit", "*")]
        page = await browser.sends("/console/closures", sent)
        assert "Julafton All places · Open all the same" in page.words
    async with centre.runtime.database.writing() as session:
        await apply(session, centre.runtime.site, MONDAY)
    assert (await known(centre)).closed_from(date(2026, 12, 24), "etableringscentrum") is None
    async with centre.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/closures")
        await browser.presses("Close again")
    assert (await known(centre)).closed_from(date(2026, 12, 24), "etableringscentrum") == 0


async def test_a_holiday_can_be_half_a_day(centre: Office) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        page = await browser.opens("/console/closures?day=2026-12-31&unit=*")
        assert value_of(page, "name")[0] == "Nyårsafton"
        page = await browser.presses("Close this day", start="12:00")
        assert "Closed from 12:00" in page.words
    async with centre.runtime.database.reading() as session:
        row = await session.get_one(Closure, (date(2026, 12, 31), "*"))
    assert (row.from_minute, row.name) == (NOON, "Nyårsafton")


WRONG_CLOSURES: list[tuple[dict[str, Any], str, str]] = [
    ({"day": ""}, "day", "Choose a day."),
    ({"day": "2026-11-22"}, "day", "That day has passed."),
    ({"day": "2036-11-22"}, "day", "That day is more than three years away."),
    ({"name": " "}, "name", "Write why it is closed"),
    ({"name": "x" * 81}, "name", "This is too long."),
    ({"start": "noon"}, "start", "Write a time, such as 09:00."),
    ({"start": "24:00"}, "start", "Write a time, such as 09:00."),
    ({"day": "2027-03-28", "start": "02:30"}, "start", "the clocks go forward then."),
    ({"unit": "nowhere"}, "unit", "Choose a place."),
]


async def test_a_closure_that_cannot_be_is_told_at_its_field(
    office: Office,
) -> None:
    whole: dict[str, object] = {"day": "2026-12-01", "unit": "*", "start": "", "name": "Flytt"}
    async with office.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/closures")
        for given, field, words in WRONG_CLOSURES:
            page = await browser.presses("Close this day", **{**whole, **given})
            assert page.status == 422
            assert words in page.words
            assert f'id="wrong-{field}"' in page.html
    async with office.runtime.database.reading() as session:
        assert (await session.scalars(select(Closure))).all() == []


async def test_a_coach_sees_closed_days_and_changes_none(centre: Office) -> None:
    async with centre.signed_in() as browser:
        page = await browser.opens("/console/closures")
        assert "Julafton" in page.words
        assert "Close this day" not in page.words
        sent = [("csrf", browser.csrf), ("do", "open"), ("day", "2026-12-24"), ("unit", "*")]
        assert (await browser.sends("/console/closures", sent)).status == 403
        assert (await browser.opens("/console/services")).status == 403


# --- Services and places --------------------------------------------------------------------


async def test_a_service_is_changed_here_and_the_rest_still_comes_from_the_file(
    centre: Office,
) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/services/coaching")
        page = await saves(browser, minutes="30", per_day="5", by_request="yes")
        assert page.response.url.path == "/console/services"
        assert "30 minutes" in page.words
        assert "Changed here" in page.words
    coaching = (await known(centre)).services["coaching"]
    assert (coaching.service.minutes, coaching.per_day, coaching.service.by_request) == (
        *(30, 5, True),
    )
    assert coaching.service.modes == ("on_site", "phone", "video")
    async with centre.runtime.database.writing() as session:
        row = await session.get_one(Service, "coaching")
        assert row.edits == {"minutes": 30, "per_day": 5, "by_request": True}
        row.after_minutes = 99  # as an older file said
    async with centre.runtime.database.writing() as session:
        assert await apply(session, centre.runtime.site, MONDAY)
    coaching = (await known(centre)).services["coaching"]
    assert (coaching.service.minutes, coaching.after) == (30, 10)


async def test_as_in_the_site_file_again(centre: Office) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/services/coaching")
        await saves(browser, minutes="30", per_day="5")
        await browser.opens("/console/services/coaching")
        await saves(browser, filed="minutes", minutes="31")
    async with centre.runtime.database.reading() as session:
        row = await session.get_one(Service, "coaching")
    assert (row.minutes, row.edits) == (45, {"per_day": 5})
    edited = [data async for data in edits_of(centre, "service")]
    assert edited == ["minutes per_day", "minutes"]


async def edits_of(office: Office, entity: str):
    async with office.runtime.database.reading() as session:
        rows = await session.scalars(
            select(Journal.data).where(Journal.entity == entity).order_by(Journal.id)
        )
        for data in rows:
            yield data["columns"]


async def test_a_service_can_be_closed_and_stays_closed(centre: Office) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        await browser.opens("/console/services/advice")
        page = await saves(browser, is_open=[])
        assert "Cannot be booked" in page.words
    async with centre.runtime.database.writing() as session:
        await apply(session, centre.runtime.site, MONDAY)
    assert not (await known(centre)).services["advice"].is_open


WRONG_SERVICES: list[tuple[dict[str, Any], str, str]] = [
    ({"minutes": "4"}, "minutes", "Write a whole number from 5 to 600."),
    ({"minutes": "long"}, "minutes", "Write a whole number from 5 to 600."),
    ({"minutes": ""}, "minutes", "Write a whole number from 5 to 600."),
    ({"per_day": "0"}, "per_day", "Write a whole number from 1 to 50."),
    ({"modes": []}, "modes", "Choose at least one."),
    ({"modes": ["letter"]}, "modes", "Choose at least one."),
    ({"units": ["nowhere"]}, "units", "Choose a place."),
    ({"name-sv": ""}, "name-sv", "Write it in Swedish too."),
    ({"about-en": "x" * 601}, "about-en", "This is too long."),
]


async def test_a_service_that_cannot_be_is_told_at_its_field_and_kept_as_typed(
    centre: Office,
) -> None:
    async with centre.signed_in("bo", "coordinator") as browser:
        for given, field, words in WRONG_SERVICES:
            await browser.opens("/console/services/coaching")
            page = await saves(browser, **{"after_minutes": "17", **given})
            assert page.status == 422
            assert words in page.words
            assert f'id="wrong-{field}"' in page.html
            assert value_of(page, "after_minutes") == ["17"]
    async with centre.runtime.database.reading() as session:
        row = await session.get_one(Service, "coaching")
    assert (row.minutes, row.after_minutes, row.edits) == (45, 10, {})


async def test_a_place_is_changed_here(centre: Office) -> None:
    async with centre.signed_in("bo", "admin") as browser:
        await browser.opens("/console/units/jobbtorg-jarva")
        page = await saves(
            browser,
            address="Kista torg 7, Kista",
            floor="plan 3",
            districts="Kista\nRinkeby\n\nRinkeby",
            **{"step_free-sv": "Hissen är trasig."},
        )
        assert "Kista torg 7, Kista · plan 3 · Kista, Rinkeby · Changed here" in page.words
    catalogue = await known(centre)
    unit = catalogue.units["jobbtorg-jarva"]
    assert (unit.address, unit.floor) == ("Kista torg 7, Kista", "plan 3")
    assert unit.step_free is not None
    assert unit.step_free.in_language(("sv",)) == "Hissen är trasig."
    assert catalogue.unit_for("Tensta") is None
    async with centre.runtime.database.reading() as session:
        row = await session.get_one(Unit, "jobbtorg-jarva")
    assert sorted(row.edits) == ["address", "districts", "floor", "step_free"]


async def test_a_place_needs_a_name_and_a_link_that_can_be_followed(centre: Office) -> None:
    async with centre.signed_in("bo", "admin") as browser:
        await browser.opens("/console/units/jobbtorg-jarva")
        page = await saves(browser, name=" ", map_url="javascript:alert(1)", **{"door-sv": ""})
        assert page.status == 422
        for field in ("name", "map_url", "door-sv"):
            assert f'id="wrong-{field}"' in page.html
    assert (await known(centre)).units["jobbtorg-jarva"].name == "Jobbtorg Järva"


async def test_two_who_change_the_same_place_do_not_overwrite_each_other(centre: Office) -> None:
    path = "/console/units/jobbtorg-jarva"
    async with centre.signed_in("bo", "admin") as first, centre.signed_in("bo", "admin") as second:
        await first.opens(path)
        await second.opens(path)
        await saves(first, floor="plan 3")
        page = await saves(second, floor="plan 4")
        assert page.status == 409
        assert value_of(page, "floor") == ["plan 3"]
    assert (await known(centre)).units["jobbtorg-jarva"].floor == "plan 3"


async def test_a_service_that_is_not_there_is_not_shown(office: Office) -> None:
    async with office.signed_in("bo", "admin") as browser:
        for path in ("/console/services/nothing", "/console/units/nowhere"):
            assert (await browser.opens(path)).status == 404
            await browser.opens("/console/closures")
            page = await browser.sends(path, [("csrf", browser.csrf)])
            assert page.status == 404


async def test_an_administrator_without_hours_sees_those_of_the_first_coach(
    office: Office,
) -> None:
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).where(Staff.username == "bo").values(services=[]))
    async with office.signed_in("bo", "admin") as browser:
        page = await browser.opens("/console/hours")
        assert "Every week: Amina" in page.words
        links = [words for _href, words in page.links]
        assert "Services" in links


async def menu(browser: Browser) -> list[str]:
    page = await browser.opens("/console/closures")
    return [words for _href, words in page.links]


async def test_a_coach_is_not_shown_what_she_may_not_change(office: Office) -> None:
    async with office.signed_in() as browser:
        assert "Services" not in await menu(browser)
