"""Somebody who changes hours: whose, and what she has filled in."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date

from fastapi import Response
from starlette.datastructures import FormData

from backend.console.centre.hours import Refused, page
from backend.console.context import Console
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.services.catalogue import Catalogue
from backend.services.walltime import local_day
from backend.work import Work

PATH = "/console/hours"


@dataclass(frozen=True)
class Desk:
    """Whose hours are being changed, by whom, and what was sent."""

    console: Console
    who: SignedIn
    staff: str
    catalogue: Catalogue
    form: FormData

    @property
    def today(self) -> date:
        """The day it is in Stockholm."""
        return local_day(self.console.runtime.clock.now())

    def said(self, name: str) -> str:
        """What was filled in at a field, or an empty string."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def work(self) -> AbstractAsyncContextManager[Work]:
        """A unit of work in her name."""
        runtime = self.console.runtime
        return Work.begin(runtime.database, runtime.clock, self.who.actor)

    async def refuse(self, refused: Refused) -> Response:
        """The page again, with what was typed."""
        return await page(self.console, self.who, self.staff, refused)

    def done(self) -> Response:
        """After the commit: other times are free now."""
        self.console.runtime.hub.nudge()
        return see(PATH if self.staff == self.who.staff else f"{PATH}?coach={self.staff}")
