"""Editors write articles in the console, and who asked for them hears of it."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.console.articles.words import BODY_FLAWS, HEAD_FLAWS, Draft
from backend.database import Database
from backend.models import Journal, Question
from dialogs.text import Text
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.integration.console_office import ORIGIN, Browser
from tests.integration.newsroom import FewArticles, Newsroom, open_newsroom

CARD = "/console/articles/library-card"
BODY = """\
Haa, waad haysan kartaa shinni.

1. Weydii milkiilaha guriga.
2. Noo sheeg.

## Malab

Malabka waa la iibin karaa.
"""
QUESTIONS = "Sideen shinni u dhaqdaa?\nshinni\nmalab\nshinni Stockholm\nma dhaqan karaa shinni"
SOURCE = {
    "source-0-publisher": "Jordbruksverket",
    "source-0-title": "Bin",
    "source-0-url": "https://jordbruksverket.se/bin",
    "source-0-read": "2026-11-20",
}
FACTS = {
    "owner": "Jordbruksverket",
    "topic": "housing",
    "icon": "home",
    "review_by": "2027-05-01",
} | SOURCE


@pytest.fixture
async def newsroom(
    request: pytest.FixtureRequest,
    clock: FrozenClock,
    tmp_path: Path,
    few_articles: FewArticles,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Newsroom]:
    """On SQLite alone: what differs between databases is tested with fewer pages."""
    few_articles.stand_in(monkeypatch)
    async for database in open_database(request, "sqlite"):
        async with open_newsroom(database, clock, tmp_path) as found:
            yield found


@pytest.fixture
async def either_newsroom(
    database: Database,
    clock: FrozenClock,
    tmp_path: Path,
    few_articles: FewArticles,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Newsroom]:
    """On both databases."""
    few_articles.stand_in(monkeypatch)
    async with open_newsroom(database, clock, tmp_path) as found:
        yield found


async def title(newsroom: Newsroom, language: str = "sv") -> str:
    await newsroom.runtime.refresh_articles()
    article = newsroom.runtime.answers.article("library-card")
    assert article is not None
    return article.translations[language].title


async def test_a_saved_text_is_shown_at_once_as_not_yet_approved(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/sv")
        page = await browser.presses("Save", title="Kort till biblioteket")
        assert "Saved. People see it in a moment." in page.words
        assert await title(newsroom) == "Kort till biblioteket"
        shown = await browser.opens("/a/library-card?lang=sv")
    assert "inte godkänd" in shown.words


async def test_approving_says_who_in_which_role_and_when(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/so")
        page = await browser.presses("Save and approve", role="Redaktör")
        assert "Approved by Eva, Redaktör, on Monday" in page.words
    await title(newsroom)
    found = newsroom.runtime.answers.article("library-card")
    assert found is not None
    approvals = {code: words.approval for code, words in found.translations.items()}
    assert approvals.pop("so") is not None
    assert set(approvals.values()) == {None}


async def test_new_words_are_approved_by_nobody(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/so")
        await browser.presses("Save and approve")
        page = await browser.presses("Save", title="Kaar")
    assert "Not approved." in page.words
    assert (await newsroom.edits())["library-card", "so"].state == "draft"


async def test_whatever_is_wrong_is_listed_by_line_and_nothing_is_saved(
    newsroom: Newsroom,
) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/sv")
        wrong = "- Ja\n\n* punkt\n\n## Rubrik"
        page = await browser.presses("Save", title="", questions="en\ntvå", body=wrong)
    assert page.status == 422
    for said in (
        "Write a title.",
        "Write 5 to 8 questions",
        "Line 3: A point in a list",
        "Line 5: A section has a heading",
    ):
        assert said in page.words
    assert await newsroom.edits() == {}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "- Ja",
        "Ja.\n\n1. a\n2. b\n3. c\n4. d",
        "Ja.\n\n## Rubrik",
        "Ja.\n\n" + "x" * 3_600,
        "Ja.\n\n2. a",
        "Ja.\n\n - a",
        "Ja.\n\n# a",
        "Ja.\n\n* a",
        "Ja.\n\n1.",
        "Ja.\n\n> a",
        "Ja.\n\n| a",
        "Ja.\n\n```",
        "Ja **nej.",
        "Ja [a[b]](https://a.se)",
        "Ja <b>",
        "Ja [a](http://a.se)",
        "Ja ** nej**",
    ],
)
def test_every_flaw_of_a_text_is_said_in_words_of_ours(body: str) -> None:
    draft = Draft("Bin", tuple("abcde"), ("bi",), body)
    said = {fault.says for fault in draft.faults()}
    assert said
    assert said <= set(BODY_FLAWS.values())


async def test_how_to_write_bold_and_links_is_shown_as_it_is_written(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        page = await browser.opens(f"{CARD}/sv")
        assert "**…**" in page.response.text
        page = await browser.presses("Save", body="Ja **nej.\n\n## A\n\n[a[b]](https://a.se)")
    assert page.status == 422
    assert "have ** before and after them" in page.words
    assert "[words](https://…)" in page.words


async def test_every_flaw_can_be_shown(newsroom: Newsroom) -> None:
    for says in (*BODY_FLAWS.values(), *HEAD_FLAWS.values()):
        assert newsroom.runtime.renderer.plain(says, "en")


async def test_two_editors_see_both_texts_and_nothing_is_lost(either_newsroom: Newsroom) -> None:
    newsroom = either_newsroom
    async with newsroom.signed_in() as eva, newsroom.signed_in(name="Bo") as bo:
        await eva.opens(f"{CARD}/sv")
        await bo.opens(f"{CARD}/sv")
        await eva.presses("Save", title="Evas kort")
        page = await bo.presses("Save", title="Bos kort")
        assert page.status == 409
        assert "Evas kort" in page.words
        assert page.form("Save")[0].fields[2].value == "Bos kort"
        await bo.presses("Save", title="Bos kort")
    assert await title(newsroom) == "Bos kort"


async def test_back_to_the_file_is_the_files_text(newsroom: Newsroom) -> None:
    before = await title(newsroom)
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/sv")
        await browser.presses("Save", title="Kort")
        await browser.presses("Yes, throw it away")
    assert await title(newsroom) == before


async def test_a_preview_shows_the_card_and_saves_nothing(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/ar")
        page = await browser.presses("Show how it looks", title="بطاقة جديدة")
    assert "بطاقة جديدة" in page.words
    assert 'class="bubble" lang="ar" dir="rtl"' in page.response.text
    assert await newsroom.edits() == {}


async def test_the_swedish_stands_beside(newsroom: Newsroom) -> None:
    swedish = await title(newsroom)
    async with newsroom.signed_in() as browser:
        assert swedish in (await browser.opens(f"{CARD}/ti")).words


async def test_coaches_read_and_do_not_write(newsroom: Newsroom) -> None:
    async with newsroom.signed_in("coach", "Amina") as browser:
        page = await browser.opens(f"{CARD}/sv")
        assert page.status == 200
        assert "Save" not in page.words
        assert "New article" not in (await browser.opens("/console/articles")).words
        sent = [("csrf", browser.csrf), ("do", "save")]
        assert (await browser.sends(f"{CARD}/sv", sent)).status == 403


async def test_the_table_says_what_there_is_in_each_language(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/so")
        await browser.presses("Save and approve")
        await newsroom.runtime.refresh_articles()
        page = await browser.opens("/console/articles")
        assert page.words.count("Approved:") == 1
        assert "Changed here" in page.words
        assert "library-card" in str((await browser.opens("/console/articles?show=edited")).links)
        page = await browser.opens("/console/articles?show=missing")
    assert "There is no such article." in page.words


async def test_a_file_that_has_changed_since_is_said_so(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/sv")
        await browser.presses("Save", title="Kort")
        library = newsroom.runtime.answers.library
        newer = dict(library.sources) | {("library-card", "sv"): "newer"}
        newsroom.runtime.answers.library = replace(library, sources=newer)
        page = await browser.opens(f"{CARD}/sv")
        assert "The file has changed since" in page.words
        listed = await browser.opens("/console/articles?show=behind")
    assert "library-card" in str(listed.links)


async def test_what_an_article_is_about_is_changed_with_its_sources(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(CARD)
        page = await browser.presses("Save", owner="Stadsbiblioteket", review_by="2020-01-01")
        assert page.status == 422
        assert "Choose a day that has not been." in page.words
        await browser.presses("Save", owner="Stadsbiblioteket", review_by="2028-01-01")
    await title(newsroom)
    found = newsroom.runtime.answers.article("library-card")
    assert found is not None
    assert found.owner == "Stadsbiblioteket"
    assert found.sources


async def test_an_article_without_a_source_is_not_begun(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        page = await begins(browser, **{"source-0-url": "", "source-0-read": "", "slug": "Bin!"})
        assert page.status == 422
        assert "A link begins with https://" in page.words
        assert "Choose the day on which you read it." in page.words
        assert "A short name has small letters" in page.words
        none = dict.fromkeys(SOURCE, "")
        page = await begins(browser, **none)
        assert "Write at least one source" in page.words
        page = await begins(browser, slug="library-card")
        assert "There is an article of this name already." in page.words
    assert await newsroom.edits() == {}


async def begins(browser: Browser, **given: str):
    """Fill in the page of a new article."""
    await browser.opens("/console/articles/new")
    return await browser.presses(
        "Save",
        **{"title": "Bin i staden", "questions": QUESTIONS, "keywords": "bi", "body": BODY}
        | FACTS
        | given,
    )


async def test_an_answer_read_aloud_is_heard_where_it_is_read(newsroom: Newsroom) -> None:
    runtime = newsroom.runtime
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/so")
        sent = {"csrf": browser.csrf, "seen": "0", "do": "keep"}
        files = {"voice": ("voice.wav", wav(), "audio/wav")}
        kept = await browser.client.post(
            f"{CARD}/so/recording",
            data=sent,
            files=files,
            headers={"Origin": ORIGIN},
            follow_redirects=True,
        )
        assert "The recording is kept." in kept.text
        await runtime.refresh_articles()
        page = await browser.opens("/a/library-card?lang=so")
        assert "/a/library-card/so.ogg" in page.response.text
        heard = await browser.client.get("/a/library-card/so.ogg", headers={"Range": "bytes=0-9"})
        assert (heard.status_code, heard.headers["content-type"]) == (206, "audio/mpeg")
        async with newsroom.widget("so") as reader:
            words = runtime.answers.article("library-card")
            assert words is not None
            await reader.says(words.translations["so"].title)
            answer = (await reader.messages())[-1]
            assert answer["recording"] == "a/library-card/so.ogg"
        page = await browser.opens(f"{CARD}/so")
        assert "It is read aloud." in page.words
        await browser.presses("Save", body=BODY)  # other words: the recording is not of them
        await runtime.refresh_articles()
        assert (await browser.client.get("/a/library-card/so.ogg")).status_code == 404


@pytest.mark.parametrize("seen", ["9" * 10, "9" * 15, "9" * 5_000])
async def test_a_version_that_there_cannot_be_breaks_nothing(
    either_newsroom: Newsroom, seen: str
) -> None:
    async with either_newsroom.signed_in() as browser:
        for path in (CARD, f"{CARD}/sv"):
            await browser.opens(path)
            assert (await browser.presses("Save", seen=seen)).status == 409
        sent = [("csrf", browser.csrf), ("seen", seen), ("do", "remove")]
        assert (await browser.sends(f"{CARD}/sv/recording", sent)).status == 422
    assert await either_newsroom.edits() == {}


async def test_what_is_no_recording_is_refused(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await browser.opens(f"{CARD}/so")
        sent = {"csrf": browser.csrf, "seen": "0", "do": "keep"}
        for content, status in ((b"<html>", 415), (b"", 422)):
            answer = await browser.client.post(
                f"{CARD}/so/recording",
                data=sent,
                files={"voice": ("voice.ogg", content, "audio/ogg")},
                headers={"Origin": ORIGIN},
            )
            assert answer.status_code == status
    assert await newsroom.edits() == {}


def wav() -> bytes:
    """A second of a tone."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\x00\x10\x00\xf0" * 8_000)
    return made.getvalue()


async def test_the_journal_knows_who_and_which_and_no_words(newsroom: Newsroom) -> None:
    async with newsroom.signed_in() as browser:
        await begins(browser)
    async with newsroom.runtime.database.reading() as session:
        rows = list(await session.scalars(select(Journal).where(Journal.entity == "article")))
    assert {(row.actor, row.entity_id, row.action) for row in rows} == {
        ("staff:Eva", "bin-i-staden/facts", "draft"),
        ("staff:Eva", "bin-i-staden/sv", "draft"),
    }
    assert {frozenset(row.data) for row in rows} == {frozenset(("version",))}


async def test_asked_in_tigrinya_and_answered_only_elsewhere_is_said(newsroom: Newsroom) -> None:
    async with newsroom.runtime.database.writing() as session:
        session.add(
            Question(
                id="q",
                asked_on=newsroom.runtime.clock.now().date(),
                language="ti",
                text="ንህቢ",
                outcome="choices",
                shown=["bin-i-staden"],
                score=0.2,
            )
        )
    async with newsroom.signed_in() as browser:
        await begins(browser)
        await newsroom.runtime.refresh_articles()
        page = await browser.opens("/console/questions")
    assert "Asked in Tigrinya, answered only in Swedish." in page.words


async def test_a_question_asked_in_somali_becomes_an_article_and_comes_back_to_the_asker(
    either_newsroom: Newsroom, clock: FrozenClock
) -> None:
    """From the chat to an editor, into an article, and back to whoever asked."""
    newsroom, runtime = either_newsroom, either_newsroom.runtime
    async with newsroom.widget("so") as asker:
        await asker.says("Sideen shinni u dhaqdaa?")
        await asker.taps(_label(newsroom, "Tell me when there is an answer"))

        async with newsroom.signed_in() as editor:
            page = await editor.opens("/console/questions")
            assert "Sideen shinni u dhaqdaa?" in page.words
            assert "One person waits for an answer." in page.words
            await editor.follows("Write a new article")
            await _is_asked(newsroom, "later", "Sideen shinni u dhaqdaa?")  # she has not seen it
            page = await editor.presses(
                "Save",
                **{"title": "Shinni", "questions": QUESTIONS, "keywords": "malab", "body": BODY}
                | FACTS,
                slug="bees",
            )
            assert "One person waits for this text." in page.words
            clock.forward(minutes=5)
            await runtime.releaser.release_due()
            assert "bees" not in str(await asker.messages())  # nobody has approved it yet

            page = await editor.presses("Save and approve", role="Redaktör")
            assert "One person waits" not in page.words
            page = await editor.opens("/console/questions")
            assert "Sideen shinni u dhaqdaa?" in page.words
            assert "Asked once" in page.words

        await runtime.refresh_articles()
        clock.forward(minutes=1)
        await runtime.releaser.release_due()
        told = (await asker.messages())[-1]
        assert told["language"] == "so"
        assert "shinni" not in told["text"]  # other eyes read telephones
        await asker.taps(told["buttons"][0]["label"])
        answer = (await asker.messages())[-1]
        assert "Haa, waad haysan kartaa shinni." in answer["text"]
        assert (answer["language"], "Eva" in answer["text"]) == ("so", True)

    async with newsroom.widget("so") as another:
        await another.says("ma dhaqan karaa shinni")
        assert "Haa, waad haysan kartaa shinni." in str(await another.messages())
    async with runtime.database.reading() as session:
        kept = await session.scalar(select(Question).where(Question.answered == "bees"))
    assert kept is not None
    assert kept.person_id is None


async def _is_asked(newsroom: Newsroom, question: str, text: str) -> None:
    async with newsroom.runtime.database.writing() as session:
        session.add(
            Question(
                id=question,
                asked_on=newsroom.runtime.clock.now().date(),
                language="so",
                text=text,
                outcome="unknown",
                shown=[],
                score=0.0,
            )
        )


def _label(newsroom: Newsroom, msgid: str) -> str:
    """A button's words in Somali."""
    return newsroom.runtime.renderer.plain(Text(msgid), "so")
