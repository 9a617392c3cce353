"""Words that mean danger, recognised before anything is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.normalise import Orthography, loose, orthography
from knowledge.phrases import BadPhrase, Phrase, Span
from knowledge.table import Table

KINDS = ("emergency", "self-harm", "violence")
"""The gravest first: it counts when a text speaks of several."""

_LONG = 6  # letters that a word must have to be recognised with an error in it
_NO_KEYBOARD = 4  # and to be recognised without its dots and rings
_BARE = 3  # and to be what is left without a prefix


class Danger:
    """The dangerous phrases of several languages, all of which a text is compared with."""

    def __init__(self, tongues: Sequence[_Tongue]) -> None:
        """Take what each language has; ``load`` reads it."""
        self._tongues = tongues

    @classmethod
    def load(cls, path: Path) -> Danger:
        """Read a ``danger.toml``, which says itself how it is written; raises Flaw."""
        table = Table.parse(path.read_text(encoding="utf-8"))
        return cls([_Tongue.read(orthography(code), table.table(code)) for code in table])

    def kind(self, text: str) -> str | None:
        """The gravest of the KINDS of danger that a text speaks of, if it does."""
        spoken = {kind for tongue in self._tongues for kind in tongue.kinds(text)}
        return next((kind for kind in KINDS if kind in spoken), None)


class _Tongue:
    """The phrases of one language, and how its words are recognised."""

    def __init__(
        self,
        spelling: Orthography,
        phrases: Mapping[str, Sequence[Phrase]],
        harmless: Sequence[Phrase],
        prefixes: Sequence[str],
        lookalikes: Sequence[str],
    ) -> None:
        self._spelling = spelling
        self._phrases = phrases
        self._harmless = harmless
        self._prefixes = prefixes
        self._lookalikes = frozenset(word for like in lookalikes for word in spelling.words(like))
        every = [*harmless, *(phrase for listed in phrases.values() for phrase in listed)]
        self._words = frozenset().union(*(phrase.vocabulary for phrase in every))
        self._long = [word for word in self._words if len(word) >= _LONG]
        self._loose: dict[str, set[str]] = defaultdict(set)
        for word in self._words:
            if len(word) >= _NO_KEYBOARD:
                self._loose[loose(word)].add(word)

    @classmethod
    def read(cls, spelling: Orthography, table: Table) -> _Tongue:
        named, listed = table.table("sets"), table.table("phrases")
        sets = {name: named.texts(name) for name in named}
        tongue = cls(
            spelling,
            phrases={kind: _phrases(listed, kind, sets, spelling) for kind in KINDS},
            harmless=_phrases(table, "harmless", sets, spelling),
            prefixes=table.texts("prefixes"),
            lookalikes=table.texts("lookalikes"),
        )
        listed.close()
        table.close()
        return tongue

    def kinds(self, text: str) -> Iterator[str]:
        """Every kind of danger that the text speaks of."""
        readings = [self._readings(word) for word in self._spelling.words(text)]
        if not any(readings):
            return
        harmless = [span for phrase in self._harmless for span in phrase.find(readings)]
        for kind, phrases in self._phrases.items():
            spans = (span for phrase in phrases for span in phrase.find(readings))
            if any(_is_meant(span, harmless) for span in spans):
                yield kind

    def _readings(self, word: str) -> frozenset[str]:
        """The words of our phrases that this one may be."""
        forms = {word, *self._bare(word)}
        if known := forms & self._words:
            return frozenset(known)
        if word in self._loose:
            return frozenset(self._loose[word])
        return frozenset(near for form in forms for near in self._misspelt(form))

    def _bare(self, word: str) -> Iterator[str]:
        for prefix in self._prefixes:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) >= _BARE:
                yield rest

    def _misspelt(self, word: str) -> Iterator[str]:
        if len(word) < _LONG or any(_nearly(word, self._lookalikes)):
            return
        for near in _nearly(word, self._long):
            if near[0] == word[0]:
                yield near


def _phrases(
    table: Table, key: str, sets: Mapping[str, Sequence[str]], spelling: Orthography
) -> list[Phrase]:
    try:
        return [Phrase.parse(text, sets, spelling.words) for text in table.texts(key)]
    except BadPhrase as bad:
        table.refuse(key, str(bad))


def _nearly(word: str, among: Collection[str]) -> Iterator[str]:
    """The words that are at most one edit away: a letter put in, left out, changed or swapped."""
    found = process.extract(word, among, scorer=OSA.distance, score_cutoff=1, limit=None)
    return (near for near, _, _ in found)


def _is_meant(danger: Span, harmless: Sequence[Span]) -> bool:
    return all(danger.covers(span) for span in harmless if span.meets(danger))
