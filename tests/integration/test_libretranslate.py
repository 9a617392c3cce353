"""The adapter against a translation server: what it asks, and all that it does not believe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.translation import LibreTranslate, TranslationFailed, UnknownLanguage
from backend.translation.languages import spelled, written_in
from backend.translation.translator import (
    Damaged,
    NotATranslation,
    NothingToTranslate,
    Resting,
    Unanswered,
)
from tests.clock import FrozenClock
from tests.translation_server import (
    BROKEN,
    ELSEWHERE,
    EMPTY,
    KEY,
    NEVER,
    PAGE,
    SPOILED,
    Answer,
    TranslationServer,
)

MARK = '<span translate="no">K{}</span>'
TEXT = "Hej! Kom 14:30 med ditt personnummer."


@pytest.fixture
async def server() -> AsyncIterator[TranslationServer]:
    async with TranslationServer() as server:
        yield server


@pytest.fixture
async def translator(
    server: TranslationServer, clock: FrozenClock
) -> AsyncIterator[LibreTranslate]:
    translator = LibreTranslate.at(server.url, "", clock)
    yield translator
    await translator.close()


async def test_words_are_translated_and_all_else_comes_back_as_it_was(
    translator: LibreTranslate, server: TranslationServer
):
    found = await translator.translate(TEXT, "sv", "ar")

    assert found == "مرحبا! تعال \u206614:30\u2069 ومعك personnummer."
    assert server.asked == [
        {
            "q": f"Hej! Kom {MARK.format(0)} med ditt {MARK.format(1)}.",
            "source": "sv",
            "target": "ar",
            "format": "html",
        }
    ]


async def test_numbers_and_addresses_are_not_even_told_to_the_server(
    translator: LibreTranslate, server: TranslationServer
):
    found = await translator.translate("Hej, ring 070 123 45 67 eller a@b.se", "sv", "ar")

    assert "070 123 45 67" in found
    assert "070" not in str(server.asked)
    assert "a@b.se" not in str(server.asked)


async def test_a_text_of_several_lines_keeps_its_lines(translator: LibreTranslate):
    assert await translator.translate("Hej\n\nKom 9", "sv", "ar") == "مرحبا\n\nتعال \u20669\u2069"


async def test_a_key_is_sent_when_there_is_one(clock: FrozenClock):
    async with TranslationServer(KEY) as server:
        without = LibreTranslate.at(server.url, "", clock)
        with pytest.raises(NotATranslation):
            await without.translate("Hej", "sv", "ar")
        within = LibreTranslate.at(f"{server.url}/", KEY, clock)
        assert await within.translate("Hej", "sv", "ar") == "مرحبا"
        await without.close()
        await within.close()


async def test_dari_is_asked_for_as_persian(translator: LibreTranslate, server: TranslationServer):
    assert await translator.translate("Hej", "sv", "fa_AF") == "سلام"
    assert server.asked[0]["target"] == "fa"


async def test_a_language_that_is_not_told_is_left_to_the_server(
    translator: LibreTranslate, server: TranslationServer
):
    with pytest.raises(NothingToTranslate):  # it answers the same words
        await translator.translate("Hello", None, "sv")
    assert server.asked[0]["source"] == "auto"


@pytest.mark.parametrize(("source", "target"), [("so", "sv"), ("sv", "ti"), ("uk", "sv")])
async def test_what_the_server_does_not_know_is_not_sent(
    translator: LibreTranslate, server: TranslationServer, source: str, target: str
):
    with pytest.raises(UnknownLanguage):
        await translator.translate("Hej", source, target)
    assert server.requests == ["languages"]


async def test_languages_are_asked_once_an_hour(
    translator: LibreTranslate, server: TranslationServer, clock: FrozenClock
):
    for _each in range(3):
        await translator.translate("Hej", "sv", "ar")
    assert server.requests.count("languages") == 1
    clock.forward(hours=1)
    await translator.translate("Hej", "sv", "ar")
    assert server.requests.count("languages") == 2


@pytest.mark.parametrize("answer", [PAGE, BROKEN, EMPTY, ELSEWHERE, Answer(200, "[" * 100_000)])
@pytest.mark.parametrize("fails_at", ["languages", "translate"])
async def test_garbage_is_no_translation(
    translator: LibreTranslate, server: TranslationServer, answer: Answer, fails_at: str
):
    if fails_at == "translate":
        await translator.translate("Hej", "sv", "ar")
    server.faults.append(answer)

    with pytest.raises(NotATranslation):
        await translator.translate(TEXT, "sv", "ar")
    assert await translator.translate("Hej", "sv", "ar") == "مرحبا"


@pytest.mark.parametrize("kind", sorted(SPOILED))
async def test_a_translation_that_cannot_be_trusted_is_refused(
    translator: LibreTranslate, server: TranslationServer, kind: str
):
    server.spoils = SPOILED[kind]

    with pytest.raises((NotATranslation, Damaged)):
        await translator.translate(TEXT, "sv", "ar")


async def test_an_endless_answer_is_not_read_to_its_end(
    translator: LibreTranslate, server: TranslationServer
):
    await translator.translate("Hej", "sv", "ar")
    server.faults.append(Answer(200, '{"translatedText": "' + "ja" * 1_000_000 + '"}'))

    with pytest.raises(NotATranslation):
        await translator.translate(TEXT, "sv", "ar")


async def test_a_server_that_never_answers_is_given_up_and_left_alone_for_a_while(
    translator: LibreTranslate, server: TranslationServer, clock: FrozenClock
):
    server.faults.append(NEVER)
    assert translator.patience == timedelta(seconds=3)
    translator.patience = timedelta(milliseconds=50)
    async with asyncio.timeout(3):
        with pytest.raises(Unanswered):
            await translator.translate(TEXT, "sv", "ar")
    asked = len(server.requests)
    with pytest.raises(Resting):
        await translator.translate(TEXT, "sv", "ar")
    assert len(server.requests) == asked
    clock.forward(seconds=30)
    translator.patience = timedelta(seconds=3)
    assert await translator.translate("Hej", "sv", "ar") == "مرحبا"


async def test_a_server_that_is_not_there_is_no_translation(clock: FrozenClock):
    translator = LibreTranslate.at("http://127.0.0.1:9", "", clock)
    with pytest.raises(Unanswered):
        await translator.translate(TEXT, "sv", "ar")
    await translator.close()


async def test_numbers_alone_ask_nobody(translator: LibreTranslate, server: TranslationServer):
    with pytest.raises(NothingToTranslate):
        await translator.translate("112 14:30", "sv", "ar")
    assert server.requests == []


async def test_no_error_and_no_log_holds_a_word_of_what_was_written(
    translator: LibreTranslate, server: TranslationServer, capsys: pytest.CaptureFixture[str]
):
    await translator.translate("Hej", "sv", "ar")
    for fault in (PAGE, BROKEN, NEVER):
        translator.patience = timedelta(seconds=0.05 if fault is NEVER else 3)
        server.faults.append(fault)
        with pytest.raises(TranslationFailed) as found:
            await translator.translate("Hemligheten", "sv", "ar")
        assert "emlig" not in f"{found.value!r}"
        assert found.value.__cause__ is None
    written = capsys.readouterr()
    assert "translation." in written.out + written.err
    assert "emlig" not in written.out + written.err


def test_a_language_is_called_as_the_server_calls_it():
    assert spelled("fa_AF", {"fa", "sv"}) == "fa"
    assert spelled("fa_AF", {"fa", "prs"}) == "prs"
    assert spelled("kmr", {"ku"}) == "ku"
    assert spelled("ckb", {"ku"}) is None  # another language in another script


@pytest.mark.parametrize(
    ("text", "chosen", "taken"),
    [
        ("أين أسجل؟", "ar", "ar"),
        ("أين أسجل؟", "sv", None),
        ("Var är det?", "ar", None),
        ("Var är det?", "so", "so"),
        ("ኣበይ እየ", "ti", "ti"),
        ("де це", "uk", "uk"),
        ("14:30 🙂", "ar", "ar"),
        ("Jag bor på شارع 5 i Sverige", "sv", "sv"),
    ],
)
def test_letters_tell_when_it_is_another_language(text: str, chosen: str, taken: str | None):
    assert written_in(text, chosen) == taken
