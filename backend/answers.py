"""Articles for dialogs: the knowledge port over a library, its search index and danger words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.i18n import Languages
from dialogs.ports import Answered, Broad, Finding, Found, NotFound, Unsure
from knowledge import search
from knowledge.alarm import Alarm
from knowledge.article import Article, Translation
from knowledge.library import Library
from knowledge.talk import SUBJECTS, SmallTalk, Talk, Vague


@dataclass(eq=False)
class Answers:
    """Finds and reads articles. One for the whole program; what it holds is changed as a whole.

    ``recorded`` names the answers (slug, language) that an editor has read aloud in the console.
    """

    library: Library
    index: search.Index
    alarm: Alarm
    talk: Talk
    languages: Languages
    recorded: frozenset[tuple[str, str]] = frozenset()

    def take(
        self, library: Library, index: search.Index, recorded: frozenset[tuple[str, str]]
    ) -> None:
        """From now on, answer from these."""
        self.library, self.index, self.recorded = library, index, recorded

    def is_recorded(self, slug: str, language: str) -> bool:
        """Whether somebody has read the answer aloud."""
        return (slug, language) in self.recorded or (
            self.library.recording(slug, language) is not None
        )

    def find(self, question: str, language: str) -> Finding:
        """Search for an answer to a person's own words."""
        match self.talk.meaning(question, language):
            case SmallTalk() as talk:
                return talk
            case Vague(subject=subject) if choices := self._about(subject, language):
                return Broad(choices)
        match self.index.find(question, language):
            case search.Answer(hits=hits):
                best, *others = self._found(hits, language)
                return Answered(best, tuple(others), _other(hits, language))
            case search.Choices(hits=hits):
                return Unsure(tuple(self._found(hits, language)), _other(hits, language))
            case search.Unknown(foreign=foreign):
                return NotFound(self._about("help", language) if foreign else ())

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
        return self.alarm.kind(text, strange=self.index.is_strange(text))

    def article(self, slug: str) -> Article | None:
        """The article by its slug; for rendering excerpts."""
        return self.library.article(slug)

    def topic_of(self, slug: str) -> str | None:
        """What an article is about, for figures; None when it is gone."""
        article = self.library.article(slug)
        return article.topic if article else None

    def _about(self, subject: str, language: str) -> tuple[Found, ...]:
        """What most people mean by a word or two."""
        reads = (self.read(slug, language) for slug in SUBJECTS[subject])
        return tuple(Found(*read, score=0.0) for read in reads if read is not None)

    def _found(self, hits: Sequence[search.Hit], language: str) -> list[Found]:
        found = []
        for hit in hits:
            read = self.read(hit.slug, language)
            if read is not None:
                found.append(Found(*read, hit.score))
        return found


def _other(hits: Sequence[search.Hit], language: str) -> str | None:
    """The language of the question, when it is not the chosen one."""
    return hits[0].asked_in if hits[0].asked_in != language else None
