"""The dates of a card and what is sent for them; and the question after a pause.

Pure: a card's row gives days and planned messages. What is said names neither money nor health,
and not whose plan it is: other eyes read phones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.models import Card as CardRow
from backend.services.deadlines import MORNING
from backend.services.walltime import instant, local_day
from backend.work import Planned
from dialogs import places
from dialogs.core import say, to
from dialogs.dates import months_later
from dialogs.deadlines import Before
from dialogs.messages import Button, Reply, Urgency
from dialogs.papers import PlanDate
from dialogs.text import Text, _

QUESTIONS = 12  # once a month for a year, then silence
ANSWERABLE = timedelta(days=28)


@dataclass(frozen=True)
class Rule:
    """A date of some cards: so long after the first meeting; when and how one is reminded of it.

    ``words`` stand on the card, ``says`` in the reminder.
    """

    name: str
    cards: tuple[str, ...]
    months: int
    days: int
    before: tuple[Before, ...]
    words: Text
    says: Text
    book: bool = False

    def day(self, began: date) -> date:
        """That date."""
        return months_later(began, self.months) + timedelta(days=self.days)


CITY = ("introduction", "job")
# The city's own rule for its plans; the state's plan is to be there within 30 days.
RULES = (
    Rule(
        "plan",
        CITY,
        0,
        5,
        (Before(),),
        _("The plan should be there"),
        _("By now there should be a plan. Have you got it on paper?"),
    ),
    Rule(
        "plan",
        ("action",),
        0,
        30,
        (Before(),),
        _("The plan should be there"),
        _("By now there should be a plan. Have you got it on paper?"),
    ),
    Rule(
        "review",
        CITY,
        6,
        0,
        (Before(weeks=3), Before(weeks=1)),
        _("The plan should be looked at again"),
        _("Your plan should soon be looked at again. Do you have a time for it?"),
        book=True,
    ),
    Rule(
        "end",
        CITY,
        18,
        0,
        (Before(months=3), Before(weeks=4)),
        _("Eighteen months since the first meeting"),
        _("Soon it is 18 months since your first meeting. Ask what comes after."),
        book=True,
    ),
)
NEXT = (Before(weeks=1), Before(days=1))


def coming(row: CardRow, today: date) -> tuple[PlanDate, ...]:
    """What is counted from the first meeting and is still to come."""
    dates = ((rule.day(row.began), rule.words) for rule in _rules(row) if row.began)
    return tuple(PlanDate(day, words) for day, words in dates if day >= today)


def reminders(row: CardRow, now: datetime) -> Iterator[Planned]:
    """The reminders of a card that are still to come; none while she is away."""
    if not row.reminds or row.paused:
        return
    if row.next_on is not None:
        words = _("You have a date for one of your papers.")
        for before in NEXT:
            yield from _planned(row, "next", before, row.next_on, now, (words,))
    if row.began is None:
        return
    for rule in _rules(row):
        due = rule.day(row.began)
        book = (to(_("Book a coach"), places.BOOK, icon="calendar"),) if rule.book else ()
        for before in rule.before:
            yield from _planned(row, rule.name, before, due, now, (rule.says, *book))


def questions(person: str, until: date | None, now: datetime, key: str) -> Iterator[Planned]:
    """Whether to start again: on the day she named and each month after it, or each month.

    ``key`` tells this pause from an earlier one.
    """
    first = until or months_later(local_day(now), 1)
    for number in range(QUESTIONS):
        at = instant(months_later(first, number), MORNING)
        if at is not None and at > now:
            yield Planned(
                person=person,
                reply=_question(),
                due=at,
                dedupe=f"card:pause:{key}:{number}",
                expires=at + ANSWERABLE,
                about=about_pause(person),
            )


def about_pause(person: str) -> str:
    """What the questions after a pause carry in their ``about``."""
    return f"card:pause:{person}"


def _rules(row: CardRow) -> Iterator[Rule]:
    return (rule for rule in RULES if row.kind in rule.cards)


def _planned(
    row: CardRow,
    name: str,
    before: Before,
    due: date,
    now: datetime,
    content: tuple[Text | Button, ...],
) -> Iterator[Planned]:
    day = before.day(due)
    at = instant(day, MORNING)
    if at is None or at <= now:
        return
    yield Planned(
        person=row.person_id,
        reply=_reminder(row, due, content),
        due=at,
        dedupe=f"card:{row.id}:{row.version}:{name}:{day}",
        expires=instant(due + timedelta(days=1), 0),
        about=f"card:{row.id}:{name}",
        about_version=row.version,
    )


def _reminder(row: CardRow, due: date, content: tuple[Text | Button, ...]) -> Reply:
    texts = (each for each in content if isinstance(each, Text))
    buttons = (each for each in content if isinstance(each, Button))
    return say(
        *texts,
        _("The day is {day:day} {year}.", day=due, year=str(due.year)),
        to(_("Open it"), places.card(row.kind)),
        *buttons,
        urgency=Urgency.REMINDER,
    )


def _question() -> Reply:
    return say(
        _("You asked me to be quiet for some time. Shall we start again?"),
        to(_("Yes, start again"), places.START_AGAIN),
        to(_("Not yet"), places.AWAY_STILL),
        urgency=Urgency.REMINDER,
    )
