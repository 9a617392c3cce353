"""Long text in several messages, cut where it hurts least.

Telegram counts UTF-16 code units; Python counts characters. Here positions are characters, and
``Ruler`` translates.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aiogram.types import MessageEntity

from dialogs.values import RIGHT_MARK, start_rtl

# From the best place to cut to the worst: paragraph, line, sentence, word.
PLACES = (
    re.compile(r"\s*\n\s*\n\s*"),
    re.compile(r"[^\S\n]*\n\s*"),
    re.compile(r"(?<=[.!?؟።])[^\S\xa0\u202f]+"),  # never at a no-break space
    re.compile(r"[^\S\xa0\u202f]+"),
)
LEAST_FILL = 0.25  # a good place is passed over when it would leave a message nearly empty
JOINERS = "\u200c\u200d"
SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
TAGS = ("\U000e0020", "\U000e007f")
FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")


@dataclass(frozen=True)
class Passage:
    """Text for one message and its formatting, whose offsets are UTF-16 code units."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    @property
    def units(self) -> int:
        """Length in UTF-16 code units."""
        return units(self.text)

    def moved(self, by: int) -> tuple[MessageEntity, ...]:
        """The formatting, when ``by`` code units are put before the text."""
        return tuple(
            entity.model_copy(update={"offset": entity.offset + by}) for entity in self.entities
        )


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return sum(_width(char) for char in text)


def split(passage: Passage, limit: int, *, rtl: bool = False) -> tuple[Passage, ...]:
    """The passage in pieces of at most ``limit`` code units.

    No formatted run and no written character is cut, unless it alone is longer than a piece.
    """
    ruler = Ruler.of(passage.text)
    end_of_text = len(passage.text.rstrip())
    room = limit - rtl  # a right-to-left piece may get a mark in front
    runs = [ruler.characters(entity) for entity in passage.entities]
    kept = [run for run in runs if ruler.between(run.start, run.stop) <= room]
    pieces, begin = [], 0
    while ruler.between(begin, end_of_text) > room:
        end, after = _cut(passage.text, begin, ruler.reach(begin, room), kept)
        pieces.append(_piece(passage, ruler, begin, end, rtl=rtl))
        begin = after
    pieces.append(_piece(passage, ruler, begin, end_of_text, rtl=rtl))
    return tuple(pieces)


@dataclass(frozen=True)
class Ruler:
    """Where each character of a text begins, in UTF-16 code units; the last is the length."""

    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Ruler:
        """Measure a text."""
        return cls(tuple(accumulate(map(_width, text), initial=0)))

    def between(self, begin: int, end: int) -> int:
        """Code units from character ``begin`` up to ``end``."""
        return self.starts[end] - self.starts[begin]

    def reach(self, begin: int, most: int) -> int:
        """The last character position that is at most ``most`` code units from ``begin``."""
        return bisect_right(self.starts, self.starts[begin] + most) - 1

    def characters(self, entity: MessageEntity) -> range:
        """The characters an entity covers."""
        first = bisect_left(self.starts, entity.offset)
        return range(first, bisect_left(self.starts, entity.offset + entity.length))


def _cut(text: str, begin: int, latest: int, kept: Sequence[range]) -> tuple[int, int]:
    """Where a piece ends, and where the next begins: white space between them is dropped."""
    found: list[tuple[int, int]] = []
    for place in PLACES:
        cuts = [cut for cut in _cuts(place, text, begin, latest) if not _inside(cut[0], kept)]
        if cuts and cuts[-1][0] - begin >= LEAST_FILL * (latest - begin):
            return cuts[-1]
        found += cuts[-1:]
    if found:
        return max(found)
    for position in range(latest, begin, -1):
        if is_boundary(text, position) and not _inside(position, kept):
            return position, position
    return latest, latest


def _cuts(place: re.Pattern[str], text: str, begin: int, latest: int) -> Iterator[tuple[int, int]]:
    for found in place.finditer(text, begin + 1):
        if found.start() > latest:
            return
        yield found.span()


def _inside(position: int, runs: Sequence[range]) -> bool:
    return any(run.start < position < run.stop for run in runs)


def _piece(passage: Passage, ruler: Ruler, begin: int, end: int, *, rtl: bool) -> Passage:
    """The characters from ``begin`` to ``end`` with what formatting falls among them."""
    text = passage.text[begin:end]
    if rtl and begin and not text.startswith(RIGHT_MARK):
        text = start_rtl(text)
    first, last = ruler.starts[begin], ruler.starts[end]
    shift = units(text) - (last - first) - first
    entities = []
    for entity in passage.entities:
        start = max(entity.offset, first)
        length = min(entity.offset + entity.length, last) - start
        if length > 0:
            inside = {"offset": start + shift, "length": length}
            entities.append(entity.model_copy(update=inside))
    return Passage(text, tuple(entities))


def is_boundary(text: str, position: int) -> bool:
    """Whether text may be cut before this character: never inside what is read as one sign."""
    before, after = text[position - 1], text[position]
    if unicodedata.category(after).startswith("M"):
        return False
    if after in JOINERS or before in JOINERS:
        return False
    if _in(after, SKIN_TONES) or _in(after, TAGS):
        return False
    return not (_in(before, FLAG_LETTERS) and _in(after, FLAG_LETTERS))


def _in(char: str, block: tuple[str, str]) -> bool:
    return block[0] <= char <= block[1]


def _width(char: str) -> int:
    return 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - beyond it, UTF-16 needs two units
