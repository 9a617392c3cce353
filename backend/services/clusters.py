"""Questions that were asked in vain, gathered by likeness: one need, however it is put. Pure.

Two questions are alike when they share most of their words, endings and misspellings aside. Only
those are compared that share the beginning of a word, so that thousands take less than a second.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from rapidfuzz import fuzz

from knowledge.normalise import Orthography, orthography

ALIKE = 80  # of 100, by rapidfuzz
FEW_WORDS = 2  # of such questions, all words count
BEGINNING = 3  # letters; a slip further on does not part two questions
COMMON = 100  # questions with the same beginning of a word: it tells nothing, as "how" does not

Why = Literal["unknown", "choices", "no_help"]
T = TypeVar("T")


@dataclass(frozen=True)
class Missed:
    """A question that was not answered well. ``guess`` is the article that came nearest."""

    id: str
    language: str
    text: str
    why: Why
    day: date
    guess: str | None
    waits: bool


@dataclass(frozen=True)
class Wording:
    """One way in which it was asked, and how often."""

    text: str
    times: int


@dataclass(frozen=True)
class Cluster:
    """Questions about one thing, in one language; ``waiting`` of them want to hear.

    ``id`` is that of its first question: as long as this one is there, so is the cluster.
    ``whys`` are from the most frequent on, and so are ``wordings``.
    """

    id: str
    language: str
    wordings: tuple[Wording, ...]
    whys: tuple[Why, ...]
    ids: tuple[str, ...]
    last: date
    waiting: int
    guess: str | None

    @property
    def size(self) -> int:
        """How many questions."""
        return len(self.ids)


@dataclass
class _Group:
    """Questions that are alike, by the words of the first."""

    key: str
    found: list[Missed] = field(default_factory=list)


def clusters(missed: Iterable[Missed]) -> Mapping[str, Sequence[Cluster]]:
    """The clusters of each language: first those that people wait for, then the biggest."""
    spoken: dict[str, list[Missed]] = defaultdict(list)
    for each in missed:
        spoken[each.language].append(each)
    return {
        language: sorted(map(_cluster, _groups(found, orthography(language))), key=_rank)
        for language, found in sorted(spoken.items())
    }


def holding(found: Mapping[str, Sequence[Cluster]], question: str) -> Cluster | None:
    """The cluster that a question belongs to."""
    return next(
        (
            cluster
            for of_language in found.values()
            for cluster in of_language
            if question in cluster.ids
        ),
        None,
    )


def _groups(missed: Sequence[Missed], letters: Orthography) -> Iterable[_Group]:
    """Each question with the group it is most like, those asked most often coming first."""
    alike: dict[str, list[Missed]] = defaultdict(list)
    for each in missed:
        alike[_key(each.text, letters)].append(each)
    usual = Counter(beginning for key in alike for beginning in _beginnings(key))
    groups: list[_Group] = []
    beginnings: dict[str, list[int]] = defaultdict(list)
    for key, same in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0])):
        telling = _telling(key, usual)
        near = _nearest(key, groups, {n for each in telling for n in beginnings[each]})
        if near is None:
            near = _Group(key)
            for beginning in telling:
                beginnings[beginning].append(len(groups))
            groups.append(near)
        near.found += same
    return groups


def _nearest(key: str, groups: Sequence[_Group], among: Iterable[int]) -> _Group | None:
    best, most = None, 0.0
    for number in sorted(among):
        likeness = _likeness(key, groups[number].key, max(most, ALIKE))
        if likeness > most:
            best, most = groups[number], likeness
    return best


def _likeness(one: str, other: str, least: float) -> float:
    """0..100. A word or two within a longer question do not make it the same one."""
    if min(one.count(" "), other.count(" ")) < FEW_WORDS:
        return fuzz.token_sort_ratio(one, other, score_cutoff=least)
    return fuzz.token_set_ratio(one, other, score_cutoff=least)


def _key(text: str, letters: Orthography) -> str:
    """What a question is about: the stems of its words that say something, each once."""
    words = letters.words(text)
    telling = [word for word in words if word not in letters.hollow] or words
    return " ".join(sorted({letters.stem(word) for word in telling})) or text.casefold()


def _beginnings(key: str) -> set[str]:
    return {word[:BEGINNING] for word in key.split()}


def _telling(key: str, usual: Mapping[str, int]) -> set[str]:
    """Its words' beginnings that few others have; the rarest when all are common."""
    found = _beginnings(key)
    few = {each for each in found if usual[each] <= COMMON}
    return few or {min(found, key=lambda each: (usual[each], each))} if found else found


def _cluster(group: _Group) -> Cluster:
    found = sorted(group.found, key=lambda each: (each.day, each.id))
    return Cluster(
        id=min(found, key=lambda each: each.id).id,
        language=found[0].language,
        wordings=tuple(
            Wording(text, times)
            for text, times in _frequent(" ".join(each.text.split()) for each in found)
        ),
        whys=tuple(why for why, _times in _frequent(each.why for each in found)),
        ids=tuple(each.id for each in found),
        last=found[-1].day,
        waiting=sum(each.waits for each in found),
        guess=next(
            (slug for slug, _times in _frequent(each.guess for each in found) if slug), None
        ),
    )


def _frequent(items: Iterable[T]) -> list[tuple[T, int]]:
    """Each item and how often it is there, the most frequent first; else in order of coming."""
    return Counter(items).most_common()


def _rank(cluster: Cluster) -> tuple[int, int, int, str]:
    return -cluster.waiting, -cluster.size, -cluster.last.toordinal(), cluster.id
