"""The queue by keyboard: row after row, two keystrokes each, and nothing jumps meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeVar

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import String, case, cast, func, select, update

from backend.app import create_app
from backend.database import Database
from backend.demo import PASSWORD as DEMO_PASSWORD
from backend.migrate import migrate
from backend.models import Booking, Contact, Handoff, Inbox, Staff
from backend.settings import REPOSITORY
from backend.vault import Vault
from dialogs.i18n import Catalogue
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.full_queue import fill
from tests.browser.served import program
from tests.clock import FrozenClock
from tests.integration.console_office import PASSWORD, Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK = {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 640}
MIXED = {
    "message": 50,
    "booking": 35,
    "outcome": 35,
    "call": 25,
    "request": 20,
    "interpreter": 20,
    "no_time": 5,
    "call_off": 5,
    "failure": 5,
}
MOST_KEYS = 2

# What each key does to each kind: the state it leaves behind. Some rows have more than one.
AFTER: dict[str, dict[str, str]] = {
    "message": {"1": "answered"},
    "call": {"1": "answered"},
    "booking": {"1": "seen"},
    "outcome": {"1": "attended", "2": "no_show", "3": "excused"},
    "request": {"1": "confirmed", "3": "cancelled"},
    "interpreter": {"1": "booked", "2": "failed"},
    "no_time": {"2": "cancelled"},
    "call_off": {"1": "cancelled"},
    "failure": {"1": "done"},
}
EVERY_KIND = (*MIXED, "orphan")
CURRENT = "document.activeElement?.closest('[data-row]')?.dataset.row"

Row = TypeVar("Row", Booking, Handoff, Staff)


@dataclass
class Desk:
    """A running console, and somebody signed in at it."""

    office: Office
    url: str
    page: Page

    @property
    def rows(self) -> Locator:
        """What waits."""
        return self.page.locator(".queue > li")

    @property
    def current(self) -> Locator:
        """The row that the keyboard is on."""
        return self.page.locator(".queue > li:focus-within")

    async def press(self, keys: str) -> None:
        """One key after the other, without modifiers."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def goes_to(self, name: str) -> None:
        """Down the queue until the keyboard is on a row."""
        while await self.page.evaluate(CURRENT) != name:
            await self.press("j")

    async def has(self, *kinds: str) -> dict[str, list[str]]:
        """Rows of these kinds, and the queue open."""
        runtime = self.office.runtime
        ids = await fill(runtime.database, runtime.vault, runtime.clock.now(), kinds)
        await self.page.goto(f"{self.url}/console")
        return {kind: list(each) for kind, each in ids.items()}

    async def row(self, model: type[Row], number: str) -> Row:
        """A row of the database, as it is now."""
        async with self.office.runtime.database.reading() as session:
            return await session.get_one(model, number)

    async def somebody_else(self, model: type[Row], number: str, **values: object) -> None:
        """A change that was not made here."""
        async with self.office.runtime.database.writing() as session:
            await session.execute(update(model).where(model.id == number).values(**values))
        self.office.runtime.hub.heard("*")


@pytest_asyncio.fixture(loop_scope="session")
async def sit(browser: Browser, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """Sit down at an empty queue; ``settings`` are those of a browser context."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path, catalogue())
    config = uvicorn.Config(
        create_app(office.runtime), port=0, log_level="critical", timeout_graceful_shutdown=1
    )
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    async def down(**settings: Any) -> Desk:
        context = await browser.new_context(**({"viewport": DESK} | settings))
        context.set_default_timeout(5_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await signs_in(page, f"{url}/console", PASSWORD)
        return Desk(office, url, page)

    yield down
    for context in contexts:
        for page in context.pages:
            assert await page.evaluate("window.violations") == []
        await context.close()
    assert errors == []
    server.should_exit = True
    await running
    await database.close()


Sit = Callable[..., Awaitable[Desk]]


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sit: Sit) -> Desk:
    """An ordinary screen."""
    return await sit()


async def signs_in(page: Page, url: str, password: str) -> None:
    await page.goto(url)
    await page.locator("input[name=username]").fill("amina")
    await page.locator("input[name=password]").fill(password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(url)


def catalogue() -> Catalogue:
    """The real words, Swedish too."""
    return Catalogue.load(REPOSITORY / "locales")


async def picture(page: Page, name: str) -> None:
    """Kept when INGANG_SHOTS names a folder, to be looked at."""
    folder = os.environ.get("INGANG_SHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_forty_rows_are_worked_with_two_keystrokes_each(desk: Desk) -> None:
    ids = await desk.has(*mixed({kind: count // 5 for kind, count in MIXED.items()}))
    assert sum(len(each) for each in ids.values()) == 40
    await all_are_worked(desk.page, desk.office.runtime.database, ids)


@pytest.mark.soak
async def test_two_hundred_rows_are_worked_with_two_keystrokes_each(
    browser: Browser, tmp_path: Path
) -> None:
    async with program(tmp_path) as served:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'ingang.sqlite3'}")
        vault = Vault((tmp_path / "secret.key").read_text(encoding="ascii"))
        ids = await fill(database, vault, datetime.now(UTC), mixed(MIXED))
        assert sum(len(each) for each in ids.values()) == 200
        context = await browser.new_context(viewport=DESK)
        page = await context.new_page()
        await signs_in(page, f"{served.url}/console", DEMO_PASSWORD)
        await all_are_worked(page, database, ids)
        await context.close()
        await database.close()


async def all_are_worked(page: Page, database: Database, ids: Mapping[str, Sequence[str]]) -> None:
    """Work through the queue; what each row was read from is then as its key says."""
    worked = await work_through(page)
    await expect(page.locator("[data-summary]")).to_have_text(re.compile("Nothing|Inget"))
    found = {kind: await states(database, kind, ids[kind]) for kind in ids}
    wanted = {kind: {each: worked.after[f"{kind}-{each}"] for each in ids[kind]} for kind in ids}
    assert found == wanted
    assert await numbers_kept(database) == 0
    assert max(worked.keys) <= MOST_KEYS
    slowest = quantiles(worked.times_ms, n=20)[-1]
    print(
        f"\n{len(worked.keys)} rows: {median(worked.times_ms):.0f} ms each, p95 {slowest:.0f} ms"
    )


@dataclass
class Worked:
    """What was done with each row: with how many keys, in what time, to what end."""

    keys: list[int] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)


async def work_through(page: Page) -> Worked:
    """Press one of a row's keys, wait for the next row, until there is none."""
    worked = Worked()
    choices = {kind: itertools.cycle(keys.items()) for kind, keys in AFTER.items()}
    await page.keyboard.press("j")
    pressed = 1
    while name := await page.evaluate(CURRENT):
        key, state = next(choices[name.partition("-")[0]])
        began = time.perf_counter()
        await page.keyboard.press(key)
        await page.wait_for_function(f"(name) => ({CURRENT}) !== name", arg=name)
        worked.times_ms.append(1_000 * (time.perf_counter() - began))
        worked.keys.append(pressed + 1)
        worked.after[name] = state
        pressed = 0
    return worked


def mixed(wanted: Mapping[str, int]) -> list[str]:
    """So many of each kind, as mixed as they can be."""
    places = [((n + 0.5) / count, kind) for kind, count in wanted.items() for n in range(count)]
    return [kind for _place, kind in sorted(places)]


async def states(database: Database, kind: str, ids: Sequence[str]) -> dict[str, str]:
    """What a row of a kind was read from, as the database has it now."""
    async with database.reading() as session:
        match kind:
            case "message" | "call":
                statement = select(Handoff.id, Handoff.state)
            case "failure":
                statement = select(cast(Inbox.id, String), Inbox.state)
            case "interpreter" | "call_off":
                statement = select(Booking.id, Booking.interpreter)
            case "booking":
                seen = case((Booking.seen_by_staff, "seen"), else_="news")
                statement = select(Booking.id, seen)
            case _:
                statement = select(Booking.id, Booking.state)
        rows = {row[0]: row[1] for row in await session.execute(statement)}
    return {each: rows[each] for each in ids}


async def numbers_kept(database: Database) -> int:
    """Telephone numbers that were given for calls."""
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Contact)) or 0


@pytest.mark.parametrize(
    ("size", "viewport", "scheme", "language"),
    [
        ("smallest", SMALLEST, "dark", "sv"),
        ("desk", DESK, "light", "en"),
        *(
            pytest.param(size, viewport, scheme, language, marks=pytest.mark.soak)
            for size, viewport, scheme, language in [
                ("smallest", SMALLEST, "light", "sv"),
                ("smallest", SMALLEST, "light", "en"),
                ("smallest", SMALLEST, "dark", "en"),
                ("desk", DESK, "light", "sv"),
                ("desk", DESK, "dark", "sv"),
                ("desk", DESK, "dark", "en"),
            ]
        ),
    ],
)
async def test_a_queue_with_every_kind_of_row_is_accessible_and_fits(
    sit: Sit, size: str, viewport: dict[str, int], scheme: str, language: str
) -> None:
    desk = await sit(viewport=viewport, color_scheme=scheme)
    await desk.somebody_else(Staff, "amina", language=language, role="coordinator")
    await desk.has(*EVERY_KIND)
    await expect(desk.rows).to_have_count(len(EVERY_KIND))
    await picture(desk.page, f"full-queue-{size}-{scheme}-{language}")
    await fits(desk.page)
    await desk.press("jjj1")
    await expect(desk.rows).to_have_count(len(EVERY_KIND) - 1)
    await picture(desk.page, f"full-queue-keys-{size}-{scheme}-{language}")
    await fits(desk.page)
    await desk.press("?")
    await picture(desk.page, f"keys-help-{size}-{scheme}-{language}")
    await fits(desk.page)


async def fits(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA, and no sideways scroll."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_what_is_done_leaves_and_the_next_row_is_current(desk: Desk) -> None:
    ids = await desk.has("message", "call", "booking")
    await desk.press("j1")
    await expect(desk.rows).to_have_count(2)
    await expect(desk.current).to_have_attribute("data-row", f"call-{ids['call'][0]}")
    await expect(desk.current.locator(".open")).to_be_focused()
    await expect(desk.page.locator("#done")).to_have_text(re.compile("^Answered: Somali"))
    assert (await desk.row(Handoff, ids["message"][0])).state == "answered"
    assert (await desk.row(Handoff, ids["call"][0])).state == "open"
    assert desk.page.url == f"{desk.url}/console"


async def test_enter_opens_the_conversation(desk: Desk) -> None:
    await desk.has("message", "call")
    await desk.press("jj")
    await desk.page.keyboard.press("Enter")
    await desk.page.wait_for_url(re.compile("/console/threads/"))


async def test_the_keys_stand_on_the_buttons_of_the_current_row_alone(desk: Desk) -> None:
    await desk.has("outcome", "message")
    await expect(desk.page.locator(".queue kbd:visible")).to_have_count(0)
    await desk.press("j")
    assert await desk.page.locator(".queue kbd:visible").all_inner_texts() == ["↵", "1", "2", "3"]
    button = desk.current.get_by_role("button", name="Did not come", exact=True)
    await expect(button).to_have_attribute("aria-keyshortcuts", "2")
    await desk.press("j")
    assert await desk.page.locator(".queue kbd:visible").all_inner_texts() == ["↵", "1"]
    await expect(desk.page.locator("[aria-keyshortcuts='2']")).to_have_count(0)


@pytest.mark.parametrize(("kind", "key"), [("outcome", "2"), ("message", "1")])
async def test_u_takes_back_what_was_pressed_by_mistake(desk: Desk, kind: str, key: str) -> None:
    ids = await desk.has("call", kind, "call")
    await desk.goes_to(f"{kind}-{ids[kind][0]}")
    await desk.press(key)
    await expect(desk.rows).to_have_count(2)
    await desk.press("u")
    await expect(desk.page.locator("#done")).to_have_text("Taken back")
    await expect(desk.current).to_have_attribute("data-row", f"{kind}-{ids[kind][0]}")
    await expect(desk.rows).to_have_count(3)
    found = await states(desk.office.runtime.database, kind, ids[kind])
    assert found == {ids[kind][0]: "confirmed" if kind == "outcome" else "open"}
    await desk.press("1")
    await expect(desk.rows).to_have_count(2)


async def test_u_never_takes_back_something_before_the_last_thing(desk: Desk) -> None:
    ids = await desk.has("message", "call", "call")
    await desk.press("j1")
    await expect(desk.rows).to_have_count(2)
    await desk.press("1")
    await expect(desk.rows).to_have_count(1)
    await desk.press("u")
    await expect(desk.page.locator("#done")).to_have_text("The last thing cannot be undone.")
    assert (await desk.row(Handoff, ids["message"][0])).state == "answered"


async def test_what_cannot_be_done_leaves_the_row_and_says_why(desk: Desk) -> None:
    await desk.page.context.route("**/console/live/**", keep_waiting)
    ids = await desk.has("outcome", "outcome")
    await desk.somebody_else(Booking, ids["outcome"][0], version=5)
    await desk.goes_to(f"outcome-{ids['outcome'][0]}")
    await desk.press("1")
    alert = desk.current.get_by_role("alert")
    await expect(alert).to_have_text(
        "The meeting was changed by someone else, or has been. Nothing was changed now."
    )
    await expect(desk.rows).to_have_count(2)
    await expect(desk.current).to_have_attribute("data-row", f"outcome-{ids['outcome'][0]}")
    await picture(desk.page, "row-refused")
    await fits(desk.page)
    await desk.page.context.unroute_all()


async def keep_waiting(route: Route) -> None:
    """As if nothing were heard: the page does not learn of what others do."""
    if route.request.resource_type == "fetch":
        await route.fulfill(status=204)
    else:
        await route.continue_()


async def test_without_a_connection_the_row_stays_and_can_be_pressed_again(desk: Desk) -> None:
    await desk.has("message", "message")
    await desk.page.context.set_offline(True)
    await desk.press("j1")
    await expect(desk.current.get_by_role("alert")).to_contain_text("Nothing was sent")
    await desk.page.context.set_offline(False)
    await desk.press("1")
    await expect(desk.rows).to_have_count(1)


async def test_who_is_signed_out_meanwhile_sees_nothing_of_anybody(desk: Desk) -> None:
    ids = await desk.has("message", "message")
    await desk.press("j")
    await desk.somebody_else(Staff, "amina", is_active=False)
    await desk.press("1")
    await expect(desk.page.get_by_text("You are signed out.")).to_be_visible()
    await expect(desk.rows).to_have_count(0)
    assert (await desk.row(Handoff, ids["message"][0])).state == "open"


async def test_a_row_somebody_else_has_done_stays_until_one_goes_on(desk: Desk) -> None:
    ids = await desk.has("message", "message", "message")
    first, second = ids["message"][:2]
    await desk.press("j")
    await desk.somebody_else(Handoff, first, state="answered")
    await expect(desk.current).to_contain_text("Somebody else has done this.")
    await expect(desk.current).to_have_attribute("data-row", f"message-{first}")
    await desk.press("1")  # meant for a row that is done: it meets no other
    await expect(desk.current).to_have_attribute("data-row", f"message-{first}")
    await desk.press("j")
    await expect(desk.current).to_have_attribute("data-row", f"message-{second}")
    await expect(desk.rows).to_have_count(2)
    assert (await desk.row(Handoff, second)).state == "open"


async def test_what_comes_and_goes_above_does_not_move_the_current_row(desk: Desk) -> None:
    ids = await desk.has(*["message"] * 12)
    await desk.press("j" * 9)
    box = await desk.current.bounding_box()
    name = await desk.page.evaluate(CURRENT)
    runtime = desk.office.runtime
    before = runtime.clock.now() - timedelta(days=1)
    await fill(runtime.database, runtime.vault, before, ["call"] * 3)
    await expect(desk.rows).to_have_count(15)
    await expect(desk.page.locator("#news")).to_have_text("15 things wait")
    assert await desk.page.evaluate(CURRENT) == name
    assert same_height(box, await desk.current.bounding_box())
    await desk.somebody_else(Handoff, ids["message"][0], state="answered")
    await expect(desk.rows).to_have_count(14)
    assert await desk.page.evaluate(CURRENT) == name
    assert same_height(box, await desk.current.bounding_box())


def same_height(before: Any, after: Any) -> bool:
    """Whether two boxes begin at the same height of the screen."""
    return bool(abs(before["y"] - after["y"]) <= 1)


async def test_what_was_sent_before_a_row_was_done_does_not_bring_it_back(desk: Desk) -> None:
    told, let_go = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        if told.is_set():
            return  # nothing more is heard after the first news
        response = await route.fetch()
        told.set()
        await let_go.wait()
        await route.fulfill(response=response)

    await desk.page.route("**/console/live/**", late)
    ids = await desk.has("message", "message")
    runtime = desk.office.runtime
    await fill(runtime.database, runtime.vault, runtime.clock.now(), ["call"])
    await told.wait()
    await desk.press("j1")
    await expect(desk.rows).to_have_count(1)
    let_go.set()
    await expect(desk.page.locator(".row.call")).to_have_count(1)
    await expect(desk.page.locator(f"[data-row='message-{ids['message'][0]}']")).to_have_count(0)
    await desk.page.unroute_all(behavior="ignoreErrors")


async def test_a_key_that_is_held_down_does_one_thing_once(desk: Desk) -> None:
    await desk.has("message", "message", "message")
    await desk.press("j")
    await desk.page.keyboard.down("1")
    await expect(desk.rows).to_have_count(2)
    for _again in range(3):
        await desk.page.keyboard.down("1")
    await desk.page.keyboard.up("1")
    await desk.press("k")
    await expect(desk.rows).to_have_count(2)


async def test_a_double_click_meets_one_row(desk: Desk) -> None:
    ids = await desk.has("message", "message", "message")
    box = await desk.rows.first.get_by_role("button", name="Answered").bounding_box()
    assert box is not None
    await desk.page.mouse.click(box["x"] + 50, box["y"] + 20)
    await expect(desk.rows).to_have_count(2)
    await desk.page.mouse.down(click_count=2)  # the next row is under it now
    await desk.page.mouse.up(click_count=2)
    await desk.press("kj")
    await expect(desk.rows).to_have_count(2)
    states_now = [(await desk.row(Handoff, each)).state for each in ids["message"]]
    assert states_now == ["answered", "open", "open"]


async def test_letters_are_letters_while_one_writes(desk: Desk) -> None:
    await desk.has("message", "message")
    await desk.press("j")
    await desk.page.keyboard.press("Enter")
    box = desk.page.get_by_role("textbox")
    await box.press_sequentially("j1u?/gq")
    await expect(box).to_have_value("j1u?/gq")
    await expect(desk.page.get_by_role("dialog")).to_be_hidden()


async def test_switched_off_keys_do_nothing_and_are_not_named(desk: Desk) -> None:
    await desk.has("message", "message")
    await desk.press("?")
    await desk.page.get_by_label("Use keyboard shortcuts").uncheck()
    await desk.page.keyboard.press("Escape")
    await desk.page.reload()
    await desk.rows.first.locator(".open").focus()
    await desk.press("1")
    await expect(desk.page.locator("[aria-keyshortcuts]")).to_have_count(0)
    await expect(desk.rows).to_have_count(2)


async def test_g_and_a_letter_lead_to_the_pages(desk: Desk) -> None:
    await desk.somebody_else(Staff, "amina", role="coordinator")
    await desk.page.reload()
    for key, path in {"m": "/today", "t": "/team", "f": "/figures", "q": ""}.items():
        await desk.press("g" + key)
        await desk.page.wait_for_url(f"{desk.url}/console{path}")
    await desk.press("gz")
    await desk.press("m")
    assert desk.page.url == f"{desk.url}/console"


async def test_who_came_is_marked_by_keyboard_and_the_keyboard_stays_there(desk: Desk) -> None:
    ids = await desk.has("outcome", "outcome")
    day = (desk.office.runtime.clock.now() - timedelta(days=1)).date()
    await desk.page.goto(f"{desk.url}/console/today?day={day}")
    await desk.goes_to(ids["outcome"][1])
    await desk.press("2")
    second = desk.page.locator(f"[data-row='{ids['outcome'][1]}']")
    await expect(second).to_contain_text("Did not come")
    await expect(second.get_by_role("button", name="Undo")).to_be_focused()
    await desk.press("u")
    await expect(second.get_by_role("button", name="Came")).to_be_focused()


async def test_a_persons_meetings_are_walked_by_keyboard(desk: Desk) -> None:
    ids = await desk.has("interpreter")
    booking = await desk.row(Booking, ids["interpreter"][0])
    await desk.page.goto(f"{desk.url}/console/people/{booking.person_id}")
    await desk.press("j")
    await expect(desk.page.get_by_role("link", name="Move")).to_be_focused()
    await desk.press("1")
    await desk.page.wait_for_url(re.compile("/move"))


async def test_the_queue_is_worked_without_a_script(sit: Sit) -> None:
    desk = await sit(java_script_enabled=False)
    ids = await desk.has("request", "interpreter", "outcome")
    for button in ("Accept", "None to be had", "Was excused"):
        await desk.page.get_by_role("button", name=button).click()
        await desk.page.wait_for_url(f"{desk.url}/console")
    await expect(desk.page.get_by_text("Nothing waits.")).to_be_visible()
    assert (await desk.row(Booking, ids["request"][0])).state == "confirmed"
