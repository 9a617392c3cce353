"""All articles: those we ship, those an operator has laid over them, and editors' texts on top."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from knowledge.article import Article, Translation
from knowledge.document import Document
from knowledge.reading import (
    FACTS,
    SPOKEN,
    WORDS,
    BrokenArticle,
    facts_of,
    parse_translation,
    source_of,
    words_of,
)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Overlay = Mapping[tuple[str, str], str]  # (slug, language, or "" for the facts) to a file's text


@dataclass(frozen=True)
class Library:
    """Every article that can be served, by slug; what could not be read is in ``problems``."""

    articles: tuple[Article, ...]
    languages: tuple[str, ...]
    problems: tuple[BrokenArticle, ...] = ()
    files: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    """Where each article was read from: (slug, file name) to path."""
    sources: Overlay = field(default_factory=dict)
    """The texts of the files alone, as they can be read."""
    overlay: Overlay = field(default_factory=dict)
    """The texts that were laid over them, as they can be read."""

    @classmethod
    def load(
        cls,
        folders: Sequence[Path],
        languages: Sequence[str],
        unpublished: Collection[str] = (),
        overlay: Overlay | None = None,
    ) -> Library:
        """Read article folders; a file in a later one stands in for the same file before it.

        Files in ``unpublished`` languages are being written: they are left alone.

        A file that is broken is left out and becomes one of the ``problems``: the file that it
        was laid over is served, else the article without it. Raises FileNotFoundError when one
        of the folders is not there.

        The texts of ``overlay`` stand in for files in the same way, on top of all folders; an
        article that only begins there is left out without a word until it is whole.
        """
        reader = _Reader(languages, unpublished)
        for folder in folders:
            for place in sorted(folder.iterdir()):
                if place.is_dir() and not place.name.startswith("."):
                    reader.add(place)
        for (slug, language), source in sorted((overlay or {}).items()):
            reader.lay(slug, language, source)
        return cls(
            reader.articles(),
            tuple(languages),
            tuple(reader.problems),
            reader.files,
            reader.sources,
            reader.overlay,
        )

    def article(self, slug: str) -> Article | None:
        """The article with this slug, if there is one."""
        return self._by_slug.get(slug)

    def recording(self, slug: str, language: str) -> Path | None:
        """The file of an answer read aloud, if somebody has recorded the words that are served."""
        path = self.files.get((slug, language + SPOKEN))
        return path if path is not None and self._says_what_the_file_says(slug, language) else None

    def source(self, slug: str, language: str) -> str | None:
        """The text that is served, as a file has it; the facts where ``language`` is empty."""
        found = self.overlay.get((slug, language))
        return found if found is not None else self.sources.get((slug, language))

    def documents(self) -> tuple[Document, ...]:
        """Every article in each of its languages, to be searched."""
        return tuple(
            Document.of(article.slug, words)
            for article in self.articles
            for words in article.translations.values()
        )

    def _says_what_the_file_says(self, slug: str, language: str) -> bool:
        laid, filed = (texts.get((slug, language)) for texts in (self.overlay, self.sources))
        if laid is None or filed is None:
            return laid is None
        before, now = (parse_translation(language, text) for text in (filed, laid))
        return before.digest == now.digest

    @cached_property
    def _by_slug(self) -> Mapping[str, Article]:
        return {article.slug: article for article in self.articles}


class _Reader:
    """What has been read so far."""

    def __init__(self, languages: Sequence[str], unpublished: Collection[str]) -> None:
        self.problems: list[BrokenArticle] = []
        self.files: dict[tuple[str, str], Path] = {}
        self.sources: dict[tuple[str, str], str] = {}
        self.overlay: dict[tuple[str, str], str] = {}
        self._languages = languages
        self._unpublished = frozenset(unpublished)
        self._facts: dict[str, Article] = {}
        self._texts: dict[str, dict[str, Translation]] = {}

    def add(self, place: Path) -> None:
        """Read one article folder over what was there."""
        if not SLUG.fullmatch(place.name):
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

    def lay(self, slug: str, language: str, source: str) -> None:
        """Read one text over what the files say."""
        path = Path(slug, language + WORDS if language else FACTS)
        if language in self._unpublished:
            return
        try:
            if not SLUG.fullmatch(slug):
                raise BrokenArticle(path, 1, "the name of an article has a-z, 0-9 and - only")
            self._take(path, source)
        except BrokenArticle as problem:
            self.problems.append(problem)
        else:
            self.overlay[slug, language] = source

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
        if path.suffix == SPOKEN:
            self.files[slug, path.name] = path
            return
        if path.name != FACTS and (path.suffix != WORDS or path.stem in self._unpublished):
            return
        source = source_of(path)
        self._take(path, source)
        self.files[slug, path.name] = path
        self.sources[slug, "" if path.name == FACTS else path.stem] = source

    def _take(self, path: Path, source: str) -> None:
        """Understand a text. Raises BrokenArticle."""
        slug = path.parent.name
        if path.name == FACTS:
            self._facts[slug] = facts_of(path, source)
        elif path.stem in self._languages:
            self._texts.setdefault(slug, {})[path.stem] = words_of(path, source)
        else:
            known = ", ".join(self._languages)
            raise BrokenArticle(path, 1, f"{path.stem} is not one of the languages: {known}")

    def _is_whole(self, slug: str) -> bool:
        return slug in self._facts and bool(self._texts.get(slug))

    def _is_explained(self, place: Path) -> bool:
        return any(place in problem.path.parents for problem in self.problems)
