"""Takes one update in: read it, have it stored, answer the tap, start the turn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import structlog
from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

from backend.channels import Door
from bot.telegram.client import FAILURES
from bot.telegram.inbound import read, read_beside
from bot.telegram.turns import Turns
from dialogs.messages import Address, Inbound, SentFile
from dialogs.ports import Clock

PROOF = 3  # how many others must have been stored before we give up on what somebody wrote

log = structlog.get_logger(__name__)


class NotStored(Exception):
    """What came from ``address`` could not be stored now; it must not be acknowledged."""

    def __init__(self, address: Address) -> None:
        super().__init__("not stored")
        self.address = address


class Intake:
    """The same for polling and webhook: an update is theirs to acknowledge when ``take`` returns.

    One update must never hold up everyone. One that cannot be read is left out. One that cannot
    be stored is tried again for as long as it may be the database's trouble. When others have
    been stored meanwhile it is the content: then it is stored as something unreadable, so that
    the person hears of it.
    """

    def __init__(self, bot: Bot, channel: str, clock: Clock, door: Door, turns: Turns) -> None:
        self._bot = bot
        self._channel = channel
        self._clock = clock
        self._door = door
        self._turns = turns
        self._stored = 0
        self._failed: dict[str, int] = {}  # update: how many were stored when it first failed

    async def take(self, raw: object, behind: Collection[Address] = ()) -> None:
        """Store one raw update and let the turn begin. Raises NotStored.

        ``behind`` are people with an earlier update that is not stored yet: theirs must wait.
        """
        update = _parse(raw)
        inbound = read(update, self._channel, self._clock.now()) if update else None
        if update is None or inbound is None:
            return
        if inbound.address in behind:
            raise NotStored(inbound.address)
        await self._store(inbound, str(update.update_id))
        beside = read_beside(update, self._channel)
        if beside is not None:
            await self._store(beside, f"{update.update_id}f")
        if update.callback_query:
            self._turns.errand(self._stop_the_clock(update.callback_query.id))
        self._turns.run(inbound.address)

    async def _store(self, inbound: Inbound, update: str) -> None:
        attempts = [inbound]
        if self._stored - self._failed.get(update, self._stored) >= PROOF:
            attempts.append(replace(inbound, event=SentFile("other")))
        for attempt in attempts:
            try:
                fresh = await self._door.accept(attempt, update=update)
            except Exception as error:
                log.warning("telegram.not_stored", update=update, error=type(error).__name__)
            else:
                self._failed.pop(update, None)
                self._stored += fresh
                return
        self._failed.setdefault(update, self._stored)
        raise NotStored(inbound.address)

    async def _stop_the_clock(self, callback: str) -> None:
        """Take away the little clock on the tapped button; it only looks better."""
        try:
            await self._bot.answer_callback_query(callback)
        except FAILURES as error:
            log.debug("telegram.tap_not_answered", error=type(error).__name__)


def _parse(raw: object) -> Update | None:
    try:
        return Update.model_validate(raw)
    except ValidationError as error:
        number = raw.get("update_id") if isinstance(raw, dict) else None
        log.warning("telegram.update_unreadable", update=number, errors=error.error_count())
        return None
