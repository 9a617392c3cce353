"""What is searched: articles, or the pages of some other collection, one language at a time."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.article import Translation
from knowledge.markup import as_text, parse


@dataclass(frozen=True)
class Document:
    """A text without markup, and the ways in which people ask for it."""

    slug: str
    language: str
    title: str
    text: str
    opening: str = ""
    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @classmethod
    def of(cls, slug: str, words: Translation) -> Document:
        """An article in one language."""
        sections = (
            f"{section.title}\n{as_text(parse(section.body))}" for section in words.sections
        )
        return cls(
            slug=slug,
            language=words.language,
            title=words.title,
            text="\n".join(sections),
            opening=as_text(parse(words.opening)),
            questions=words.questions,
            keywords=words.keywords,
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Its paragraphs and points: one of them may be all that somebody asks for."""
        return tuple(line for line in f"{self.opening}\n{self.text}".split("\n") if line.strip())

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Its title and its questions: what somebody may type to find it."""
        return (self.title, *self.questions)
