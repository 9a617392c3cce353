"""The chat over HTTP: the contract of the widget, and input no person would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import event

from backend import transcript
from backend.app import create_app
from backend.commands.prepared import prepared
from backend.runtime import Runtime
from backend.settings import Settings
from backend.widget.feed import feed
from tests.house import House

ID = "00000000-0000-4000-8000-{:012d}"


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """The whole program on SQLite, without Telegram."""
    async with prepared(Settings(var_dir=tmp_path, secret_key="test")) as opened:
        yield opened


@pytest.fixture
async def http(runtime: Runtime) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without a window."""
    app = create_app(runtime)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


class Page:
    """A page with the chat on it."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.token = ""
        self.cursor = 0
        self.messages: dict[str, dict] = {}
        self.sent = 0

    async def opens(self, language: str | None = None) -> None:
        body = {"client_id": str(uuid4()), "language": language}
        answer = await self.http.post("/chat/session", json=body)
        assert answer.status_code == 201
        self.token = answer.json()["token"]
        self._take(answer.json())

    async def says(self, text: str) -> httpx2.Response:
        return await self.sends({"type": "said", "text": text})

    async def taps(self, label: str) -> httpx2.Response:
        for message in sorted(self.messages.values(), key=lambda each: -each["seq"]):
            for index, button in enumerate(message["buttons"]):
                if label in button["label"]:
                    event = {"type": "tapped", "message": message["id"], "index": index}
                    return await self.sends(event)
        raise AssertionError(label)

    async def sends(self, event: dict, client_id: str | None = None) -> httpx2.Response:
        self.sent += 1
        body = {"client_id": client_id or ID.format(self.sent), "event": event}
        answer = await self.http.post(
            f"/chat/messages?after={self.cursor}", json=body, headers=self.headers
        )
        if answer.status_code == 202:
            self._take(answer.json())
        return answer

    async def reads(self, after: int = 0, **query: int) -> dict:
        answer = await self.http.get(
            "/chat/messages", params={"after": after, **query}, headers=self.headers
        )
        assert answer.status_code == 200
        return answer.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def last(self) -> str:
        return max(self.messages.values(), key=lambda each: each["seq"])["text"]

    def _take(self, feed: dict) -> None:
        self.messages |= {message["id"]: message for message in feed["messages"]}
        self.cursor = feed["up_to"]


@pytest.fixture
def page(http: httpx2.AsyncClient) -> Page:
    return Page(http)


async def test_a_newcomer_asks_in_arabic_and_reads_the_answer_with_its_source(page: Page) -> None:
    await page.opens("ar")
    await page.taps("العربية")
    await page.says("كيف أحصل على الرقم الشخصي؟")
    answer = max(page.messages.values(), key=lambda each: each["seq"])
    assert answer["language"] == "ar"
    assert answer["direction"] == "rtl"
    assert "Skatteverket" in answer["text"]
    assert any(entity["kind"] == "link" for entity in answer["entities"])
    assert answer["twin"]["language"] == "sv"
    assert answer["folded"]


async def test_a_reload_reads_everything_again_without_doubling(page: Page) -> None:
    await page.opens("sv")
    await page.taps("Svenska")
    await page.says("hej")
    again = await page.reads(0)
    assert {message["id"] for message in again["messages"]} == set(page.messages)
    assert again["up_to"] == page.cursor


async def test_the_same_client_id_is_stored_once(page: Page) -> None:
    await page.opens("sv")
    await page.taps("Svenska")
    for _try in range(3):
        await page.sends({"type": "said", "text": "en gång"}, ID.format(77))
    said = [each for each in page.messages.values() if each["text"] == "en gång"]
    assert len(said) == 1
    assert said[0]["client_id"] == ID.format(77)


async def test_beginning_again_after_a_lost_answer_is_the_same_conversation(
    http: httpx2.AsyncClient,
) -> None:
    body = {"client_id": str(uuid4()), "language": "sv"}
    one, two = [(await http.post("/chat/session", json=body)).json() for _try in range(2)]
    assert one == two


async def test_what_has_been_read_counts_as_delivered(page: Page) -> None:
    await page.opens("sv")
    await page.reads(page.cursor)
    feed = await page.reads(0)
    assert {message["state"] for message in feed["messages"]} == {"delivered"}


async def test_a_waiting_reader_hears_at_once(page: Page) -> None:
    await page.opens("sv")
    await page.taps("Svenska")
    waiting = asyncio.create_task(page.reads(page.cursor, wait=20))
    await asyncio.sleep(0)
    other = Page(page.http)
    other.token, other.messages, other.sent, other.cursor = page.token, page.messages, 500, 0
    await other.says("hej")
    feed = await asyncio.wait_for(waiting, 5)
    assert feed["messages"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
async def test_without_the_token_nothing_is_read(
    http: httpx2.AsyncClient, header: dict[str, str]
) -> None:
    answer = await http.get("/chat/messages", headers=header)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


RAW = [
    b"",
    b"{",
    b"[" * 50_000,
    b'{"client_id":"abcdefgh","event":{"type":"said","text":"\\ud83d"}}',
    b'{"client_id":"abcdefgh","event":{"type":"said","text":NaN}}',
    b'{"client_id":"abcdefgh","event":{"type":"tapped","message":"x","index":1e400}}',
    b'{"client_id":"abcdefgh","event":{"type":"tapped","message":"x","index":NaN}}',
    b'{"client_id":"\\ud83dabcdefgh","event":{"type":"started"}}',
    b'{"client_id":"abcdefgh","event":{"type":"said","text":"a","\\ud83d":1}}',
    b'{"client_id":"abcdefgh","event":{"type":"said","text":"\\u0000"}}',
    b'\xff\xfe{"client_id":"abcdefgh"}',
    b'{"client_id":"abcdefgh","event":{"type":"fly"}}',
    b'{"client_id":"abcdefgh","event":{"type":"tapped","message":"x","index":'
    + b"9" * 5_000
    + b"}}",
    b'{"client_id":1,"event":2}',
    b"null",
]


@pytest.mark.parametrize("raw", RAW, ids=range(len(RAW)))
async def test_broken_input_is_never_a_server_error_and_never_echoed(
    page: Page, raw: bytes
) -> None:
    await page.opens("sv")
    answer = await page.http.post(
        "/chat/messages",
        content=raw,
        headers={**page.headers, "Content-Type": "application/json", "Accept-Language": "ar"},
    )
    assert answer.status_code in {202, 400, 413, 422}
    if answer.status_code >= 400:
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert set(problem) == {"type", "title", "status", "detail"}


async def test_a_body_that_is_too_big_is_refused_unread(page: Page) -> None:
    await page.opens("sv")
    answer = await page.says("a" * 100_000)
    assert answer.status_code == 413


async def test_too_long_a_text_is_told_in_the_readers_language(page: Page) -> None:
    await page.opens("sv")
    answer = await page.http.post(
        "/chat/messages",
        json={"client_id": ID.format(5), "event": {"type": "said", "text": "a" * 4_001}},
        headers={**page.headers, "Accept-Language": "ar"},
    )
    assert answer.status_code == 422
    assert answer.headers["content-language"] == "ar"


async def test_someone_who_floods_is_asked_to_wait(page: Page) -> None:
    await page.opens("sv")
    answers = [await page.says("hej") for _number in range(30)]
    last = answers[-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


async def test_an_unknown_language_code_is_no_reason_to_fail(page: Page) -> None:
    await page.opens("xx-klingon")
    assert "Välj språk" in page.last


async def test_no_token_of_one_person_opens_anothers_conversation(
    http: httpx2.AsyncClient,
) -> None:
    anna, bea = Page(http), Page(http)
    await anna.opens("sv")
    await anna.taps("Svenska")
    await anna.says("min hemlighet")
    await bea.opens("sv")
    assert "min hemlighet" not in str(await bea.reads(0))


@pytest.mark.parametrize(
    "path", ["/", "/?lang=ar", "/a/personnummer?lang=ar", "/widget.js", "/healthz", "/readyz"]
)
async def test_pages_carry_the_security_headers(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


async def test_an_article_has_a_page_of_its_own_right_to_left(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/a/personnummer?lang=ar")
    assert 'dir="rtl"' in answer.text
    assert "Skatteverket" in answer.text


async def test_an_unknown_page_is_a_problem_in_the_readers_language(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.get("/a/nothing", headers={"Accept-Language": "sv"})
    assert answer.status_code == 404
    assert answer.headers["content-language"] == "sv"


async def test_a_commit_that_fails_is_never_an_acknowledgement(
    page: Page, runtime: Runtime
) -> None:
    await page.opens("en")
    body = {"client_id": ID.format(99), "event": {"type": "said", "text": "hello"}}
    engine = runtime.database.writer.sync_engine

    def fails(_connection: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    event.listen(engine, "commit", fails)
    try:
        told = await page.http.post("/chat/messages", json=body, headers=page.headers)
        begun = await page.http.post("/chat/session", json={"client_id": str(uuid4())})
    finally:
        event.remove(engine, "commit", fails)
    assert (told.status_code, begun.status_code) == (500, 500)
    assert "disk" not in told.text
    assert (await page.reads())["messages"] == sorted(
        page.messages.values(), key=lambda each: each["seq"]
    )
    again = await page.http.post("/chat/messages", json=body, headers=page.headers)
    assert again.status_code == 202


async def test_a_busy_database_asks_for_patience(page: Page, runtime: Runtime) -> None:
    await page.opens("en")
    runtime.database.writer.pool._timeout = 0.1
    async with runtime.database.writing():
        told = await page.says("hello")
    assert told.status_code == 503
    assert int(told.headers["retry-after"]) > 0
    assert (await page.says("hello")).status_code == 202


async def test_a_turn_that_is_committed_while_one_reads_is_in_the_next_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL shows each statement what is committed by then."""
    anna = house.person(channel="web")
    await anna.settles()
    conversation = await anna.conversation()
    assert conversation is not None
    runtime = cast("Runtime", house)

    def interrupted(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Between this read and the next one, whichever comes first, a turn is committed."""

        async def reads(*arguments: object) -> Any:
            found = await read(*arguments)
            monkeypatch.undo()
            await anna.says("/menu")
            return found

        return reads

    for name in ("messages_after", "counter"):
        monkeypatch.setattr(transcript, name, interrupted(getattr(transcript, name)))
    first = await feed(runtime, conversation, conversation.counter)
    second = await feed(runtime, conversation, first["up_to"])
    assert len({m["id"] for m in [*first["messages"], *second["messages"]]}) == 2


async def test_a_tap_on_nothing_readable_is_refused_in_words(page: Page) -> None:
    await page.opens("en")
    told = await page.sends({"type": "tapped", "message": "\x00", "index": 0})
    assert told.status_code == 422
