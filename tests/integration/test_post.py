"""Invitations by mail, from the booking to a real mail server on this machine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.x509.oid import NameOID
from icalendar import Calendar
from sqlalchemy import event as sql_event
from sqlalchemy import insert, select, update

from backend.letters import Writer
from backend.mail import MailServer, Security
from backend.models import Invitation, Person, Staff
from backend.post import LEASE, MOST_ATTEMPTS, PostOffice, backlog
from backend.services.invitations import announce, set_address
from backend.services.walltime import instant
from backend.smtp import fault_of
from backend.work import Work
from dialogs.ports import Meeting, Mode, Slot
from tests.house import House
from tests.smtp_server import DROP, WITH_TLS, SmtpServer

SENDER = "no-reply@centre.example"
TUESDAY = date(2026, 11, 24)
AMINA, BO = "amina@work.example", "bo@work.example"


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as running:
        yield running


@pytest.fixture
async def staffed(house: House) -> House:
    """Amina and Bo have mail addresses, Carla has none; Amina's console is in English."""
    async with house.database.writing() as session:
        for username, address in (("amina", AMINA), ("bo", BO)):
            assert await set_address(session, username, address)
        await session.execute(update(Staff).where(Staff.id == "amina").values(language="en"))
        await session.execute(insert(Person).values(id="anna", created_at=house.clock.now()))
    return house


@pytest.fixture
def post(staffed: House, smtp: SmtpServer) -> PostOffice:
    return office(staffed, smtp.address)


def office(house: House, server: MailServer) -> PostOffice:
    """A sender of its own, as another process has it."""
    writer = Writer(house.renderer, SENDER, "Etableringscentrum Söder")
    return PostOffice(house.database, house.clock, house.cache, writer, server)


def at(hour: int, day: date = TUESDAY) -> datetime:
    found = instant(day, hour * 60)
    assert found is not None
    return found


def slot(coach: str = "amina", hour: int = 9, mode: Mode = "on_site") -> Slot:
    return Slot("coaching", coach, "centre", at(hour), mode)


async def books(house: House, wanted: Slot) -> Meeting:
    async with Work.begin(house.database, house.clock, "person") as work:
        bookings = await house.bookings(work)
        return await bookings.confirm("anna", await bookings.hold("anna", wanted))


async def moves(house: House, old: Meeting, wanted: Slot) -> Meeting:
    async with Work.begin(house.database, house.clock, "person") as work:
        return await (await house.bookings(work)).move(old.booking, old.version, wanted)


async def cancels(house: House, old: Meeting) -> None:
    async with Work.begin(house.database, house.clock, "person") as work:
        await (await house.bookings(work)).cancel(old.booking, "person")


async def rows(house: House) -> Sequence[Invitation]:
    async with house.database.reading() as session:
        found = await session.scalars(
            select(Invitation).order_by(Invitation.version, Invitation.staff_id)
        )
        return found.all()


async def states(house: House) -> list[str]:
    return [f"{row.method} {row.staff_id} {row.state}" for row in await rows(house)]


def invited(letter: EmailMessage) -> tuple[str, Any]:
    """The method and the event of a letter, as a calendar program reads them."""
    (part,) = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == calendar["METHOD"]
    return str(calendar["METHOD"]), event


def words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that touch invitations while the block runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "invitation" in statement:
            seen.append(statement)

    sql_event.listen(house.database.writer.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sql_event.remove(house.database.writer.sync_engine, "before_cursor_execute", note)


async def test_a_booking_arrives_in_the_coachs_mailbox_and_calendar(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    assert await post.send_due() == 1
    (letter,) = smtp.letters
    assert smtp.recipients == [AMINA]
    assert letter["To"] == AMINA
    assert letter["From"] == f"Etableringscentrum Söder <{SENDER}>"
    assert letter["Subject"] == "Meeting: Coaching, Tuesday 24 November (24/11) 09:00"
    assert letter["Auto-Submitted"] == "auto-generated"
    method, event = invited(letter)
    assert method == "REQUEST"
    assert event["ATTENDEE"] == f"mailto:{AMINA}"
    assert event["ORGANIZER"] == f"mailto:{SENDER}"
    assert event["UID"].startswith(f"{booked.booking}@")
    assert event["SEQUENCE"] == booked.version
    assert event["STATUS"] == "CONFIRMED"
    assert event["DTSTART"].dt == at(9)
    assert event["DTEND"].dt == at(9) + timedelta(minutes=45)
    assert event["LOCATION"] == "Etableringscentrum, Medborgarplatsen 4"
    assert await states(staffed) == ["REQUEST amina sent"]
    assert await post.next_due() is None


async def test_the_letter_says_time_and_place_and_that_nobody_reads_answers_but_no_person(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    await post.send_due()
    (letter,) = smtp.letters
    said = words(letter)
    assert "Coaching\nTime: Tuesday 24 November (24/11) 09:00" in said
    assert "Place: Etableringscentrum, Medborgarplatsen 4" in said
    assert "Nobody reads answers" in said
    assert "/console" in said
    assert "anna" not in letter.as_string()
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "meeting.ics"
    assert Calendar.from_ical(attached.get_content())["METHOD"] == "REQUEST"
    structure = [each.get_content_type() for each in letter.walk()]
    assert structure == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/calendar",
        "application/ics",
    ]
    assert smtp.taken[0].isascii()


async def test_the_letter_is_in_the_language_of_the_coachs_console(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot("bo"))
    await post.send_due()
    (letter,) = smtp.letters
    assert "tisdag 24 november (24/11) 09:00" in letter["Subject"]
    assert "Coachning" in letter["Subject"]


async def test_a_video_meeting_has_its_room_until_it_is_off(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot(mode="video"))
    await post.send_due()
    await cancels(staffed, booked)
    await post.send_due()
    first, last = smtp.letters
    assert booked.room is not None
    assert booked.room in words(first)
    assert invited(first)[1]["LOCATION"] == booked.room
    assert "LOCATION" not in invited(last)[1]


async def test_one_event_lives_through_move_and_cancellation_with_a_rising_sequence(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    await post.send_due()
    moved = await moves(staffed, booked, slot(hour=10))
    await post.send_due()
    await cancels(staffed, moved)
    await post.send_due()
    assert await states(staffed) == [
        "REQUEST amina sent",
        "REQUEST amina sent",
        "CANCEL amina sent",
    ]
    read = [invited(letter) for letter in smtp.letters]
    assert [method for method, _event in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({event["UID"] for _method, event in read}) == 1
    sequences = [event["SEQUENCE"] for _method, event in read]
    assert sequences == sorted(set(sequences))
    assert [event["DTSTART"].dt for _method, event in read] == [at(9), at(10), at(10)]
    assert read[-1][1]["STATUS"] == "CANCELLED"
    assert smtp.letters[-1]["Subject"].startswith("Cancelled: Coaching")
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 3


async def test_a_meeting_that_goes_to_another_coach_leaves_the_first_ones_calendar(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    await post.send_due()
    await moves(staffed, booked, slot("bo", 10))
    await post.send_due()
    by_coach = {
        (to, *invited(letter)[:1]): invited(letter)[1]["DTSTART"].dt
        for to, letter in zip(smtp.recipients, smtp.letters, strict=True)
    }
    assert by_coach == {
        (AMINA, "REQUEST"): at(9),
        (AMINA, "CANCEL"): at(9),
        (BO, "REQUEST"): at(10),
    }


async def test_a_meeting_that_comes_back_to_a_coach_is_in_her_calendar(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    await post.send_due()
    away = await moves(staffed, booked, slot("bo", 10))
    back = await moves(staffed, away, slot("amina", 11))
    await post.send_due()
    assert [to for to in smtp.recipients if to == BO] == []
    method, event = invited(smtp.letters[-1])
    assert (method, event["SEQUENCE"], event["DTSTART"].dt) == ("REQUEST", back.version, at(11))


async def test_a_booking_that_is_cancelled_before_its_letter_left_sends_nothing(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await cancels(staffed, await books(staffed, slot()))
    assert await post.send_due() == 0
    assert smtp.letters == []
    assert await states(staffed) == ["REQUEST amina void", "CANCEL amina void"]


async def test_only_the_newest_time_is_sent(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await moves(staffed, await books(staffed, slot()), slot(hour=11))
    assert await post.send_due() == 1
    (letter,) = smtp.letters
    assert invited(letter)[1]["DTSTART"].dt == at(11)


async def test_a_meeting_that_goes_on_and_on_leaves_every_calendar_it_was_in(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    await post.send_due()
    with_bo = await moves(staffed, booked, slot("bo", 10))
    await moves(staffed, with_bo, slot("carla", 11))
    await post.send_due()
    assert smtp.recipients == [AMINA, AMINA]
    assert [invited(letter)[0] for letter in smtp.letters] == ["REQUEST", "CANCEL"]


async def test_a_coach_without_an_address_costs_no_statement_and_gets_no_letter(
    staffed: House, post: PostOffice
) -> None:
    with counted(staffed) as statements:
        booked = await books(staffed, slot("carla"))
        await cancels(staffed, booked)
    assert statements == []
    assert await rows(staffed) == []


async def test_a_booking_costs_one_statement_and_a_change_two(staffed: House) -> None:
    with counted(staffed) as statements:
        booked = await books(staffed, slot())
    assert len(statements) == 1
    with counted(staffed) as statements:
        await moves(staffed, booked, slot("bo", 10))
    assert len(statements) == 2


async def test_what_is_said_twice_is_sent_once(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    moved = await moves(staffed, booked, slot(hour=10))
    async with Work.begin(staffed.database, staffed.clock, "person") as work:
        await announce(work, (await staffed.bookings(work)).catalogue, booked, moved)
    assert await post.send_due() == 1
    assert len(smtp.letters) == 1


async def test_an_undone_booking_leaves_no_letter(staffed: House, post: PostOffice) -> None:
    work = Work(staffed.database, staffed.clock)
    bookings = await staffed.bookings(work)
    await bookings.confirm("anna", await bookings.hold("anna", slot()))
    assert work.has_written
    await work.abandon()
    await work.close()
    assert await post.send_due() == 0
    assert await rows(staffed) == []


async def test_a_killed_sender_sends_again_after_the_lease_with_the_same_message_id(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    smtp.answering.clear()
    sending = asyncio.create_task(post.send_due())
    await smtp.arrived.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    smtp.answering.set()
    another = office(staffed, smtp.address)
    assert await another.send_due() == 0
    assert await another.next_due() == staffed.clock.now() + LEASE
    staffed.clock.forward(seconds=LEASE.total_seconds())
    assert await another.send_due() == 1
    first, second = smtp.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert invited(first)[1]["SEQUENCE"] == invited(second)[1]["SEQUENCE"]
    assert await states(staffed) == ["REQUEST amina sent"]


async def test_a_meeting_cancelled_while_its_letter_is_under_way_is_called_off_afterwards(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    smtp.answering.clear()
    sending = asyncio.create_task(post.send_due())
    await smtp.arrived.wait()
    await cancels(staffed, booked)
    assert await office(staffed, smtp.address).send_due() == 0  # the first is still under way
    smtp.answering.set()
    assert await sending == 2
    assert [invited(letter)[0] for letter in smtp.letters] == ["REQUEST", "CANCEL"]
    assert await states(staffed) == ["REQUEST amina sent", "CANCEL amina sent"]


async def test_a_letter_that_was_refused_while_its_meeting_was_cancelled_needs_no_end(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    smtp.said["."] = "554 no"
    smtp.answering.clear()
    sending = asyncio.create_task(post.send_due())
    await smtp.arrived.wait()
    await cancels(staffed, booked)
    smtp.answering.set()
    assert await sending == 1
    assert await states(staffed) == ["REQUEST amina void", "CANCEL amina void"]


async def test_a_sender_killed_before_a_cancellation_is_thought_to_have_sent(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    smtp.answering.clear()
    sending = asyncio.create_task(post.send_due())
    await smtp.arrived.wait()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    smtp.answering.set()
    await cancels(staffed, booked)
    another = office(staffed, smtp.address)
    assert await another.send_due() == 0
    assert await another.next_due() == staffed.clock.now() + LEASE
    staffed.clock.forward(seconds=LEASE.total_seconds())
    assert await another.send_due() == 1
    assert invited(smtp.letters[-1])[0] == "CANCEL"


async def test_a_dead_server_delays_and_nothing_is_lost(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    await smtp.close()
    assert await post.send_due() == 1
    (row,) = await rows(staffed)
    assert (row.state, row.attempts, row.error) == ("due", 1, "SMTPConnectError")
    assert row.due_at == staffed.clock.now() + timedelta(minutes=1)
    assert await post.next_due() == row.due_at
    await smtp.open()
    assert await post.send_due() == 0
    staffed.clock.forward(minutes=1)
    assert await post.send_due() == 1
    assert len(smtp.letters) == 1
    assert await states(staffed) == ["REQUEST amina sent"]


@pytest.mark.parametrize(
    "said",
    [
        {"hello": "421 busy"},
        {"MAIL": "451 later"},
        {"MAIL": "550 who are you"},
        {"RCPT": "450 greylisted"},
        {"DATA": "451 later"},
        {".": "451 later"},
        {"hello": DROP},
        {"RCPT": DROP},
        {".": DROP},
    ],
    ids=lambda said: " ".join(*said.items()),
)
async def test_what_may_go_better_later_is_tried_again(
    staffed: House, post: PostOffice, smtp: SmtpServer, said: dict[str, str]
) -> None:
    await books(staffed, slot())
    smtp.said = said
    for minutes in (0, 1, 5):
        staffed.clock.forward(minutes=minutes)
        assert await post.send_due() == 1
    smtp.said = {}
    staffed.clock.forward(minutes=15)
    assert await post.send_due() == 1
    assert await states(staffed) == ["REQUEST amina sent"]


@pytest.mark.parametrize(
    "said", [{"RCPT": "550 nobody here"}, {"DATA": "554 no"}, {".": "554 no"}]
)
async def test_what_will_never_be_taken_is_given_up_at_once(
    staffed: House, post: PostOffice, smtp: SmtpServer, said: dict[str, str]
) -> None:
    await books(staffed, slot())
    smtp.said = said
    assert await post.send_due() == 1
    (row,) = await rows(staffed)
    assert row.state == "failed"
    assert row.error in {"SMTPRecipientsRefused", "SMTPDataError"}
    async with staffed.database.reading() as session:
        assert (await backlog(session, staffed.clock.now())).failed == 1
        assert (await backlog(session, at(10))).failed == 0  # nobody can mend it any more


async def test_a_server_that_says_no_goodbye_has_taken_the_letter(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    smtp.said["QUIT"] = DROP
    await post.send_due()
    assert await states(staffed) == ["REQUEST amina sent"]


async def test_a_server_that_never_answers_is_left_after_a_while(
    staffed: House, post: PostOffice, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.smtp.WITHIN", timedelta(milliseconds=300))
    await books(staffed, slot())
    smtp.answering.clear()
    assert await post.send_due() == 1
    (row,) = await rows(staffed)
    assert (row.state, row.lease_until) == ("due", None)
    assert row.error in {"TimeoutError", "SMTPReadTimeoutError"}


async def test_after_many_days_in_vain_a_letter_is_given_up(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    booked = await books(staffed, slot())
    async with staffed.database.writing() as session:  # far enough away
        await session.execute(update(Invitation).values(starts_at=at(9, date(2026, 12, 24))))
    smtp.said["RCPT"] = "450 later"
    for _attempt in range(MOST_ATTEMPTS + 3):
        await post.send_due()
        staffed.clock.forward(hours=12)
    (row,) = await rows(staffed)
    assert (row.booking_id, row.state, row.attempts) == (booked.booking, "failed", MOST_ATTEMPTS)


async def test_a_meeting_that_has_begun_needs_no_letter(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    staffed.clock.at = at(9)
    assert await post.send_due() == 0
    assert await states(staffed) == ["REQUEST amina void"]
    assert smtp.letters == []


async def test_an_address_that_is_taken_away_gets_no_letter(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    async with staffed.database.writing() as session:
        assert await set_address(session, "amina", None)
        assert not await set_address(session, "nobody", None)
    assert await states(staffed) == ["REQUEST amina void"]
    async with staffed.database.writing() as session:
        await session.execute(update(Invitation).values(state="due"))
    assert await post.send_due() == 0
    assert smtp.letters == []


async def test_two_senders_send_each_letter_once(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    async with staffed.database.writing() as session:
        await session.execute(
            insert(Invitation).values(
                [
                    {
                        "id": f"i{number}",
                        "staff_id": "amina",
                        "booking_id": f"b{number}",
                        "version": 1,
                        "method": "REQUEST",
                        "service_id": "coaching",
                        "unit_id": "centre",
                        "mode": "on_site",
                        "starts_at": at(9),
                        "ends_at": at(10),
                        "due_at": staffed.clock.now(),
                    }
                    for number in range(23)
                ]
            )
        )
    sent = await asyncio.gather(*(office(staffed, smtp.address).send_due() for _ in range(3)))
    assert sum(sent) == 23
    assert len({letter["Message-ID"] for letter in smtp.letters}) == len(smtp.letters) == 23


async def test_no_address_and_no_name_appears_in_the_logs(
    staffed: House,
    post: PostOffice,
    smtp: SmtpServer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    booked = await books(staffed, slot())
    for said in (f"450 <{AMINA}> greylisted", f"550 <{AMINA}> unknown to {SENDER}"):
        smtp.said["RCPT"] = said
        await post.send_due()
        staffed.clock.forward(minutes=1)
    await cancels(staffed, booked)
    await books(staffed, slot("bo"))
    smtp.said = {}
    await post.send_due()
    heard = capsys.readouterr()
    logged = f"{heard.out}{heard.err}{caplog.text}"
    assert logged.count("invitation_not_sent") == 2
    assert "SMTPRecipientsRefused" in logged
    for secret in ("@", "Amina", "amina", "bo@", "Coachning"):
        assert secret not in logged


async def test_nothing_is_said_in_the_clear_to_a_server_that_should_have_a_certificate(
    staffed: House, smtp: SmtpServer
) -> None:
    await books(staffed, slot())
    plain = replace(smtp.address, security="starttls", username="us", password="hemligt")
    await office(staffed, plain).send_due()
    assert [line.split()[0] for line in smtp.commands if not line.startswith("QUIT")] == ["EHLO"]
    assert [row.state for row in await rows(staffed)] == ["due"]


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for this machine, and the file that makes it trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    local = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(local, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "public.pem", tmp_path / "private.pem"
    public.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_we_sign_in_to_a_server_whose_certificate_is_good_and_to_no_other(
    staffed: House,
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
    security: Security,
) -> None:
    context, public = certified
    await books(staffed, slot())
    async with SmtpServer(dict(WITH_TLS), tls=context, at_once=security == "tls") as smtp:
        address = replace(smtp.address, security=security, username="us", password="hemligt")
        await office(staffed, address).send_due()
        assert [row.state for row in await rows(staffed)] == ["due"]
        assert not any(line.startswith("AUTH") for line in smtp.commands)
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        staffed.clock.forward(minutes=1)
        await office(staffed, address).send_due()
        assert any(line.startswith("AUTH") for line in smtp.commands)
    assert [invited(letter)[0] for letter in smtp.letters] == ["REQUEST"]


async def test_doctor_learns_why_a_server_cannot_be_used(smtp: SmtpServer) -> None:
    assert await fault_of(smtp.address, SENDER) is None
    smtp.said["EHLO"] = smtp.said["HELO"] = "554 no"
    assert await fault_of(smtp.address, SENDER) == "SMTPHeloError"
    await smtp.close()
    assert await fault_of(smtp.address, SENDER) == "SMTPConnectError"
    await smtp.open()


async def test_the_worker_sends_without_being_asked(
    staffed: House, post: PostOffice, smtp: SmtpServer
) -> None:
    worker = replace(staffed.worker, post=post)
    running = asyncio.create_task(worker.run())
    await books(staffed, slot())
    staffed.hub.nudge()
    async with asyncio.timeout(60):  # this machine may be busy
        await smtp.arrived.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert invited(smtp.letters[0])[0] == "REQUEST"
