"""The Telegram channel as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.types import BotCommandScopeChat
from fastapi import APIRouter

from backend.channels import Channel, Door, Limits, Receipt
from backend.clock import SystemClock
from backend.settings import REPOSITORY, Settings
from bot.telegram.client import FAILURES, open_bot
from bot.telegram.commands import DESCRIPTIONS, commands
from bot.telegram.delivery import LONGEST_TEXT, Sender
from bot.telegram.fetching import fetch
from bot.telegram.intake import Intake
from bot.telegram.pacing import Flood, Pace
from bot.telegram.polling import poll
from bot.telegram.turns import Turns
from bot.telegram.webhook import Webhook
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Rendered
from dialogs.ports import Clock
from dialogs.text import Text, Web, _

NAME = "telegram"
LIMITS = Limits(text=LONGEST_TEXT, per_second=25, burst=5, per_chat=timedelta(seconds=1))

log = structlog.get_logger(__name__)


class TelegramChannel:
    """One bot. Polls, or is posted to when it has a webhook."""

    pulls = False
    limits = LIMITS

    def __init__(
        self,
        bot: Bot,
        catalogue: Catalogue,
        clock: Clock,
        *,
        site: str,
        webhook: Webhook | None = None,
        pace: Pace | None = None,
        name: str = NAME,
    ) -> None:
        self.name = name
        self.notice: Text | None = _notice(site)
        self._bot = bot
        self._catalogue = catalogue
        self._clock = clock
        self._webhook = webhook
        self._pace = pace or Pace()
        self._sender = Sender(bot, Flood(), partial(catalogue.translate, DESCRIPTIONS["person"]))

    async def listen(self, door: Door) -> None:
        """Take updates in until cancelled; turns under way are let end."""
        turns = Turns(door)
        intake = Intake(self._bot, self.name, self._clock, door, turns)
        try:
            if self._webhook:
                await self._webhook.listen(self._bot, intake, self._pace)
            else:
                await poll(self._bot, intake, self._pace)
        finally:
            await turns.finish(self._pace.grace)

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Send one message, in parts when it is long; the buttons are on the last.

        Raises Undeliverable, Unreachable or TryLater.
        """
        return await self._sender.send(address, message, rendered)

    async def fetch(self, file: str) -> bytes:
        """A photo or a recording that somebody has sent. Raises Undeliverable or TryLater."""
        return await fetch(self._bot, file)

    async def speaks(self, address: Address, language: str) -> None:
        """Describe the commands in this person's language; without it, they still work."""
        scope = BotCommandScopeChat(chat_id=address.id)
        described = list(commands(self._catalogue, language))
        try:
            await self._bot.set_my_commands(described, scope=scope)
        except FAILURES as error:
            log.info("telegram.commands_not_set", error=type(error).__name__)

    async def reachable(self) -> bool:
        """Whether Telegram answers and knows this bot."""
        try:
            await self._bot.get_me()
        except FAILURES as error:
            log.warning("telegram.not_reachable", error=type(error).__name__)
            return False
        return True

    def routes(self) -> APIRouter | None:
        """Where Telegram posts updates; None when we poll."""
        return self._webhook.routes() if self._webhook else None

    async def close(self) -> None:
        """Let go of the connection to Telegram."""
        await self._bot.session.close()


def create(settings: Settings) -> Sequence[Channel]:
    """The Telegram channel, when there is a token for it. Raises BadToken."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return []
    bot = open_bot(token, settings.telegram_api)
    webhook = None
    if settings.telegram_mode == "webhook":
        webhook = Webhook(NAME, settings.url, settings.secret())
    catalogue = Catalogue.load(REPOSITORY / "locales")
    return [TelegramChannel(bot, catalogue, SystemClock(), site=settings.url, webhook=webhook)]


def _notice(site: str) -> Text:
    return _(
        "Telegram is not private. Other people may see your phone. Never write your personal "
        "number, your address, or anything about your health here. Do you have protected "
        "identity (skyddad identitet)? Use the chat on {page} instead, or call us.",
        page=Web(urlsplit(site).netloc, site),
    )
