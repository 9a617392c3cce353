"""Booking, moving and cancelling, as conversations."""

from __future__ import annotations

from dialogs import places
from dialogs.flows import meeting
from dialogs.messages import Tapped
from dialogs.ports import Slot
from tests.chat import Chat
from tests.clock import FrozenClock
from tests.fakes import TUESDAY_NINE, Diary

NINE = Slot("coaching", "amina", "centre", TUESDAY_NINE)


async def booked(chat: Chat) -> None:
    await chat.opens(places.MENU)
    await chat.taps("Book a coach")
    await chat.taps("09:00")
    await chat.taps("Yes, book it")


async def test_a_coach_is_booked_in_three_taps_from_the_menu(chat: Chat) -> None:
    await booked(chat)
    assert chat.hears("Booked.")
    assert chat.hears("Tuesday 24 November (24/11) 09:00")
    assert chat.hears("Medborgarplatsen 4")
    assert chat.hears("Bring: ID card")


async def test_the_time_is_kept_while_she_decides(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("09:00")
    assert TUESDAY_NINE not in diary.free()
    await chat.taps("Another time")
    assert TUESDAY_NINE in diary.free()


async def test_offers_the_nearest_times_when_the_slot_was_taken(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.BOOK)
    diary.taken_by_someone_else(NINE)
    await chat.taps("09:00")
    assert chat.hears("Someone else just took that time.")
    assert [label[:12] for label in chat.buttons[:3]] == [
        "Tue 24/11 10",
        "Tue 24/11 11",
        "Tue 24/11 12",
    ]
    assert not chat.sees_button("09:00")


async def test_a_hold_that_ran_out_is_told_and_other_times_are_offered(
    chat: Chat, clock: FrozenClock
) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("09:00")
    clock.forward(minutes=6)
    await chat.taps("Yes, book it")
    assert chat.hears("five minutes only")
    assert chat.sees_button("09:00")


async def test_two_taps_on_yes_book_once_and_say_so(chat: Chat, diary: Diary) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("09:00")
    page = chat.offered
    assert page is not None
    for _tap in range(2):
        chat.offered = page
        await chat.sends(Tapped(page.message, 0))
    assert chat.hears("You have done this already")
    assert len([each for each in diary.bookings.values() if each.state == "confirmed"]) == 1


async def test_a_second_meeting_of_the_same_kind_leads_to_the_first(chat: Chat) -> None:
    await booked(chat)
    await chat.opens(meeting.hold.at(NINE))
    assert chat.hears("You have a meeting of this kind already")
    assert chat.sees_button("I can't come")


async def test_a_meeting_is_moved_and_keeps_its_old_time_until_then(
    chat: Chat, diary: Diary
) -> None:
    await booked(chat)
    await chat.taps("Another time")
    assert chat.hears("You keep your time until you choose a new one")
    await chat.taps("11:00")
    assert chat.hears("from Tuesday 24 November (24/11) 09:00")
    await chat.taps("Yes, move it")
    assert chat.hears("Moved.")
    assert TUESDAY_NINE in diary.free()


async def test_a_move_that_came_too_late_keeps_the_old_time(chat: Chat, diary: Diary) -> None:
    await booked(chat)
    await chat.taps("Another time")
    await chat.taps("11:00")
    diary.taken |= {each for each in diary.free() if each.hour == 10}
    await chat.taps("Yes, move it")
    assert chat.hears("You still have your old time.")


async def test_a_move_from_an_old_reminder_shows_how_the_meeting_is_now(chat: Chat) -> None:
    await booked(chat)
    (meeting,) = await chat.ports.booking.mine()
    await chat.opens(places.move(meeting.booking, meeting.version - 1))
    await chat.taps("11:00")
    await chat.taps("Yes, move it")
    assert chat.hears("The meeting has been changed. This is how it is now.")
    assert chat.sees_button("I can't come")


async def test_a_day_that_has_filled_up_meanwhile_leads_to_other_days(
    chat: Chat, diary: Diary
) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("More days")
    day = diary.free()[0].date()
    diary.taken |= {each for each in diary.free() if each.date() == day}
    await chat.taps("Tue 24/11")
    assert chat.hears("There are no free times then.")
    assert chat.hears("There are no free times now. I can tell you")


async def test_cancelling_takes_two_taps_and_asks_first(chat: Chat, diary: Diary) -> None:
    await booked(chat)
    await chat.taps("I can't come")
    assert chat.hears("Do you want to cancel this meeting?")
    await chat.taps("Yes, cancel it")
    assert chat.hears("The meeting is cancelled.")
    assert TUESDAY_NINE in diary.free()


async def test_a_cancelled_meeting_cannot_be_cancelled_again_from_an_old_reminder(
    chat: Chat,
) -> None:
    await booked(chat)
    (booking,) = [each.booking for each in await chat.ports.booking.mine()]
    await chat.ports.booking.cancel(booking)
    await chat.opens(places.cannot_come(booking))
    assert chat.hears("This meeting is not booked any more.")


async def test_the_answers_to_a_reminder_work(chat: Chat) -> None:
    await booked(chat)
    (booking,) = [each.booking for each in await chat.ports.booking.mine()]
    await chat.opens(places.will_come(booking))
    assert chat.hears("Good. See you then.")
    await chat.taps("I can't come")
    assert chat.sees_button("Yes, cancel it")


async def test_without_free_times_a_person_helps(chat: Chat, diary: Diary) -> None:
    diary.starts.clear()
    await chat.opens(places.BOOK)
    assert chat.hears("There are no free times now.")
    assert chat.sees_button("Ask a person")


async def test_more_days_lead_to_a_day_and_its_times(chat: Chat) -> None:
    await chat.opens(places.BOOK)
    await chat.taps("More days")
    await chat.taps("Tue 24/11")
    assert chat.hears("These times are free on Tuesday 24 November (24/11).")
    assert chat.sees_button("14:00")


async def test_back_leads_to_the_page_before(chat: Chat) -> None:
    await chat.opens(places.MENU)
    await chat.taps("Book a coach")
    await chat.taps("More days")
    await chat.taps("Back")
    assert chat.hears("Which time suits you?")
