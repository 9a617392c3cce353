"""The Telegram channel taking in, against a Bot API server on this machine: polling."""

from __future__ import annotations

import asyncio

import pytest
import structlog
from pydantic import SecretStr

from backend.channels import TryLater, Undeliverable
from backend.settings import Settings
from bot.telegram.channel import create
from bot.telegram.client import BadToken
from dialogs.messages import (
    Rendered,
    RenderedButton,
    Said,
    SentFile,
    Started,
    Tapped,
)
from tests.telegram.bench import (
    AMINA,
    AT_AMINA,
    AT_OMAR,
    OMAR,
    SITE,
    listening,
)
from tests.telegram.faults import Garbage, Hang, Refusal, Reset, too_many


async def test_start_words_taps_and_files_come_in_as_events(server, door, telegram):
    server.says(AMINA, "/start", language="fa")
    server.says(AMINA, "سلام")
    server.says(AMINA, "/book")
    server.taps_data(AMINA, "abc:2")
    server.sends(AMINA, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}])
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 5)
    assert door.events == [
        Started("fa"),
        Said("سلام"),
        Said("/book"),
        Tapped("abc", 2),
        SentFile("photo", "f"),
    ]
    assert {one.address for one in door.stored.values()} == {AT_AMINA}
    assert len({one.message_id for one in door.stored.values()}) == 5


async def test_a_message_is_stored_before_telegram_may_forget_it(server, door, telegram):
    door.may_store.clear()
    update = server.says(AMINA, "hello")
    async with listening(telegram(), door):
        await door.storing.wait()
        assert [one["update_id"] for one in server.updates] == [update]
        door.may_store.set()
        await server.confirmed(update)
    assert door.said() == ["hello"]


async def test_nothing_is_lost_when_we_stop_before_the_turns_have_run(server, door, telegram):
    door.slow[AT_AMINA] = asyncio.Event()
    last = [server.says(AMINA, f"question {number}") for number in range(20)][-1]
    async with listening(telegram(grace=0), door):
        await door.until(lambda: len(door.stored) == 20 and door.running)
    assert door.running == []  # stopped, not answered
    del door.slow[AT_AMINA]
    door.turns.clear()
    server.says(OMAR, "and me")
    async with listening(telegram(), door):
        await server.confirmed(last)
        await door.until(lambda: AT_OMAR in door.turns)
    assert door.said(AT_AMINA) == [f"question {number}" for number in range(20)]


async def test_a_message_not_yet_stored_when_we_stop_comes_again(server, door, telegram):
    door.may_store.clear()
    update = server.says(AMINA, "hello")
    async with listening(telegram(), door):
        await door.storing.wait()
    assert door.stored == {}
    door.may_store.set()
    async with listening(telegram(), door):
        await server.confirmed(update)
    assert door.said() == ["hello"]


async def test_what_was_stored_but_not_confirmed_is_run_again_and_stored_once(
    server, door, telegram
):
    update = server.says(AMINA, "hello")
    inbound_before = await _stored_without_confirming(server, door, telegram)
    async with listening(telegram(), door):
        await server.confirmed(update)
        await door.until(lambda: AT_AMINA in door.turns)
    assert door.stored == inbound_before


async def _stored_without_confirming(server, door, telegram):
    # The next request for updates, which would confirm, never gets through.
    server.fails("getUpdates", None, Hang())
    async with listening(telegram(), door):
        await door.until(lambda: bool(door.turns))
    door.turns.clear()
    return dict(door.stored)


async def test_each_chat_keeps_its_order(server, door, telegram):
    for number in range(10):
        server.says(AMINA, f"a{number}")
        server.says(OMAR, f"o{number}")
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 20)
    assert door.said(AT_AMINA) == [f"a{number}" for number in range(10)]
    assert door.said(AT_OMAR) == [f"o{number}" for number in range(10)]


async def test_a_slow_turn_holds_up_neither_other_people_nor_polling(server, door, telegram):
    door.slow[AT_AMINA] = asyncio.Event()
    async with listening(telegram(), door):
        server.says(AMINA, "hello")
        await door.until(lambda: AT_AMINA in door.running)
        update = server.says(OMAR, "hello")
        await door.until(lambda: AT_OMAR in door.turns)
        await server.confirmed(update)
        assert AT_AMINA in door.running
        door.slow[AT_AMINA].set()


async def test_words_written_during_a_turn_get_another_turn_afterwards(server, door, telegram):
    gate = door.slow[AT_AMINA] = asyncio.Event()
    async with listening(telegram(), door):
        server.says(AMINA, "one")
        await door.until(lambda: AT_AMINA in door.running)
        await server.confirmed(server.says(AMINA, "two"))
        await server.confirmed(server.says(AMINA, "three"))
        assert door.turns == [AT_AMINA]
        gate.set()
        await door.until(lambda: len(door.turns) == 2 and not door.running)
    assert door.most_running == 1


async def test_turns_under_way_are_let_end_when_we_stop(server, door, telegram):
    gate = door.slow[AT_AMINA] = asyncio.Event()
    channel = telegram()
    task = asyncio.create_task(channel.listen(door))
    server.says(AMINA, "hello")
    await door.until(lambda: AT_AMINA in door.running)
    task.cancel()
    await channel.speaks(AT_AMINA, "en")  # as long as a call to Telegram takes
    assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert door.ended == [AT_AMINA]


async def test_an_update_that_comes_twice_is_handed_in_once(server, door, telegram):
    server.says(AMINA, "hello")
    server.updates.append(server.updates[0])
    last = server.says(AMINA, "bye")
    async with listening(telegram(), door):
        await server.confirmed(last)
    assert door.said() == ["hello", "bye"]


async def test_an_update_that_cannot_be_read_is_left_out(server, door, telegram):
    poison = server.update(message={"message_id": "not a number", "date": None})
    update = server.says(AMINA, "hello")
    async with listening(telegram(), door):
        await server.confirmed(update)
        await server.confirmed(poison)
    assert door.said() == ["hello"]


async def test_groups_edits_and_memberships_are_confirmed_but_not_answered(server, door, telegram):
    group = {"id": -100, "type": "group", "title": "Class"}
    words = {"message_id": 9, "date": 1_800_000_000, "text": "hello"}
    person = {"id": AMINA, "is_bot": False, "first_name": "A"}
    server.update(message={**words, "chat": group, "from": person})
    private = {"id": AMINA, "type": "private"}
    server.update(edited_message={**words, "chat": private, "from": person})
    left = {"status": "kicked", "user": person, "until_date": 0}
    joined = {"status": "member", "user": person}
    last = server.update(
        my_chat_member={
            "chat": private,
            "from": person,
            "date": 1_800_000_000,
            "old_chat_member": joined,
            "new_chat_member": left,
        }
    )
    async with listening(telegram(), door):
        await server.confirmed(last)
    assert door.stored == {}
    assert door.turns == []
    assert server.allowed == ["message", "callback_query"]


async def test_a_tap_is_handed_in_and_its_clock_stopped(server, door, telegram):
    channel = telegram()
    async with listening(channel, door):
        server.says(AMINA, "/start")
        await door.until(lambda: bool(door.stored))
        buttons = (RenderedButton("Yes"), RenderedButton("No"))
        await channel.deliver(AT_AMINA, "m-1", Rendered("Sure?", "en", "ltr", buttons=buttons))
        server.taps(AMINA, await server.hears(AMINA), "No")
        await door.until(lambda: Tapped("m-1", 1) in door.events)
        await server.until(lambda: len(server.called("answerCallbackQuery")) == 1)


async def test_a_tap_counts_even_when_telegram_no_longer_waits_for_it(server, door, telegram):
    server.fails("answerCallbackQuery", Refusal(400, "Bad Request: query is too old"))
    server.taps_data(AMINA, "abc:0")
    async with listening(telegram(), door):
        await door.until(lambda: AT_AMINA in door.turns)
    assert door.events == [Tapped("abc", 0)]


async def test_a_button_that_is_not_ours_comes_in_as_an_old_one(server, door, telegram):
    server.taps_data(AMINA, "buy-now")
    async with listening(telegram(), door):
        await door.until(lambda: bool(door.stored))
    assert door.events == [Tapped("", 0)]


@pytest.mark.parametrize(
    "fault",
    [
        Refusal(409, "Conflict: terminated by other getUpdates request"),
        Refusal(502, "Bad Gateway"),
        Refusal(500),
        Refusal(401, "Unauthorized"),
        too_many(7),
        Garbage(),
        Garbage(b"\xff\xfe\x00", status=502),
        Garbage(b'{"ok": true}'),
        Garbage(b'{"ok": true, "result": [17]}'),
        Reset(),
    ],
    ids=repr,
)
async def test_polling_waits_and_goes_on_after_any_failure(server, door, telegram, waits, fault):
    server.fails("getUpdates", fault, fault)
    async with listening(telegram(), door):
        await server.until(lambda: len(server.called("getUpdates")) == 3)
        server.says(AMINA, "are you there?")
        await door.until(lambda: bool(door.stored))
    assert door.said() == ["are you there?"]
    assert len(waits.seconds) == 2


async def test_a_connection_that_went_silent_is_given_up(server, door, telegram):
    server.fails("getUpdates", Hang())
    server.says(AMINA, "are you there?")
    async with listening(telegram(poll=0, margin=1), door):
        await door.until(lambda: bool(door.stored))
    assert door.said() == ["are you there?"]


async def test_polling_waits_longer_and_longer_but_at_least_what_telegram_asks(
    server, door, telegram, waits
):
    server.fails("getUpdates", *[Refusal(502, "Bad Gateway")] * 12, too_many(99))
    server.says(AMINA, "hello")
    async with listening(telegram(), door):
        await door.until(lambda: bool(door.stored))
    assert waits.seconds[0] <= 0.5
    assert 15 <= waits.seconds[11] <= 30
    assert waits.seconds[12] == 99


async def test_a_store_that_is_down_delays_but_loses_nothing(server, door, telegram):
    door.outage = 40
    server.says(AMINA, "my question")
    update = server.says(OMAR, "mine too")
    async with listening(telegram(), door):
        await server.confirmed(update)
    assert door.said(AT_AMINA) == ["my question"]
    assert door.said(AT_OMAR) == ["mine too"]


async def test_words_that_can_never_be_stored_hold_up_nobody_and_their_writer_hears_of_it(
    server, door, telegram
):
    door.unstorable = "poison"
    poison = server.says(AMINA, "poison")
    server.says(AMINA, "after it")
    async with listening(telegram(), door):
        for number in range(3):
            server.says(OMAR, f"hello {number}")
            await door.until(lambda: len(door.said(AT_OMAR)) == number + 1)  # noqa: B023
        await server.confirmed(poison)
        await door.until(lambda: door.said(AT_AMINA) == ["after it"])
    amina = [one.event for one in door.stored.values() if one.address == AT_AMINA]
    assert amina == [SentFile("other"), Said("after it")]


async def test_a_webhook_of_former_times_is_removed_first(server, door, telegram):
    server.webhook = {"url": "https://old.example", "secret_token": "x"}
    server.says(AMINA, "hello")
    async with listening(telegram(), door):
        await door.until(lambda: bool(door.stored))
    assert door.said() == ["hello"]


async def test_the_log_names_nobody_and_quotes_nothing(server, door, telegram):
    door.outage, door.unstorable = 2, "SECRET-WORDS"
    with structlog.testing.capture_logs() as logged:
        server.fails("getUpdates", Garbage(b"SECRET-WORDS"), too_many(1))
        server.says(AMINA, "SECRET-WORDS")
        server.update(message={"text": "SECRET-WORDS", "chat": AMINA})
        for _ in range(3):
            server.says(OMAR, "hello")
        update = server.taps_data(AMINA, "SECRET-WORDS")
        channel = telegram()
        async with listening(channel, door):
            await server.confirmed(update)
        for fault in (too_many(1), Refusal(400, "Bad Request: bad: SECRET-WORDS"), Garbage()):
            server.fails("sendMessage", fault)
            with pytest.raises((TryLater, Undeliverable)) as caught:
                await channel.deliver(AT_AMINA, "m-1", Rendered("SECRET-WORDS", "en", "ltr"))
            assert "SECRET" not in str(caught.value)
    assert logged
    for secret in ("SECRET", str(AMINA), server.token, "Secret-Name"):
        assert secret not in str(logged)


def test_without_a_token_there_is_no_telegram():
    assert create(Settings(telegram_token=SecretStr(""))) == []


def test_a_token_that_is_none_is_refused_without_repeating_it():
    with pytest.raises(BadToken) as caught:
        create(Settings(telegram_token=SecretStr("my-secret-token")))
    assert "my-secret-token" not in str(caught.value)


async def test_the_configured_bot_polls_or_is_posted_to(server):
    settings = {"telegram_token": server.token, "telegram_api": server.url, "secret_key": "key"}
    (polling,) = create(Settings.model_validate({**settings, "telegram_mode": "polling"}))
    (posted,) = create(Settings.model_validate({**settings, "telegram_mode": "webhook"}))
    assert polling.routes() is None
    assert posted.routes() is not None
    assert (polling.name, polling.pulls) == ("telegram", False)
    server.fails("sendMessage", Refusal(500))
    with pytest.raises(TryLater):
        await polling.deliver(AT_AMINA, "m-1", Rendered("Hello", "en", "ltr"))
    await polling.close()
    await posted.close()


@pytest.mark.parametrize(
    ("fault", "reached"), [(None, True), (Refusal(401, "Unauthorized"), False), (Reset(), False)]
)
async def test_an_operator_can_ask_whether_telegram_knows_the_bot(
    server, telegram, fault, reached
):
    server.fails("getMe", fault)
    assert await telegram().reachable() is reached


def test_the_notice_says_where_to_write_instead(telegram):
    notice = telegram().notice
    assert notice.named["page"].url == SITE
    assert len(notice.msgid.split()) <= 60
