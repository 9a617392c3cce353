"""Live chats in a browser: taken with one key, seen at once, and no draft lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete

from backend.app import create_app
from backend.database import Database
from backend.migrate import migrate
from backend.models import StaffSession
from backend.signals import PERSON, Signal
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.test_console import DESK, PHONE, SMALLEST, axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import PASSWORD, Office, open_office
from tests.integration.talk_house import (
    asks_for_a_person,
    claims,
    hands_back,
    opens,
    pen,
    row_of,
    writes,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LISTEN = """
  window.notices = [];
  window.tones = 0;
  window.Notification = class extends EventTarget {
    static permission = 'granted';
    static requestPermission() { return Promise.resolve('granted'); }
    constructor(words) { super(); window.notices.push(words); }
  };
  AudioContext.prototype.createOscillator = function () {
    window.tones += 1;
    return new OscillatorNode(this);
  };
"""
WATCH = """
  () => {
    window.came = new Promise((resolve) => {
      new MutationObserver(() => {
        if (document.body.textContent.includes('Kommer det fram?')) resolve(performance.now());
      }).observe(document.body, { childList: true, subtree: true });
    });
  }
"""


@dataclass
class Centre:
    """A running console with people who wait, and newcomers who write to it."""

    office: Office
    url: str
    anna: Person
    thread: str

    def at(self, path: str = "") -> str:
        """An address of the console."""
        return f"{self.url}/console{path}"

    async def sign_everybody_out(self) -> None:
        """As when the time of every session is up."""
        async with self.office.runtime.database.writing() as session:
            await session.execute(delete(StaffSession))


@pytest_asyncio.fixture(loop_scope="session")
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    """Anna waits to talk, in Arabic; Amina and Bo are on duty."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    clock = FrozenClock()
    clock.forward(hours=2)
    office = await open_office(database, clock, tmp_path)
    await opens(office.house, "amina", "bo")
    anna = office.person()
    await anna.settles("العربية")
    thread = await asks_for_a_person(anna)
    await anna.says("السلام عليكم، وصلتني رسالة من Försäkringskassan")
    server = Server(
        uvicorn.Config(
            create_app(office.runtime), port=0, log_level="critical", timeout_graceful_shutdown=1
        )
    )
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Centre(office, f"http://127.0.0.1:{port}", anna, thread)
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

    async def down(username: str = "amina", **settings: Any) -> Page:
        context = await browser.new_context(**({"viewport": DESK} | settings))
        context.set_default_timeout(5_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        await context.add_init_script(LISTEN)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if settings.get("java_script_enabled", True):
            pages.append(page)
        await page.goto(centre.at())
        await signs_in(page, username)
        await page.wait_for_url(centre.at())
        return page

    yield down
    violations = [found for page in pages for found in await page.evaluate("window.violations")]
    for context in contexts:
        await context.close()
    assert violations == []
    assert errors == []


async def signs_in(page: Page, username: str) -> None:
    await page.locator("input[name=username]").fill(username)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")


def box(page: Page) -> Any:
    """Where one answers."""
    return page.locator("#text")


async def test_one_key_takes_who_waits_first(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await expect(page.get_by_text("Waiting to talk")).to_be_visible()
    await page.keyboard.press("t")
    await page.wait_for_url(re.compile(f"/threads/{centre.thread}#latest"))
    await expect(page.get_by_role("heading", name="You have this chat")).to_be_visible()
    assert (await row_of(centre.office.house, centre.thread)).coach_id == "amina"


async def test_a_row_is_walked_to_and_taken_and_the_key_stands_on_it(
    sit: Sit, centre: Centre
) -> None:
    other = centre.office.person("bert")
    await other.settles()
    thread = await asks_for_a_person(other)
    page = await sit()
    await page.goto(centre.at("?speaks=en"))
    await page.keyboard.press("j")
    row = page.locator(f"[data-row='talk-{thread}']")
    await expect(row.get_by_role("link", name="Only read")).to_be_focused()
    await expect(row.locator("kbd", has_text="t")).to_be_visible()
    await page.keyboard.press("t")
    await page.wait_for_url(re.compile(thread))
    assert (await row_of(centre.office.house, centre.thread)).owner == "queue"


async def test_who_comes_second_reads_who_was_first_and_stays_where_she_was(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.route("**/console/live/**", lambda route: route.abort())  # nothing is heard
    await page.reload()
    await claims(centre.office.house, "bo", centre.thread)
    await page.keyboard.press("t")
    await expect(page.locator("#done")).to_have_text(re.compile("Bo.* has just taken it."))
    assert page.url == centre.at()
    await page.unroute_all(behavior="ignoreErrors")


async def test_what_she_writes_is_there_in_less_than_a_second(sit: Sit, centre: Centre) -> None:
    page = await sit()
    slow = []
    async with page.expect_response(lambda response: "/console/live/threads/" in response.url):
        await page.goto(centre.at(f"/threads/{centre.thread}"))
        await centre.anna.says("So that the first answer comes")
    await expect(page.get_by_text("So that the first answer comes").first).to_be_visible()
    for _try in range(3):  # a machine that is busy may be slow once
        await page.evaluate(WATCH)
        before = await page.evaluate("performance.now()")
        await centre.anna.says("Kommer det fram?")
        slow.append(await page.evaluate("window.came") - before)
        await page.evaluate("document.querySelectorAll('.line').forEach((line) => line.remove())")
    assert min(slow) < 1_000, slow


async def test_an_answer_is_sent_without_leaving_the_page(sit: Sit, centre: Centre) -> None:
    await claims(centre.office.house, "amina", centre.thread)
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await page.evaluate("window.here = true")
    for words in ("Hej! Jag läser.", "Kan du skicka brevet?"):
        await box(page).fill(words)
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".line.coach", has_text=words)).to_be_visible()
        await expect(box(page)).to_have_value("")
        await expect(box(page)).to_be_focused()
    assert await page.evaluate("window.here")
    sent = await centre.office.messages(author="coach")
    assert len(sent) == 2
    await expect(page.locator(".line.coach .state").last).to_have_text("Sent")


async def test_a_draft_survives_the_end_of_the_session(sit: Sit, centre: Centre) -> None:
    await claims(centre.office.house, "amina", centre.thread)
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await box(page).fill("Jag var mitt i en men")
    await centre.sign_everybody_out()
    await page.get_by_role("button", name="Send", exact=True).click()
    ended = page.locator("#ended")
    await expect(ended).to_contain_text("You are signed out.")
    await expect(page.locator("[role=log] .line")).to_have_count(0)
    await expect(page.locator("[data-part=standing]")).to_be_empty()
    await ended.get_by_role("link").click()
    await signs_in(page, "amina")
    await page.wait_for_url(re.compile(f"/threads/{centre.thread}"))
    await expect(box(page)).to_have_value("Jag var mitt i en men")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".line.coach", has_text="mitt i en men")).to_be_visible()
    await page.reload()
    await expect(box(page)).to_have_value("")
    assert len(await centre.office.messages(author="coach")) == 1


async def test_a_draft_survives_a_reload_and_is_no_other_threads(sit: Sit, centre: Centre) -> None:
    other = centre.office.person("bert")
    await other.settles()
    thread = await asks_for_a_person(other)
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await box(page).fill("Till Anna")
    await page.reload()
    await expect(box(page)).to_have_value("Till Anna")
    await page.goto(centre.at(f"/threads/{thread}"))
    await expect(box(page)).to_have_value("")


async def test_a_draft_is_gone_after_signing_out_and_is_nobody_elses(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await box(page).fill("Bara mitt")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(re.compile("sign-in"))
    assert await page.evaluate("Object.keys(sessionStorage)") == []
    await signs_in(page, "amina")
    await page.wait_for_url(centre.at())
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await expect(box(page)).to_have_value("")
    await box(page).fill("Också mitt")
    await centre.sign_everybody_out()
    await page.goto(centre.at("/sign-in"))
    await signs_in(page, "bo")
    await page.wait_for_url(centre.at())
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await expect(box(page)).to_have_value("")


async def test_an_answer_that_is_refused_is_kept_and_says_why(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await box(page).fill("Hej från Amina")
    await claims(centre.office.house, "bo", centre.thread)
    await page.get_by_role("button", name="Send", exact=True).click()
    refused = page.locator("#answer [data-refused]")
    await expect(refused).to_have_text(re.compile("Bo.* has this chat now."))
    await expect(box(page)).to_have_value("Hej från Amina")
    await expect(page.get_by_text("To answer, take it over first.")).to_be_visible()
    await page.locator("summary", has_text="Take over from").click()
    await page.get_by_role("button", name="Yes, take it over").click()
    await expect(page.get_by_role("heading", name="You have this chat")).to_be_visible()
    await expect(box(page)).to_have_value("Hej från Amina")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".line.coach", has_text="Hej från Amina")).to_be_visible()


async def test_a_network_that_fails_loses_nothing_and_sends_once(sit: Sit, centre: Centre) -> None:
    await claims(centre.office.house, "amina", centre.thread)
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await box(page).fill("En gång")

    async def lose_the_answer(route: Any) -> None:
        await route.fetch(max_redirects=0)
        await route.abort()

    await page.route("**/answer", lose_the_answer, times=1)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#answer [data-refused]")).to_contain_text("Nothing was sent")
    await expect(box(page)).to_have_value("En gång")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(box(page)).to_have_value("")
    assert len(await centre.office.messages(author="coach")) == 1


async def test_a_text_that_is_too_long_is_counted_and_kept_whole(sit: Sit, centre: Centre) -> None:
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    words = "Det här är en mening. " * 228
    await box(page).fill(words)
    await expect(page.get_by_text("Too long to send.")).to_contain_text("5016 / 3500")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#answer [data-refused]")).to_contain_text("The text is too long.")
    assert (await box(page).input_value()).strip() == words.strip()
    await box(page).fill("Kort.")
    await expect(page.get_by_text("Too long to send.")).to_be_hidden()


async def test_both_sides_see_who_is_writing_and_who_reads(sit: Sit, centre: Centre) -> None:
    page, other = await sit(), await sit("bo")
    for each in (page, other):
        await each.goto(centre.at(f"/threads/{centre.thread}"))
    await expect(page.locator(".company")).to_contain_text("is reading this too.")
    await box(other).press_sequentially("Hej")
    await expect(page.locator(".company")).to_contain_text("is writing an answer here")
    centre.office.runtime.hub.does(Signal("typing", PERSON, centre.thread))
    await expect(page.locator(".company")).to_contain_text("The person is writing")


async def test_a_note_that_one_writes_is_not_drawn_over(sit: Sit, centre: Centre) -> None:
    await claims(centre.office.house, "amina", centre.thread)
    page = await sit()
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await page.locator("summary", has_text="Hand back").click()
    note = page.locator("#note-back")
    await note.fill("Hon väntar på ett brev")
    await centre.anna.says("شكرا")  # the panel says now that she waits
    await expect(page.get_by_text("شكرا").first).to_be_visible()
    await expect(note).to_have_value("Hon väntar på ett brev")
    await expect(note).to_be_focused()
    await page.get_by_role("button", name="Hand back", exact=True).click()
    await page.wait_for_url(centre.at())
    await page.goto(centre.at(f"/threads/{centre.thread}"))
    await expect(page.get_by_text("Hon väntar på ett brev")).to_be_visible()


async def test_alerts_are_off_until_switched_on_and_tell_no_words(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await expect(page).to_have_title(re.compile(r"^\(1\) Queue"))
    await expect(page.locator("[data-calls]")).to_have_text("1")
    assert await page.evaluate("[window.notices, window.tones]") == [[], 0]
    await page.goto(centre.at("/duty"))
    await page.get_by_label("Show a notice on the desktop").check()
    await page.get_by_label("Play a short sound").check()
    assert await page.evaluate("window.tones") == 2
    await page.goto(centre.at("/today"))  # on any page
    hodan = centre.office.person("hodan")
    await hodan.settles("Soomaali")
    await asks_for_a_person(hodan)
    await hodan.says("Waa deg deg")
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    await page.wait_for_function("window.notices.length === 1 && window.tones === 2")
    (words,) = await page.evaluate("window.notices")
    assert words.translate(dict.fromkeys((0x2068, 0x2069))) == (
        "Someone waits for a person: Somali"
    )
    await page.reload()  # said once
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    assert await page.evaluate("[window.notices, window.tones]") == [[], 0]
    await page.goto(centre.at("/duty"))
    await expect(page.get_by_label("Play a short sound")).to_be_checked()


async def test_duty_is_switched_on_any_page(sit: Sit, centre: Centre) -> None:
    page = await sit("carla")
    await page.goto(centre.at("/today"))
    await page.get_by_role("button", name="Take chats: off").click()
    on = page.get_by_role("button", name="Take chats: on")
    await expect(on).to_have_attribute("aria-pressed", "true")
    assert page.url.startswith(centre.at("/today"))
    await page.goto(centre.at("/week"))
    await expect(on).to_be_visible()


PAGES = ("", "/threads/{thread}", "/duty", "?speaks=mine")


@pytest.mark.parametrize(
    ("size", "viewport", "scheme"),
    [("desk", DESK, "light"), ("phone", PHONE, "dark"), ("smallest", SMALLEST, "light")],
)
@pytest.mark.parametrize("owner", ["queue", "mine", "theirs", "blocked"])
async def test_every_state_of_a_chat_is_accessible_and_fits(
    sit: Sit, centre: Centre, size: str, viewport: dict[str, int], scheme: str, owner: str
) -> None:
    house = centre.office.house
    await claims(house, "amina", centre.thread)
    await hands_back(house, "amina", centre.thread, "Har ett brev från Försäkringskassan")
    await centre.anna.says("personnummer")
    if owner == "blocked":
        async with pen(house, "amina") as hers:
            await hers.block(centre.thread, on=True)
    else:
        await asks_for_a_person(centre.anna)
    if owner == "mine":
        await claims(house, "amina", centre.thread)
        await writes(house, "amina", centre.thread, "Hej! Hur kan jag hjälpa?")
    elif owner == "theirs":
        await claims(house, "bo", centre.thread)
    page = await sit(viewport=viewport, color_scheme=scheme)
    for path in PAGES:
        await page.goto(centre.at(path.format(thread=centre.thread)))
        for summary in await page.locator(".standing summary, #tried summary, #theirs").all():
            await summary.click()
        await picture(page, f"talks-{owner}-{path.strip('/?')[:7]}-{size}-{scheme}")
        await no_sideways_scroll(page)
        await axe(page)


async def test_everything_works_without_a_script(sit: Sit, centre: Centre) -> None:
    page = await sit(java_script_enabled=False, viewport=PHONE)
    await page.get_by_role("button", name="Take it").click()
    await box(page).fill("Hej!")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".line.coach", has_text="Hej!")).to_be_visible()
    await page.locator("summary", has_text="Pass on").click()
    await page.get_by_role("radio", name=re.compile("Bo")).check()
    await page.get_by_role("button", name="Pass on", exact=True).click()
    assert page.url == centre.at()
    await page.locator("summary", has_text="With colleagues").click()
    await page.locator("#theirs a").click()
    await page.locator("summary", has_text="Take over from").click()
    await page.get_by_role("button", name="Yes, take it over").click()
    await page.locator("summary", has_text="Block for a week").click()
    await page.get_by_role("button", name="Yes, block for a week").click()
    await page.get_by_role("button", name="Let the person ask again").click()
    await expect(page.get_by_role("heading", name="The assistant answers")).to_be_visible()
