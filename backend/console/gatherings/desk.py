"""Somebody who changes an occasion: which one, and what she has filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from fastapi import Response

from backend.console.centre.fields import Form
from backend.console.context import Console
from backend.console.gatherings import draft
from backend.console.gatherings.by_code import Found
from backend.console.gatherings.occasion import Typed, page
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Meeting
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.text import Text

PATH = "/console/activities/meetings"
LONGEST_GIVEN = 40


@dataclass(frozen=True)
class Desk:
    """An occasion being changed, by whom, and what was sent."""

    console: Console
    who: SignedIn
    meeting: Meeting
    catalogue: Catalogue
    form: Form

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.console.runtime.clock.now()

    @property
    def today(self) -> date:
        """The day it is in Stockholm."""
        return local_day(self.now)

    @property
    def version(self) -> int:
        """Which version of the occasion the page showed."""
        return draft.number_of(self.said("version"))

    def said(self, name: str) -> str:
        """What was filled in at a field, or an empty string."""
        return draft.typed(self.form, name)

    def work(self) -> AbstractAsyncContextManager[Work]:
        """A unit of work in her name."""
        runtime = self.console.runtime
        return Work.begin(runtime.database, runtime.clock, self.who.actor)

    async def refuse(
        self,
        wrong: Mapping[str, Text],
        found: Sequence[Found] = (),
        *,
        may_wait: bool = False,
    ) -> Response:
        """The page again, with what was typed and what is wrong with it."""
        given = {
            name: value[:LONGEST_GIVEN]
            for name, value in self.form.multi_items()
            if isinstance(value, str) and name != "csrf"
        }
        typed = Typed(given, wrong, found, may_wait)
        return await page(self.console, self.who, self.meeting.id, typed)

    async def say(self, problem: Text) -> Response:
        """The page as it is now, with why nothing was changed."""
        typed = Typed(problem=problem, status=HTTPStatus.CONFLICT)
        return await page(self.console, self.who, self.meeting.id, typed)

    def done(self, told: int | None = None) -> Response:
        """The page, where what was changed can be seen; ``told``: how many people were."""
        self.console.runtime.hub.nudge()
        asked = "" if told is None else f"?told={told}"
        return see(f"{PATH}/{self.meeting.id}{asked}")
