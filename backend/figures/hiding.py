"""Which numbers must not be shown: those of a few people, and what would give those away.

A table with its sums is a network in which each number flows from one sum to another, and what
flows into a sum flows out of it. Who sees the other numbers knows a hidden one within the range
that some circle through hidden numbers leaves it. Where that is too narrow, the numbers of the
cheapest such circle are hidden too (secondary suppression). Zero counts nobody and is shown, so
a hidden number is known to be at least one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Set
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

LEAST_PEOPLE = 5
DOUBT = 2  # a hidden number may be its true value or at least so many others
BOUNDLESS = 1_000_000_000

Place = tuple[str, str]  # row and column of a number
Step = tuple[Place, int]  # a number on a path; +1 when it grows, -1 when it shrinks
Room = Callable[[Place, int], int]  # how far a number may be moved
Cost = Callable[[Place], int]


@dataclass(frozen=True)
class Flow:
    """A number and how many different people it counts; it is part of the sums at both ends."""

    source: Hashable
    target: Hashable
    value: int
    people: int
    dear: int = 1  # how much rather another number is hidden, where there is a choice


def hidden(flows: Mapping[Place, Flow], besides: Set[Place] = frozenset()) -> frozenset[Place]:
    """The places of the numbers that must not be shown; ``besides`` are hidden elsewhere."""
    secret = [
        place
        for place, flow in flows.items()
        if 0 < flow.people < LEAST_PEOPLE or (flow.value and place in besides)
    ]
    network = Network(flows)
    gone = set(secret)
    for place in secret:
        if network.range(place, gone, DOUBT) < DOUBT:
            gone |= network.cover(place, gone)
    return frozenset(gone)


class Network:
    """The numbers of a table between their sums."""

    def __init__(self, flows: Mapping[Place, Flow]) -> None:
        self.flows = flows
        self._arcs: dict[Hashable, list[tuple[Step, Hashable]]] = defaultdict(list)
        for place, flow in flows.items():
            self._arcs[flow.source].append(((place, 1), flow.target))
            self._arcs[flow.target].append(((place, -1), flow.source))

    def range(self, place: Place, gone: Set[Place], enough: int) -> int:
        """How many other values a hidden number may have, counted up to ``enough``."""
        flow = self.flows[place]
        others = gone - {place}
        larger = self._push(flow.target, flow.source, others, enough)
        least = min(enough - larger, flow.value - 1)
        return larger + self._push(flow.source, flow.target, others, least)

    def cover(self, place: Place, gone: Set[Place]) -> set[Place]:
        """What to hide so that a hidden number may be larger by DOUBT: as little as possible."""

        def room(other: Place, way: int) -> int:
            if other == place or self.flows[other].value == 0:
                return 0
            return BOUNDLESS if way > 0 else self.flows[other].value - 1

        def cost(other: Place) -> int:
            return 0 if other in gone else self.flows[other].value * self.flows[other].dear

        flow = self.flows[place]
        path = self._path(flow.target, flow.source, lambda *step: room(*step) >= DOUBT, cost)
        return {other for other, _way in path or ()}

    def _push(self, start: Hashable, goal: Hashable, through: Set[Place], enough: int) -> int:
        """How much can flow through hidden numbers: the largest flow, up to ``enough``."""
        moved: Counter[Place] = Counter()

        def room(place: Place, way: int) -> int:
            if place not in through:
                return 0
            return BOUNDLESS if way > 0 else self.flows[place].value - 1 + moved[place]

        total = 0
        while total < enough:
            path = self._path(start, goal, lambda *step: room(*step) > 0, lambda _place: 0)
            if path is None:
                break
            step = min(enough - total, *(room(*each) for each in path))
            for place, way in path:
                moved[place] += way * step
            total += step
        return total

    def _path(
        self, start: Hashable, goal: Hashable, passable: Callable[[Place, int], bool], cost: Cost
    ) -> list[Step] | None:
        """The cheapest path, and of equally cheap ones the shortest; None when there is none."""
        order = count()
        before: dict[Hashable, tuple[Step, Hashable] | None] = {}
        ahead: list[tuple[int, int, int, Hashable, tuple[Step, Hashable] | None]] = []
        heappush(ahead, (0, 0, next(order), start, None))
        while ahead:
            spent, length, _number, node, arrived = heappop(ahead)
            if node in before:
                continue
            before[node] = arrived
            if node == goal:
                return _walked(before, goal)
            for step, onward in self._arcs[node]:
                if onward not in before and passable(*step):
                    price = spent + cost(step[0])
                    heappush(ahead, (price, length + 1, next(order), onward, (step, node)))
        return None


def _walked(before: Mapping[Hashable, tuple[Step, Hashable] | None], goal: Hashable) -> list[Step]:
    path = []
    arrived = before[goal]
    while arrived is not None:
        step, node = arrived
        path.append(step)
        arrived = before[node]
    return path
