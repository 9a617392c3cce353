"""Activities in a browser: on a desk, on a phone, in the dark, by keyboard, without a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.migrate import migrate
from backend.models import Closure, Meeting, Staff
from backend.models.calendar import EVERYWHERE
from backend.services import attending, enrolments, needs
from backend.services.bookings import Bookings
from backend.services.catalogue import touch
from backend.services.seats import Seats
from backend.services.series import NewSeries, add
from backend.work import Work
from tests.browser.conftest import Server
from tests.browser.test_console import DESK, PHONE, axe, no_sideways_scroll, picture
from tests.clock import FrozenClock
from tests.house import Person
from tests.integration.console_office import Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NARROW: Any = {"width": 320, "height": 640}
HOLIDAY = date(2026, 12, 7)
LANGUAGES = {"anna": "العربية", "bea": "English", "cilla": "Soomaali", "dora": "ትግርኛ"}


@dataclass
class Centre:
    """A running console; lessons on Mondays, at whose first one people have said things."""

    office: Office
    url: str
    series: str
    lesson: str
    people: dict[str, Person]
    seats: dict[str, str]

    @property
    def occasion(self) -> str:
        """The page of the first lesson."""
        return f"{self.url}/console/activities/meetings/{self.lesson}"

    def work(self) -> Any:
        """A unit of work in a person's name."""
        return Work.begin(self.office.runtime.database, self.office.runtime.clock, "person")

    async def says_ill(self, name: str) -> None:
        """She cannot come."""
        async with self.work() as work:
            catalogue = await self.office.runtime.cache.get(await work.reading())
            person = await self.people[name].id()
            await attending.tells_absence(work, catalogue, person, self.seats[name], "ill")
        self.office.runtime.hub.changed("somebody's")


@pytest_asyncio.fixture(loop_scope="session")
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    office = await open_office(database, FrozenClock(), tmp_path)
    async with database.writing() as session:
        session.add(Closure(day=HOLIDAY, unit_id=EVERYWHERE, name="Studiedag"))
        (await session.get_one(Staff, "amina")).role = "coordinator"
        await touch(session)
    people = {name: office.person(name) for name in LANGUAGES}
    for name, person in people.items():
        await person.settles(LANGUAGES[name])
    centre = Centre(office, "", "", "", people, {})
    await furnish(centre)
    app = create_app(office.runtime)
    config = uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(config)
    running = asyncio.create_task(server.serve())
    await server.up.wait()
    centre.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield centre
    server.should_exit = True
    await running
    await database.close()


async def furnish(centre: Centre) -> None:
    runtime = centre.office.runtime
    first = datetime(2026, 11, 30, 9)  # noqa: DTZ001 - wall time
    async with centre.work() as work:
        catalogue = await runtime.cache.get(await work.reading())
        new = NewSeries(
            "cv-workshop", "centre", first, 90, 3, "FREQ=WEEKLY;BYDAY=MO", "amina",
            {"sv": "Svenska för nybörjare", "en": "Swedish for beginners"},
        )  # fmt: skip
        centre.series = await add(work, catalogue, new)
        first = datetime(2026, 12, 2, 13)  # noqa: DTZ001 - wall time
        course = NewSeries(
            "cv-workshop", "centre", first, 120, 20, "FREQ=WEEKLY;BYDAY=WE", None,
            {"sv": "Samhällsorientering", "en": "Civic orientation"}, enrols=True,
        )  # fmt: skip
        civics = await add(work, catalogue, course)
    async with runtime.database.reading() as session:
        found = await session.scalars(
            select(Meeting.id)
            .where(Meeting.series_id == centre.series)
            .order_by(Meeting.starts_at)
        )
        centre.lesson = str(found.first())
    for name in ("anna", "bea", "cilla"):
        runtime.clock.forward(seconds=1)  # type: ignore[attr-defined]
        async with centre.work() as work:
            catalogue = await runtime.cache.get(await work.reading())
            person = await centre.people[name].id()
            seat = await Seats(Bookings(work, catalogue)).join(person, centre.lesson)
            centre.seats[name] = seat.booking
    async with centre.work() as work:
        catalogue = await runtime.cache.get(await work.reading())
        dora, anna = [await centre.people[name].id() for name in ("dora", "anna")]
        await Seats(Bookings(work, catalogue)).wait(dora, centre.lesson)
        await attending.says_coming(work, catalogue, anna, centre.seats["anna"])
        await needs.set(work, anna, ["child", "step_free"])
    async with centre.work() as work:
        catalogue = await runtime.cache.get(await work.reading())
        await enrolments.enrol(work, catalogue, anna, civics)


Sit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def sit(browser: Browser, centre: Centre) -> AsyncIterator[Sit]:
    """Sit down at a screen that a coordinator is signed in at."""
    contexts: list[BrowserContext] = []
    refused: list[str] = []

    async def down(**settings: Any) -> Page:
        context = await browser.new_context(**({"viewport": DESK} | settings))
        context.set_default_timeout(5_000)
        contexts.append(context)
        runtime = centre.office.runtime
        async with runtime.database.writing() as session:
            token = await sessions.begin(session, "amina", runtime.clock.now())
        await context.add_cookies([{"name": "sid", "value": token, "url": centre.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: refused.append(str(error)))
        page.on(
            "console",
            lambda message: refused.append(message.text) if "Content" in message.text else None,
        )
        return page

    yield down
    for context in contexts:
        await context.close()
    assert refused == []


@pytest.mark.parametrize(
    ("size", "viewport", "scheme"),
    [
        ("desk", DESK, "light"),
        pytest.param("phone", PHONE, "light", marks=pytest.mark.soak),
        pytest.param("phone", PHONE, "dark", marks=pytest.mark.soak),
        ("narrow", NARROW, "dark"),
    ],
)
async def test_every_page_is_accessible_and_fits(
    sit: Sit, centre: Centre, size: str, viewport: Any, scheme: str
) -> None:
    page = await sit(viewport=viewport, color_scheme=scheme)
    name = f"{size}-{scheme}"
    await page.goto(f"{centre.url}/console/activities?week=2026-W49")
    await looked_at(page, f"activities-{name}")
    await page.goto(f"{centre.url}/console/activities/{centre.series}")
    await page.locator("#change summary").click()
    await page.locator("#end summary").click()
    await looked_at(page, f"series-{name}")
    await page.get_by_label("Which day").select_option("1")
    await page.get_by_role("button", name="Show the dates").click()
    await expect(page.get_by_role("heading", name="It would be like this")).to_be_visible()
    await looked_at(page, f"series-otherwise-{name}")
    await page.goto(f"{centre.url}/console/people/{await centre.people['anna'].id()}")
    await page.locator("#sign-up summary").click()
    await looked_at(page, f"activities-person-{name}")
    await page.goto(centre.occasion)
    await page.locator("#move summary").click()
    await page.locator("#call-off summary").click()
    await looked_at(page, f"occasion-{name}")
    centre.office.runtime.clock.forward(days=7, hours=1, minutes=5)  # type: ignore[attr-defined]
    page = await sit(viewport=viewport, color_scheme=scheme)
    await page.goto(centre.occasion)
    await page.get_by_role("button", name="Came").first.click()
    await page.locator(".away summary").first.click()
    await page.get_by_role("button", name="Did not come").first.click()
    await looked_at(page, f"occasion-begun-{name}")
    await page.goto(f"{centre.occasion}/door")
    await looked_at(page, f"door-{name}")


async def looked_at(page: Page, name: str) -> None:
    """Nothing is too wide, too small to tap, or against WCAG; a picture is kept."""
    await picture(page, name)
    await no_sideways_scroll(page)
    await axe(page)
    small = await page.evaluate("""
      [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), select')]
        .filter((node) => node.checkVisibility() && !node.closest('.skip'))
        .map((node) => [node.getBoundingClientRect(), node.textContent || node.name])
        .filter(([box]) => box.width && (box.height < 20 || box.width < 20))
        .map(([box, name]) => `${name.trim()}: ${box.width} x ${box.height}`)
    """)
    assert small == []


@pytest.mark.parametrize(("size", "viewport"), [("desk", DESK), ("narrow", NARROW)])
async def test_a_new_activity_is_filled_in_looked_at_and_saved_without_a_script(
    sit: Sit, centre: Centre, size: str, viewport: Any
) -> None:
    page = await sit(viewport=viewport, java_script_enabled=False)
    await page.goto(f"{centre.url}/console/activities")
    await page.get_by_role("link", name="New activity").click()
    await page.get_by_label("Service").select_option("cv-workshop")
    await page.get_by_label("First day").fill("2026-11-30")
    await page.get_by_label("From").fill("10:00")
    await page.get_by_label("Monday").check()
    await page.get_by_label("Wednesday").check()
    await page.get_by_role("group", name="A name of its own").get_by_label("Svenska").fill("Kör")
    await picture(page, f"activity-new-{size}")
    await page.get_by_role("button", name="Show the dates").click()
    await expect(page.get_by_role("heading", name="These dates will be made")).to_be_visible()
    await expect(page.get_by_text("Studiedag")).to_be_visible()
    await picture(page, f"activity-preview-{size}")
    await page.get_by_role("button", name="Save, and open it for people").click()
    await expect(page.get_by_role("heading", name="Kör", exact=True)).to_be_visible()


async def test_a_form_with_faults_is_accessible(sit: Sit, centre: Centre) -> None:
    page = await sit(viewport=PHONE)
    await page.goto(f"{centre.url}/console/activities/new")
    await page.evaluate("document.querySelector('form.new-series').noValidate = true")
    await page.get_by_role("button", name="Show the dates").click()
    await expect(page.get_by_text("Choose a service.")).to_be_visible()
    await looked_at(page, "activity-faults-phone")


async def test_the_list_is_worked_by_keyboard(sit: Sit, centre: Centre) -> None:
    centre.office.runtime.clock.forward(days=7, hours=1, minutes=5)  # type: ignore[attr-defined]
    page = await sit()
    await page.goto(centre.occasion)
    rows = page.locator(".people > li")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("a")
    await expect(rows.nth(1).locator(".state")).to_have_text("Came")
    await page.keyboard.press("j")
    await page.keyboard.press("n")
    await expect(rows.nth(2).locator(".state")).to_have_text("Did not come")
    await page.keyboard.press("u")
    await expect(rows.nth(2).locator(".state")).to_have_count(0)
    await page.keyboard.press("e")
    await expect(rows.nth(2).locator(".state")).to_have_text("Was excused")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Next person")
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.wait_for_url(f"{centre.url}/console/activities")


async def test_who_falls_ill_is_seen_at_once_and_the_keyboard_stays(
    sit: Sit, centre: Centre
) -> None:
    page = await sit()
    await page.goto(centre.occasion)
    await page.keyboard.press("j")
    focused = page.locator(".people > li").first.locator(".open")
    await expect(focused).to_be_focused()
    await centre.says_ill("bea")
    await expect(page.get_by_text("Is ill")).to_be_visible(timeout=5_000)
    await expect(focused).to_be_focused()


async def test_what_is_being_filled_in_is_not_drawn_over(sit: Sit, centre: Centre) -> None:
    centre.office.runtime.clock.forward(days=7, hours=1, minutes=5)  # type: ignore[attr-defined]
    page = await sit()
    await page.goto(centre.occasion)
    await page.get_by_role("button", name="Came").first.click()
    await page.locator(".away summary").first.click()
    ends = page.locator(".away").first.get_by_label("To")
    await ends.fill("09:40")
    async with page.expect_response(lambda answer: "/live/" in answer.url and answer.ok):
        await centre.says_ill("bea")
    await expect(ends).to_have_value("09:40")
    await page.get_by_label("Code of the person").focus()
    await expect(page.get_by_text("Is ill")).to_be_visible()


async def test_the_screen_at_the_door_changes_its_code_by_itself(sit: Sit, centre: Centre) -> None:
    centre.office.runtime.clock.forward(days=7, minutes=40)  # type: ignore[attr-defined]
    page = await sit(viewport={"width": 1024, "height": 768})
    await page.goto(f"{centre.occasion}/door")
    digits = page.locator(".digits")
    first = await digits.inner_text()
    await picture(page, "door-tablet")
    centre.office.runtime.clock.forward(minutes=11)  # type: ignore[attr-defined]
    await expect(digits).not_to_have_text(first, timeout=5_000)
    assert await page.get_by_role("link").all_inner_texts() == ["Load again"]


async def test_a_list_is_printed_with_a_box_for_each(sit: Sit, centre: Centre) -> None:
    page = await sit(viewport={"width": 800, "height": 1000})
    await page.goto(centre.occasion)
    await expect(page.get_by_role("button", name="Print")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.locator(".box").first).to_be_visible()
    await expect(page.locator(".add")).to_be_hidden()
    await picture(page, "occasion-print")
