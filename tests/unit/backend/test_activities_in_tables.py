"""Activities in a CSV file: what is read as what, and what is said of what cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from backend.gatherings import cells
from backend.gatherings.cells import WrongCell
from backend.gatherings.decoding import decoded
from backend.gatherings.found import Known, NoActivities, Otherwise, Reading
from backend.gatherings.plain_rules import normal, rule_of
from backend.gatherings.reading_csv import read_csv
from backend.services.catalogue import Catalogue, Terms
from backend.services.links import Links
from backend.services.places import Places
from backend.vault import Vault
from dialogs.ports import Service, Unit
from dialogs.text import Words

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
MONDAY = date(2027, 1, 11)
NINE = datetime.combine(MONDAY, time(9))
LINKS = Links("http://127.0.0.1", "https://video.example", Vault("test"))


def unit(name: str) -> Unit:
    return Unit(name.casefold(), name, "Gatan 1", None, None, None, None)


def terms(service: str, name: str, *, group: bool) -> Terms:
    words = Words.of({"sv": name, "ar": "مقهى"})
    return Terms(
        Service(service, words, words, 90, None, group, ("on_site",), False), 0, 0, 0, 42, True
    )


class Place:
    """A place and the name it had before."""

    id, name = "farsta", "Farsta"
    aliases, districts = ("Farsta centrum",), ("Farsta", "Hökarängen")


def known(**otherwise: object) -> Known:
    catalogue = Catalogue(
        1,
        LINKS,
        {
            "cafe": terms("cafe", "Språkcafé", group=True),
            "coaching": terms("coaching", "Coachning", group=False),
        },
        {"farsta": unit("Farsta"), "kista": unit("Kista")},
        {},
        {"a1": "Amina"},
        {(date(2027, 1, 6), "*"): 0},
        Places.of([Place()]),
    )
    settings = {"service": "cafe", "unit": "farsta", "seats": 12} | otherwise
    return Known(catalogue, {"amina": "a1"}, ("sv", "ar", "fa_AF"), NOW, Otherwise(**settings))


def read(*lines: str, **otherwise: object) -> Reading:
    return read_csv("\n".join(lines), known(**otherwise))


def told(reading: Reading) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.words.msgid) for fault in reading.faults]


def test_a_line_in_swedish_is_an_activity() -> None:
    reading = read(
        "Datum;Start;Slut;Aktivitet;Namn;Namn:ar;Beskrivning;Plats;Platser;Upprepas;Ledare;Språk;Kurs",
        "2027-01-11;9.00;10:30;språkcafé;Kaffe;قهوة;Vi pratar;farsta centrum;8;"
        "varje vecka till 2027-06-01;Amina;arabiska;ja",
    )
    (found,) = reading.found
    new = found.new
    assert told(reading) == []
    assert (new.service, new.unit, new.coach, new.capacity, new.minutes) == (
        "cafe",
        "farsta",
        "a1",
        8,
        90,
    )
    assert new.first == NINE
    assert new.rule == "FREQ=WEEKLY;UNTIL=20270601T235959"
    assert new.name == {"sv": "Kaffe (arabiska)", "ar": "قهوة (العربية)"}
    assert new.about == {"sv": "Vi pratar"}
    assert new.enrols
    assert new.source == "import"


def test_a_line_in_english_and_what_it_leaves_out() -> None:
    (found,) = read("date,start,minutes", "11/1/2027,13:00,45").found
    assert (found.new.service, found.new.unit, found.new.capacity) == ("cafe", "farsta", 12)
    assert found.new.minutes == 45
    (usual,) = read("date\tstart", "2027-01-11 00:00:00\t9").found
    assert usual.new.minutes == 90
    assert usual.new.first == NINE


def test_every_fault_of_a_line_is_told_with_its_column_as_it_is_written() -> None:
    reading = read(
        "datum;START;slut;aktivitet;plats;platser;upprepas;ledare;språk;kurs",
        "2027-02-29;9;10;cafe;Farsta;8;;;;",
        "i morgon;snart;9;coachning;Farsta strand;0;då och då;eva;elviska;kanske",
        "2027-01-11;9;8;cafe;Farsta;8;;;;",
        "2027-01-11;9;20:00;cafe;Farsta;8;;;;",
    )
    assert reading.found == []
    assert reading.wrong == 4
    assert [(line, column) for line, column, _words in told(reading)] == [
        (2, "datum"),
        *(
            (3, column)
            for column in (
                "aktivitet",
                "plats",
                "datum",
                "START",
                "platser",
                "ledare",
                "språk",
                "kurs",
            )
        ),
        (4, "slut"),
        (5, "slut"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("2026-11-22;9", "datum", "That day has passed."),
        ("2027-01-06;9", "datum", "It is closed then."),
        ("2027-03-28;02:30", "start", "That time does not exist: the clocks go forward then."),
        ("0001-01-01;0", "datum", "That day has passed."),
        ("9999-12-31;23:59", "datum", "That day is more than three years away."),
        ("2031-01-11;9", "datum", "That day is more than three years away."),
        ("2027-01-11;", "start", "The time is missing."),
        (";9", "datum", "The day is missing."),
    ],
)
def test_what_could_not_take_place_is_a_fault(line: str, column: str, says: str) -> None:
    assert told(read("datum;start", line)) == [(2, column, says)]


def test_a_rule_that_never_comes_true_or_has_ended_is_a_fault() -> None:
    reading = read(
        "datum;start;rule",
        "2027-01-11;9;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        '2027-01-11;9;"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"',
        '2027-01-11;9;"FREQ=HOURLY"',
        '2026-01-05;9;"every week until 2026-06-01"',
        '2026-01-05;9;"every week"',
    )
    assert [(line, column) for line, column, _words in told(reading)] == [
        (2, ""),
        (3, "rule"),
        (4, "rule"),
        (5, "rule"),
    ]
    assert len(reading.found) == 1


def test_a_quotation_mark_left_open_spoils_its_own_line_only() -> None:
    reading = read(
        "datum,start,namn",
        '2027-01-11,9,"Kaffe',
        "2027-01-12,9,Te",
        '2027-01-13,9,"Kaffe, te',
        'och bullar"',
        '2027-01-14,9,"Saft"',
        "2027-01-15,9,Saft,kaka",
        "2027-01-16,9,Vatten,",
    )
    assert [found.line for found in reading.found] == [3, 4, 6, 8]
    assert [line for line, _column, _words in told(reading)] == [2, 7]
    assert reading.found[1].new.name == {"sv": "Kaffe, te och bullar"}


def test_words_need_swedish_and_no_personnummer() -> None:
    reading = read(
        "datum;start;namn;name:ar;beskrivning",
        "2027-01-11;9;;قهوة;",
        "2027-01-11;9;Kaffe;;Ring 19850412-1234",
    )
    assert [(line, column) for line, column, _words in told(reading)] == [
        (2, "namn"),
        (3, "beskrivning"),
    ]


def test_columns_that_say_nothing_are_named() -> None:
    reading = read("datum;start;kontakt;namn:xx", "2027-01-11;9;Eva;Hej")
    assert list(reading.unread) == ["kontakt", "namn:xx"]
    assert len(reading.found) == 1


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hej hopp", "datum;namn\n2027-01-11;x", "datum;start;date\n1;2;3"]
)
def test_without_a_head_nothing_can_be_read(text: str) -> None:
    with pytest.raises(NoActivities):
        read_csv(text, known())


def test_more_lines_than_we_take_are_refused_at_once() -> None:
    with pytest.raises(NoActivities):
        read("datum;start", *["x"] * 10_001)


def test_where_the_file_does_not_say_it_and_nobody_does_it_is_a_fault() -> None:
    reading = read("datum;start", "2027-01-11;9", service="", unit="", seats=None)
    assert len(told(reading)) == 3


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("", ""),
        ("en gång", ""),
        ("varje vecka", "FREQ=WEEKLY"),
        ("varannan vecka, 10 gånger", "FREQ=WEEKLY;INTERVAL=2;COUNT=10"),
        ("måndagar och onsdagar", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("mån, ons t.o.m. 1/6/2027", "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270601T235959"),
        ("every second week until 2027-06-01", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270601T235959"),
        ("Every Monday", "FREQ=WEEKLY;BYDAY=MO"),
        ("vardagar", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("varje månad", "FREQ=MONTHLY;BYDAY=2MO"),
        ("var tredje vecka", "FREQ=WEEKLY;INTERVAL=3"),
        ("rrule:freq=weekly;byday=mo", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=WEEKLY;UNTIL=20270601", "FREQ=WEEKLY;UNTIL=20270601T235959"),
        ("FREQ=WEEKLY;UNTIL=20270601T070000Z", "FREQ=WEEKLY;UNTIL=20270601T090000"),
    ],
)
def test_plain_words_are_rules(written: str, rule: str) -> None:
    assert rule_of(written, MONDAY) == rule


@pytest.mark.parametrize(
    "written",
    ["ibland", "varje tisdag", "varje vecka till jul", "FREQ=", "=", "UNTIL=2027", "10 gånger",
     "FREQ=WEEKLY;UNTIL=20271301", "x" * 400],
)  # fmt: skip
def test_words_that_are_no_rule_are_refused(written: str) -> None:
    with pytest.raises(WrongCell):
        rule_of(written, MONDAY)


def test_the_last_of_a_month_is_not_the_fifth() -> None:
    assert rule_of("varje månad", date(2027, 3, 29)) == "FREQ=MONTHLY;BYDAY=-1MO"


def test_a_rule_is_not_read_twice_in_two_ways() -> None:
    once = normal("FREQ=WEEKLY;UNTIL=20270601T070000Z")
    assert normal(once) == once


def test_files_of_every_program_are_read() -> None:
    text = "datum;namn\n2027;Språkcafé – kött"
    for coding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        assert decoded(text.encode(coding)) == text
    assert decoded(text.replace("\n", "\r\n").encode("cp1252")) == text
    mixed = "Språk".encode() + b"\n" + "Språk".encode("cp1252")
    assert decoded(mixed) == "Språk\nSpråk"


@pytest.mark.parametrize("content", [b"PK\x03\x04...", b"a\x00b", b"x" * 2_000_001])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NoActivities):
        decoded(content)


def test_languages_are_known_by_code_and_by_name() -> None:
    assert cells.languages("sv, arabiska och Somali") == ("sv", "ar", "so")
    assert cells.languages("dari") == ("fa_AF",)
    assert cells.languages("") == ()
