"""Live chats on the console: taking them, giving them back or on, and who is there for them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.database import Database
from backend.models import Conversation, Message, Staff
from backend.signals import PERSON, Signal
from backend.talks import duty
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import (
    PASSWORD,
    Browser,
    Office,
    leaves_a_message,
    open_office,
)
from tests.integration.talk_house import (
    asks_for_a_person,
    claims,
    on_duty,
    opens,
    row_of,
    stays,
    tickets,
    writes,
)


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    """Open from seven to eight, with Amina and Bo on duty."""
    clock.forward(hours=2)
    office = await open_office(database, clock, tmp_path)
    await opens(office.house, "amina", "bo")
    return office


@pytest.fixture
def anna(office: Office) -> Person:
    return office.person()


async def waits(person: Person, language: str = "English") -> str:
    """She has asked for a person; her conversation's id."""
    await person.settles(language)
    return await asks_for_a_person(person)


async def does(browser: Browser, thread: str, do: str, **given: str) -> None:
    """Send one of the forms of a conversation, from wherever she is."""
    sent = [("csrf", browser.csrf), ("do", do), *given.items()]
    await browser.sends(f"/console/threads/{thread}/talk", sent)


async def staff(office: Office, name: str) -> Staff:
    async with office.runtime.database.reading() as session:
        return await session.get_one(Staff, name)


# The queue


async def test_who_waits_stands_above_all_with_her_first_words(office: Office, anna: Person):
    await leaves_a_message(office.person("bert"), "An older message")
    await anna.settles("العربية")
    await asks_for_a_person(anna)
    await anna.says("أحتاج إلى مساعدة")
    await anna.says("هل يوجد أحد؟")
    office.house.clock.forward(minutes=4)
    await stays(office.house, "amina", "bo")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    assert "Waiting to talk 1" in page.words
    assert "4 minutes" in page.words
    assert "أحتاج إلى مساعدة" in page.words
    assert "2 of us take chats now." in page.words
    assert page.words.index("أحتاج") < page.words.index("An older message")


async def test_danger_comes_first_and_then_who_has_waited_longest(office: Office):
    for name in ("first", "second", "third"):
        await waits(office.person(name))
        office.house.clock.forward(seconds=20)
        await stays(office.house, "amina", "bo")
    await office.person("second").says("jag blir slagen hemma")
    async with office.runtime.database.writing() as session:
        second = await row_of(office.house, (await tickets(office.house))[1].conversation_id)
        await session.execute(
            update(Conversation)
            .where(Conversation.id == second.id)
            .values(talk=second.talk | {"is_urgent": True})
        )
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    order = [
        page.html.index(f'data-row="talk-{row.conversation_id}"')
        for row in await tickets(office.house)
    ]
    assert order[1] < order[0] < order[2]
    assert "There may be danger." in page.words


async def test_those_who_wait_can_be_chosen_by_language(office: Office):
    arabic = await waits(office.person("anna"), "العربية")
    somali = await waits(office.person("hodan"), "Soomaali")
    async with office.signed_in() as browser:  # Amina reads Swedish and Arabic
        page = await browser.opens("/console?speaks=mine")
        assert f"talk-{arabic}" in page.html
        assert f"talk-{somali}" not in page.html
        page = await browser.follows("Somali")
        assert f"talk-{somali}" in page.html
        assert f"talk-{arabic}" not in page.html
        part = await browser.client.get("/console/live/queue?speaks=so")
        assert f"talk-{somali}" in part.text
        assert f"talk-{arabic}" not in part.text


async def test_a_talk_is_no_message_left_and_cannot_be_ticked_off(office: Office, anna: Person):
    thread = await waits(anna)
    (talk,) = await tickets(office.house)
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert f"message-{talk.id}" not in page.html
        await browser.sends(
            f"/console/handoffs/{talk.id}", [("csrf", browser.csrf), ("do", "close")]
        )
    (talk,) = await tickets(office.house)
    assert talk.state == "open"
    assert (await row_of(office.house, thread)).owner == "queue"


async def test_what_nobody_could_take_is_marked_and_as_old_as_her_asking(
    office: Office, anna: Person
):
    await waits(anna)
    await anna.says("Hello?")
    office.house.clock.forward(minutes=2)
    await leaves_a_message(office.person("bert"), "Later")
    office.house.clock.forward(minutes=14)
    await stays(office.house, "amina", "bo")
    await office.house.timers.run_due()
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
    assert page.words.count("Asked to talk, and nobody could take it.") == 1
    assert page.words.index("Asked to talk") < page.words.index("Later")


# Taking


async def test_taking_a_chat_opens_it_and_tells_her(office: Office, anna: Person):
    thread = await waits(anna)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses("Take it")
        assert page.response.url.path == f"/console/threads/{thread}"
        assert "You have this chat" in page.words
    row = await row_of(office.house, thread)
    assert (row.owner, row.coach_id) == ("coach", "amina")
    assert "Amina is here now." in await anna.heard()


async def test_of_two_who_take_it_at_once_one_has_it_and_the_other_reads_who(
    office: Office, anna: Person
):
    thread = await waits(anna)
    async with office.signed_in("amina") as one, office.signed_in("bo") as other:
        for browser in (one, other):
            await browser.opens("/console")
        first, second = await asyncio.gather(one.presses("Take it"), other.presses("Take it"))
    row = await row_of(office.house, thread)
    winner, loser = (first, second) if row.coach_id == "amina" else (second, first)
    assert winner.status == 200
    assert "You have this chat" in winner.words
    assert loser.status == 409
    assert f"{row.coach_id.capitalize()} has just taken it." in loser.words
    assert "Waiting to talk" in loser.words  # she is in the queue still
    assert row.epoch == 2  # asked, taken
    assert (await anna.heard(20)).count("is here now.") == 1


async def test_ten_who_take_it_at_once_are_one(office: Office, anna: Person):
    thread = await waits(anna)
    async with office.signed_in("amina") as one, office.signed_in("bo") as other:
        pressed = [one if number % 2 else other for number in range(10)]
        for browser in (one, other):
            await browser.opens("/console")
        await asyncio.gather(*(does(browser, thread, "take") for browser in pressed))
    row = await row_of(office.house, thread)
    assert (row.owner, row.epoch) == ("coach", 2)


async def test_who_takes_a_chat_while_off_duty_is_on_duty(office: Office, anna: Person):
    thread = await waits(anna)
    async with office.signed_in("carla") as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Take it")
        assert "Take chats: on" in page.words
    assert (await staff(office, "carla")).on_duty


async def test_who_has_enough_takes_no_more_unless_there_is_danger(office: Office, anna: Person):
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(most_talks=1))
    await claims(office.house, "amina", await waits(office.person("bert")))
    thread = await waits(anna)
    async with office.signed_in() as browser:
        await browser.opens("/console")
        page = await browser.presses("Take it")
        assert page.status == 409
        assert "You have one chat already. You take no more at once." in page.words
        assert (await row_of(office.house, thread)).owner == "queue"
        row = await row_of(office.house, thread)
        async with office.runtime.database.writing() as session:
            await session.execute(
                update(Conversation)
                .where(Conversation.id == thread)
                .values(talk=row.talk | {"is_urgent": True})
            )
        await does(browser, thread, "take")
    assert (await row_of(office.house, thread)).coach_id == "amina"


async def test_letters_that_were_answered_are_not_talks(office: Office):
    await on_duty(office.house, "amina", on=False)
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(most_talks=1))
    letter = await leaves_a_message(office.person("bert"), "A letter")
    await writes(office.house, "amina", letter, "An answer")
    thread = await waits(office.person("anna"))
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Take it")
    assert (await row_of(office.house, thread)).coach_id == "amina"


# What is done with it


@pytest.fixture
async def thread(office: Office, anna: Person) -> str:
    """Anna talks with Amina."""
    thread = await waits(anna)
    await claims(office.house, "amina", thread)
    return thread


async def test_handing_back_leaves_a_note_that_only_we_read(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Hand back", note="Has a letter from Försäkringskassan")
        assert page.response.url.path == "/console"
    assert (await row_of(office.house, thread)).owner == "assistant"
    assert "You are with the automatic assistant again." in await anna.heard()
    async with office.signed_in("bo") as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        assert "Has a letter from Försäkringskassan" in page.words
        assert "The assistant answers" in page.words
    assert all("Försäkringskassan" not in str(row.body) for row in await anna.messages())


async def test_a_note_with_a_personal_number_is_refused_and_kept_without_it(
    office: Office, thread: str
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Hand back", note="It is 19850709-9805, she says")
        assert page.status == 422
        assert "There was a personal number in the text." in page.words
        assert "she says" in page.html
        assert "9805" not in page.html
        page = await browser.presses("Hand back", note="x" * 1_001)
        assert page.status == 422
        assert re.search(r"It has 1.?001 characters", page.words)
    assert (await row_of(office.house, thread)).owner == "coach"


async def test_a_chat_is_passed_on_to_a_colleague_with_a_note(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        assert "Bo: Swedish, English · has 0 of 4 chats" in page.words
        assert "Carla" not in page.words  # she is not on duty
        await browser.presses("Pass on", to="bo", note="Speaks Dari too")
    row = await row_of(office.house, thread)
    assert (row.owner, row.coach_id) == ("coach", "bo")
    assert "Bo takes over from Amina." in await anna.heard()
    async with office.signed_in("bo") as browser:
        page = await browser.opens("/console")
        assert "My chats 1" in page.words
        page = await browser.opens(f"/console/threads/{thread}")
        assert "Speaks Dari too" in page.words


async def test_a_chat_is_passed_on_to_the_queue_before_those_who_came_later(
    office: Office, anna: Person, thread: str
):
    office.house.clock.forward(seconds=20)
    later = await waits(office.person("bert"))
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Pass on")
    assert page.html.index(f"talk-{thread}") < page.html.index(f"talk-{later}")
    assert "You are first in the queue." in await anna.heard()


@pytest.mark.parametrize("gone", ["off duty", "closed"])
async def test_a_chat_is_not_passed_to_who_is_not_there(office: Office, thread: str, gone: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        if gone == "closed":  # her page: a minute ago nothing more was heard of it
            office.house.clock.forward(seconds=61)
            await stays(office.house, "amina")
        else:
            await on_duty(office.house, "bo", on=False)
        await does(browser, thread, "pass", to="bo")
        assert browser.page is not None
        assert browser.page.status == 409
        assert "Bo takes no chats any more. Choose somebody else." in browser.page.words
    assert (await row_of(office.house, thread)).coach_id == "amina"


async def test_taking_over_is_asked_once_and_written_down(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in("bo") as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        assert "Amina has this chat" in page.words
        page = await browser.presses("Yes, take it over")
        assert "You have this chat" in page.words
    assert (await row_of(office.house, thread)).coach_id == "bo"
    assert ("staff:bo", "taken_over") in await office.journal("conversation")
    assert "Bo is here now." in await anna.heard()


async def test_what_has_gone_on_meanwhile_is_not_taken_over_from_a_third(
    office: Office, thread: str
):
    async with office.signed_in("carla") as browser:
        await browser.opens(f"/console/threads/{thread}")
        async with office.signed_in("bo") as quicker:
            await quicker.opens(f"/console/threads/{thread}")
            await quicker.presses("Yes, take it over")
        page = await browser.presses("Yes, take it over")
        assert page.status == 409
        assert "Bo has just taken it." in page.words
    assert (await row_of(office.house, thread)).coach_id == "bo"


async def test_what_nobody_has_any_more_is_not_handed_back(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await does(browser, thread, "end")
        for do in ("end", "back", "pass"):
            await does(browser, thread, do)
            assert browser.page is not None
            assert browser.page.status == 409
            assert "This chat has ended or waits again." in browser.page.words
        await does(browser, "nothing", "take")
        assert browser.page.status == 404


async def test_blocking_says_what_she_reads_and_can_be_undone(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        preview = "You cannot write to a person here until Monday 30 November (30/11) 10:00."
        assert preview in page.words
        page = await browser.presses("Yes, block for a week")
        assert "Cannot ask for a person until" in page.words
        assert preview in await anna.heard()
        await anna.says("/person")
        await anna.taps("Talk now")
        assert (await row_of(office.house, thread)).owner == "assistant"
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Let the person ask again")
    await asks_for_a_person(anna)
    assert (await row_of(office.house, thread)).owner == "queue"
    journal = await office.journal("conversation")
    assert [each for each in journal if each[1].endswith("blocked")] == [
        ("staff:amina", "blocked"),
        ("staff:amina", "unblocked"),
    ]


async def test_nobody_blocks_who_talks_with_a_colleague(office: Office, thread: str):
    async with office.signed_in("bo") as browser:
        await browser.opens(f"/console/threads/{thread}")
        await does(browser, thread, "block")
        assert browser.page is not None
        assert browser.page.status == 409
    assert (await row_of(office.house, thread)).owner == "coach"


@pytest.mark.parametrize("language", ["en", "sv"])
async def test_the_answer_of_who_does_not_have_it_is_refused_and_kept(
    office: Office, anna: Person, thread: str, language: str
):
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(language=language))
    async with office.signed_in("bo") as browser:
        await browser.opens(f"/console/threads/{thread}")
        sent = browser.page.form("Send")[0].filled(text="Hej från Bo") if browser.page else []
        page = await browser.sends(f"/console/threads/{thread}/answer", sent)
        assert page.status == 409
        assert "Amina" in page.words
        assert "Hej från Bo" in page.html
    assert list(await office.messages(author="coach")) == []


async def test_what_waits_for_my_answer_is_marked_after_three_minutes(
    office: Office, anna: Person, thread: str
):
    await writes(office.house, "amina", thread, "Hej!")
    await anna.says("And now?")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "Waits for your answer." in page.words
        assert "And now?" in page.words
        office.house.clock.forward(minutes=3)
        await stays(office.house, "amina", "bo")
        await office.house.timers.run_due()
        page = await browser.opens("/console")
        assert "Waits for your answer, for more than three minutes." in page.words


async def test_a_long_answer_is_refused_with_its_length_and_kept(office: Office, thread: str):
    words = "Det här är en mening. " * 228
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        (box,) = re.findall(r'<textarea id="text"[^>]*>', page.html)
        assert "maxlength" not in box  # a browser would cut it without a word
        page = await browser.presses("Send", text=words)
        assert page.status == 422
        assert re.search(r"It has 5.?015 characters, and 3.?500 is the most", page.words)
        assert words.strip() in page.html


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("no answer", "Not delivered: The channel did not answer for a long time"),
        ("Forbidden", "Not delivered: The channel refused it"),
        ("unreachable", "Not delivered: the person cannot be reached there any more"),
    ],
)
async def test_what_did_not_arrive_says_why_in_words(
    office: Office, thread: str, error: str, why: str
):
    await writes(office.house, "amina", thread, "Hej!")
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Message).where(Message.author == "coach").values(state="failed", error=error)
        )
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert why in page.words


async def test_from_one_chat_one_goes_on_to_the_next_that_waits(office: Office, thread: str):
    other = office.person("hodan")
    second = await waits(other, "Soomaali")
    await claims(office.house, "amina", second)
    await writes(office.house, "amina", thread, "Hej!")
    await other.says("Haye?")
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        assert "My other chats Somali" in page.words
        page = await browser.follows("Somali")
        assert page.response.url.path == f"/console/threads/{second}"
        assert "My other chats English" in page.words


# What the assistant has tried


async def test_what_the_assistant_answered_is_told_with_what_came_of_it(
    office: Office, anna: Person
):
    await anna.settles()
    await anna.says("personnummer")
    await anna.taps("This did not help")
    await anna.says("what about my cat")
    thread = await asks_for_a_person(anna)
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert "What the assistant answered (2)" in page.words
    assert "The person says that it did not help." in page.words
    assert "No sure answer was found." in page.words
    assert page.words.index("No sure answer") < page.words.index("says that it did not help")


# Duty and presence


async def test_the_switch_is_on_every_page_and_leads_back_to_it(office: Office, thread: str):
    async with office.signed_in("carla") as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Take chats: off")
        assert page.response.url.path == f"/console/threads/{thread}"
        assert "Take chats: on" in page.words
        assert (await staff(office, "carla")).on_duty
        page = await browser.presses("Take chats: on")
        assert not (await staff(office, "carla")).on_duty
    assert [each for each in await office.journal("staff") if "duty" in each[1]] == [
        ("staff:carla", "on_duty"),
        ("staff:carla", "off_duty"),
    ]


async def test_how_many_at_once_is_ones_own_to_choose(office: Office):
    async with office.signed_in() as browser:
        page = await browser.opens("/console/duty")
        assert "Swedish , Arabic" in page.words or "Swedish, Arabic" in page.words
        await browser.presses("Save", most="7")
        assert (await staff(office, "amina")).most_talks == 7
        assert (await staff(office, "amina")).on_duty
        page = await browser.sends(
            "/console/duty", [("csrf", browser.csrf), ("do", "save"), ("most", "0")]
        )
        assert page.status == 422


async def test_an_open_page_is_there_and_one_that_is_closed_is_not(office: Office):
    clock, database = office.house.clock, office.runtime.database
    async with office.signed_in() as browser:
        for _minute in range(4):
            clock.forward(seconds=20)
            await browser.client.get("/console/live/desk")
        async with database.reading() as session:
            assert await duty.is_on_duty(session, "amina", clock.now())
            assert not await duty.is_on_duty(session, "bo", clock.now())  # nothing heard of him
        clock.forward(seconds=61)
        async with database.reading() as session:
            assert not await duty.is_on_duty(session, "amina", clock.now())


@pytest.mark.parametrize("path", ["/console/live/queue", "/console/live/threads/{thread}"])
async def test_what_changes_by_itself_says_too_that_she_is_there(
    office: Office, thread: str, path: str
):
    async with office.signed_in() as browser:
        office.house.clock.forward(seconds=50)
        await browser.client.get(path.format(thread=thread))
        assert (await staff(office, "amina")).present_at == office.house.clock.now()


async def test_presence_is_not_a_write_for_each_poll(office: Office):
    async with office.signed_in() as browser:
        noted = (await staff(office, "amina")).present_at
        office.house.clock.forward(seconds=5)
        await browser.client.get("/console/live/desk")
        assert (await staff(office, "amina")).present_at == noted


async def test_whoever_takes_no_chats_leaves_no_trace_of_being_there(office: Office):
    async with office.signed_in("carla") as browser:
        await browser.opens("/console")
        await browser.client.get("/console/live/desk")
    assert (await staff(office, "carla")).present_at is None


async def test_a_page_left_open_keeps_no_session_and_who_is_signed_out_is_not_there(
    office: Office,
):
    clock = office.house.clock
    async with office.signed_in() as browser:
        await browser.opens("/console")
        for _minute in range(31):
            clock.forward(minutes=1)
            answer = await browser.client.get("/console/live/desk")
        assert answer.status_code == 401
        left = (await staff(office, "amina")).present_at
        clock.forward(seconds=30)
        await browser.client.get("/console/live/desk")
        assert (await staff(office, "amina")).present_at == left


async def test_signing_out_ends_duty(office: Office):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Sign out")
    assert not (await staff(office, "amina")).on_duty


@pytest.mark.parametrize(("hours", "is_on"), [(1, True), (14, False)])
async def test_signing_in_again_goes_on_with_duty_but_not_with_yesterdays(
    office: Office, hours: int, is_on: bool
):
    office.house.clock.forward(hours=hours)
    async with office.browser() as browser:
        await browser.opens("/console/sign-in?lang=en")
        await browser.presses("Sign in", username="amina", password=PASSWORD)
    assert (await staff(office, "amina")).on_duty is is_on


async def test_the_beat_says_who_waits_and_names_nobody(office: Office, thread: str, anna: Person):
    await anna.says("Words of mine")
    office.house.clock.forward(seconds=20)
    await waits(office.person("hodan"), "Soomaali")
    async with office.signed_in() as browser:
        answer = await browser.client.get("/console/live/desk")
        words = [call["words"] for call in answer.json()]
        assert words == [
            "Someone waits for your answer: English",
            "Someone waits for a person: Somali",
        ]
        assert "Words of mine" not in answer.text
        mark = answer.headers["x-mark"]
        assert (await browser.client.get(f"/console/live/desk?after={mark}")).status_code == 204
    async with office.signed_in("bo") as browser:
        answer = await browser.client.get("/console/live/desk")
        assert [call["words"] for call in answer.json()] == words[1:]


# Who writes and who reads just now


async def test_that_she_writes_is_seen_and_not_stored(office: Office, thread: str):
    before = await count_messages(office)
    async with office.signed_in() as browser:
        path = f"/console/live/threads/{thread}"
        mark = (await browser.client.get(path)).headers["x-mark"]
        waiting = asyncio.create_task(browser.client.get(f"{path}?after={mark}&wait=20"))
        await asyncio.sleep(0)
        office.runtime.hub.does(Signal("typing", PERSON, thread))
        answer = await waiting
        assert "The person is writing" in answer.text
        read = [each for each in await office.journal("conversation") if each[1] == "read"]
        assert len(read) == 1  # that somebody writes is nothing to have read
    assert await count_messages(office) == before


async def test_colleagues_see_who_reads_and_who_writes(office: Office, thread: str):
    path = f"/console/live/threads/{thread}"
    async with office.signed_in("amina") as one, office.signed_in("bo") as other:
        await one.opens(f"/console/threads/{thread}")
        await one.client.get(path)
        page = await other.client.get(path)
        assert "Amina is reading this too." in page.text.translate(dict.fromkeys((8296, 8297)))
        page = await other.opens("/console")
        answer = await other.sends(f"/console/threads/{thread}/typing", [("csrf", other.csrf)])
        assert answer.status == 204
        page = await one.client.get(path)
        assert "Bo is writing an answer here" in page.text
        assert "is reading this too" not in page.text


async def test_a_sent_answer_is_not_being_written_any_more(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.sends(f"/console/threads/{thread}/typing", [("csrf", browser.csrf)])
        assert set(office.runtime.hub.doing("typing", thread)) == {"amina"}
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
    assert set(office.runtime.hub.doing("typing", thread)) == set()


async def count_messages(office: Office) -> int:
    async with office.runtime.database.reading() as session:
        return len((await session.scalars(select(Message.id))).all())
