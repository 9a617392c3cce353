"""A person's papers on her page: four cards with their forms, and what is only hers, as a number.

Coaches write on the same cards as she does in the chat. A card says whose plan it is, whom to ask
and when the next date is, and nothing of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api.problems import Problem
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.models import Deadline
from backend.services import needs
from backend.services.papers import NO_CARD, PersonPapers, Values
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.dates import HasPassed, Span, StillToCome, TooFar, check
from dialogs.papers import (
    CARD_NAMES,
    COUNTS,
    Card,
    CardChanged,
    CardKind,
    Pause,
    Paused,
    TooLong,
)
from dialogs.text import Text, _

PAUSES: Mapping[Pause, Text] = {"parent": _("On parental leave"), "ill": _("Ill")}
FAULTS: Mapping[type[ValueError], Text] = {
    HasPassed: _("That day has passed."),
    StillToCome: _("The first meeting cannot be on a day to come."),
    TooFar: _("That is more than ten years from today."),
}
LONGEST_FIELD = 400  # longer than any card takes, so that the fault can be told in words


@dataclass(frozen=True)
class Sheet:
    """One of the four, as the page shows it."""

    kind: CardKind
    name: Text
    card: Card | None

    @property
    def version(self) -> int:
        """What its form is sent with."""
        return self.card.version if self.card else NO_CARD

    @property
    def counts(self) -> bool:
        """Whether dates are counted from the first meeting."""
        return self.kind in COUNTS


@dataclass(frozen=True)
class Papers:
    """All of it. ``dates``: how many she wants to be reminded of; which ones is hers to tell."""

    sheets: Sequence[Sheet]
    paused: Paused | None
    why: Text | None
    dates: int


class CardForm(BaseModel):
    """A card's form as it was sent; ``version`` is the one it was shown with."""

    do: Literal["save", "remove"]
    version: int = Field(NO_CARD, ge=NO_CARD, le=2**31 - 1)
    contact: str = Field("", max_length=LONGEST_FIELD)
    line: str = Field("", max_length=LONGEST_FIELD)
    next_on: str = Field("", max_length=10)
    began: str = Field("", max_length=10)
    reminds: Literal["", "yes"] = ""

    def values(self, today: date) -> Values:
        """The parts of the card. Raises Problem."""
        return {
            "contact": self.contact,
            "line": self.line,
            "next_on": _day(self.next_on, today, "any"),
            "began": _day(self.began, today, "back"),
            "reminds": self.reminds == "yes",
        }


async def of(console: Console, work: Work, person: str) -> Papers:
    """A person's papers."""
    folder = await PersonPapers(person, work, console.runtime.vault).folder()
    return Papers(
        [Sheet(kind, name, folder.card(kind)) for kind, name in CARD_NAMES.items()],
        folder.paused,
        PAUSES[folder.paused.why] if folder.paused else None,
        await _own_dates(await work.reading(), person),
    )


async def change(
    console: ConsoleOf, who: Who, person: str, kind: CardKind, form: Annotated[CardForm, Form()]
) -> Response:
    """Write on a card, or throw it away. Raises NoSuchPerson."""
    runtime = console.runtime
    values = form.values(local_day(runtime.clock.now()))
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await needs.of(await work.reading(), person)
        papers = PersonPapers(person, work, runtime.vault, "staff")
        if form.do == "remove":
            await papers.remove(kind)
        else:
            await _save(papers, kind, values, form.version)
    return see(f"/console/people/{person}#papers")


async def _save(papers: PersonPapers, kind: CardKind, values: Values, version: int) -> None:
    try:
        await papers.fill(kind, values, version)
    except (CardChanged, IntegrityError) as error:  # two who fill in the same empty card
        detail = _("This card was changed meanwhile. Nothing was saved. Look at it and try again.")
        raise Problem(HTTPStatus.CONFLICT, detail) from error
    except TooLong as error:
        detail = _(
            "That is too long for the card. At most {n:number} characters fit. Nothing was saved.",
            n=error.most,
        )
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from error


def _day(written: str, today: date, span: Span) -> date | None:
    """The day of a field, or None when it is empty. Raises Problem."""
    if not written.strip():
        return None
    try:
        day = date.fromisoformat(written.strip())
        check(day, today, span)
    except ValueError as error:
        detail = FAULTS.get(type(error), _("Choose a day."))
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from error
    return day


async def _own_dates(session: AsyncSession, person: str) -> int:
    found = await session.scalar(
        select(func.count()).select_from(Deadline).where(Deadline.person_id == person)
    )
    return found or 0
