"""What becomes of an update, and what is left behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiogram.types import Update

from backend.media.forms import MOST_BYTES
from bot.telegram.inbound import read, read_beside
from dialogs.messages import Address, Inbound, Said, SentFile, Started, Tapped

ARRIVED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENT = datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
PERSON = {
    "id": 7,
    "is_bot": False,
    "first_name": "Secret-Name",
    "last_name": "Secret-Name",
    "username": "secret_user",
    "language_code": "uk",
}
CHAT = {"id": 7, "type": "private", "first_name": "Secret-Name", "username": "secret_user"}
FILE = {"file_id": "secret_file", "file_unique_id": "u"}
VIDEO = {**FILE, "width": 1, "height": 1, "duration": 1}
PLACE = {"latitude": 59.3, "longitude": 18.1}


def message(**content):
    base = {"message_id": 3, "date": int(SENT.timestamp()), "chat": CHAT, "from": PERSON}
    update = Update.model_validate({"update_id": 1, "message": {**base, **content}})
    return read(update, "telegram", ARRIVED)


def tap(data, **changed):
    query = {
        "id": "88",
        "from": PERSON,
        "chat_instance": "1",
        "message": {"message_id": 3, "date": 0, "chat": CHAT},
        "data": data,
        **changed,
    }
    update = Update.model_validate({"update_id": 1, "callback_query": query})
    return read(update, "telegram:second", ARRIVED)


def test_words_keep_their_time_and_their_number():
    heard = message(text="Привіт")
    assert heard == Inbound(Address("telegram", "7"), "m3", SENT, Said("Привіт"))


def test_a_tap_has_the_time_it_arrived_and_a_number_of_its_own():
    address = Address("telegram:second", "7")
    assert tap("abc:0") == Inbound(address, "c88", ARRIVED, Tapped("abc", 0))


@pytest.mark.parametrize("text", ["/start", "/start web_a1", "/START@IngangBot", "/start\nhej"])
def test_the_start_button_brings_the_language_of_the_phone(text):
    assert message(text=text).event == Started("uk")


def test_a_link_at_the_door_of_an_activity_brings_its_code():
    assert message(text="/start in_123456").event == Started("uk", "123456")


@pytest.mark.parametrize("payload", ["in_12345", "in_1234567", "in_12345a", "in_١٢٣٤٥٦", "123456"])
def test_any_other_link_brings_no_code(payload):
    assert message(text=f"/start {payload}").event == Started("uk")


@pytest.mark.parametrize("text", ["/starta", "start", "/menu", "/book@IngangBot"])
def test_other_commands_are_words(text):
    assert message(text=text).event == Said(text)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"video": VIDEO}, "video"),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, "video"),
        ({"animation": VIDEO, "document": FILE}, "video"),
        ({"document": FILE}, "document"),
        ({"location": PLACE}, "place"),
        ({"venue": {"location": PLACE, "title": "t", "address": "a"}, "location": PLACE}, "place"),
        ({"contact": {"phone_number": "+46700000000", "first_name": "Secret-Name"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other"),
        ({"something_telegram_invents_next_year": {"x": 1}}, "other"),
    ],
)
def test_files_are_named_and_nothing_of_them_is_kept(content, kind):
    assert message(**content).event == SentFile(kind)


@pytest.mark.parametrize(
    ("content", "event"),
    [
        ({"photo": [{**FILE, "width": 1, "height": 1}]}, SentFile("photo", "secret_file")),
        ({"voice": {**FILE, "duration": 4}}, SentFile("voice", "secret_file", 4)),
        ({"audio": {**FILE, "duration": 5}}, SentFile("voice", "secret_file", 5)),
        (
            {"document": {**FILE, "mime_type": "image/webp", "file_name": "Secret-Name"}},
            SentFile("photo", "secret_file"),
        ),
    ],
)
def test_of_a_photo_or_a_recording_what_telegram_calls_it_is_kept(content, event):
    assert message(**content).event == event


def test_words_below_a_picture_count_as_words():
    photo = [{**FILE, "width": 1, "height": 1}]
    assert message(photo=photo, caption="What does this letter say?").event == Said(
        "What does this letter say?"
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"document": {**FILE, "mime_type": "application/pdf"}}, "document"),
        ({"video": VIDEO}, "video"),
        ({"photo": [{**FILE, "width": 1, "height": 1, "file_size": MOST_BYTES + 1}]}, "document"),
    ],
    ids=["pdf", "video", "too large"],
)
def test_what_is_not_taken_is_an_event_beside_the_words_below_it(content, kind):
    base = {"message_id": 3, "date": int(SENT.timestamp()), "chat": CHAT, "from": PERSON}
    sent = {**base, **content, "caption": "And this?"}
    update = Update.model_validate({"update_id": 1, "message": sent})
    assert message(**content, caption="And this?").event == Said("And this?")
    beside = read_beside(update, "telegram")
    assert beside == Inbound(Address("telegram", "7"), "m3f", SENT, SentFile(kind))


def test_nothing_that_identifies_a_person_is_left():
    for heard in (message(text="hello"), tap("abc:0"), message(text="/start")):
        assert "ecret" not in repr(heard)


@pytest.mark.parametrize(
    "content",
    [
        {"chat": {"id": -5, "type": "group", "title": "Class"}, "text": "hello"},
        {"chat": {"id": -5, "type": "supergroup", "title": "Class"}, "text": "/start"},
        {"from": {**PERSON, "is_bot": True}, "text": "hello"},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}},
        {"write_access_allowed": {}},
    ],
    ids=["group", "supergroup", "a bot", "timer", "access"],
)
def test_nobody_waits_for_an_answer_to_these(content):
    assert message(**content) is None


def test_a_tap_in_a_group_or_without_a_message_is_not_ours():
    group = {"message_id": 3, "date": 0, "chat": {"id": -5, "type": "group", "title": "Class"}}
    assert tap("abc:0", message=group) is None
    assert tap("abc:0", message=None, inline_message_id="x") is None


@pytest.mark.parametrize(
    "content", [{"edited_message": {"message_id": 3, "date": 0, "chat": CHAT, "text": "x"}}, {}]
)
def test_other_kinds_of_update_are_passed_over(content):
    assert read(Update.model_validate({"update_id": 1, **content}), "telegram", ARRIVED) is None
