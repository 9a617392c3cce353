"""The Telegram channel posted to by webhook."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from bot.telegram.webhook import Webhook
from tests.telegram.bench import (
    AMINA,
    AT_AMINA,
    SITE,
    listening,
)
from tests.telegram.faults import Refusal, too_many

KEY = "the installation's key"


@pytest.fixture
def webhook():
    return Webhook("telegram", SITE, KEY)


@pytest.fixture
async def posted(telegram, webhook):
    """The channel in webhook mode, and a client that posts to its route."""
    channel = telegram(webhook=webhook)
    app = FastAPI()
    app.include_router(channel.routes())
    async with AsyncClient(transport=ASGITransport(app=app), base_url=SITE) as client:

        async def post(headers, body):
            return (await client.post(webhook.path, content=body, headers=headers)).status_code

        yield channel, post


async def test_a_posted_update_is_stored_before_it_is_acknowledged(server, door, posted):
    channel, post = posted
    door.slow[AT_AMINA] = asyncio.Event()
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
        assert server.webhook["url"] == "https://ingang.example/telegram/webhook"
        server.says(AMINA, "hello")
        server.says(AMINA, "again")
        assert await server.posts(post) == [200, 200]
        assert door.said() == ["hello", "again"]
        await door.until(lambda: AT_AMINA in door.running)  # answered in the background
        door.slow[AT_AMINA].set()


async def test_an_update_that_could_not_be_stored_is_posted_again(server, door, posted):
    channel, post = posted
    door.outage = 1
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
        server.says(AMINA, "hello")
        assert await server.posts(post) == [503]
        assert await server.posts(post) == [200]
    assert door.said() == ["hello"]


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", "häslig".encode("latin-1")], ids=["none", "empty", "wrong", "å"]
)
async def test_who_does_not_know_the_secret_is_turned_away(server, door, posted, secret):
    channel, post = posted
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
        assert await post(headers, b'{"update_id": 1}') == 401
    assert door.stored == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * (256 * 1024 + 1), 413),
        (b"not json", 200),
        (b"\xff", 200),
        (b"[" * 100_000, 200),
        (b"[]", 200),
        (b'{"update_id": "x", "message": 7}', 200),
    ],
    ids=["large", "words", "bytes", "deep", "list", "wrong"],
)
async def test_a_body_nobody_can_read_is_not_asked_for_again(
    server, door, posted, webhook, body, status
):
    channel, post = posted
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
        assert await post({"X-Telegram-Bot-Api-Secret-Token": webhook.secret}, body) == status
    assert door.stored == {}


async def test_a_large_body_is_stopped_even_when_it_does_not_tell_its_length(
    server, door, posted, webhook
):
    channel, post = posted

    async def endless():
        for _ in range(100):
            yield b"x" * 4_096

    async with listening(channel, door):
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret}
        assert await post(headers, endless()) == 413


async def test_before_and_after_listening_telegram_is_asked_to_come_back(
    server, door, posted, webhook
):
    channel, post = posted
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret}
    assert await post(headers, b"{}") == 503
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
        assert await post(headers, b"{}") == 200
    assert await post(headers, b"{}") == 503


async def test_setting_the_webhook_is_tried_until_it_works(server, door, posted, waits):
    channel, _post = posted
    server.fails("setWebhook", Refusal(502, "Bad Gateway"), too_many(9))
    async with listening(channel, door):
        await server.until(lambda: server.webhook is not None)
    assert waits.seconds[1] == 9


def test_the_secret_fits_the_header_and_changes_with_key_and_bot(webhook):
    others = {Webhook("telegram", SITE, "k").secret, Webhook("telegram:b", SITE, KEY).secret}
    assert webhook.secret not in others
    assert webhook.secret.isalnum()
    assert len(webhook.secret) <= 256
