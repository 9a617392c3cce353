"""Words in a row, some of them interchangeable, found in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_GAP = "…"
_MOST_BETWEEN = 3

Words = Sequence[str]


class BadPhrase(ValueError):
    """A phrase has a place without words, or a set that is not there."""

    def __init__(self, written: str, what: str) -> None:
        """Say which phrase, and what is wrong with it."""
        super().__init__(f"has '{written}', but {what}")


@dataclass(frozen=True)
class Span:
    """The words of a text from number ``start`` up to, but not including, number ``end``."""

    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether the two share a word."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether all words of the other are in this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Slot:
    """What may stand in one place of a phrase, and how many other words may come before it."""

    entries: tuple[Words, ...]
    between: int


@dataclass(frozen=True)
class Phrase:
    """Slots to be filled in order. In writing: ``{family} … hits|beats me``."""

    slots: tuple[Slot, ...]

    @classmethod
    def parse(
        cls, written: str, sets: Mapping[str, Sequence[str]], words: Callable[[str], Words]
    ) -> Phrase:
        """Read a phrase; ``words`` splits text. Raises BadPhrase."""
        slots = []
        between = 0
        for part in written.split():
            if part == _GAP:
                between = _MOST_BETWEEN
                continue
            entries = tuple(tuple(words(entry)) for entry in _entries(part, sets))
            if not all(entries):
                raise BadPhrase(written, f"{part} has no words")
            slots.append(Slot(entries, between))
            between = 0
        if not slots:
            raise BadPhrase(written, "it has no words")
        return cls(tuple(slots))

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that may be part of it."""
        return frozenset(word for slot in self.slots for entry in slot.entries for word in entry)

    def find(self, readings: Sequence[frozenset[str]]) -> Iterator[Span]:
        """Where it stands in a text, of which ``readings`` says what each word may be."""
        for start, word in enumerate(readings):
            if self._first.isdisjoint(word):
                continue
            end = _end(self.slots, readings, start, between=0)
            if end is not None:
                yield Span(start, end)

    @cached_property
    def _first(self) -> frozenset[str]:
        return frozenset(entry[0] for entry in self.slots[0].entries)


def _entries(part: str, sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for choice in part.split("|"):
        if not choice.startswith("{"):
            yield choice
        elif (name := choice[1:-1]) in sets:
            yield from sets[name]
        else:
            raise BadPhrase(part, f"there is no set {name}")


def _end(
    slots: Sequence[Slot], readings: Sequence[frozenset[str]], at: int, between: int
) -> int | None:
    """The word after the last slot when the first is filled at ``at`` or ``between`` later."""
    if not slots:
        return at
    slot, *rest = slots
    for start in range(at, at + between + 1):
        for entry in slot.entries:
            if _stands(entry, readings, start):
                after = rest[0].between if rest else 0
                end = _end(rest, readings, start + len(entry), after)
                if end is not None:
                    return end
    return None


def _stands(entry: Words, readings: Sequence[frozenset[str]], at: int) -> bool:
    if at + len(entry) > len(readings):
        return False
    return all(word in readings[at + place] for place, word in enumerate(entry))
