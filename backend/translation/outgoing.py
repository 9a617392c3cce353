"""What a coach writes is translated before it is sent, when that can be had at once."""

from __future__ import annotations

from dataclasses import dataclass

from backend.transcript import SWEDISH
from backend.translation.translator import TranslationFailed, Translator


@dataclass(frozen=True)
class Translation:
    """A machine's translation of a message, as it is kept beside it."""

    language: str
    text: str

    @property
    def stored(self) -> dict[str, str]:
        """As the message row holds it."""
        return {"language": self.language, "text": self.text}


async def for_reader(translator: Translator, words: str, language: str) -> Translation | None:
    """Swedish words for a reader of another language; None when there is no translation.

    Nobody waits longer than the translator's patience. Never within a transaction: it asks over
    the network.
    """
    if language == SWEDISH:
        return None
    try:
        return Translation(language, await translator.translate(words, SWEDISH, language))
    except TranslationFailed:
        return None
