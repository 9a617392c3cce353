"""How many parts a short message takes, and how to keep it to one.

A text that stays within the alphabet of GSM 03.38 holds 160 characters, any other 70: one letter
outside it more than halves the room. Long texts are sent in parts, each of which costs, and some
telephones show them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # each of these takes the room of two
GSM_ALONE, GSM_EACH = 160, 153
UCS2_ALONE, UCS2_EACH = 70, 67

# Day and time as ``{at:short}`` writes them, and an address: both stay whatever happens.
KEPT = re.compile(r"\d{1,2}/\d{1,2}\s+\d{1,2}:\d\d|https?://\S+")
EDGES = " \n\t,.;–—-،"


def parts(text: str) -> int:
    """How many parts a text is sent in."""
    if is_gsm(text):
        return _count([2 if char in EXTENSION else 1 for char in text], GSM_ALONE, GSM_EACH)
    return _count([len(char.encode("utf-16-le")) // 2 for char in text], UCS2_ALONE, UCS2_EACH)


def is_gsm(text: str) -> bool:
    """Whether a text needs no other alphabet than GSM 03.38."""
    return all(char in BASIC or char in EXTENSION for char in text)


def one_part(text: str) -> str:
    """The text, without its least important words when it would take more than one part.

    First those between the time and the link go: the place. Then those before the time: the
    weekday, which is often all that does not fit the small alphabet. Time and link always stay,
    and so does what ends in a colon, such as "Cancelled:". What is too long even so is sent in
    parts.
    """
    shorter = list(_shorter(text))
    return next((each for each in shorter if parts(each) == 1), shorter[-1])


def _shorter(text: str) -> Iterator[str]:
    """The text, then less and less of it; with the place again when it is the weekday's fault."""
    yield text
    words, kept = KEPT.split(text), KEPT.findall(text)
    if not kept:
        return
    before, between, after = words[0], words[1:-1], words[-1]
    opening, colon, _weekday = before.rpartition(":")
    nothing = ["" for _each in between]
    yield _joined([before, *nothing, after], kept)
    yield _joined([opening + colon, *between, ""], kept)
    yield _joined([opening + colon, *nothing, ""], kept)


def _joined(words: Sequence[str], kept: Sequence[str]) -> str:
    """Words and what is kept by turns, with the stops of what has been left out."""
    pieces = [words[0].strip(EDGES)]
    for fixed, word in zip(kept, words[1:], strict=True):
        pieces += [fixed, word.strip(EDGES)]
    return " ".join(filter(None, pieces))


def _count(sizes: Iterable[int], alone: int, each: int) -> int:
    """Parts of characters that may not be cut in two."""
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    used, count = 0, 1
    for size in sizes:
        if used + size > each:
            used, count = 0, count + 1
        used += size
    return count
