"""The documents of one language, ready to be searched."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from knowledge.document import Document
from knowledge.normalise import Orthography
from knowledge.ranking import Bag, Ranking
from knowledge.spelling import Spelling
from knowledge.weights import Weights

_GRAM = 4  # letters; 3 and 4 are as good, 4 is faster


class Shelf:
    """Documents ranked in four ways, which are added up.

    By words and by parts of words, as these survive misspelling and compounding; and each of them
    by the whole document and by its nearest phrasing: its title or one of its questions.
    """

    def __init__(
        self, documents: Sequence[Document], orthography: Orthography, weights: Weights
    ) -> None:
        """Read the documents, all of them in the language that ``orthography`` is for."""
        self.slugs = frozenset(document.slug for document in documents)
        self._documents = documents
        self._orthography = orthography
        self._weights = weights
        wholes = [self._whole(document) for document in documents]
        self._spelling = Spelling(word for whole in wholes for word in whole)
        owners, phrasings = [], []
        for number, document in enumerate(documents):
            for phrasing in document.phrasings:
                owners.append(number)
                phrasings.append(Counter(orthography.words(phrasing)))
        self._words = self._ranking(map(self._stemmed, wholes), range(len(documents)))
        self._grams = self._ranking(map(_cut, wholes), range(len(documents)))
        self._phrase_words = self._ranking(map(self._stemmed, phrasings), owners)
        self._phrase_grams = self._ranking(map(_cut, phrasings), owners)

    def rank(self, question: str, limit: int) -> list[tuple[Document, float]]:
        """The documents that have most to do with the question and their scores, best first."""
        stems, grams = self._asked(question)
        shares: dict[int, float] = defaultdict(float)
        for ranking, asked, weight in (
            (self._words, stems, self._weights.words),
            (self._grams, grams, self._weights.grams),
            (self._phrase_words, stems, self._weights.phrase_words),
            (self._phrase_grams, grams, self._weights.phrase_grams),
        ):
            for number, share in ranking.shares(asked).items():
                shares[number] += weight * share
        best = heapq.nlargest(limit, shares, key=shares.__getitem__)
        return [(self._documents[number], self._weights.score(shares[number])) for number in best]

    def _whole(self, document: Document) -> Bag:
        bag: dict[str, float] = defaultdict(float)
        for text, weight in (
            (document.title, self._weights.title),
            (document.opening, self._weights.opening),
            (document.text, 1.0),
            *((question, self._weights.questions) for question in document.questions),
            *((keyword, self._weights.keywords) for keyword in document.keywords),
        ):
            for word in self._orthography.words(text):
                bag[word] += weight
        return bag

    def _asked(self, question: str) -> tuple[Bag, Bag]:
        """The stems and the grams to look for, and how much each counts."""
        asking = self._weights.asking
        readings: dict[str, float] = {}
        for word in self._orthography.words(question):
            weight = asking if word in self._orthography.hollow else 1.0
            for reading, part in self._spelling.readings(word).items():
                readings[reading] = max(readings.get(reading, 0.0), weight * part)
        return self._stemmed(readings), _cut(readings)

    def _stemmed(self, words: Bag) -> Bag:
        bag: dict[str, float] = defaultdict(float)
        for word, count in words.items():
            bag[self._orthography.stem(word)] += count
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


def _cut(words: Bag) -> Bag:
    """Words as overlapping runs of letters; a space stands for where a word begins or ends."""
    bag: dict[str, float] = defaultdict(float)
    for word, count in words.items():
        padded = f" {word} "
        for start in range(max(1, len(padded) - _GRAM + 1)):
            bag[padded[start : start + _GRAM]] += count
    return bag
