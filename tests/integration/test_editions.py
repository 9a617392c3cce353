"""Articles edited here: laid over the files, in every process, and never in each other's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from backend.commands.prepared import prepared
from backend.database import Database
from backend.runtime import Runtime
from backend.services import editing
from backend.services.editing import EditedMeanwhile, Pencil
from backend.settings import Settings
from backend.wake import EVERYTHING, listen_to_others
from backend.work import Work
from knowledge.reading import parse_translation
from knowledge.writing import write_translation
from tests.clock import FrozenClock
from tests.conftest import count
from tests.integration.newsroom import FewArticles

SLUG = "library-card"
NEW = "Honung kommer från bin."


def opened(database: Database, folder: Path) -> AbstractAsyncContextManager[Runtime]:
    """The whole program over a test's database."""
    url = database.url.render_as_string(hide_password=False)
    return prepared(Settings(var_dir=folder, secret_key="test", database_url=url), channels={})


@pytest.fixture(autouse=True)
def _few_articles(few_articles: FewArticles, monkeypatch: pytest.MonkeyPatch) -> None:
    few_articles.stand_in(monkeypatch)


@pytest.fixture
async def runtime(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with opened(database, tmp_path) as found:
        yield found


def rewritten(runtime: Runtime, language: str = "sv", title: str = NEW) -> str:
    """The shipped text with another title."""
    file = runtime.answers.library.sources[SLUG, language]
    return write_translation(replace(parse_translation(language, file), title=title))


@asynccontextmanager
async def pencil(
    runtime: Runtime, language: str = "sv", seen: int = 0, slug: str = SLUG
) -> AsyncIterator[Pencil]:
    file = runtime.answers.library.sources.get((slug, language))
    async with Work.begin(runtime.database, runtime.clock, "staff:e") as work:
        yield Pencil(work, "e", slug, language, file, seen)


def title(runtime: Runtime, language: str = "sv") -> str:
    article = runtime.answers.article(SLUG)
    assert article is not None
    return article.translations[language].title


async def test_a_text_is_laid_over_its_file_and_found_by_search(runtime: Runtime) -> None:
    before = title(runtime, "en")
    async with pencil(runtime) as text:
        await text.write(rewritten(runtime), "draft")
    assert title(runtime) != NEW
    await runtime.refresh_articles()
    assert (title(runtime), title(runtime, "en")) == (NEW, before)
    found = runtime.answers.index.find(NEW, "sv")
    assert found.hits[0].slug == SLUG  # type: ignore[union-attr]


async def test_a_text_taken_back_is_the_files_again(runtime: Runtime) -> None:
    before = title(runtime)
    async with pencil(runtime) as text:
        version = await text.write(rewritten(runtime), "draft")
    await runtime.refresh_articles()
    async with pencil(runtime, seen=version) as text:
        await text.withdraw()
    await runtime.refresh_articles()
    assert title(runtime) == before
    assert await count(runtime.database, "article_edit") == 0


async def test_who_writes_over_another_changes_nothing_and_sees_what_is_there(
    runtime: Runtime,
) -> None:
    async with pencil(runtime) as text:
        first = await text.write(rewritten(runtime), "draft")
    for seen in (0, first + 1):
        with pytest.raises(EditedMeanwhile) as meanwhile:
            async with pencil(runtime, seen=seen) as text:
                await text.write(rewritten(runtime, title="Något annat"), "approved")
        assert meanwhile.value.now is not None
        assert meanwhile.value.now.version == first
    async with runtime.database.reading() as session:
        (edit,) = (await editing.edits(session)).values()
    assert (edit.state, edit.text) == ("draft", rewritten(runtime))


async def test_a_page_from_before_a_text_was_taken_back_writes_over_nothing(
    runtime: Runtime,
) -> None:
    async with pencil(runtime) as text:
        first = await text.write(rewritten(runtime), "draft")
    async with pencil(runtime, seen=first) as text:
        await text.withdraw()
    async with pencil(runtime) as text:
        second = await text.write(rewritten(runtime), "draft")
    assert second > first
    with pytest.raises(EditedMeanwhile):
        async with pencil(runtime, seen=first) as text:
            await text.withdraw()


async def test_new_words_in_one_language_leave_the_others_alone(runtime: Runtime) -> None:
    for language, state in (("sv", "approved"), ("en", "approved"), ("sv", "draft")):
        async with runtime.database.reading() as session:
            now = (await editing.edits(session)).get((SLUG, language))
        async with pencil(runtime, language, now.version if now else 0) as text:
            await text.write(rewritten(runtime, language), state)
    async with runtime.database.reading() as session:
        found = await editing.edits(session)
    assert {key[1]: edit.state for key, edit in found.items()} == {"sv": "draft", "en": "approved"}


async def test_a_file_that_has_changed_since_is_noticed(runtime: Runtime) -> None:
    async with pencil(runtime) as text:
        await text.write(rewritten(runtime), "draft")
    async with runtime.database.reading() as session:
        (edit,) = (await editing.edits(session)).values()
    file = runtime.answers.library.sources[SLUG, "sv"]
    assert not edit.is_behind(file)
    assert edit.is_behind(file + "\nMer.\n")
    assert edit.is_behind(None)


async def test_an_unreadable_text_takes_nothing_down(runtime: Runtime) -> None:
    before = title(runtime)
    async with pencil(runtime) as text:
        await text.write("not an article", "draft")
    await runtime.refresh_articles()
    assert title(runtime) == before
    assert [problem.line for problem in runtime.answers.library.problems] == [1]


async def test_half_a_new_article_is_not_served_and_is_no_problem(runtime: Runtime) -> None:
    async with pencil(runtime, slug="bees") as text:
        await text.write(rewritten(runtime), "draft")
    await runtime.refresh_articles()
    assert runtime.answers.article("bees") is None
    assert runtime.answers.library.problems == ()


async def test_another_process_notices_and_starts_with_it(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    async with opened(database, tmp_path) as other:
        tasks = [
            asyncio.create_task(job)
            for job in (
                other.follow_articles(),
                listen_to_others(other.database, other.hub),
                listen_to_others(runtime.database, runtime.hub),
            )
        ]
        try:
            async with pencil(runtime) as text:
                await text.write(rewritten(runtime), "draft")
            runtime.hub.changed(EVERYTHING)
            async with asyncio.timeout(30):
                while title(other) != NEW:  # noqa: ASYNC110 - a database has no event
                    await asyncio.sleep(0.05)
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks)
    async with opened(database, tmp_path) as third:
        assert title(third) == NEW


async def test_a_recording_of_other_words_does_not_stay(runtime: Runtime) -> None:
    async with pencil(runtime) as text:
        version = await text.record(b"OggS")
    await runtime.refresh_articles()
    assert runtime.answers.is_recorded(SLUG, "sv")
    assert title(runtime) != NEW
    async with pencil(runtime, seen=version) as text:
        await text.write(rewritten(runtime), "draft")
    await runtime.refresh_articles()
    assert not runtime.answers.is_recorded(SLUG, "sv")


async def test_nothing_new_is_read_again(runtime: Runtime, clock: FrozenClock) -> None:
    assert runtime.editions is not None
    assert not await runtime.editions.refresh()
    async with pencil(runtime) as text:
        await text.write(rewritten(runtime), "draft")
    assert await runtime.editions.refresh()
    assert not await runtime.editions.refresh()
