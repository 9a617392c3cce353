"""Calendar files: strict, the same instant in every reader, and whole in every script."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from backend.calendars.ics import Event, invitation, published, uid_of
from backend.calendars.words import Client, Wording
from backend.clock import ZONE
from backend.services.links import Links
from backend.services.walltime import instant
from backend.vault import Vault
from dialogs.i18n import Catalogue
from dialogs.ports import InterpreterNeed, Meeting
from dialogs.render import Renderer
from tests.clock import MONDAY_MORNING
from tests.fakes import COACHING, TUESDAY_NINE, UNIT, FakeKnowledge
from tests.ics_gate import Part, Refused, check

NINE = 9 * 60
URL = "https://ingang.example"
TIGRINYA = "ርክብ ምስ መማኽርቲ፣ ኣብ መድቦርያርፕላትሰን። " * 9
DARI = "ملاقات با مربی، در مرکز استقرار؛ \u2068Medborgarplatsen 4\u2069 " * 9


def event(starts: datetime = TUESDAY_NINE, **given: object) -> Event:
    usual = Event(
        uid_of("b1", URL), 3, starts, starts + timedelta(minutes=45),
        "Coachning", "Tid, plats; väg\nRöd dörr \\ vänster", "Medborgarplatsen 4", f"{URL}/m/x",
    )  # fmt: skip
    return replace(usual, **given)  # type: ignore[arg-type]


def only(content: bytes) -> Part:
    (found,) = check(content).parts
    return found


def test_a_published_event_passes_the_gate_and_says_what_it_was_given() -> None:
    found = only(published([event()], "", MONDAY_MORNING))
    assert found.one("UID").value == "b1@ingang.example"
    assert found.one("SEQUENCE").value == "3"
    assert found.one("DTSTAMP").value == "20261123T070000Z"
    assert found.one("DTSTART").value == "20261124T080000Z"
    assert found.one("DTEND").value == "20261124T084500Z"
    assert found.one("SUMMARY").text == "Coachning"
    assert found.one("DESCRIPTION").text == "Tid, plats; väg\nRöd dörr \\ vänster"
    assert found.one("LOCATION").text == "Medborgarplatsen 4"
    assert found.one("URL").value == f"{URL}/m/x"
    assert found.one("STATUS").value == "CONFIRMED"
    (alarm,) = found.parts
    assert alarm.one("TRIGGER").value == "-PT2H"
    assert alarm.one("DESCRIPTION").text == "Coachning"


def test_a_file_has_no_name_and_a_calendar_to_subscribe_to_has_one() -> None:
    assert not check(published([event()], "", MONDAY_MORNING)).all("X-WR-CALNAME")
    calendar = check(published([], "Mina möten, alla", MONDAY_MORNING))
    assert calendar.one("X-WR-CALNAME").text == "Mina möten, alla"
    assert calendar.one("REFRESH-INTERVAL").value == "PT1H"


def test_what_is_cancelled_takes_no_time_and_rings_no_more() -> None:
    found = only(published([event(cancelled=True)], "", MONDAY_MORNING))
    assert found.one("STATUS").value == "CANCELLED"
    assert found.one("TRANSP").value == "TRANSPARENT"
    assert found.parts == []


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_an_invitation_names_both_and_says_what_it_is(method, status) -> None:
    content = invitation(
        event(), "post@ingang.example", "amina@stad.example", MONDAY_MORNING, method
    )
    assert check(content).one("METHOD").value == method
    found = only(content)
    assert found.one("ORGANIZER").value == "mailto:post@ingang.example"
    assert found.one("ATTENDEE").value == "mailto:amina@stad.example"
    assert found.one("STATUS").value == status
    assert found.one("UID").value == "b1@ingang.example"


@pytest.mark.parametrize("last", [2027, pytest.param(2032, marks=pytest.mark.soak)])
def test_every_morning_of_these_years_is_nine_o_clock_in_two_other_readers(last: int) -> None:
    days = [date(2026, 1, 1)]
    while days[-1] < date(last, 12, 31):
        days.append(days[-1] + timedelta(days=1))
    starts = {f"{day}@x": at for day in days if (at := instant(day, NINE)) is not None}
    assert len(starts) == len(days)
    content = published(
        [event(at, uid=uid, url=None) for uid, at in starts.items()], "", MONDAY_MORNING
    )
    check(content)
    by_icalendar = {str(found["uid"]): found.start for found in Calendar.from_ical(content).events}
    read = vobject.readOne(content.decode())
    by_vobject = {found.uid.value: found.dtstart.value for found in read.vevent_list}
    assert by_icalendar == starts
    assert by_vobject == starts
    assert {f"{at.astimezone(ZONE):%H:%M}" for at in by_vobject.values()} == {"09:00"}


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2027, 3, 27), "20270327T080000Z"),
        (date(2027, 3, 28), "20270328T070000Z"),
        (date(2027, 10, 30), "20271030T070000Z"),
        (date(2027, 10, 31), "20271031T080000Z"),
    ],
)
def test_nine_o_clock_beside_a_change_of_clocks(day: date, utc: str) -> None:
    at = instant(day, NINE)
    assert at is not None
    found = only(published([event(at.astimezone(ZONE))], "", MONDAY_MORNING))
    assert found.one("DTSTART").value == utc


@pytest.mark.parametrize(("words", "language"), [(TIGRINYA, "ti"), (DARI, "fa-AF")])
def test_long_text_in_any_script_survives_folding(words: str, language: str) -> None:
    content = published(
        [event(summary=words, description=words, language=language)], words, MONDAY_MORNING
    )
    found = only(content)
    assert found.one("SUMMARY").text == words
    assert found.one("DESCRIPTION").text == words
    assert found.one("SUMMARY").parameters == {"LANGUAGE": language}
    (read,) = Calendar.from_ical(content).events
    assert str(read["description"]) == words
    assert vobject.readOne(content.decode()).vevent.description.value == words


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_no_text_breaks_a_file(words: str) -> None:
    found = only(published([event(summary=words, location=words)], words, MONDAY_MORNING))
    assert found.one("UID").value == "b1@ingang.example"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"DTSTART:20261124T080000Z", b"DTSTART;TZID=Europe/Stockholm:20261124T090000"),
        (b"DTSTART:20261124T080000Z", b"DTSTART:20261124T080000"),
        (b"CLASS:PRIVATE", b"CLASS:PUBLIC"),
        (b"CLASS:PRIVATE", b"CLASS:PRIVATE\nX-A:b"),
        (b"CLASS:PRIVATE", b"CLASS:PRIVATE\r\nATTENDEE:mailto:a@b.example"),
        (b"CLASS:PRIVATE", b"CLASS:PRIVATE\r\nRRULE:FREQ=DAILY"),
        (b"PRODID:-//Ingang//Ingang//SV\r\n", b""),
        (b"SUMMARY;LANGUAGE=sv:Coachning", b"SUMMARY;LANGUAGE=sv:Coachning, nu"),
        (b"SUMMARY;LANGUAGE=sv:Coachning", b"SUMMARY;LANGUAGE=sv:" + b"x" * 60),
        (b"DTEND:20261124T084500Z", b"DTEND:20261124T074500Z"),
        (b"END:VEVENT\r\n", b""),
    ],
)
def test_the_gate_refuses_what_is_wrong(good: bytes, bad: bytes) -> None:
    content = published([event()], "", MONDAY_MORNING)
    assert good in content
    with pytest.raises(Refused):
        check(content.replace(good, bad, 1))


def test_the_gate_refuses_two_events_of_one_name() -> None:
    with pytest.raises(Refused):
        check(published([event(), event()], "", MONDAY_MORNING))


MEETING = Meeting(
    "b1",
    2,
    "confirmed",
    COACHING,
    TUESDAY_NINE,
    TUESDAY_NINE + timedelta(minutes=45),
    replace(UNIT, floor="Plan 3"),
    "Amina",
    "amina",
)


@pytest.fixture
def wording(texts: Catalogue) -> Wording:
    links = Links(URL, "https://video.example", Vault("test"))
    return Wording(Renderer(texts, FakeKnowledge(), ZONE), links)


def test_her_event_says_the_kind_of_meeting_and_her_card(wording: Wording) -> None:
    found = wording.for_person(MEETING, "en")
    assert found.summary == "Coaching"
    assert "Tuesday 24 November (24/11) 09:00" in found.description
    assert "Amina" in found.description
    assert found.location == "Etableringscentrum, Medborgarplatsen 4, Plan 3"
    assert found.url == wording.links.card("b1")
    assert (found.uid, found.sequence, found.language) == ("b1@ingang.example", 2, "en")


def test_a_language_has_its_name_for_the_web(wording: Wording) -> None:
    assert wording.for_person(MEETING, "fa_AF").language == "fa-AF"


def test_a_video_meeting_is_in_its_room_and_a_call_is_nowhere(wording: Wording) -> None:
    room = "https://video.example/ingang-x"
    assert wording.for_person(replace(MEETING, mode="video", room=room), "sv").location == room
    assert wording.for_person(replace(MEETING, mode="phone"), "sv").location == ""


def test_a_coachs_event_has_a_code_and_no_way_to_cancel_in_her_name(wording: Wording) -> None:
    booked = replace(MEETING, interpreter="booked", need=InterpreterNeed("ti"))
    found = wording.for_coach(booked, Client("K7Q2", "tigrinska"), "sv")
    assert found.summary == "Coachning, K7Q2"
    assert "tigrinska" in found.description
    assert "ትግርኛ" in found.description
    assert "Amina" not in found.description
    assert found.url is None
    assert "/m/" not in repr(found)
