"""Our own articles, in the languages that are published, and their questions misspelt."""

from __future__ import annotations

import random
from pathlib import Path

from backend.runtime import KNOWLEDGE, LOCALES
from dialogs.i18n import Languages
from knowledge.evaluation import Query, read_queries
from knowledge.library import Library

LONG_WORD = 5  # letters; in a misspelt question every such word has an error

_ROWS = Languages.load(LOCALES / "languages.toml")
LANGUAGES = tuple(row.code for row in _ROWS.published)


def library() -> Library:
    """Read the articles we ship."""
    unpublished = _ROWS.by_code.keys() - set(LANGUAGES)
    return Library.load((KNOWLEDGE / "articles",), LANGUAGES, unpublished)


def fresh(language: str) -> list[Query]:
    """A hundred questions by somebody who had not read the articles."""
    path = Path(__file__).parent / "fresh" / f"{language}.jsonl"
    return list(read_queries(path.read_text(encoding="utf-8").splitlines()))


def misspelt(text: str, rng: random.Random) -> str:
    """One slip in every long word: a letter left out, doubled, or two changed round."""
    return " ".join(slip(word, rng) for word in text.split(" "))


def slip(word: str, rng: random.Random) -> str:
    if len(word) < LONG_WORD or not word.isalpha():
        return word
    at = rng.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice((word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], swapped))
