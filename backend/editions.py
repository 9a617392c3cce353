"""The articles in memory, kept as files and editors have them: in this process and every other.

Reading all articles and indexing them takes some seconds, so that is done in a thread; until it
is done, people are answered from the edition before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from backend.answers import Answers
from backend.database import Database
from backend.services import editing
from backend.services.editing import Edit
from backend.wake import Hub
from knowledge.library import Library, Overlay
from knowledge.search import Index

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=10)  # a wake-up may be lost
BREATH = timedelta(seconds=0.5)  # woken by every turn, it need not look as often

Load = Callable[[Overlay], Library]


@dataclass
class Editions:
    """Keeps ``answers`` at the present edition. ``load`` reads files with texts laid over them."""

    database: Database
    hub: Hub
    answers: Answers
    load: Load
    held: int = 0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> bool:
        """Read the articles again if they have changed; whether they had."""
        async with self._reading:
            async with self.database.reading() as session:
                number = await session.scalar(editing.edition()) or 0
                if number == self.held:
                    return False
                found = await editing.edits(session)
            edits = tuple(found.values())
            library, index = await asyncio.to_thread(self._read, editing.overlay_of(edits))
            recorded = frozenset(
                (edit.slug, edit.language) for edit in edits if _is_heard(edit, library)
            )
            self.answers.take(library, index, recorded)
            self.held = number
        return True

    async def follow(self) -> None:
        """Notice new editions, made here or in another process, until cancelled."""
        woken = self.hub.worker()
        while True:
            woken.clear()
            try:
                if await self.refresh():
                    log.info("edition_taken", edition=self.held)
            except Exception:
                log.exception("edition_not_taken")
            await asyncio.sleep(BREATH.total_seconds())
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                    await woken.wait()

    def _read(self, overlay: Overlay) -> tuple[Library, Index]:
        before = {str(problem) for problem in self.answers.library.problems}
        library = self.load(overlay)
        for problem in library.problems:
            if str(problem) not in before:
                log.error("article_left_out", path=str(problem.path), line=problem.line)
        return library, Index.build(library.documents())


def _is_heard(edit: Edit, library: Library) -> bool:
    """Whether there is a recording of the words that are served."""
    if not edit.is_recorded:
        return False
    file = library.sources.get((edit.slug, edit.language))
    return edit.text is not None or not edit.is_behind(file)
