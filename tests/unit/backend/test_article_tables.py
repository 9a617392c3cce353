"""Translators' tables: what goes out comes in again, and every fault has its line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from backend.runtime import KNOWLEDGE
from backend.services import article_tables
from backend.services.article_tables import COLUMNS, FIELDS, NotATable
from knowledge.library import Library
from knowledge.reading import parse_translation

SLUG = "library-card"
BODY = "Yes.\n\n1. Go there.\n\n## More\n\n- Bring your ID."
ASKED = "\n".join(f"question {number}" for number in range(5))


@pytest.fixture(scope="module")
def library() -> Library:
    whole = Library.load([KNOWLEDGE / "articles"], ("sv", "en", "so"))
    articles = (article for article in whole.articles if article.slug in (SLUG, "language-cafe"))
    return replace(whole, articles=tuple(articles))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def table(*rows: tuple[str, str, str, str], separator: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([("slug", "language", "field", "text"), *rows])
    return out.getvalue()


def whole(language: str = "so", **given: str) -> list[tuple[str, str, str, str]]:
    values = {"title": "Kaar", "questions": ASKED, "keywords": "kaar", "body": BODY} | given
    return [(SLUG, language, name, values[name]) for name in FIELDS]


def test_a_line_for_each_field_beside_the_swedish(library: Library) -> None:
    rows = rows_of(article_tables.write(library, ["so"]))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == 2 * len(FIELDS)
    article = library.article(SLUG)
    assert article is not None
    title = next(row for row in rows if (row["slug"], row["field"]) == (SLUG, "title"))
    assert title["swedish"] == article.translations["sv"].title
    assert title["text"] == article.translations["so"].title


def test_what_went_out_and_was_not_touched_changes_nothing(library: Library) -> None:
    out = article_tables.write(library, library.languages)
    brought = article_tables.read(article_tables.as_csv_text(out), library)
    assert (brought.texts, brought.faults) == ([], [])
    assert brought.same == sum(len(article.translations) for article in library.articles)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_translated_text_comes_in_as_a_draft(library: Library, separator: str) -> None:
    brought = article_tables.read(table(*whole(), separator=separator), library)
    assert brought.faults == []
    (incoming,) = brought.texts
    assert (incoming.slug, incoming.language, incoming.line) == (SLUG, "so", 2)
    words = parse_translation("so", incoming.source)
    assert (words.title, words.approval) == ("Kaar", None)
    assert words.sections[0].title == "More"


def test_a_field_that_is_not_given_stays_as_it_is(library: Library) -> None:
    brought = article_tables.read(table((SLUG, "so", "title", "Kaar")), library)
    (incoming,) = brought.texts
    article = library.article(SLUG)
    assert article is not None
    before = article.translations["so"]
    words = parse_translation("so", incoming.source)
    assert (words.title, words.digest != before.digest) == ("Kaar", True)
    assert words.questions == before.questions


def test_what_is_not_translated_yet_is_no_fault(library: Library) -> None:
    brought = article_tables.read(table(*[(SLUG, "so", name, "") for name in FIELDS]), library)
    assert (brought.texts, brought.same, brought.faults) == ([], 0, [])


def test_every_fault_has_its_line_and_the_good_ones_go_in(library: Library) -> None:
    rows = [
        ("no-such", "so", "title", "x"),
        (SLUG, "tlh", "title", "x"),
        (SLUG, "so", "tittle", "x"),
        *whole("en", questions="one", body="Yes.\n\n* no"),
        *whole("so"),
        (SLUG, "so", "title", "twice"),
    ]
    brought = article_tables.read(table(*rows), library)
    said = [(fault.line, fault.what) for fault in brought.faults]
    assert [line for line, _what in said] == [2, 3, 4, 6, 8, 25]
    assert "there is no article 'no-such'" in said[0][1]
    assert "'tlh' is not one of the languages" in said[1][1]
    assert "'tittle' is not one of the fields" in said[2][1]
    assert "questions must be 5 to 8" in said[3][1]
    assert "body, line 3: a bullet begins" in said[4][1]
    assert "is on line" in said[5][1]
    assert [incoming.language for incoming in brought.texts] == ["so"]


def test_no_cell_is_a_formula_and_none_stays_marked(library: Library) -> None:
    dangerous = whole(title="=HYPERLINK(1)", keywords="-x\n+46")
    (incoming,) = article_tables.read(table(*dangerous), library).texts
    words = parse_translation("so", incoming.source)
    article = library.article(SLUG)
    assert article is not None
    texts = {**article.translations, "so": words}
    changed = replace(library, articles=(replace(article, translations=texts),))
    out = article_tables.write(changed, ["so"])
    assert {row["text"][0] for row in rows_of(out)} >= {"'"}
    again = article_tables.read(article_tables.as_csv_text(out), changed)
    assert (again.same, again.faults, again.texts) == (1, [], [])


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2\n", 'slug,language,field,text\n"a'])
def test_what_is_no_table_is_said_so_or_holds_nothing(library: Library, text: str) -> None:
    try:
        brought = article_tables.read(text, library)
    except NotATable:
        return
    assert brought.texts == []


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(NotATable):
        article_tables.as_csv_text("slug;å".encode("cp1252"))


def exported(library: Library, **changed: str) -> str:
    """The Somali of one article, as it comes back from whoever has changed some of it."""
    rows = rows_of(article_tables.write(library, ["so"]))
    for row in rows:
        if row["slug"] == SLUG:
            row["text"] = changed.get(row["field"], row["text"])
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(row for row in rows if row["slug"] == SLUG)
    return out.getvalue()


def edited(library: Library, title: str) -> Library:
    """The same with that title changed here meanwhile."""
    article = library.article(SLUG)
    assert article is not None
    words = replace(article.translations["so"], title=title)
    article = replace(article, translations={**article.translations, "so": words})
    return replace(library, articles=(article,))


def test_what_was_not_translated_anew_does_not_put_an_older_text_back(library: Library) -> None:
    now = edited(library, title="Kaar cusub")
    brought = article_tables.read(exported(library), now)
    assert (brought.texts, brought.same, brought.faults) == ([], 1, [])
    (incoming,) = article_tables.read(exported(library, body=BODY), now).texts
    words = parse_translation("so", incoming.source)
    assert (words.title, words.sections[0].title) == ("Kaar cusub", "More")


def test_a_change_of_a_text_that_is_another_by_now_is_a_fault_of_its_line(
    library: Library,
) -> None:
    now = edited(library, title="Kaar cusub")
    brought = article_tables.read(exported(library, title="Kaar"), now)
    assert (brought.texts, brought.same) == ([], 0)
    (fault,) = brought.faults
    assert (fault.line, "title has been changed here" in fault.what) == (2, True)
    brought = article_tables.read(exported(library, title="Kaar", keywords="kaar"), now)
    (incoming,) = brought.texts
    assert parse_translation("so", incoming.source).title == "Kaar cusub"
    assert len(brought.faults) == 1


def test_a_change_that_somebody_has_made_here_too_is_no_fault(library: Library) -> None:
    now = edited(library, title="Kaar")
    brought = article_tables.read(exported(library, title="Kaar"), now)
    assert (brought.texts, brought.same, brought.faults) == ([], 1, [])


def test_no_program_takes_a_base_for_a_number(library: Library) -> None:
    out = rows_of(article_tables.write(library, ["so", "en"]))
    assert all(row["base"][0] == "v" for row in out if row["text"])
    assert not any(row["base"] for row in out if not row["text"])
