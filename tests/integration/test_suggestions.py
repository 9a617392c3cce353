"""Associations suggest activities on an open page; coordinators say yes or no, and write back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from backend import console
from backend.api import problems
from backend.database import Database
from backend.gatherings.contact import Contact
from backend.gatherings.suggestions import MOST_WAITING
from backend.models import Journal, Meeting, Series, Service
from backend.pages.suggest import AT_ONCE, PATH, create_router
from backend.services import catalogue as catalogues
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.console_office import Browser, Office, Page, open_office, runtime_of
from tests.smtp_server import SmtpServer

SENDER = "no-reply@centre.example"
MAIL = "eva@forening.example"
SUGGESTIONS = "/console/activities/suggestions"
FILLED = {
    "organiser": "Föreningen Kompis",
    "service": "cv-workshop",
    "name-sv": "Kaffe och svenska",
    "name-ar": "قهوة",
    "about-sv": "Vi pratar",
    "day": "2027-01-11",
    "start": "17:00",
    "end": "19:00",
    "repeats": "weekly",
    "until": "2027-02-01",
    "unit": "centre",
    "seats": "15",
    "mail": MAIL,
}


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return with_suggestions(await open_office(database, clock, tmp_path))


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as running:
        yield running


def with_suggestions(office: Office) -> Office:
    """The office's console, and the open page beside it."""
    office.app.include_router(create_router(office.runtime))
    return office


def writing(office: Office, smtp: SmtpServer, var: Path) -> Office:
    """The same office with a mail server."""
    url = f"smtp://127.0.0.1:{smtp.port}"
    runtime = runtime_of(office.house, var, smtp_url=url, mail_from=SENDER)
    app = FastAPI()
    app.state.runtime = runtime
    problems.install(app)
    console.install(app, runtime)
    return with_suggestions(Office(office.house, runtime, app, office.pauses))


async def suggests(browser: Browser, language: str = "en", **given: str) -> Page:
    """Open the page, fill it in and send it."""
    await browser.opens(f"{PATH}?lang={language}")
    assert browser.page is not None
    (form,) = [form for form in browser.page.forms if form.method == "post"]
    filled = FILLED | {name.replace("_", "-"): value for name, value in given.items()}
    return await browser.sends(form.action, form.filled(**filled))


async def only_series(database: Database) -> Series:
    async with database.reading() as session:
        return (await session.scalars(select(Series))).one()


async def test_a_suggestion_waits_and_nobody_sees_it(office: Office, database: Database) -> None:
    async with office.browser() as browser:
        page = await suggests(browser)
    assert "Thank you! We have got it." in page.words
    row = await only_series(database)
    assert (row.state, row.source, row.organiser) == (
        "suggested",
        "association",
        FILLED["organiser"],
    )
    assert (row.first, row.minutes, row.capacity) == ("2027-01-11T17:00", 120, 15)
    assert row.rule == "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270201T235959"
    assert row.name == {"sv": "Kaffe och svenska", "ar": "قهوة"}
    assert await count(database, "meeting", "series_id IS NOT NULL") == 0
    assert MAIL.encode() not in (row.contact or b"")
    assert Contact.open(office.runtime.vault, row.contact) == Contact(MAIL, "en")


async def test_what_is_accepted_is_among_the_activities(
    office: Office, database: Database
) -> None:
    async with office.browser() as browser:
        await suggests(browser)
    async with office.signed_in(role="coordinator") as browser:
        page = await browser.opens(SUGGESTIONS)
        assert "Föreningen Kompis" in page.words
        assert MAIL in page.words
        assert "until Monday 1 February" in page.words
        page = await browser.presses("Accept", capacity="12", **{"name-sv": "Kaffe"})
        assert "Accepted." in page.words
        assert "No suggestion waits" in page.words
        assert "Kaffe" in (await browser.opens("/console/activities?week=2027-W02")).words
    row = await only_series(database)
    assert (row.state, row.capacity, row.name["sv"], row.contact) == ("open", 12, "Kaffe", None)
    async with database.reading() as session:
        starts = await session.scalars(
            select(Meeting.local_start)
            .where(Meeting.series_id == row.id)
            .order_by(Meeting.starts_at)
        )
        assert list(starts) == [
            f"2027-{day}T17:00" for day in ("01-11", "01-18", "01-25", "02-01")
        ]


async def test_what_is_refused_is_seen_by_nobody(office: Office, database: Database) -> None:
    async with office.browser() as browser:
        await suggests(browser)
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(SUGGESTIONS)
        page = await browser.presses("Refuse")
        assert "Refused. Nobody sees it." in page.words
        assert "Nobody has been written to." in page.words
        assert MAIL in page.words
        assert MAIL not in (await browser.opens(SUGGESTIONS)).words
    row = await only_series(database)
    assert (row.state, row.contact) == ("refused", None)


async def test_two_coordinators_decide_once(office: Office) -> None:
    async with office.browser() as browser:
        await suggests(browser)
    async with office.signed_in(role="coordinator") as first:
        await first.opens(SUGGESTIONS)
        async with office.signed_in("bo", role="admin") as second:
            await second.opens(SUGGESTIONS)
            await second.presses("Refuse")
        page = await first.presses("Accept")
    assert page.status == 422
    assert "This has been decided already." in page.words


async def test_the_association_gets_one_plain_letter(
    office: Office, database: Database, smtp: SmtpServer, tmp_path: Path
) -> None:
    office = writing(office, smtp, tmp_path)
    async with office.browser() as browser:
        page = await suggests(browser)
        assert "We write to you with our answer." in page.words
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(SUGGESTIONS)
        page = await browser.presses("Accept")
        assert "We have written to the association." in page.words
        assert MAIL not in page.words
    (letter,) = smtp.letters
    assert smtp.recipients == [MAIL]
    assert letter["Subject"] == "Your activity: our answer"
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content()
    assert "Kaffe och svenska" in text
    assert "It is now among our activities." in text
    async with database.reading() as session:
        noted = [str(data) for data in await session.scalars(select(Journal.data))]
    assert not any(MAIL in data or "Kaffe" in data for data in noted)


async def test_a_letter_that_is_not_taken_is_told_and_the_decision_stays(
    office: Office, database: Database, smtp: SmtpServer, tmp_path: Path
) -> None:
    office = writing(office, smtp, tmp_path)
    smtp.said["RCPT"] = "550 no such user"
    async with office.browser() as browser:
        await suggests(browser)
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(SUGGESTIONS)
        page = await browser.presses("Refuse")
        assert "The letter could not be sent." in page.words
        assert MAIL in page.words
    assert (await only_series(database)).state == "refused"


async def test_another_address_is_said_in_the_text_and_a_place_must_be_chosen(
    office: Office, database: Database
) -> None:
    async with office.browser() as browser:
        await suggests(browser, unit="elsewhere", place="Hornsgatan 1")
    assert (await only_series(database)).about == {"sv": "Vi pratar (Hornsgatan 1)"}
    async with office.signed_in(role="coordinator") as browser:
        page = await browser.opens(SUGGESTIONS)
        assert "They want to be at another address: Hornsgatan 1" in page.words
        page = await browser.presses("Accept", capacity="9")
        assert page.status == 422
        assert "Choose a place." in page.words
        assert 'value="9"' in page.html
        page = await browser.presses("Accept", unit="centre")
        assert "Accepted." in page.words
    assert (await only_series(database)).capacity == 9


async def test_what_has_passed_meanwhile_cannot_be_accepted(office: Office) -> None:
    async with office.browser() as browser:
        await suggests(browser, repeats="never", day="2026-11-24")
    office.house.clock.forward(hours=48)
    async with office.signed_in(role="coordinator") as browser:
        await browser.opens(SUGGESTIONS)
        page = await browser.presses("Accept")
        assert page.status == 422
        assert "That day has passed." in page.words


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"organiser": ""}, "Write something first."),
        ({"name_sv": ""}, "Write it in Swedish too."),
        ({"about_sv": "", "about_ar": "قهوة"}, "Write it in Swedish too."),
        ({"service": "coaching"}, "Choose one."),
        ({"unit": "elsewhere", "place": ""}, "Write something first."),
        ({"unit": "moon"}, "Choose one."),
        ({"day": "2026-11-01", "repeats": "never"}, "That day has passed."),
        ({"day": "2027-03-28", "start": "02:30", "end": "04:00"}, "That time does not exist"),
        ({"end": "16:00"}, "The end must be later than the beginning."),
        ({"until": "2026-12-01"}, "By this rule it never takes place."),
        ({"until": "soon"}, "This is no day."),
        ({"repeats": "rule"}, "Choose one."),
        ({"seats": "0"}, "Write a whole number from 1 to 500."),
        ({"seats": "²"}, "Write a whole number from 1 to 500."),
        ({"mail": "eva"}, "Write one e-mail address"),
        ({"name_sv": "x" * 121}, "This is too long."),
    ],
)
async def test_what_cannot_be_meant_is_said_beside_its_field_and_kept(
    office: Office, database: Database, given: dict[str, str], says: str
) -> None:
    async with office.browser() as browser:
        page = await suggests(browser, **given)
    assert page.status == 422
    assert says in page.words
    assert "Nothing was sent." in page.words
    assert 'value="Kaffe och svenska"' in page.html or "name_sv" in given
    assert await count(database, "series") == 0


async def test_a_personnummer_is_hidden_before_it_is_kept(
    office: Office, database: Database
) -> None:
    async with office.browser() as browser:
        await suggests(browser, about_sv="Ring Eva 19850412-1234")
    assert (await only_series(database)).about == {"sv": "Ring Eva [•••]"}


async def test_a_field_that_people_do_not_see_catches_programs(
    office: Office, database: Database
) -> None:
    async with office.browser() as browser:
        page = await suggests(browser, website="https://spam.example")
    assert "Thank you! We have got it." in page.words
    assert await count(database, "series") == 0


async def test_the_same_suggestion_twice_is_kept_once(office: Office, database: Database) -> None:
    async with office.browser() as browser:
        await suggests(browser)
        page = await suggests(browser)
    assert "Thank you! We have got it." in page.words
    assert await count(database, "series") == 1


async def test_whoever_sends_very_many_is_asked_to_wait(office: Office) -> None:
    async with office.browser() as browser:
        seen = [(await suggests(browser, organiser="")).status for _ in range(AT_ONCE + 1)]
    assert seen == [422] * AT_ONCE + [429]


async def test_no_more_than_can_be_read_are_kept(office: Office, database: Database) -> None:
    async with office.browser() as browser:
        await suggests(browser)
    await many_more(database)
    async with office.browser() as browser:
        page = await suggests(browser, organiser="En till")
    assert page.status == 503
    assert "We have many suggestions to read now." in page.words
    assert await count(database, "series") == MOST_WAITING


async def many_more(database: Database) -> None:
    """As many suggestions as can wait."""
    async with database.writing() as session:
        row = (await session.scalars(select(Series))).one()
        values = {each.key: getattr(row, each.key) for each in Series.__table__.columns}
        for number in range(MOST_WAITING - 1):
            session.add(Series(**values | {"id": f"s{number}", "uid": f"u{number}"}))


async def test_a_form_of_another_site_is_not_taken(office: Office, database: Database) -> None:
    async with office.browser() as browser:
        await browser.opens(PATH)
        sent = list(FILLED.items())
        page = await browser.sends(PATH, sent, {"Origin": "https://elsewhere.example"})
    assert page.status == 403
    assert await count(database, "series") == 0


async def test_the_page_is_there_in_every_language_and_asks_nobody_else(office: Office) -> None:
    async with office.browser() as browser:
        for language in office.runtime.texts.languages.published:
            page = await browser.opens(f"{PATH}?lang={language.code}")
            assert page.status == 200
            assert f'dir="{language.direction}"' in page.html
            assert not re.findall(r'(?:src|href)="https?:', page.html)
            assert " style=" not in page.html


async def test_without_anything_to_suggest_the_page_says_so(
    office: Office, database: Database
) -> None:
    async with database.writing() as session:
        await session.execute(update(Service).values(is_group=False))
        await catalogues.touch(session)
    async with office.browser() as browser:
        page = await browser.opens(f"{PATH}?lang=en")
    assert "We take no suggestions now." in page.words
