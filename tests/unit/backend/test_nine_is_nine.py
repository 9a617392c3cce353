"""Every day from 2026 to 2032, nine is nine: in the times, the card, the reminder, the calendar.

Both days the clocks change are among them; 28 March 2027 is Easter Sunday too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from backend.calendars.ics import published
from backend.calendars.words import Wording
from backend.clock import ZONE
from backend.services.meetings import meeting_values
from dialogs import cards
from dialogs.core import say
from dialogs.i18n import Catalogue
from dialogs.ports import Slot
from dialogs.render import Renderer
from tests.fakes import COACHING, UNIT, FakeKnowledge
from tests.nine import LINKS, TERMS, days, meeting, nine, offered, reminders, wall

WITHOUT_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


@pytest.fixture(scope="module")
def renderer(texts: Catalogue) -> Renderer:
    return Renderer(texts, FakeKnowledge(), ZONE)


def test_weekly_hours_at_nine_give_a_time_at_nine() -> None:
    for day in days():
        (offer,) = offered(day)
        assert offer.slot.starts == nine(day), day


def test_a_booked_time_is_stored_at_nine_on_the_wall() -> None:
    for day in days():
        values = meeting_values(Slot(COACHING.id, "amina", UNIT.id, nine(day)), TERMS)
        assert values["local_start"] == f"{day}T09:00"
        assert values["starts_at"] == nine(day)


def test_the_card_says_nine_in_every_language(renderer: Renderer) -> None:
    for code in ("sv", "ar", "ti"):
        for day in days():
            words = renderer.render(say(cards.meeting_card(meeting(day))), code).text
            assert " 09:00" in words.translate(WITHOUT_ISOLATES), day
            assert f"({day.day}/{day.month})" in words, day


def test_reminders_come_at_five_the_evening_before_and_say_nine(renderer: Renderer) -> None:
    long_before = datetime(2025, 12, 1, tzinfo=UTC)
    for day in days():
        early, evening, shortly = reminders(meeting(day), long_before)
        assert wall(early.due) == f"{day - timedelta(days=3)} 17:00"
        assert wall(evening.due) == f"{day - timedelta(days=1)} 17:00"
        assert wall(shortly.due) == f"{day} 08:00"  # and not at seven, when some sleep
        assert "09:00" in renderer.render(evening.reply, "sv").text
        assert "09:00" in (renderer.render(evening.reply, "sv").brief or "")


def test_a_calendar_file_has_the_instant_of_nine(renderer: Renderer) -> None:
    wording = Wording(renderer, LINKS)
    events = [wording.for_person(meeting(day), "sv") for day in days()]
    calendar = Calendar.from_ical(published(events, "", datetime(2026, 1, 1, tzinfo=UTC)))
    found = {str(event["UID"]): event.decoded("DTSTART") for event in calendar.walk("VEVENT")}
    for day in days():
        starts = found[f"b{day:%Y%m%d}@ingang.example"]
        assert starts.utcoffset() == timedelta(0)
        assert f"{starts.astimezone(ZONE):%Y-%m-%dT%H:%M}" == f"{day}T09:00"


def test_the_days_the_clocks_change_by_hand() -> None:
    """UTC is two hours behind from 28 March 2027 on, and one hour from 31 October on."""
    hours = {
        date(2027, 3, 27): 8, date(2027, 3, 28): 7, date(2027, 10, 30): 7, date(2027, 10, 31): 8
    }  # fmt: skip
    for day, hour in hours.items():
        assert nine(day) == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    moved = replace(meeting(date(2027, 3, 28)), starts=nine(date(2027, 3, 28)))
    _early, evening, _shortly = reminders(moved, datetime(2027, 1, 1, tzinfo=UTC))
    assert evening.due == datetime(2027, 3, 27, 16, tzinfo=UTC)
