"""Her first weeks: which list, and what she has ticked; nothing of it but ids is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Person
from backend.services.links import Links
from backend.work import Work
from dialogs.papers import Checklist, Task
from knowledge.first_weeks import PATHS, FirstSteps

Kept = Mapping[str, Any]


@dataclass(frozen=True)
class PersonFirstWeeks:
    """One person's checklist within one unit of work."""

    person: str
    work: Work
    steps: FirstSteps
    links: Links

    def paths(self) -> Sequence[str]:
        """The ways one may have come."""
        return PATHS

    async def checklist(self) -> Checklist | None:
        """Hers, or None before she has chosen."""
        kept = await self._kept(await self.work.reading())
        path, children = kept.get("path"), bool(kept.get("children"))
        if path not in PATHS:
            return None
        done = set(kept.get("done", ()))
        tasks = (
            Task(step.id, step.article, step.id in done)
            for step in self.steps.of(path, children=children)
        )
        address = self.links.first_weeks(path, children=children)
        return Checklist(path, children, tuple(tasks), address)

    async def choose(self, path: str, *, children: bool) -> None:
        """Which one; what she has ticked stays, also what another list does not have."""
        self.steps.of(path, children=children)
        await self._keep(path=path, children=children)

    async def tick(self, task: str, *, on: bool) -> None:
        """Tick a step, or take the tick back."""
        kept = await self._kept(await self.work.writing())
        done = [each for each in kept.get("done", ()) if each != task]
        known = {step.id for step in self.steps.steps}
        await self._keep(done=[*done, task] if on and task in known else done)

    async def _kept(self, session: AsyncSession) -> Kept:
        kept = await session.scalar(select(Person.first_weeks).where(Person.id == self.person))
        return kept or {}

    async def _keep(self, **changed: object) -> None:
        session = await self.work.writing()
        kept = {"done": [], **await self._kept(session), **changed}
        await session.execute(
            update(Person).where(Person.id == self.person).values(first_weeks=kept)
        )
        self.work.note("person", self.person, "first_weeks", ticked=len(kept["done"]))
