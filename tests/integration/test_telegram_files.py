"""Photos and recordings through the Telegram channel, against a Bot API server on this machine."""

from __future__ import annotations

import pytest
import structlog

from backend.channels import TryLater, Undeliverable, Unreachable
from backend.media.forms import MOST_BYTES
from dialogs.messages import Enclosure, Entity, Rendered, RenderedButton, Said, SentFile
from tests.recordings import photo, recording
from tests.telegram.bench import AMINA, AT_AMINA, listening
from tests.telegram.faults import Garbage, Hang, Refusal, Reset, too_many

VOICE = Enclosure("voice.mp3", "audio/mpeg", b"sound")
PHOTO = Enclosure("photo.jpg", "image/jpeg", b"picture")
FORBIDDEN = Refusal(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")


def _message(text="From Amina:", file=VOICE, **given):
    return Rendered(text, "en", "ltr", enclosure=file, **given)


async def test_photos_voices_and_pictures_sent_as_files_come_in_by_name(server, door, telegram):
    server.sends_file(AMINA, "photo", photo())
    server.sends_file(AMINA, "voice", recording(), duration=7)
    server.sends_file(AMINA, "audio", recording(), duration=8)
    server.sends_file(AMINA, "document", photo(), mime_type="image/png")
    server.sends_file(AMINA, "document", b"%PDF", mime_type="application/pdf")
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 5)
    names = [*server.files]
    assert door.events == [
        SentFile("photo", names[0]),
        SentFile("voice", names[1], 7),
        SentFile("voice", names[2], 8),
        SentFile("photo", names[3]),
        SentFile("document"),
    ]


async def test_what_is_too_large_is_not_even_asked_for(server, door, telegram):
    server.sends_file(AMINA, "voice", b"", file_size=MOST_BYTES + 1)
    server.sends_file(AMINA, "document", b"", file_size=MOST_BYTES + 1, mime_type="image/jpeg")
    server.sends_file(AMINA, "photo", b"", file_size=MOST_BYTES + 1)
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 3)
    assert door.events == [SentFile("document"), SentFile("document"), SentFile("photo", "small")]


async def test_words_below_a_photo_come_first_and_the_photo_after_them(server, door, telegram):
    update = server.sends_file(AMINA, "photo", photo(), caption="What does this letter say?")
    server.sends_file(AMINA, "document", b"%PDF", caption="And this?")
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 4)
    assert door.events == [
        Said("What does this letter say?"),
        SentFile("photo", next(iter(server.files))),
        Said("And this?"),
        SentFile("document"),
    ]
    assert len({one.message_id for one in door.stored.values()}) == 4
    assert [*door.stored][:2] == [str(update), f"{update}f"]


async def test_a_file_is_fetched(server, telegram):
    server.sends_file(AMINA, "voice", b"sound")
    (name,) = server.files
    assert await telegram().fetch(name) == b"sound"


async def test_a_file_that_telegram_does_not_give_is_not_asked_for_again(server, telegram):
    with pytest.raises(Undeliverable):
        await telegram().fetch("unknown")


async def test_a_file_that_is_larger_than_was_said_is_let_go(server, telegram):
    server.files["F"] = bytes(MOST_BYTES + 1)
    with pytest.raises(Undeliverable):
        await telegram().fetch("F")
    server.files["F"] = b"sound"

    async def grown(parameters):
        server.files["F"] = bytes(MOST_BYTES + 1)
        return {"file_id": "F", "file_unique_id": "F", "file_size": 5, "file_path": "F"}

    server._methods["getFile"] = grown
    with pytest.raises(Undeliverable):
        await telegram().fetch("F")


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize(
    "fault",
    [Refusal(502, "Bad Gateway"), Garbage(status=500), Hang(), Reset(), Refusal(404, "Not Found")],
    ids=["502", "page", "hang", "reset", "404"],
)
async def test_when_telegram_does_not_answer_it_is_tried_later_and_no_token_is_told(
    server, telegram, method, fault, monkeypatch
):
    monkeypatch.setattr("bot.telegram.fetching.PATIENCE_S", 0.3)
    server.files["F"] = b"sound"
    server.fails(method, fault, fault)  # a connection that breaks is tried twice
    with structlog.testing.capture_logs() as logs, pytest.raises(TryLater) as raised:
        await telegram(timeout=0.3).fetch("F")
    assert raised.value.__suppress_context__
    assert server.token not in f"{raised.value}{logs}"


async def test_flood_control_says_how_long_to_wait(server, telegram):
    server.fails("getFile", too_many(7))
    with pytest.raises(TryLater) as raised:
        await telegram().fetch("F")
    assert raised.value.after is not None
    assert raised.value.after.total_seconds() == 7


@pytest.mark.parametrize(("file", "kind"), [(VOICE, "voice"), (PHOTO, "photo")])
async def test_a_file_arrives_with_its_words_and_buttons(server, telegram, file, kind):
    server.says(AMINA, "/start")
    words = {"entities": (Entity("bold", 5, 5),), "buttons": (RenderedButton("Write back"),)}
    receipt = await telegram().deliver(AT_AMINA, "m-1", _message(file=file, **words))
    heard = await server.hears(AMINA)
    assert (heard.kind, heard.content, heard.text) == (kind, file.content, "From Amina:")
    assert heard.styled("bold") == ["Amina"]
    assert heard.buttons == [("Write back", "m-1:0")]
    assert receipt.reference == str(heard.message_id)
    assert server.called("sendMessage") == []


async def test_a_file_without_words_arrives_alone(server, telegram):
    server.says(AMINA, "/start")
    await telegram().deliver(AT_AMINA, "m-1", _message(""))
    heard = await server.hears(AMINA)
    assert (heard.kind, heard.text) == ("voice", "")


async def test_long_words_follow_the_file_in_a_message_of_their_own(server, telegram):
    server.says(AMINA, "/start")
    long = "word " * 300
    buttons = (RenderedButton("Write back"),)
    await telegram().deliver(AT_AMINA, "m-1", _message(long, buttons=buttons))
    file, words = await server.hears(AMINA), await server.hears(AMINA)
    assert (file.kind, file.text, file.buttons) == ("voice", "", [])
    assert (words.kind, words.text) == ("text", long.strip())
    assert words.buttons == [("Write back", "m-1:0")]


async def test_a_file_that_arrived_is_not_sent_again_when_its_words_did_not(server, telegram):
    server.says(AMINA, "/start")
    channel, message = telegram(), _message("word " * 300)
    server.fails("sendMessage", Refusal(502, "Bad Gateway"))
    with pytest.raises(TryLater):
        await channel.deliver(AT_AMINA, "m-1", message)
    await channel.deliver(AT_AMINA, "m-1", message)
    assert [(await server.hears(AMINA)).kind for _each in range(2)] == ["voice", "text"]
    assert len(server.called("sendVoice")) == 1


async def test_whoever_lets_nobody_send_voices_gets_it_as_music(server, telegram):
    server.says(AMINA, "/start")
    server.fails("sendVoice", FORBIDDEN)
    await telegram().deliver(AT_AMINA, "m-1", _message())
    heard = await server.hears(AMINA)
    assert (heard.kind, heard.content, heard.text) == ("audio", b"sound", "From Amina:")


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Refusal(403, "Forbidden: bot was blocked by the user"), Unreachable),
        (Refusal(413, "Request Entity Too Large"), Undeliverable),
        (too_many(3), TryLater),
        (Reset(), TryLater),
    ],
    ids=["blocked", "large", "flood", "reset"],
)
async def test_a_failure_means_the_same_as_for_words(server, telegram, fault, meaning):
    server.says(AMINA, "/start")
    server.fails("sendVoice", fault)
    with pytest.raises(meaning):
        await telegram().deliver(AT_AMINA, "m-1", _message())
