"""The demonstration: its people, their bookings and transcripts, its clock and its page."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event, func, insert, select

from backend import demo
from backend.app import create_app
from backend.clock import SystemClock
from backend.commands.prepared import prepared
from backend.database import Database
from backend.demo import history, scenes
from backend.demo.courses import LESSON
from backend.models import (
    Booking,
    Claim,
    Contact,
    Conversation,
    Handoff,
    Journal,
    Meeting,
    Message,
    Person,
    Service,
    Setting,
    Staff,
    StaffSession,
)
from backend.reminders import planning
from backend.reminders.planning import Coming
from backend.reminders.rules import Kind
from backend.runtime import Runtime, open_runtime
from backend.services import seeing
from backend.services.bookings import Bookings
from backend.services.walltime import local_day
from backend.settings import Settings
from backend.vault import Vault
from backend.work import Work
from dialogs.messages import Urgency
from dialogs.stored import load_reply
from tests.clock import MONDAY_MORNING
from tests.conftest import count
from tests.once import made_once

MOST_STATEMENTS = 5_500
HOLDS_TIME = ("confirmed", "attended", "no_show", "excused")
OWN_PAGE = {"Origin": "http://127.0.0.1:8000", "Host": "127.0.0.1:8000"}


class DemoClock(SystemClock):
    """Monday morning, and what the demonstration has added to it."""

    def now(self) -> datetime:
        return MONDAY_MORNING + self._offset


def settings(folder: Path, **given: object) -> Settings:
    return Settings(var_dir=folder, secret_key="test", **{"demo": True, **given})


def hash_password(password: str) -> str:
    assert password == demo.PASSWORD
    return "hashed"


async def filled(folder: Path) -> int:
    """Fill a fresh database; how many statements it took."""
    statements = 0

    def note(*_given: object) -> None:
        nonlocal statements
        statements += 1

    async with prepared(settings(folder)) as migrated:
        pass
    runtime = open_runtime(migrated.settings, clock=DemoClock())
    event.listen(runtime.database.writer.sync_engine, "before_cursor_execute", note)
    try:
        assert await demo.fill(runtime, hash_password)
    finally:
        await runtime.close()
    return statements


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a filled database; the figures below are read from it."""

    def fill(folder: Path) -> None:
        assert asyncio.run(filled(folder)) < MOST_STATEMENTS

    return made_once(tmp_path_factory, "demo", fill)


@pytest.fixture
async def database(original: Path) -> AsyncIterator[Database]:
    """The filled database, to read in."""
    opened = Database(settings(original).database)
    yield opened
    await opened.close()


@pytest.fixture
def copied(original: Path, tmp_path: Path) -> Path:
    """A folder with a copy of it, to write in."""
    for path in original.glob("ingang.sqlite3*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
async def runtime(copied: Path) -> AsyncIterator[Runtime]:
    """The program on the copy."""
    opened = open_runtime(settings(copied), clock=DemoClock())
    yield opened
    await opened.close()


@pytest.fixture
async def http(runtime: Runtime) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(create_app(runtime), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


async def coming(database: Database) -> list[tuple[Booking, Meeting]]:
    async with database.reading() as session:
        rows = await session.execute(
            select(Booking, Meeting)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.state == "confirmed", Meeting.starts_at > MONDAY_MORNING)
        )
    return [(booking, meeting) for booking, meeting in rows]


async def test_three_hundred_people_speak_every_language(database: Database) -> None:
    async with database.reading() as session:
        languages = Counter(await session.scalars(select(Conversation.language)))

    assert await count(database, "person") == 300
    assert languages == {
        "ar": 90,
        "uk": 40,
        "fa_AF": 35,
        "so": 35,
        "ti": 35,
        "en": 25,
        "ru": 20,
        "sv": 20,
    }


async def test_it_is_filled_once(runtime: Runtime) -> None:
    assert not await demo.fill(runtime, hash_password)

    assert await count(runtime.database, "person") == 300


async def test_a_database_with_people_is_left_alone(tmp_path: Path) -> None:
    async with prepared(settings(tmp_path)) as runtime:
        async with runtime.database.writing() as session:
            await session.execute(insert(Person).values(created_at=MONDAY_MORNING))

        assert not await demo.fill(runtime, hash_password)

        assert await count(runtime.database, "person") == 1
        assert await count(runtime.database, "staff", "password_hash IS NOT NULL") == 0


async def came(folder: Path) -> tuple[list[tuple[datetime, str]], list[int]]:
    """Who came when, by language, and how much came of it."""
    runtime = open_runtime(settings(folder), clock=DemoClock())
    try:
        async with runtime.database.reading() as session:
            rows = await session.execute(
                select(Person.created_at, Conversation.language)
                .join(Conversation, Conversation.person_id == Person.id)
                .order_by(Person.created_at, Conversation.language)
            )
        tables = ("booking", "handoff", "deadline", "message")
        counts = [await count(runtime.database, table) for table in tables]
        return [(at, language) for at, language in rows], counts
    finally:
        await runtime.close()


async def test_a_short_story_is_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LANGUAGES", [(code, 4) for code, _share in history.LANGUAGES])
    monkeypatch.setattr(history, "EVER", [(scene, 4) for scene, _people in history.EVER])
    monkeypatch.setattr(history, "DEALT_WITH", [(each, 1) for each, _few in history.DEALT_WITH])
    monkeypatch.setattr(
        history, "OPEN", [(scenes.books, 3), *[(each, 1) for each, _few in history.OPEN[-3:]]]
    )
    await filled(tmp_path / "once")
    await filled(tmp_path / "again")
    people, counts = await came(tmp_path / "once")
    assert len(people) == 32
    assert min(counts) > 0
    assert await came(tmp_path / "again") == (people, counts)


@pytest.mark.soak
async def test_the_story_is_the_same_each_time(original: Path, tmp_path: Path) -> None:
    await filled(tmp_path)
    assert await came(tmp_path) == await came(original)


async def test_every_coach_and_the_admin_can_sign_in(database: Database) -> None:
    async with database.reading() as session:
        rows = (await session.scalars(select(Staff))).all()

    assert {row.password_hash for row in rows} == {"hashed"}
    assert Counter(row.role for row in rows) == {"coach": 8, "admin": 1, "coordinator": 1}
    amina = next(row for row in rows if row.username == demo.USERNAME)
    assert amina.role == "coach"
    assert "ar" in amina.languages


async def test_there_are_meetings_behind_and_ahead(database: Database) -> None:
    async with database.reading() as session:
        states = Counter(await session.scalars(select(Booking.state)))

    assert len(await coming(database)) >= 30
    assert states["attended"] >= 50
    assert states["no_show"] >= 5
    assert states["excused"] >= 5
    assert states["cancelled"] >= 3
    assert states["held"] == 0


async def test_every_booking_that_holds_time_has_its_claims(database: Database) -> None:
    async with database.reading() as session:
        bookings = (
            await session.scalars(
                select(Booking).where(
                    Booking.state.in_(HOLDS_TIME),
                    Booking.created_at > MONDAY_MORNING - timedelta(days=29),  # of the story
                )
            )
        ).all()
        claims = await session.execute(select(Claim.booking_id, Claim.resource))
        groups = set(await session.scalars(select(Service.id).where(Service.is_group)))
        kinds: dict[str, set[str]] = {}
        for booking, resource in claims:
            kinds.setdefault(booking, set()).add(resource.partition(":")[0])

    for booking in bookings:
        wanted = {"person"} if booking.service_id in groups else {"person", "coach"}
        assert wanted <= kinds[booking.id]


async def test_nobody_is_in_two_places_at_once(database: Database) -> None:
    async with database.reading() as session:
        rows = (
            await session.execute(
                select(Booking.person_id, Meeting)
                .join(Meeting, Meeting.id == Booking.meeting_id)
                .where(Booking.state.in_(HOLDS_TIME))
            )
        ).all()
    whose = [(person, meeting) for person, meeting in rows]
    whose += [(meeting.staff_id, meeting) for _person, meeting in rows if meeting.staff_id]
    whose.sort(key=lambda each: (each[0], each[1].starts_at))

    for _who, theirs in groupby(whose, key=lambda each: each[0]):
        for (_same, earlier), (_again, later) in pairwise(theirs):
            assert earlier.ends_at <= later.starts_at


async def test_a_workshop_has_as_many_people_as_seats_are_taken(database: Database) -> None:
    async with database.reading() as session:
        rows = await session.execute(
            select(Meeting.taken, Meeting.capacity, func.count(Booking.id))
            .outerjoin(Booking, (Booking.meeting_id == Meeting.id) & Booking.state.in_(HOLDS_TIME))
            .where(Meeting.service_id == "cv-workshop")
            .group_by(Meeting.id, Meeting.taken, Meeting.capacity)
        )
        workshops = rows.all()

    assert all(taken == booked <= capacity for taken, capacity, booked in workshops)
    assert sum(taken for taken, _capacity, _booked in workshops) >= 20


async def test_no_workshop_is_held_on_a_closed_day(database: Database) -> None:
    async with database.reading() as session:
        starts = await session.scalars(
            select(Meeting.starts_at).where(Meeting.service_id == "cv-workshop")
        )
        days = {local_day(at) for at in starts}

    assert date(2026, 12, 23) in days
    assert date(2026, 12, 24) not in days
    assert date(2026, 12, 31) not in days


async def test_every_coming_meeting_has_its_reminders_planned(runtime: Runtime) -> None:
    now = runtime.clock.now()
    async with Work.begin(runtime.database, runtime.clock, "system") as work:
        session = await work.reading()
        bookings = Bookings(work, await runtime.cache.get(session))
        planned = set(
            await session.scalars(select(Message.dedupe).where(Message.state == "planned"))
        )
        for booking, meeting in await coming(runtime.database):
            seen = seeing.meeting(bookings.catalogue, booking, meeting)
            group: Kind = "lesson" if seen.service.id == LESSON else "activity"
            kind: Kind = group if seen.service.group else "meeting"
            alone = Coming(booking.person_id, seen, kind)
            wanted = planning.for_meeting(alone, bookings.catalogue.rules, now)
            # Booked long ahead, or one of several things that day: another rule, or one message.
            names = {each.dedupe for each in wanted if each.dedupe.endswith(":two-hours-before")}
            assert names <= planned


async def test_nothing_that_is_planned_is_late(database: Database) -> None:
    now = round(MONDAY_MORNING.timestamp() * 1000)

    late = await count(database, "message", f"state = 'planned' AND due_at <= {now}")

    assert late == 0


async def test_past_reminders_stand_in_the_transcript(database: Database) -> None:
    sent = "about LIKE 'booking:%' AND seq IS NOT NULL AND sent_text IS NOT NULL"

    assert await count(database, "message", sent) >= 50


async def test_messages_are_numbered_in_the_order_they_were_said(database: Database) -> None:
    async with database.reading() as session:
        counters = dict(
            (await session.execute(select(Conversation.id, Conversation.counter))).all()
        )
        rows = await session.execute(
            select(Message.conversation_id, Message.seq, Message.changed, Message.created_at)
            .where(Message.seq.is_not(None))
            .order_by(Message.conversation_id, Message.seq)
        )
        lines = rows.all()

    for conversation, theirs in groupby(lines, key=lambda line: line[0]):
        said = list(theirs)
        assert [line.seq for line in said] == list(range(1, counters[conversation] + 1))
        assert all(line.seq == line.changed for line in said)
        times = [line.created_at for line in said]
        assert times == sorted(times)
        assert times[-1] <= MONDAY_MORNING


async def test_every_message_can_be_shown_to_a_coach(runtime: Runtime) -> None:
    async with runtime.database.reading() as session:
        rows = (await session.scalars(select(Message).limit(400))).all()

    for row in rows:
        assert runtime.renderer.render(load_reply(row.body), "sv").text


async def test_nobody_in_the_story_is_in_danger(database: Database) -> None:
    async with database.reading() as session:
        bodies = await session.scalars(select(Message.body).where(Message.priority == 0))
        urgent = [body for body in bodies if load_reply(body).urgency is Urgency.CRISIS]

    assert not urgent


async def test_a_dozen_people_wait_for_a_coach(database: Database) -> None:
    async with database.reading() as session:
        rows = (
            await session.execute(
                select(Handoff, Conversation.language, Contact)
                .join(Conversation, Conversation.id == Handoff.conversation_id)
                .outerjoin(Contact, Contact.id == Handoff.contact_id)
                .where(Handoff.state == "open")
            )
        ).all()
        contacts = await session.scalar(
            select(func.count()).select_from(Contact).where(Contact.purpose == "call")
        )

    assert Counter(handoff.kind for handoff, *_ in rows) == {"message": 7, "call": 5}
    assert len({language for _handoff, language, _contact in rows}) >= 5
    numbers = [Vault("test").open(contact.sealed) for *_, contact in rows if contact]
    assert len(numbers) == contacts == 5
    for number in numbers:
        assert number.startswith("070174")
        assert 605 <= int(number[-4:]) <= 699  # the series nobody has


async def test_what_was_written_to_the_coaches_is_in_the_queue(database: Database) -> None:
    async with database.reading() as session:
        rows = await session.execute(
            select(Handoff.id, func.count(Message.id))
            .outerjoin(
                Message,
                (Message.conversation_id == Handoff.conversation_id)
                & (Message.direction == "in")
                & (Message.created_at >= Handoff.opened_at),
            )
            .where(Handoff.state == "open", Handoff.kind == "message")
            .group_by(Handoff.id)
        )

    assert all(written >= 1 for _handoff, written in rows)


async def test_a_number_is_nowhere_in_a_transcript(database: Database) -> None:
    assert await count(database, "message", "CAST(body AS TEXT) LIKE '%174 06%'") == 0


async def test_attendance_was_set_by_staff(database: Database) -> None:
    async with database.reading() as session:
        actors = await session.scalars(
            select(Journal.actor).where(Journal.action.in_(("attended", "no_show", "excused")))
        )
        marked = actors.all()

    assert marked
    assert all(actor.startswith("staff:") for actor in marked)


async def test_moving_the_clock_forward_releases_a_reminder(runtime: Runtime) -> None:
    due = await runtime.releaser.next_due()
    assert due is not None
    woken = runtime.hub.worker()
    before = await count(runtime.database, "message", "state = 'planned'")

    await demo.forward(runtime.database, due - runtime.clock.now() + timedelta(minutes=1))
    await runtime.refresh_clock()

    assert woken.is_set()
    assert await runtime.releaser.release_due() >= 1
    assert await count(runtime.database, "message", "state = 'planned'") < before
    assert await count(runtime.database, "message", "state = 'sent' AND seq IS NOT NULL") >= 1


async def test_moving_the_clock_twice_adds_up(runtime: Runtime) -> None:
    await demo.forward(runtime.database, demo.parse_span("1d"))
    await demo.forward(runtime.database, demo.parse_span("3h"))
    await runtime.refresh_clock()

    assert runtime.clock.now() == MONDAY_MORNING + timedelta(days=1, hours=3)
    assert await count(runtime.database, Setting.__tablename__, "name = 'clock_offset_ms'") == 1


async def test_moving_the_clock_signs_nobody_out(runtime: Runtime) -> None:
    now = runtime.clock.now()
    async with runtime.database.writing() as session:
        amina = await session.scalar(select(Staff.id).where(Staff.username == demo.USERNAME))
        session.add(
            StaffSession(
                token_hash="hash", staff_id=amina, csrf="form", created_at=now, seen_at=now
            )
        )

    await demo.forward(runtime.database, timedelta(days=1))

    async with runtime.database.reading() as session:
        signed_in = await session.get_one(StaffSession, "hash")
    assert signed_in.created_at == signed_in.seen_at == now + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1d", timedelta(days=1)),
        ("3h", timedelta(hours=3)),
        (" 30m ", timedelta(minutes=30)),
        ("999d", timedelta(days=999)),
    ],
)
def test_a_span_of_time_is_read(text: str, span: timedelta) -> None:
    assert demo.parse_span(text) == span


@pytest.mark.parametrize("text", ["", "d", "1", "0d", "-1d", "1w", "1.5h", "1000d", "١d", "1d 3h"])
def test_a_span_that_cannot_be_read_says_how_one_is_written(text: str) -> None:
    with pytest.raises(demo.UnknownSpan, match="write 1d, 3h or 30m"):
        demo.parse_span(text)


async def test_the_page_shows_a_phone_a_desk_and_the_clock(http: httpx2.AsyncClient) -> None:
    page = await http.get("/demo?lang=en")

    assert page.status_code == 200
    assert 'src="/?lang=ar"' in page.text
    assert 'src="/console"' in page.text
    assert "Monday 23 November (23/11) 08:00" in page.text
    assert demo.PASSWORD in page.text
    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("name", ["demo.js", "demo.css"])
async def test_the_pages_files_are_served(http: httpx2.AsyncClient, name: str) -> None:
    assert (await http.get(f"/{name}")).status_code == 200


async def test_the_button_moves_the_clock(http: httpx2.AsyncClient, runtime: Runtime) -> None:
    moved = await http.post("/demo/forward?lang=en", json={"by": "1d"}, headers=OWN_PAGE)

    assert moved.status_code == 200
    assert moved.json() == {"now": "Tuesday 24 November (24/11) 08:00"}
    assert runtime.clock.now() == MONDAY_MORNING + timedelta(days=1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://evil.test", "Host": "evil.test"},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_another_site_cannot_move_the_clock(
    http: httpx2.AsyncClient, runtime: Runtime, headers: dict[str, str]
) -> None:
    answer = await http.post("/demo/forward", json={"by": "1d"}, headers=headers)

    assert answer.status_code == 403
    await runtime.refresh_clock()
    assert runtime.clock.now() == MONDAY_MORNING


@pytest.mark.parametrize("body", [{"by": "1w"}, {"by": 1}, {}, {"by": "1d", "to": "1d"}, []])
async def test_a_span_nobody_understands_moves_nothing(
    http: httpx2.AsyncClient, body: object
) -> None:
    answer = await http.post("/demo/forward", json=body, headers=OWN_PAGE)

    assert answer.status_code == 422


async def test_without_a_demonstration_there_is_no_such_page(tmp_path: Path) -> None:
    async with prepared(settings(tmp_path, demo=False)) as runtime:
        transport = httpx2.ASGITransport(create_app(runtime), raise_app_exceptions=False)
        url = "http://127.0.0.1:8000"
        async with httpx2.AsyncClient(transport=transport, base_url=url) as client:
            page = await client.get("/demo")
            moved = await client.post("/demo/forward", json={"by": "1d"}, headers=OWN_PAGE)

    assert (page.status_code, moved.status_code) == (404, 404)
