"""Photos and voice messages: in by the chat and by Telegram, out by both, and deleted."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import insert, select, update

from backend.app import create_app
from backend.channels import TryLater
from backend.database import Database
from backend.media.forms import MOST_BYTES
from backend.models import Conversation, Inbox, Message
from backend.models.base import table
from backend.services.erasure import Policy
from backend.services.files import MOST_A_DAY, forget_old_files
from backend.settings import Settings
from backend.work import message_row
from dialogs.core import say
from dialogs.messages import Attached, SentFile
from dialogs.stored import load_reply
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.console_office import ORIGIN, Browser, Office, open_office
from tests.recordings import film, photo, photo_with_secrets, recording, seconds_of, silence

ID = "00000000-0000-4000-8000-{:012d}"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


@pytest.fixture
async def http(office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(create_app(office.runtime), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@dataclass
class Page:
    """A page with the chat on it."""

    http: httpx2.AsyncClient
    token: str = ""
    sent: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    async def opens(self, client: str = ID.format(1)) -> Page:
        answer = await self.http.post("/chat/session", json={"client_id": client})
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self

    async def sends(self, content: bytes, client_id: str = "", **given: str) -> httpx2.Response:
        self.sent += 1
        named = {"X-Client-Id": client_id or ID.format(100 + self.sent)}
        return await self.http.post(
            "/chat/files", content=content, headers=self.headers | named | given
        )

    async def reads(self) -> list[dict[str, Any]]:
        answer = await self.http.get("/chat/messages", headers=self.headers)
        return answer.json()["messages"]

    async def files(self) -> list[dict[str, Any]]:
        return [message for message in await self.reads() if message["file"]]

    async def fetches(self, message: str, **given: str) -> httpx2.Response:
        return await self.http.get(f"/chat/files/{message}", headers=self.headers | given)


@pytest.fixture
async def page(http: httpx2.AsyncClient) -> Page:
    return await Page(http).opens()


async def test_a_photo_from_the_page_is_in_the_conversation_and_can_be_seen_again(
    page: Page, database: Database
) -> None:
    answer = await page.sends(photo_with_secrets())
    assert answer.status_code == 202
    (shown,) = await page.files()
    assert shown["file"] == {"kind": "photo", "media": "image/jpeg", "seconds": 0}
    assert shown["from"] == "person"
    assert shown["client_id"] == ID.format(101)
    seen = await page.fetches(shown["id"])
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["content-disposition"] == "inline"
    assert seen.headers["cache-control"] == "private, no-store"
    assert not Image.open(io.BytesIO(seen.content)).getexif()
    assert await count(database, "inbox", "file IS NOT NULL OR event IS NOT NULL") == 0


async def test_a_voice_message_from_the_page_says_how_long_it_is(page: Page) -> None:
    await page.sends(recording("webm", "libopus", 2), **{"Content-Type": "image/png"})
    (shown,) = await page.files()
    assert shown["file"] == {"kind": "voice", "media": "audio/mpeg", "seconds": 2}
    heard = await page.fetches(shown["id"])
    assert 1.9 < seconds_of(heard.content) < 2.2


async def test_the_same_photo_sent_again_is_there_once(page: Page) -> None:
    for _try in range(3):
        assert (await page.sends(photo(), ID.format(7))).status_code == 202
    assert len(await page.files()) == 1


async def test_a_player_may_ask_for_a_part(page: Page) -> None:
    await page.sends(recording(seconds=1))
    (shown,) = await page.files()
    whole = (await page.fetches(shown["id"])).content
    part = await page.fetches(shown["id"], Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert (await page.fetches(shown["id"], Range="bytes=-5")).content == whole[-5:]
    assert (await page.fetches(shown["id"], Range="bytes=20-")).content == whole[20:]
    assert (await page.fetches(shown["id"], Range="bytes=99999999-")).status_code == 416
    assert (await page.fetches(shown["id"], Range="lines=1-2")).content == whole


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"<html>", 415, "not a photo"),
        (b"", 415, "not a photo"),
        (film(), 415, "not a photo"),
        (photo()[:1_500], 422, "cannot be opened"),
        (silence(301), 413, "too long"),
        (photo() + bytes(MOST_BYTES + 1_000_000), 413, "too large"),
    ],
    ids=["html", "empty", "film", "cut", "long", "large"],
)
async def test_what_is_not_taken_is_said_in_words_and_not_stored(
    page: Page, database: Database, content: bytes, status: int, words: str
) -> None:
    before = await count(database, "inbox")
    answer = await page.sends(content, **{"Accept-Language": "en"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert await count(database, "inbox") == before


async def test_a_body_of_unknown_length_is_not_read_to_its_end(page: Page) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        for _each in range(1_000):
            given += 1
            yield bytes(1_000_000)

    answer = await page.http.post(
        "/chat/files", content=endless(), headers=page.headers | {"X-Client-Id": ID.format(5)}
    )
    assert answer.status_code == 413


async def test_too_many_photos_at_once_are_asked_to_wait(page: Page) -> None:
    found = [(await page.sends(b"x")).status_code for _each in range(12)]
    assert found == [415] * 10 + [429] * 2


async def test_too_many_photos_from_one_address_are_asked_to_wait(
    http: httpx2.AsyncClient, clock: FrozenClock
) -> None:
    pages = [await Page(http).opens(ID.format(1 + each)) for each in range(4)]
    found = [(await page.sends(b"x")).status_code for page in pages for _each in range(8)]
    assert found == [415] * 30 + [429] * 2
    clock.forward(minutes=1)
    assert (await pages[-1].sends(b"x")).status_code == 415


async def has_sent(database: Database, times: int, at: datetime, **given: Any) -> None:
    """Photos of the only conversation there is, as they are after their turns."""
    async with database.writing() as session:
        (hers,) = (await session.scalars(select(Conversation))).all()
        rows = [
            message_row(
                hers.person_id,
                say(Attached("photo")),
                at,
                conversation_id=hers.id,
                seq=1_000 + each,
                changed=1_000 + each,
                state="delivered",
                reference=f"{at.isoformat()}-{each}",
                media="image/jpeg",
                **({"direction": "in", "author": "person"} | given),
            )
            for each in range(times)
        ]
        await session.execute(insert(table(Message)), rows)
        await session.execute(update(Conversation).values(counter=2_000))


async def test_photos_too_many_for_one_day_are_not_taken_from_the_page(
    page: Page, database: Database, clock: FrozenClock
) -> None:
    await has_sent(database, MOST_A_DAY - 1, clock.now())
    clock.forward(hours=23)
    assert (await page.sends(photo(), ID.format(7))).status_code == 202
    refused = await page.sends(photo(), **{"Accept-Language": "en"})
    assert refused.status_code == 429
    assert "a lot at once" in refused.json()["detail"]
    assert "retry-after" not in refused.headers  # her page would keep all she writes back
    assert (await page.sends(photo(), ID.format(7))).status_code == 202  # it is there already
    clock.forward(hours=1)
    assert (await page.sends(photo())).status_code == 202


async def test_a_coachs_own_recordings_do_not_count_as_hers(
    page: Page, database: Database, clock: FrozenClock
) -> None:
    await has_sent(database, MOST_A_DAY, clock.now(), direction="out", author="coach")
    assert (await page.sends(photo())).status_code == 202


@pytest.mark.parametrize("client_id", ["", "short", "x" * 65, "with space and more"])
async def test_without_a_proper_name_for_it_nothing_is_taken(page: Page, client_id: str) -> None:
    headers = page.headers | ({"X-Client-Id": client_id} if client_id else {})
    answer = await page.http.post("/chat/files", content=photo(), headers=headers)
    assert answer.status_code == 422


async def test_nobody_sees_what_was_sent_in_another_conversation(
    page: Page, http: httpx2.AsyncClient
) -> None:
    await page.sends(photo())
    (shown,) = await page.files()
    other = await Page(http).opens(ID.format(2))
    assert (await other.fetches(shown["id"])).status_code == 404
    assert (await http.get(f"/chat/files/{shown['id']}")).status_code == 401
    wrong = {"Authorization": "Bearer guess"}
    assert (await http.get(f"/chat/files/{shown['id']}", headers=wrong)).status_code == 401
    words = next(each["id"] for each in await page.reads() if not each["file"])
    assert (await page.fetches(words)).status_code == 404


async def the_thread(office: Office) -> str:
    rows = await office.messages(direction="in")
    assert rows[-1].conversation_id is not None
    return rows[-1].conversation_id


async def test_a_coach_sees_the_photo_and_that_is_journalled_once(
    office: Office, page: Page
) -> None:
    await page.sends(photo())
    (shown,) = await page.files()
    path = f"/console/threads/{await the_thread(office)}/files/{shown['id']}"
    async with office.signed_in() as coach:
        for _time in range(2):
            seen = await coach.client.get(path)
            assert seen.status_code == 200
            assert seen.headers["content-type"] == "image/jpeg"
        assert (await coach.client.get(path.replace(shown["id"], "other"))).status_code == 404
        elsewhere = f"/console/threads/other/files/{shown['id']}"
        assert (await coach.client.get(elsewhere)).status_code == 404
    assert await office.journal("message") == [("staff:amina", "file_opened")]


async def test_whoever_may_not_read_conversations_sees_no_photo(
    office: Office, page: Page
) -> None:
    await page.sends(photo())
    (shown,) = await page.files()
    path = f"/console/threads/{await the_thread(office)}/files/{shown['id']}"
    async with office.browser() as nobody:
        assert (await nobody.client.get(path)).status_code == 303
    for role in ("editor", "admin"):
        async with office.signed_in(role=role) as staff:
            assert (await staff.client.get(path)).status_code == 403
    assert await office.journal("message") == []


async def speaks(coach: Browser, thread: str, content: bytes, **given: str) -> httpx2.Response:
    """Send the form that a recording is sent with."""
    page = await coach.opens(f"/console/threads/{thread}")
    fields = {item.name: item.value for form in page.forms for item in form.fields}
    sent = {name: fields[name] for name in ("csrf", "seen", "key")} | given
    return await coach.client.post(
        f"/console/threads/{thread}/voice",
        data=sent,
        files={"voice": ("recording", content, "application/octet-stream")},
        headers={"Origin": ORIGIN},
    )


async def test_a_coach_answers_aloud_and_the_newcomer_hears_it(office: Office, page: Page) -> None:
    await page.sends(recording("webm", "libopus", 2))
    thread = await the_thread(office)
    async with office.signed_in() as coach:
        answer = await speaks(coach, thread, recording("webm", "libopus", 4))
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/console/threads/{thread}#latest",
        )
    _hers, shown = await page.files()
    assert shown["from"] == "coach"
    assert shown["file"] == {"kind": "voice", "media": "audio/mpeg", "seconds": 4}
    assert 3.9 < seconds_of((await page.fetches(shown["id"])).content) < 4.2


async def test_the_same_recording_sent_twice_is_one_answer(office: Office, page: Page) -> None:
    await page.sends(photo())
    thread = await the_thread(office)
    async with office.signed_in() as coach:
        for _time in range(2):
            answer = await speaks(coach, thread, recording(), key="a-key-of-its-own")
            assert answer.status_code == 303
    assert len(await office.messages(author="coach")) == 1


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 415, "not a recording"),
        (photo(), 415, "not a recording"),
        (silence(301), 413, "too long"),
        (bytes(MOST_BYTES + 1), 413, "too large"),
    ],
    ids=["empty", "photo", "long", "large"],
)
async def test_a_coach_hears_why_a_recording_was_not_sent(
    office: Office, page: Page, content: bytes, status: int, words: str
) -> None:
    await page.sends(photo())
    async with office.signed_in() as coach:
        answer = await speaks(coach, await the_thread(office), content)
    assert answer.status_code == status
    assert words in answer.text
    assert await office.messages(author="coach") == []


async def test_no_recording_is_taken_without_the_form_s_token(office: Office, page: Page) -> None:
    await page.sends(photo())
    async with office.signed_in() as coach:
        answer = await speaks(coach, await the_thread(office), recording(), csrf="guess")
    assert answer.status_code == 403
    assert await office.messages(author="coach") == []


async def test_what_a_coach_says_goes_out_beside_the_words_around_it(office: Office) -> None:
    anna = office.person("anna", "telegram")
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    async with office.signed_in() as coach:
        await speaks(coach, conversation.id, recording(seconds=2))
    await office.house.sender.send_due()
    _address, message, rendered = office.house.push.delivered[-1]
    assert rendered.enclosure is not None
    assert (rendered.enclosure.name, rendered.enclosure.media) == ("voice.mp3", "audio/mpeg")
    assert 1.9 < seconds_of(rendered.enclosure.content) < 2.2
    assert "Amina" in rendered.text
    assert "seconds" not in rendered.text  # it is there to be heard
    (row,) = await office.messages(id=message)
    assert row.state == "sent"


# Telegram: fetched before the turn


async def test_a_voice_note_is_fetched_and_kept_with_its_length(office: Office) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    push.files["F1"] = recording(seconds=2)
    await anna.sends(SentFile("voice", "F1", 99))
    (row,) = [each for each in await anna.messages() if each.media]
    assert (row.media, row.direction) == ("audio/mpeg", "in")
    assert load_reply(row.body).parts == (Attached("voice", 2),)
    assert await count(office.runtime.database, "inbox", "file IS NOT NULL") == 0


async def test_the_first_thing_anyone_sends_may_be_a_photo(office: Office) -> None:
    anna = office.person("anna", "telegram")
    office.house.push.files["F1"] = photo()
    await anna.sends(SentFile("photo", "F1"))
    first, *_others = await anna.messages()
    assert first.media == "image/jpeg"


@pytest.mark.parametrize(
    "content", [b"<html>", film(), photo()[:900], None], ids=["html", "film", "cut", "gone"]
)
async def test_whoever_sends_what_is_not_taken_hears_what_works(
    office: Office, content: bytes | None
) -> None:
    anna = office.person("anna", "telegram")
    await anna.settles()
    if content is not None:
        office.house.push.files["F1"] = content
    await anna.sends(SentFile("photo", "F1"))
    assert all(each.media is None for each in await anna.messages())
    assert (await anna.messages())[-1].direction == "out"
    assert await count(office.runtime.database, "inbox", "state <> 'done'") == 0


async def test_a_file_that_cannot_be_fetched_is_tried_three_times_and_then_told(
    office: Office, clock: FrozenClock
) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    before = len(await anna.messages())
    push.faults = [TryLater("down") for _each in range(3)]
    await anna.sends(SentFile("voice", "F1", 3))
    for _time in range(2):
        assert len(await anna.messages()) == before
        clock.forward(seconds=10)
        await office.house.worker.sweep()
    assert push.faults == []
    assert len(await anna.messages()) > before
    assert all(each.media is None for each in await anna.messages())
    assert await count(office.runtime.database, "inbox", "state <> 'done'") == 0


async def test_a_file_that_comes_at_the_second_try_is_kept(
    office: Office, clock: FrozenClock
) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    push.files["F1"] = photo()
    push.faults = [TryLater("down")]
    await anna.sends(SentFile("photo", "F1"))
    clock.forward(seconds=10)
    await office.house.worker.sweep()
    assert [each.media for each in await anna.messages() if each.media] == ["image/jpeg"]


async def test_photos_too_many_for_one_day_are_not_fetched_and_that_is_said(
    office: Office, clock: FrozenClock, database: Database
) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    push.files["F1"] = photo()
    await has_sent(database, MOST_A_DAY, clock.now())
    clock.forward(hours=23)
    push.faults = [AssertionError("it is not asked for")]
    await anna.sends(SentFile("photo", "F1"))
    push.faults.clear()
    assert (await anna.messages())[-1].direction == "out"
    assert await count(database, "message", "file IS NOT NULL") == 0
    assert await count(database, "inbox", "state <> 'done'") == 0
    clock.forward(hours=1)
    await anna.sends(SentFile("photo", "F1"))
    assert await count(database, "message", "file IS NOT NULL") == 1


async def test_waiting_for_others_photos_to_be_opened_is_no_try_that_counts(
    office: Office, clock: FrozenClock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    before = len(await anna.messages())
    push.files["F1"] = photo()
    with monkeypatch.context() as busy:
        busy.setattr("backend.media.cleaner.MOST_WAITING", 0)
        await anna.sends(SentFile("photo", "F1"))
        for _time in range(5):
            clock.forward(seconds=10)
            await office.house.worker.sweep()
        assert await count(database, "inbox", "state = 'new' AND attempts = 0") == 1
        assert len(await anna.messages()) == before
    clock.forward(seconds=10)
    await office.house.worker.sweep()
    assert [each.media for each in await anna.messages() if each.media] == ["image/jpeg"]


async def test_a_turn_that_is_run_again_does_not_fetch_again(office: Office) -> None:
    anna, push = office.person("anna", "telegram"), office.house.push
    await anna.settles()
    push.files["F1"] = photo()
    real, fetched = push.fetch, []

    async def once(file: str) -> bytes:
        fetched.append(file)
        content = await real(file)
        async with office.runtime.database.writing() as session:  # she has written elsewhere
            await anna_has_moved_on(session, anna)
        return content

    push.fetch = once  # type: ignore[method-assign]
    await anna.sends(SentFile("photo", "F1"))
    assert fetched == ["F1"]
    assert [each.media for each in await anna.messages() if each.media] == ["image/jpeg"]


async def anna_has_moved_on(session: Any, anna: Any) -> None:
    conversation = await anna.conversation()
    await session.execute(
        update(type(conversation))
        .where(type(conversation).id == conversation.id)
        .values(version=conversation.version + 1)
    )


# Retention


async def test_a_photo_is_deleted_when_its_time_is_up_and_the_words_stay(
    office: Office, page: Page, clock: FrozenClock, database: Database
) -> None:
    await page.sends(photo())
    thread = await the_thread(office)
    (shown,) = await page.files()
    clock.forward(days=30)
    assert await forget_old_files(database, clock.now(), 30) == 0
    clock.forward(seconds=1)
    assert await forget_old_files(database, clock.now(), 30) == 1
    assert await forget_old_files(database, clock.now(), 30) == 0
    gone = await page.fetches(shown["id"], **{"Accept-Language": "en"})
    assert gone.status_code == 410
    assert "30 days" in gone.json()["detail"].translate(dict.fromkeys((0x2068, 0x2069)))
    async with office.signed_in() as coach:
        path = f"/console/threads/{thread}/files/{shown['id']}"
        assert (await coach.client.get(path)).status_code == 410
    assert len(await page.files()) == 1


async def test_a_message_whose_recording_is_deleted_still_says_what_it_was(
    office: Office, clock: FrozenClock
) -> None:
    anna = office.person("anna", "telegram")
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    async with office.signed_in() as coach:
        await speaks(coach, conversation.id, recording(seconds=2))
    async with office.runtime.database.writing() as session:
        await session.execute(update(Message).values(file=None))
    await office.house.sender.send_due()
    _address, _message, rendered = office.house.push.delivered[-1]
    assert rendered.enclosure is None
    assert "voice message" in rendered.text


async def test_what_was_given_up_keeps_its_photo_no_longer_than_others(
    office: Office, page: Page, clock: FrozenClock, database: Database
) -> None:
    await page.sends(photo())
    async with database.writing() as session:
        newest = select(Inbox.id).order_by(Inbox.id.desc()).limit(1).scalar_subquery()
        await session.execute(
            update(Inbox).where(Inbox.id == newest).values(state="failed", file=b"x")
        )
        row = await session.scalar(select(newest))
    clock.forward(days=8)
    assert await forget_old_files(database, clock.now(), 7) == 2
    assert await count(database, "inbox", "file IS NOT NULL") == 0
    async with database.writing() as session:
        await session.execute(update(Inbox).where(Inbox.id == row).values(file=b"x"))
    async with office.signed_in() as coach:
        await coach.opens("/console")
        await coach.sends(f"/console/failures/{row}", [("csrf", coach.csrf)])
    assert await count(database, "inbox", "file IS NOT NULL") == 0


async def test_she_is_told_how_many_photos_there_are(office: Office) -> None:
    anna = office.person("anna", "telegram")
    await anna.settles()
    office.house.push.files |= {"F1": photo(), "F2": recording(seconds=1)}
    await anna.sends(SentFile("photo", "F1"))
    await anna.sends(SentFile("voice", "F2"))
    await anna.says("/mydata")
    assert "Photos and voice messages: 2" in await anna.heard()


def test_photos_are_never_kept_longer_than_words(tmp_path: Path) -> None:
    assert Policy.of(Settings(var_dir=tmp_path, retention_days=7)).file_days == 7
    assert Policy.of(Settings(var_dir=tmp_path, file_days=5)).file_days == 5
    assert Policy.of(Settings(var_dir=tmp_path)).file_days == 30
