"""Reminders by e-mail: from the message row to a real mail server on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlalchemy import select

from backend.calendars.words import Wording
from backend.channels import TryLater, Undeliverable
from backend.database import Database
from backend.enclosing import Enclosures, with_files
from backend.models import Message
from backend.settings import Settings
from backend.work import Planned, Work
from bot.mail.channel import MailChannel, create
from dialogs.core import say
from dialogs.messages import Address, Entity, Rendered, Urgency
from dialogs.text import _
from tests.chat import plain
from tests.clock import FrozenClock
from tests.house import House, Person, RecordingChannel, build
from tests.integration.console_office import translated
from tests.smtp_server import DROP, SmtpServer

SENDER = "no-reply@centre.example"
ANNA = Address("mail", "anna@example.se")
PAGE = "https://ingang.example/m/x"
REMINDER = Rendered(
    "Remember: you have a meeting.",
    "en",
    "ltr",
    urgency=Urgency.REMINDER,
    brief=f"Tue 24/11 09:00 {PAGE}",
)


@pytest.fixture
async def house(database: Database, clock: FrozenClock) -> House:
    return await build(database, clock, translated({}))


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as running:
        yield running


@pytest.fixture
def channel(house: House, smtp: SmtpServer) -> MailChannel:
    return MailChannel(smtp.address, SENDER, house.texts, house.clock)


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return plain(body.get_content()).replace("\r\n", "\n")


async def planned_about(house: House, person: Person, about: str) -> str:
    """A reminder of hers about something; its id."""
    reply = say(_("Remember: you have a meeting."), urgency=Urgency.REMINDER)
    due = house.clock.now() + timedelta(hours=1)
    async with Work.begin(house.database, house.clock, "system") as work:
        work.plan(Planned(await person.id(), reply, due, dedupe=about, about=about))
    async with house.database.reading() as session:
        found = await session.scalar(select(Message.id).where(Message.dedupe == about))
    assert found is not None
    return found


def enclosing(house: House, channel: MailChannel) -> MailChannel:
    wording = Wording(house.renderer, house.cache.links)
    enclosures = Enclosures(house.database, house.clock, house.cache, wording)
    return with_files({"mail": channel}, enclosures)["mail"]  # type: ignore[return-value]


def starts(letter: EmailMessage) -> list[str]:
    """When the enclosed meetings begin."""
    (file,) = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert file.get_filename() == "meeting.ics"
    calendar = Calendar.from_ical(file.get_content().encode())
    assert calendar["METHOD"] == "PUBLISH"
    return sorted(f"{event.decoded('DTSTART'):%d/%m %H:%M}" for event in calendar.walk("VEVENT"))


async def test_a_reminder_is_a_plain_letter_whose_subject_says_nothing(
    channel: MailChannel, smtp: SmtpServer
) -> None:
    receipt = await channel.deliver(ANNA, "m1", REMINDER)
    (letter,) = smtp.letters
    assert smtp.recipients == [ANNA.id]
    assert letter["Subject"] == "Ingång: a reminder"
    assert letter["Message-ID"] == receipt.reference == "<message.m1@centre.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert words(letter).split("\n\n")[:2] == [REMINDER.text, PAGE]
    assert "Nobody reads answers to this letter." in words(letter)


async def test_a_letter_is_in_her_language_and_right_to_left_text_arrives_whole(
    channel: MailChannel, smtp: SmtpServer
) -> None:
    text = "تذكير: لديك موعد."
    await channel.deliver(ANNA, "m1", replace(REMINDER, language="ar", text=text, direction="rtl"))
    assert text in words(smtp.letters[0])
    assert smtp.letters[0]["Content-Language"] == "ar"


async def test_an_address_behind_words_is_written_out_once(
    channel: MailChannel, smtp: SmtpServer
) -> None:
    linked = replace(REMINDER, entities=(Entity("link", 0, 8, PAGE), Entity("bold", 0, 8)))
    await channel.deliver(ANNA, "m1", linked)
    assert words(smtp.letters[0]).count(PAGE) == 1


async def test_a_meetings_reminder_carries_it_for_her_calendar(
    house: House, channel: MailChannel, smtp: SmtpServer
) -> None:
    anna = house.person()
    await anna.settles()
    booking = await anna.books("11:00")
    message = await planned_about(house, anna, f"booking:{booking}")
    await enclosing(house, channel).deliver(ANNA, message, REMINDER)
    assert starts(smtp.letters[0]) == ["23/11 10:00"]


async def test_a_days_reminder_carries_the_meetings_of_that_day(
    house: House, channel: MailChannel, smtp: SmtpServer
) -> None:
    anna = house.person()
    await anna.settles()
    await anna.books("11:00")
    person = await anna.id()
    today = await planned_about(house, anna, f"day:{person}:2026-11-23")
    later = await planned_about(house, anna, f"day:{person}:2026-11-24")
    both = enclosing(house, channel)
    await both.deliver(ANNA, today, REMINDER)
    await both.deliver(ANNA, later, REMINDER)
    assert starts(smtp.letters[0]) == ["23/11 10:00"]
    assert list(smtp.letters[1].iter_attachments()) == []


@pytest.mark.parametrize("about", ["booking:gone", "deadline:report", "day:nobody:2026-11-23"])
async def test_what_is_about_no_meeting_has_nothing_beside_it(
    house: House, channel: MailChannel, smtp: SmtpServer, about: str
) -> None:
    anna = house.person()
    await anna.settles()
    message = await planned_about(house, anna, about)
    await enclosing(house, channel).deliver(ANNA, message, REMINDER)
    await enclosing(house, channel).deliver(ANNA, "no such row", REMINDER)
    assert [list(letter.iter_attachments()) for letter in smtp.letters] == [[], []]


async def test_only_channels_that_take_files_are_given_any(house: House) -> None:
    wording = Wording(house.renderer, house.cache.links)
    enclosures = Enclosures(house.database, house.clock, house.cache, wording)
    push = RecordingChannel("telegram")
    assert with_files({"telegram": push}, enclosures) == {"telegram": push}


async def test_an_address_the_server_refuses_is_given_up(
    channel: MailChannel, smtp: SmtpServer
) -> None:
    smtp.said["RCPT"] = "550 no such mailbox anna@example.se"
    with pytest.raises(Undeliverable, match=r"^mail refused$"):
        await channel.deliver(ANNA, "m1", REMINDER)


@pytest.mark.parametrize(
    "said", [{"RCPT": "451 later"}, {".": "452 full"}, {"hello": DROP}, {"EHLO": DROP}]
)
async def test_a_server_in_trouble_is_tried_again_and_nothing_repeats_the_address(
    channel: MailChannel, smtp: SmtpServer, said: dict[str, str]
) -> None:
    smtp.said |= said
    with pytest.raises(TryLater) as caught:
        await channel.deliver(ANNA, "m1", REMINDER)
    assert ANNA.id not in str(caught.value)


async def test_a_server_that_is_not_there_makes_every_letter_wait(
    channel: MailChannel, smtp: SmtpServer
) -> None:
    await smtp.close()
    with pytest.raises(TryLater) as caught:
        await channel.deliver(ANNA, "m1", REMINDER)
    assert caught.value.everyone
    assert not await channel.reachable()
    await smtp.open()
    assert await channel.reachable()
    assert smtp.taken == []


def test_there_is_no_channel_without_a_mail_server() -> None:
    assert create(Settings()) == []
    (channel,) = create(
        Settings(smtp_url="smtp://127.0.0.1:25", mail_from=SENDER)  # type: ignore[arg-type]
    )
    assert channel.name == "mail"
