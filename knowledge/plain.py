"""How plain a Swedish text is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.glossary import Glossary

# LIX: a children's book is below 30, a newspaper is about 45. Official terms cannot be avoided, so
# a text is measured as it is, and as it is for who knows them.
_HARDEST, _HARDEST_FOR_WHO_KNOWS, _HARDEST_PARAGRAPH = 25, 20, 30
_LONG_WORD = 6
_LEAST_WORDS = 11  # of a paragraph: one long word makes a short one look hard
_WORD = re.compile(r"\w+(?:[-:]\w+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")


def lix(text: str) -> float:
    """How hard a Swedish text is to read: words in a sentence, and long ones in a hundred."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in _SENTENCE_END.split(text) if part.strip())
    long_words = sum(len(word) > _LONG_WORD for word in words)
    return len(words) / sentences + 100 * long_words / len(words)


def hard_passages(text: str, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """What is hard to read, and how the line begins where it stands ("" for the whole text)."""
    for value, most, how in (
        (lix(text), _HARDEST, ""),
        (lix(glossary.shortened(text)), _HARDEST_FOR_WHO_KNOWS, " with terms as short words"),
    ):
        if value > most:
            yield f"is hard to read: LIX {value:.1f}{how}; plain is {most} at most", ""
    for paragraph in text.split("\n"):
        value = lix(glossary.shortened(paragraph))
        if len(paragraph.split()) >= _LEAST_WORDS and value > _HARDEST_PARAGRAPH:
            yield f"has a hard paragraph: LIX {value:.1f}: '{paragraph[:40]} …'", paragraph[:20]
