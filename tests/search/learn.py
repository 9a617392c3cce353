"""Learns the numbers of ``knowledge/weights.py`` that are learnt: ``make learn`` prints them.

The parts are those that make the right page most likely among all pages of its area (conditional
logit) on OMoS train, in five languages, spelt right and wrong. The curve from a share to a
likelihood is a logistic regression over first hits: of the same questions, of those that nothing
answers, and of our own articles, each question left out in turn. Dev is never read here.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.document import Document
from knowledge.evaluation import Query, left_out
from knowledge.normalise import orthography
from knowledge.shelf import Shelf
from knowledge.weights import Weights
from tests.search import omos
from tests.search.ours import LANGUAGES, misspelt
from tests.search.ours import library as ours_library

STEPS, RATE, SHRINK = 400, 0.5, 1e-3
SEED = 5

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One question: the shares of the pages that have any (pages x rankings); the right ones."""

    shares: Numbers
    right: npt.NDArray[np.bool_]


def put(shelf: Shelf, documents: tuple[Document, ...], query: Query) -> Asked:
    """Ask a shelf."""
    found = shelf.shares(query.text)
    shares = np.array(list(found.values()), dtype=float).reshape(-1, len(Weights().parts))
    shares /= Weights().usual.get(documents[0].language, 1.0)
    return Asked(shares, np.array([documents[at].slug in query.relevant for at in found], bool))


def training(path: Path) -> Iterator[Asked]:
    """The questions of train."""
    for language in omos.LANGUAGES:
        for spelt in omos.SPELT:
            for city in omos.cities(path, "train", spelt, language):
                shelf = Shelf(city.documents, orthography(language), Weights())
                yield from (put(shelf, city.documents, query) for query in city.queries)


def hopeless(path: Path) -> Iterator[Asked]:
    """Every second question that nothing answers; the others are left for measuring."""
    for language in omos.LANGUAGES:
        for city in omos.cities(path, "train", "clean", language):
            shelf = Shelf(city.documents, orthography(language), Weights())
            for query in omos.out_of_scope(path, language)[::2]:
                yield put(shelf, city.documents, query)


def ours() -> Iterator[tuple[str, Asked]]:
    """Our own questions with their language, each misspelt and asked of an index without it."""
    rng = random.Random(SEED)  # noqa: S311 - the same slips each time
    documents = ours_library().documents()
    for language in LANGUAGES:
        mine = [document for document in documents if document.language == language]
        for queries, before in left_out(mine):
            held = tuple(before)
            shelf = Shelf(held, orthography(language), Weights())
            for query in queries:
                slipped = replace(query, text=misspelt(query.text, rng))
                yield language, put(shelf, held, slipped)


def learn_usual(asked: list[tuple[str, Asked]], parts: Numbers) -> Mapping[str, float]:
    """For each language the share that nine of ten right first hits have, beside the mean."""
    best: dict[str, list[float]] = defaultdict(list)
    for language, each in asked:
        shares = each.shares @ parts * Weights().usual.get(language, 1.0)
        if len(shares) and each.right[shares.argmax()]:
            best[language].append(float(shares.max()))
    low = {language: float(np.quantile(shares, 0.1)) for language, shares in best.items()}
    mean = sum(low.values()) / len(low)
    return {language: share / mean for language, share in low.items()}


def learn_parts(asked: list[Asked]) -> Numbers:
    """The parts, none below 0, by Adam on the likelihood of the right pages."""
    parts = np.full(len(Weights().parts), 10.0)
    first, second = np.zeros_like(parts), np.zeros_like(parts)
    useful = [each for each in asked if each.right.any()]
    for step in range(1, STEPS + 1):
        slope = sum((_towards(each, parts) for each in useful), np.zeros_like(parts))
        slope = slope / len(useful) - SHRINK * parts
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        move = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        parts = np.maximum(0.0, parts + RATE * move)
    return parts / parts.sum()


def _towards(asked: Asked, parts: Numbers) -> Numbers:
    """The gradient: the shares of the right pages less those of all, as likely as they are."""
    odds = np.exp((raw := asked.shares @ parts) - raw.max())
    of_right = odds * asked.right
    return asked.shares.T @ (of_right / of_right.sum() - odds / odds.sum())


def learn_curve(asked: list[Asked], parts: Numbers) -> tuple[float, float]:
    """Slope and offset: how likely a first hit with a share is right (Newton's method)."""
    best = [(each.shares @ parts, each.right) for each in asked if len(each.right)]
    share = np.array([shares.max() for shares, _right in best])
    right = np.array([right[shares.argmax()] for shares, right in best], float)
    held = np.stack([share, np.ones_like(share)], axis=1)
    found = np.zeros(2)
    for _round in range(30):
        likely = 1 / (1 + np.exp(-held @ found))
        curve = held.T @ (held * (likely * (1 - likely))[:, None])
        found += np.linalg.solve(curve, held.T @ (right - likely))
    return float(found[0]), float(found[1])


def main() -> int:
    """Print what is learnt, as it stands in ``knowledge/weights.py``."""
    try:
        path = omos.folder()
    except omos.NoData:
        print("INGANG_OMOS_DIR does not name the folder of OMoS-QA; see tests/search/omos.py")
        return 1
    train = list(training(path))
    parts = learn_parts(train)
    mine = list(ours())
    everything = [*train, *hopeless(path), *(each for _language, each in mine)]
    slope, offset = learn_curve(everything, parts)
    names = ("words", "grams", "phrase_words", "phrase_grams", "line_words", "line_grams")
    for name, part in zip(names, parts, strict=True):
        print(f"{name}: float = {part:.3f}")
    print(f"slope: float = {slope:.1f}\noffset: float = {offset:.2f}")
    for language, usual in sorted(learn_usual(mine, parts).items()):
        print(f"usual: {language} = {usual:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
