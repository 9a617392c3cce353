"""Machine translation where people write to each other: beside the words, never instead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from backend.database import Database
from backend.models import Conversation, Message
from backend.settings import Settings
from backend.translation import LibreTranslate
from backend.translation.incoming import MOST_TRIES, Translations
from backend.translation.showing import as_delivered
from backend.widget.feed import feed
from tests.chat import plain
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import (
    Office,
    every_msgid,
    leaves_a_message,
    open_office,
    translated,
)
from tests.translation_server import BROKEN, NEVER, PAGE, SPOILED, TranslationServer

QUESTION, ANSWER = "أين أسجل؟", "Hej! Kom 14:30 med ditt personnummer."
IN_SWEDISH, IN_ARABIC = "Var skriver jag in mig؟", "مرحبا! تعال 14:30 ومعك personnummer."
NOT_TRANSLATED = "Sent in Swedish, without a translation"


@pytest.fixture
async def server() -> AsyncIterator[TranslationServer]:
    async with TranslationServer() as server:
        yield server


@pytest.fixture
async def office(
    database: Database, clock: FrozenClock, tmp_path: Path, server: TranslationServer
) -> AsyncIterator[Office]:
    texts = translated({"ar": {msgid: msgid for msgid in every_msgid()}})
    office = await open_office(database, clock, tmp_path, texts, translate_url=server.url)
    yield office
    await translator_of(office).close()


def translator_of(office: Office) -> LibreTranslate:
    found = office.runtime.translator
    assert isinstance(found, LibreTranslate)
    return found


async def asks(office: Office, channel: str = "web", owner: str = "queue") -> tuple[Person, str]:
    """Anna reads Arabic and has asked a person something."""
    anna = office.person(channel=channel)
    thread = await leaves_a_message(anna, QUESTION, "العربية")
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(owner=owner))
    return anna, thread


def translations(office: Office) -> Translations:
    runtime = office.runtime
    return Translations(runtime.database, runtime.clock, runtime.hub, translator_of(office))


async def her_words(office: Office) -> Message:
    rows = [row for row in await office.messages(direction="in") if QUESTION in str(row.body)]
    return rows[-1]


async def answers(office: Office, thread: str) -> tuple[Message, str]:
    """A coach answers; the row, and what she reads on her page then."""
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Send", text=ANSWER)
    rows = [row for row in await office.messages(author="coach") if row.seq]
    return rows[-1], page.words


# --- From the coach to the newcomer -----------------------------------------------------------


async def test_an_answer_goes_out_with_its_translation_and_both_are_kept(office: Office):
    _anna, thread = await asks(office)

    row, page = await answers(office, thread)

    assert row.translation is not None
    assert row.translation["language"] == "ar"
    assert plain(row.translation["text"]) == IN_ARABIC
    assert ANSWER in str(row.body)
    assert f"{ANSWER} Machine translation {IN_ARABIC}" in page
    assert NOT_TRANSLATED not in page


async def test_the_widget_reads_what_was_written_and_the_translation_beside_it(office: Office):
    _anna, thread = await asks(office)
    row, _page = await answers(office, thread)
    async with office.runtime.database.reading() as session:
        conversation = await session.get_one(Conversation, thread)

    found = await feed(office.runtime, conversation, 0)

    (message,) = [each for each in found["messages"] if each["id"] == row.id]
    assert ANSWER in plain(message["text"])
    translation = message["translation"]
    assert plain(translation.pop("text")) == IN_ARABIC
    assert plain(translation.pop("label")) == "Machine translation"
    assert translation == {"language": "ar", "direction": "rtl"}
    others = [each for each in found["messages"] if each["id"] != row.id]
    assert [each["translation"] for each in others] == [None] * len(others)


async def test_telegram_gets_both_in_one_message_the_translation_first(office: Office):
    _anna, thread = await asks(office, "telegram")
    await answers(office, thread)

    await office.house.sender.send_due()

    rendered = office.house.push.delivered[-1][2]
    lines = [plain(line) for line in rendered.text.split("\n\n")]
    above = lines.index("Machine translation:")
    assert lines[above:] == ["Machine translation:", IN_ARABIC, "As it was written:", ANSWER]


@pytest.mark.parametrize("fault", [BROKEN, PAGE, NEVER])
async def test_when_it_fails_the_original_goes_through_and_the_coach_sees_it(
    office: Office, server: TranslationServer, fault
):
    _anna, thread = await asks(office)
    translator_of(office).patience = timedelta(milliseconds=300)
    server.faults.append(fault)

    row, page = await answers(office, thread)

    assert row.translation is None
    assert row.state == "sent"
    assert ANSWER in str(row.body)
    assert NOT_TRANSLATED in page
    assert plain(as_delivered(office.runtime.renderer, row).text).endswith(ANSWER)


async def test_a_translation_that_lost_the_time_is_not_sent(
    office: Office, server: TranslationServer
):
    _anna, thread = await asks(office)
    server.spoils = SPOILED["a mark lost"]

    row, page = await answers(office, thread)

    assert row.translation is None
    assert NOT_TRANSLATED in page


async def test_whoever_reads_swedish_needs_none(office: Office, server: TranslationServer):
    _anna, thread = await asks(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(language="sv"))

    _row, page = await answers(office, thread)

    assert server.requests == []
    assert NOT_TRANSLATED not in page


async def test_a_language_the_server_does_not_know_goes_as_it_is(
    office: Office, server: TranslationServer
):
    _anna, thread = await asks(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(language="so"))

    row, page = await answers(office, thread)

    assert row.translation is None
    assert server.requests == ["languages"]
    assert NOT_TRANSLATED in page


async def test_a_translation_in_another_language_than_hers_now_is_not_put_into_a_message(
    office: Office,
):
    _anna, thread = await asks(office)
    row, _page = await answers(office, thread)
    row.language = "en"

    assert "Machine translation:" not in plain(as_delivered(office.runtime.renderer, row).text)


# --- From the newcomer to the coach -----------------------------------------------------------


async def test_what_she_writes_is_translated_for_the_coach_and_open_pages_see_it(office: Office):
    _anna, thread = await asks(office)
    before = await her_words(office)

    await translations(office).translate_due()

    row = await her_words(office)
    assert row.translation == {"language": "sv", "text": IN_SWEDISH}
    assert QUESTION in str(row.body)
    assert (row.changed or 0) > (before.changed or 0)
    assert row.seq == before.seq
    async with office.runtime.database.reading() as session:
        conversation = await session.get_one(Conversation, thread)
    assert conversation.counter == row.changed
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert f"{QUESTION} Machine translation {IN_SWEDISH}" in page.words
    found = await feed(office.runtime, conversation, 0)
    assert all(each["translation"] is None for each in found["messages"])


async def test_it_is_translated_once(office: Office, server: TranslationServer):
    await asks(office)
    for _round in range(3):
        await translations(office).translate_due()

    assert server.requests.count("translate") == 1


async def test_what_she_says_to_the_assistant_is_not_sent_to_the_server(
    office: Office, server: TranslationServer
):
    await asks(office, owner="assistant")

    await translations(office).translate_due()

    assert server.requests == []
    assert (await her_words(office)).translation is None


async def test_what_she_wrote_long_before_she_asked_is_not_sent_either(
    office: Office, server: TranslationServer
):
    await asks(office)
    asked_at = office.runtime.clock.now() + timedelta(minutes=31)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(asked_at=asked_at))

    await translations(office).translate_due()

    assert server.requests == []


async def test_after_a_few_tries_it_stays_as_she_wrote_it(
    office: Office, server: TranslationServer
):
    await asks(office)
    server.faults.extend([BROKEN] * 10)
    for _round in range(10):
        await translations(office).translate_due()

    assert len(server.requests) == MOST_TRIES
    assert (await her_words(office)).translation is None


async def test_a_silent_server_is_asked_again_later_and_the_wait_counts_as_no_try(
    office: Office, server: TranslationServer, clock: FrozenClock
):
    await asks(office)
    translator = translator_of(office)
    translator.patience = timedelta(milliseconds=50)
    server.faults.append(NEVER)
    for _round in range(10):
        await translations(office).translate_due()
    assert (await her_words(office)).attempts == 1
    translator.patience = timedelta(seconds=3)
    clock.forward(minutes=1)

    await translations(office).translate_due()

    assert (await her_words(office)).translation is not None


async def test_a_language_nobody_knows_is_asked_about_once(
    office: Office, server: TranslationServer
):
    await asks(office)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(language="ti"))
    # Arabic letters in a Tigrinya conversation: the server is to recognise them.
    await translations(office).translate_due()
    assert server.asked[-1]["source"] == "auto"


async def test_whoever_is_deleted_meanwhile_stops_no_other(
    office: Office, server: TranslationServer
):
    await asks(office)
    other = office.person("bea")
    await leaves_a_message(other, QUESTION, "العربية")
    async with office.runtime.database.writing() as session:
        await session.execute(update(Conversation).values(owner="left"))
    rows = [row for row in await office.messages(direction="in") if QUESTION in str(row.body)]
    rows[0].conversation_id = "gone"

    for row in rows:
        await translations(office)._translate(row, "ar")

    kept = [row.translation for row in await office.messages(direction="in", id=rows[1].id)]
    assert kept == [{"language": "sv", "text": IN_SWEDISH}]


# --- Off by default ---------------------------------------------------------------------------


async def test_without_a_setting_nothing_is_asked_and_nothing_is_said(
    database: Database, clock: FrozenClock, tmp_path: Path, server: TranslationServer
):
    office = await open_office(database, clock, tmp_path)
    assert office.runtime.translator is None
    _anna, thread = await asks(office)

    row, page = await answers(office, thread)

    assert row.translation is None
    assert NOT_TRANSLATED not in page
    assert "It is not translated." in page
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["https://translate.example", "http://127.0.0.1:5000", "http://translate:5000", ""]
)
def test_a_server_of_ones_own_may_be_asked_without_https(url: str):
    assert Settings(translate_url=url).translate_url == url


@pytest.mark.parametrize("url", ["http://translate.example", "ftp://translate", "translate"])
def test_words_are_told_to_no_other_machine_in_the_clear(url: str):
    with pytest.raises(ValidationError):
        Settings(translate_url=url)
