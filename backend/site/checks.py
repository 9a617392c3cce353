"""What no entry of a site file can know for itself: names of other entries, doubles, overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from backend.reminders.rules import Quiet, Rule
from backend.services.hours import overlapping
from backend.services.opening_hours import MOST_A_DAY, EmptyStretch, clock, fault_of
from backend.site.entries import ActivityEntry, CoachEntry, ServiceEntry, UnitEntry
from backend.site.lines import Where

Kind = TypeVar("Kind", bound=BaseModel)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the file."""

    where: Where
    words: str


@dataclass(frozen=True)
class Entries:
    """The entries that are right in themselves, by their place in the file.

    ``units`` and ``services`` are the ids of all, also of those that are not right, so that
    one fault is not told again and again.
    """

    found: Mapping[tuple[str, int], BaseModel]
    units: frozenset[str]
    services: frozenset[str]
    quiet: Quiet

    def of(self, table: str, kind: type[Kind]) -> Iterator[tuple[Where, Kind]]:
        """Those of one table, each with its place."""
        for (name, number), entry in self.found.items():
            if name == table and isinstance(entry, kind):
                yield (name, number), entry


def between(entries: Entries) -> Iterator[Fault]:
    """Every fault that entries have with each other."""
    units = list(entries.of("units", UnitEntry))
    services = list(entries.of("services", ServiceEntry))
    coaches = list(entries.of("coaches", CoachEntry))
    yield from _doubles(((*where, "id"), unit.id) for where, unit in units)
    yield from _doubles(((*where, "id"), service.id) for where, service in services)
    yield from _doubles(((*where, "username"), coach.username) for where, coach in coaches)
    yield from _doubles(
        ((*where, "districts", number), district.casefold())
        for where, unit in units
        for number, district in enumerate(unit.districts)
    )
    for where, unit in units:
        yield from _opening_faults(where, unit)
    for where, service in services:
        yield from _unknown((*where, "units"), "unit", service.units, entries.units)
    for where, coach in coaches:
        yield from _coach_faults(where, coach, entries)
    groups = {service.id: service for _where, service in services}
    for where, activity in entries.of("activities", ActivityEntry):
        yield from _activity_faults(where, activity, entries, groups)
    reminders = list(entries.of("reminders", Rule))
    yield from _doubles(((*where, "name"), rule.name) for where, rule in reminders)
    for where, rule in reminders:
        yield from _reminder_faults(where, rule, entries.quiet)


def _doubles(names: Iterable[tuple[Where, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for where, name in names:
        if name in seen:
            yield Fault(where, f'"{name}" is in the file twice')
        seen.add(name)


def _opening_faults(where: Where, unit: UnitEntry) -> Iterator[Fault]:
    for weekday, rows in unit.week().items():
        yield from _day_faults((*where, "opening"), f"day {weekday}", rows)
    for day, rows in unit.different_days().items():
        yield from _day_faults((*where, "opening_days"), f"{day}", rows)
    for number, entry in enumerate(unit.opening_days):
        before = [each.start for each in unit.opening_days[:number] if each.day == entry.day]
        if before and None in {entry.start, *before}:
            words = f"{entry.day} is named twice, and once without hours"
            yield Fault((*where, "opening_days", number), words)


def _day_faults(
    where: Where, day: str, rows: Sequence[tuple[int, tuple[int, int]]]
) -> Iterator[Fault]:
    """What is wrong with the hours of one day, told at the entry that is too much."""
    if len(rows) > MOST_A_DAY:
        words = f"{day} has more than {MOST_A_DAY} times"
        yield Fault((*where, rows[MOST_A_DAY][0]), words)
    if (fault := fault_of([pair for _number, pair in rows])) is not None:
        number, (start, _stop) = rows[fault.at]
        is_empty = isinstance(fault, EmptyStretch)
        words = (
            "these hours are empty" if is_empty else f"hours overlap on {day} at {clock(start)}"
        )
        yield Fault((*where, number), words)


def _coach_faults(where: Where, coach: CoachEntry, entries: Entries) -> Iterator[Fault]:
    yield from _unknown((*where, "unit"), "unit", [coach.unit], entries.units)
    for number, hours in enumerate(coach.hours):
        named = [hours.unit] if hours.unit is not None else []
        yield from _unknown((*where, "hours", number, "unit"), "unit", named, entries.units)
    yield from _unknown((*where, "services"), "service", coach.services, entries.services)
    spans = list(coach.spans())
    for at in overlapping([span for _number, span in spans]):
        number, span = spans[at]
        time = f"{span.start // 60:02}:{span.start % 60:02}"
        yield Fault((*where, "hours", number), f"hours overlap on day {span.day} at {time}")


def _activity_faults(
    where: Where, activity: ActivityEntry, entries: Entries, services: Mapping[str, ServiceEntry]
) -> Iterator[Fault]:
    yield from _unknown((*where, "unit"), "unit", [activity.unit], entries.units)
    yield from _unknown((*where, "service"), "service", [activity.service], entries.services)
    service = services.get(activity.service)
    if service is None:
        return
    if not service.group:
        words = f'"{service.id}" is for one person at a time; an activity needs group = true'
        yield Fault((*where, "service"), words)
    if service.units and activity.unit not in service.units:
        yield Fault((*where, "unit"), f'"{service.id}" is not given at "{activity.unit}"')


def _reminder_faults(where: Where, rule: Rule, quiet: Quiet) -> Iterator[Fault]:
    if rule.at is not None and not rule.urgent and quiet.holds(rule.at):
        yield Fault((*where, "at"), "this lies in the quiet hours, when nobody is reminded")


def _unknown(
    where: Where, kind: str, names: Sequence[str], known: frozenset[str]
) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield Fault(where, f'there is no {kind} "{name}" in this file')
