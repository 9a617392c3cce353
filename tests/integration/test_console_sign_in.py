"""Signing in: who gets in, for how long, and what guessing costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from backend.console import sessions
from backend.console.passwords import (
    COMMON,
    Passwords,
    UnfitPassword,
    hash_password,
    make_hasher,
)
from backend.database import Database
from backend.models import Staff, StaffSession
from backend.services import accounts
from backend.work import Work
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.integration.console_office import (
    CHEAP_KIB,
    HOST,
    ORIGIN,
    PASSWORD,
    Browser,
    Office,
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


async def sign_in(browser: Browser, username: str = "amina", password: str = PASSWORD) -> None:
    await browser.opens("/console/sign-in?lang=en")
    await browser.presses("Sign in", username=username, password=password)


async def count_sessions(office: Office) -> int:
    async with office.runtime.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(StaffSession)) or 0


async def closes(office: Office, account: str) -> None:
    async with Work.begin(office.runtime.database, office.runtime.clock, "system") as work:
        await accounts.close(work, account)


async def test_nobody_sees_anything_before_signing_in(office: Office):
    async with office.browser() as browser:
        page = await browser.opens("/console")
    assert str(page.response.url) == f"{ORIGIN}/console/sign-in?onward=/console"
    assert "Logga in" in page.words or "Sign in" in page.words


async def test_the_right_password_leads_to_the_page_one_wanted(office: Office):
    async with office.browser() as browser:
        await browser.opens("/console/today")
        page = await browser.presses("", username="amina", password=PASSWORD)
    assert page.status == 200
    assert page.response.url.path == "/console/today"


async def test_the_wrong_password_and_an_unknown_name_look_the_same(office: Office):
    async with office.browser() as browser:
        await sign_in(browser, password="not this password")
        wrong = browser.page
        await sign_in(browser, username="nobody")
        unknown = browser.page
    assert wrong is not None
    assert unknown is not None
    assert wrong.status == unknown.status == 401
    assert "The user name or the password is not right." in wrong.words
    assert wrong.words == unknown.words
    assert await count_sessions(office) == 0


async def test_a_closed_account_does_not_get_in(office: Office):
    await closes(office, "amina")
    async with office.browser() as browser:
        await sign_in(browser)
        assert browser.page is not None
        assert browser.page.status == 401


async def test_an_account_without_a_password_cannot_be_used(office: Office):
    async with office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(password_hash=None))
    async with office.browser() as browser:
        await sign_in(browser, password="nobody has this password")
        assert browser.page is not None
        assert browser.page.status == 401


async def test_a_sign_in_page_does_not_lead_to_other_sites(office: Office):
    async with office.browser() as browser:
        for onward in ("https://evil.example", "//evil.example", "/console/../x", "/\\evil"):
            await browser.opens(f"/console/sign-in?onward={onward}")
            page = await browser.presses("", username="amina", password=PASSWORD)
            assert page.response.url.path == "/console"
            await browser.presses("Sign out")


async def test_signing_in_gives_a_new_token_so_that_a_planted_one_is_worth_nothing(
    office: Office,
):
    async with office.browser() as browser:
        browser.client.cookies.set("sid", "planted", HOST)
        await sign_in(browser)
        own = browser.client.cookies["sid"]
    async with office.browser() as thief:
        thief.client.cookies.set("sid", "planted", HOST)
        page = await thief.opens("/console")
    assert own != "planted"
    assert "/sign-in" in page.response.url.path


async def test_signing_in_again_ends_the_session_the_browser_had(office: Office):
    async with office.browser() as browser:
        await sign_in(browser)
        first = browser.client.cookies["sid"]
        await sign_in(browser)
        assert browser.client.cookies["sid"] != first
    assert await count_sessions(office) == 1


async def test_signing_out_ends_the_session_for_good(office: Office):
    async with office.browser() as browser:
        await sign_in(browser)
        stolen = browser.client.cookies["sid"]
        sent = await browser.client.post(
            "/console/sign-out", data={"csrf": browser.csrf}, headers={"Origin": ORIGIN}
        )
        assert sent.headers["clear-site-data"] == '"cache", "cookies"'
        browser.client.cookies.set("sid", stolen, HOST)
        page = await browser.opens("/console")
    assert "/sign-in" in page.response.url.path
    assert await count_sessions(office) == 0


async def test_the_cookie_is_for_this_site_alone_and_out_of_reach_for_scripts(office: Office):
    async with office.browser() as browser:
        sent = await browser.client.post(
            "/console/sign-in",
            data={"username": "amina", "password": PASSWORD},
            headers={"Origin": ORIGIN},
        )
    cookie = sent.headers["set-cookie"].lower()
    assert cookie.startswith("sid=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "max-age" not in cookie


def test_under_https_the_cookie_has_the_name_that_browsers_guard():
    assert sessions.Cookie(https=True).name == "__Host-sid"
    assert sessions.Cookie(https=False).name == "sid"


async def test_only_the_hash_of_a_token_is_stored(office: Office):
    async with office.browser() as browser:
        await sign_in(browser)
        token = browser.client.cookies["sid"]
    async with office.runtime.database.reading() as session:
        row = (await session.scalars(select(StaffSession))).one()
    assert token not in (row.token_hash, row.csrf)
    assert len(token) >= 43


async def test_half_an_hour_without_doing_anything_ends_a_session(
    office: Office, clock: FrozenClock
):
    async with office.signed_in() as browser:
        clock.forward(minutes=29)
        assert (await browser.opens("/console")).response.url.path == "/console"
        clock.forward(minutes=29)
        assert (await browser.opens("/console")).response.url.path == "/console"
        clock.forward(minutes=30)
        assert "/sign-in" in (await browser.opens("/console")).response.url.path


async def test_a_page_left_open_does_not_keep_its_session(office: Office, clock: FrozenClock):
    async with office.signed_in() as browser:
        for _ in range(3):
            clock.forward(minutes=10)
            last = await browser.client.get("/console/live/queue?after=x")
    assert last.status_code == 401


async def test_writing_in_an_open_page_keeps_its_session(office: Office, clock: FrozenClock):
    async with office.signed_in() as browser:
        for _ in range(6):
            clock.forward(minutes=10)
            last = await browser.client.get("/console/live/queue?after=x&active=true")
    assert last.status_code == 200


async def test_after_twelve_hours_everyone_signs_in_again(office: Office, clock: FrozenClock):
    async with office.signed_in() as browser:
        for _ in range(35):
            clock.forward(minutes=20)
            page = await browser.opens("/console")
        assert page.response.url.path == "/console"
        clock.forward(minutes=20)
        assert "/sign-in" in (await browser.opens("/console")).response.url.path


async def test_closing_an_account_signs_it_out_at_once(office: Office):
    async with office.signed_in() as browser:
        await browser.opens("/console")
        await closes(office, "amina")
        assert "/sign-in" in (await browser.opens("/console")).response.url.path
    assert await count_sessions(office) == 0


async def test_another_role_counts_from_the_next_page_on(office: Office):
    async with office.signed_in() as browser:
        assert (await browser.opens("/console")).status == 200
        async with office.runtime.database.writing() as session:
            await session.execute(update(Staff).values(role="editor"))
        assert (await browser.opens("/console")).status == 403


async def test_guessing_from_one_place_has_to_wait(office: Office, clock: FrozenClock):
    async with office.browser() as browser:
        for _ in range(10):
            await sign_in(browser, password="guess guess guess")
        await sign_in(browser)
        assert browser.page is not None
        assert browser.page.status == 429
        assert browser.page.response.headers["retry-after"] == "31"
        assert "Wait 31 seconds" in browser.page.words
        clock.forward(seconds=31)
        await sign_in(browser)
        assert browser.page.status == 200


async def test_guessing_by_others_slows_the_owner_down_but_never_locks_her_out(office: Office):
    for number in range(20):
        async with office.browser(f"10.0.0.{number}") as stranger:
            await sign_in(stranger, password="guess guess guess")
    async with office.browser() as owner:
        await sign_in(owner)
        assert owner.page is not None
        assert owner.page.response.url.path == "/console"
    assert len(office.pauses) == 1
    assert 0 < office.pauses[0] <= 5


async def test_signing_in_is_journalled(office: Office):
    async with office.browser() as browser:
        await sign_in(browser)
        await browser.presses("Sign out")
    assert await office.journal("staff") == [
        ("staff:amina", "signed_in"),
        ("staff:amina", "signed_out"),
    ]


async def test_the_console_speaks_the_language_one_chooses(office: Office):
    async with office.signed_in() as browser:
        assert (await browser.opens("/console")).html.count('lang="en"')
        page = await browser.presses("Svenska")
        assert '<html lang="sv"' in page.html
        assert '<html lang="sv"' in (await browser.opens("/console/today")).html


def test_short_common_and_endless_passwords_are_refused():
    for unfit in ("elva tecken", next(iter(COMMON)), "PASSWORD1234", "x" * 201):
        with pytest.raises(UnfitPassword):
            hash_password(unfit)


async def test_a_hash_with_old_parameters_is_renewed_when_it_is_used():
    old = make_hasher(CHEAP_KIB).hash(PASSWORD)
    passwords = Passwords(make_hasher(2 * CHEAP_KIB))
    checked = await passwords.check(old, PASSWORD)
    assert checked.fits
    assert checked.rehashed is not None
    assert (await passwords.check(checked.rehashed, PASSWORD)).rehashed is None


async def test_a_damaged_hash_lets_nobody_in():
    passwords = Passwords(make_hasher(CHEAP_KIB))
    assert not (await passwords.check("not a hash", PASSWORD)).fits
    assert not (await passwords.check(None, "nobody has this password")).fits


def test_the_hash_takes_as_much_memory_as_we_say():
    assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")
