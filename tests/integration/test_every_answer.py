"""Every article is the answer to its question, in every language, through the widget's door."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from backend.api.limits import RateLimit
from backend.app import create_app
from backend.commands.prepared import prepared
from backend.runtime import Runtime
from backend.settings import Settings
from knowledge.article import Article
from tests.integration.test_chat_api import Page
from tests.search.ours import LANGUAGES

ISOLATES = re.compile("[\u2066-\u2069]")
EVERYTHING = RateLimit(per_minute=10**9, burst=10**9)


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    async with prepared(Settings(var_dir=tmp_path, secret_key="test")) as opened:
        yield opened


@pytest.fixture
async def page(runtime: Runtime) -> AsyncIterator[Page]:
    app = create_app(runtime)
    app.state.limits = dict.fromkeys(app.state.limits, EVERYTHING)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        yield Page(http)


def question_of(runtime: Runtime, article: Article, language: str) -> str:
    """The first of its questions that is no cry for help and not a word or two."""
    for question in article.translations[language].questions:
        is_danger = runtime.answers.danger(question)
        if not is_danger and not runtime.answers.talk.meaning(question, language):
            return question
    raise AssertionError(article.slug)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_asking_for_an_article_returns_it(
    runtime: Runtime, page: Page, language: str
) -> None:
    await page.opens(language)
    await page.taps(runtime.texts.languages[language].name)
    for article in runtime.answers.library.articles:
        await page.says(question_of(runtime, article, language))
        shown = ISOLATES.sub("", page.last)
        assert shown.startswith(article.translations[language].title), article.slug
        assert article.owner in shown
