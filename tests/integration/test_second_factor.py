"""Signing in with a code: setting it up, giving it, losing the phone, and what guessing costs."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.console import second_factor, totp
from backend.console.passwords import for_once, make_hasher
from backend.database import Database
from backend.models import Journal, Staff
from backend.services import accounts
from backend.settings import Settings
from backend.work import Work
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.console_office import (
    CHEAP_KIB,
    ORIGIN,
    PASSWORD,
    Browser,
    Office,
    Page,
    open_office,
)

GIVEN = "given for one use only"
CHOSEN = "three words of mine"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    """A house in which everybody needs codes."""
    return await open_office(database, clock, tmp_path, second_factor="required")


async def gives_password(browser: Browser, password: str = PASSWORD, onward: str = "") -> Page:
    await browser.opens(f"/console/sign-in?lang=en&onward={onward}")
    return await browser.presses("Sign in", username="amina", password=password)


def key_on(page: Page) -> str:
    found = re.search(r'<code class="key"[^>]*>([A-Z2-7 ]+)</code>', page.html)
    assert found is not None
    return found[1].replace(" ", "")


def code_now(office: Office, secret: str, late: int = 0) -> str:
    return totp.code_at(secret, totp.step_at(office.runtime.clock.now()) + late)


async def set_up(office: Office) -> tuple[str, list[str]]:
    """Amina sets up codes and goes home; her key and her recovery codes."""
    async with office.browser() as browser:
        secret = key_on(await gives_password(browser))
        page = await browser.presses("Turn on codes", code=code_now(office, secret))
        codes = re.findall(r"<li><code>([^<]+)</code></li>", page.html)
        await browser.follows("Go on")
        await browser.presses("Sign out")
    office.house.clock.forward(minutes=1)
    return secret, codes


async def sessions_in(office: Office) -> int:
    return await count(office.runtime.database, "staff_session")


async def amina(office: Office) -> Staff:
    async with office.runtime.database.reading() as session:
        return await session.get_one(Staff, "amina")


async def is_given_a_password(office: Office) -> None:
    hashed = for_once(make_hasher(CHEAP_KIB).hash(GIVEN))
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Staff).where(Staff.id == "amina").values(password_hash=hashed)
        )


async def test_whoever_has_no_codes_sets_them_up_before_she_gets_in(office: Office):
    async with office.browser() as browser:
        page = await gives_password(browser, onward="/console/today")
        assert "Set up codes on your phone" in page.words
        assert "<svg" in page.html
        assert "sid" not in browser.client.cookies
        assert await sessions_in(office) == 0
        secret = key_on(page)
        page = await browser.presses("Turn on codes", code=code_now(office, secret))
        assert "Your recovery codes" in page.words
        assert "sid" in browser.client.cookies
        page = await browser.follows("Go on")
        assert page.response.url.path == "/console/today"
    assert await sessions_in(office) == 1
    assert await office.journal("staff") == [
        ("staff:amina", "second_factor_on"),
        ("staff:amina", "signed_in"),
    ]


async def test_a_wrong_first_code_shows_the_same_key_again(office: Office):
    async with office.browser() as browser:
        secret = key_on(await gives_password(browser))
        page = await browser.presses("Turn on codes", code=code_now(office, secret, late=5))
        assert page.status == 401
        assert "The code is not right" in page.words
        assert key_on(page) == secret
        page = await browser.presses("Turn on codes", code=code_now(office, secret))
        assert "Your recovery codes" in page.words


async def test_the_password_and_the_code_let_her_in(office: Office):
    secret, _codes = await set_up(office)
    async with office.browser() as browser:
        page = await gives_password(browser, onward="/console/today")
        assert "Write the code from your phone" in page.words
        assert secret not in page.html
        assert "sid" not in browser.client.cookies
        code = code_now(office, secret)
        page = await browser.presses("Sign in", code=f"{code[:3]} {code[3:]}")
        assert page.response.url.path == "/console/today"


async def test_the_password_alone_opens_nothing(office: Office):
    await set_up(office)
    async with office.browser() as browser:
        await gives_password(browser)
        for wrong in ("000000", "", "recovery"):
            page = await browser.presses("Sign in", code=wrong)
            assert page.status == 401
        assert await sessions_in(office) == 0
        assert "/sign-in" in (await browser.opens("/console")).response.url.path


async def test_a_code_is_taken_once(office: Office):
    secret, _codes = await set_up(office)
    code = code_now(office, secret)
    async with office.browser() as browser, office.browser("10.0.0.9") as other:
        await gives_password(browser)
        await browser.presses("Sign in", code=code)
        await gives_password(other)
        page = await other.presses("Sign in", code=code)
    assert page.status == 401
    assert await sessions_in(office) == 1


async def test_the_code_that_turned_codes_on_does_not_sign_in_again(office: Office):
    async with office.browser() as browser:
        secret = key_on(await gives_password(browser))
        code = code_now(office, secret)
        await browser.presses("Turn on codes", code=code)
    async with office.browser() as other:
        await gives_password(other)
        assert (await other.presses("Sign in", code=code)).status == 401


async def test_the_page_that_asks_for_a_code_is_good_for_one_sign_in(office: Office):
    secret, _codes = await set_up(office)
    async with office.browser() as browser, office.browser("10.0.0.9") as thief:
        page = await gives_password(browser)
        form, _button = page.form("Sign in")
        await browser.presses("Sign in", code=code_now(office, secret))
        office.house.clock.forward(minutes=1)
        stolen = form.filled(code=code_now(office, secret))
        page = await thief.sends("/console/sign-in/code", stolen)
        assert "That took too long, or it was used already." in page.words
        assert "sid" not in thief.client.cookies
    assert await sessions_in(office) == 1


async def test_after_five_minutes_she_begins_again(office: Office, clock: FrozenClock):
    secret, _codes = await set_up(office)
    async with office.browser() as browser:
        await gives_password(browser)
        clock.forward(minutes=3)
        assert (await browser.presses("Sign in", code="000000")).status == 401
        clock.forward(minutes=2)
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert page.status == 401
        assert "That took too long" in page.words
        assert "Password" in page.words


async def test_setting_up_ends_after_five_minutes_too(office: Office, clock: FrozenClock):
    async with office.browser() as browser:
        secret = key_on(await gives_password(browser))
        clock.forward(minutes=5)
        page = await browser.presses("Turn on codes", code=code_now(office, secret))
        assert "That took too long" in page.words
    assert (await amina(office)).totp_sealed is None


async def test_of_two_phones_set_up_at_once_the_first_one_counts(office: Office):
    async with office.browser() as first, office.browser("10.0.0.9") as second:
        mine = key_on(await gives_password(first))
        other = key_on(await gives_password(second))
        assert mine != other
        await first.presses("Turn on codes", code=code_now(office, mine))
        page = await second.presses("Turn on codes", code=code_now(office, other))
        assert "That took too long, or it was used already." in page.words
        assert "sid" not in second.client.cookies


async def test_a_made_up_or_altered_page_leads_back_to_the_start(office: Office):
    await set_up(office)
    vault = office.runtime.vault
    account = {"staff": "amina", "mark": "", "until": 9_999_999_999}
    made_up = (
        "guess",
        "é",
        vault.seal("0701234567").decode(),
        vault.seal(json.dumps(account)).decode(),
        vault.seal(json.dumps({"for": "sign-in"} | account)).decode(),
        vault.seal(json.dumps({"for": "sign-in"} | account | {"staff": "nobody"})).decode(),
    )
    async with office.browser() as browser:
        for each in made_up:
            page = await browser.sends("/console/sign-in/code", [("pending", each)])
            assert page.status == 401
            assert "Sign in again" in page.words
    assert await sessions_in(office) == 0


async def test_closing_the_account_or_a_new_password_ends_a_half_done_sign_in(office: Office):
    secret, _codes = await set_up(office)
    runtime = office.runtime
    hashed = make_hasher(CHEAP_KIB).hash(CHOSEN)
    async with office.browser() as browser:
        await gives_password(browser)
        async with Work.begin(runtime.database, runtime.clock, "system") as work:
            await accounts.set_password(work, "amina", hashed)
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert page.status == 401
        await gives_password(browser, CHOSEN)
        async with Work.begin(runtime.database, runtime.clock, "system") as work:
            await accounts.close(work, "amina")
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert page.status == 401
    assert await sessions_in(office) == 0


async def test_another_site_cannot_send_the_code(office: Office):
    secret, _codes = await set_up(office)
    async with office.browser() as browser:
        page = await gives_password(browser)
        form, _button = page.form("Sign in")
        sent = form.filled(code=code_now(office, secret))
        for path in ("/console/sign-in/code", "/console/sign-in/password"):
            refused = await browser.sends(
                path, [*sent, ("password", CHOSEN)], {"Origin": "https://evil.example"}
            )
            assert refused.status == 403


async def test_guessing_codes_has_to_wait_wherever_it_comes_from(
    office: Office, clock: FrozenClock
):
    secret, _codes = await set_up(office)
    clock.forward(minutes=10)
    for number in range(5):
        async with office.browser(f"10.0.0.{number}") as stranger:
            await gives_password(stranger)
            assert (await stranger.presses("Sign in", code="000000")).status == 401
    async with office.browser("10.0.1.1") as browser:
        await gives_password(browser)
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert page.status == 429
        assert page.response.headers["retry-after"] == "121"
        assert "Wait 121 seconds" in page.words
        clock.forward(seconds=121)
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert page.status == 200
        assert page.response.url.path == "/console"


async def test_a_recovery_code_works_once_instead_of_the_phone(office: Office):
    _secret, codes = await set_up(office)
    assert len(set(codes)) == 10
    async with office.browser() as browser:
        await gives_password(browser, onward="/console/today")
        typed = codes[3].upper().replace("-", " ")
        page = await browser.presses("Use the recovery code", recovery=typed)
        assert "9 recovery codes are left." in page.words
        assert (await browser.follows("Go on")).response.url.path == "/console/today"
    async with office.browser() as other:
        await gives_password(other)
        page = await other.presses("Use the recovery code", recovery=codes[3])
        assert page.status == 401
    assert ("staff:amina", "recovery_code_used") in await office.journal("staff")


async def test_a_code_sent_twice_at_the_same_moment_is_taken_once(office: Office):
    secret, codes = await set_up(office)
    runtime, vault, staff = office.runtime, office.runtime.vault, await amina(office)

    async def gives_code() -> bool:
        async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
            return await second_factor.take_code(work, vault, staff, code_now(office, secret))

    async def gives_recovery_code() -> int | None:
        async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
            return await second_factor.take_recovery_code(work, vault, staff, codes[0])

    taken = await asyncio.gather(gives_code(), gives_code(), gives_code())
    assert sorted(taken) == [False, False, True]
    left = await asyncio.gather(gives_recovery_code(), gives_recovery_code())
    assert sorted(left, key=str) == [9, None]


async def test_neither_key_nor_recovery_codes_lie_open_in_the_database(office: Office):
    secret, codes = await set_up(office)
    row = await amina(office)
    assert row.totp_sealed is not None
    assert secret.encode() not in row.totp_sealed
    held = json.loads(office.runtime.vault.open(row.totp_sealed))
    assert held["secret"] == secret
    assert not set(codes) & set(held["recovery"])
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in held["recovery"])
    async with office.runtime.database.reading() as session:
        journalled = str([row.data for row in await session.scalars(select(Journal))])
    assert secret not in journalled
    assert not any(code in journalled for code in codes)


async def test_a_reset_signs_out_everywhere_and_codes_are_set_up_anew(office: Office):
    secret, _codes = await set_up(office)
    runtime = office.runtime
    async with office.browser() as browser:
        await gives_password(browser)
        await browser.presses("Sign in", code=code_now(office, secret))
        async with Work.begin(runtime.database, runtime.clock, "system") as work:
            await accounts.reset_second_factor(work, "amina")
        assert "/sign-in" in (await browser.opens("/console")).response.url.path
        page = await gives_password(browser)
        assert key_on(page) != secret
    assert ("system", "second_factor_reset") in await office.journal("staff")


async def test_a_given_password_is_replaced_before_anything_else(office: Office):
    await is_given_a_password(office)
    async with office.browser() as browser:
        page = await gives_password(browser, GIVEN)
        assert "Choose a password of your own" in page.words
        for unfit in ("short", GIVEN, "password1234"):
            page = await browser.presses("Go on", password=unfit)
            assert page.status == 422
            assert "Choose another password" in page.words
        page = await browser.presses("Go on", password=CHOSEN)
        assert "Set up codes on your phone" in page.words
        page = await browser.presses("Turn on codes", code=code_now(office, key_on(page)))
        assert "Your recovery codes" in page.words
    async with office.browser() as other:
        assert (await gives_password(other, GIVEN)).status == 401
        assert "Write the code" in (await gives_password(other, CHOSEN)).words


async def test_a_given_password_is_not_replaced_without_the_code(office: Office):
    secret, _codes = await set_up(office)
    await is_given_a_password(office)
    async with office.browser() as browser:
        page = await gives_password(browser, GIVEN)
        assert "Write the code" in page.words
        form, _button = page.form("Sign in")
        early = [*form.filled(), ("password", CHOSEN)]
        page = await browser.sends("/console/sign-in/password", early)
        assert page.status == 401
        await gives_password(browser, GIVEN)
        page = await browser.presses("Sign in", code=code_now(office, secret))
        assert "Choose a password of your own" in page.words
        assert await sessions_in(office) == 0
        page = await browser.presses("Go on", password=CHOSEN)
        assert page.response.url.path == "/console"
    assert await sessions_in(office) == 1


async def test_a_password_of_ones_own_is_not_replaced_by_that_page(office: Office):
    async with office.browser() as browser:
        page = await gives_password(browser)
        form, _button = page.form("Turn on codes")
        page = await browser.sends(
            "/console/sign-in/password", [*form.filled(), ("password", CHOSEN)]
        )
        assert page.status == 401
        assert (await gives_password(browser)).status == 200


async def test_the_pages_work_with_password_managers_and_phones(office: Office):
    async with office.browser() as browser:
        page = await gives_password(browser)
        assert 'autocomplete="one-time-code"' in page.html
        assert 'inputmode="numeric"' in page.html
        await is_given_a_password(office)
        page = await gives_password(browser, GIVEN)
        assert 'autocomplete="new-password"' in page.html
        assert 'value="amina" autocomplete="username"' in page.html
        assert page.response.headers["cache-control"] == "no-store"


async def test_where_codes_are_optional_only_those_who_have_them_are_asked(
    database: Database, clock: FrozenClock, tmp_path: Path
):
    office = await open_office(database, clock, tmp_path, second_factor="optional")
    async with office.browser() as browser:
        assert (await gives_password(browser)).response.url.path == "/console"
    runtime, secret = office.runtime, totp.new_secret()
    async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
        code = code_now(office, secret)
        await second_factor.turn_on(work, runtime.vault, await amina(office), secret, code)
    async with office.browser() as browser:
        assert "Write the code" in (await gives_password(browser)).words


def test_codes_are_required_unless_it_is_a_demonstration_or_somebody_says_otherwise():
    assert Settings().asks_for_codes
    assert not Settings(demo=True).asks_for_codes
    assert not Settings(second_factor="optional").asks_for_codes


@pytest.mark.parametrize(
    ("role", "onward", "lands"),
    [
        ("coach", "", "/console"),
        ("coach", "/console/accounts", "/console"),
        ("coordinator", "/console/today", "/console/today"),
        ("editor", "/console/today", "/console/questions"),
        ("editor", "", "/console/questions"),
        ("admin", "", "/console/accounts"),
        ("admin", "/console/accounts/amina", "/console/accounts/amina"),
        ("admin", "/console/threads/x", "/console/accounts"),
    ],
)
async def test_everybody_lands_on_a_page_she_may_see(
    database: Database, clock: FrozenClock, tmp_path: Path, role: str, onward: str, lands: str
):
    office = await open_office(database, clock, tmp_path)
    async with database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == "amina").values(role=role))
    async with office.browser() as browser:
        page = await gives_password(browser, onward=onward)
        assert page.status == 200
        assert page.response.url.path == lands
        assert str(page.response.url).startswith(ORIGIN)
