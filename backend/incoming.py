"""A photo or a recording that somebody has sent: fetched from its channel before her turn runs.

A network call must not happen inside a transaction, so it happens before the turn's own, and what
came of it is stored with the event. From there it moves to the message row in the turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.channels import Channel, TryLater, Undeliverable
from backend.conversations import Loaded
from backend.database import Database
from backend.events import dump_event
from backend.inbox import TRIES
from backend.media.cleaner import Cleaner
from backend.media.forms import MEDIA, Clean, NotTaken
from backend.models import Inbox, Message
from backend.services import files
from dialogs.messages import SentFile
from dialogs.ports import Clock

log = structlog.get_logger()

NOT_TAKEN = SentFile("document")  # what a file we could not take counts as


def waits_for_its_file(loaded: Loaded) -> bool:
    """Whether the event names a file that is still with the channel."""
    return isinstance(loaded.event, SentFile) and loaded.event.file is not None


@dataclass(frozen=True)
class Incoming:
    """Fetches what was sent, and has it made anew."""

    database: Database
    channels: Mapping[str, Channel]
    cleaner: Cleaner
    clock: Clock

    async def complete(self, loaded: Loaded, channel: str) -> Loaded:
        """The event with its file stored beside it; without one when it cannot be taken.

        Raises TryLater, but not at the last try: then the turn goes on, and the person hears
        what works instead. Raises TooManyFiles while others' are being opened, which is no try.
        Run again, it does nothing that has been done.
        """
        event = loaded.event
        if not isinstance(event, SentFile) or event.file is None:
            return loaded
        if await self._are_enough(loaded):
            log.info("file_not_taken", channel=channel, reason="TooManyToday")
            return await self._store(loaded, NOT_TAKEN, None)
        try:
            made = await self._fetched(channel, event.file)
        except (NotTaken, Undeliverable) as error:
            log.info("file_not_taken", channel=channel, reason=type(error).__name__)
            return await self._store(loaded, NOT_TAKEN, None)
        except TryLater:
            if not await self._is_last_try(loaded.row):
                raise
            log.warning("file_not_fetched", channel=channel, inbox=loaded.row)
            return await self._store(loaded, NOT_TAKEN, None)
        taken = SentFile(made.kind, seconds=made.seconds)
        return await self._store(loaded, taken, made.content)

    async def _fetched(self, channel: str, file: str) -> Clean:
        return await self.cleaner.clean(await self.channels[channel].fetch(file))

    async def _are_enough(self, loaded: Loaded) -> bool:
        now = self.clock.now()
        async with self.database.reading() as session:
            return await files.are_enough(session, loaded.conversation, loaded.message_id, now)

    async def _is_last_try(self, row: int) -> bool:
        async with self.database.reading() as session:
            tries = await session.scalar(select(Inbox.attempts).where(Inbox.id == row))
        return (tries or 0) + 1 >= TRIES

    async def _store(self, loaded: Loaded, event: SentFile, content: bytes | None) -> Loaded:
        async with self.database.writing() as session:
            await session.execute(
                update(Inbox)
                .where(Inbox.id == loaded.row, Inbox.state == "new")
                .values(event=dump_event(event), file=content)
            )
        return replace(loaded, event=event)


async def hand_over(session: AsyncSession, row: int, event: SentFile, message: str) -> None:
    """Copy an event's file to the message row made of it, in the turn's own transaction."""
    media = MEDIA.get(event.kind) if event.kind in ("photo", "voice") else None
    if media is None:
        return
    content = select(Inbox.file).where(Inbox.id == row)
    await session.execute(
        update(Message)
        .where(Message.id == message, content.where(Inbox.file.is_not(None)).exists())
        .values(file=content.scalar_subquery(), media=media)
        .execution_options(synchronize_session=False)
    )
