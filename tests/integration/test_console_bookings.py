"""Meetings on the console: seen, confirmed, moved, cancelled; and who came."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Booking, Message
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import Person
from tests.integration.console_office import Browser, Office, open_office, translated

ARABIC = {
    "**Your meeting is cancelled.** We could not keep it. We are sorry.": "أُلغي اللقاء.",
    "**Your meeting has a new time.** We had to move it. We are sorry.": "موعد جديد.",
    "Place: {unit}, {address}": "المكان: {unit}",
}


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path, translated({"ar": ARABIC}))


@pytest.fixture
async def anna(office: Office) -> Person:
    """Anna reads Arabic and has booked tomorrow at nine."""
    person = office.person()
    await person.settles("العربية")
    await person.books("09:00")
    return person


async def thread_of(person: Person) -> str:
    conversation = await person.conversation()
    assert conversation is not None
    return conversation.id


async def row_of(office: Office) -> Booking:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Booking).order_by(Booking.created_at))).all()[-1]


def slots(browser: Browser) -> list[str]:
    """The free times a page offers."""
    assert browser.page is not None
    return [
        unescape(value) for value in re.findall(r'name="slot" value="([^"]*)"', browser.page.html)
    ]


async def test_a_coach_who_cancels_voids_the_reminders_and_tells_her(office: Office, anna: Person):
    assert await count(office.runtime.database, "message", "state = 'planned'") == 2
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        page = await browser.presses("Yes, cancel the meeting")
        assert page.response.url.path == f"/console/threads/{await thread_of(anna)}"
        assert "Nothing is booked." in page.words
    assert await count(office.runtime.database, "message", "state = 'void'") == 2
    assert await count(office.runtime.database, "claim") == 0
    await office.runtime.releaser.release_due()
    last = (await anna.messages())[-1]
    assert (last.author, last.staff_id, last.state) == ("coach", "amina", "sent")
    assert last.language == "ar"
    assert last.sent_text is not None
    assert last.sent_text.startswith("أُلغي اللقاء.")
    assert "24/11" in last.sent_text
    assert last.body["buttons"][0]["link"] == {"step": "meeting.times", "args": ["coaching"]}
    booking = await row_of(office)
    assert (booking.state, booking.closed_by) == ("cancelled", "coach")
    assert ("staff:amina", "cancelled") in await office.journal("booking")
    async with office.signed_in() as browser:
        assert "Nothing waits." in (await browser.opens("/console")).words


async def test_she_can_book_again_from_the_notice(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        await browser.presses("Yes, cancel the meeting")
    await office.runtime.releaser.release_due()
    await anna.says("1")
    assert any("09:00" in label for label in await anna.labels())


async def test_cancelling_twice_says_that_it_was_done(office: Office, anna: Person):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        for browser in (amina, bo):
            await browser.opens(f"/console/threads/{await thread_of(anna)}")
        first, second = await asyncio.gather(
            amina.presses("Yes, cancel the meeting"), bo.presses("Yes, cancel the meeting")
        )
        assert sorted((first.status, second.status)) == [200, 409]
        refused = first if first.status == 409 else second
        assert "The meeting was changed by someone else" in refused.words
    await office.runtime.releaser.release_due()
    told = await office.messages(author="coach")
    assert len(told) == 1


async def test_confirming_tells_her_with_the_whole_card_in_two_languages(
    office: Office, anna: Person
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        page = await browser.presses("Confirm")
        assert "Confirm" not in [button.kind for form in page.forms for button in form.buttons]
    await office.runtime.releaser.release_due()
    last = (await anna.messages())[-1]
    assert last.body["twin"] == "shown"
    assert last.body["buttons"][0]["link"]["step"] == "moving.times"
    assert (await row_of(office)).seen_by_staff


async def test_a_coach_moves_a_meeting_and_she_gets_the_new_card(office: Office, anna: Person):
    before = await row_of(office)
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        page = await browser.follows("Move")
        assert "Tuesday 24 November (24/11) 10:00" in page.words
        chosen = next(slot for slot in slots(browser) if "2026-11-24T09:00:00Z" in slot)
        page = await browser.presses("Move, and tell the person", slot=chosen)
        assert page.response.url.path == f"/console/threads/{await thread_of(anna)}"
        assert "Tuesday 24 November (24/11) 10:00" in page.words
    after = await row_of(office)
    assert (after.id, after.version) == (before.id, before.version + 1)
    assert after.seen_by_staff
    await office.runtime.releaser.release_due()
    last = (await anna.messages())[-1]
    assert last.author == "coach"
    assert last.sent_text is not None
    assert last.sent_text.startswith("موعد جديد.")
    assert "10:00" in last.sent_text
    reminders = await office.messages(state="planned")
    assert {row.about_version for row in reminders} == {after.version}
    assert len(reminders) == 2


async def test_other_days_can_be_chosen_without_dragging_anything(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        await browser.follows("Move")
        page = await browser.follows("Fri 27/11")
        assert "Friday 27 November (27/11) 09:00" in page.words
        assert len(slots(browser)) == 3


async def test_a_time_that_somebody_has_just_taken_is_said_in_words(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        await browser.follows("Move")
        chosen = next(slot for slot in slots(browser) if "2026-11-23T10:00:00Z" in slot)
        bert = office.person("bert")
        await bert.settles("العربية")  # so that he gets the same coach
        await bert.books("11:00")
        page = await browser.presses("Move, and tell the person", slot=chosen)
        assert page.status == 409
        assert "Someone else has just taken that time. Nothing was changed." in page.words
    assert await count(office.runtime.database, "message", "author = 'coach'") == 0


@pytest.mark.parametrize(
    "slot",
    [
        "",
        "{}",
        "nonsense",
        '{"service": 1}',
        '{"service":"coaching","coach":"nobody","unit":"centre","starts":"2026-11-24T09:00:00Z"}',
        '{"service":"coaching","coach":"bo","unit":"centre","starts":"2026-11-24T03:00:00Z"}',
        '{"service":"advice","coach":"bo","unit":"centre","starts":"2026-11-24T09:00:00Z"}',
        '{"service":"coaching","coach":"bo","unit":"centre","starts":"2026-11-22T09:00:00Z"}',
    ],
)
async def test_a_time_that_is_not_on_offer_moves_nothing(office: Office, anna: Person, slot: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        await browser.follows("Move")
        page = await browser.presses("Move, and tell the person", slot=slot)
        assert page.status == 409
        assert "Choose a time first." in page.words or "no longer free to book" in page.words
    assert (await row_of(office)).version == 1


async def test_a_meeting_that_changed_meanwhile_is_not_moved(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{await thread_of(anna)}")
        await browser.follows("Move")
        chosen = slots(browser)[0]
        await anna.taps("I can't come")
        await anna.taps("Yes, cancel it")
        page = await browser.presses("Move, and tell the person", slot=chosen)
        assert page.status == 409
        assert "The meeting was changed by someone else" in page.words
        assert "This meeting cannot be moved any more." in page.words


async def test_the_day_lists_meetings_by_coach_and_activities_with_seats(
    office: Office, anna: Person, clock: FrozenClock
):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today")
        assert "Today Monday 23 November (23/11) Nothing is booked." in page.words
        assert "Tuesday 24 November (24/11) Amina 09:00–09:45 Coaching" in page.words
        await anna.says("/menu")
        await anna.taps("Activities")
        await anna.taps("CV workshop")
        await anna.taps("Yes, I want a seat")
        page = await browser.opens("/console/today?day=2026-11-26")
        assert "13:00–15:00 CV workshop Etableringscentrum 1 of 2 seats taken" in page.words
        thread = await thread_of(anna)
        assert any(thread in href for href, _ in page.links)
        page = await browser.follows("Earlier")
        assert "09:00–09:45 Coaching" in page.words


async def test_who_came_is_said_by_a_person_and_can_be_undone(
    office: Office, anna: Person, clock: FrozenClock
):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today")
        assert "Did not come" not in page.words
        clock.forward(days=1, minutes=40)  # 08:40, twenty minutes before
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today")
        assert "Came" in page.words
        assert "Did not come" not in page.words
        clock.forward(minutes=25)
        await browser.opens("/console/today")
        for button, state in (
            ("Did not come", "no_show"),
            ("Undo", "confirmed"),
            ("Was excused", "excused"),
            ("Undo", "confirmed"),
            ("Came", "attended"),
        ):
            page = await browser.presses(button)
            assert page.status == 200
            assert (await row_of(office)).state == state
    marks = [action for _actor, action in await office.journal("booking")]
    assert marks[-5:] == ["no_show", "confirmed", "excused", "confirmed", "attended"]


async def test_when_a_mark_was_set_is_kept_until_it_is_taken_back(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=1, hours=2)
    async with office.signed_in() as browser:
        await browser.opens("/console/today")
        await browser.presses("Came")
        assert (await row_of(office)).marked_at == clock.now()
        await browser.presses("Undo")
    assert (await row_of(office)).marked_at is None


async def test_a_mark_can_be_undone_for_seven_days_and_then_no_more(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=3)  # marked late: the seven days count from the mark
    async with office.signed_in() as browser:
        await browser.opens("/console/today?day=2026-11-24")
        await browser.presses("Did not come")
    clock.forward(days=6, hours=23)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today?day=2026-11-24")
        stale = page.form("Undo")[0].filled(do="undo")
        assert (await browser.presses("Undo")).status == 200
        assert (await row_of(office)).state == "confirmed"
        await browser.opens("/console/today?day=2026-11-24")
        await browser.presses("Did not come")
        clock.forward(minutes=29)
        page = await browser.opens("/console/today?day=2026-11-24")
        assert "Undo" in page.words
    clock.forward(days=7)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today?day=2026-11-24")
        assert "Did not come" in page.words
        assert "Undo" not in page.words
        booking = await row_of(office)
        sent = [(name, value) for name, value in stale if name not in {"csrf", "version"}]
        sent += [("csrf", browser.csrf), ("version", str(booking.version))]
        page = await browser.sends(f"/console/bookings/{booking.id}", sent)
        assert page.status == 409
        assert "more than seven days ago" in page.words
        sent = [("csrf", browser.csrf), ("version", str(booking.version)), ("do", "attended")]
        assert (await browser.sends(f"/console/bookings/{booking.id}", sent)).status == 409
    assert (await row_of(office)).state == "no_show"


async def test_a_mark_whose_time_was_not_noted_counts_from_its_meeting(
    office: Office, anna: Person, clock: FrozenClock
):
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(state="attended"))
    clock.forward(days=7, hours=1, minutes=1)
    async with office.signed_in() as browser:
        await browser.opens("/console/today?day=2026-11-24")
        assert "Undo" in browser.page.words
    clock.forward(days=1)
    async with office.signed_in() as browser:
        page = await browser.opens("/console/today?day=2026-11-24")
        assert "Undo" not in page.words


async def test_a_first_mark_is_never_too_late(office: Office, anna: Person, clock: FrozenClock):
    clock.forward(days=30)
    async with office.signed_in() as browser:
        await browser.opens("/console/today?day=2026-11-24")
        assert (await browser.presses("Came")).status == 200
    assert (await row_of(office)).state == "attended"


async def test_nothing_marks_a_no_show_by_itself(office: Office, anna: Person, clock: FrozenClock):
    clock.forward(days=3)
    await office.runtime.worker.sweep()
    assert (await row_of(office)).state == "confirmed"


async def test_attendance_of_a_meeting_to_come_is_refused(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        booking = await row_of(office)
        sent = [("csrf", browser.csrf), ("version", str(booking.version)), ("do", "no_show")]
        page = await browser.sends(f"/console/bookings/{booking.id}", sent)
        assert page.status == 409
        assert "The meeting has not begun." in page.words
    assert (await row_of(office)).state == "confirmed"


async def test_two_who_mark_the_same_meeting_do_not_overwrite_each_other(
    office: Office, anna: Person, clock: FrozenClock
):
    clock.forward(days=1, hours=2)
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        await amina.opens("/console/today")
        await bo.opens("/console/today")
        await amina.presses("Came")
        assert (await bo.presses("Came")).status == 200  # the same is no conflict
        await bo.opens("/console/today")
        await amina.opens("/console/today")
        await amina.presses("Undo")
        await amina.presses("Did not come")
        page = await bo.presses("Undo")
        assert page.status == 409
    assert (await row_of(office)).state == "no_show"


async def test_a_cancelled_meeting_takes_no_mark(office: Office, anna: Person, clock: FrozenClock):
    await anna.taps("I can't come")
    await anna.taps("Yes, cancel it")
    clock.forward(days=1, hours=2)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        booking = await row_of(office)
        sent = [("csrf", browser.csrf), ("version", str(booking.version)), ("do", "attended")]
        page = await browser.sends(f"/console/bookings/{booking.id}", sent)
        assert page.status == 409
    assert (await row_of(office)).state == "cancelled"


async def test_cancelling_for_someone_whom_nothing_leads_to_still_works(
    office: Office, anna: Person
):
    async with office.runtime.database.writing() as session:
        await session.execute(update(Booking).values(person_id="nobody"))
        await session.execute(update(Message).values(about=None))
    async with office.signed_in() as browser:
        await browser.opens("/console")
        booking = await row_of(office)
        sent = [("csrf", browser.csrf), ("version", str(booking.version)), ("do", "cancel")]
        page = await browser.sends(f"/console/bookings/{booking.id}", sent)
        assert page.status == 200
    assert (await row_of(office)).state == "cancelled"


async def test_a_press_on_send_leads_only_to_pages_of_ours(office: Office, anna: Person):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        booking = await row_of(office)
        sent = [
            ("csrf", browser.csrf),
            ("version", str(booking.version)),
            ("do", "seen"),
            ("onward", "https://evil.example/console"),
        ]
        page = await browser.sends(f"/console/bookings/{booking.id}", sent)
    assert page.response.url.host == "127.0.0.1"
    assert page.response.url.path == "/console"
