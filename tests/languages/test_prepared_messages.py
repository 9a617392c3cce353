"""Every prepared message, in every published language, as the one who gets it reads it."""

from __future__ import annotations

import re

import pytest

from backend.answers import Answers
from backend.clock import ZONE
from backend.console.markup import to_html
from backend.runtime import KNOWLEDGE, load_answers
from backend.services.prepared import AUTHORITIES, INTERPRETED, PREPARED, as_reply
from backend.services.prepared.gaps import gaps
from backend.settings import REPOSITORY
from dialogs.i18n import Catalogue, Languages
from dialogs.render import PLACEHOLDER, Renderer
from dialogs.text import Text
from knowledge.library import Library
from tests.filled import everything

PUBLISHED = tuple(
    row.code for row in Languages.load(REPOSITORY / "locales/languages.toml").published
)
LONGEST_LABEL = 60
TELEGRAM = 4_096


@pytest.fixture(scope="module")
def answers(texts: Catalogue) -> Answers:
    return load_answers((KNOWLEDGE / "articles",), texts)


@pytest.fixture(scope="module")
def library(answers: Answers) -> Library:
    return answers.library


def texts_of(value: object) -> list[Text]:
    """Every text within a message, however deep."""
    match value:
        case Text(values=values):
            return [value, *(text for _, inner in values for text in texts_of(inner))]
        case tuple():
            return [text for inner in value for text in texts_of(inner)]
        case _:
            inner = [getattr(value, name, ()) for name in ("parts", "buttons", "texts", "label")]
            return [text for each in inner if each for text in texts_of(each)]


@pytest.mark.parametrize("language", PUBLISHED)
@pytest.mark.parametrize("name", PREPARED)
def test_a_prepared_message_reads_well_in_every_language(
    name: str, language: str, answers: Answers, texts: Catalogue
) -> None:
    renderer = Renderer(texts, answers, ZONE)
    article = answers.library.articles[0]
    reply = as_reply(everything(article, PUBLISHED)[name], "Amina Ek")
    rendered = renderer.render(reply, language)
    assert not re.search(r"[{}]|None|\*\*", rendered.text)
    assert "Amina Ek" in rendered.text
    assert len(rendered.text) < TELEGRAM
    assert to_html(rendered)
    assert rendered.buttons[-1].label
    for button in rendered.buttons[:-1]:
        assert len(button.label) > 0


@pytest.mark.parametrize("language", PUBLISHED)
@pytest.mark.parametrize("name", PREPARED)
def test_what_is_translated_keeps_its_blanks(
    name: str, language: str, library: Library, texts: Catalogue
) -> None:
    reply = as_reply(everything(library.articles[0], PUBLISHED)[name], "Amina Ek")
    for text in texts_of(reply):
        wanted = set(PLACEHOLDER.findall(text.msgid))
        assert set(PLACEHOLDER.findall(texts.translate(text, language))) == wanted


@pytest.mark.parametrize("language", PUBLISHED)
def test_no_prepared_message_has_a_gap_in_a_published_language(
    language: str, library: Library, texts: Catalogue
) -> None:
    messages = everything(library.articles[0], PUBLISHED)
    missing = [
        name
        for name, prepared in messages.items()
        if gaps(as_reply(prepared, "Amina Ek"), language, texts)
    ]
    assert missing == []


@pytest.mark.parametrize("language", PUBLISHED)
def test_every_title_can_be_told_from_the_others(language: str, texts: Catalogue) -> None:
    titles = [texts.translate(kind.title, language) for kind in PREPARED.values()]
    assert len(set(titles)) == len(titles)


def test_the_articles_that_are_pointed_to_are_there(library: Library) -> None:
    slugs = {article.slug for article in library.articles}
    for prepared in everything(library.articles[0], PUBLISHED).values():
        for button in as_reply(prepared, "Amina Ek").buttons:
            if button.link.step == "question.article":
                assert button.link.args[0] in slugs


def test_a_telephone_number_of_an_authority_is_one_that_an_article_gives(library: Library) -> None:
    (who,) = [each for each in library.articles if each.slug == "who-does-what"]
    words = who.translations["sv"]
    given = " ".join((words.opening, *(section.body for section in words.sections)))
    for authority in AUTHORITIES.values():
        assert authority.name in given
        if authority.phone:
            assert f"[{authority.phone.text}]({authority.phone.url})" in given


def test_every_language_of_ours_can_be_interpreted_except_swedish() -> None:
    assert set(PUBLISHED) - {"sv"} <= INTERPRETED.keys()
    assert len({spoken.name for spoken in INTERPRETED.values()}) == len(INTERPRETED)
