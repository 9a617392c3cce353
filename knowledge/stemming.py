"""Stems for languages that Snowball does not know: an ending off, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import snowballstemmer

Stemmer = Callable[[str], str]

_LEAST_LEFT = 3  # letters of a stem; shorter ones fall together

# Endings of nouns, adjectives and verbs, and the reflexive, by the tables of any school grammar.
# OMoS train, uk, hit at 1: 67.1 without, see tests/search; Snowball has no Ukrainian.
_UKRAINIAN = (
    *("уванням", "уваннями", "уванню", "ування", "уванні", "увань"),
    *("енням", "ення", "енню", "енні", "ень", "анням", "ання", "анню", "анні", "ань"),
    *("ностей", "ності", "ністю", "ність"),
    *("ами", "ями", "ові", "еві", "єві", "ого", "ому", "ими", "іми", "ою", "ею", "єю", "ах", "ях"),
    *("ам", "ям", "ом", "ем", "єм", "ів", "їв", "ий", "ій", "їй", "ої", "их", "іх", "им", "ім"),
    *("увати", "ювати", "увала", "ували", "ував", "ують", "юють", "уємо", "ується", "ує", "ює"),
    *("ати", "яти", "ити", "іти", "їти", "ути", "ти", "ала", "али", "ало", "ила", "или", "ило"),
    *("ають", "яють", "ають", "ять", "ать", "ить", "їть", "уть", "ють", "аємо", "имо", "ете"),
    *(
        "ите",
        "єте",
        "аєш",
        "иш",
        "еш",
        "єш",
        "ає",
        "яє",
        "ав",
        "яв",
        "ив",
        "яла",
        "яли",
        "аєть",
        "яєть",
        "уєть",
        "юєть",
    ),
    *("а", "я", "у", "ю", "о", "е", "є", "и", "і", "ї", "й", "ь"),
)
_REFLEXIVE = ("ся", "сь")

# The article, the plural, the possessive and the commonest verb endings, which Somali hangs on its
# words: guri, guriga, guryaha, gurigaaga.
_SOMALI = (
    *("yaasha", "kayga", "tayda", "gayga", "dayda", "kaaga", "taada", "gaaga", "daada"),
    *("kiisa", "tiisa", "giisa", "diisa", "keeda", "teeda", "geeda", "deeda", "kooda", "tooda"),
    *("keena", "teena", "geena", "deena", "kayaga", "tayada", "gooda", "dooda"),
    *("yaal", "oyin", "ooyin", "ayaal", "yada", "yaha", "aha", "kii", "tii", "gii", "dii", "kani"),
    *("tani", "gani", "dani", "kaas", "taas", "gaas", "daas", "eyn", "ayn", "ayaa", "ayso"),
    *("aan", "een", "aas", "ka", "ta", "ga", "da", "ha", "ku", "tu", "gu", "du", "ki", "ti"),
    *("ay", "ee", "yo", "na", "a", "o"),
)
_DOUBLED = re.compile(r"(.)\1")


def stemmer(name: str | None) -> Stemmer:
    """The stemmer of a language: one of ours, else Snowball's of that name, else none."""
    if name is None:
        return str
    return _OURS.get(name) or _snowball(name)


def _snowball(name: str) -> Stemmer:
    def stem(word: str) -> str:
        # A stemmer keeps the word it works on, so each call has its own; that costs a microsecond.
        found: str = snowballstemmer.stemmer(name).stemWord(word)
        return found

    return stem


def _ukrainian(word: str) -> str:
    for ending in _REFLEXIVE:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_LEFT:
            word = word.removesuffix(ending)
    return _without_ending(word, _BY_LENGTH["ukrainian"])


def _somali(word: str) -> str:
    """Long vowels and consonants as short ones: both are written for one another."""
    return _DOUBLED.sub(r"\1", _without_ending(word, _BY_LENGTH["somali"]))


def _without_ending(word: str, endings: Mapping[int, frozenset[str]]) -> str:
    for length, listed in endings.items():
        if len(word) - length >= _LEAST_LEFT and word[-length:] in listed:
            return word[:-length]
    return word


def _by_length(endings: Sequence[str]) -> Mapping[int, frozenset[str]]:
    """The endings of each length, the longest first."""
    lengths = sorted(set(map(len, endings)), reverse=True)
    return {
        length: frozenset(ending for ending in endings if len(ending) == length)
        for length in lengths
    }


_BY_LENGTH = {"ukrainian": _by_length(_UKRAINIAN), "somali": _by_length(_SOMALI)}
_OURS: Mapping[str, Stemmer] = {"ukrainian": _ukrainian, "somali": _somali}
