"""The documents of one language, ready to be searched."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from operator import mul

from knowledge.document import Document
from knowledge.normalise import Orthography
from knowledge.ranking import Bag, Ranking
from knowledge.spelling import Spelling
from knowledge.weights import Weights

_KEPT = 2**12  # texts whose words are remembered: an index reads each several times
_SHORTEST = 3  # words; a shorter line is a heading or a name


class Shelf:
    """Documents ranked in six ways, which are added up.

    By words and by parts of words, as these survive misspelling and compounding; and each of them
    by the whole document, by its nearest phrasing (its title or one of its questions) and by its
    nearest line.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        orthography: Orthography,
        weights: Weights,
        elsewhere: Set[str] = frozenset(),
    ) -> None:
        """Read the documents, all of them in the language that ``orthography`` is for.

        Words known ``elsewhere`` belong to other languages: they are not read as ours.
        """
        self.slugs = frozenset(document.slug for document in documents)
        self._documents = documents
        self._orthography = orthography
        self._words = lru_cache(maxsize=_KEPT)(orthography.words)
        self._weights = weights
        self._named = self._names()
        wholes = [self._whole(document) for document in documents]
        self._spelling = Spelling((word for whole in wholes for word in whole), elsewhere)
        self._rankings = (
            *self._both(wholes, range(len(documents))),
            *self._both(*self._pieces([document.phrasings for document in documents], 1)),
            *self._both(*self._pieces([document.lines for document in documents], _SHORTEST)),
        )
        self._words.cache_clear()

    def rank(self, question: str, limit: int) -> list[tuple[Document, float]]:
        """The documents that have most to do with the question and their scores, best first."""
        parts = self._weights.parts
        shares = {
            number: sum(map(mul, parts, found)) for number, found in self.shares(question).items()
        }
        language = self._documents[0].language if self._documents else ""
        scores = {number: self._weights.score(share, language) for number, share in shares.items()}
        named = self._named.get(tuple(self._words(question)), frozenset())
        if len(named) == 1:
            scores |= {number: max(scores[number], self._weights.named) for number in named}
        best = heapq.nlargest(limit, scores, key=scores.__getitem__)
        return [(self._documents[number], scores[number]) for number in best]

    def shares(self, question: str) -> Mapping[int, Sequence[float]]:
        """The share, 0..1, of the question that each document has in each of the rankings.

        Documents are numbered as they were given. Weights.parts has the rankings' order.
        """
        stems, grams = self._asked(question)
        shares: dict[int, list[float]] = defaultdict(lambda: [0.0] * len(self._rankings))
        for place, ranking in enumerate(self._rankings):
            for number, share in ranking.shares(grams if place % 2 else stems).items():
                shares[number][place] = share
        return shares

    def familiar(self, question: str) -> float:
        """The part, 0..1, of a question that looks like this language: four letters in a row."""
        return self._rankings[1].knows(self._cut(dict.fromkeys(self._words(question), 1.0)))

    def _names(self) -> Mapping[tuple[str, ...], Set[int]]:
        """What editors have written as titles, questions and keywords, and of which document."""
        names: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for number, document in enumerate(self._documents):
            for name in (*document.phrasings, *document.keywords):
                names[tuple(self._words(name))].add(number)
        return names

    def _both(self, bags: Sequence[Bag], owners: Sequence[int]) -> tuple[Ranking, Ranking]:
        """By words and by parts of words."""
        return (
            self._ranking(map(self._stemmed, bags), owners),
            self._ranking(map(self._cut, bags), owners),
        )

    def _pieces(
        self, documents: Sequence[Sequence[str]], shortest: int
    ) -> tuple[list[Bag], list[int]]:
        """Each piece of at least ``shortest`` words as a bag, and the document it belongs to."""
        bags: list[Bag] = []
        owners = []
        for number, pieces in enumerate(documents):
            for piece in pieces:
                words = self._words(piece)
                if len(words) >= shortest:
                    bags.append(Counter(words))
                    owners.append(number)
        return bags, owners

    def _whole(self, document: Document) -> Bag:
        bag: dict[str, float] = defaultdict(float)
        for text, weight in (
            (document.title, self._weights.title),
            (document.opening, self._weights.opening),
            (document.text, 1.0),
            *((question, self._weights.questions) for question in document.questions),
            *((keyword, self._weights.keywords) for keyword in document.keywords),
        ):
            for word in self._words(text):
                bag[word] += weight
        return bag

    def _asked(self, question: str) -> tuple[Bag, Bag]:
        """The stems and the grams to look for, and how much each counts."""
        asking = self._weights.asking
        readings: dict[str, float] = {}
        for word in self._words(question):
            weight = asking if word in self._orthography.hollow else 1.0
            for reading, part in self._spelling.readings(word).items():
                readings[reading] = max(readings.get(reading, 0.0), weight * part)
        return self._stemmed(readings), self._cut(readings)

    def _stemmed(self, words: Bag) -> Bag:
        bag: dict[str, float] = defaultdict(float)
        for word, count in words.items():
            bag[self._orthography.stem(word)] += count
        return bag

    def _cut(self, words: Bag) -> Bag:
        """Words as overlapping runs of letters; a space is where a word begins or ends."""
        size = self._orthography.gram
        bag: dict[str, float] = defaultdict(float)
        for word, count in words.items():
            padded = f" {word} "
            for start in range(max(1, len(padded) - size + 1)):
                bag[padded[start : start + size]] += count
        return bag

    def _ranking(self, bags: Iterable[Bag], owners: Sequence[int]) -> Ranking:
        weights = self._weights
        return Ranking(
            list(bags),
            owners,
            saturation=weights.saturation,
            length=weights.length,
            doubt=weights.doubt,
        )
