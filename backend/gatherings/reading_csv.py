"""Activities of a CSV file: one on each line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from backend.gatherings import cells, checks
from backend.gatherings.cells import LONGEST_ABOUT, LONGEST_NAME, SWEDISH, WrongCell
from backend.gatherings.found import Fault, Found, Known, Reading
from backend.gatherings.plain_rules import rule_of
from backend.gatherings.tables import Head, Line, table
from backend.services.catalogue import Terms
from backend.services.series import NewSeries
from dialogs.text import Text, _

T = TypeVar("T")


def read_csv(text: str, known: Known) -> Reading:
    """Every activity of a table, and every fault. Raises NoActivities."""
    head, lines = table(text)
    found: list[Found] = []
    faults: list[Fault] = []
    wrong = 0
    for line in lines:
        reader = _LineReader(line, head.written, known)
        new = reader.activity()
        if new is not None and not reader.faults:
            found.append(Found(line.number, replace(new, uid=checks.uid_of(new))))
        else:
            wrong += 1
            faults += reader.faults
    return Reading(found, faults, wrong, _unread(head, known))


def _unread(head: Head, known: Known) -> list[str]:
    """The columns that say nothing to us, those in languages we do not have among them."""
    ours = {code.casefold() for code in known.languages}
    foreign = [
        name
        for column, name in head.written.items()
        if ":" in column and column.partition(":")[2] not in ours
    ]
    return [*head.unread, *foreign]


@dataclass
class _LineReader:
    """Reads one line, and notes what is wrong at which cell."""

    line: Line
    written: Mapping[str, str]
    known: Known
    faults: list[Fault] = field(default_factory=list)

    def activity(self) -> NewSeries | None:
        """The activity, or None when anything of it could not be read."""
        if self.line.cells is None:
            self._fault("", _("There are more cells than columns, or a quotation mark too few."))
            return None
        service = self._read("service", partial(cells.service, self.known))
        unit = self._read("unit", partial(cells.unit, self.known))
        day = self._read("day", cells.day)
        start = self._read("start", cells.start)
        minutes = self._minutes(start, service)
        seats = self._read("seats", partial(cells.seats, self.known))
        rule = self._read("rule", partial(rule_of, first=day)) if day else None
        coach = self._read("leader", partial(cells.leader, self.known))
        spoken = self._read("language", cells.languages)
        enrols = self._read("course", cells.yes)
        organiser = self._read("organiser", partial(cells.words, most=LONGEST_NAME))
        name, about = self._texts("name", LONGEST_NAME), self._texts("about", LONGEST_ABOUT)
        if self.faults or not (service and unit and day and minutes and seats):
            return None
        return self._possible(
            NewSeries(
                service.service.id,
                unit,
                cells.at(day, start or 0),
                minutes,
                seats,
                rule or "",
                coach,
                checks.spoken_in(name, service.service.name, spoken or ()),
                about,
                organiser or None,
                enrols=bool(enrols),
                source="import",
            )
        )

    def _possible(self, new: NewSeries) -> NewSeries:
        """The same, after a look at whether it could take place."""
        length = "end" if "end" in self.written else "minutes"
        for about, words in checks.faults(new, self.known):
            self._fault(length if about == "length" else about, words)
        return new

    def _minutes(self, start: int | None, service: Terms | None) -> int | None:
        """How long: to its end, or so many minutes, or as long as its kind usually is."""
        end = self._read("end", cells.minute)
        minutes = self._read("minutes", cells.length)
        if end is not None and start is not None:
            if end <= start:
                self._fault("end", _("The end must be later than the beginning."))
            elif minutes not in {None, end - start}:
                self._fault("minutes", _("The end says that it lasts another number of minutes."))
            return end - start
        return minutes or (service.service.minutes if service else None)

    def _texts(self, column: str, most: int) -> dict[str, str]:
        """Words by language; the column without a language is Swedish."""
        texts = {}
        for code in self.known.languages:
            there = self._column(column, code)
            words = self._read(there, partial(cells.words, most=most))
            if words:
                texts[code] = words
        if texts and SWEDISH not in texts:
            self._fault(
                column,
                _("Write it in Swedish too. It is shown where there is no translation."),
            )
        return {SWEDISH: texts[SWEDISH], **texts} if SWEDISH in texts else {}

    def _column(self, column: str, code: str) -> str:
        named = f"{column}:{code.casefold()}"
        return column if code == SWEDISH and named not in self.written else named

    def _read(self, column: str, read: Callable[[str], T]) -> T | None:
        """What a cell means; an empty one is read too. None when it cannot be read."""
        cell = (self.line.cells or {}).get(column, "")
        try:
            return read(cell)
        except WrongCell as wrong:
            self._fault(column, wrong.says)
            return None

    def _fault(self, column: str, words: Text) -> None:
        self.faults.append(Fault(self.line.number, self.written.get(column, column), words))
