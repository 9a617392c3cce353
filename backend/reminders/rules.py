"""Which reminders there are, as data: a row each in ``rules.toml``, or in the site file instead.

Conditions, anchors and words are closed lists; there is no language of expressions to learn or to
get wrong. Messages are for the operator who wrote the row.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backend.clockface import Clock

SHIPPED = Path(__file__).with_name("rules.toml")
DAYS_AHEAD = re.compile(r"booked_days_ahead >= ([1-9][0-9]{0,2})")
CONDITIONS = ("alone_that_day", "attended", "missed")
LONGEST = 14 * 24 * 60

Kind = Literal["meeting", "activity", "lesson"]
Anchor = Literal["booked", "before", "day_before", "at", "after"]
Opening = Literal["soon", "remember", "today", "new_time"]
Ending = Literal["attended", "missed"]

_OF_THE_DAY = ("day_before", "at", "before")
_BY_MINUTES = ("booked", "before", "after")


class Condition(BaseModel):
    """What must hold: one of CONDITIONS, or ``booked_days_ahead`` with the ``least`` of days."""

    model_config = ConfigDict(frozen=True)

    name: str
    least: int = 0


def _condition(value: object) -> object:
    found = DAYS_AHEAD.fullmatch(value) if isinstance(value, str) else None
    if found:
        return Condition(name="booked_days_ahead", least=int(found[1]))
    if value in CONDITIONS:
        return Condition(name=str(value))
    if isinstance(value, Condition):
        return value
    known = ", ".join(f'"{name}"' for name in ("booked_days_ahead >= 6", *CONDITIONS))
    message = f'"{value}" is no condition; there are {known}'
    raise ValueError(message)


class Quiet(BaseModel):
    """Hours of the night in which nothing falls due that is not urgent; equal ends: none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: Clock = Field(default=21 * 60, alias="from")
    stop: Clock = Field(default=8 * 60, alias="to")

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day lies in them."""
        if self.start <= self.stop:
            return self.start <= minute < self.stop
        return minute >= self.start or minute < self.stop


class Rule(BaseModel):
    """One reminder: of what kinds of meeting, when it falls due, and with which words.

    ``booked``: minutes after it was booked. ``before``: minutes before the start. ``day_before``:
    at a wall time, ``days`` days before. ``at``: at a wall time on the day itself. ``after``:
    minutes after the end, or after staff have said how it went, which is what it waits for.
    ``bundle``: one message for everything of a day. ``channels``: the first of these that she can
    be reached on; none is her own order. ``urgent``: also in the quiet hours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = Field(alias="for")
    anchor: Anchor
    words: Opening
    minutes: int | None = Field(default=None, ge=0, le=LONGEST)
    days: int = Field(default=1, ge=1, le=30)
    at: Clock | None = None
    only_if: tuple[Annotated[Condition, BeforeValidator(_condition)], ...] = ()
    channels: tuple[str, ...] = ()
    urgent: bool = False
    bundle: bool = False

    @property
    def ending(self) -> Ending | None:
        """How a meeting must have ended for this to be sent; None for what comes before one."""
        names = {each.name for each in self.only_if}
        return "missed" if "missed" in names else "attended" if "attended" in names else None

    @property
    def days_ahead(self) -> int:
        """How many days ahead it must have been booked."""
        return max((each.least for each in self.only_if), default=0)

    @property
    def is_alone(self) -> bool:
        """Whether it is only for days with nothing else."""
        return any(each.name == "alone_that_day" for each in self.only_if)

    @property
    def depends_on_the_day(self) -> bool:
        """Whether it changes with what else she has on that day."""
        return self.bundle or self.is_alone

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        message = next(self._faults(), None)
        if message:
            raise ValueError(message)
        return self

    def _faults(self) -> Iterator[str]:
        """What does not go together, in words for the operator."""
        by_minutes = self.anchor in _BY_MINUTES
        after = self.anchor == "after"
        faults = {
            f'"{self.anchor}" needs minutes, and no at': by_minutes
            and (self.minutes is None or self.at is not None),
            f'"{self.anchor}" needs at = "HH:MM", and no minutes': not by_minutes
            and (self.at is None or self.minutes is not None),
            'days goes with anchor = "day_before"': self.days != 1 and self.anchor != "day_before",
            'anchor = "after" goes with only_if = ["missed"] or ["attended"]': after
            != (self.ending is not None),
            'anchor = "after" goes with words = "new_time"': after != (self.words == "new_time"),
            'anchor = "after" is for = ["meeting"] only': after and self.kinds != ("meeting",),
            "what depends on the day cannot depend on when it was booked too": bool(
                self.depends_on_the_day and (self.days_ahead or self.anchor not in _OF_THE_DAY)
            ),
            'bundle goes with anchor = "day_before", whatever else the day has': self.bundle
            and (self.anchor != "day_before" or self.is_alone),
        }
        return (words for words, is_so in faults.items() if is_so)


class Rules(BaseModel):
    """All reminders and the quiet hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reminders: tuple[Rule, ...]
    quiet: Quiet = Quiet()

    def before(self, kind: Kind) -> Iterator[Rule]:
        """The reminders that come before a meeting of a kind."""
        return (rule for rule in self.reminders if kind in rule.kinds and rule.ending is None)

    def after(self, kind: Kind, ending: Ending) -> Iterator[Rule]:
        """Those that come after one that ended so."""
        return (rule for rule in self.reminders if kind in rule.kinds and rule.ending == ending)


@cache
def shipped() -> Rules:
    """The reminders of a site file that says nothing about them."""
    return Rules.model_validate(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
