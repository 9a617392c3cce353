"""What an article is: facts about it once, its words once per language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

TOPICS = ("papers", "work", "language", "housing", "money", "health", "safety", "centre")
ICONS = (
    *("id", "house", "book", "work", "person", "home", "health", "alert", "shield", "bank"),
    *("calendar", "report", "info"),
)


@dataclass(frozen=True)
class Source:
    """A page an article rests on: who published it, and when we read it."""

    publisher: str
    title: str
    url: str
    read: date
    dated: date | None = None  # the date the page gives itself


@dataclass(frozen=True)
class Approval:
    """A named role and person at the centre who has approved one language of one article."""

    role: str
    name: str
    on: date


@dataclass(frozen=True)
class Section:
    """What one "more" button shows: a heading and markup."""

    title: str
    body: str


@dataclass(frozen=True)
class Translation:
    """An article's words in one language.

    ``opening`` is markup for the first card: the answer in its first line, then at most three
    steps. ``approval`` is None while the text is a draft.
    """

    language: str
    title: str
    questions: tuple[str, ...]
    keywords: tuple[str, ...]
    opening: str
    sections: tuple[Section, ...]
    approval: Approval | None = None

    @cached_property
    def digest(self) -> str:
        """Sixteen hex digits that change when the words do."""
        words = [self.title, self.opening]
        for section in self.sections:
            words += [section.title, section.body]
        return hashlib.sha256("\x00".join(words).encode()).hexdigest()[:16]

    @property
    def answer(self) -> str:
        """The first line: the answer itself."""
        return self.opening.partition("\n")[0]


@dataclass(frozen=True)
class Article:
    """One subject. ``owner`` is the authority that decides, by its Swedish name."""

    slug: str
    owner: str
    topic: str
    audience: tuple[str, ...]
    sources: tuple[Source, ...]
    review_by: date
    translations: Mapping[str, Translation]
    related: tuple[str, ...] = ()
    services: tuple[str, ...] = ()  # ids of services that can be booked about it
    valid_from: date | None = None
    valid_until: date | None = None
    icon: str = field(default="info")

    @property
    def read(self) -> date:
        """The day the oldest of its sources was read."""
        return min(source.read for source in self.sources)

    def is_stale(self, today: date) -> bool:
        """Whether its review date has passed, or it no longer applies."""
        return today > self.review_by or (
            self.valid_until is not None and today > self.valid_until
        )
