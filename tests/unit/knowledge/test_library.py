"""Shipped articles, and an operator's laid over them."""

import pytest

from knowledge.library import Library

LANGUAGES = ("sv", "en", "ar")


def load(*desks):
    return Library.load([desk.folder for desk in desks], LANGUAGES)


def test_every_folder_is_an_article(desk, words):
    desk.article("bank")
    desk.article("personnummer", en=words, sv=words)
    library = load(desk)
    assert [article.slug for article in library.articles] == ["bank", "personnummer"]
    assert list(library.article("personnummer").translations) == ["sv", "en"]
    assert library.languages == LANGUAGES
    assert library.problems == ()


def test_an_article_that_is_not_there_is_none(desk):
    desk.article("bank")
    assert load(desk).article("bank-account") is None


def test_a_broken_text_is_left_out_and_listed_while_the_rest_is_served(desk, words):
    desk.article("bank", sv=words, en=words.replace("title", "titel"))
    desk.article("personnummer")
    library = load(desk)
    assert list(library.article("bank").translations) == ["sv"]
    assert library.article("personnummer")
    (problem,) = library.problems
    assert (problem.path.name, problem.line) == ("en.md", 2)


def test_an_article_with_broken_facts_is_left_out(desk, facts):
    desk.article("bank", facts=facts.replace("owner", "owned"))
    library = load(desk)
    assert library.articles == ()
    assert len(library.problems) == 1


@pytest.mark.parametrize("name", ["bank/article.toml", "bank/sv.md"])
def test_half_an_article_is_left_out_and_listed(desk, facts, words, name):
    desk.write(name, facts if name.endswith("toml") else words)
    library = load(desk)
    assert library.articles == ()
    (problem,) = library.problems
    assert "needs article.toml and a text" in problem.what


def test_a_text_in_an_unknown_language_is_listed(desk, words):
    desk.article("bank", sv=words, xx=words)
    (problem,) = load(desk).problems
    assert problem.path.name == "xx.md"
    assert "not one of the languages: sv, en, ar" in problem.what


def test_other_files_are_nobodys_business(desk):
    desk.article("bank")
    desk.write("bank/sv.ogg", "sound")
    desk.write("README.md", "read me")
    desk.write(".git/config", "")
    assert load(desk).problems == ()


def test_a_folder_with_an_odd_name_is_listed(desk):
    desk.article("Bank account")
    library = load(desk)
    assert library.articles == ()
    assert "a-z" in library.problems[0].what


def test_an_operator_lays_one_language_over_an_article(desk, operator, words):
    desk.article("bank", sv=words, en=words)
    operator.write("bank/sv.md", words.replace("Personnummer", "Nytt"))
    library = load(desk, operator)
    article = library.article("bank")
    assert article.translations["sv"].title == "Nytt"
    assert article.translations["en"].title == "Personnummer"
    assert library.files["bank", "sv.md"].is_relative_to(operator.folder)
    assert library.problems == ()


def test_an_operator_adds_a_language_and_changes_the_facts(desk, operator, words, facts):
    desk.article("bank")
    operator.write("bank/ar.md", words)
    operator.write("bank/article.toml", facts.replace("Skatteverket", "Bankerna"))
    article = load(desk, operator).article("bank")
    assert list(article.translations) == ["sv", "ar"]
    assert article.owner == "Bankerna"


def test_an_operator_adds_an_article(desk, operator):
    desk.article("bank")
    operator.article("library")
    assert [article.slug for article in load(desk, operator).articles] == ["bank", "library"]


def test_when_the_operators_file_is_broken_the_shipped_one_is_served(desk, operator, words, facts):
    desk.article("bank")
    operator.write("bank/sv.md", words.replace("Personnummer", "Nytt").replace("- V", "> V"))
    operator.write("bank/article.toml", facts.replace("papers", "paper"))
    library = load(desk, operator)
    assert library.article("bank").translations["sv"].title == "Personnummer"
    assert library.article("bank").topic == "papers"
    assert [problem.path.name for problem in library.problems] == ["article.toml", "sv.md"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Library.load([tmp_path / "gone"], LANGUAGES)


def test_documents_are_the_words_without_markup(desk):
    desk.article("bank")
    (document,) = load(desk).documents()
    assert (document.slug, document.language) == ("bank", "sv")
    assert document.opening.startswith("Ett personnummer är ditt eget nummer.\nSäg till Skattev")
    assert document.text == "Innan du har numret\nDet kan ta tid.\nVänta på svar."
    assert document.phrasings[:2] == ("Personnummer", "Hur får jag ett nummer?")


def overlaid(overlay, *desks):
    return Library.load([desk.folder for desk in desks], LANGUAGES, ("ti",), overlay)


def test_a_text_laid_over_a_file_stands_in_for_it_and_the_file_stays_known(desk, words):
    desk.article("bank", sv=words, en=words)
    new = words.replace("Personnummer", "Nytt")
    library = overlaid({("bank", "sv"): new}, desk)
    titles = [text.title for text in library.article("bank").translations.values()]
    assert titles == ["Nytt", "Personnummer"]
    assert library.sources["bank", "sv"] == words
    assert (library.source("bank", "sv"), library.source("bank", "en")) == (new, words)


def test_a_text_may_be_laid_where_there_is_no_file(desk, words):
    desk.article("bank", sv=words)
    assert list(overlaid({("bank", "ar"): words}, desk).article("bank").translations) == [
        "sv",
        "ar",
    ]


def test_an_article_may_be_laid_over_nothing_and_counts_once_it_is_whole(desk, facts, words):
    desk.article("bank")
    half = overlaid({("bees", "sv"): words}, desk)
    assert (half.article("bees"), half.problems) == (None, ())
    whole = overlaid({("bees", "sv"): words, ("bees", ""): facts}, desk)
    assert whole.article("bees").owner == "Skatteverket"
    assert whole.problems == ()


@pytest.mark.parametrize(
    ("slug", "language", "line"), [("bank", "sv", 1), ("bank", "", 1), ("Bank!", "sv", 1)]
)
def test_a_broken_text_is_left_out_for_the_file(desk, slug, language, line):
    desk.article("bank")
    library = overlaid({(slug, language): "broken"}, desk)
    assert library.article("bank").translations["sv"].title == "Personnummer"
    assert [problem.line for problem in library.problems] == [line]
    assert library.overlay == {}


def test_a_text_in_a_language_that_is_being_written_is_left_alone(desk, words):
    desk.article("bank")
    library = overlaid({("bank", "ti"): words}, desk)
    assert (library.problems, library.overlay) == ((), {})


def test_a_recording_is_not_heard_where_other_words_are_read(desk, words):
    desk.article("bank", sv=words, en=words)
    for language in ("sv", "en", "ar"):
        desk.write(f"bank/{language}.ogg", "sound")
    new = words.replace("Personnummer", "Nytt")
    library = overlaid({("bank", "sv"): new, ("bank", "ar"): words}, desk)
    heard = [library.recording("bank", language) for language in ("sv", "en", "ar")]
    assert [path and path.name for path in heard] == [None, "en.ogg", None]


def test_a_recording_is_still_heard_when_only_the_search_words_are_others(desk, words):
    desk.article("bank", sv=words)
    desk.write("bank/sv.ogg", "sound")
    new = words.replace("Hur får jag ett nummer?", "Var får jag ett nummer?")
    assert new != words
    assert overlaid({("bank", "sv"): new}, desk).recording("bank", "sv") is not None
