"""What search has come up with for a person's own words."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.article import Article, Translation
from knowledge.talk import SmallTalk


@dataclass(frozen=True)
class Found:
    """One article search came up with. ``score`` is a confidence between 0 and 1."""

    article: Article
    translation: Translation
    score: float


@dataclass(frozen=True)
class Answered:
    """Search is sure enough to answer."""

    best: Found
    others: tuple[Found, ...] = ()
    asked_in: str | None = None  # another of our languages, in which the question was


@dataclass(frozen=True)
class Unsure:
    """Search has a few guesses."""

    choices: tuple[Found, ...]
    asked_in: str | None = None


@dataclass(frozen=True)
class Broad:
    """A word or two that may mean several things: what most people mean by them."""

    choices: tuple[Found, ...]


@dataclass(frozen=True)
class NotFound:
    """We have no answer to this. ``choices`` are for whoever writes no language of ours."""

    choices: tuple[Found, ...] = ()


Searched = Answered | Unsure | NotFound
Finding = Searched | Broad | SmallTalk
