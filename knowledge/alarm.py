"""Danger in a message: the fixed phrases, and what thousands of example sentences have taught.

Phrases find only what somebody has thought of (of sentences written apart from them, six in ten).
So the parts of a message (words, pairs of words, runs of letters, consonants across scripts, and
the phrase that was found) are weighed, with weights learnt from examples in every language
(``make learn``). Nothing is composed: what follows is one of the fixed cards.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.danger import KINDS, Danger
from knowledge.normalise import Orthography, loose, orthography
from knowledge.romanise import consonants

CLASSES = ("none", *KINDS)
BUCKETS = 2**18  # parts that share a bucket share its weight
# The least likelihood of danger of a message, and of a part of a long one, which lacks
# what stands around it. See tests/search/danger and make bench.
ALARMED, ALARMED_IN_PART = 0.18, 0.6
# And of a message that looks like none of our languages: nothing was learnt about its words.
ALARMED_BY_STRANGE_WORDS = 0.4

_ANY = Orthography(joined=True)
# The languages written in a script, by a range of letters; nobody says which one a message is in.
_SCRIPTS = (
    ("a", "\u02af", ("en", "so", "sv")),
    ("\u0400", "\u04ff", ("ru", "uk")),
    ("\u0600", "\u06ff", ("ar", "fa_AF")),
)
_GRAMS = (3, 4, 5)
_STEM = 4  # letters that most forms of a word begin with
_TELLING, _TELLING_PAIR = 3, 4  # consonants
_WINDOW, _STRIDE = 16, 8  # words: danger may be said in the middle of a long story


@dataclass(frozen=True)
class Alarm:
    """Recognises danger. ``weights`` has a row for each bucket and a column for each class."""

    phrases: Danger
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> Alarm:
        """Read phrases and weights from the knowledge folder. Raises Flaw."""
        with np.load(folder / "danger.npz") as stored:
            weights = stored["weights"].astype(np.float32) * stored["scale"]
            return cls(Danger.load(folder / "danger_words"), weights, stored["bias"])

    def kind(self, text: str, *, strange: bool = False) -> str | None:
        """The kind of danger that a text speaks of, if it does: one of KINDS.

        ``strange``: it looks like none of our languages.
        """
        if not any(len(word) > 1 and word.isalpha() for word in _ANY.words(text)):
            return None  # a telephone number or single letters: no words, nothing said
        whole, kind = self._likely(text)
        if whole < (ALARMED_BY_STRANGE_WORDS if strange else ALARMED):
            part, kind = max(map(self._likely, _windows(text)), default=(0.0, ""))
            if part < ALARMED_IN_PART:
                return None
        return self.phrases.kind(text) or kind

    def _likely(self, text: str) -> tuple[float, str]:
        """How likely it is, 0..1, that a text speaks of danger, and of which kind."""
        rows = buckets(text, self.phrases)
        raw = self.weights[rows].sum(axis=0) / max(1, len(rows)) ** 0.5 + self.bias
        odds = np.exp(raw - raw.max())
        shares = odds / odds.sum()
        return float(1 - shares[0]), KINDS[int(shares[1:].argmax())]


def buckets(text: str, phrases: Danger) -> npt.NDArray[np.int64]:
    """The numbers, 0..BUCKETS - 1, of the parts of a text."""
    parts = {zlib.crc32(part.encode()) % BUCKETS for part in _parts(text)}
    if kind := phrases.kind(text):
        parts |= {zlib.crc32(part.encode()) % BUCKETS for part in ("phrase", f"phrase {kind}")}
    return np.fromiter(sorted(parts), np.int64, len(parts))


def _windows(text: str) -> Iterator[str]:
    """Each stretch of a long text."""
    words = text.split()
    if len(words) > _WINDOW:
        for start in range(0, len(words) - _STRIDE, _STRIDE):
            yield " ".join(words[start : start + _WINDOW])


def _parts(text: str) -> Iterator[str]:
    words = [loose(word) for word in _ANY.words(text)]
    yield from (f"word {word}" for word in words)
    yield from _pairs("pair", words)
    yield from _pairs("stems", [word[:_STEM] for word in words])
    for word in words:
        padded = f" {word} "
        for size in _GRAMS:
            for start in range(len(padded) - size + 1):
                yield f"letters {padded[start : start + size]}"
    yield from _skeletons([consonants(word) for word in words])
    for language in _languages(words):
        spelling = orthography(language)
        stems = [spelling.stem(word) for word in spelling.words(text)]
        yield from (f"{language} {stem}" for stem in stems)
        yield from _pairs(language, stems)


def _languages(words: Iterable[str]) -> list[str]:
    """The languages that a text may be in, by its letters."""
    firsts = {word[0] for word in words}
    return [
        language
        for first, last, languages in _SCRIPTS
        if any(first <= letter <= last for letter in firsts)
        for language in languages
    ]


def _pairs(name: str, words: Sequence[str]) -> Iterator[str]:
    """Each word with the next one, and with the one after that."""
    for distance in (1, 2):
        for one, other in zip(words, words[distance:], strict=False):
            yield f"{name} {distance} {one} {other}"


def _skeletons(words: Sequence[str]) -> Iterator[str]:
    """Consonants are the same in every script that the language is typed in."""
    for one, other in zip_longest(words, words[1:], fillvalue=""):
        if len(one) >= _TELLING:
            yield f"consonants {one}"
        if other and len(one) + len(other) >= _TELLING_PAIR:
            yield f"consonants {one} {other}"
