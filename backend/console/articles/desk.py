"""One article on an editor's desk: the files, what is laid over them, and who may change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import FormData

from backend.api.problems import Problem, detail_of
from backend.console.context import Console
from backend.services import editing
from backend.services.editing import Edit
from backend.services.walltime import local_day
from knowledge.article import Article, Translation
from knowledge.flaw import Flaw
from knowledge.library import SLUG
from knowledge.reading import parse_facts, parse_translation

PATH = "/console/articles"
FACTS = ""  # the "language" of what an article is about
MOST_SEEN = 2**31 - 1  # the greatest version that a row can have


@dataclass(frozen=True)
class Desk:
    """An article as it is now. ``edits`` are by language; the facts have none."""

    console: Console
    slug: str
    article: Article
    edits: Mapping[str, Edit]

    def file(self, language: str) -> str | None:
        """The text below whatever is laid over it."""
        return self.console.runtime.answers.library.sources.get((self.slug, language))

    def edit(self, language: str) -> Edit | None:
        """What is laid over the file here."""
        return self.edits.get(language)

    def version(self, language: str) -> int:
        """The version that a page of it shows."""
        found = self.edit(language)
        return found.version if found else editing.NO_VERSION

    def words(self, language: str) -> Translation | None:
        """The words as they are now, also those that are still being read."""
        source = self.edit(language)
        text = (source.text if source else None) or self.file(language)
        return None if text is None else read_words(language, text)

    def is_behind(self, language: str) -> bool:
        """Whether the file has changed since this was laid over it."""
        found = self.edit(language)
        return found is not None and found.is_behind(self.file(language))

    @property
    def title(self) -> str:
        """What it is called, in Swedish if it has a Swedish title."""
        for language in ("sv", *self.languages):
            words = self.words(language)
            if words is not None:
                return words.title
        return self.slug

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it can be written in."""
        published = self.console.runtime.texts.languages.published
        return tuple(language.code for language in published)

    @property
    def is_filed(self) -> bool:
        """Whether there are files of it."""
        return self.file(FACTS) is not None


async def find(console: Console, slug: str) -> Desk:
    """An article, or one that has only been begun. Raises Problem 404."""
    async with console.runtime.database.reading() as session:
        found = await editing.edits(session, slug)
    edits = {language: edit for (_slug, language), edit in found.items()}
    facts = edits.get(FACTS)
    article = console.runtime.answers.library.article(slug)
    if facts is not None and facts.text is not None:
        article = read_facts(slug, facts.text) or article
    if article is None or not SLUG.fullmatch(slug):
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return Desk(console, slug, article, edits)


def expect_language(desk: Desk, language: str) -> None:
    """Raises Problem 404 for a language that nobody is shown."""
    if language not in desk.languages:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))


def seen_in(form: FormData) -> int:
    """The version that a page showed; none where it says no such thing."""
    said = form.get("seen")
    if not (isinstance(said, str) and said.isascii() and said.isdigit()):
        return editing.NO_VERSION
    return min(int(said[: len(str(MOST_SEEN)) + 1]), MOST_SEEN)


def read_facts(slug: str, source: str) -> Article | None:
    """What a text says an article is about; None when it cannot be read."""
    try:
        return parse_facts(slug, source)
    except Flaw:
        return None


def read_words(language: str, source: str) -> Translation | None:
    """The words of a text; None when it cannot be read."""
    try:
        return parse_translation(language, source)
    except Flaw:
        return None


def is_stale(console: Console, article: Article) -> bool:
    """Whether it should be looked at again."""
    return article.is_stale(local_day(console.runtime.clock.now()))
