"""Dates in life anyone may be reminded of: one row for each kind, and when it falls.

Pure: days in, days out. What is said here is what the articles say, and who decides is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dialogs.dates import Span, months_later
from dialogs.text import Text, _

REPORT_LAST_DAY = 14
YEAR = 12  # months
SFI_COUNTS_FROM = date(2026, 1, 1)


@dataclass(frozen=True)
class Before:
    """How long before a last day a reminder is sent."""

    months: int = 0
    weeks: int = 0
    days: int = 0

    def day(self, due: date) -> date:
        """That day."""
        return months_later(due, -self.months) - timedelta(weeks=self.weeks, days=self.days)


@dataclass(frozen=True)
class Kind:
    """One kind of date.

    ``count`` gives the first last day on or after a day, counted from the day she gave; where she
    gives none, that day is the present one. ``asks`` is the question for it, and ``span`` where
    it can lie. ``returns``: there is another one after it. ``is_private``: a reminder does not
    say what it is about, for other eyes read phones.
    """

    id: str
    name: Text
    about: Text
    article: str
    count: Callable[[date, date], date]
    before: tuple[Before, ...]
    asks: Text | None = None
    span: Span = "ahead"
    returns: bool = False
    is_private: bool = True

    def remind_on(self, due: date) -> tuple[date, ...]:
        """The days of the reminders, first first."""
        return tuple(before.day(due) for before in self.before)


def _fourteenth(day: date, _counted_from: date) -> date:
    """The report for a month is sent from the 1st to the 14th of the next one."""
    if day.day <= REPORT_LAST_DAY:
        return day.replace(day=REPORT_LAST_DAY)
    return months_later(day.replace(day=REPORT_LAST_DAY), 1)


def _that_day(_day: date, counted_from: date) -> date:
    return counted_from


def _after(months: int) -> Callable[[date, date], date]:
    return lambda _day, counted_from: months_later(counted_from, months)


def _every_year(day: date, counted_from: date) -> date:
    """Counted from the first one each time, so that 29 February comes back."""
    years = max(0, day.year - counted_from.year)
    due = months_later(counted_from, years * YEAR)
    return due if due >= day else months_later(counted_from, (years + 1) * YEAR)


def _three_years_of_sfi(_day: date, counted_from: date) -> date:
    return months_later(max(counted_from, SFI_COUNTS_FROM), 3 * YEAR)


ROWS = (
    Kind(
        "activity-report",
        _("Activity report to Arbetsförmedlingen"),
        _(
            "Are you registered with Arbetsförmedlingen? Then you report each month what you "
            "have done, from the 1st to the 14th. Arbetsförmedlingen decides who must report."
        ),
        "activity-report",
        _fourteenth,
        (Before(days=13), Before(days=4), Before(days=1)),
        returns=True,
        is_private=False,
    ),
    Kind(
        "permit-extension",
        _("Extend my residence permit"),
        _(
            "Do you have a permit with a last day? Apply for more time before that day. "
            "Migrationsverket decides."
        ),
        "extend-residence-permit",
        _that_day,
        (Before(weeks=10), Before(weeks=8), Before(weeks=4)),
        _("Which is the last day of your permit? The card can have another date."),
    ),
    Kind(
        "family-application",
        _("My family applies to move here"),
        _(
            "Are you a refugee with a permit? The demand for money may not hold if your family "
            "applies within three months from the day of your permit. It does not hold like that "
            "if you have alternativt skydd (subsidiary protection). Migrationsverket decides."
        ),
        "family-reunification",
        _after(3),
        (Before(weeks=8), Before(weeks=4), Before(weeks=2), Before(weeks=1)),
        _("Which day did you get your permit? It is not the day you came here."),
        "back",
    ),
    Kind(
        "driving-licence",
        _("Driving licence from another country"),
        _(
            "Is your driving licence from a country outside the EEA? It stops being valid here "
            "when you have been registered as resident for more than one year. "
            "Transportstyrelsen decides."
        ),
        "driving-licence",
        _after(YEAR),
        (Before(months=3), Before(months=1), Before(weeks=2)),
        _("Which day were you registered as resident (folkbokförd)?"),
        "back",
        is_private=False,
    ),
    Kind(
        "housing-queue",
        _("The yearly fee of the housing queue"),
        _(
            "You keep your time in the housing queue if you pay the fee every year. "
            "Bostadsförmedlingen decides what applies to you."
        ),
        "housing-queue",
        _every_year,
        (Before(weeks=3), Before(weeks=1)),
        _("Which day is the fee to be paid? I remind you every year."),
        "any",
        returns=True,
    ),
    Kind(
        "sfi-three-years",
        _("SFI: three years"),
        _(
            "Everyone has three years to study SFI. They count from the day you start for the "
            "first time, but never from before 1 January 2026. You can sometimes get more time. "
            "Vuxenutbildning Stockholm decides."
        ),
        "register-for-sfi",
        _three_years_of_sfi,
        (Before(months=YEAR), Before(months=6), Before(months=2)),
        _("Which day did you start SFI for the first time?"),
        "any",
        is_private=False,
    ),
)
KINDS: Mapping[str, Kind] = {row.id: row for row in ROWS}
OF_ARTICLE: Mapping[str, str] = {row.article: row.id for row in ROWS}


def next_due(
    kind: Kind, today: date, done_for: date | None, counted_from: date | None = None
) -> date | None:
    """The next last day that has not been met; one that comes once stays when it has passed.

    None when the day it is counted from is not known, or when it came once and was met.
    """
    if kind.asks is not None and counted_from is None:
        return None
    due = kind.count(today, counted_from or today)
    if done_for is None or due > done_for:
        return due
    if not kind.returns:
        return None
    following = done_for + timedelta(days=1)
    return kind.count(following, counted_from or following)
