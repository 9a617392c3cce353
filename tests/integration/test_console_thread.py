"""A conversation on the console: read in two languages, answered in hers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from backend.console.blanks import blanks
from backend.console.thread import LONGEST_ANSWER
from backend.database import Database
from backend.models import Address, Conversation, Message
from backend.services.erasure import erase
from backend.services.prepared import PREPARED
from backend.work import Work
from dialogs.messages import Tapped
from tests.clock import FrozenClock
from tests.conftest import count
from tests.house import Person
from tests.integration.console_office import (
    ORIGIN,
    Browser,
    Office,
    every_msgid,
    leaves_a_message,
    open_office,
    translated,
)

ARABIC = {
    "From {name}, a person at the centre:": "من {name}، من المركز:",
    "From {name}, a person at the centre. {name} writes in Swedish:": "من {name} بالسويدية:",
    "I have read your message. I will answer you on {day:day}.": "سأجيبك يوم {day:day}.",
    "You do not need to do anything now.": "لا تحتاج إلى شيء الآن.",
    "Please come to {unit} on {at:moment}.": "تعال إلى {unit} {at:moment}.",
    "Here is the answer to your question:": "هذه هي الإجابة:",
    "Write back": "اكتب لنا",
    "The coaches have your message. A person answers you here.": "وصلت رسالتك.",
}
SWEDISH = {
    "From {name}, a person at the centre:": "Från {name} på centret:",
    "I have read your message. I will answer you on {day:day}.": "Jag svarar dig {day:day}.",
}


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    rest = {msgid: msgid for msgid in every_msgid()}
    texts = translated({"ar": rest | ARABIC, "sv": SWEDISH})
    return await open_office(database, clock, tmp_path, texts)


@pytest.fixture
def anna(office: Office) -> Person:
    return office.person()


@pytest.fixture
async def thread(anna: Person) -> str:
    """Anna reads Arabic and has left a message."""
    return await leaves_a_message(anna, "أين أسجل؟", "العربية")


async def answers(office: Office) -> list[Message]:
    return [row for row in await office.messages(author="coach") if row.seq]


async def reads(office: Office) -> list[tuple[str, str]]:
    """Who has read a conversation."""
    return [each for each in await office.journal("conversation") if each[1] == "read"]


async def state_of(office: Office, table: str, where: str) -> int:
    return await count(office.runtime.database, table, where)


async def test_both_languages_stand_side_by_side(office: Office, thread: str):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert "As the person reads it" in page.words
    assert '<div class="words" lang="ar" dir="auto">' in page.html  # her own words
    assert '<div class="words" lang="ar" dir="rtl">' in page.html  # ours, as she read it
    assert '<div class="words twin" lang="en" dir="ltr">' in page.html
    assert "The person" in page.words
    assert "Assistant (automatic)" in page.words
    assert "Sent" in page.words


async def test_reading_a_conversation_is_journalled(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        assert await reads(office) == []
        await browser.opens(f"/console/threads/{thread}")
    assert await reads(office) == [("staff:amina", "read")]
    async with office.runtime.database.reading() as session:
        row = await session.get_one(Conversation, thread)
    assert row.read_up_to == row.counter


async def test_what_is_read_in_an_open_page_is_journalled_too(
    office: Office, anna: Person, thread: str
):
    path = f"/console/live/threads/{thread}"
    async with office.signed_in() as browser:
        first = await browser.client.get(path)
        mark = first.headers["x-mark"]
        assert (await browser.client.get(f"{path}?after={mark}")).status_code == 204
        waiting = asyncio.create_task(browser.client.get(f"{path}?after={mark}&wait=20"))
        await anna.says("More")
        assert "More" in (await waiting).text
    assert await reads(office) == [("staff:amina", "read")] * 2


async def test_an_answer_in_swedish_says_that_it_is_swedish(office: Office, thread: str):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        assert "من Amina بالسويدية:" in page.words  # what she reads first
        page = await browser.presses("Send", text="Hej! Kom till oss i morgon.")
        assert "Hej! Kom till oss i morgon." in page.words
    (row,) = await answers(office)
    assert (row.state, row.staff_id, row.language) == ("sent", "amina", "ar")
    assert row.body["parts"][1] == {"quote": "Hej! Kom till oss i morgon.", "language": "sv"}
    assert row.body["buttons"][0]["link"]["step"] == "person.write"
    assert row.sent_text is not None
    assert row.sent_text.startswith("من")
    assert "Amina" in row.sent_text


async def test_an_answer_has_the_next_number_and_is_the_page_she_can_tap_on(
    office: Office, anna: Person, thread: str
):
    before = await anna.messages()
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
    after = await anna.messages()
    assert after[-1].seq == before[-1].seq + 1  # a letter says itself who writes
    await anna.taps("Write back")
    await anna.says("شكرا")
    assert await state_of(office, "handoff", "state = 'open'") == 1


async def test_what_she_types_after_an_answer_reaches_the_coaches_not_the_search(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej! Kom till oss i morgon.")
    await anna.says("شكرا")
    await anna.says("personnummer")
    last = (await anna.messages())[-2:]
    assert [row.direction for row in last] == ["in", "in"]  # nothing answers but a person
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        assert "Waits for your answer." in page.words
        assert "personnummer" in page.words


async def test_what_she_has_begun_goes_on_when_a_coach_writes(
    office: Office, anna: Person, thread: str
):
    await anna.says("/book")
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
    await anna.taps("09:00")
    await anna.taps("Yes, book it")
    assert len(await anna.meetings()) == 1


async def test_answering_takes_the_message_out_of_the_queue(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
        page = await browser.opens("/console")
        assert "Nothing waits." in page.words
        assert "Message: Arabic" in page.words
    assert await state_of(office, "handoff", "state = 'answered' AND staff_id = 'amina'") == 1
    assert ("staff:amina", "answered") in await office.journal("handoff")
    assert ("staff:amina", "answered") in await office.journal("conversation")


async def test_a_channel_that_is_pushed_to_gets_the_answer_from_its_sender(office: Office):
    thread = await leaves_a_message(office.person(channel="telegram"), "Hello")
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Send", text="Hej!")
        assert "Waits to be sent" in page.words
        await office.runtime.worker.senders[0].send_due()
        page = await browser.opens(f"/console/threads/{thread}")
        assert "Waits to be sent" not in page.words
    (row,) = await answers(office)
    assert row.state == "sent"


async def test_a_prepared_message_is_read_in_her_own_language(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.follows("I have read your message")
        assert "Fill in the blanks." in page.words
        page = await browser.presses("Show what it says", day="2026-11-24")
        assert "سأجيبك يوم الثلاثاء 24 نوفمبر (24/11)." in page.words
        assert "I will answer you on Tuesday 24 November (24/11)." in page.words
        page = await browser.presses("Send")
        assert page.response.url.path == f"/console/threads/{thread}"
    (row,) = await answers(office)
    assert row.body["parts"][1]["t"].startswith("I have read your message")
    assert row.body["parts"][1]["values"] == {"day": {"day": "2026-11-24"}}
    assert "سأجيبك" in (row.sent_text or "")


async def test_the_preview_is_swedish_for_those_who_read_swedish(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Svenska")
        page = await browser.opens(f"/console/threads/{thread}/prepared/read-it?day=2026-11-24")
    assert "Jag svarar dig tisdag 24 november (24/11)." in page.words
    assert "سأجيبك" in page.words


async def test_a_moment_and_a_place_are_typed(office: Office, thread: str):
    path = f"/console/threads/{thread}/prepared/come"
    async with office.signed_in() as browser:
        await browser.opens(path)
        page = await browser.presses(
            "Show what it says", unit="centre", at_day="2026-11-24", at_time="13:30"
        )
        assert "تعال إلى Etableringscentrum الثلاثاء 24 نوفمبر (24/11) 13:30." in page.words
        await browser.presses("Send")
    (row,) = await answers(office)
    at = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    where = row.body["parts"][1]["lines"][0]["values"]
    assert where == {"unit": "Etableringscentrum", "at": {"at": int(at.timestamp() * 1000)}}


async def test_an_article_is_one_tap_away_by_its_title_in_her_language(
    office: Office, anna: Person, thread: str
):
    slug = office.runtime.answers.library.articles[0].slug
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}/prepared/read-this")
        await browser.presses("Show what it says", article=slug)
        await browser.presses("Send")
    (row,) = await answers(office)
    button = row.body["buttons"][0]
    assert button["link"] == {"step": "question.article", "args": [slug]}
    await anna.sends(Tapped(row.id, 0))
    (excerpt,) = [part for part in (await anna.messages())[-1].body["parts"] if "excerpt" in part]
    assert excerpt["excerpt"] == slug


async def test_every_prepared_message_can_be_filled_in_and_sent(office: Office, thread: str):
    slug = office.runtime.answers.library.articles[0].slug
    typed: dict[str, dict[str, object]] = {
        "day": {"day": "2026-11-25"},
        "moment": {"at_day": "2026-11-25", "at_time": "09:00"},
        "unit": {"unit": "centre"},
        "coach": {"coach": "bo"},
        "article": {"article": slug},
        "things": {"things": ["id", "letter"]},
        "minutes": {"minutes": "20"},
        "room": {"room": "Sal 3"},
        "authority": {"authority": "region"},
        "language": {"language": "so"},
    }
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        offered = [href.rpartition("/")[2] for href, _ in page.links if "/prepared/" in href]
        assert sorted(offered) == sorted(PREPARED)
        for name, kind in PREPARED.items():
            page = await browser.opens(f"/console/threads/{thread}/prepared/{name}")
            given = {
                key: value for each in blanks(kind) for key, value in typed[each.kind].items()
            }
            if given:
                page = await browser.presses("Show what it says", **given)
            assert page.status == 200
            page = await browser.presses("Send")
            assert page.response.url.path == f"/console/threads/{thread}"
    sent = await answers(office)
    assert len(sent) == len(PREPARED)
    back = ["person.write" in str(row.body["buttons"]) for row in sent]
    assert back == [True] + [False] * (len(sent) - 1)  # from then on they talk
    for row in sent:
        assert "{" not in (row.sent_text or "")


WRONG = [
    ("read-it", {"day": ""}, "Choose a day."),
    ("read-it", {"day": "soon"}, "Choose a day."),
    ("read-it", {"day": "2026-11-22"}, "That day has passed."),
    ("read-it", {"day": "2028-11-22"}, "more than a year away"),
    ("come", {"unit": "centre", "at_day": "2026-11-24", "at_time": ""}, "Choose a time."),
    ("come", {"unit": "moon", "at_day": "2026-11-24", "at_time": "09:00"}, "Choose a place."),
    ("come", {"unit": "centre", "at_day": "2026-11-23", "at_time": "07:30"}, "That time has"),
    ("come", {"unit": "centre", "at_day": "2027-03-28", "at_time": "02:30"}, "clocks go forward"),
    ("bring", {}, "Choose at least one thing."),
    ("bring", {"things": ["a horse"]}, "Choose at least one thing."),
    ("read-this", {"article": "no-such"}, "Choose an article."),
    ("passed-on", {"coach": "nobody"}, "Choose a person."),
    ("late", {"minutes": ""}, "Write a whole number from 5 to 120."),
    ("late", {"minutes": "4"}, "Write a whole number from 5 to 120."),
    ("late", {"minutes": "121"}, "Write a whole number from 5 to 120."),
    ("late", {"minutes": "-20"}, "Write a whole number from 5 to 120."),
    ("late", {"minutes": "7.5"}, "Write a whole number from 5 to 120."),
    ("late", {"minutes": "9" * 5_000}, "Write a whole number from 5 to 120."),
    ("new-room", {"room": " \u200b "}, "Write which room."),
    ("new-room", {"room": "x" * 41}, "This is too long. 40 characters are the most."),
    ("new-room", {"room": "19900101-1239"}, "This looks like a personnummer. Take it out."),
    ("decided-by", {"authority": "the king"}, "Choose an authority."),
    ("interpreter-booked", {"language": "klingon"}, "Choose a language."),
]


@pytest.mark.parametrize(("name", "blanks", "says"), WRONG)
async def test_a_blank_that_is_wrong_is_explained_and_nothing_is_sent(
    office: Office, thread: str, name: str, blanks: dict[str, object], says: str
):
    path = f"/console/threads/{thread}/prepared/{name}"
    async with office.signed_in() as browser:
        await browser.opens(path)
        given = [
            (key.replace("_day", "-day").replace("_time", "-time"), each)
            for key, value in blanks.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        common = [("csrf", browser.csrf), ("key", "abcdefgh"), ("seen", "99")]
        page = await browser.sends(path, [*common, *given])
        assert page.status == 422
        assert says in page.words
    assert await answers(office) == []
    assert await state_of(office, "handoff", "state = 'open'") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("   \n ", "Write something first."),
        ("x" * (LONGEST_ANSWER + 1), f"It has {LONGEST_ANSWER + 1} characters"),
        ("Du har 19900101-1239 som nummer", "There was a personal number in the text."),
    ],
)
async def test_an_answer_that_cannot_be_sent_is_kept_in_the_box(
    office: Office, thread: str, text: str, says: str
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        page = await browser.presses("Send", text=text)
        assert page.status == 422
        assert says in page.words
        (box,) = [item for form in page.forms for item in form.fields if item.kind == "textarea"]
        assert box.value == text.strip().replace("19900101-1239", "[•••]")
    assert await answers(office) == []


async def test_of_two_who_answer_at_once_the_second_reads_the_first_one_before(
    office: Office, thread: str
):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        await amina.opens(f"/console/threads/{thread}")
        await bo.opens(f"/console/threads/{thread}")
        first = await amina.presses("Send", text="Från Amina")
        assert first.status == 200
        page = await bo.presses("Send", text="Från Bo")
        assert page.status == 409
        assert "Amina has just answered. Read that first. Your text is still here." in page.words
        assert "Från Amina" in page.words
        assert len(await answers(office)) == 1
        page = await bo.presses("Send")  # his text is still in the box
        assert page.status == 409
        assert "Amina has this chat now. Your text is still here." in page.words
        await bo.presses("Yes, take it over")
        page = await bo.presses("Send", text="Från Bo")
        assert page.status == 200
    assert [row.staff_id for row in await answers(office)] == ["amina", "bo"]


async def test_a_prepared_message_meets_the_same_warning(office: Office, thread: str):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        await amina.opens(f"/console/threads/{thread}")
        await bo.opens(f"/console/threads/{thread}/prepared/book-a-time")
        await amina.presses("Send", text="Från Amina")
        page = await bo.presses("Send")
        assert page.status == 409
        assert "Amina has just answered." in page.words


async def test_answers_at_the_very_same_time_are_one_after_the_other(office: Office, thread: str):
    async with office.signed_in() as amina, office.signed_in("bo") as bo:
        await amina.opens(f"/console/threads/{thread}")
        await bo.opens(f"/console/threads/{thread}")
        pages = await asyncio.gather(
            amina.presses("Send", text="Från Amina"), bo.presses("Send", text="Från Bo")
        )
    assert sorted(page.status for page in pages) == [200, 409]
    assert len(await answers(office)) == 1


async def test_a_form_that_is_sent_twice_is_one_answer(office: Office, thread: str):
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
        form, _button = page.form("Send")
        sent = form.filled(text="Hej!")
        for page in await asyncio.gather(*(send(browser, form.action, sent) for _ in range(3))):
            assert page == 200
    assert len(await answers(office)) == 1


async def send(browser: Browser, path: str, sent: list[tuple[str, str]]) -> int:
    response = await browser.client.post(
        path, data=dict(sent), headers={"Origin": ORIGIN}, follow_redirects=True
    )
    return response.status_code


async def test_her_words_are_kept_as_they_are_and_marked_as_hers(
    office: Office, anna: Person, thread: str
):
    await anna.says("ها ‌ نعم <b>x</b>")
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert "&lt;b&gt;x&lt;/b&gt;" in page.html


async def test_a_chat_she_has_left_is_told_before_one_writes(office: Office, thread: str):
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Address).values(unreachable_at=datetime(2027, 1, 1, tzinfo=UTC))
        )
    async with office.signed_in() as browser:
        page = await browser.opens(f"/console/threads/{thread}")
    assert "The person has left this chat." in page.words


async def test_a_message_that_failed_says_why(office: Office, thread: str):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        await browser.presses("Send", text="Hej!")
        for error, says in (
            ("unreachable", "cannot be reached there any more"),
            ("expired", "Not sent: it was too late"),
            ("TimeoutError", "Not delivered"),
        ):
            async with office.runtime.database.writing() as session:
                await session.execute(
                    update(Message)
                    .where(Message.author == "coach")
                    .values(state="failed", error=error)
                )
            assert says in (await browser.opens(f"/console/threads/{thread}")).words


async def test_answering_someone_who_has_just_been_deleted_is_a_clear_page(
    office: Office, anna: Person, thread: str
):
    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        async with Work.begin(office.runtime.database, office.runtime.clock, "system") as work:
            bookings = await office.house.bookings(work)
            policy = office.runtime.policy.__class__(90, may_delete_messages=True)
            await erase(work, bookings, await anna.id(), None, policy)
        page = await browser.presses("Send", text="Hej!")
        assert page.status == 404
        assert "not here any more" in page.words


async def test_an_answer_that_was_not_stored_is_never_said_to_be_sent(
    office: Office, thread: str, monkeypatch: pytest.MonkeyPatch
):
    """She is deleted at the very moment the answer is written."""

    async def fails(_work: Work, _rows: object = ()) -> None:
        statement = "INSERT"
        raise IntegrityError(statement, {}, Exception("person is gone"))

    async with office.signed_in() as browser:
        await browser.opens(f"/console/threads/{thread}")
        monkeypatch.setattr(Work, "write_messages", fails)
        page = await browser.presses("Send", text="Hej!")
        assert page.status == 404
    assert await answers(office) == []
