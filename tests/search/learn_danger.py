"""Learns ``knowledge/danger.npz`` from the sentences in ``danger/learn``: part of ``make learn``.

Multinomial logistic regression by Adam, with a little shrinking; the same weights each time. The
sentences in ``danger/blind`` were written by somebody else and are never read here.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from babel.messages.pofile import read_po

from backend.catalogues import PLACEHOLDER
from backend.runtime import KNOWLEDGE, LOCALES
from knowledge.alarm import BUCKETS, CLASSES, buckets
from knowledge.danger import Danger
from tests.search import ours

HERE = Path(__file__).parent / "danger"
KNOWN = Path(__file__).parents[1] / "unit" / "knowledge" / "danger"
ABOUT_DANGER = {
    "violence-help",
    "emergency-numbers",
    "honour-and-forced-marriage",
    "mental-health",
}
STEPS, RATE, SHRINK = 120, 0.3, 1e-2
FINEST = 127  # weights are kept as whole numbers, -127 to 127

Numbers = npt.NDArray[np.float64]


def sentences(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Every sentence of a folder: its language, itself, and the number of its class."""
    for path in sorted(folder.glob("*.toml")):
        kinds = tomllib.loads(path.read_text(encoding="utf-8"))
        for number, kind in enumerate(CLASSES):
            yield from ((path.stem, text, number) for text in kinds.get(kind, ()))


def examples() -> Iterator[tuple[str, int]]:
    """What is learnt from: sentences for this, and ordinary questions, which are harmless."""
    for folder in (HERE / "learn", KNOWN):
        yield from ((text, number) for _language, text, number in sentences(folder))
    for article in ours.library().articles:
        if article.slug not in ABOUT_DANGER:
            for words in article.translations.values():
                titles = (words.title, *(section.title for section in words.sections))
                yield from ((text, 0) for text in (*words.questions, *titles))
    yield from ((text, 0) for text in (*labels(), *small_talk()))


def labels() -> Iterator[str]:
    """What stands on buttons and pages: people type it too."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                places = {place for place, _line in message.locations}
                if message.id and "dialogs/flows/emergency.py" not in places:
                    yield from _forms(message.id)
                    yield from _forms(message.string)


def _forms(text: str | Sequence[str]) -> Iterator[str]:
    for form in (text,) if isinstance(text, str) else text:
        yield PLACEHOLDER.sub("", form).strip()


def small_talk() -> Iterator[str]:
    """Greetings and single words."""
    for path in sorted((KNOWLEDGE / "talk").glob("*.toml")):
        lists = tomllib.loads(path.read_text(encoding="utf-8"))
        for texts in (*lists.values(), *lists["vague"].values()):
            yield from (texts if isinstance(texts, list) else ())


def learn(rows: list[npt.NDArray[np.int64]], classes: list[int]) -> tuple[Numbers, Numbers]:
    """Weights (buckets x classes) and bias (classes)."""
    bucket = np.concatenate(rows)
    example = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    value = 1 / np.sqrt([max(1, len(row)) for row in rows])[example]
    wanted = np.eye(len(CLASSES))[classes]
    weights = np.zeros((BUCKETS + 1, len(CLASSES)))  # the last row is the bias
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        raw = _summed(example, weights[bucket] * value[:, None], len(rows)) + weights[-1]
        odds = np.exp(raw - raw.max(axis=1, keepdims=True))
        wrong = (odds / odds.sum(axis=1, keepdims=True) - wanted) / len(rows)
        slope = np.vstack(
            (
                _summed(bucket, wrong[example] * value[:, None], BUCKETS)
                + SHRINK * weights[:-1] / len(rows),
                wrong.sum(axis=0),
            )
        )
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        move = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-6)
        weights -= RATE * move
    return weights[:-1], weights[-1]


def _summed(places: npt.NDArray[np.int64], values: Numbers, size: int) -> Numbers:
    """The sum of the rows of ``values`` for each place."""
    columns = [np.bincount(places, column, size) for column in values.T]
    return np.stack(columns, axis=1)


def main() -> int:
    """Learn and write."""
    phrases = Danger.load(KNOWLEDGE / "danger_words")
    given = sorted(set(examples()))
    rows = [buckets(text, phrases) for text, _number in given]
    weights, bias = learn(rows, [number for _text, number in given])
    scale = float(np.abs(weights).max()) / FINEST
    np.savez_compressed(
        KNOWLEDGE / "danger.npz",
        weights=np.round(weights / scale).astype(np.int8),
        scale=np.float32(scale),
        bias=bias.astype(np.float32),
    )
    print(f"knowledge/danger.npz: learnt from {len(given)} sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
