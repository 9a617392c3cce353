"""The site file: faults are told by name and line, and applying it is safe to repeat."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.database import Database
from backend.models import Closure, Hours, Meeting, Service, Staff, Unit
from backend.services import opening
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.settings import REPOSITORY
from backend.site import BrokenSite, Site, apply, read_site
from dialogs.i18n import Languages
from tests.conftest import count

DEMO = REPOSITORY / "deploy" / "site.demo.toml"
MONDAY = date(2026, 11, 23)
PUBLISHED = Languages.load(REPOSITORY / "locales" / "languages.toml").published

SMALL = """\
name = "Ingång"
operator = "Centrum"

[[units]]
id = "centre"
name = "Centrum"
address = "Torget 1"
[units.door]
sv = "Röd dörr"

[[services]]
id = "coaching"
name = { sv = "Coachning", en = "Coaching" }
about = { sv = "Ett möte." }
minutes = 45

[[services]]
id = "workshop"
name = { sv = "Verkstad" }
about = { sv = "En grupp." }
minutes = 120
group = true

[[coaches]]
username = "amina"
name = "Amina"
languages = ["ar", "sv"]
unit = "centre"
services = ["coaching"]
hours = [
  { days = "1-4", from = "09:00", to = "12:00" },
  { days = "1", from = "13:00", to = "16:00" },
]

[[activities]]
service = "workshop"
day = 4
from = "13:00"
unit = "centre"
seats = 10
"""


OPENING = """\
opening = [
  { days = "1-4", from = "08:00", to = "12:00" },
  { days = "1-4", from = "13:00", to = "16:30" },
  { days = "5", from = "22:00", to = "02:00" },
]
opening_days = [
  { day = 2026-12-23, name = "Kort dag", from = "08:00", to = "12:00" },
  { day = 2026-12-28 },
]
[units.door]"""


def written(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def changed(folder: Path, *changes: tuple[str, str]) -> Site:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_site(written(folder, text))


async def applied(database: Database, site: Site, today: date = MONDAY) -> bool:
    async with database.writing() as session:
        return await apply(session, site, today)


async def loaded(database: Database) -> Catalogue:
    async with database.reading() as session:
        return await CatalogueCache().get(session)


def test_the_site_file_of_the_demonstration_is_whole() -> None:
    site = read_site(DEMO)

    assert [service.id for service in site.services] == [
        *("coaching", "mapping", "guidance", "advice", "matching", "sfi-test"),
        *("start-business", "sfi-lesson", "cv-workshop", "interview-training"),
    ]
    assert not site.services[0].by_request
    assert not site.services[0].by_referral
    assert len(site.units) == 7
    assert len(site.coaches) == 8
    groups = {activity.service for activity in site.activities}
    assert groups == {"cv-workshop", "interview-training"}
    given = {service for coach in site.coaches for service in coach.services}
    courses = {"sfi-lesson"}  # made in the console
    assert given | groups | courses == {service.id for service in site.services}
    spoken = {code for coach in site.coaches for code in coach.languages}
    assert spoken >= {"sv", "en", "ar", "so", "ti", "fa_AF", "uk", "ru"}
    for entry in site.services:
        assert all(
            set(texts) == {row.code for row in PUBLISHED}
            for texts in (entry.name, entry.about, entry.bring)
            if texts is not None
        )
    for unit in site.units:
        for texts in (unit.door, unit.step_free):
            assert set(texts or {}) == {row.code for row in PUBLISHED}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('to = "12:00" }', 'to = "12:00", unit = "kista" }', 31, 'no unit "kista"'),
        ('unit = "centre"\nservices', 'unit = "kista"\nservices', 28, 'no unit "kista"'),
        ('services = ["coaching"]', 'services = ["advice"]', 29, 'no service "advice"'),
        ('from = "09:00"', 'from = "9"', 31, '"9" is not a time; write HH:MM'),
        ('from = "09:00"', 'from = "24:30"', 31, '"24:30" is not a time'),
        ('from = "13:00", to', 'from = "11:30", to', 32, "hours overlap on day 1 at 11:30"),
        ('to = "16:00"', 'to = "13:00"', 32, "these hours are empty"),
        ('days = "1-4"', 'days = "1-8"', 31, '"1-8" are no days'),
        ('days = "1-4"', 'days = "4-1"', 31, '"4-1" are no days'),
        ('["ar", "sv"]', '["arabic", "sv"]', 27, '"arabic" is not a language code'),
        ('{ sv = "Coachning"', '{ xx = "Coachning"', 13, '"xx" is not a language code'),
        ('{ sv = "Coachning", en', "{ en", 13, 'the text in "sv" is missing'),
        ('sv = "Röd dörr"', 'sv = " "', 8, 'the text in "sv" is empty'),
        ("minutes = 45", "minutes = 4", 15, "must be at least 5"),
        ("minutes = 45", 'minutes = "long"', 15, "must be a whole number"),
        ("minutes = 45", "minuets = 45", 15, "is it misspelt?"),
        ('address = "Torget 1"\n', "", 4, 'units "centre", address: is missing'),
        ('name = "Ingång"', "name = 7", 1, "must be a text in quotes"),
        ('id = "workshop"', 'id = "coaching"', 18, '"coaching" is in the file twice'),
        ('id = "centre"', 'id = "The Centre"', 5, '"The Centre" is no id'),
        ("group = true", "group = false", 36, "an activity needs group = true"),
        ("day = 4", "day = 9", 37, "must be at most 7"),
        ("minutes = 45", "per_day = 0\nminutes = 45", 15, "per_day: must be at least 1"),
        ("minutes = 45", 'modes = ["letter"]', 15, "must be 'on_site', 'phone' or 'video'"),
        ("minutes = 45", "modes = []\nminutes = 45", 15, "modes: is empty"),
        ("minutes = 45", 'modes = ["phone", "phone"]', 15, '"phone" is named twice'),
        ("minutes = 45", 'units = ["kista"]\nminutes = 45', 15, 'no unit "kista"'),
        ("minutes = 45", 'by_request = "no idea"', 15, "must be true or false"),
        ("group = true", 'group = true\nunits = ["kista"]', 40, 'not given at "centre"'),
        ('name = "Amina"', 'name = "Amina"\nemail = "amina"', 27, '"amina" is no e-mail'),
        ("[units.door]", 'step_free = { en = "Lift" }\n[units.door]', 8, 'in "sv" is missing'),
        ("[units.door]", 'districts = ["A", "B", "A"]\n[units.door]', 8, '"A" is named twice'),
        ("[units.door]", 'floor = ""\n[units.door]', 8, "floor: is empty"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_is_wrong(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in SMALL
    path = written(tmp_path, SMALL.replace(old, new, 1))

    with pytest.raises(BrokenSite) as broken:
        read_site(path)

    told = str(broken.value).splitlines()
    assert any(words in each and f"{path}, line {line}: " in each for each in told), told


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"13:00"', '"11:30"', 10, "hours overlap on day 1 at 11:30"),
        ('"13:00"', '"25:00"', 10, '"25:00" is not a time'),
        ('"13:00"', "13", 10, '"13" is not a time'),
        ('"13:00"', '"16:30"', 10, "these hours are empty"),
        ('"13:00"', '"24:00"', 10, "these hours are empty"),
        ('from = "13:00", ', "", 10, "from: is missing"),
        ('{ days = "5"', '{ days = "8"', 11, '"8" are no days'),
        ('[\n  { days = "1-4"', '"08-17"\nx = [\n { days = "1-4"', 8, "must be a list"),
        (
            '  { days = "5"',
            '  { days = "1", from = "17:00", to = "18:00" },\n'
            '  { days = "1", from = "19:00", to = "20:00" },\n  { days = "5"',
            12,
            "day 1 has more than 3 times",
        ),
        (', to = "12:00" },\n  { day = 2026', " },\n  { day = 2026", 14, 'write both "from"'),
        ("2026-12-28", "2026-12-23", 15, "2026-12-23 is named twice, and once without"),
        ("2026-12-28", '"the 28th"', 15, "must be a day, such as 2026-12-23"),
        ("{ day = 2026-12-28 }", '{ name = "Städdag" }', 15, "day: is missing"),
        ("{ day = 2026-12-28 }", "{ day = 2026-12-28, closed = true }", 15, "is it misspelt?"),
    ],
)
def test_a_fault_in_opening_hours_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    text = SMALL.replace("[units.door]", OPENING, 1)
    assert old in text
    path = written(tmp_path, text.replace(old, new, 1))

    with pytest.raises(BrokenSite) as broken:
        read_site(path)

    told = str(broken.value).splitlines()
    assert any(words in each and f"{path}, line {line}: " in each for each in told), told


def test_a_night_after_a_day_is_no_overlap(tmp_path: Path) -> None:
    site = changed(tmp_path, ("[units.door]", OPENING), ('days = "5"', 'days = "1-5"'))

    assert len(site.units[0].hours.week[1]) == 3


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SMALL.replace("minutes = 45", "minutes = 4").replace('"09:00"', '"nine"')
    text = text.replace('unit = "centre"\nseats', 'unit = "kista"\nseats')

    with pytest.raises(BrokenSite) as broken:
        read_site(written(tmp_path, text))

    told = [line.partition("site.toml, ")[2] for line in str(broken.value).splitlines()]
    assert [line.split(": ")[:2] for line in told] == [
        ["line 15", 'services "coaching", minutes'],
        ["line 31", 'coaches "amina", hours, from'],
        ["line 39", 'activities "workshop", unit'],
    ]


def test_an_entry_that_is_wrong_makes_no_other_fault(tmp_path: Path) -> None:
    text = SMALL.replace('address = "Torget 1"\n', "")

    with pytest.raises(BrokenSite) as broken:
        read_site(written(tmp_path, text))

    assert len(str(broken.value).splitlines()) == 1


def test_a_district_belongs_to_one_unit(tmp_path: Path) -> None:
    unit = '[[units]]\nid = "b"\nname = "B"\naddress = "B 1"\ndistricts = ["Kista", "Husby"]\n\n'
    text = SMALL.replace("[[services]]", f"{unit}[[services]]", 1)
    text = text.replace('address = "Torget 1"', 'address = "Torget 1"\ndistricts = ["kista"]')

    with pytest.raises(BrokenSite, match='line 16: units "b", districts: "kista" is in'):
        read_site(written(tmp_path, text))


def test_a_file_that_is_not_toml_is_told_by_line(tmp_path: Path) -> None:
    with pytest.raises(BrokenSite, match=r"site\.toml: .*line 2"):
        read_site(written(tmp_path, 'name = "Ingång"\noperator = \n'))


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BrokenSite, match=r"nowhere\.toml: the site file cannot be read"):
        read_site(tmp_path / "nowhere.toml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes('name = "Ingång"'.encode("latin-1"))

    with pytest.raises(BrokenSite, match="utf-8"):
        read_site(path)


async def test_an_empty_database_says_afterwards_what_the_file_says(database: Database) -> None:
    site = read_site(DEMO)

    assert await applied(database, site)

    known = await loaded(database)
    assert list(known.services) == [service.id for service in site.services]
    assert known.services["cv-workshop"].service.group
    assert list(known.units) == [unit.id for unit in site.units]
    assert sorted(known.names.values()) == sorted(coach.name for coach in site.coaches)
    amina = next(coach for coach in known.coaches.values() if coach.name == "Amina")
    assert [(span.start, span.stop) for span in amina.spans(MONDAY)] == [(540, 720), (780, 960)]
    assert amina.spans(MONDAY + timedelta(days=4)) == ()


async def test_applying_the_same_file_again_changes_nothing(database: Database) -> None:
    site = read_site(DEMO)
    await applied(database, site)
    before = await loaded(database)

    assert not await applied(database, site)
    assert not await applied(database, site, MONDAY + timedelta(days=3))

    assert (await loaded(database)).version == before.version


async def test_a_new_name_reaches_everyone(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))
    before = await loaded(database)

    assert await applied(database, changed(tmp_path, ("Torget 1", "Torget 2")))

    after = await loaded(database)
    assert after.units["centre"].address == "Torget 2"
    assert after.version > before.version


async def test_what_vanishes_is_closed_and_not_deleted(database: Database, tmp_path: Path) -> None:
    await applied(database, read_site(DEMO))

    await applied(database, changed(tmp_path), MONDAY + timedelta(days=1))

    async with database.reading() as session:
        services = {row.id: row.is_open for row in await session.scalars(select(Service))}
        coaches = {row.username: row.is_active for row in await session.scalars(select(Staff))}
        units = set(await session.scalars(select(Unit.id)))
    assert services["coaching"]
    assert not services["mapping"]
    assert coaches["amina"]
    assert not coaches["johan"]
    assert "jobbtorg-jarva" in units
    assert [coach.name for coach in (await loaded(database)).coaches.values()] == ["Amina"]


async def test_what_comes_back_is_open_again(database: Database, tmp_path: Path) -> None:
    await applied(database, read_site(DEMO))
    await applied(database, changed(tmp_path))

    await applied(database, read_site(DEMO))

    known = await loaded(database)
    assert len(known.coaches) == 8
    assert known.services["mapping"].is_open


async def test_opening_hours_reach_the_catalogue(database: Database, tmp_path: Path) -> None:
    site = changed(tmp_path, ("[units.door]", OPENING))
    await applied(database, site)

    known = await loaded(database)

    monday = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)  # half past twelve in Stockholm
    assert opening.state(known, "centre", monday) == opening.Closed(
        monday.replace(hour=12, minute=0)
    )
    friday_night = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
    assert opening.is_open(known, "centre", friday_night)
    assert known.opening["centre"].names == {date(2026, 12, 23): "Kort dag"}
    assert not await applied(database, site)


async def test_nobody_answers_at_a_unit_that_has_vanished(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, read_site(DEMO))
    known = await loaded(database)
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert all(opening.is_open(known, unit, noon) for unit in known.units)

    await applied(database, changed(tmp_path))

    known = await loaded(database)
    assert not opening.is_open(known, "jobbtorg-jarva", noon)
    assert not opening.is_open(known, None, noon)


async def test_new_hours_hold_from_today_and_old_ones_held_until_yesterday(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path), MONDAY - timedelta(days=7))

    await applied(database, changed(tmp_path, ('from = "13:00", to', 'from = "14:00", to')))

    (amina,) = (await loaded(database)).coaches.values()
    assert [span.start for span in amina.spans(MONDAY - timedelta(days=7))] == [540, 780]
    assert [span.start for span in amina.spans(MONDAY)] == [540, 840]


async def test_a_password_and_a_role_stay_as_they_are(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:
        await session.execute(update(Staff).values(password_hash="hash", role="coordinator"))

    await applied(database, changed(tmp_path, ('name = "Amina"', 'name = "Aminah"')))

    async with database.reading() as session:
        amina = (await session.scalars(select(Staff))).one()
    assert (amina.name, amina.password_hash, amina.role) == ("Aminah", "hash", "coordinator")


async def test_an_account_made_by_hand_stays_open(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        await session.execute(
            insert(Staff).values(
                username="vikarie",
                name="Vera",
                role="coach",
                languages=[],
                services=[],
                created_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
        )

    await applied(database, changed(tmp_path))

    async with database.reading() as session:
        vera = await session.scalar(select(Staff).where(Staff.username == "vikarie"))
    assert vera is not None
    assert vera.is_active


async def test_nobody_is_there_on_holidays_and_eves(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))

    known = await loaded(database)

    easter_monday, christmas_eve = date(2027, 3, 29), date(2026, 12, 24)
    assert known.closed_from(easter_monday, "centre") == 0
    assert known.closed_from(christmas_eve, "centre") == 0
    assert known.closed_from(date(2028, 6, 23), "centre") == 0  # midsommarafton
    assert known.closed_from(date(2027, 3, 30), "centre") is None
    async with database.reading() as session:
        found = await session.get(Closure, (easter_monday, "*"))
    assert found is not None
    assert found.name == "Annandag påsk"


async def test_a_closure_that_staff_have_changed_stays(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:
        await session.execute(
            update(Closure).where(Closure.day == date(2026, 12, 31)).values(from_minute=720)
        )

    assert not await applied(database, changed(tmp_path))

    assert (await loaded(database)).closed_from(date(2026, 12, 31), "centre") == 720


async def test_every_day_of_a_coach_is_one_row_of_hours(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path))

    async with database.reading() as session:
        rows = (await session.scalars(select(Hours).order_by(Hours.weekday))).all()

    assert [row.weekday for row in rows] == [1, 1, 2, 3, 4]


async def test_an_account_closed_by_hand_stays_closed_and_one_back_in_the_file_opens(
    database: Database, tmp_path: Path
) -> None:
    site = read_site(written(tmp_path, SMALL))
    nobody = changed(tmp_path, (SMALL[SMALL.index("[[coaches]]") : SMALL.index("[[activ")], ""))
    await applied(database, site)
    await applied(database, nobody)
    assert await is_open(database) is False
    await applied(database, site)
    assert await is_open(database) is True
    async with database.writing() as session:
        await session.execute(update(Staff).values(is_active=False))
    await applied(database, site)
    assert await is_open(database) is False


async def is_open(database: Database) -> bool | None:
    async with database.reading() as session:
        return await session.scalar(select(Staff.is_active))


async def test_activities_are_planned_weeks_ahead_once_and_not_again_when_called_off(
    database: Database, tmp_path: Path
) -> None:
    site = read_site(written(tmp_path, SMALL))
    await applied(database, site)
    assert await count(database, "meeting") == 4  # Thursdays, but Christmas and New Year's Eve
    async with database.writing() as session:
        await session.execute(update(Meeting).values(state="cancelled"))
    await applied(database, site, MONDAY + timedelta(days=7))
    assert await count(database, "meeting", "state = 'planned'") == 1
    assert await count(database, "meeting") == 5


async def test_what_was_edited_is_laid_over_the_file(database: Database, tmp_path: Path) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:
        await session.execute(
            update(Unit).values(address="Torget 9", edits={"address": "Torget 9"})
        )

    await applied(database, changed(tmp_path, ("Torget 1", "Torget 2"), ("Röd", "Blå")))

    centre = (await loaded(database)).units["centre"]
    assert centre.address == "Torget 9"
    assert centre.door is not None
    assert centre.door.in_language(("sv",)) == "Blå dörr"


async def test_hours_kept_in_the_console_are_left_alone(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path), MONDAY - timedelta(days=7))
    async with database.writing() as session:
        await session.execute(update(Staff).values(keeps_hours=True))
    nobody = (SMALL[SMALL.index("[[coaches]]") : SMALL.index("[[activ")], "")

    await applied(database, changed(tmp_path, ('from = "13:00", to', 'from = "14:00", to')))
    await applied(database, changed(tmp_path, nobody))
    await applied(database, changed(tmp_path))

    (amina,) = (await loaded(database)).coaches.values()
    assert [span.start for span in amina.spans(MONDAY)] == [540, 780]


async def test_hours_that_were_to_begin_today_and_are_replaced_have_never_held(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path))
    await applied(database, changed(tmp_path, ('from = "13:00", to', 'from = "14:00", to')))

    assert await count(database, "hours") == 5
    assert await count(database, "hours", "valid_until IS NOT NULL") == 0


async def test_an_address_at_work_is_taken_from_the_file_and_not_from_its_silence(
    database: Database, tmp_path: Path
) -> None:
    named = ('name = "Amina"', 'name = "Amina"\nemail = "amina@example.org"')
    await applied(database, changed(tmp_path, named))
    await applied(database, changed(tmp_path))

    async with database.reading() as session:
        assert await session.scalar(select(Staff.email)) == "amina@example.org"


async def test_terms_and_places_reach_the_catalogue(database: Database) -> None:
    await applied(database, read_site(DEMO))

    known = await loaded(database)

    test = known.services["sfi-test"]
    assert (test.per_day, test.service.by_request, test.by_referral) == (2, True, False)
    assert test.given_at("jobbtorg-jarva")
    assert not test.given_at("jobbtorg-sydost")
    assert known.services["mapping"].by_referral
    assert known.services["start-business"].service.modes == ("on_site", "video")
    assert known.units["intro-stockholm"].floor == "plan 2"
    tensta, welcome = known.unit_for("tensta"), known.find_unit("welcome house")
    assert tensta is not None
    assert (tensta.name, welcome and welcome.id) == ("Jobbtorg Järva", "etableringscentrum")
    assert known.unit_for("Uppsala") is None


async def test_a_holiday_on_which_staff_work_is_no_closed_day(
    database: Database, tmp_path: Path
) -> None:
    await applied(database, changed(tmp_path))
    async with database.writing() as session:
        await session.execute(
            update(Closure).where(Closure.day == date(2026, 12, 31)).values(from_minute=1440)
        )
    await applied(database, changed(tmp_path), MONDAY + timedelta(days=1))

    assert (await loaded(database)).closed_from(date(2026, 12, 31), "centre") is None
