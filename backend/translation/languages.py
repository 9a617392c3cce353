"""Our languages as a translation server calls them, and what their letters tell."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Container, Mapping

SPELLED: Mapping[str, tuple[str, ...]] = {
    "fa_AF": ("prs", "fa"),  # Dari is written as Persian is
    "kmr": ("kmr", "ku"),
}
SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("ar", "fa_AF", "fa", "ps", "ckb"), "ARABIC"),
    **dict.fromkeys(("ti", "am"), "ETHIOPIC"),
    **dict.fromkeys(("uk", "ru"), "CYRILLIC"),
}
LATIN = "LATIN"


def spelled(language: str, known: Container[str]) -> str | None:
    """A language's code at a server that knows these codes, or None."""
    codes = SPELLED.get(language, (language,))
    return next((code for code in codes if code in known), None)


def written_in(text: str, language: str) -> str | None:
    """The language a text is taken to be in: the one she chose, None when its letters differ.

    Whoever has chosen Swedish may still write Arabic.
    """
    scripts = Counter(
        unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()
    )
    if not scripts:
        return language
    return language if scripts.most_common(1)[0][0] == SCRIPTS.get(language, LATIN) else None
