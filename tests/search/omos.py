"""OMoS-QA: real pages for newcomers of three German areas, and questions about them.

Source: github.com/digitalfabrik/integreat-qa-dataset (Kaiser et al., KONVENS 2024), CC-BY 4.0.
The folder is named by INGANG_OMOS_DIR. Each area is searched by itself: it has the size of ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.document import Document
from knowledge.evaluation import Query, read_documents, read_queries

LANGUAGES = ("en", "de", "fr", "ar", "uk")
SPELT = {"clean": "", "typo": "_typo", "hard typo": "_typohard"}


class NoData(Exception):
    """INGANG_OMOS_DIR does not name the folder of OMoS-QA."""


@dataclass(frozen=True)
class City:
    """The pages of one area in one language, and questions to put to them."""

    language: str
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]


def folder() -> Path:
    """Where the data is. Raises NoData."""
    named = os.environ.get("INGANG_OMOS_DIR", "")
    path = Path(named)
    if not named or not (path / "corpus_en.jsonl").exists():
        raise NoData
    return path


def cities(path: Path, split: str, spelt: str, language: str) -> Iterator[City]:
    """Every area with the questions of a split (train, dev) and a spelling (a key of SPELT)."""
    pages = path / f"corpus_{language}.jsonl"
    asked = path / f"queries_{split}{SPELT[spelt]}_{language}.jsonl"
    documents = list(read_documents(_lines(pages), language))
    queries = list(read_queries(_lines(asked)))
    city_of_page = [row["city"] for row in map(json.loads, _lines(pages))]
    city_of_query = [row["city"] for row in map(json.loads, _lines(asked))]
    for city in sorted(set(city_of_page)):
        yield City(
            language,
            tuple(d for d, at in zip(documents, city_of_page, strict=True) if at == city),
            tuple(q for q, at in zip(queries, city_of_query, strict=True) if at == city),
        )


def out_of_scope(path: Path, language: str) -> list[Query]:
    """What no page answers."""
    lines = _lines(path / f"out_of_scope_{language}.txt")
    return [Query(f"none-{number}", line, frozenset()) for number, line in enumerate(lines)]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
