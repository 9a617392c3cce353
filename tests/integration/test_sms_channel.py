"""The SMS channel against a provider that behaves, refuses, stalls, or talks nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Timeout
from pydantic import ValidationError

from backend.channels import TryLater, Undeliverable
from backend.settings import Settings
from bot.sms import channel as sms
from bot.sms.channel import SmsChannel, create
from bot.sms.parts import parts
from bot.sms.reports import Reports
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Rendered, Urgency
from tests.sms_server import (
    BROKEN,
    GARBAGE,
    NEVER,
    NO_MONEY,
    NO_SUCH_NUMBER,
    NO_SUCH_SENDER,
    SECRET,
    USER,
    Answer,
    SmsServer,
)

ANNA = Address("sms", "+46701234567")
SITE = "https://ingang.example"
REMINDER = Rendered("A long text.", "en", "ltr", brief=f"Tue 24/11 09:00 {SITE}/m/x")


@pytest.fixture
async def provider() -> AsyncIterator[SmsServer]:
    async with SmsServer() as server:
        yield server


@pytest.fixture
async def channel(provider: SmsServer, texts: Catalogue) -> AsyncIterator[SmsChannel]:
    channel = opened(provider.url, texts)
    yield channel
    await channel.close()


def opened(url: str, texts: Catalogue, site: str = SITE, secret: str = SECRET) -> SmsChannel:
    client = AsyncClient(
        base_url=f"{url}/", auth=(USER, secret), timeout=Timeout(0.3), trust_env=False
    )
    return SmsChannel(client, texts, Reports("sms", "key"), sender="Ingang", site=site)


async def refusal(channel: SmsChannel) -> TryLater:
    """How a send is put off."""
    with pytest.raises(TryLater) as caught:
        await channel.deliver(ANNA, "m1", REMINDER)
    return caught.value


async def test_a_message_is_sent_in_its_short_form_and_the_provider_keeps_no_copy(
    channel: SmsChannel, provider: SmsServer
) -> None:
    receipt = await channel.deliver(ANNA, "m1", REMINDER)
    (taken,) = provider.taken
    assert receipt.reference == taken["id"]
    assert taken["to"] == ANNA.id
    assert taken["from"] == "Ingang"
    assert taken["message"] == REMINDER.brief
    assert taken["dontlog"] == "message"
    assert taken["whendelivered"].startswith(f"{SITE}/sms/report/")
    assert taken["whendelivered"].endswith("?message=m1")


@pytest.mark.parametrize("language", ["sv", "en", "ar", "fa_AF", "so", "ti", "uk", "ru"])
async def test_a_message_without_a_short_form_says_in_one_part_where_to_read_it(
    channel: SmsChannel, provider: SmsServer, language: str
) -> None:
    await channel.deliver(ANNA, "m1", replace(REMINDER, language=language, brief=None))
    (text,) = provider.texts
    assert SITE in text
    assert parts(text) == 1


async def test_a_reminder_always_says_where_to_go_on_and_a_code_never_does(
    channel: SmsChannel, provider: SmsServer
) -> None:
    short = replace(REMINDER, brief="Shall we find a new time?")
    await channel.deliver(ANNA, "m1", replace(short, urgency=Urgency.REMINDER))
    await channel.deliver(ANNA, "m2", replace(short, brief="Your code is 1234"))
    assert provider.texts == [f"Shall we find a new time?\n{SITE}", "Your code is 1234"]


async def test_where_the_provider_cannot_come_no_report_is_asked_for(
    provider: SmsServer, texts: Catalogue
) -> None:
    channel = opened(provider.url, texts, site="http://127.0.0.1:8000")
    await channel.deliver(ANNA, "m1", REMINDER)
    await channel.close()
    assert "whendelivered" not in provider.taken[0]


async def test_a_number_that_is_refused_is_given_up_and_the_reason_does_not_repeat_it(
    channel: SmsChannel, provider: SmsServer
) -> None:
    provider.faults.append(NO_SUCH_NUMBER)
    with pytest.raises(Undeliverable, match=r"^number refused$"):
        await channel.deliver(ANNA, "m1", REMINDER)


@pytest.mark.parametrize("fault", [NO_MONEY, NO_SUCH_SENDER, Answer(401), Answer(402)])
async def test_what_is_our_own_fault_makes_every_message_wait(
    channel: SmsChannel, provider: SmsServer, fault: Answer
) -> None:
    provider.faults.append(fault)
    error = await refusal(channel)
    assert error.everyone
    assert error.after == sms.OUR_FAULT_WAIT


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta(seconds=1)),
        ("9999", timedelta(hours=1)),
        ("", sms.TOO_MANY_WAIT),
        ("soon", sms.TOO_MANY_WAIT),
        ("-5", sms.TOO_MANY_WAIT),
        ("1e9", sms.TOO_MANY_WAIT),
        ("99999999999999", sms.TOO_MANY_WAIT),
        ("Wed, 25 Nov 2026 07:00:00 GMT", sms.TOO_MANY_WAIT),
    ],
)
async def test_we_wait_as_long_as_we_are_asked_to_within_reason(
    channel: SmsChannel, provider: SmsServer, asked: str, expected: timedelta
) -> None:
    provider.faults.append(Answer(429, headers={"Retry-After": asked}))
    error = await refusal(channel)
    assert (error.after, error.everyone) == (expected, True)


@pytest.mark.parametrize(
    "fault",
    [
        BROKEN,
        NEVER,
        GARBAGE,
        Answer(200),
        Answer(200, "[]"),
        Answer(200, '{"id": 7}'),
        Answer(200, '{"id": ""}'),
        Answer(200, '{"id": "' + "x" * 500 + '"}'),
        Answer(200, "[" * 100_000),
        Answer(204),
        Answer(302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
)
async def test_whatever_is_no_clear_answer_is_tried_again(
    channel: SmsChannel, provider: SmsServer, fault: Answer
) -> None:
    provider.faults.append(fault)
    error = await refusal(channel)
    assert error.after is None
    assert (await channel.deliver(ANNA, "m1", REMINDER)).reference == provider.reference()


async def test_a_provider_that_is_not_there_is_tried_again(texts: Catalogue) -> None:
    channel = opened("http://127.0.0.1:9/a1", texts)
    assert not (await refusal(channel)).everyone
    assert not await channel.reachable()
    await channel.close()


async def test_whether_it_can_be_reached_is_found_out_without_sending(
    channel: SmsChannel, provider: SmsServer, texts: Catalogue
) -> None:
    assert await channel.reachable()
    wrong = opened(provider.url, texts, secret="guess")
    assert not await wrong.reachable()
    await wrong.close()
    assert provider.requests == 0


def test_there_is_no_channel_without_a_provider() -> None:
    assert create(Settings(_env_file=None)) == []  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sms_url": "http://api.example/a1", "sms_user": "u", "sms_secret": "s"},
        {"sms_url": "https://api.example/a1", "sms_user": "u"},
        {"sms_url": "https://api.example/a1", "sms_secret": "s"},
        {"sms_sender": "A name far too long"},
        {"sms_sender": "12"},
        {"sms_sender": "Ingång"},
    ],
)
def test_half_a_setting_is_refused_before_anything_starts(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


async def test_a_provider_in_the_settings_is_a_channel(provider: SmsServer) -> None:
    settings = Settings(
        sms_url=provider.url,
        sms_user=USER,
        sms_secret=SECRET,
        secret_key="k" * 40,  # type: ignore[arg-type]
    )
    (channel,) = create(settings)
    await channel.deliver(ANNA, "m1", REMINDER)
    await channel.close()
    assert provider.texts == [REMINDER.brief]
