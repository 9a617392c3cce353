"""Tables whose sums agree, and in which no number tells of fewer than five people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from backend.figures.hiding import LEAST_PEOPLE, Flow, Place, hidden

TOTAL = "*"  # the row of all groups together
TOTALS_ARE_DEAR = 1_000  # a total is hidden only where no number of a group would do
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


@dataclass(frozen=True)
class Tally:
    """Everything that was counted for one table, before anything is hidden."""

    groups: tuple[str, ...]
    measures: tuple[str, ...]
    parts: tuple[str, ...]
    flows: Mapping[Place, Flow]

    def table(self, besides: Set[Place] = frozenset()) -> Table:
        """What may be shown; ``besides`` are totals that another table hides."""
        gone = hidden(self.flows, besides)
        numbers = {
            place: None if place in gone else flow.value for place, flow in self.flows.items()
        }
        return Table(self.groups, self.measures, self.parts, numbers)


def tally(found: Iterable[Found], measures: Measures, parts: Sequence[str] = ()) -> Tally:
    """Count what was found. Each item names a measure that no other is part of."""
    small = _small(found)
    groups = tuple(sorted({group for group, _measure, _part in small}))
    counts: dict[Place, _Count] = defaultdict(lambda: _Count(0, set()))
    for (group, measure, part), each in small.items():
        columns = [*_upwards(measure, measures), *([part] if parts else [])]
        for column in columns:
            counts[group, column].add(each.value, each.people)
            counts[TOTAL, column].add(each.value, each.people)
    flows = {}
    for place, ends in _ends(groups, measures, parts).items():
        count, dear = counts[place], TOTALS_ARE_DEAR if place[0] == TOTAL else 1
        flows[place] = Flow(*ends, count.value, len(count.people), dear)
    return Tally(groups, tuple(measures), tuple(parts), flows)


def tables(tallies: Sequence[Tally]) -> list[Table]:
    """Tables of the same bookings by different groups: a total one hides, the others hide too."""
    secret: frozenset[Place] = frozenset()
    while True:
        found = [each.table(secret) for each in tallies]
        hides = frozenset(
            place
            for table in found
            for place, number in table.numbers.items()
            if place[0] == TOTAL and number is None
        )
        if hides == secret:
            return found
        secret = hides


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
