"""BM25: how much of what a question asks for is found in each document."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

Bag = Mapping[str, float]
"""Terms, and how often each occurs; what stands in a weighty field is counted more than once."""


_COMMON = 0.05  # a term that weighs less tells nothing apart, and is in nearly every document


class Ranking:
    """Bags of terms that a question can be put to.

    Several bags may have one owner, such as the ways to ask about one article: then the best of
    them counts, never their sum.
    """

    def __init__(
        self,
        bags: Sequence[Bag],
        owners: Sequence[int],
        *,
        saturation: float,
        length: float,
        doubt: float,
    ) -> None:
        """Weigh every term. ``saturation`` and ``length`` are k1 and b of BM25.

        A term that nothing contains weighs 1, a common one close to 0. Every question is taken to
        ask for ``doubt`` more than it says, so that one or two words found are not all there is.
        """
        self._owners = owners
        self._doubt = doubt
        holders = Counter(term for bag in bags for term in bag)
        weights = [_weight(count, len(bags)) for count in range(len(bags) + 1)]
        self._weight = {term: weights[count] for term, count in holders.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        sizes = [sum(bag.values()) for bag in bags]
        usual = sum(sizes) / len(sizes) if sizes else 0.0
        for number, bag in enumerate(bags):
            brake = saturation * (1 - length + length * sizes[number] / usual) if bag else 0.0
            for term, count in bag.items():
                if weight := self._weight[term]:
                    self._postings[term].append((number, weight * count / (count + brake)))

    def knows(self, question: Bag) -> float:
        """The part, 0..1, of the terms of a question that are anywhere in the bags."""
        return sum(term in self._weight for term in question) / len(question) if question else 0.0

    def shares(self, question: Bag) -> dict[int, float]:
        """The share, 0..1, of the question found with each owner that has any of it."""
        found = [0.0] * len(self._owners)
        asked = self._doubt
        for term, stress in question.items():
            asked += stress * self._weight.get(term, 1.0)
            for number, impact in self._postings.get(term, ()):
                found[number] += stress * impact
        best: dict[int, float] = {}
        for owner, amount in zip(self._owners, found, strict=True):
            if amount > best.get(owner, 0.0) * asked:
                best[owner] = amount / asked
        return best


def _weight(holders: int, bags: int) -> float:
    """The inverse document frequency of a term, 0..1."""
    weight = _surprise(holders, bags) / _surprise(0, bags)
    return weight if weight >= _COMMON else 0.0


def _surprise(holders: int, bags: int) -> float:
    return math.log(1 + (bags - holders + 0.5) / (holders + 0.5))
