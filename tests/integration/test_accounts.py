"""Accounts: who may open, change and close them, and what never happens by mistake."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.console import second_factor, totp
from backend.database import Database
from backend.models import Journal, Setting, Staff
from backend.services import accounts
from backend.services.accounts import LastAdmin, OwnAccount, Profile, UsernameTaken
from backend.services.catalogue import VERSION_SETTING
from backend.services.centre import NoSuchStaff
from backend.work import Work
from tests.clock import FrozenClock
from tests.house import COACHES
from tests.integration.console_office import PASSWORD, Browser, Office, Page, open_office

ACCOUNTS = "/console/accounts"
CHOSEN = "three words of mine"


@pytest.fixture
async def office(database: Database, clock: FrozenClock, tmp_path: Path) -> Office:
    """Amina is the admin; Bo and Carla are coaches."""
    office = await open_office(database, clock, tmp_path)
    async with database.writing() as session:
        await session.execute(update(Staff).where(Staff.id == "amina").values(role="admin"))
    return office


def work_of(office: Office, actor: str = "system") -> AbstractAsyncContextManager[Work]:
    return Work.begin(office.runtime.database, office.runtime.clock, actor)


async def row(office: Office, account: str) -> Staff:
    async with office.runtime.database.reading() as session:
        return await session.get_one(Staff, account)


async def named(office: Office, username: str) -> Staff:
    async with office.runtime.database.reading() as session:
        return (await session.scalars(select(Staff).where(Staff.username == username))).one()


async def has_codes(office: Office, account: str) -> None:
    secret = totp.new_secret()
    async with work_of(office) as work:
        code = totp.code_at(secret, totp.step_at(office.runtime.clock.now()))
        staff = await row(office, account)
        assert await second_factor.turn_on(work, office.runtime.vault, staff, secret, code)


async def signs_in(browser: Browser, username: str, password: str = PASSWORD) -> Page:
    await browser.opens("/console/sign-in?lang=en")
    return await browser.presses("Sign in", username=username, password=password)


def password_on(page: Page) -> str:
    found = re.search(r'<code class="key"[^>]*>([^<]+)</code>', page.html)
    assert found is not None
    return found[1]


async def test_the_list_says_who_can_do_what_and_was_here_when(office: Office):
    await has_codes(office, "bo")
    async with office.browser() as browser:
        await signs_in(browser, "amina")
        page = await browser.opens(ACCOUNTS)
    lines = {
        words: re.sub(r"<[^>]+>|\s+", " ", line)
        for line in re.findall(r"<tr>(.*?)</tr>", page.html, re.DOTALL)
        for words in re.findall(r">(Amina|Bo|Carla)</a>", line)
    }
    assert "Admin" in lines["Amina"]
    assert "Today 08:00" in re.sub("[\u2066-\u2069]", "", lines["Amina"])
    assert "Swedish, Arabic" in lines["Amina"]
    assert "Coaching" in lines["Bo"]
    assert "Never" in lines["Bo"]
    assert "On" in lines["Bo"].split("Codes")[1]
    assert "Off" in lines["Carla"].split("Codes")[1]


async def test_somebody_new_gets_a_password_that_works_once(office: Office):
    async with office.signed_in(role="admin") as browser:
        await browser.opens(ACCOUNTS)
        page = await browser.presses(
            "Add the account",
            username="samira",
            name="  Samira ",
            role="coordinator",
            email="samira@centre.example",
            languages=["sv", "so"],
        )
        assert page.status == 200
        password = password_on(page)
        assert password not in (await browser.opens(ACCOUNTS)).html
    new = await named(office, "samira")
    assert (new.name, new.role, new.email) == ("Samira", "coordinator", "samira@centre.example")
    assert new.languages == ["sv", "so"]
    async with office.browser() as browser:
        page = await signs_in(browser, "samira", password)
        assert "sid" not in browser.client.cookies
        page = await browser.presses("Go on", password=CHOSEN)
        assert page.response.url.path == "/console"
    async with office.browser() as browser:
        assert (await signs_in(browser, "samira", password)).status == 401
        assert (await signs_in(browser, "samira", CHOSEN)).response.url.path == "/console"
    assert ("staff:amina", "added") in await office.journal("staff")


async def test_a_form_that_is_refused_keeps_what_was_typed(office: Office):
    async with office.signed_in(role="admin") as browser:
        await browser.opens(ACCOUNTS)
        page = await browser.presses(
            "Add the account",
            username="bo",
            name="Another Bo",
            role="editor",
            email="bo@centre.example",
            languages=["ti"],
        )
        assert page.status == 422
        assert "Somebody else has this user name." in page.words
        form, _button = page.form("Add the account")
        kept = dict(form.filled())
        assert (kept["username"], kept["name"]) == ("bo", "Another Bo")
        assert (kept["role"], kept["email"], kept["languages"]) == (
            "editor",
            "bo@centre.example",
            "ti",
        )
        for field, wrong, words in (
            ("username", "Åsa B", "Write small letters"),
            ("name", "  ", "Write a name."),
            ("name", "x" * 81, "This is too long."),
            ("role", "queen", "Choose a role."),
            ("email", "nowhere", "Write one e-mail address"),
            ("languages", "xx", "Choose from the list."),
        ):
            given = {"username": "new", "name": "New", "role": "coach", "email": ""} | {
                field: wrong
            }
            page = await browser.presses("Add the account", **given)
            assert page.status == 422, field
            assert words in page.words
            assert f'id="wrong-{field}"' in page.html
    async with office.runtime.database.reading() as session:
        assert len((await session.scalars(select(Staff))).all()) == 3


async def test_name_role_address_and_languages_can_be_changed(office: Office):
    before = await catalogue_version(office)
    async with office.signed_in(role="admin") as browser:
        await browser.opens(f"{ACCOUNTS}/bo")
        page = await browser.presses(
            "Save",
            name="Bosse",
            role="coordinator",
            email="bo@x.example",
            languages=["sv", "fa_AF"],
        )
        assert page.response.url.path == ACCOUNTS
    bo = await row(office, "bo")
    assert (bo.name, bo.role, bo.email) == ("Bosse", "coordinator", "bo@x.example")
    assert bo.languages == ["sv", "fa_AF"]
    assert await catalogue_version(office) > before
    async with office.runtime.database.reading() as session:
        noted = (await session.scalars(select(Journal).where(Journal.action == "changed"))).one()
    assert noted.actor == "staff:amina"
    assert noted.data == {"columns": "email languages name role", "role": "coordinator"}


async def test_what_the_site_file_says_of_a_coach_is_not_changed_here(office: Office):
    coaches = office.runtime.site.coaches
    entry = next(each for each in coaches if each.username not in COACHES)
    async with office.runtime.database.writing() as session:
        await session.execute(
            update(Staff).where(Staff.id == "bo").values(username=entry.username)
        )
    async with office.signed_in(role="admin") as browser:
        page = await browser.opens(f"{ACCOUNTS}/bo")
        assert "kept in the site file" in page.words
        form, _button = page.form("Save")
        assert not {"name", "languages"} & {name for name, _value in form.filled()}
        await browser.presses("Save", role="editor", name="Nobody", languages=["uk"])
    bo = await row(office, "bo")
    assert (bo.name, bo.role, bo.languages) == ("Bo", "editor", ["sv", "en"])


async def test_a_new_password_is_shown_once_and_ends_every_session(office: Office):
    async with office.signed_in("bo") as coach, office.signed_in(role="admin") as browser:
        await coach.opens("/console")
        await browser.opens(f"{ACCOUNTS}/bo")
        password = password_on(await browser.presses("Make a new password"))
        assert "/sign-in" in (await coach.opens("/console")).response.url.path
        assert (await signs_in(coach, "bo")).status == 401
        assert "Choose a password" in (await signs_in(coach, "bo", password)).words
    assert ("staff:amina", "password_reset") in await office.journal("staff")


async def test_codes_are_reset_for_somebody_who_has_lost_her_phone(office: Office):
    await has_codes(office, "bo")
    async with office.signed_in("bo") as coach, office.signed_in(role="admin") as browser:
        await browser.opens(f"{ACCOUNTS}/bo")
        page = await browser.presses("Reset the codes")
        assert "Codes are off." in page.words
        assert "/sign-in" in (await coach.opens("/console")).response.url.path
    assert (await row(office, "bo")).totp_sealed is None
    assert ("staff:amina", "second_factor_reset") in await office.journal("staff")


async def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(office: Office):
    before = await catalogue_version(office)
    async with office.signed_in("bo") as coach, office.signed_in(role="admin") as browser:
        await browser.opens(f"{ACCOUNTS}/bo")
        page = await browser.presses("Yes, close the account")
        assert "Closed" in page.words
        assert "/sign-in" in (await coach.opens("/console")).response.url.path
        assert (await signs_in(coach, "bo")).status == 401
        assert await catalogue_version(office) > before
        await browser.opens(f"{ACCOUNTS}/bo")
        await browser.presses("Open the account again")
        assert (await signs_in(coach, "bo")).response.url.path == "/console"
    actions = [action for _actor, action in await office.journal("staff")]
    assert actions == ["closed", "reopened", "signed_in"]


async def test_nobody_closes_or_demotes_herself(office: Office):
    async with office.signed_in(role="admin") as browser:
        page = await browser.opens(f"{ACCOUNTS}/amina")
        assert "Yes, close the account" not in page.html
        page = await browser.presses("Save", role="coach")
        assert page.status == 422
        assert "Ask another admin." in page.words
        sent = [("csrf", browser.csrf), ("do", "close")]
        page = await browser.sends(f"{ACCOUNTS}/amina/access", sent)
        assert page.status == 409
    amina = await row(office, "amina")
    assert (amina.role, amina.is_active) == ("admin", True)


async def test_the_last_admin_stays_whoever_asks(office: Office):
    for actor in ("system", "staff:bo"):
        with pytest.raises(LastAdmin):
            async with work_of(office, actor) as work:
                await accounts.close(work, "amina")
        with pytest.raises(LastAdmin):
            async with work_of(office, actor) as work:
                await accounts.change(work, "amina", Profile("Amina", "coach"))
    async with work_of(office) as work:
        await accounts.change(work, "bo", Profile("Bo", "admin"))
    async with work_of(office, "staff:bo") as work:
        await accounts.close(work, "amina")
    with pytest.raises(LastAdmin):
        async with work_of(office) as work:
            await accounts.close(work, "bo")


async def test_a_closed_admin_is_no_admin_who_is_left(office: Office):
    async with work_of(office) as work:
        await accounts.change(work, "bo", Profile("Bo", "admin"))
    async with work_of(office) as work:
        await accounts.close(work, "bo")
    with pytest.raises(LastAdmin):
        async with work_of(office) as work:
            await accounts.close(work, "amina")


async def test_two_admins_who_demote_each_other_at_once_leave_one(office: Office):
    async with work_of(office) as work:
        await accounts.change(work, "bo", Profile("Bo", "admin"))

    async def demotes(actor: str, other: str) -> None:
        async with work_of(office, f"staff:{actor}") as work:
            await accounts.change(work, other, Profile(other, "coach"))

    done = await asyncio.gather(
        demotes("amina", "bo"), demotes("bo", "amina"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["LastAdmin", "NoneType"]
    async with office.runtime.database.reading() as session:
        admins = (await session.scalars(select(Staff.id).where(Staff.role == "admin"))).all()
    assert len(admins) == 1


async def test_what_is_not_there_is_named(office: Office):
    with pytest.raises(NoSuchStaff):
        async with work_of(office) as work:
            await accounts.close(work, "nobody")
    with pytest.raises(UsernameTaken):
        async with work_of(office) as work:
            await accounts.add(work, "bo", Profile("Bo", "coach"), "hash")
    with pytest.raises(OwnAccount):
        async with work_of(office, "staff:amina") as work:
            await accounts.close(work, "amina")
    async with office.signed_in(role="admin") as browser:
        assert (await browser.opens(f"{ACCOUNTS}/nobody")).status == 404
        sent = [("csrf", browser.csrf), ("do", "close")]
        assert (await browser.sends(f"{ACCOUNTS}/nobody/access", sent)).status == 404


@pytest.mark.parametrize("role", ["coach", "coordinator", "editor"])
async def test_only_admins_see_accounts(office: Office, role: str):
    async with office.signed_in("bo", role=role) as browser:
        page = await browser.opens(ACCOUNTS)
        assert page.status == 403
        assert ACCOUNTS not in {href for href, _words in page.links}
        assert "carla" not in page.html


async def test_the_menu_shows_what_each_role_may_open(office: Office):
    for role in ("coach", "coordinator", "editor", "admin"):
        async with office.signed_in("bo", role=role) as browser:
            page = await browser.opens("/console/questions")
            for href, _words in page.links:
                if href.startswith("/console"):
                    assert (await browser.opens(href)).status == 200, (role, href)


async def catalogue_version(office: Office) -> int:
    async with office.runtime.database.reading() as session:
        found = await session.scalar(select(Setting.value).where(Setting.name == VERSION_SETTING))
    return found or 0
