"""Official terms: their Swedish names, and the words for them in each language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.normalise import orthography
from knowledge.table import Table


@dataclass(frozen=True)
class Term:
    """One term. ``names`` are Swedish, ``words`` what it is called in other languages."""

    names: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]

    def is_named(self, text: str, language: str) -> bool:
        """Whether a text in another language names it: in Swedish, or by one of its words."""
        if any(name.casefold() in text.casefold() for name in self.names):
            return True
        spelling = orthography(language)
        stems = {spelling.stem(word) for word in spelling.words(text)}
        return any(
            each.casefold() in text.casefold()
            or stems >= {spelling.stem(word) for word in spelling.words(each)}
            for each in self.words.get(language, ())
        )


@dataclass(frozen=True)
class Glossary:
    """The project's terms: one word for one thing."""

    terms: Sequence[Term] = ()

    @classmethod
    def load(cls, path: Path) -> Glossary:
        """Read a ``glossary.toml``. Raises Flaw."""
        rows = Table.parse(path.read_text(encoding="utf-8")).tables("terms")
        return cls(
            [
                Term(row.texts("sv"), {code: row.texts(code) for code in row if code != "sv"})
                for row in rows
            ]
        )

    def explained(self, bold: Sequence[str]) -> list[Term]:
        """The terms among the words that a Swedish text sets in bold."""
        folded = {words.casefold() for words in bold}
        return [
            term for term in self.terms if not folded.isdisjoint(map(str.casefold, term.names))
        ]

    def shortened(self, text: str) -> str:
        """A Swedish text with each term as one short word, and names of authorities too."""
        return _NAME.sub("namn", self._any.sub("ord", text) if self.terms else text)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        names = sorted((name for term in self.terms for name in term.names), key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\w*", re.IGNORECASE)


# Arbetsförmedlingen, Hudiksvall: whoever reads of them must read them, and no word is plainer.
_NAME = re.compile(r"(?<=[\w,] )[A-ZÅÄÖ]\w{6,}")
