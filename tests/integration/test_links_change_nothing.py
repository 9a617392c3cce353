"""A crawler follows every link of every message, in every language, and nothing has changed.

Mail scanners, link previews and curious phones do the same; a link is read, only a button acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from sqlalchemy import select

from backend.app import create_app
from backend.database import Database
from backend.models import Message
from dialogs.i18n import Catalogue
from dialogs.stored import load_reply
from tests.clock import FrozenClock
from tests.house import House, Person
from tests.integration.console_office import ORIGIN, Office, Page, open_office
from tests.integration.line_house import TEN, free, give_only, proposes, round_of, set_service
from tests.integration.test_meeting_page import everything

ADDRESS = re.compile(r"https?://[^\s\u2066-\u2069)\]>\"']+")
MOST_PAGES = 300
OURS = ("/m/", "/calendar/")


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> Office:
    office = await open_office(database, clock, tmp_path, texts)
    return replace(office, app=create_app(office.runtime))


async def books(person: Person, time: str, way: str = "") -> None:
    """A meeting at a time, in one way of meeting, and the page of more about it."""
    await person.says("/book")
    if way:
        await person.taps(way)
    await person.taps(time)
    if way == "By phone":
        await person.says("073 555 01 02")
    await person.taps("Yes, book it")
    await person.taps("More about this meeting")


async def a_lot_happens(house: House) -> None:
    """Meetings of every kind, a request, proposals, an offer, a calendar and reminders."""
    anna, bea, cleo, dana = (house.person(name) for name in ("anna", "bea", "cleo", "dana"))
    for person in (anna, bea, cleo):
        await person.settles()
    await set_service(house, modes=["on_site", "phone", "video"])
    await give_only(house, 4)
    await books(anna, "09:00")
    await anna.taps("My calendar")
    await anna.taps("Show me the address")
    await books(bea, "10:00", "By phone")
    await books(cleo, "11:00", "By video")
    await set_service(house, by_request=True)
    await dana.settles("العربية")
    await dana.says("/book")
    await dana.taps("12:00")
    await dana.taps("Yes, by phone")
    await dana.taps("Yes, ask for it")
    eve, fay = house.person("eve"), house.person("fay")
    await eve.settles()
    await eve.says("/book")
    await eve.taps("Tell me")
    await anna.says("/my")
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    assert await round_of(house) == 1
    await fay.settles()
    await give_only(house, 2, coach="carla", start=TEN)
    await proposes(house, await fay.id(), await free(house))
    await fay.says("/my")
    await fay.taps("Choose a time")
    house.clock.forward(hours=9)
    await house.worker.sweep()
    await house.releaser.release_due()


async def addresses(house: House) -> set[str]:
    """Every address in every message, as sent and as it reads in each language."""
    async with house.database.reading() as session:
        messages = (await session.scalars(select(Message))).all()
    found: set[str] = set()
    for row in messages:
        found |= set(ADDRESS.findall(row.sent_text or ""))
        if row.direction != "out":
            continue
        reply = load_reply(row.body)
        for language in house.texts.languages.published:
            rendered = house.renderer.render(reply, language.code)
            found |= set(ADDRESS.findall(rendered.text))
            found |= {entity.url for entity in rendered.entities if entity.url}
    return {address for address in found if address.startswith("http")}


def links_on(page: Page, address: str) -> Iterator[str]:
    """Where a page leads to within our own house, forms that read among them."""
    for href, _words in page.links:
        yield urldefrag(urljoin(address, href)).url
    for form in page.forms:
        if form.method.lower() == "get":
            yield urljoin(address, form.action)


async def test_no_link_of_any_message_changes_anything(office: Office) -> None:
    await a_lot_happens(office.house)
    before = await everything(office)
    found = await addresses(office.house)
    own = office.runtime.cache.links.url
    waiting = sorted(ORIGIN + each.removeprefix(own) for each in found if each.startswith(own))
    for kind in OURS:
        assert any(kind in address for address in waiting), kind
    assert any(each.startswith(office.runtime.cache.links.video_url) for each in found)
    seen: set[str] = set()
    async with office.browser() as browser:
        while waiting and len(seen) < MOST_PAGES:
            address = waiting.pop()
            if address in seen or not address.startswith(ORIGIN):
                continue
            seen.add(address)
            head = await browser.client.head(address, follow_redirects=True)
            page = await browser.opens(address)
            assert head.status_code < 500
            if page.response.headers.get("content-type", "").startswith("text/html"):
                waiting += links_on(page, address)
    assert len(seen) > len(OURS)
    assert await everything(office) == before
