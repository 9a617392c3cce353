"""What a translator can do, and how it may fail. No error carries a word of what was written."""

from __future__ import annotations

from typing import Protocol


class TranslationFailed(Exception):
    """There is no translation that can be trusted; the original goes on without one."""


class Unanswered(TranslationFailed):
    """The server could not be reached, or took too long."""


class Resting(Unanswered):
    """It has just been silent, so it is left alone for a while and was not asked."""


class NotATranslation(TranslationFailed):
    """The server answered something else: an error, a page, nothing, or far too much."""


class Damaged(TranslationFailed):
    """A number, link or term was lost or doubled on the way; a wrong date is worse than none."""


class UnknownLanguage(TranslationFailed):
    """The server does not translate from or to this language."""


class NothingToTranslate(TranslationFailed):
    """It says the same in both languages: no words, or none that become others."""


class Translator(Protocol):
    """Translates a text. Languages are ours, such as ``fa_AF``."""

    async def translate(self, text: str, source: str | None, target: str) -> str:
        """The text in another language; ``source`` None is for the server to recognise.

        Raises TranslationFailed.
        """

    async def close(self) -> None:
        """Let go of connections."""
