"""The console in a browser: on a desk and on a phone, by keyboard, and without a script."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import insert, update

from backend.app import create_app
from backend.channels import TryLater, Undeliverable, Unreachable
from backend.database import Database
from backend.migrate import migrate
from backend.models import Busy, Closure, Staff
from backend.services import needs
from backend.services.catalogue import touch
from backend.services.requests import Requests
from backend.services.walltime import instant
from backend.work import Work
from dialogs.messages import Urgency
from dialogs.ports import Slot
from tests.browser.conftest import Server
from tests.clock import FrozenClock
from tests.crowd import move_in, names, released, write
from tests.house import Person
from tests.integration.console_office import (
    PASSWORD,
    Office,
    leaves_a_message,
    open_office,
    wants_a_call,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 256}
LOOKS = [
    ("smallest", SMALLEST, "dark"),
    ("desk", DESK, "light"),
    pytest.param("smallest", SMALLEST, "light", marks=pytest.mark.soak),
    pytest.param("desk", DESK, "dark", marks=pytest.mark.soak),
]
REPORT_VIOLATIONS = """
  window.violations = [];
  addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
"""


@dataclass
class Centre:
    """A running console, and the newcomers who write to it."""

    office: Office
    url: str
    thread: str
    anna: Person


@pytest_asyncio.fixture(loop_scope="session")
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    """Anna reads Arabic, has booked and has left a message; Bert wants to be called."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    clock = FrozenClock()
    office = await open_office(database, clock, tmp_path)
    bert, anna = office.person("bert"), office.person("anna")
    await wants_a_call(bert)
    clock.forward(minutes=12)
    await anna.settles("العربية")
    await anna.books("10:00")
    clock.forward(minutes=3)
    words = "السلام عليكم، وصلتني رسالة من Försäkringskassan ولا أفهمها. هل يمكنكم مساعدتي؟"
    thread = await leaves_a_message(anna, words, "العربية")
    app = create_app(office.runtime)
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Centre(office, f"http://127.0.0.1:{port}", thread, anna)
    server.should_exit = True
    await running
    await database.close()


Sit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def sit(browser: Browser, centre: Centre) -> AsyncIterator[Sit]:
    """Sit down at a screen and sign in; ``settings`` are those of a browser context."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    errors: list[str] = []

    async def down(**settings: Any) -> Page:
        context = await browser.new_context(**({"viewport": DESK} | settings))
        context.set_default_timeout(5_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if settings.get("java_script_enabled", True):
            pages.append(page)
        await page.goto(f"{centre.url}/console")
        await page.get_by_label(re.compile("User name|Användarnamn")).fill("amina")
        await page.get_by_label(re.compile("Password|Lösenord")).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{centre.url}/console")
        return page

    yield down
    violations = [found for page in pages for found in await page.evaluate("window.violations")]
    for context in contexts:
        await context.close()
    assert violations == []
    assert errors == []


async def picture(page: Page, name: str) -> None:
    """Kept when INGANG_SHOTS names a folder, to be looked at."""
    folder = os.environ.get("INGANG_SHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def axe(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def no_sideways_scroll(page: Page) -> None:
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0


PAGES = {
    "queue": "/console",
    "today": "/console/today",
    "questions": "/console/questions",
    "thread": "/console/threads/{thread}",
    "prepared": "/console/threads/{thread}/prepared/come",
    "filled": "/console/threads/{thread}/prepared/read-it?day=2026-11-25",
    "wrong": "/console/threads/{thread}/prepared/new-room?room=",
    "found": "/console/threads/{thread}?find=you",
    "missing": "/console/threads/nothing",
}


@pytest.mark.parametrize(
    ("size", "viewport", "scheme"),
    [
        ("desk", DESK, "light"),
        pytest.param("phone", PHONE, "light", marks=pytest.mark.soak),
        ("phone", PHONE, "dark"),
    ],
)
async def test_every_page_is_accessible_and_fits(
    sit: Sit, centre: Centre, size: str, viewport: dict[str, int], scheme: str
) -> None:
    page = await sit(viewport=viewport, color_scheme=scheme)
    for name, path in PAGES.items():
        await page.goto(centre.url + path.format(thread=centre.thread))
        await picture(page, f"{name}-{size}-{scheme}")
        await no_sideways_scroll(page)
        await axe(page)
    await page.goto(f"{centre.url}/console/today")
    await page.get_by_role("link", name=re.compile("Move|Flytta")).first.click()
    await picture(page, f"move-{size}-{scheme}")
    await no_sideways_scroll(page)
    await axe(page)


async def test_the_sign_in_page_is_accessible_and_says_what_was_wrong(
    browser: Browser, centre: Centre
) -> None:
    context = await browser.new_context(viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{centre.url}/console/sign-in?lang=en")
    await axe(page)
    await page.get_by_label("User name").fill("amina")
    await page.get_by_label("Password").fill("not this one, sorry")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text(
        "The user name or the password is not right."
    )
    await picture(page, "sign-in-phone")
    await axe(page)
    await context.close()


async def test_the_smallest_window_has_everything_and_no_sideways_scroll(
    sit: Sit, centre: Centre
) -> None:
    page = await sit(viewport=SMALLEST)
    for path in PAGES.values():
        await page.goto(centre.url + path.format(thread=centre.thread))
        await no_sideways_scroll(page)
    await page.goto(f"{centre.url}/console/threads/{centre.thread}#answer")
    box = page.get_by_role("textbox")
    await box.fill("Hej!")
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()


async def test_nothing_to_tap_is_too_small(sit: Sit, centre: Centre) -> None:
    page = await sit(viewport=PHONE)
    for path in PAGES.values():
        await page.goto(centre.url + path.format(thread=centre.thread))
        small = await page.evaluate("""
          [...document.querySelectorAll('a, button, summary, input, select')]
            .filter((node) => node.checkVisibility() && !node.closest('.skip, .words'))
            .map((node) => [node.getBoundingClientRect(), node.textContent || node.name])
            .filter(([box]) => box.width && (box.height < 24 || box.width < 20))
            .map(([box, name]) => `${name.trim()}: ${box.width} x ${box.height}`)
        """)
        assert small == []


async def test_the_queue_is_worked_by_keyboard(sit: Sit, centre: Centre) -> None:
    page = await sit()
    first, last = page.locator(".queue > li").first, page.locator(".queue > li").last
    await page.keyboard.press("j")
    await expect(first.locator(".open")).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(last.locator(".open")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(f"/console/threads/{centre.thread}"))


async def test_a_question_mark_shows_the_keys_and_they_can_be_switched_off(
    sit: Sit,
) -> None:
    page = await sit()
    await page.keyboard.press("?")
    help_of = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(help_of).to_be_visible()
    await picture(page, "help-desk")
    await axe(page)
    await help_of.get_by_label("Use keyboard shortcuts").uncheck()
    await page.keyboard.press("Escape")
    await expect(help_of).to_be_hidden()
    await page.keyboard.press("?")
    await expect(help_of).to_be_hidden()
    await page.reload()
    await page.keyboard.press("j")
    await expect(page.locator(".open").first).not_to_be_focused()


async def test_keys_do_nothing_while_one_writes(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    box = page.get_by_role("textbox")
    await box.press_sequentially("jk?")
    await expect(box).to_have_value("jk?")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_an_open_queue_shows_what_is_new_and_focus_stays(sit: Sit, centre: Centre) -> None:
    page = await sit()
    second = page.locator(".queue > li").nth(1).locator(".open")
    await second.focus()
    link = await second.get_attribute("href")
    await leaves_a_message(centre.office.person("dina"), "A new question")
    await expect(page.get_by_text("A new question")).to_be_visible()
    await expect(page.locator("#news")).to_have_text("4 things wait")
    focused = await page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == link


async def test_an_open_conversation_grows_and_the_draft_stays(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    before = await page.locator("[role=log] .line").count()
    await page.get_by_role("textbox").fill("Jag skriver just nu")
    await page.evaluate("document.querySelector('[role=log] .line').dataset.kept = 'yes'")
    await centre.anna.says("ما هو SFI؟")
    await expect(page.get_by_text("ما هو SFI؟").first).to_be_visible()
    assert await page.locator("[role=log] .line").count() > before
    assert await page.locator("[data-kept]").count() == 1  # nothing was drawn again
    await expect(page.get_by_role("textbox")).to_have_value("Jag skriver just nu")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Jag skriver just nu").first).to_be_visible()


async def test_her_words_stand_as_she_wrote_them(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    hers = page.locator(".person .words").last
    assert await hers.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert await hers.get_attribute("lang") == "ar"
    theirs = page.locator(".assistant .words").last
    assert await theirs.evaluate("node => node.matches('[lang]')")


async def test_a_prepared_message_is_shown_while_one_fills_it_in(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    await page.locator("summary", has_text="Calls, times and interpreters").click()
    await page.get_by_role("link", name="I tried to call you").click()
    await expect(page.get_by_role("button", name="Send")).to_have_count(0)
    await page.get_by_label("Day").fill("2026-11-25")
    await expect(page.get_by_text("Wednesday 25 November (25/11)").first).to_be_visible()
    await expect(page.get_by_text("Not all of this message is written in Arabic")).to_be_visible()
    await page.get_by_label("I have read it. Send it like this.").check()
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_url(re.compile(f"/console/threads/{centre.thread}#latest"))
    (row,) = await centre.office.messages(author="coach")
    assert row.body["parts"][1]["quote"].endswith("try again on Wednesday 25 November (25/11).")


async def test_a_prepared_message_is_found_and_opened_by_keyboard(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    found = page.locator(".shelf a:visible")
    await page.keyboard.press("/")
    await page.keyboard.type("call xyzzy")
    await expect(page.get_by_text("No message has all of these words.")).to_be_visible()
    await expect(found).to_have_count(0)
    for _letter in "xyzzy":
        await page.keyboard.press("Backspace")
    await expect(found).not_to_have_count(0)
    await expect(page.get_by_text("No message has all of these words.")).to_be_hidden()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(found.nth(1)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_label("Find a message")).to_be_focused()
    await page.keyboard.type("tried")
    await expect(found).to_have_count(1)
    await picture(page, "found-desk")
    await axe(page)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/prepared/tried-to-call"))


async def test_a_search_that_is_taken_back_closes_the_themes_again(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}?find=danger")
    await expect(page.locator(".shelf a:visible")).to_have_count(1)
    await page.get_by_label("Find a message").fill("")
    await expect(page.locator(".shelf:visible")).to_have_count(7)
    await expect(page.locator(".shelf a:visible")).to_have_count(0)


async def test_a_page_whose_session_has_ended_hides_people_and_keeps_the_draft(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.goto(f"{centre.url}/console/threads/{centre.thread}")
    await page.get_by_role("textbox").fill("Nästan klar")
    async with centre.office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(is_active=False))
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await expect(page.locator("[role=log] .line")).to_have_count(0)
    await expect(page.get_by_role("textbox")).to_have_value("Nästan klar")


async def test_everything_works_without_a_script(sit: Sit, centre: Centre) -> None:
    page = await sit(java_script_enabled=False, viewport=PHONE)
    await page.locator(".row.message .open").click()
    await page.get_by_label("Find a message").fill("come")
    await page.get_by_role("button", name="Find", exact=True).click()
    await page.get_by_role("link", name="Please come to a place").click()
    await page.get_by_label("Place").select_option("centre")
    await page.get_by_label("Day").fill("2026-11-25")
    await page.get_by_label("Time").fill("13:30")
    await page.get_by_role("button", name="Show what it says").click()
    await expect(page.get_by_text("Wednesday 25 November (25/11) 13:30").first).to_be_visible()
    await page.get_by_label("I have read it. Send it like this.").check()
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("textbox").fill("Välkommen!")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Välkommen!").first).to_be_visible()
    await page.get_by_text("Cancel", exact=True).click()
    await page.get_by_role("button", name="Yes, cancel the meeting").click()
    await expect(page.get_by_text("Nothing is booked.")).to_be_visible()
    await page.get_by_role("link", name="Queue").click()
    await page.get_by_role("button", name="Called").click()
    await expect(page.get_by_text("Nothing waits.")).to_be_visible()


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
async def test_week_person_and_team_are_accessible_and_fit(
    sit: Sit, centre: Centre, size: str, viewport: dict[str, int], scheme: str
) -> None:
    await fills_the_week(centre)
    page = await sit(viewport=viewport, color_scheme=scheme)
    person = await centre.anna.id()
    for name, path in {
        "week": "/console/week",
        "week-of-all": "/console/week?coach=all",
        "person": f"/console/people/{person}",
        "team": "/console/team",
        "hand-over": "/console/team?coach=amina",
    }.items():
        await page.goto(centre.url + path)
        for summary in await page.locator("main summary").all():
            await summary.click()
        await picture(page, f"{name}-{size}-{scheme}")
        await no_sideways_scroll(page)
        await axe(page)


async def fills_the_week(centre: Centre) -> None:
    """Her own calendar, proposed times, and a practical need."""
    runtime = centre.office.runtime
    wednesday = date(2026, 11, 25)
    async with runtime.database.writing() as session:
        for first in (9 * 60, 9 * 60 + 15):
            starts, ends = instant(wednesday, first), instant(wednesday, first + 45)
            await session.execute(
                insert(Busy).values(staff_id="amina", starts_at=starts, ends_at=ends)
            )
    async with Work.begin(runtime.database, runtime.clock, "staff:amina") as work:
        bookings = await centre.office.house.bookings(work)
        times = [instant(wednesday + timedelta(days=days), 10 * 60) for days in (1, 2)]
        slots = [Slot("advice", "amina", "centre", at) for at in times if at]
        await Requests(bookings).propose(await centre.anna.id(), slots)
        await needs.set(work, await centre.anna.id(), ["child", "quiet"])


async def test_the_week_is_walked_by_keyboard(sit: Sit, centre: Centre) -> None:
    await fills_the_week(centre)
    page = await sit()
    await page.goto(f"{centre.url}/console/week")
    meetings = page.locator(".agenda .meeting .open")
    assert await meetings.count() == 3
    await page.keyboard.press("j")
    await expect(meetings.nth(0)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(meetings.nth(2)).to_be_focused()
    await page.keyboard.press("k")
    await expect(meetings.nth(1)).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{centre.url}/console/people/{await centre.anna.id()}")


async def test_the_same_hour_is_at_the_same_height_on_every_day(sit: Sit, centre: Centre) -> None:
    await fills_the_week(centre)
    page = await sit()
    await page.goto(f"{centre.url}/console/week")
    tops = await page.evaluate("""
      [...document.querySelectorAll('.agenda li')]
        .filter((node) => node.querySelector('.time').textContent.startsWith('09:00'))
        .map((node) => Math.round(node.getBoundingClientRect().top))
    """)
    assert len(tops) >= 4
    assert len(set(tops)) == 1
    overlapping = await page.evaluate("""
      [...document.querySelectorAll('.agenda td > ol')].flatMap((list) => {
        const boxes = [...list.children].map((node) => node.getBoundingClientRect());
        return boxes.filter((one, at) => boxes.some((other, number) => number > at
          && one.left < other.right - 1 && other.left < one.right - 1
          && one.top < other.bottom - 1 && other.top < one.bottom - 1));
      }).length
    """)
    assert overlapping == 0


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
async def test_the_pages_of_the_centre_are_accessible_and_fit(
    sit: Sit, centre: Centre, size: str, viewport: dict[str, int], scheme: str
) -> None:
    async with centre.office.runtime.database.writing() as session:
        await session.execute(update(Staff).values(role="coordinator"))
        session.add(Closure(day=date(2026, 11, 24), unit_id="*", name="Flytt"))
        await touch(session)
    page = await sit(viewport=viewport, color_scheme=scheme)
    for path in ("hours", "closures", "services", "services/coaching", "units", "units/centre"):
        await page.goto(f"{centre.url}/console/{path}")
        await picture(page, f"centre-{path.replace('/', '-')}-{size}-{scheme}")
        await no_sideways_scroll(page)
        await axe(page)
    await page.goto(f"{centre.url}/console/hours")
    await page.get_by_role("button", name="Make an address").click()
    await page.locator("#to-0").fill("08:00")
    await page.get_by_role("button", name="Save the week").click()
    await expect(page.locator("#wrong-to-0")).to_be_visible()
    await picture(page, f"centre-hours-wrong-{size}-{scheme}")
    await no_sideways_scroll(page)
    await axe(page)


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
async def test_what_did_not_arrive_is_accessible_and_fits(
    sit: Sit, centre: Centre, size: str, viewport: dict[str, int], scheme: str
) -> None:
    house = centre.office.house
    await move_in(house, names(6))
    await write(house, released(names(6), house.clock.now(), Urgency.REPLY))
    refused = Undeliverable("Bad Request: a word of the channel that is long")
    house.push.faults = [refused, refused, *[Unreachable("blocked")] * 2]
    house.push.faults.append(TryLater("flood", timedelta(minutes=9), everyone=True))
    await house.sender.send_due()
    async with house.database.writing() as session:
        await session.execute(update(Staff).values(role="coordinator"))
    page = await sit(viewport=viewport, color_scheme=scheme)
    await page.goto(f"{centre.url}/console/stuck")
    await expect(page.get_by_role("button", name="Send all again")).to_be_visible()
    await picture(page, f"stuck-{size}-{scheme}")
    await no_sideways_scroll(page)
    await axe(page)
