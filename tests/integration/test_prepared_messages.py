"""Prepared messages on the console: found by theme and by words, and never silently Swedish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.database import Database
from backend.models import Conversation, Message
from backend.runtime import LOCALES
from backend.services.prepared import PREPARED, THEMES
from dialogs.i18n import Catalogue, Languages, Table
from tests.clock import FrozenClock
from tests.integration.console_office import (
    Browser,
    Office,
    Page,
    every_msgid,
    leaves_a_message,
    open_office,
)

HOLE = "I need to ask a colleague. I will answer you on {day:day}."
SWEDISH = {
    "From {name}, a person at the centre:": "Från {name} på centret:",
    HOLE: "Jag måste fråga en kollega. Jag svarar dig {day:day}.",
    "You do not need to do anything now.": "Du behöver inte göra något nu.",
    "Please bring something": "Ta med något",
    "The letter you have received": "Brevet som du har fått",
}
UKRAINIAN = {
    "From {name}, a person at the centre:": "Від {name}, людини з центру:",
    "You do not need to do anything now.": "Зараз нічого робити не треба.",
}
SAY_FIRST = "Say first that the person can get it in another language."


def catalogue(without: str = "", unpublished: str = "") -> Catalogue:
    """Ukrainian and Swedish are complete but for one text; a language may not be published."""
    languages = Languages(
        replace(row, published=row.code != unpublished)
        for row in Languages.load(LOCALES / "languages.toml").by_code.values()
    )
    own = {"uk": UKRAINIAN, "sv": SWEDISH}
    tables = {}
    for code, texts in own.items():
        words = {msgid: (texts.get(msgid, f"{code}: {msgid}"),) for msgid in every_msgid()}
        if code == "uk":
            words.pop(without, None)
        tables[code] = Table(words, lambda n: int(n != 1))
    return Catalogue(languages, tables, every_msgid())


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path, catalogue(without=HOLE))


async def reads_ukrainian(office: Office) -> str:
    """A newcomer has left a message; her conversation's id."""
    thread = await leaves_a_message(office.person(), "Hello")
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(language="uk"))
    return thread


async def answers(office: Office) -> list[Message]:
    return [row for row in await office.messages(author="coach") if row.seq]


async def fills_in(browser: Browser, thread: str, name: str, **given: object) -> Page:
    await browser.opens(f"/console/threads/{thread}/prepared/{name}")
    return await browser.presses("Show what it says", **given)


def shown(page: Page) -> list[str]:
    """The messages that are not hidden by a search, by their names."""
    pieces = page.html.split("<li")
    links = [
        piece for piece in pieces if "data-words=" in piece and not piece.startswith(" hidden")
    ]
    return [piece.partition("/prepared/")[2].partition('"')[0] for piece in links]


async def test_the_messages_stand_under_their_themes(office: Office) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert 30 <= len(PREPARED) <= 36
    assert page.html.count('<details class="shelf">') == len(THEMES)
    assert shown(page) == list(PREPARED)
    for theme in THEMES:
        assert f"{theme.title.msgid} ({len(theme.kinds)})" in page.words


async def test_a_message_is_found_by_its_words_without_a_script(office: Office) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Find", find="interpreter BOOKED")
        assert shown(page) == ["interpreter-booked"]
        assert page.html.count('<details class="shelf" open>') == 1
        assert page.html.count('<details class="shelf" hidden>') == len(THEMES) - 1
        assert 'value="interpreter BOOKED"' in page.html
        page = await browser.presses("Find", find="xyzzy")
        assert shown(page) == []
        assert "data-none hidden" not in page.html
        page = await browser.presses("Find", find='"><b>')
        assert "<b>" not in page.html
        page = await browser.presses("Find", find="  ")
        assert shown(page) == list(PREPARED)


async def test_a_swedish_reader_finds_it_by_swedish_words_and_by_what_is_on_its_list(
    office: Office,
) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Svenska")
        page = await browser.opens(f"/console/threads/{thread}?find=brevet")
        assert shown(page) == ["bring"]
        assert "Ta med något" in page.words
        page = await browser.opens(f"/console/threads/{thread}?find=skatteverket")
        assert shown(page) == ["decided-by", "contact", "cannot-help"]


async def test_a_text_that_is_missing_in_her_language_is_told_before_it_is_sent(
    office: Office,
) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await fills_in(browser, thread, "ask-colleague", day="2026-11-24")
        assert "Not all of this message is written in Ukrainian." in page.words
        assert "What is missing, the person gets in Swedish." in page.words
        assert "Від Amina, людини з центру:" in page.words  # the rest is hers
        assert "Jag svarar dig tisdag 24 november (24/11)." in page.words
        page = await browser.presses("Send")  # without having said yes
        assert page.status == 422
        assert SAY_FIRST in page.words
        assert await answers(office) == []
        page = await browser.presses("Send", despite="so")  # yes to another language than hers
        assert page.status == 422
        assert await answers(office) == []
        page = await browser.presses("Send", despite="uk")
        assert page.response.url.path == f"/console/threads/{thread}"
    (row,) = await answers(office)
    assert row.body["parts"][1] == {
        "quote": "Jag måste fråga en kollega. Jag svarar dig tisdag 24 november (24/11).",
        "language": "sv",
    }
    assert row.sent_text == (
        "Від Amina, людини з центру:\n\n"
        "Jag måste fråga en kollega. Jag svarar dig tisdag 24 november (24/11).\n\n"
        "Зараз нічого робити не треба."
    )


async def test_a_message_without_a_gap_needs_no_second_yes(office: Office) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await fills_in(browser, thread, "read-it", day="2026-11-24")
        assert "despite" not in page.html
        page = await browser.presses("Send")
        assert page.status == 200
    (row,) = await answers(office)
    assert all("quote" not in part for part in row.body["parts"])


async def test_a_language_that_is_not_published_any_more_is_read_as_far_as_it_goes(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    texts = catalogue(without=HOLE, unpublished="uk")
    office = await open_office(database, clock, tmp_path, texts)
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await fills_in(browser, thread, "ask-colleague", day="2026-11-24")
        assert "What is missing, the person gets in Swedish." in page.words
        assert (await browser.presses("Send")).status == 422
    assert await answers(office) == []


async def test_an_article_that_is_not_in_her_language_is_told_before_it_is_sent(
    office: Office,
) -> None:
    thread = await reads_ukrainian(office)
    article = office.runtime.answers.library.articles[0]
    assert "uk" not in article.translations
    async with office.signed_in() as browser:
        page = await fills_in(browser, thread, "read-this", article=article.slug)
        title = article.translations["en"].title
        assert f"“{title}” is not written in Ukrainian. The person gets it in Swedish." in (
            page.words
        )
        assert "Not all of this message" not in page.words
        assert (await browser.presses("Send")).status == 422
        assert await answers(office) == []
        assert (await browser.presses("Send", despite="uk")).status == 200
    (row,) = await answers(office)
    assert row.body["buttons"][0]["label"]["words"]["sv"] == article.translations["sv"].title


async def test_a_room_is_shown_as_it_is_written_and_nothing_in_it_is_markup(
    office: Office,
) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await fills_in(browser, thread, "new-room", room="  Sal\t{n} **3** <b> ")
        assert "Sal {n} **3** &lt;b&gt;" in page.html
        await browser.presses("Send")
    (row,) = await answers(office)
    assert row.body["parts"][1]["values"] == {"room": "Sal {n} **3** <b>"}


async def test_danger_is_sent_before_everything_else_and_in_the_fixed_words(
    office: Office,
) -> None:
    thread = await reads_ukrainian(office)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}/prepared/urgent")
        assert 'href="tel:112"' in page.html
        await browser.presses("Send")
    (row,) = await answers(office)
    assert row.body["urgency"] == "crisis"
