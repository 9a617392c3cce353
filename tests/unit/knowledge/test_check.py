"""What an editor should look at again."""

from datetime import date

import pytest

from knowledge.check import Severity, check
from knowledge.glossary import Glossary
from knowledge.library import Library
from knowledge.plain import lix

TODAY = date(2026, 11, 21)


@pytest.fixture
def remarks(desk):
    def look(*languages, today=TODAY):
        found = check(Library.load([desk.folder], languages or ("sv",)), today)
        return [(remark.severity, remark.path.name, remark.line, remark.what) for remark in found]

    return look


def test_there_is_nothing_to_say_about_articles_in_order(desk, words, remarks):
    desk.article("bank", sv=words.replace("Personnummer", "Bank"), en=words)
    desk.article("personnummer", sv=words, en=words.replace("Personnummer", "Number"))
    assert remarks("sv", "en") == []


def test_a_missing_language_is_an_error(desk, remarks):
    desk.article("bank")
    assert remarks("sv", "ar") == [(Severity.ERROR, "article.toml", 1, "has no text in ar")]


def test_what_cannot_be_read_is_an_error(desk, words, remarks):
    desk.article("bank", sv=words, en=words.replace("title", "titel"))
    assert (Severity.ERROR, "en.md", 2, "title is missing") in remarks("sv", "en")


@pytest.mark.parametrize("slug", ["bank", "gone"])
def test_a_related_article_must_be_another_one(desk, facts, remarks, slug):
    desk.article("bank", facts=facts.replace("related = []", f'related = ["{slug}"]'))
    what = f"{slug} is not another article"
    assert remarks() == [(Severity.ERROR, "article.toml", 6, what)]


def test_a_passed_review_date_is_a_warning(desk, remarks):
    desk.article("bank")
    ((severity, name, line, what),) = remarks(today=date(2027, 5, 22))
    assert (severity, name, line) == (Severity.WARNING, "article.toml", 5)
    assert "has passed" in what


def test_every_language_has_as_many_sections(desk, words, remarks):
    desk.article("bank", sv=words, en=words + "\n## More\n\nText.\n")
    what = "has 2 sections; sv has 1"
    assert remarks("sv", "en") == [(Severity.ERROR, "en.md", 1, what)]


def test_every_part_has_the_same_blocks_in_every_language(desk, words, remarks):
    fewer = words.replace("- Vänta på svar.\n", "").replace("2. Visa vem du är.\n", "")
    desk.article("bank", sv=words, en=fewer)
    assert remarks("sv", "en") == [
        (Severity.ERROR, "en.md", 7, "has 1 paragraphs, 1 steps; sv has 1 paragraphs, 2 steps"),
        (Severity.ERROR, "en.md", 11, "has 1 paragraphs; sv has 1 bullets, 1 paragraphs"),
    ]


@pytest.mark.parametrize(
    "amount",
    ["1 500 kr", "200kr", "20 SEK", "3 veckor", "10 weeks", "5 €", "30 أسابيع", "7 euros"],
)
def test_amounts_and_waiting_times_do_not_stand_in_the_text(desk, words, remarks, amount):
    desk.article("bank", sv=words.replace("Det kan ta tid.", f"Det är {amount} nu."))
    ((severity, name, line, what),) = remarks()
    assert (severity, name, line) == (Severity.ERROR, "sv.md", 14)
    assert amount in what


@pytest.mark.parametrize("text", ["Ring 1177.", "Du är 18 år.", "Den 1 till den 14.", "3 krav."])
def test_other_numbers_may_stand_in_the_text(desk, words, remarks, text):
    desk.article("bank", sv=words.replace("Det kan ta tid.", text))
    assert remarks() == []


def test_hard_swedish_is_a_warning(desk, words, remarks):
    hard = (
        "Folkbokföringsmyndighetens handläggningstider förändras kontinuerligt beroende på läget"
    )
    desk.article("bank", sv=words.replace("Det kan ta tid.", hard))
    found = remarks()
    assert {(severity, name) for severity, name, _, _ in found} == {(Severity.WARNING, "sv.md")}
    assert all("LIX" in what for *_, what in found)


def test_a_hard_paragraph_is_a_warning_where_it_begins(desk, words, remarks):
    hard = (
        "Handläggningen förändras beroende på myndighetens bedömning av förutsättningarna, "
        "som du får veta mer om när du frågar."
    )
    easy = "\n\n".join(["Det kan ta tid. Du kan gå dit. Fråga dem. De kan se det."] * 8)
    desk.article("bank", sv=words.replace("Det kan ta tid.", f"{hard}\n\n{easy}"))
    ((severity, _, line, what),) = remarks()
    assert (severity, line) == (Severity.WARNING, 14)
    assert "hard paragraph" in what


TERMS = """\
[[terms]]
sv = ["folkbokföring", "folkbokförd"]
en = ["population register"]
ar = ["السجل السكاني"]
"""


@pytest.fixture
def glossary(tmp_path):
    path = tmp_path / "glossary.toml"
    path.write_text(TERMS, encoding="utf-8")
    return Glossary.load(path)


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("You are in the population register.", True),
        ("You are registered (folkbokförd).", True),
        ("You are on a list.", False),
    ],
)
def test_a_term_that_swedish_explains_is_named_in_other_languages(
    desk, words, glossary, text, is_named
):
    swedish = words.replace("Det kan ta tid.", "Du är **folkbokförd**.")
    english = words.replace("Det kan ta tid.", text)
    desk.article("bank", sv=swedish, en=english)
    found = check(Library.load([desk.folder], ["sv", "en"]), TODAY, glossary)
    assert [remark.what for remark in found] == (
        [] if is_named else ["does not name folkbokföring by the words of the glossary"]
    )


def test_terms_count_as_short_words(glossary):
    assert glossary.shortened("Din folkbokföring hos Skatteverket") == "Din ord hos namn"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Det kan ta tid.", "It may take 3 days.", "numbers differ from sv: 3"),
        (
            "https://www.skatteverket.se",
            "https://other.example",
            "links differ from sv: https://other.example, https://www.skatteverket.se",
        ),
    ],
)
def test_numbers_and_links_are_the_same_in_every_language(desk, words, remarks, old, new, what):
    desk.article("bank", sv=words, en=words.replace(old, new))
    assert remarks("sv", "en") == [(Severity.ERROR, "en.md", 1, what)]


def test_a_long_sentence_is_a_warning_in_any_language(desk, words, remarks):
    long = " ".join(["word"] * 23) + "."
    desk.article("bank", en=words.replace("Det kan ta tid.", long))
    ((severity, name, _, what),) = remarks("en")
    assert (severity, name) == (Severity.WARNING, "en.md")
    assert "23 words" in what


def test_a_language_with_few_questions_is_a_warning(desk, words, remarks):
    many = words.replace('"pnr",', '"pnr", "one more", "and one",')
    desk.article("bank", sv=many, en=words)
    ((severity, name, line, what),) = remarks("sv", "en")
    assert (severity, name, line) == (Severity.WARNING, "en.md", 3)
    assert what == "has 5 questions; another language has 7"


def test_only_swedish_is_measured(desk, words, remarks):
    hard = "Immatriculationsbestimmungen Aufenthaltsgenehmigungen Kommunalverwaltungen"
    desk.article("bank", en=words.replace("Det kan ta tid.", hard))
    assert remarks("en") == []


def test_two_articles_with_one_title_are_an_error(desk, remarks):
    desk.article("bank")
    desk.article("card")
    assert remarks() == [(Severity.ERROR, "sv.md", 2, "bank has the same title")]


def test_a_remark_reads_like_a_compilers(desk):
    desk.article("bank")
    (remark,) = check(Library.load([desk.folder], ["sv", "ar"]), TODAY)
    assert str(remark) == f"{desk.folder}/bank/article.toml:1: error: has no text in ar"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("Du får ett nummer.", 4),
        ("Du får ett. Du är här.", 3),
        ("Du får ett\nDu är här", 3),
        ("Skatteverket beslutar", 2 + 100),
        ("Gå till www.a.se nu", 6),
    ],
)
def test_lix_is_words_in_a_sentence_and_long_ones_in_a_hundred(text, value):
    assert lix(text) == pytest.approx(value)
