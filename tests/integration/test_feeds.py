"""Calendars to subscribe to: whose they are, what they show, and when they are dead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import update

from backend.app import create_app
from backend.console.people import code_of
from backend.database import Database
from backend.models import Staff
from backend.services import feeds
from backend.services.feeds import Feeds, Kind
from backend.work import Work
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import Person
from tests.ics_gate import Part, check
from tests.integration.console_office import ORIGIN, Office, open_office
from tests.integration.test_erasure import asks_to_be_deleted
from tests.integration.test_meeting_page import books, everything, own_work


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> Office:
    office = await open_office(database, clock, tmp_path, texts)
    return replace(office, app=create_app(office.runtime))


@pytest.fixture
async def client(office: Office) -> AsyncIterator[AsyncClient]:
    """A calendar program."""
    transport = ASGITransport(office.app)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


def hers(office: Office, person: str, work: Work) -> Feeds:
    return Feeds(person, work, office.runtime.cache.links)


async def subscribes(office: Office, person: Person) -> str:
    """The path of her calendar."""
    async with own_work(office) as work:
        address = await hers(office, await person.id(), work).address()
    return address.removeprefix(office.runtime.cache.links.url)


async def staff_calendar(office: Office, staff: str, kind: Kind = "staff") -> str:
    async with own_work(office) as work:
        feed = await feeds.make(work, kind, staff)
    return path_of(office, feed)


def path_of(office: Office, feed: str) -> str:
    links = office.runtime.cache.links
    return links.calendar(feed).removeprefix(links.url)


def events(response: Response) -> list[Part]:
    assert response.status_code == 200
    return check(response.content).parts


async def test_her_calendar_has_her_meeting_in_her_language(
    office: Office, client: AsyncClient
) -> None:
    anna = office.person()
    await books(office, "العربية", anna)
    response = await client.get(await subscribes(office, anna))
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, max-age=900"
    (event,) = events(response)
    assert event.one("SUMMARY").parameters == {"LANGUAGE": "ar"}
    assert "لقاء مع مدرب" in event.one("SUMMARY").text
    assert event.one("DTSTART").value == "20261124T080000Z"
    assert "/m/" in event.one("URL").value


async def test_nobody_elses_meeting_is_in_it(office: Office, client: AsyncClient) -> None:
    anna, bea = office.person(), office.person("bea")
    await books(office, person=anna)
    await bea.settles()
    assert events(await client.get(await subscribes(office, bea))) == []


async def test_she_has_one_address_until_she_stops_it(office: Office, client: AsyncClient) -> None:
    anna = office.person()
    await books(office, person=anna)
    path = await subscribes(office, anna)
    assert await subscribes(office, anna) == path
    async with own_work(office) as work:
        await hers(office, await anna.id(), work).stop()
    assert (await client.get(path)).status_code == 404
    again = await subscribes(office, anna)
    assert again != path
    assert (await client.get(again)).status_code == 200
    assert await office.journal("feed") == [
        ("person", "made"), ("person", "revoked"), ("person", "made")
    ]  # fmt: skip


async def test_stopping_one_persons_calendar_leaves_the_others(
    office: Office, client: AsyncClient
) -> None:
    anna, bea = office.person(), office.person("bea")
    for person in (anna, bea):
        await person.settles()
    path = await subscribes(office, bea)
    async with own_work(office) as work:
        await hers(office, await anna.id(), work).stop()
        await feeds.revoke(work, "staff", await bea.id())
    assert (await client.get(path)).status_code == 200


async def test_what_has_been_stays_for_thirty_days_and_what_is_called_off_goes(
    office: Office, client: AsyncClient, clock: FrozenClock
) -> None:
    anna = office.person()
    meeting = await books(office, person=anna)
    path = await subscribes(office, anna)
    clock.forward(days=30)
    assert len(events(await client.get(path))) == 1
    clock.forward(days=2)
    assert events(await client.get(path)) == []
    clock.forward(days=-32)
    async with office.browser() as browser:
        await browser.opens(f"{meeting}/cancel?lang=en")
        await browser.presses("Yes, cancel it")
    assert events(await client.get(path)) == []


async def test_a_calendar_that_is_known_is_not_sent_again(
    office: Office, client: AsyncClient, clock: FrozenClock
) -> None:
    anna = office.person()
    meeting = await books(office, person=anna)
    path = await subscribes(office, anna)
    first = await client.get(path)
    clock.forward(minutes=15)
    known = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = await client.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    async with office.browser() as browser:
        page = await browser.opens(f"{meeting}/move?lang=en")
        await browser.presses("Yes, move it", slot=page.forms[0].fields[1].value)
    moved = await client.get(path, headers=known)
    (before,), (after,) = events(first), events(moved)
    assert after.one("UID").value == before.one("UID").value
    assert int(after.one("SEQUENCE").value) == int(before.one("SEQUENCE").value) + 1
    assert after.one("DTSTART").value != before.one("DTSTART").value


async def test_a_coachs_calendar_has_a_code_and_no_way_to_act_for_the_person(
    office: Office, client: AsyncClient
) -> None:
    anna = office.person()
    await books(office, "العربية", anna)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(language="sv"))
    found = {
        coach: events(await client.get(await staff_calendar(office, coach)))
        for coach in ("amina", "bo", "carla")
    }
    (event,) = [each for its in found.values() for each in its]
    assert event.one("SUMMARY").text == f"Coachning, {code_of(await anna.id())}"
    assert "arabiska" in event.one("DESCRIPTION").text
    assert event.all("URL") == []


async def test_a_coach_sees_a_past_meeting_of_one_who_was_deleted_without_her(
    office: Office, client: AsyncClient, clock: FrozenClock
) -> None:
    anna = office.person()
    await books(office, person=anna)
    code = code_of(await anna.id())
    paths = [await staff_calendar(office, coach) for coach in ("amina", "bo", "carla")]
    clock.forward(days=2)
    await asks_to_be_deleted(anna)
    (event,) = [event for path in paths for event in events(await client.get(path))]
    assert code not in event.one("SUMMARY").text


async def test_the_calendar_of_one_who_has_left_is_dead(
    office: Office, client: AsyncClient
) -> None:
    path = await staff_calendar(office, "amina")
    assert (await client.get(path)).status_code == 200
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(is_active=False))
    assert (await client.get(path)).status_code == 404
    nobody = await staff_calendar(office, "nobody")
    assert (await client.get(nobody)).status_code == 404


async def test_the_calendar_of_one_who_was_deleted_is_dead_and_its_row_gone(
    office: Office, client: AsyncClient
) -> None:
    anna = office.person()
    await books(office, person=anna)
    path = await subscribes(office, anna)
    kept = await staff_calendar(office, "amina")
    await asks_to_be_deleted(anna)
    assert (await client.get(path)).status_code == 404
    assert (await client.get(kept)).status_code == 200
    assert await count(office.runtime.database, "feed", "kind = 'person'") == 0


async def test_a_person_cannot_be_read_as_staff(office: Office, client: AsyncClient) -> None:
    anna = office.person()
    await books(office, person=anna)
    assert (await client.get(await staff_calendar(office, await anna.id()))).status_code == 404
    as_person = await staff_calendar(office, "amina", "person")
    assert (await client.get(as_person)).status_code == 404


async def test_a_forged_address_opens_nothing(office: Office, client: AsyncClient) -> None:
    anna = office.person()
    await books(office, person=anna)
    path = await subscribes(office, anna)
    feed = path.removeprefix("/calendar/").partition(".")[0]
    links = office.runtime.cache.links
    for token in (feed, f"{feed}.", f"{feed}.AAAA", links.token("meeting", feed), "%00.ሰ"):
        assert (await client.get(f"/calendar/{token}.ics")).status_code == 404


async def test_reading_a_calendar_changes_nothing(office: Office, client: AsyncClient) -> None:
    anna = office.person()
    await books(office, person=anna)
    paths = [await subscribes(office, anna), await staff_calendar(office, "amina")]
    before = await everything(office)
    for path in paths:
        assert (await client.get(path)).status_code == 200
        assert (await client.head(path)).status_code == 200
    assert await everything(office) == before
