"""The week on the console: what is booked, free and busy, by the hour and for everybody."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from backend.console import routes
from backend.console.placing import MOST_LANES, MOST_ROWS
from backend.database import Database
from backend.models import Booking, Busy, Closure, Hours, Meeting, Override, Service, Staff
from backend.models.base import Base
from backend.services import catalogue, claims
from backend.services.requests import Requests
from backend.services.walltime import instant, wall_text
from backend.services.weeks import Week
from backend.work import Work
from dialogs.ports import Slot
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import Office, Page, open_office, translated

WEDNESDAY = date(2026, 11, 25)
SATURDAY = date(2026, 11, 28)
CHANGE = date(2027, 3, 28)


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path, translated({}))


@pytest.fixture
async def anna(office: Office) -> Person:
    """Anna reads Arabic and has booked Amina tomorrow at nine."""
    person = office.person()
    await person.settles("العربية")
    await person.books("09:00")
    return person


def at(day: date, hour: int, minute: int = 0) -> datetime:
    found = instant(day, hour * 60 + minute)
    assert found is not None
    return found


async def add(office: Office, model: type[Base], **values: object) -> None:
    """A row of what coaches' time is made of."""
    async with office.runtime.database.writing() as session:
        await session.execute(insert(model).values(**values))
        await catalogue.touch(session)


async def propose(office: Office, person: Person, *starts: datetime) -> None:
    """Amina proposes times."""
    runtime = office.runtime
    async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
        slots = [Slot("advice", "amina", "centre", each) for each in starts]
        await Requests(await office.house.bookings(work)).propose(await person.id(), slots)


async def meets(office: Office, person: Person, starts: datetime, coach: str = "amina") -> None:
    """A meeting that has been agreed on, at any time of any day."""
    async with office.runtime.database.writing() as session:
        meeting = Meeting(
            service_id="coaching",
            staff_id=coach,
            unit_id="centre",
            local_start=wall_text(starts),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=45),
            taken=1,
        )
        session.add(meeting)
        await session.flush()
        booking = Booking(
            person_id=await person.id(),
            meeting_id=meeting.id,
            service_id="coaching",
            state="confirmed",
            created_at=office.runtime.clock.now(),
        )
        session.add(booking)
        await session.flush()
        cells = claims.cells(meeting.starts_at, meeting.ends_at)
        wanted = [(claims.coach_resource(coach), cell) for cell in cells]
        await claims.take(session, booking.id, wanted, booking.created_at, None)


def columns(page: Page) -> list[str]:
    """What stands below each day, in words."""
    body = page.html.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = re.findall(r'<td class="for-\d+">(.*?)</td>', body, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in cells]


def placed(page: Page) -> list[tuple[str, ...]]:
    """The kind of each entry, and the row it begins in."""
    return re.findall(r'<li class="(\w+)[\w ]* from-(\d+) for-(\d+) lane-(\d)">', page.html)


async def test_a_coach_sees_her_own_week(office: Office, anna: Person):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    monday, tuesday, *others = columns(page)
    assert "Week 48 Mon 23/11 – Sun 29/11" in page.words
    assert len(others) == 3
    assert monday.startswith("Today Mon 23/11 09:00–12:00 Free")
    assert "09:00–09:45 Coaching Arabic" in tuesday
    assert "09:55–12:00 Free" in tuesday
    assert f"/console/people/{await anna.id()}" in [href for href, _words in page.links]


async def test_the_week_of_another_coach_is_one_choice_away(office: Office, anna: Person):
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/week")
        assert "Arabic" not in columns(page)[1]
        page = await browser.presses("Show", coach="amina")
    assert "09:00–09:45 Coaching Arabic" in columns(page)[1]


async def test_what_is_free_is_only_what_is_still_to_come(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=1, hours=3)  # Tuesday at 11
    async with office.signed_in() as browser:
        monday, tuesday, *_others = columns(await browser.opens("/console/week"))
    assert "Free" not in monday
    assert "11:00–12:00 Free" in tuesday


async def test_what_is_taken_by_her_own_calendar_is_busy_and_says_no_more(office: Office):
    starts, ends = at(WEDNESDAY, 11), at(WEDNESDAY, 15)
    await add(office, Busy, staff_id="amina", starts_at=starts, ends_at=ends)
    saturday = {"starts_at": at(SATURDAY, 9), "ends_at": at(SATURDAY, 20)}
    await add(office, Busy, staff_id="amina", **saturday)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    found = columns(page)
    assert "09:00–11:00 Free 11:00–12:00 Busy" in found[2]  # in her hours, and nothing of her own
    assert len(found) == 5


async def test_a_closed_day_and_a_day_off_have_no_free_time_and_say_why(office: Office):
    await add(office, Closure, day=WEDNESDAY, name="Sjuk")
    away = {"from_minute": 0, "to_minute": 1440, "is_open": False}
    await add(office, Override, staff_id="amina", day=date(2026, 11, 26), **away)
    await add(office, Closure, day=date(2026, 11, 27), name="Fest", from_minute=10 * 60)
    async with office.signed_in() as browser:
        _monday, _tuesday, wednesday, thursday, friday = columns(
            await browser.opens("/console/week")
        )
    assert wednesday == "Wed 25/11 Closed Nothing"
    assert thursday == "Thu 26/11 Away Nothing"
    assert friday == "Fri 27/11 Closes early 09:00–10:00 Free"


async def test_a_holiday_on_which_she_works_is_open(office: Office):
    await add(office, Closure, day=WEDNESDAY, name="Helg", from_minute=1440)
    async with office.signed_in() as browser:
        wednesday = columns(await browser.opens("/console/week"))[2]
    assert wednesday == "Wed 25/11 09:00–12:00 Free"


async def test_proposed_times_are_there_and_are_not_free(office: Office, anna: Person):
    await propose(office, anna, at(WEDNESDAY, 9), at(date(2026, 11, 26), 10))
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    _monday, _tuesday, wednesday, thursday, _friday = columns(page)
    assert "09:00–09:45 Advice Times proposed Arabic" in wednesday
    assert "09:55–12:00 Free" in wednesday
    assert "09:00–10:00 Free 10:00–10:45 Advice Times proposed Arabic" in thursday
    assert 'class="booked proposed meeting from-' in page.html


async def test_proposals_that_nobody_answered_are_gone(
    office: Office, anna: Person, clock: FrozenClock
):
    await propose(office, anna, at(date(2026, 12, 2), 9))
    clock.forward(days=4)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week?week=2026-W49")
    assert "proposed meeting" not in page.html


async def test_a_time_that_is_only_asked_for_says_so(office: Office, clock: FrozenClock):
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Service).where(Service.id == "coaching").values(by_request=True)
        )
        await catalogue.touch(session)
    person = office.person("dina")
    await person.settles("العربية")
    await person.says("/book")
    await person.taps("09:00")
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
        assert "Coaching Kept for a short time" in columns(page)[1]
    await person.taps("Yes")
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
        assert "Coaching Asked for" in columns(page)[1]
    assert 'class="booked requested meeting' in page.html


async def test_a_held_time_is_free_again_when_it_has_run_out(office: Office, clock: FrozenClock):
    person = office.person("dina")
    await person.settles("العربية")
    await person.says("/book")
    await person.taps("09:00")
    clock.forward(minutes=6)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    assert columns(page)[1] == "Tue 24/11 09:00–12:00 Free"


async def test_meetings_stand_in_the_row_of_their_time(office: Office, anna: Person):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    assert ("booked", "5", "3", "0") in placed(page)  # from 09:00 in a grid from 08:00
    assert ("free", "8", "9", "0") in placed(page)  # 09:55 begins in the quarter after it


async def test_what_overlaps_stands_side_by_side(office: Office, anna: Person):
    await meets(office, anna, at(WEDNESDAY, 9))
    starts, ends = at(WEDNESDAY, 9, 15), at(WEDNESDAY, 10)
    await add(office, Busy, staff_id="amina", starts_at=starts, ends_at=ends)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    lanes = {kind: lane for kind, _row, _rows, lane in placed(page) if lane != "0"}
    assert lanes == {"booked": "1", "busy": "2"}


async def test_the_weekend_is_there_only_when_it_has_something(office: Office, anna: Person):
    async with office.signed_in() as browser:
        assert len(columns(await browser.opens("/console/week"))) == 5
        await meets(office, anna, at(SATURDAY, 13))
        page = await browser.opens("/console/week")
    found = columns(page)
    assert len(found) == 6
    assert found[5].startswith("Sat 28/11 13:00–13:45 Coaching")
    assert "days-6" in page.html


async def test_the_week_in_which_the_clocks_change_is_right(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.at = datetime(2027, 3, 22, 7, tzinfo=UTC)
    sunday = {"weekday": 7, "from_minute": 60, "to_minute": 12 * 60}
    since = date(2027, 1, 1)
    await add(office, Hours, staff_id="amina", unit_id="centre", valid_from=since, **sunday)
    for day in (date(2027, 3, 26), CHANGE, date(2027, 3, 29)):
        await meets(office, anna, at(day, 9))
    await meets(office, anna, at(date(2027, 3, 29), 0, 15))
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
        assert "The clocks go forward one hour on Sunday." in page.words
        later = await browser.opens("/console/week?week=2027-W13&coach=amina")
    friday, sunday_found = columns(page)[4], columns(page)[5]
    assert "09:00–09:45 Coaching" in friday
    assert sunday_found.startswith("Sun 28/3 01:00–09:00 Free 09:00–09:45 Coaching")
    booked = [row for kind, row, _rows, _lane in placed(page) if kind == "booked"]
    assert booked[0] == booked[1]  # nine is nine on the wall
    assert len(booked) == 2
    assert "00:15–01:00 Coaching" in columns(later)[0]
    assert "The clocks" not in later.words


def test_a_week_has_an_hour_less_or_more_when_the_clocks_change():
    hours = [(week.ends - week.starts).total_seconds() / 3600 for week in WEEKS]
    assert hours == [168, 167, 169]


WEEKS = (Week.of(WEDNESDAY), Week.of(CHANGE), Week.of(date(2027, 10, 31)))


async def test_one_goes_from_week_to_week(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens("/console/week")
        page = await browser.follows("Later")
        assert "Week 49 Mon 30/11" in page.words
        page = await browser.follows("This week")
        assert "Week 48" in page.words
        page = await browser.follows("Earlier")
        assert "Week 47" in page.words
        await browser.follows("Day")
        page = await browser.follows("Week")
    assert "Week 48" in page.words


@pytest.mark.parametrize(
    "asked", ["2026-W99", "2027-W53", "nonsense", "9999-W52", "0001-W01", "2026-48", "١٢٣٤-W١٢"]
)
async def test_a_week_that_is_none_or_far_away_is_this_one(office: Office, asked: str):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/week?week={asked}")
    assert "Week 48" in page.words


async def test_a_year_can_have_53_weeks(office: Office):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week?week=2026-W53")
    assert "Week 53 Mon 28/12 – Sun 3/1" in page.words


async def test_a_coordinator_sees_everybody_by_name(office: Office, anna: Person):
    await propose(office, anna, at(WEDNESDAY, 9))
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week?coach=all")
    rows = re.findall(r'<th scope="row">(.*?)</th>', page.html, re.DOTALL)
    names = [re.sub("<[^>]*>", "", row) for row in rows]
    assert names == ["Amina", "Bo", "Carla", "Without a coach"]
    assert "13:00–15:00 CV workshop 0 of 2 seats taken" in page.words
    assert "09:00–09:45 Advice Times proposed" in page.words


async def test_whoever_is_no_coach_sees_everybody_at_once(office: Office):
    async with office.signed_in("carla", "coordinator") as browser:
        own = await browser.opens("/console/week")
        assert "The week of Carla" in own.words  # she coordinates, and is a coach too
    await leaves(office, "carla")
    async with office.signed_in("carla", "coordinator") as browser:
        page = await browser.opens("/console/week")
    assert "The week of everybody" in page.words


async def leaves(office: Office, coach: str) -> None:
    """She gives no meetings any more."""
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == coach).values(services=[]))
        await catalogue.touch(session)


async def test_the_week_of_one_who_has_left_can_still_be_read(office: Office, anna: Person):
    await leaves(office, "amina")
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console/week?coach=amina")
    assert "09:00–09:45 Coaching Arabic" in columns(page)[1]
    assert "Free" not in " ".join(columns(page))


async def test_someone_who_was_erased_is_a_code_without_a_link(office: Office, anna: Person):
    person = await anna.id()
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(person_id="somebodyelse"))
    async with office.signed_in() as browser:
        page = await browser.opens("/console/week")
    assert "09:00–09:45 Coaching" in columns(page)[1]
    assert not any(person in href or "/people/" in href for href, _words in page.links)


async def test_changing_the_language_leads_back_to_the_same_week(office: Office):
    async with office.signed_in() as browser:
        await browser.opens("/console/week?week=2026-W49&coach=bo")
        page = await browser.presses("Svenska")
    assert str(page.response.url).endswith("/console/week?week=2026-W49&coach=bo")


def test_there_is_a_class_for_every_row_and_lane():
    styles = (routes.STATIC / "week.css").read_text()
    for number in range(1, MOST_ROWS + 1):
        assert f".from-{number} {{ grid-row-start: {number}; }}" in styles
        assert f".for-{number} {{ grid-row-end: span {number}; }}" in styles
    for lane in range(1, MOST_LANES + 1):
        assert f".lane-{lane} {{ grid-column: {lane}; }}" in styles
