"""Tables whose sums agree, and in which no number tells of fewer than five people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.figures.hiding import LEAST_PEOPLE, Flow, Place, hidden

TOTAL = "*"  # the row of all groups together
Measures = Mapping[str, str | None]  # a measure and the one it is part of; one is part of none
Found = tuple[str, str, str, str]  # group, measure, part of the period, person


@dataclass(frozen=True)
class Table:
    """Groups by measures, and groups by parts of the period; None is a number not shown.

    ``parts`` add up to the measure that all others are part of, and so do those others.
    """

    groups: tuple[str, ...]
    measures: tuple[str, ...]
    parts: tuple[str, ...]
    numbers: Mapping[Place, int | None]

    @property
    def rows(self) -> tuple[str, ...]:
        """The groups and their total."""
        return (*self.groups, TOTAL)

    def number(self, group: str, column: str) -> int | None:
        """What is shown for a group; 0 when there is nothing."""
        return self.numbers.get((group, column), 0)


@dataclass
class _Count:
    """Bookings, and who they are of; of five people or more nobody needs to be remembered."""

    value: int
    people: set[str]

    def add(self, value: int, people: Iterable[str]) -> None:
        self.value += value
        if len(self.people) < LEAST_PEOPLE:
            self.people.update(people)


def tabulate(found: Iterable[Found], measures: Measures, parts: Sequence[str] = ()) -> Table:
    """Count what was found. Each item names a measure that no other is part of."""
    small = _small(found)
    groups = tuple(sorted({group for group, _measure, _part in small}))
    counts: dict[Place, _Count] = defaultdict(lambda: _Count(0, set()))
    for (group, measure, part), each in small.items():
        columns = [*_upwards(measure, measures), *([part] if parts else [])]
        for column in columns:
            counts[group, column].add(each.value, each.people)
            counts[TOTAL, column].add(each.value, each.people)
    flows = {
        (group, column): Flow(
            *ends, counts[group, column].value, len(counts[group, column].people)
        )
        for (group, column), ends in _ends(groups, measures, parts).items()
    }
    gone = hidden(flows)
    numbers = {place: None if place in gone else flow.value for place, flow in flows.items()}
    return Table(groups, tuple(measures), tuple(parts), numbers)


def _small(found: Iterable[Found]) -> dict[tuple[str, str, str], _Count]:
    """The smallest counts there are; the others are sums of them."""
    small: dict[tuple[str, str, str], _Count] = {}
    for group, measure, part, person in found:
        key = (group, measure, part)
        each = small.get(key)
        if each is None:
            small[key] = _Count(1, {person})
        else:
            each.value += 1
            if len(each.people) < LEAST_PEOPLE:
                each.people.add(person)
    return small


def _upwards(measure: str, measures: Measures) -> list[str]:
    """A measure, and what it is part of."""
    chain = [measure]
    while (whole := measures[chain[-1]]) is not None:
        chain.append(whole)
    return chain


def _ends(
    groups: Sequence[str], measures: Measures, parts: Sequence[str]
) -> dict[Place, tuple[Hashable, Hashable]]:
    """Between which sums each number flows: from the parts of the period to the measures.

    A group's numbers flow one way, the totals flow back.
    """
    wholes = set(measures.values())

    def junction(group: str, measure: str) -> Hashable:
        return (group, measure) if measure in wholes else ("all", measure)

    def gate(group: str) -> Hashable:
        return ("gate", group) if parts else "gate"

    ends: dict[Place, tuple[Hashable, Hashable]] = {}
    for group in (*groups, TOTAL):
        for measure, whole in measures.items():
            source = gate(group) if whole is None else junction(group, whole)
            ends[group, measure] = (source, junction(group, measure))
        for part in parts:
            ends[group, part] = (("part", part), gate(group))
    return {
        place: (target, source) if place[0] == TOTAL else (source, target)
        for place, (source, target) in ends.items()
    }
