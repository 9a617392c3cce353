"""How soon a phone on a bad line has its first answer: 400 kbit/s, 400 ms, CPU slowed 6×."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from tests.browser.served import program

pytestmark = [pytest.mark.bench, pytest.mark.browser]

CHROMIUM = "/usr/bin/chromium"
BYTES_A_SECOND = 400_000 / 8
LATENCY_MS = 400
SLOWER = 6
QUESTION = "كيف أحصل على الرقم الشخصي؟"
PATIENT_MS = 60_000
MENU_BUTTONS = 6


async def slowed(context: BrowserContext) -> Page:
    """A page on a bad line and a slow phone, with an empty cache."""
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("Network.enable")
    await tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    await tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


async def test_the_first_answer_on_a_bad_line(tmp_path: Path) -> None:
    async with program(tmp_path) as served, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 360, "height": 740})
        context.set_default_timeout(PATIENT_MS)
        page = await slowed(context)
        began = time.perf_counter()
        await page.goto(f"{served.url}/?lang=ar", wait_until="commit")
        choice = page.get_by_role("log").get_by_role("button", name="العربية")
        await choice.wait_for()
        opened = time.perf_counter() - began
        await choice.click()
        await page.get_by_role("log").get_by_role("button").nth(MENU_BUTTONS).wait_for()
        began = time.perf_counter()
        await page.get_by_role("textbox").fill(QUESTION)
        await page.get_by_role("textbox").press("Enter")
        await expect(page.get_by_text("الرقم الشخصي (personnummer)").last).to_be_visible()
        answered = time.perf_counter() - began
        await browser.close()
    print(f"\n400 kbit/s, {LATENCY_MS} ms, CPU {SLOWER}x slower: page to first message ", end="")
    print(f"{opened:.2f} s, question to answer {answered:.2f} s")
