"""Words that no article has, read as the words they are closest to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.normalise import loose
from knowledge.romanise import consonants, is_latin

# Measured on OMoS-QA dev, with a typing error in each of the two longest words of a question: the
# AUROC of weights.py is .988, and .920 without this. Cut-offs of .65 to .85 are equal on ours.
_ALIKE = 0.72  # the least that two words may be alike: 1 - edits / letters
_AS_GOOD = 0.12  # how much less alike than the closest one
_READINGS = 4
_SHORTEST = 3  # a shorter word has too many neighbours
_OTHER_KEYBOARD = 0.95
# What is left of a word when only its consonants are compared: three of them are a common root.
_OTHER_SCRIPT = {3: 0.5}
_OTHER_SCRIPT_LONG = 0.8
_TELLING = 3  # consonants; two are shared by too many words


class Spelling:
    """The words that are known, and what an unknown one may stand for."""

    def __init__(self, words: Iterable[str], elsewhere: Set[str] = frozenset()) -> None:
        """Learn the words; those known ``elsewhere``, in other languages, are left as they are."""
        self.known = frozenset(words)
        self._elsewhere = elsewhere
        self._listed = sorted(self.known)
        self._loose: dict[str, list[str]] = defaultdict(list)
        for word in self._listed:
            self._loose[loose(word)].append(word)
        self._skeletons: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for word in self._listed:
            self._skeletons[is_latin(word), consonants(word)].append(word)

    def readings(self, word: str) -> Mapping[str, float]:
        """What the word may stand for, and how much of it each reading takes; 1 at most in all.

        That is the word itself when it is known, or when it is like none that is.
        """
        if word in self.known:
            return {word: 1.0}
        if twins := self._loose.get(loose(word)):
            return {twin: _OTHER_KEYBOARD / len(twins) for twin in twins}
        closest = self._closest(word) or self._in_another_script(word) or {word: 1.0}
        total = max(1.0, sum(closest.values()))
        return {reading: alike / total for reading, alike in closest.items()}

    def _in_another_script(self, word: str) -> Mapping[str, float]:
        """A word of the language typed in Latin letters, or a Swedish one in those of hers."""
        skeleton = consonants(word)
        if len(skeleton) < _TELLING or word in self._elsewhere:
            return {}
        words = self._skeletons.get((not is_latin(word), skeleton), ())
        alike = _OTHER_SCRIPT.get(len(skeleton), _OTHER_SCRIPT_LONG)
        return dict.fromkeys(words[:_READINGS], alike)

    def _closest(self, word: str) -> Mapping[str, float]:
        if len(word) < _SHORTEST:
            return {}
        found = process.extract(
            word,
            self._listed,
            scorer=OSA.normalized_similarity,
            score_cutoff=_ALIKE,
            limit=_READINGS,
        )
        return {known: alike**2 for known, alike, _ in found if alike >= found[0][1] - _AS_GOOD}
