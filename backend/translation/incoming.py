"""What newcomers write to a person is translated into Swedish, beside the worker's other work.

Nobody waits for it: the message is in the console at once, and its translation follows. A few
tries are counted on the row; then it stays as she wrote it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import BigInteger, Select, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.conversations import StaleConversation
from backend.database import Database
from backend.models import Conversation, Message
from backend.transcript import SWEDISH
from backend.translation.languages import written_in
from backend.translation.showing import own_words
from backend.translation.translator import (
    NothingToTranslate,
    Resting,
    TranslationFailed,
    Translator,
    UnknownLanguage,
)
from backend.wake import Hub
from dialogs.ports import Clock

log = structlog.get_logger()

TALKING = ("queue", "coach", "left")  # with a person, or waiting for one
MOST_TRIES = 3
AT_ONCE = 8
COMMAND = "/"  # the assistant's
BEFORE_MS = 30 * 60 * 1000  # what she wrote just before she asked for a person
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Translations:
    """Translates what waits to be read by a person."""

    database: Database
    clock: Clock
    hub: Hub
    translator: Translator

    async def translate_due(self) -> None:
        """Translate the newest messages that have no translation yet; a failure stops no other."""
        async with self.database.reading() as session:
            rows = await self._waiting(session)
        await asyncio.gather(*(self._translate(row, language) for row, language in rows))

    async def _waiting(self, session: AsyncSession) -> Sequence[tuple[Message, str]]:
        recent = Message.created_at > self.clock.now() - LONGEST
        rows = await session.execute(_due().where(recent).limit(AT_ONCE))
        return [(row, language) for row, language in rows]

    async def _translate(self, row: Message, language: str) -> None:
        words = own_words(row)
        source = None if words is None else written_in(words.text, language)
        if words is None or words.text.startswith(COMMAND) or source == SWEDISH:
            await self._gave_up(row, MOST_TRIES)
            return
        try:
            translated = await self.translator.translate(words.text, source, SWEDISH)
        except Resting:
            return
        except (NothingToTranslate, UnknownLanguage):
            await self._gave_up(row, MOST_TRIES)
        except TranslationFailed:
            await self._gave_up(row, row.attempts + 1)
        else:
            await self._keep(row, {"language": SWEDISH, "text": translated})

    async def _keep(self, row: Message, translation: dict[str, str]) -> None:
        """Beside the message, as a later change to it, which open pages then see."""
        conversation = row.conversation_id or ""
        try:
            async with self.database.writing() as session:
                number = await conversations.number(session, conversation) + 1
                await session.execute(
                    update(Message)
                    .where(Message.id == row.id, Message.translation.is_(None))
                    .values(translation=translation, changed=number)
                )
        except StaleConversation:  # she has been deleted meanwhile
            return
        log.info("translated", message=row.id)
        self.hub.changed(conversation)

    async def _gave_up(self, row: Message, tries: int) -> None:
        async with self.database.writing() as session:
            await session.execute(
                update(Message).where(Message.id == row.id).values(attempts=tries)
            )


def _due() -> Select[Message, str]:
    """Her own words in conversations with a person. What comes in counts its tries itself."""
    return (
        select(Message, Conversation.language)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.owner.in_(TALKING),
            Message.direction == "in",
            Message.author == "person",
            Message.translation.is_(None),
            Message.attempts < MOST_TRIES,
            or_(
                Conversation.asked_at.is_(None),
                type_coerce(Message.created_at, BigInteger)
                >= type_coerce(Conversation.asked_at, BigInteger) - BEFORE_MS,
            ),
        )
        .order_by(Message.created_at.desc(), Message.id)
    )
