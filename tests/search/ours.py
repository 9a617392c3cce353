"""Our own articles, in the languages that are published."""

from __future__ import annotations

from backend.runtime import KNOWLEDGE, LOCALES
from dialogs.i18n import Languages
from knowledge.library import Library

_ROWS = Languages.load(LOCALES / "languages.toml")
LANGUAGES = tuple(row.code for row in _ROWS.published)


def library() -> Library:
    """Read the articles we ship."""
    unpublished = _ROWS.by_code.keys() - set(LANGUAGES)
    return Library.load((KNOWLEDGE / "articles",), LANGUAGES, unpublished)
