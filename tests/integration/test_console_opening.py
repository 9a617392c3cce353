"""When people answer, kept in the console: the week, days that differ, and how it will be read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.console.centre.opening_form import LONGEST_NAME
from backend.database import Database
from backend.models import Journal, Staff, Unit
from backend.services import opening
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.services.opening_hours import Stretch
from backend.site import apply
from tests.clock import FrozenClock
from tests.integration.console_office import Browser, Office, Page, open_office

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)
JARVA = "/console/units/jobbtorg-jarva/opening"
EIGHT, HALF_PAST_FOUR = 8 * 60, 16 * 60 + 30


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    """The office with the units of the demonstration's site file."""
    office = await open_office(database, clock, tmp_path)
    await applies(office)
    return office


async def applies(office: Office) -> None:
    """Lay the site file over the database again, as each start does."""
    async with office.runtime.database.writing() as session:
        await apply(session, office.runtime.site, MONDAY)
        await session.execute(update(Staff).values(language="en", is_active=True))


async def known(office: Office) -> Catalogue:
    async with office.runtime.database.reading() as session:
        return await CatalogueCache().get(session)


async def week(office: Office, day: int) -> tuple[Stretch, ...]:
    return (await known(office)).opening["jobbtorg-jarva"].week.get(day, ())


async def saves(browser: Browser, button: str = "Save", **given: object) -> Page:
    """Fill in some inputs, named with _ for -, and press a button."""
    typed = {name.lstrip("_").replace("_", "-"): str(value) for name, value in given.items()}
    assert browser.page is not None
    form, pressed = browser.page.form(button)
    sent = [(name, value) for name, value in form.filled() if name not in typed]
    return await browser.sends(form.action, [*sent, *typed.items(), (pressed.name, pressed.value)])


def values_of(page: Page, name: str) -> list[str]:
    return [field.value for form in page.forms for field in form.fields if field.name == name]


async def test_the_hours_of_the_site_file_are_shown_and_can_be_changed(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        page = await browser.opens("/console/units")
        assert (JARVA, "When people answer: Jobbtorg Järva") in page.links
        page = await browser.opens(JARVA)
        assert values_of(page, "1-0-from") == ["08:00"]
        assert values_of(page, "1-0-to") == ["16:30"]
        assert values_of(page, "6-0-from") == [""]

        page = await saves(browser, _1_0_to="12:00", _1_1_from="13:00", _1_1_to="18:00")

    assert page.status == 200
    assert values_of(page, "1-1-to") == ["18:00"]
    assert await week(office, 1) == (Stretch(EIGHT, 12 * 60), Stretch(13 * 60, 18 * 60))
    assert await week(office, 2) == (Stretch(EIGHT, HALF_PAST_FOUR),)
    assert await office.journal("unit") == [("staff:amina", "edited")]
    async with office.runtime.database.reading() as session:
        (data,) = await session.scalars(select(Journal.data).where(Journal.entity == "unit"))
    assert data == {"columns": "opening"}


async def test_what_is_changed_here_survives_the_site_file_and_goes_back_to_it(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        await saves(browser, _6_0_from="10:00", _6_0_to="14:00")
        await applies(office)
        assert await week(office, 6) == (Stretch(600, 840),)

        page = await browser.opens(JARVA)
        page = await browser.presses("Use the hours of the site file again")

        assert await week(office, 6) == ()
        assert "Use the hours of the site file again" not in page.words
    async with office.runtime.database.reading() as session:
        assert (await session.get_one(Unit, "jobbtorg-jarva")).edits == {}


async def test_the_page_of_the_place_itself_keeps_the_hours(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        await saves(browser, _6_0_from="10:00", _6_0_to="14:00")
        await browser.opens("/console/units/jobbtorg-jarva")
        await browser.presses("Save", floor="plan 3")

    assert await week(office, 6) == (Stretch(600, 840),)


async def test_a_day_that_differs_is_kept_with_its_name_and_taken_back(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        page = await saves(
            browser, d0_day="2026-12-24", d0_name="Jul", d0_0_from="10:00", d0_0_to="12:00"
        )
        assert values_of(page, "d0-name") == ["Jul"]
        page = await saves(browser, d1_day="2026-11-24", d1_name="Städdag")  # nobody answers
        assert values_of(page, "d0-day") == ["2026-11-24"]  # in order

        kept = (await known(office)).opening["jobbtorg-jarva"]
        assert kept.days == {
            date(2026, 11, 24): (),
            date(2026, 12, 24): (Stretch(600, 720),),
        }
        assert kept.names[date(2026, 11, 24)] == "Städdag"

        await saves(browser, remove="0")

    kept = (await known(office)).opening["jobbtorg-jarva"]
    assert list(kept.days) == [date(2026, 12, 24)]
    assert list(kept.names) == [date(2026, 12, 24)]


async def test_midnight_ends_a_day_and_a_night_goes_on(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        page = await saves(
            browser,
            _1_0_from="20:00", _1_0_to="00:00",
            _5_0_from="22:00", _5_0_to="02:00",
            _7_0_from="00:00", _7_0_to="00:00",
        )  # fmt: skip

    assert await week(office, 1) == (Stretch(20 * 60, 24 * 60),)
    assert await week(office, 5) == (Stretch(22 * 60, 26 * 60),)
    assert await week(office, 7) == (Stretch(0, 24 * 60),)
    assert values_of(page, "7-0-to") == ["00:00"]
    assert "20:00–24:00" in page.words
    assert "22:00–02:00" in page.words
    assert "00:00–24:00" in page.words


async def test_a_week_without_times_is_always_closed(office: Office):
    empty = {
        f"_{day}_{number}_{end}": "" for day in range(1, 8) for number in range(3)
        for end in ("from", "to")
    }  # fmt: skip
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        page = await saves(browser, **empty)

    assert page.words.count("Closed") >= 14
    found = opening.state(await known(office), "jobbtorg-jarva", office.runtime.clock.now())
    assert found == opening.Closed(None)


@pytest.mark.parametrize(
    ("given", "at", "says"),
    [
        ({"_1_0_from": "25:00"}, "1-0-from", "Write a time, such as 09:00."),
        ({"_1_0_to": ""}, "1-0-to", "Write a time, such as 09:00."),
        ({"_1_0_from": "nine"}, "1-0-from", "Write a time, such as 09:00."),
        ({"_1_1_from": "12:00", "_1_1_to": "18:00"}, "1-1-from", "These hours overlap"),
        ({"_6_2_from": "12:00", "_6_2_to": "12:00"}, "6-2-from", "The beginning and the end are"),
        ({"_5_0_from": "22:00", "_5_0_to": "02:00", "_5_1_from": "23:00", "_5_1_to": "23:30"},
         "5-1-from", "These hours overlap"),
        ({"d0_0_from": "09:00", "d0_0_to": "10:00"}, "d0-day", "Choose a day."),
        ({"d0_name": "Jul"}, "d0-day", "Choose a day."),
        ({"d0_day": "2026-11-22"}, "d0-day", "That day has passed."),
        ({"d0_day": "2036-11-22"}, "d0-day", "That day is more than three years away."),
        ({"d0_day": "2026-12-01", "d1_day": "2026-12-01"}, "d1-day", "in the list twice"),
        ({"d0_day": "2026-12-01", "d0_name": "x" * (LONGEST_NAME + 1)}, "d0-name", "too long"),
        ({"d0_day": "2026-12-01", "d0_0_from": "9"}, "d0-0-from", "Write a time, such as 09:00."),
    ],
)  # fmt: skip
async def test_hours_that_cannot_be_meant_are_told_at_their_field(
    office: Office, given: dict[str, str], at: str, says: str
):
    before = (await known(office)).opening["jobbtorg-jarva"]
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        page = await saves(browser, **given)

    assert page.status == 422
    assert "Nothing was saved." in page.words
    assert says in page.words
    assert f'id="wrong-{at}"' in page.html
    assert f'aria-describedby="wrong-{at}"' in page.html
    for name, value in given.items():  # what was typed is still there
        assert values_of(page, name.lstrip("_").replace("_", "-")) == [value]
    assert (await known(office)).opening["jobbtorg-jarva"] == before
    assert await office.journal("unit") == []


async def test_two_who_change_it_at_once_do_not_undo_each_other(office: Office):
    async with (
        office.signed_in("amina", "coordinator") as one,
        office.signed_in("bo", "coordinator") as other,
    ):
        await one.opens(JARVA)
        await other.opens(JARVA)
        await saves(one, _6_0_from="10:00", _6_0_to="14:00")
        page = await saves(other, _7_0_from="10:00", _7_0_to="14:00")

    assert page.status == 409
    assert "Nothing was changed now." in page.words
    assert await week(office, 6)
    assert not await week(office, 7)


async def test_the_coming_days_are_shown_as_people_will_read_them(office: Office):
    async with office.signed_in("amina", "coordinator") as browser:
        page = await browser.opens("/console/closures")
        await browser.presses("Close", day="2026-11-25", name="Brandövning", start="12:00")
        page = await browser.opens(f"{JARVA}?language=ar")

    assert 'lang="ar" dir="rtl"' in page.html
    assert "(23/11) 08:00–16:30" in page.words
    assert "(25/11) 08:00–12:00" in page.words
    assert "الاثنين" in page.words
    assert page.html.count("–") >= 10
    assert "(6/12)" in page.words
    assert "(7/12)" not in page.words


async def test_only_coordinators_and_admins_get_there(office: Office):
    for role, status in (("coach", 403), ("editor", 403), ("coordinator", 200), ("admin", 200)):
        async with office.signed_in("amina", role) as browser:
            assert (await browser.opens(JARVA)).status == status


async def test_a_place_that_does_not_exist_is_not_there(office: Office):
    async with office.signed_in("amina", "admin") as browser:
        assert (await browser.opens("/console/units/nowhere/opening")).status == 404


async def test_a_day_that_has_been_is_not_shown_and_not_lost(office: Office, clock: FrozenClock):
    async with office.signed_in("amina", "coordinator") as browser:
        await browser.opens(JARVA)
        await saves(browser, d0_day="2026-11-24", d0_name="Städdag")
    clock.forward(days=2)
    async with office.signed_in("amina", "coordinator") as browser:
        page = await browser.opens(JARVA)
        assert "Städdag" not in page.words
        assert values_of(page, "d0-day") == [""]
        await saves(browser, _6_0_from="10:00", _6_0_to="14:00")

    kept = (await known(office)).opening["jobbtorg-jarva"]
    assert list(kept.days) == [MONDAY + timedelta(days=1)]
    assert opening.is_open(
        await known(office), "jobbtorg-jarva", clock.now().replace(day=SATURDAY.day, hour=10)
    )
