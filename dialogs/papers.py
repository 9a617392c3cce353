"""Her papers and her first weeks, as dialogs see them: values, errors, and two ports.

A card says whose plan it is, whom to ask and when the next date is. It never holds the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from dialogs.text import Text, _

CardKind = Literal["introduction", "job", "action", "study"]
Part = Literal["contact", "line", "next_on", "began", "reminds"]
Pause = Literal["parent", "ill"]
Author = Literal["person", "staff"]

LONGEST: Mapping[Part, int] = {"contact": 80, "line": 120}

CARD_NAMES: Mapping[CardKind, Text] = {
    "introduction": _("Introduction plan: the city"),
    "job": _("Job plan: Jobbtorg"),
    "action": _("Action plan: Arbetsförmedlingen"),
    "study": _("Study plan: the SFI school"),
}

# On these a date is counted from the day of the first meeting.
COUNTS: frozenset[CardKind] = frozenset(("introduction", "job", "action"))


class TooLong(ValueError):
    """More words than a card has room for; ``most`` characters fit."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class CardChanged(Exception):
    """Someone else has changed the card since it was shown."""


@dataclass(frozen=True)
class PlanDate:
    """A date that is counted from the first meeting: when it is, and what is to be there then."""

    day: date
    words: Text


@dataclass(frozen=True)
class Card:
    """One of her papers. ``dates`` are still to come."""

    kind: CardKind
    contact: str
    line: str
    next_on: date | None
    began: date | None
    reminds: bool
    changed_by: Author
    changed_at: datetime
    version: int
    dates: tuple[PlanDate, ...] = ()


@dataclass(frozen=True)
class Paused:
    """She is away; only the word is kept. ``until`` None: she does not know."""

    why: Pause
    until: date | None


@dataclass(frozen=True)
class Folder:
    """All her papers."""

    cards: tuple[Card, ...]
    paused: Paused | None

    def card(self, kind: str) -> Card | None:
        """One of them."""
        return next((card for card in self.cards if card.kind == kind), None)


@dataclass(frozen=True)
class Task:
    """One step of the first weeks: an article, and whether she has ticked it."""

    id: str
    article: str
    done: bool


@dataclass(frozen=True)
class Checklist:
    """Her first weeks. ``address`` leads to a page to print."""

    path: str
    children: bool
    tasks: tuple[Task, ...]
    address: str

    @property
    def done(self) -> int:
        """How many are ticked."""
        return sum(task.done for task in self.tasks)


class Papers(Protocol):
    """Up to four cards of one person."""

    async def folder(self) -> Folder:
        """All of them."""

    async def write(self, kind: CardKind, part: Part, value: str | date | bool) -> None:
        """Set one part of a card, which is made when there is none. Raises TooLong."""

    async def remove(self, kind: CardKind) -> None:
        """Throw a card away, and its reminders."""

    async def pause(self, why: Pause, until: date | None) -> None:
        """Silence the reminders of all cards."""

    async def start_again(self) -> None:
        """Remind again of what is still to come."""


class FirstWeeks(Protocol):
    """What to do first, ticked off one by one."""

    def paths(self) -> Sequence[str]:
        """The ways one may have come, in their order."""

    async def checklist(self) -> Checklist | None:
        """Hers, or None before she has chosen."""

    async def choose(self, path: str, *, children: bool) -> None:
        """Which one; what she has ticked stays."""

    async def tick(self, task: str, *, on: bool) -> None:
        """Tick a step, or take the tick back."""
