"""The first weeks as a page to print."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from backend.app import create_app
from backend.runtime import open_runtime
from backend.settings import REPOSITORY, Settings
from dialogs.i18n import Languages
from knowledge.first_weeks import PATHS
from tests.integration.console_office import ORIGIN, Page

LANGUAGES = [r.code for r in Languages.load(REPOSITORY / "locales/languages.toml").published]


@pytest.fixture
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    var = tmp_path_factory.mktemp("printed")
    runtime = open_runtime(Settings(var_dir=var), channels={})
    yield create_app(runtime)
    await runtime.close()


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url=ORIGIN) as client:
        yield client


async def test_every_list_is_there_in_every_language_beside_swedish(browser: AsyncClient) -> None:
    for path in PATHS:
        for language in LANGUAGES:
            response = await browser.get(f"/first-weeks/{path}?lang={language}&children=yes")
            assert response.status_code == 200
            html = response.text
            assert html.count('type="checkbox"') >= 8
            swedish = html.count('class="swedish"')
            assert swedish == (0 if language == "sv" else html.count('type="checkbox"'))


async def test_children_have_their_own_steps(browser: AsyncClient) -> None:
    alone = await browser.get("/first-weeks/asylum?lang=en")
    with_children = await browser.get("/first-weeks/asylum?lang=en&children=yes")
    assert "Preschool" not in alone.text
    assert "Preschool" in with_children.text


async def test_a_right_to_left_page_keeps_swedish_left_to_right(browser: AsyncClient) -> None:
    html = (await browser.get("/first-weeks/assigned?lang=ar")).text
    assert '<html lang="ar" dir="rtl">' in html
    assert '<p class="swedish" lang="sv" dir="ltr">' in html


async def test_every_link_of_the_page_leads_somewhere(browser: AsyncClient) -> None:
    page = Page(await browser.get("/first-weeks/family?lang=en&children=yes"))
    for href, _words in page.links:
        where = href if href.startswith("/") else f"/first-weeks/family{href}"
        assert (await browser.get(where)).status_code == 200, href


async def test_what_is_not_there_is_not_found(browser: AsyncClient) -> None:
    assert (await browser.get("/first-weeks/elsewhere")).status_code == 404
    assert (await browser.get("/first-weeks/assigned?children=maybe")).status_code == 422
    sheet = await browser.get("/first-weeks.css")
    assert sheet.headers["content-type"].startswith("text/css")
