"""A meeting's own page: what it shows and to whom, and that only its forms change anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import structlog
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import select, update

from backend.app import create_app
from backend.database import Database
from backend.models import Base, Booking, Meeting
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import PersonBooking
from backend.services.seeing import SLOT
from backend.work import Work
from dialogs.i18n import Catalogue
from dialogs.ports import Slot
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import COACHES, Person
from tests.ics_gate import check
from tests.integration.console_office import ORIGIN, Office, open_office
from tests.integration.test_erasure import asks_to_be_deleted

TUESDAY = date(2026, 11, 24)
NOT_THERE = "This is not here any more."


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> Office:
    office = await open_office(database, clock, tmp_path, texts)
    return replace(office, app=create_app(office.runtime))


@asynccontextmanager
async def own_work(office: Office) -> AsyncIterator[Work]:
    async with Work.begin(office.runtime.database, office.runtime.clock, "person") as work:
        yield work


async def books(office: Office, language: str = "English", person: Person | None = None) -> str:
    """Somebody new books a coach on Tuesday at nine; the path of the meeting's page."""
    person = person or office.person()
    await person.settles(language)
    async with own_work(office) as work:
        identity, catalogue = await person.id(), CurrentCatalogue(office.runtime.cache, work)
        own = PersonBooking(identity, work, catalogue)
        offers = await PersonCalendar(identity, work, catalogue).on("coaching", TUESDAY, "en")
        booked = await own.confirm(await own.hold(offers[0].slot))
    return path_of(office, booked.booking)


def path_of(office: Office, booking: str) -> str:
    return f"/m/{office.runtime.cache.links.token('meeting', booking)}"


async def the_booking(office: Office) -> Booking:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Booking).order_by(Booking.created_at))).all()[0]


async def everything(office: Office) -> dict[str, list[object]]:
    """Every row of every table."""
    async with office.runtime.database.reading() as session:
        return {
            table.name: [
                tuple(row)
                for row in await session.execute(
                    select(table).order_by(*table.primary_key.columns)
                )
            ]
            for table in Base.metadata.sorted_tables
        }


async def test_the_page_shows_the_meeting_in_her_language_and_in_swedish(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        page = await browser.opens(path)
    assert page.status == 200
    assert "This meeting is booked." in page.words
    assert "Coaching" in page.words
    assert "Coachning" in page.words
    assert "Tuesday 24 November (24/11) 09:00" in page.words
    assert "tisdag 24 november (24/11) 09:00" in page.words
    assert 'lang="sv" dir="ltr"' in page.html
    assert "<svg" in page.html
    assert office.runtime.cache.links.card((await the_booking(office)).id) in page.words


async def test_an_arabic_page_runs_from_right_to_left_and_keeps_names_whole(
    office: Office,
) -> None:
    path = await books(office, language="العربية")
    async with office.browser() as browser:
        page = await browser.opens(path)
    assert '<html lang="ar" dir="rtl">' in page.html
    assert "<bdi>Medborgarplatsen 4</bdi>" in page.html
    assert '<bdi dir="ltr">09:00</bdi>' in page.html
    sides = page.html.partition('<div class="actions">')[0].partition('class="sides"')[2]
    assert not set(sides) & set("\u2066\u2067\u2068\u2069\u200f")
    assert "لقاء مع مدرب" in page.words


async def test_whoever_reads_it_may_choose_another_language(office: Office) -> None:
    path = await books(office, language="العربية")
    async with office.browser() as browser:
        page = await browser.opens(f"{path}?lang=en")
        assert "This meeting is booked." in page.words
        swedish = await browser.opens(f"{path}?lang=sv")
    assert '<html lang="sv" dir="ltr">' in swedish.html
    assert swedish.html.count('class="side"') == 1


async def test_the_page_is_not_kept_not_found_and_not_passed_on(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        for each in (path, f"{path}/meeting.ics", f"{path}/cancel", f"{path}/move", "/m/x.y"):
            headers = (await browser.opens(each)).response.headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Robots-Tag"] == "noindex"
        assert (await browser.opens(path)).response.headers["Referrer-Policy"] == "no-referrer"
        # With no-referrer the form's origin would be "null", and it would be refused.
        form = await browser.opens(f"{path}/cancel")
        assert form.response.headers["Referrer-Policy"] == "same-origin"
        for each in (path, f"{path}/cancel", f"{path}/move"):
            html = (await browser.opens(each)).html
            assert "style=" not in html
            assert "//" not in html.replace(ORIGIN, "").replace("http://127.0.0.1/m/", "").replace(
                "http://www.w3.org/2000/svg", ""
            )


async def test_a_get_and_a_head_of_every_link_change_nothing(office: Office) -> None:
    path = await books(office)
    paths = [path, *(f"{path}/{part}" for part in ("meeting.ics", "cancel", "move"))]
    before = await everything(office)
    async with office.browser() as browser:
        for each in paths:
            assert (await browser.client.get(each)).status_code == 200
            assert (await browser.client.head(each)).status_code == 200
    assert await everything(office) == before


async def test_a_token_that_was_forged_or_made_for_something_else_opens_nothing(
    office: Office,
) -> None:
    await books(office)
    booking, links = (await the_booking(office)).id, office.runtime.cache.links
    forged = [
        booking,
        f"{booking}.",
        f"{booking}.AAAAAAAAAAAAAAAA",
        links.token("calendar", booking),
        links.token("meeting", "no-such-booking"),
        "%00.%ff",
        "åäö.ሰላም",
    ]
    async with office.browser() as browser:
        for token in forged:
            for part in ("", "/cancel", "/move", "/meeting.ics"):
                page = await browser.opens(f"/m/{token}{part}?lang=en")
                assert page.status == 404
                assert NOT_THERE in page.words
            sent = await browser.sends(f"/m/{token}/cancel?lang=en", [("version", "1")])
            assert sent.status == 404
    assert (await the_booking(office)).state == "confirmed"


async def test_one_who_cannot_come_says_so_with_two_taps_and_is_told_once(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        await browser.opens(path)
        await browser.follows("I can't come")
        page = await browser.presses("Yes, cancel it")
        assert "This meeting is cancelled." in page.words
        assert "I can't come" not in page.words
        again = await browser.sends(f"{path}/cancel", [("version", "1")])
        assert again.status == 409
        assert "The meeting has been changed." in again.words
    booking = await the_booking(office)
    assert (booking.state, booking.closed_by, booking.seen_by_staff) == (
        "cancelled", "person", False
    )  # fmt: skip
    assert ("person", "cancelled") in await office.journal("booking")
    assert await count(office.runtime.database, "claim") == 0
    await office.runtime.releaser.release_due()
    told = [row for row in await office.messages() if row.about == f"booking:{booking.id}"]
    assert [row.state for row in told].count("sent") == 1
    assert {row.state for row in told} == {"sent", "void"}
    anna = office.person()
    assert "Thank you for telling us" in await anna.heard()
    assert await anna.labels() == ["Book a new time"]


async def test_a_page_that_is_too_old_cancels_nothing(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        page = await browser.sends(f"{path}/cancel", [("version", "0")])
        assert page.status == 409
        assert "The meeting has been changed." in page.words
        assert (await the_booking(office)).state == "confirmed"
        await browser.presses("Yes, cancel it")
    assert (await the_booking(office)).state == "cancelled"


@pytest.mark.parametrize(
    "origin", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {}]
)
async def test_a_form_of_another_site_is_refused_in_words(
    office: Office, origin: dict[str, str]
) -> None:
    path = await books(office)
    async with office.browser() as browser:
        for part in ("cancel", "move"):
            page = await browser.sends(f"{path}/{part}?lang=en", [("version", "1")], origin)
            assert page.status == 403
            assert "That did not work" in page.words
    assert (await the_booking(office)).state == "confirmed"


async def test_a_form_that_makes_no_sense_is_answered_in_words(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        for sent in ([], [("version", "many")], [("version", "-1")]):
            page = await browser.sends(f"{path}/cancel?lang=en", sent)
            assert page.status == 422
            assert "Nothing was changed." in page.words


async def test_another_time_is_chosen_from_those_that_are_free(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        await browser.opens(path)
        page = await browser.follows("Another time")
        times = [item for item in page.forms[0].fields if item.name == "slot"]
        assert len(times) == 6
        moved = await browser.presses("Yes, move it", slot=times[1].value)
        assert moved.status == 200
        assert "This meeting is booked." in moved.words
        assert "Monday 23 November (23/11) 11:00" in moved.words
    booking = await the_booking(office)
    assert (booking.state, booking.version, booking.seen_by_staff) == ("confirmed", 2, False)
    await office.runtime.releaser.release_due()
    anna = office.person()
    assert "This is the new time" in await anna.heard()
    assert await anna.labels() == ["Change or cancel"]


async def test_when_nothing_is_chosen_the_page_asks_again(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        for slot in ("", "{}", "nonsense"):
            page = await browser.sends(f"{path}/move", [("version", "1"), ("slot", slot)])
            assert page.status == 409
            assert "Choose a time first." in page.words
    assert (await the_booking(office)).version == 1


async def test_a_time_somebody_else_took_meanwhile_leads_to_fresh_ones(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        page = await browser.opens(f"{path}/move")
        times = [item.value for item in page.forms[0].fields if item.name == "slot"]
        await takes(office, SLOT.validate_json(times[0]), "bea")
        page = await browser.presses("Yes, move it", slot=times[0])
    assert page.status == 409
    assert "Someone else just took that time." in page.words
    assert "You still have your old time." in page.words
    fresh = [item.value for item in page.forms[0].fields if item.name == "slot"]
    assert times[0] not in fresh
    assert len(fresh) == 6


async def test_a_time_that_is_not_on_offer_is_not_given(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        page = await browser.opens(f"{path}/move")
        time = page.forms[0].fields[1].value
        for other in (
            time.replace('"coaching"', '"advice"'),
            time.replace("2026-11-23", "2026-11-22"),
            time.replace('"on_site"', '"phone"'),
            time.replace('"centre"', '"elsewhere"'),
        ):
            assert other != time
            page = await browser.sends(f"{path}/move", [("version", "1"), ("slot", other)])
            assert page.status == 409
            assert "That time can no longer be booked." in page.words
    assert (await the_booking(office)).version == 1


async def test_she_is_not_booked_in_two_places_at_once(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        page = await browser.opens(f"{path}/move")
        times = [item.value for item in page.forms[0].fields if item.name == "slot"]
        slot = SLOT.validate_json(times[-1])
        other = next(coach for coach in COACHES if coach != slot.coach)
        await takes(office, replace(slot, service="advice", coach=other), "anna")
        page = await browser.presses("Yes, move it", slot=times[-1])
    assert page.status == 409
    assert "You have something else at that time." in page.words


async def test_a_meeting_that_was_changed_meanwhile_is_shown_as_it_is(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser, office.browser() as elsewhere:
        page = await browser.opens(f"{path}/move")
        time = page.forms[0].fields[1].value
        await elsewhere.opens(f"{path}/cancel")
        await elsewhere.presses("Yes, cancel it")
        page = await browser.presses("Yes, move it", slot=time)
    assert page.status == 409
    assert "The meeting has been changed. This is how it is now." in page.words
    assert "This meeting is cancelled." in page.words
    assert page.forms == []


async def test_a_cancelled_meeting_says_so_and_leaves_the_calendar(office: Office) -> None:
    path = await books(office)
    async with office.browser() as browser:
        await browser.opens(f"{path}/cancel")
        page = await browser.presses("Yes, cancel it")
        assert "Add to your calendar" not in page.words
        file = await browser.client.get(f"{path}/meeting.ics")
        for part in ("cancel", "move"):
            assert (await browser.opens(f"{path}/{part}")).forms == []
    (event,) = check(file.content).parts
    assert event.one("STATUS").value == "CANCELLED"
    assert event.one("SEQUENCE").value == "2"


async def test_a_meeting_that_has_been_cannot_be_changed_and_keeps_its_outcome_to_itself(
    office: Office, clock: FrozenClock
) -> None:
    path = await books(office)
    clock.forward(days=2)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(state="no_show"))
    async with office.browser() as browser:
        page = await browser.opens(path)
        assert "This meeting has been." in page.words
        assert page.forms == []
        sent = await browser.sends(f"{path}/cancel", [("version", "1")])
        assert sent.status == 409
        assert "no_show" not in page.html
    assert (await the_booking(office)).state == "no_show"


async def test_what_is_only_asked_for_says_so_and_is_in_no_calendar(office: Office) -> None:
    path = await books(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(state="requested"))
    async with office.browser() as browser:
        page = await browser.opens(path)
        assert "It is not booked yet." in page.words
        assert "Another time" not in page.words
        assert (await browser.opens(f"{path}/meeting.ics")).status == 404
        await browser.opens(f"{path}/cancel")
        assert "This meeting is cancelled." in (await browser.presses("Yes, cancel it")).words


@pytest.mark.parametrize(("mode", "words"), [("phone", "we call you"), ("video", "/ingang-")])
async def test_the_page_says_how_one_meets(office: Office, mode: str, words: str) -> None:
    path = await books(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Meeting).values(mode=mode))
    async with office.browser() as browser:
        page = await browser.opens(path)
    assert words in page.words
    assert "Medborgarplatsen" not in page.words


async def test_the_page_says_what_has_become_of_the_interpreter(office: Office) -> None:
    path = await books(office)
    async with office.runtime.database.writing() as session:
        need = {"language": "ti", "how": "phone"}
        await session.execute(update(Booking).values(interpreter="booked", interpreter_need=need))
    async with office.browser() as browser:
        page = await browser.opens(path)
    assert "Interpreter: booked (ትግርኛ)." in page.words


async def test_the_file_is_for_a_calendar_and_in_her_language(office: Office) -> None:
    path = await books(office, language="العربية")
    async with office.browser() as browser:
        response = await browser.client.get(f"{path}/meeting.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    calendar = check(response.content)
    assert calendar.one("METHOD").value == "PUBLISH"
    (event,) = calendar.parts
    assert event.one("SUMMARY").parameters == {"LANGUAGE": "ar"}
    assert "لقاء مع مدرب" in event.one("SUMMARY").text
    assert event.one("DTSTART").value == "20261124T080000Z"
    assert event.one("UID").value.startswith((await the_booking(office)).id)


async def test_the_page_of_one_who_was_deleted_is_gone(office: Office) -> None:
    anna = office.person()
    path = await books(office, person=anna)
    await asks_to_be_deleted(anna)
    assert await count(office.runtime.database, "booking") == 1
    async with office.browser() as browser:
        for part in ("", "/cancel", "/move", "/meeting.ics"):
            assert (await browser.opens(path + part)).status == 404


async def test_a_past_meeting_of_one_who_was_deleted_is_gone_too(
    office: Office, clock: FrozenClock
) -> None:
    anna = office.person()
    path = await books(office, person=anna)
    clock.forward(days=2)
    await asks_to_be_deleted(anna)
    async with office.browser() as browser:
        assert (await browser.opens(path)).status == 404


async def test_staff_see_at_once_what_was_called_off(office: Office) -> None:
    path = await books(office)
    async with office.signed_in() as coach, office.browser() as browser:
        await coach.opens("/console")
        await browser.opens(f"{path}/cancel")
        await browser.presses("Yes, cancel it")
        assert "Booking cancelled" in (await coach.opens("/console")).words


async def test_no_address_of_a_page_gets_into_a_log(office: Office, monkeypatch) -> None:
    path = await books(office)

    async def broken(_session: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(office.runtime.cache, "get", broken)
    transport = ASGITransport(office.app, raise_app_exceptions=False)
    with structlog.testing.capture_logs() as logged:
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            assert (await client.get(path)).status_code == 500
    (entry,) = logged
    assert entry["path"] == "/m/{token}"


async def takes(office: Office, slot: Slot, name: str) -> None:
    """Somebody books a time."""
    person = office.person(name)
    if await person.conversation() is None:
        await person.settles()
    async with own_work(office) as work:
        catalogue = CurrentCatalogue(office.runtime.cache, work)
        own = PersonBooking(await person.id(), work, catalogue)
        await own.confirm(await own.hold(slot))
