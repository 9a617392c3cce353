"""Long polling: ask for updates, store each, and only then move on."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.methods.base import TelegramMethod

from bot.telegram.client import FAILURES, retry_after
from bot.telegram.inbound import WANTED
from bot.telegram.intake import Intake, NotStored
from bot.telegram.pacing import Backoff, Pace
from dialogs.messages import Address

log = structlog.get_logger(__name__)


class Standstill(Exception):
    """The answer brings us no further: asking again at once would bring the same."""


class FetchUpdates(TelegramMethod[list[object] | None]):
    """getUpdates, each update as it came.

    aiogram's own reads all of them or none: one that it cannot read would hide the others and
    come back for ever.
    """

    __returning__ = list[object] | None
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


async def poll(bot: Bot, intake: Intake, pace: Pace) -> None:
    """Take updates in until cancelled; after any failure, wait and ask again."""
    backoff = Backoff(pace)
    poller = Poller(bot, intake, pace)
    while True:
        try:
            await poller.ask()
        except (*FAILURES, NotStored, Standstill) as error:
            log.warning("telegram.polling_failed", error=type(error).__name__)
            await backoff.wait(retry_after(error))
        else:
            backoff.succeeded()


class Poller:
    """Asks for updates. Telegram forgets one as soon as we ask for those beyond it."""

    def __init__(self, bot: Bot, intake: Intake, pace: Pace) -> None:
        self._bot = bot
        self._intake = intake
        self._pace = pace
        self._offset: int | None = None
        self._webhook_removed = False

    async def ask(self) -> None:
        """Ask once, and have each update stored before the offset moves beyond it.

        What cannot be stored holds up the offset, but not other people: theirs is stored too,
        and recognised when it comes again. Raises NotStored at the end.
        """
        if not self._webhook_removed:
            # While a webhook is set, Telegram refuses to be asked.
            await self._bot.delete_webhook()
            self._webhook_removed = True
        asked = self._offset
        batch = await self._fetch()
        behind: set[Address] = set()
        for raw in batch:
            try:
                await self._intake.take(raw, behind)
            except NotStored as error:
                behind.add(error.address)
            if not behind:
                # Not the highest number: after a quiet week Telegram begins again at any number.
                self._offset = _number(raw, self._offset)
        if behind:
            raise NotStored(behind.pop())
        if batch and self._offset == asked:
            raise Standstill

    async def _fetch(self) -> list[object]:
        wanted = FetchUpdates(
            offset=self._offset, timeout=self._pace.poll, allowed_updates=list(WANTED)
        )
        batch = await self._bot(wanted, self._pace.poll + self._pace.margin)
        if batch is None:
            raise Standstill
        return batch


def _number(raw: object, before: int | None) -> int | None:
    """The offset that confirms this update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number + 1 if isinstance(number, int) else before
