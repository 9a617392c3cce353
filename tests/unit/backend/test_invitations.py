"""Who is told what about a change, how long to wait, and where letters are handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from backend.mail import BrokenMailServer, MailServer, is_mail_address, mail_server
from backend.post import MOST_ATTEMPTS, wait_after
from backend.services.invitations import letters
from backend.settings import Settings
from backend.smtp import is_final
from dialogs.ports import Meeting, Service, Unit
from dialogs.text import Words
from tests.clock import MONDAY_MORNING

LOCAL = SecretStr("smtp://127.0.0.1:25")
COACHING = Service("coaching", Words.of({"sv": "Coachning"}), Words.of({"sv": "…"}), 45)
CENTRE = Unit("centre", "Etableringscentrum", "Medborgarplatsen 4")
STARTS = MONDAY_MORNING + timedelta(days=1)
BOOKED = Meeting(
    "b1",
    1,
    "confirmed",
    COACHING,
    STARTS,
    STARTS + timedelta(minutes=45),
    CENTRE,
    "Amina",
    "amina",
)
MOVED = replace(BOOKED, version=2, starts=STARTS + timedelta(hours=1))
WITH_BO = replace(MOVED, coach="Bo", coach_id="bo")
CANCELLED = replace(BOOKED, version=2, state="cancelled")


def told(before: Meeting | None, after: Meeting) -> list[tuple[str, str, int]]:
    """Method, coach, and how many hours later than the first time."""
    return [
        (each.method, each.coach, (each.meeting.starts - STARTS) // timedelta(hours=1))
        for each in letters(before, after)
    ]


def test_a_coach_is_invited_to_a_meeting_that_is_booked() -> None:
    assert told(None, BOOKED) == [("REQUEST", "amina", 0)]


def test_a_coach_whose_meeting_is_moved_is_invited_to_the_new_time() -> None:
    assert told(BOOKED, MOVED) == [("REQUEST", "amina", 1)]


def test_a_meeting_that_goes_to_another_coach_ends_at_the_old_time_for_the_first() -> None:
    assert told(BOOKED, WITH_BO) == [("CANCEL", "amina", 0), ("REQUEST", "bo", 1)]


def test_a_meeting_that_is_cancelled_ends() -> None:
    assert told(BOOKED, CANCELLED) == [("CANCEL", "amina", 0)]


def test_a_request_is_no_invitation_until_a_coach_has_said_yes() -> None:
    asked = replace(BOOKED, version=0, state="requested")
    assert told(None, asked) == []
    assert told(asked, replace(asked, version=1, state="cancelled")) == []
    assert told(asked, BOOKED) == [("REQUEST", "amina", 0)]


def test_an_activity_and_a_meeting_without_a_coach_invite_nobody() -> None:
    assert told(None, replace(BOOKED, service=replace(COACHING, group=True))) == []
    assert told(None, replace(BOOKED, coach=None, coach_id=None)) == []


def test_the_waits_grow_to_half_a_day_and_bridge_a_weekend() -> None:
    waits = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert [wait // timedelta(minutes=1) for wait in waits[:4]] == [1, 5, 15, 60]
    assert waits == sorted(waits)
    assert max(waits) == timedelta(hours=12)
    assert sum(waits, timedelta()) > timedelta(days=2.5)


def refused(*codes: int) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused(
        [SMTPRecipientRefused(code, "no", "x@y.example") for code in codes]
    )


def test_only_what_concerns_this_letter_is_given_up_at_once() -> None:
    assert is_final(refused(550))
    assert is_final(SMTPDataError(554, "no"))
    assert not is_final(refused(450))
    assert not is_final(SMTPDataError(451, "later"))
    assert not is_final(SMTPAuthenticationError(535, "wrong password"))
    assert not is_final(SMTPSenderRefused(550, "who are you", "us@y.example"))
    assert not is_final(SMTPConnectError("gone"))
    assert not is_final(TimeoutError())


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://anna:p%40ss@mail.example", MailServer("mail.example", 587, "starttls")),
        ("smtps://anna:p%40ss@mail.example", MailServer("mail.example", 465, "tls")),
        ("smtp://anna:p%40ss@mail.example:2525/", MailServer("mail.example", 2525, "starttls")),
        ("smtp://anna:p%40ss@[::1]:25", MailServer("::1", 25, "none")),
        ("smtp://anna:p%40ss@127.0.0.1:25", MailServer("127.0.0.1", 25, "none")),
        ("smtp://anna:p%40ss@localhost:25", MailServer("localhost", 25, "none")),
        (
            "smtp://anna:p%40ss@localhost.example:25",
            MailServer("localhost.example", 25, "starttls"),
        ),
        ("smtp://anna:p%40ss@127.0.0.1.example", MailServer("127.0.0.1.example", 587, "starttls")),
    ],
)
def test_a_server_is_spoken_to_in_the_clear_on_this_machine_only(
    url: str, server: MailServer
) -> None:
    assert mail_server(url) == replace(server, username="anna", password="p@ss")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:587",
        "http://anna:zebra@mail.example",
        "smtp://",
        "smtp://anna:zebra@",
        "smtp://anna:zebra@mail.example:99999",
        "smtp://anna:zebra@mail.example:port",
        "smtp://anna:zebra@mail.example:0",
        "smtp://anna:ze/bra@mail.example",
        "smtp://anna:ze#bra@mail.example",
        "smtp://anna:zebra@[mail.example",
        "smtp://anna@mail.example",
        "smtp://:zebra@mail.example",
    ],
)
def test_a_broken_address_of_a_server_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(BrokenMailServer) as refusal:
        mail_server(url)
    assert "ze" not in str(refusal.value)
    with pytest.raises(ValidationError) as error:
        Settings(smtp_url=SecretStr(url), mail_from="us@centre.example")
    assert "ze" not in str(error.value)
    assert str(refusal.value) in str(error.value)


def test_no_server_is_no_fault_and_a_server_needs_a_sender() -> None:
    assert Settings().mail_server is None
    ours = Settings(smtp_url=LOCAL, mail_from="us@centre.example")
    assert ours.mail_server == MailServer("127.0.0.1", 25, "none")
    for sender in ("", "us", "Us <us@centre.example>"):
        with pytest.raises(ValidationError, match="mail_from"):
            Settings(smtp_url=LOCAL, mail_from=sender)


@pytest.mark.parametrize("text", ["a@b.se", "amina.al-x+tid@mail.stockholm.se", "o'b@x-y.example"])
def test_an_address_is_an_address(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "amina", "amina@", "@b.se", "amina@b", "a b@c.se", "a@b.se ", "a@b..se", "a@-b.se",
     "a@b.se\nBcc: c@d.se", "A <a@b.se>", "a@b.se,c@d.se", "åsa@b.se", "a@b.se\n"],
)  # fmt: skip
def test_what_is_more_or_less_than_one_address_is_refused(text: str) -> None:
    assert not is_mail_address(text)


@given(st.text(max_size=300))
def test_no_address_holds_a_blank_or_a_control_character(text: str) -> None:
    if is_mail_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set(' <>,;:"\\()[]')
