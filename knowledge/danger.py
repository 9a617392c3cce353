"""Words that mean danger, recognised before anything is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.flaw import Flaw
from knowledge.normalise import Orthography, loose, orthography
from knowledge.phrases import BadPhrase, Phrase, Span
from knowledge.romanise import is_latin, sounds
from knowledge.table import Table

KINDS = ("emergency", "self-harm", "forced-travel", "violence")
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
    def load(cls, folder: Path) -> Danger:
        """Read a folder of ``<language>.toml``; its README says how they are written.

        Raises Flaw, with the name of the file.
        """
        tongues = []
        for path in sorted(folder.glob("*.toml")):
            try:
                table = Table.parse(path.read_text(encoding="utf-8"))
                tongues.append(_Tongue.read(orthography(path.stem), table))
            except Flaw as flaw:
                raise Flaw(flaw.line, f"{path.name}: {flaw.what}") from flaw
        return cls(tongues)

    def kind(self, text: str) -> str | None:
        """The gravest of the KINDS of danger that a text speaks of, if it does."""
        spoken = {kind for tongue in self._tongues for kind in tongue.kinds(text)}
        return next((kind for kind in KINDS if kind in spoken), None)


class _Tongue:
    """The phrases of one language, and how its words are recognised."""

    def __init__(
        self,
        vocabulary: _Vocabulary,
        phrases: Mapping[str, Sequence[Phrase]],
        harmless: Sequence[Phrase],
    ) -> None:
        self._vocabulary = vocabulary
        self._phrases = phrases
        self._harmless = harmless

    @classmethod
    def read(cls, spelling: Orthography, table: Table) -> _Tongue:
        named, listed = table.table("sets"), table.table("phrases")
        sets = {name: named.texts(name) for name in named}
        vocabulary = _Vocabulary(
            spelling,
            stems="stems" in table and table.flag("stems"),
            prefixes=table.texts("prefixes"),
            lookalikes=table.texts("lookalikes"),
        )
        tongue = cls(
            vocabulary,
            phrases={kind: _phrases(listed, kind, sets, vocabulary) for kind in KINDS},
            harmless=_phrases(table, "harmless", sets, vocabulary),
        )
        listed.close()
        table.close()
        return tongue

    def kinds(self, text: str) -> Iterator[str]:
        """Every kind of danger that the text speaks of."""
        readings = [self._vocabulary.readings(word) for word in self._vocabulary.words(text)]
        if not any(readings):
            return
        harmless = [span for phrase in self._harmless for span in phrase.find(readings)]
        for kind, phrases in self._phrases.items():
            spans = (span for phrase in phrases for span in phrase.find(readings))
            if any(_is_meant(span, harmless) for span in spans):
                yield kind


class _Vocabulary:
    """The words of one language's phrases, and which of them a typed word may be."""

    def __init__(
        self,
        spelling: Orthography,
        *,
        stems: bool,
        prefixes: Sequence[str],
        lookalikes: Sequence[str],
    ) -> None:
        self._spelling = spelling
        self._stems = stems
        self._prefixes = prefixes
        self._words: set[str] = set()
        self._long: list[str] = []
        self._loose: dict[str, set[str]] = defaultdict(set)
        self._heard: dict[str, set[str]] = defaultdict(set)
        self._lookalikes = frozenset(word for like in lookalikes for word in self.words(like))

    def words(self, text: str) -> list[str]:
        """The words of a text as they are compared."""
        words = self._spelling.words(text)
        return [self._spelling.stem(word) for word in words] if self._stems else words

    def learn(self, text: str) -> list[str]:
        """The words of a text, which may be recognised from now on."""
        words = self.words(text)
        for typed, word in zip(self._spelling.words(text), words, strict=True):
            if not is_latin(word) and len(sound := sounds(typed)) > 1:
                self._heard[sound].add(word)
            if word in self._words:
                continue
            self._words.add(word)
            if len(word) >= _LONG:
                self._long.append(word)
            if len(word) >= _NO_KEYBOARD:
                self._loose[loose(word)].add(word)
        return words

    def readings(self, word: str) -> frozenset[str]:
        """The words of our phrases that this one may be."""
        forms = {word, *self._bare(word)}
        if known := forms & self._words:
            return frozenset(known)
        if word in self._loose:
            return frozenset(self._loose[word])
        if self._heard and is_latin(word) and word not in self._lookalikes:
            return frozenset(self._heard.get(sounds(word), ()))
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
    table: Table, key: str, sets: Mapping[str, Sequence[str]], vocabulary: _Vocabulary
) -> list[Phrase]:
    try:
        return [Phrase.parse(text, sets, vocabulary.learn) for text in table.texts(key)]
    except BadPhrase as bad:
        table.refuse(key, str(bad))


def _nearly(word: str, among: Collection[str]) -> Iterator[str]:
    """The words that are at most one edit away: a letter put in, left out, changed or swapped."""
    found = process.extract(word, among, scorer=OSA.distance, score_cutoff=1, limit=None)
    return (near for near, _, _ in found)


def _is_meant(danger: Span, harmless: Sequence[Span]) -> bool:
    return all(danger.covers(span) for span in harmless if span.meets(danger))
