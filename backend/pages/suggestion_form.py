"""An association's suggestion as it was typed: what it means, and what is wrong at which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import cast

from starlette.datastructures import FormData

from backend.console.gatherings.repeats import KINDS, Kind, Repeat, rule_of
from backend.gatherings import cells, checks
from backend.gatherings.cells import MOST_SEATS, SWEDISH, WrongCell
from backend.gatherings.contact import Contact
from backend.gatherings.found import Known
from backend.hygiene import clean, mask
from backend.mail import is_mail_address
from backend.services.catalogue import Catalogue
from backend.services.series import NewSeries
from dialogs.text import Text, _

ELSEWHERE = "elsewhere"
TRAP = "website"  # people do not see it
LONGEST_LINE = 120
LONGEST_ABOUT = 600
USUAL_SEATS = "20"
OFFERED: Sequence[Kind] = tuple(kind for kind in KINDS if kind not in {"rule", "monthly_date"})


@dataclass(frozen=True)
class Suggested:
    """A form that can be meant."""

    new: NewSeries
    contact: Contact


@dataclass
class SuggestionForm:
    """What was typed, by field; ``wrong`` says what is wrong."""

    typed: Mapping[str, str]
    wrong: dict[str, Text] = field(default_factory=dict)

    @classmethod
    def blank(cls) -> SuggestionForm:
        """The form as it is first shown."""
        return cls({"seats": USUAL_SEATS, "repeats": "never"})

    @classmethod
    def of(cls, form: FormData) -> SuggestionForm:
        """What was sent: nothing invisible in it, and no personnummer."""
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        return cls({name: mask(clean(value).strip())[0] for name, value in said.items()})

    def get(self, name: str) -> str:
        """What was typed at a field, or an empty string."""
        return self.typed.get(name, "")

    def read(
        self, catalogue: Catalogue, languages: Sequence[str], language: str, now: datetime
    ) -> Suggested | None:
        """What the form means; None when something is wrong with it."""
        known = Known(catalogue, {}, languages, now)
        organiser = self._line("organiser", LONGEST_LINE, is_needed=True)
        service = self._one_of("service", group_services(catalogue))
        unit, place = self._where(catalogue)
        first, minutes = self._when()
        name = self._texts("name", LONGEST_LINE, languages, is_needed=True)
        about = self._texts("about", LONGEST_ABOUT, languages)
        seats, mail = self._seats(), self._mail()
        rule = self._rule(first.date()) if first else ""
        if self.wrong or first is None:
            return None
        if place:
            about = {code: f"{words} ({place})" for code, words in about.items()} or {
                SWEDISH: place
            }
        new = NewSeries(service, unit, first, minutes, seats, rule, name=name, about=about)
        for where, words in checks.faults(new, known):
            self.wrong.setdefault({"length": "end", "rule": "until"}.get(where, where), words)
        contact = Contact(mail, language, place)
        return None if self.wrong else Suggested(replace(new, organiser=organiser), contact)

    def _when(self) -> tuple[datetime | None, int]:
        """The first start on the wall's clock, and how many minutes it lasts."""
        found: dict[str, int | date | None] = {}
        for name, read in (("day", cells.day), ("start", cells.start), ("end", cells.start)):
            try:
                found[name] = read(self.get(name))
            except WrongCell as wrong:
                self.wrong[name] = wrong.says
        day, start, end = found.get("day"), found.get("start"), found.get("end")
        if not isinstance(day, date) or not isinstance(start, int) or not isinstance(end, int):
            return None, 0
        if end <= start:
            self.wrong["end"] = _("The end must be later than the beginning.")
        return cells.at(day, start), end - start

    def _where(self, catalogue: Catalogue) -> tuple[str, str]:
        """One of our places; for another one the first of ours, and its address."""
        if self.get("unit") != ELSEWHERE:
            return self._one_of("unit", list(catalogue.units)), ""
        return next(iter(catalogue.units), ""), self._line("place", LONGEST_LINE, is_needed=True)

    def _rule(self, first: date) -> str:
        kind = self._one_of("repeats", OFFERED)
        until = None
        if kind and kind != "never":
            try:
                until = cells.day(self.get("until")) if self.get("until") else None
            except WrongCell as wrong:
                self.wrong["until"] = wrong.says
        if kind in self.wrong or not kind:
            return ""
        return rule_of(Repeat(cast("Kind", kind), until=until), first)

    def _texts(
        self, column: str, most: int, languages: Sequence[str], *, is_needed: bool = False
    ) -> dict[str, str]:
        """Words by language, Swedish first; where there are any, Swedish is among them."""
        texts = {
            code: line
            for code in languages
            if (line := self._line(f"{column}-{code}", most, is_needed=False))
        }
        if SWEDISH not in texts and (texts or is_needed):
            self.wrong[f"{column}-{SWEDISH}"] = _(
                "Write it in Swedish too. It is shown where there is no translation."
            )
            return {}
        return {SWEDISH: texts[SWEDISH], **texts} if texts else {}

    def _seats(self) -> int:
        written = self.get("seats")
        number = int(written) if written.isascii() and written.isdigit() else 0
        if not 1 <= number <= MOST_SEATS:
            self.wrong["seats"] = _(
                "Write a whole number from {least:number} to {most:number}.",
                least=1,
                most=MOST_SEATS,
            )
        return number

    def _mail(self) -> str:
        written = self.get("mail")
        if not is_mail_address(written):
            self.wrong["mail"] = _("Write one e-mail address, such as anna@example.se.")
        return written

    def _line(self, name: str, most: int, *, is_needed: bool) -> str:
        line = " ".join(self.get(name).split())
        if is_needed and not line:
            self.wrong[name] = _("Write something first.")
        elif len(line) > most:
            self.wrong[name] = _(
                "This is too long. {most:number} characters are the most.", most=most
            )
        return line

    def _one_of(self, name: str, known: Sequence[str]) -> str:
        chosen = self.get(name)
        if chosen not in known:
            self.wrong[name] = _("Choose one.")
        return chosen


def group_services(catalogue: Catalogue) -> list[str]:
    """The ids of what can be an activity for a group."""
    return [each for each, terms in catalogue.services.items() if terms.service.group]
