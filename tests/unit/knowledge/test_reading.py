"""The files of an article."""

from datetime import date

import pytest

from knowledge.article import Approval, Section, Source
from knowledge.flaw import Flaw
from knowledge.reading import (
    BrokenArticle,
    parse_facts,
    parse_translation,
    read_facts,
    read_translation,
)


def test_facts_become_an_article_without_words(desk, facts):
    article = read_facts(desk.write("personnummer/article.toml", facts))
    assert article.slug == "personnummer"
    assert (article.owner, article.topic, article.icon) == ("Skatteverket", "papers", "id")
    assert article.audience == ("everyone",)
    assert article.services == ("coaching",)
    assert article.review_by == date(2027, 5, 21)
    assert article.sources[1] == Source(
        publisher="Regeringskansliet",
        title="Fakta",
        url="https://www.regeringen.se/fakta",
        read=date(2026, 11, 19),
        dated=date(2020, 1, 31),
    )
    assert article.read == date(2026, 11, 19)
    assert not article.translations


def test_an_article_may_hold_for_some_time_only(facts):
    dates = "valid_from = 2026-10-01\nvalid_until = 2026-12-31\n"
    article = parse_facts("a", dates + facts)
    assert not article.is_stale(date(2026, 12, 31))
    assert article.is_stale(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('owner = "Skatteverket"\n', "", 1, "owner is missing"),
        ('"papers"', '"paper"', 2, "topic must be one of: papers"),
        ('["everyone"]', '"everyone"', 3, "audience must be a list"),
        ('icon = "id"', 'icon = "cat"', 4, "icon must be one of"),
        ("2027-05-21", '"2027-05-21"', 5, "review_by must be a date"),
        ("related = []", "related = []\nrelatd = []", 7, "relatd is not a key"),
        ("https://www.regeringen.se/fakta", "ftp://a.se", 18, "url must be the address"),
        ("https://www.skatteverket.se/flytta", "https://", 12, "url must be the address"),
        ("https://www.skatteverket.se/flytta", "mailto:a@b.se", 12, "url must be the address"),
        ("read = 2026-11-20\n", "", 9, "read is missing"),
        ("dated", "date", 20, "date is not a key"),
        ("related", "valid_from = 2026-01-02\nvalid_until = 2026-01-01\nrelated", 7, "is before"),
        ("related = []", "related = [", 7, "Invalid value"),
    ],
)
def test_facts_that_are_not_in_order_are_refused(facts, old, new, line, what):
    with pytest.raises(Flaw, match=what) as caught:
        parse_facts("a", facts.replace(old, new))
    assert caught.value.line == line


def test_words_become_a_translation(desk, words):
    translation = read_translation(desk.write("personnummer/sv.md", words))
    assert translation.language == "sv"
    assert translation.title == "Personnummer"
    assert len(translation.questions) == 5
    assert translation.keywords == ("personnr",)
    assert translation.approval is None
    assert translation.answer == "Ett **personnummer** är ditt eget nummer."
    assert translation.opening.endswith("2. Visa vem du är.")
    assert translation.sections == (
        Section("Innan du har numret", "Det kan ta tid.\n\n- Vänta på svar."),
    )


def test_an_approved_text_says_by_whom(words):
    by = 'status = "approved"\napproved_by = {role = "chef", name = "Åsa", date = 2026-11-21}'
    translation = parse_translation("sv", words.replace('status = "draft"', by))
    assert translation.approval == Approval("chef", "Åsa", date(2026, 11, 21))


def test_the_digest_changes_with_the_words_and_not_with_the_keywords(words):
    digest = parse_translation("sv", words).digest
    assert parse_translation("sv", words.replace("personnr", "pnr")).digest == digest
    assert parse_translation("sv", words.replace("Vänta", "Ring")).digest != digest


FOUR_STEPS = "2. Visa vem du är.\n3. Vänta.\n4. Vänta mer."
UNNAMED = 'status = "approved"\napproved_by = {role = "chef", date = 2026-11-21}'


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("+++\ntitle", "title", 1, "first line must be"),
        ("+++\nEtt", "Ett", 16, "second line must be"),
        ('title = "Personnummer"\n', "", 2, "title is missing"),
        ('"pnr", ', "", 3, "questions must be 5 to 8"),
        ('"pnr", ', '"1", "2", "3", "4", "5", ', 3, "questions must be 5 to 8"),
        ('"pnr"', '"fyra sista"', 3, "same text twice"),
        ('"draft"', '"done"', 5, "status must be one of: draft, approved"),
        ('status = "draft"', 'status = "approved"', 2, "approved_by is missing"),
        ('status = "draft"', UNNAMED, 6, "name is missing"),
        ('"draft"', '"draft"\nauthor = "me"', 6, "author is not a key"),
        ('"draft"', '"draft', 5, "Illegal|Expected|Unterminated"),
        ("Ett **personnummer** är ditt eget nummer.\n\n", "", 7, "begin with the answer"),
        ("eget nummer.", "eget nummer.\nDu får det.", 7, "begin with the answer"),
        ("2. Visa vem du är.", FOUR_STEPS, 7, "at most 3 steps"),
        ("2. Visa", "3. Visa", 7, "numbered 1, 2, 3"),
        ("**personnummer**", "**personnummer", 7, "bold"),
        ("https://www.skatteverket.se", "http://a.se", 9, "a link leads to https"),
        ("- Vänta på svar.", "> Vänta på svar.", 16, "quotes"),
        ("## Innan du har numret", "##  ", 12, "must have a heading, and text"),
        ("Det kan ta tid.\n\n- Vänta på svar.\n", "", 12, "must have a heading, and text"),
        ("Det kan ta tid.", "å" * 3501, 13, "longer than one message"),
        ("Det kan ta tid.", "😀" * 1751, 13, "longer than one message"),
        ("eget nummer.", "å" * 3501, 7, "longer than one message"),
    ],
)
def test_words_that_are_not_in_order_are_refused(words, old, new, line, what):
    assert old in words
    with pytest.raises(Flaw, match=what) as caught:
        parse_translation("sv", words.replace(old, new))
    assert caught.value.line == line


def test_a_broken_file_is_named(desk, words):
    path = desk.write("personnummer/sv.md", words.replace("questions", "question"))
    with pytest.raises(BrokenArticle, match=r"sv.md:2: questions is missing") as caught:
        read_translation(path)
    assert (caught.value.path, caught.value.line) == (path, 2)


def test_a_file_in_another_encoding_is_named(desk, words):
    path = desk.write("personnummer/sv.md", "")
    path.write_bytes(words.encode("latin-1"))
    with pytest.raises(BrokenArticle, match=r"sv.md:3: is not written in UTF-8"):
        read_translation(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    folder = tmp_path / "sv.md"
    folder.mkdir()
    with pytest.raises(BrokenArticle, match="cannot be read"):
        read_translation(folder)


def test_files_from_a_windows_editor_are_read(desk, words):
    path = desk.write("personnummer/sv.md", "")
    path.write_bytes(b"\xef\xbb\xbf" + words.replace("\n", "\r\n").encode())
    assert read_translation(path) == parse_translation("sv", words)
