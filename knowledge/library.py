"""All articles: those we ship, and those an operator has laid over them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from knowledge.article import Article, Translation
from knowledge.document import Document
from knowledge.reading import FACTS, SPOKEN, WORDS, BrokenArticle, read_facts, read_translation

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Library:
    """Every article that can be served, by slug; what could not be read is in ``problems``."""

    articles: tuple[Article, ...]
    languages: tuple[str, ...]
    problems: tuple[BrokenArticle, ...] = ()
    files: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    """Where each article was read from: (slug, file name) to path."""

    @classmethod
    def load(
        cls, folders: Sequence[Path], languages: Sequence[str], unpublished: Collection[str] = ()
    ) -> Library:
        """Read article folders; a file in a later one stands in for the same file before it.

        Files in ``unpublished`` languages are being written: they are left alone.

        A file that is broken is left out and becomes one of the ``problems``: the file that it
        was laid over is served, else the article without it. Raises FileNotFoundError when one
        of the folders is not there.
        """
        reader = _Reader(languages, unpublished)
        for folder in folders:
            for place in sorted(folder.iterdir()):
                if place.is_dir() and not place.name.startswith("."):
                    reader.add(place)
        return cls(reader.articles(), tuple(languages), tuple(reader.problems), reader.files)

    def article(self, slug: str) -> Article | None:
        """The article with this slug, if there is one."""
        return self._by_slug.get(slug)

    def recording(self, slug: str, language: str) -> Path | None:
        """The file of an answer read aloud, if somebody has recorded it."""
        return self.files.get((slug, language + SPOKEN))

    def documents(self) -> tuple[Document, ...]:
        """Every article in each of its languages, to be searched."""
        return tuple(
            Document.of(article.slug, words)
            for article in self.articles
            for words in article.translations.values()
        )

    @cached_property
    def _by_slug(self) -> Mapping[str, Article]:
        return {article.slug: article for article in self.articles}


class _Reader:
    """What has been read so far."""

    def __init__(self, languages: Sequence[str], unpublished: Collection[str]) -> None:
        self.problems: list[BrokenArticle] = []
        self.files: dict[tuple[str, str], Path] = {}
        self._languages = languages
        self._unpublished = frozenset(unpublished)
        self._facts: dict[str, Article] = {}
        self._texts: dict[str, dict[str, Translation]] = {}

    def add(self, place: Path) -> None:
        """Read one article folder over what was there."""
        if not _SLUG.fullmatch(place.name):
            what = "the name of an article has a-z, 0-9 and - only"
            self.problems.append(BrokenArticle(place, 1, what))
            return
        self._texts.setdefault(place.name, {})
        for path in sorted(place.iterdir()):
            try:
                self._read(path)
            except BrokenArticle as problem:
                self.problems.append(problem)
        if not self._is_whole(place.name) and not self._is_explained(place):
            what = f"needs {FACTS} and a text in at least one language"
            self.problems.append(BrokenArticle(place, 1, what))

    def articles(self) -> tuple[Article, ...]:
        """Those that are whole, each with its texts in the order of the languages."""
        return tuple(
            replace(
                self._facts[slug],
                translations={code: texts[code] for code in self._languages if code in texts},
            )
            for slug, texts in sorted(self._texts.items())
            if self._is_whole(slug)
        )

    def _read(self, path: Path) -> None:
        slug = path.parent.name
        if path.name == FACTS:
            self._facts[slug] = read_facts(path)
        elif path.suffix == SPOKEN:
            self.files[slug, path.name] = path
            return
        elif path.suffix != WORDS or path.stem in self._unpublished:
            return
        elif path.stem in self._languages:
            self._texts[slug][path.stem] = read_translation(path)
        else:
            known = ", ".join(self._languages)
            raise BrokenArticle(path, 1, f"{path.stem} is not one of the languages: {known}")
        self.files[slug, path.name] = path

    def _is_whole(self, slug: str) -> bool:
        return slug in self._facts and bool(self._texts[slug])

    def _is_explained(self, place: Path) -> bool:
        return any(place in problem.path.parents for problem in self.problems)
