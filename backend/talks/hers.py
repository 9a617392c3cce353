"""The talks port of one turn: what she does is staged, and saved with the turn itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.services.catalogue import CurrentCatalogue
from backend.talks import reception, rows, tickets
from backend.talks.tickets import TopicOf
from backend.work import Work
from dialogs import handover
from dialogs.talks import ByHer, Desk, Notice, Standing, Talk, Terms


@dataclass
class PersonTalks:
    """One person's talk within one unit of work; ``talk`` is how it stands so far."""

    person: str
    conversation: str
    unit: str | None
    talk: Talk
    work: Work
    catalogue: CurrentCatalogue
    terms: Terms
    topic_of: TopicOf

    async def standing(self) -> Standing:
        """How it stands, and the coaches' side of it."""
        names = (await self.catalogue.get()).names
        return Standing(self.talk, await self._desk(), names.get(self.talk.coach or ""))

    async def happened(self, what: ByHer) -> Sequence[Notice]:
        """What she did, and what she is to be told of it."""
        desk, now = await self._desk(), self.work.clock.now()
        before = self.talk
        changed = handover.advance(before, what, now, desk, self.terms)
        await tickets.follow(
            self.work, self.person, self.conversation, before, changed.talk, self.topic_of
        )
        due = handover.due(changed.talk, now, desk, self.terms)
        self.work.handover = rows.columns_of(changed.talk, due)
        if changed.talk.epoch != before.epoch:
            self.work.note(
                "conversation", self.conversation, changed.talk.owner, epoch=changed.talk.epoch
            )
        self.talk = changed.talk
        return changed.notices

    async def rate(self, grade: int) -> None:
        """How her last talk was."""
        session = await self.work.writing()
        await tickets.rate(session, self.conversation, grade, self.work.clock.now())

    async def _desk(self) -> Desk:
        session = await self.work.reading()
        catalogue, now = await self.catalogue.get(), self.work.clock.now()
        return await reception.look(
            session, catalogue, self.conversation, self.talk, self.unit, now
        )
