"""A coach's own calendar: read, heeded, and never the reason why a meeting silently goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update

from backend.database import Database
from backend.fetching import NotFetched, NotHttps, TooSlow
from backend.models import Busy, Journal, Person, Service, Staff
from backend.services.bookings import Bookings
from backend.services.busy import Reader, conflicts, expect_not_busy, set_address
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue, touch
from backend.services.desk import PersonBooking
from backend.services.walltime import instant
from backend.vault import Vault
from backend.work import Work
from dialogs.ports import Offer, Slot, SlotTaken
from tests.conftest import count
from tests.house import COACHES, House

ADDRESS = "https://calendar.example/amina.ics?key=secret"
HOST = "ingang.example"
PEOPLE = ("anna", "berta", "carla")
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    found = instant(day, hour * 60 + minute)
    assert found is not None
    return found


def calendar(*times: tuple[datetime, datetime], host: str = "elsewhere") -> bytes:
    """A calendar with an event at each time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for number, (starts, ends) in enumerate(times):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}@{host}",
            f"DTSTART:{starts:%Y%m%dT%H%M%SZ}",
            f"DTEND:{ends:%Y%m%dT%H%M%SZ}",
            "END:VEVENT",
        ]
    return "\r\n".join((*lines, "END:VCALENDAR", "")).encode()


@dataclass
class Web:
    """What is found at addresses: a calendar, or what goes wrong."""

    found: bytes | NotFetched = b""
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def fetch(self, address: str) -> bytes:
        """Look there."""
        self.asked.append(address)
        if self.meanwhile is not None:
            await self.meanwhile()
        if isinstance(self.found, NotFetched):
            raise self.found
        return self.found


@dataclass
class Office:
    """A house in which coaches have calendars of their own."""

    house: House
    web: Web = field(default_factory=Web)

    @property
    def reader(self) -> Reader:
        return Reader(
            self.house.database, self.house.clock, self.house.vault, self.web.fetch, HOST
        )

    async def gives(self, address: str | None, staff: str = "amina") -> None:
        """A coach says where her calendar is."""
        work = Work.begin(self.house.database, self.house.clock, f"staff:{staff}")
        async with work as begun:
            await set_address(begun, self.house.vault, staff, address)

    async def reads(self, *times: tuple[datetime, datetime]) -> None:
        """Her calendar has these times, and is read."""
        self.web.found = calendar(*times)
        await self.reader.read_due()

    async def rows(self) -> Sequence[tuple[datetime, datetime]]:
        async with self.house.database.reading() as session:
            found = await session.scalars(select(Busy).order_by(Busy.starts_at))
            return [(row.starts_at, row.ends_at) for row in found]

    async def coach(self, staff: str = "amina") -> Staff:
        async with self.house.database.reading() as session:
            row = await session.get(Staff, staff)
            assert row is not None
            return row

    async def offers(self, day: date = TUESDAY, person: str = "anna") -> Sequence[Offer]:
        work = Work(self.house.database, self.house.clock)
        try:
            calendar = PersonCalendar(person, work, CurrentCatalogue(self.house.cache, work))
            return await calendar.on("coaching", day, "ar")
        finally:
            await work.close()

    async def books(self, slot: Slot, person: str) -> str:
        """Somebody takes a time; the booking."""
        async with Work.begin(self.house.database, self.house.clock, "person") as work:
            desk = PersonBooking(person, work, CurrentCatalogue(self.house.cache, work))
            return (await desk.confirm(await desk.hold(slot))).booking


@pytest.fixture
async def office(house: House) -> Office:
    async with house.database.writing() as session:
        await session.execute(text("DELETE FROM hours WHERE staff_id <> 'amina'"))
        rows = [{"id": person, "created_at": house.clock.at} for person in PEOPLE]
        await session.execute(insert(Person), rows)
        await touch(session)
    return Office(house)


def hours(offers: Sequence[Offer]) -> list[str]:
    return [f"{offer.slot.starts + timedelta(hours=1):%H:%M}" for offer in offers]


async def test_no_time_is_offered_that_her_own_calendar_takes(office: Office) -> None:
    assert hours(await office.offers()) == ["09:00", "10:00", "11:00"]
    await office.gives(ADDRESS)
    await office.reads((at(10, 30), at(10, 40)))
    assert await office.rows() == [(at(10, 30), at(10, 40))]
    assert hours(await office.offers()) == ["09:00", "11:00"]
    assert office.web.asked == [ADDRESS]


async def test_what_ends_when_a_meeting_starts_is_not_in_its_way(office: Office) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(8), at(9)), (at(9, 45), at(10)))
    assert hours(await office.offers()) == ["09:00", "10:00", "11:00"]


async def test_a_whole_day_away_takes_the_whole_day(office: Office) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(0), at(0, day=TUESDAY + timedelta(days=1))))
    assert await office.offers() == []
    assert len(await office.offers(TUESDAY + timedelta(days=1))) == 3


async def test_each_reading_replaces_the_one_before(office: Office) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(9), at(10)))
    office.house.clock.forward(minutes=10)
    await office.reads((at(11), at(12)))
    assert await office.rows() == [(at(11), at(12))]


async def test_a_calendar_is_read_every_ten_minutes(office: Office) -> None:
    assert await office.reader.next_due() is None
    await office.gives(ADDRESS)
    assert await office.reader.next_due() == office.house.clock.at
    await office.reads()
    assert await office.reader.next_due() == office.house.clock.at + timedelta(minutes=10)
    office.house.clock.forward(minutes=9)
    await office.reader.read_due()
    assert len(office.web.asked) == 1
    office.house.clock.forward(minutes=1)
    await office.reader.read_due()
    assert len(office.web.asked) == 2


@pytest.mark.parametrize(
    ("found", "fault"), [(TooSlow(), "TooSlow"), (b"<html>Sign in</html>", "NotACalendar")]
)
async def test_a_calendar_that_cannot_be_read_keeps_what_was_known_and_says_so(
    office: Office, found: bytes | NotFetched, fault: str
) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(10), at(11)))
    assert (await office.coach()).busy_fault is None
    office.house.clock.forward(minutes=10)
    office.web.found = found
    await office.reader.read_due()
    row = await office.coach()
    assert (row.busy_fault, row.busy_read_at) == (fault, office.house.clock.at)
    assert hours(await office.offers()) == ["09:00", "11:00"]
    office.house.clock.forward(minutes=10)
    await office.reads()
    assert (await office.coach()).busy_fault is None
    assert await office.rows() == []


async def test_one_calendar_that_fails_does_not_stop_the_next(office: Office) -> None:
    for coach in COACHES:
        await office.gives(f"https://calendar.example/{coach}", coach)
    office.web.found = TooSlow()
    await office.reader.read_due()
    assert len(office.web.asked) == len(COACHES)


async def test_an_address_sealed_with_another_key_is_a_fault(office: Office) -> None:
    async with office.house.database.writing() as session:
        sealed = Vault("another").seal(ADDRESS)
        await session.execute(update(Staff).where(Staff.id == "amina").values(busy_sealed=sealed))
    await office.reader.read_due()
    assert (await office.coach()).busy_fault == "WrongKey"
    assert office.web.asked == []


async def test_nobody_reads_the_calendar_of_one_who_has_left(office: Office) -> None:
    await office.gives(ADDRESS)
    async with office.house.database.writing() as session:
        await session.execute(update(Staff).values(is_active=False))
    await office.reader.read_due()
    assert (office.web.asked, await office.reader.next_due()) == ([], None)


async def test_the_address_is_sealed_and_neither_it_nor_its_host_is_in_the_journal(
    office: Office,
) -> None:
    await office.gives(ADDRESS)
    sealed = (await office.coach()).busy_sealed
    assert sealed is not None
    assert b"calendar.example" not in sealed
    assert office.house.vault.open(sealed) == ADDRESS
    await office.gives(None)
    async with office.house.database.reading() as session:
        notes = (await session.scalars(select(Journal).order_by(Journal.id))).all()
    assert [(note.entity, note.entity_id, note.action, note.data) for note in notes] == [
        ("busy", "amina", "set", {}),
        ("busy", "amina", "removed", {}),
    ]


async def test_an_address_that_is_taken_away_takes_its_times_along(office: Office) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(10), at(11)))
    await office.gives(None)
    assert await office.rows() == []
    row = await office.coach()
    assert (row.busy_sealed, row.busy_read_at, row.busy_fault) == (None, None, None)


async def test_an_address_changed_while_it_is_read_is_not_given_the_old_times(
    office: Office,
) -> None:
    await office.gives(ADDRESS)

    async def moves() -> None:
        await office.gives("https://calendar.example/new")

    office.web.meanwhile = moves
    await office.reads((at(10), at(11)))
    assert await office.rows() == []
    assert (await office.coach()).busy_read_at is None


@pytest.mark.parametrize("address", ["", "calendar", "http://calendar.example/", "file:///etc"])
async def test_an_address_that_is_none_is_refused(office: Office, address: str) -> None:
    with pytest.raises(NotHttps):
        await office.gives(address)
    assert (await office.coach()).busy_sealed is None


async def test_webcal_is_https(office: Office) -> None:
    await office.gives(" webcal://calendar.example/amina ")
    await office.reads()
    assert office.web.asked == ["https://calendar.example/amina"]


async def test_a_time_that_became_busy_is_taken_when_somebody_holds_it(
    office: Office, database: Database
) -> None:
    (nine, *_later) = await office.offers()
    await office.gives(ADDRESS)
    await office.reads((at(9, 44), at(9, 50)))
    async with database.reading() as session:
        with pytest.raises(SlotTaken):
            await expect_not_busy(session, nine.slot, 45)
        await expect_not_busy(session, nine.slot, 44)
        await expect_not_busy(session, Slot("coaching", "bo", "centre", at(9)), 45)


async def test_a_meeting_at_a_time_that_became_busy_is_a_conflict_and_stays(
    office: Office, database: Database
) -> None:
    nine, ten, _eleven = await office.offers()
    await office.books(nine.slot, "anna")
    booking = await office.books(ten.slot, "berta")
    await office.gives(ADDRESS)
    await office.reads((at(10, 30), at(11)), (at(10), at(10, 5)))
    async with database.reading() as session:
        (found,) = await conflicts(session, office.house.clock.at)
        assert (found.booking, found.staff, found.starts) == (booking, "amina", at(10))
        assert await conflicts(session, at(10)) == []
    assert await count(database, "booking", "state = 'confirmed'") == 2


async def test_a_meeting_called_off_is_no_conflict(office: Office, database: Database) -> None:
    nine, *_later = await office.offers()
    booking = await office.books(nine.slot, "anna")
    await office.gives(ADDRESS)
    await office.reads((at(9), at(10)))
    async with Work.begin(database, office.house.clock, "person") as work:
        catalogue = await office.house.cache.get(await work.reading())
        await Bookings(work, catalogue).cancel(booking, "person")
    async with database.reading() as session:
        assert await conflicts(session, office.house.clock.at) == []


async def test_our_own_invitation_in_her_calendar_is_no_conflict(
    office: Office, database: Database
) -> None:
    nine, *_later = await office.offers()
    await office.books(nine.slot, "anna")
    await office.gives(ADDRESS)
    office.web.found = calendar((at(9), at(9, 45)), host=HOST)
    await office.reader.read_due()
    async with database.reading() as session:
        assert await conflicts(session, office.house.clock.at) == []


async def test_our_own_meeting_among_nameless_busy_times_is_no_conflict(
    office: Office, database: Database
) -> None:
    nine, *_later = await office.offers()
    await office.books(nine.slot, "anna")
    await office.gives(ADDRESS)
    stated = f"FREEBUSY:{at(9):%Y%m%dT%H%M%SZ}/{at(11):%Y%m%dT%H%M%SZ}"
    lines = ("BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", stated, "END:VFREEBUSY", "END:VCALENDAR", "")
    office.web.found = "\r\n".join(lines).encode()
    await office.reader.read_due()
    assert await office.rows() == [(at(9, 45), at(11))]
    async with database.reading() as session:
        assert await conflicts(session, office.house.clock.at) == []


async def test_a_coach_gives_no_more_of_a_service_a_day_than_it_allows(office: Office) -> None:
    async with office.house.database.writing() as session:
        await session.execute(update(Service).where(Service.id == "coaching").values(per_day=2))
        await touch(session)
    nine, ten, _eleven = await office.offers()
    await office.books(nine.slot, "anna")
    assert hours(await office.offers(person="berta")) == ["10:00", "11:00"]
    await office.books(ten.slot, "berta")
    assert await office.offers(person="carla") == []
    assert len(await office.offers(TUESDAY + timedelta(days=1), "carla")) == 3
    async with office.house.database.writing() as session:
        await session.execute(text("UPDATE booking SET state = 'no_show'"))
    assert await office.offers(person="carla") == []


async def test_a_hold_counts_until_it_lapses_and_never_against_her_who_holds(
    office: Office,
) -> None:
    async with office.house.database.writing() as session:
        await session.execute(update(Service).where(Service.id == "coaching").values(per_day=1))
        await touch(session)
    nine, *_later = await office.offers()
    async with Work.begin(office.house.database, office.house.clock, "person") as work:
        catalogue = CurrentCatalogue(office.house.cache, work)
        await PersonBooking("anna", work, catalogue).hold(nine.slot)
    assert await office.offers(person="berta") == []
    assert len(await office.offers(person="anna")) == 3
    office.house.clock.forward(minutes=6)
    assert len(await office.offers(person="berta")) == 3


async def test_a_service_is_only_offered_where_it_is_given(office: Office) -> None:
    async with office.house.database.writing() as session:
        only = update(Service).where(Service.id == "coaching")
        await session.execute(only.values(units=["elsewhere"]))
        await touch(session)
    assert await office.offers() == []


async def test_the_way_to_meet_is_in_the_slots(office: Office) -> None:
    async with office.house.database.writing() as session:
        both = update(Service).where(Service.id == "coaching")
        await session.execute(both.values(modes=["on_site", "video"]))
        await touch(session)
    work = Work(office.house.database, office.house.clock)
    calendar = PersonCalendar("anna", work, CurrentCatalogue(office.house.cache, work))
    nearest = await calendar.nearest("coaching", "ar", 2, "video")
    beside = await calendar.beside(nearest[0].slot, "ar", 2, "video")
    assert {offer.slot.mode for offer in (*nearest, *beside)} == {"video"}
    assert await calendar.nearest("coaching", "ar", 2, "phone") == []
    await work.close()
    assert await office.books(nearest[0].slot, "anna")


async def test_times_in_utc_reach_the_table_as_they_were(office: Office) -> None:
    await office.gives(ADDRESS)
    await office.reads((at(9), at(10)))
    ((starts, _ends),) = await office.rows()
    assert starts == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
