"""What keeps the console's doors: forms of our own, roles, and pages that say what went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from backend.database import Database
from tests.clock import FrozenClock
from tests.conftest import count, open_database
from tests.integration.console_office import (
    ORIGIN,
    Office,
    leaves_a_message,
    open_office,
)


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """One kind is enough: what is tested here happens before the database matters."""
    async for found in open_database(request, "sqlite"):
        yield found


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    return await open_office(database, clock, tmp_path)


async def test_a_form_with_the_wrong_token_does_nothing(office: Office):
    thread = await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser, office.signed_in("bo") as other:
        await browser.opens(f"/console/threads/{thread}")
        await other.opens("/console")
        path = f"/console/threads/{thread}/answer"
        form, _button = browser.page.form("Send")
        fields = dict(form.filled(text="No"))
        for token in ("", "wrong", "é", other.csrf):
            page = await browser.sends(path, list((fields | {"csrf": token}).items()))
            assert page.status == 403
            assert "Nothing was changed. Load the page again" in page.words
    assert await count(office.runtime.database, "message", "author = 'coach'") == 0
    assert await count(office.runtime.database, "handoff", "state = 'open'") == 1


async def test_a_form_from_another_site_does_nothing(office: Office):
    await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        form, _button = page.form("Answered")
        sent = [*form.filled(), ("do", "close")]
        for headers in (
            {},
            {"Origin": "null"},
            {"Origin": "https://evil.example"},
            {"Origin": "http://127.0.0.1:8000.evil.example"},
            {"Origin": "https://127.0.0.1:8000"},
            {"Origin": ""},
        ):
            refused = await browser.sends(form.action, sent, headers)
            assert refused.status == 403, headers
        assert await count(office.runtime.database, "handoff", "state = 'open'") == 1
        assert (await browser.sends(form.action, sent)).status == 200
    assert await count(office.runtime.database, "handoff", "state = 'open'") == 0


async def test_the_token_counts_in_forms_only(office: Office):
    await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        form, _button = page.form("Answered")
        body = f"csrf={browser.csrf}&do=close"
        for kind in ("text/plain", "application/json"):
            refused = await browser.client.post(
                form.action, content=body, headers={"Origin": ORIGIN, "Content-Type": kind}
            )
            assert refused.status_code == 403
        query = await browser.client.post(f"{form.action}?{body}", headers={"Origin": ORIGIN})
        assert query.status_code == 403
    assert await count(office.runtime.database, "handoff", "state = 'open'") == 1


async def test_signing_in_from_another_site_is_refused(office: Office):
    async with office.browser() as browser:
        page = await browser.sends(
            "/console/sign-in", [("username", "amina"), ("password", "x")], {"Origin": "null"}
        )
    assert page.status == 403


async def test_a_problem_is_told_in_the_language_of_the_console(office: Office):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await browser.presses("Svenska")
        page = await browser.sends("/console/sign-out", [("csrf", "wrong")])
        assert page.status == 403
        assert page.response.headers["content-language"] == "sv"
        assert page.response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("role", ["editor", "admin"])
async def test_editors_and_administrators_see_no_conversations(office: Office, role: str):
    thread = await leaves_a_message(office.person(), "A secret of mine")
    async with office.signed_in(role=role) as browser:
        for path in (
            "/console",
            "/console/today",
            f"/console/threads/{thread}",
            f"/console/threads/{thread}/prepared/come",
            "/console/live/queue",
            f"/console/live/threads/{thread}",
        ):
            page = await browser.opens(path)
            assert page.status == 403
            assert "secret" not in page.html
        assert (
            "Only coaches and coordinators see conversations"
            in (await browser.opens("/console")).words
        )
        assert "Queue" not in browser.page.words
        await browser.presses("Sign out")
        assert "You are signed out." in browser.page.words


async def test_coordinators_see_what_coaches_see(office: Office):
    thread = await leaves_a_message(office.person(), "Hello there")
    async with office.signed_in(role="coordinator") as browser:
        assert "Hello there" in (await browser.opens("/console")).words
        assert "Hello there" in (await browser.opens(f"/console/threads/{thread}")).words


async def test_what_is_not_there_is_said_to_be_gone(office: Office):
    async with office.signed_in() as browser:
        for path in ("/console/threads/nothing", "/console/bookings/nothing/move"):
            page = await browser.opens(path)
            assert page.status == 404
            assert "not here any more" in page.words
        thread = await leaves_a_message(office.person(), "Hello")
        assert (await browser.opens(f"/console/threads/{thread}/prepared/no-such")).status == 404
        assert (await browser.opens("/console/static/no-such.css")).status == 404


async def test_a_form_that_cannot_be_read_changes_nothing(office: Office):
    await leaves_a_message(office.person(), "Hello")
    async with office.signed_in() as browser:
        page = await browser.opens("/console")
        form, _button = page.form("Answered")
        for do in ("", "explode", "\udcff".encode("utf-8", "replace").decode()):
            refused = await browser.sends(form.action, [*form.filled(), ("do", do)])
            assert refused.status == 422
            assert "could not be read. Nothing was changed." in refused.words
        assert (await browser.opens("/console/today?day=someday")).status == 422
    assert await count(office.runtime.database, "handoff", "state = 'open'") == 1


async def test_every_page_forbids_what_it_does_not_need(office: Office):
    async with office.signed_in() as browser:
        for path in ("/console", "/console/today", "/console/threads/nothing"):
            headers = (await browser.opens(path)).response.headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "same-origin"
        for path in ("/console", "/console/today"):
            html = (await browser.opens(path)).html
            assert "<script>" not in html
            assert "style=" not in html
            assert "onclick" not in html


async def test_a_busy_database_is_a_page_that_asks_for_patience(office: Office, monkeypatch):
    async with office.signed_in() as browser:

        async def busy(_session: object) -> None:
            statement = "SELECT 1"
            raise OperationalError(statement, {}, Exception("locked"))

        monkeypatch.setattr(office.runtime.cache, "get", busy)
        page = await browser.opens("/console")
        assert page.status == 503
        assert page.response.headers["retry-after"] == "2"


async def test_a_fault_of_ours_is_a_page_that_says_so(office: Office, monkeypatch):
    async with office.signed_in() as browser:

        async def broken(_session: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(office.runtime.cache, "get", broken)
        with structlog.testing.capture_logs() as logged:
            response = await browser.client.get("/console")
    assert response.status_code == 500
    assert "it is not your fault" in response.text
    assert [entry["event"] for entry in logged] == ["request_failed"]
