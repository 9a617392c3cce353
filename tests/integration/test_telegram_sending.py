"""The Telegram channel sending: what arrives, and what each failure means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.channels import TryLater, Undeliverable, Unreachable
from dialogs.messages import (
    Address,
    Entity,
    Rendered,
    RenderedButton,
)
from tests.telegram.bench import (
    AMINA,
    AT_AMINA,
    AT_OMAR,
    OMAR,
)
from tests.telegram.faults import Garbage, Hang, Refusal, Reset, too_many

HELLO = Rendered("Hello", "en", "ltr")


def _known(server, *chats):
    """People who have written to the bot; others cannot be written to."""
    for chat in chats:
        server.says(chat, "/start")


async def test_a_message_arrives_with_its_formatting_and_without_link_previews(server, telegram):
    _known(server, AMINA)
    text = "🏛 Bold. Read here. Call 112."
    message = Rendered(
        text,
        "en",
        "ltr",
        (
            Entity("bold", 3, 4),
            Entity("link", 14, 4, "https://www.example.se/a"),
            Entity("phone", 25, 3, "tel:112"),
        ),
    )
    receipt = await telegram().deliver(AT_AMINA, "m-1", message)
    heard = await server.hears(AMINA)
    assert heard.text == text
    assert heard.styled("bold") == ["Bold"]
    assert heard.styled("text_link") == ["here"]
    assert len(heard.entities) == 2
    assert receipt.reference == str(heard.message_id)
    (call,) = server.called("sendMessage")
    assert call["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in call


async def test_what_looks_like_markup_stays_text(server, telegram):
    _known(server, AMINA)
    text = "<b>*_[x](y)</b> & 123"
    await telegram().deliver(AT_AMINA, "m-1", Rendered(text, "en", "ltr"))
    assert (await server.hears(AMINA)).text == text


async def test_right_to_left_buttons_stay_right_to_left(server, telegram):
    _known(server, AMINA)
    buttons = (RenderedButton("حجز موعد", "calendar"), RenderedButton("رجوع", "back"))
    await telegram().deliver(AT_AMINA, "m-1", Rendered("مرحبا", "ar", "rtl", buttons=buttons))
    heard = await server.hears(AMINA)
    assert heard.buttons == [("\u200f📅 حجز موعد", "m-1:0"), ("\u200f➡️ رجوع", "m-1:1")]


async def test_a_long_text_comes_in_parts_with_the_buttons_on_the_last(server, telegram):
    _known(server, AMINA)
    text = "\n\n".join("word " * 200 + f"end{number}" for number in range(9))
    message = Rendered(text, "en", "ltr", buttons=(RenderedButton("Menu"),))
    receipt = await telegram().deliver(AT_AMINA, "m-1", message)
    parts = [await server.hears(AMINA) for _ in server.called("sendMessage")]
    assert len(parts) == 3
    assert "\n\n".join(part.text for part in parts) == text
    assert [part.buttons for part in parts] == [[], [], [("Menu", "m-1:0")]]
    assert receipt.reference == str(parts[-1].message_id)


async def test_a_long_text_that_stopped_half_way_goes_on_where_it_stopped(server, telegram):
    _known(server, AMINA)
    message = Rendered("\n\n".join("x" * 3_000 for _ in range(3)), "en", "ltr")
    server.fails("sendMessage", None, too_many(3))
    channel = telegram()
    with pytest.raises(TryLater):
        await channel.deliver(AT_AMINA, "m-1", message)
    await channel.deliver(AT_AMINA, "m-1", message)
    assert [len((await server.hears(AMINA)).text) for _ in range(3)] == [3_000] * 3
    assert len(server.called("sendMessage")) == 4


async def test_a_message_that_became_shorter_meanwhile_is_sent_whole(server, telegram):
    _known(server, AMINA)
    server.fails("sendMessage", None, None, too_many(3))
    channel = telegram()
    with pytest.raises(TryLater):
        await channel.deliver(AT_AMINA, "m-1", Rendered("x" * 10_000, "en", "ltr"))
    await channel.deliver(AT_AMINA, "m-1", HELLO)
    assert [(await server.hears(AMINA)).text for _ in range(3)][-1] == "Hello"


async def test_formatting_that_telegram_refuses_costs_the_formatting_not_the_message(
    server, telegram
):
    _known(server, AMINA)
    link = Entity("link", 0, 4, "https://localhost")
    await telegram().deliver(AT_AMINA, "m-1", Rendered("Here", "en", "ltr", (link,)))
    heard = await server.hears(AMINA)
    assert heard.text == "Here"
    assert heard.entities == []


async def test_who_has_blocked_us_or_never_wrote_cannot_be_reached(server, telegram):
    _known(server, AMINA)
    server.blocks(AMINA)
    for address in (AT_AMINA, AT_OMAR):
        with pytest.raises(Unreachable):
            await telegram().deliver(address, "m-1", HELLO)


@pytest.mark.parametrize(
    ("address", "message", "rendered"),
    [
        (Address("telegram", "not-a-number"), "m-1", HELLO),
        (AT_AMINA, "m-1", Rendered(" \n", "en", "ltr")),
        (AT_AMINA, "m" * 63, Rendered("Hello", "en", "ltr", buttons=(RenderedButton("Ok"),))),
        (AT_AMINA, "m-1", Rendered("Hello", "en", "ltr", buttons=(RenderedButton(" "),))),
    ],
)
async def test_what_telegram_would_never_take_is_undeliverable(
    server, telegram, address, message, rendered
):
    _known(server, AMINA)
    with pytest.raises(Undeliverable):
        await telegram().deliver(address, message, rendered)


@pytest.mark.parametrize(
    "fault",
    [
        Refusal(502, "Bad Gateway"),
        Refusal(500),
        Refusal(429, "Too Many Requests"),
        Garbage(),
        Garbage(b"\xff\xfe\x00", status=502),
        Reset(),
        Hang(),
    ],
    ids=repr,
)
async def test_trouble_on_the_way_means_later_and_for_this_person_only(server, telegram, fault):
    _known(server, AMINA)
    server.fails("sendMessage", fault)
    channel = telegram(timeout=0.3)
    with pytest.raises(TryLater) as caught:
        await channel.deliver(AT_AMINA, "m-1", HELLO)
    assert not caught.value.everyone
    await channel.deliver(AT_AMINA, "m-1", HELLO)
    assert (await server.hears(AMINA)).text == "Hello"


async def test_a_message_whose_receipt_was_lost_is_sent_again(server, telegram):
    _known(server, AMINA)
    server.fails("sendMessage", Reset(late=True))
    channel = telegram()
    with pytest.raises(TryLater):
        await channel.deliver(AT_AMINA, "m-1", HELLO)
    await channel.deliver(AT_AMINA, "m-1", HELLO)
    assert [(await server.hears(AMINA)).text for _ in range(2)] == ["Hello", "Hello"]


async def test_flood_control_holds_back_one_chat_and_two_mean_everyone(server, telegram):
    _known(server, AMINA, OMAR)
    server.fails("sendMessage", too_many(30), too_many(31))
    channel = telegram()
    with pytest.raises(TryLater) as first:
        await channel.deliver(AT_AMINA, "m-1", HELLO)
    with pytest.raises(TryLater) as second:
        await channel.deliver(AT_OMAR, "m-2", HELLO)
    assert (first.value.after, first.value.everyone) == (timedelta(seconds=30), False)
    assert (second.value.after, second.value.everyone) == (timedelta(seconds=31), True)


async def test_a_refused_token_stops_sending_for_everyone(server, telegram):
    _known(server, AMINA)
    server.fails("sendMessage", Refusal(401, "Unauthorized"))
    with pytest.raises(TryLater) as caught:
        await telegram().deliver(AT_AMINA, "m-1", HELLO)
    assert caught.value.everyone


async def test_commands_are_described_in_that_chat_alone(server, telegram):
    await telegram().speaks(AT_AMINA, "ar")
    (commands,) = server.commands.values()
    assert list(server.commands) == [str(AMINA)]
    assert [one["command"] for one in commands][:3] == ["start", "menu", "ask"]


async def test_commands_that_cannot_be_described_stop_nobody(server, telegram):
    server.fails("setMyCommands", too_many(3_600))
    await telegram().speaks(AT_AMINA, "ar")
