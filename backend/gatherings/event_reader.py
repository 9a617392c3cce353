"""One event of a calendar file as an activity, and what is wrong at which of its properties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from icalendar import Component
from icalendar.error import BrokenCalendarProperty

from backend.clock import ZONE
from backend.gatherings import cells, checks, event_times
from backend.gatherings.cells import LONGEST_ABOUT, LONGEST_NAME, WrongCell
from backend.gatherings.found import Differing, Fault, Known
from backend.services import schedule
from backend.services.catalogue import Terms
from backend.services.series import NewSeries
from dialogs.text import Text, _

T = TypeVar("T")

MATTERS = {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "SUMMARY"}
UNREADABLE = (BrokenCalendarProperty, ValueError, OverflowError)
PLACES: Mapping[checks.About, str] = {
    "day": "DTSTART",
    "start": "DTSTART",
    "length": "DTEND",
    "rule": "RRULE",
}


@dataclass
class EventReader:
    """Reads an event. ``lines`` are those of its properties; "" is the one it begins on."""

    event: Component
    lines: Mapping[str, int]
    known: Known
    faults: list[Fault] = field(default_factory=list)

    def activity(self) -> NewSeries | None:
        """The activity, or None when something of it could not be read."""
        self._look_over()
        service = self._read("CATEGORIES", lambda: self._service)
        unit = self._read("LOCATION", lambda: self._unit(""))
        seats = self._read("", partial(cells.seats, self.known, ""))
        name = self._read("SUMMARY", partial(self._words, "SUMMARY", LONGEST_NAME))
        about = self._read("DESCRIPTION", partial(self._words, "DESCRIPTION", LONGEST_ABOUT))
        first = self._read("DTSTART", partial(event_times.start_of, self.event))
        rule = self._read("RRULE", partial(event_times.rule_of, self.event))
        usual = service.service.minutes if service else checks.LONGEST
        minutes = self._length(usual) if first else None
        if self.faults or not (service and unit and seats and first and minutes):
            return None
        new = NewSeries(
            service.service.id,
            unit,
            first,
            minutes,
            seats,
            rule or "",
            name={cells.SWEDISH: name} if name else {},
            about={cells.SWEDISH: about} if about else {},
            source="import",
        )
        for where, words in checks.faults(new, self.known):
            self._fault(PLACES[where], words)
        return new

    def skipped(self, new: NewSeries) -> list[Differing]:
        """The dates to come on which it does not take place."""
        found = self._read("EXDATE", lambda: list(event_times.excluded(self.event, new.first)))
        return [Differing(start) for start in found or () if self._comes(new, start)]

    def replacing(self, new: NewSeries) -> list[Differing]:
        """What this event says of one date of a series; nothing when that date has been."""
        self._look_over(is_replacement=True)
        start = self._read("RECURRENCE-ID", partial(event_times.replaces, self.event))
        if start is None or start < self._now:
            return []
        if not self._comes(new, start):
            self._fault("RECURRENCE-ID", _("The activity does not take place then."))
            return []
        if self._is_off:
            return [Differing(start)]
        moved = self._read("DTSTART", partial(event_times.start_of, self.event))
        minutes = self._length(new.minutes) if moved else None
        unit = self._read("LOCATION", lambda: self._unit(new.unit))
        if moved is None or minutes is None:
            return []
        if not start - checks.FURTHEST < moved < start + checks.FURTHEST or moved < self._now:
            self._fault("DTSTART", _("It cannot be moved to that day."))
        elif checks.instant_of(moved) is None:
            self._fault("DTSTART", _("That time does not exist: the clocks go forward then."))
        if not checks.SHORTEST <= minutes <= checks.LONGEST:
            self._fault("DTEND", _("It must last from 5 minutes to 10 hours."))
        return [Differing(start, moved, minutes, unit)]

    @property
    def _now(self) -> datetime:
        return self.known.now.astimezone(ZONE).replace(tzinfo=None)

    @property
    def _is_off(self) -> bool:
        return str(self.event.get("STATUS", "")).upper() == "CANCELLED"

    @property
    def _service(self) -> Terms:
        """By the first category that names one; categories are often about something else."""
        for category in self._categories():
            with suppress(WrongCell):
                return cells.service(self.known, category)
        return cells.service(self.known, "")

    def _look_over(self, *, is_replacement: bool = False) -> None:
        """What cannot be read at all, and what we do not take."""
        for name, _error in self.event.errors:
            if name in MATTERS:
                self._fault(str(name), _("This cannot be read."))
        if "RDATE" in self.event:
            words = _("It has extra dates. Put each of them in as an activity of its own.")
            self._fault("RDATE", words)
        if self._is_off and not is_replacement:
            self._fault("STATUS", _("It is cancelled in the calendar."))

    def _categories(self) -> Iterator[str]:
        stated = self.event.get("CATEGORIES", [])
        for part in stated if isinstance(stated, list) else [stated]:
            for category in getattr(part, "cats", ()):
                if text := str(category).strip():
                    yield text

    def _unit(self, otherwise: str) -> str:
        """By the whole of its place, or what comes before the first comma: the address follows."""
        place = " ".join(str(self.event.get("LOCATION", "")).split())
        if not place and otherwise:
            return otherwise
        with suppress(WrongCell):
            return cells.unit(self.known, place.partition(",")[0].strip() or place)
        return cells.unit(self.known, place)

    def _words(self, name: str, most: int) -> str:
        return cells.words(str(self.event.get(name, "")), most)

    def _length(self, usual: int) -> int | None:
        name = "DTEND" if "DTEND" in self.event else "DURATION"
        return self._read(name, partial(event_times.minutes_of, self.event, usual))

    def _comes(self, new: NewSeries, start: datetime) -> bool:
        """Whether the rule has this date, and it has not been."""
        if not new.rule or start < self._now:
            return False
        return start in schedule.expand(new.first, new.rule, start.date(), start.date())

    def _read(self, name: str, read: Callable[[], T]) -> T | None:
        """A property; None when it cannot be read."""
        try:
            return read()
        except WrongCell as wrong:
            self._fault(name, wrong.says)
        except UNREADABLE:
            self._fault(name, _("This cannot be read."))
        return None

    def _fault(self, name: str, words: Text) -> None:
        """Told once of each property: what cannot be read is missing, too."""
        line = self.lines.get(name, self.lines[""])
        if not any(fault.line == line and fault.column == name for fault in self.faults):
            self.faults.append(Fault(line, name, words))
