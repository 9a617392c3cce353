"""What is written as a file is read as the same article again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.settings import REPOSITORY
from knowledge.article import Approval, Article, Source, Translation
from knowledge.reading import flaws_of, parse_facts, parse_translation
from knowledge.writing import write_body, write_facts, write_translation

ARTICLES = REPOSITORY / "knowledge" / "articles"
LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters='"\\\x7f\t'), min_size=1
).filter(str.strip)
DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@pytest.mark.parametrize("folder", sorted(ARTICLES.iterdir()), ids=lambda folder: folder.name)
def test_every_shipped_article_survives_being_written(folder) -> None:
    facts = parse_facts(folder.name, (folder / "article.toml").read_text())
    assert parse_facts(folder.name, write_facts(facts)) == facts
    for path in folder.glob("*.md"):
        words = parse_translation(path.stem, path.read_text())
        assert parse_translation(path.stem, write_translation(words)) == words


@given(LINES, st.lists(LINES, min_size=5, max_size=8, unique=True), LINES, LINES, DAYS)
def test_whatever_is_typed_survives_being_written(title, questions, role, name, day) -> None:
    words = Translation(
        "sv", title, tuple(questions), (title,), "Ja.", (), Approval(role, name, day)
    )
    assert parse_translation("sv", write_translation(words)) == words


@given(LINES, LINES, DAYS, st.none() | DAYS)
def test_whatever_is_filled_in_about_an_article_survives(owner, title, day, dated) -> None:
    source = Source(owner, title, "https://www.skatteverket.se/a", day, dated)
    facts = Article("a", owner, "papers", (title,), (source,), day, {}, ("b",), ("c",), day, None)
    assert parse_facts("a", write_facts(facts)) == facts


def test_the_body_is_what_stands_below_the_front_matter(words) -> None:
    body = write_body(parse_translation("sv", words))
    assert body.startswith("Ett **personnummer** är ditt eget nummer.\n\n1. Säg till")
    assert "\n## Innan du har numret\n\nDet kan ta tid." in body


def test_every_flaw_is_listed_with_its_line(words) -> None:
    broken = (
        words.replace('title = "Personnummer"', 'title = ""')
        .replace('"pnr", ', "")
        .replace("1. Säg", "2. Säg")
        .replace("- Vänta", "* Vänta")
    )
    assert [flaw.line for flaw in flaws_of(broken)] == [2, 3, 7, 16]


def test_a_text_in_order_has_no_flaws(words) -> None:
    assert flaws_of(words) == ()


def test_a_text_without_front_matter_has_that_one_flaw() -> None:
    (flaw,) = flaws_of("Hej")
    assert flaw.line == 1
