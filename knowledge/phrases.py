"""Words in a row, some of them interchangeable, found in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_GAP = "…"
_MOST_BETWEEN = 3

Words = Sequence[str]


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
        """Read a phrase; ``words`` splits text. Raises KeyError for a set that is not there."""
        slots = []
        between = 0
        for part in written.split():
            if part == _GAP:
                between = _MOST_BETWEEN
                continue
            entries: list[str] = []
            for choice in part.split("|"):
                entries += sets[choice[1:-1]] if choice.startswith("{") else [choice]
            slots.append(Slot(tuple(tuple(words(entry)) for entry in entries), between))
            between = 0
        return cls(tuple(slots))

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that may be part of it."""
        return frozenset(word for slot in self.slots for entry in slot.entries for word in entry)

    def find(self, readings: Sequence[frozenset[str]]) -> Iterator[Span]:
        """Where it stands in a text, of which ``readings`` says what each word may be."""
        for start, word in enumerate(readings):
            end = _end(self.slots, readings, start, between=0) if word else None
            if end is not None:
                yield Span(start, end)


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
