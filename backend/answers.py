"""Articles for dialogs: the knowledge port over a library, its search index and danger words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.i18n import Languages
from dialogs.ports import Answered, Finding, Found, NotFound, Unsure
from knowledge import search
from knowledge.article import Article, Translation
from knowledge.danger import Danger
from knowledge.library import Library


@dataclass(frozen=True)
class Answers:
    """Finds and reads articles. One for the whole program; it never changes."""

    library: Library
    index: search.Index
    danger_words: Danger
    languages: Languages

    def find(self, question: str, language: str) -> Finding:
        """Search for an answer to a person's own words."""
        match self.index.find(question, language):
            case search.Answer(hits=hits):
                best, *others = self._found(hits, language)
                return Answered(best, tuple(others))
            case search.Choices(hits=hits):
                return Unsure(tuple(self._found(hits, language)))
            case search.Unknown():
                return NotFound()

    def read(self, slug: str, language: str) -> tuple[Article, Translation] | None:
        """An article in the best language it has for a reader of ``language``."""
        article = self.library.article(slug)
        if article is None:
            return None
        for code in (*self.languages.chain(language), *article.translations):
            if code in article.translations:
                return article, article.translations[code]
        return None

    def danger(self, text: str) -> str | None:
        """The kind of danger a text speaks of."""
        return self.danger_words.kind(text)

    def article(self, slug: str) -> Article | None:
        """The article by its slug; for rendering excerpts."""
        return self.library.article(slug)

    def _found(self, hits: Sequence[search.Hit], language: str) -> list[Found]:
        found = []
        for hit in hits:
            read = self.read(hit.slug, language)
            if read is not None:
                found.append(Found(*read, hit.score))
        return found
