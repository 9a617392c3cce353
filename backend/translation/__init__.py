"""Machine translation of what people write to each other: an option, off unless a server is set.

What was written is always kept and shown; the translation stands beside it, marked as a machine's.
"""

from backend.translation.libretranslate import LibreTranslate
from backend.translation.translator import (
    TranslationFailed,
    Translator,
    UnknownLanguage,
)

__all__ = ["LibreTranslate", "TranslationFailed", "Translator", "UnknownLanguage"]
