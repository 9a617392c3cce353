"""A Telegram channel on the bench: its door notes what comes in, and no time passes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from backend.clock import SystemClock
from backend.settings import REPOSITORY
from bot.telegram.channel import TelegramChannel
from bot.telegram.client import read_answer
from bot.telegram.pacing import Pace
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Said

AMINA, OMAR = 5_550_001, 5_550_002
AT_AMINA = Address("telegram", str(AMINA))
AT_OMAR = Address("telegram", str(OMAR))
SITE = "https://ingang.example"


class StoreDown(Exception):
    """The door's database does not answer."""


class RecordingDoor:
    """Keeps what comes in, as the real door does: once for each update, in order."""

    def __init__(self):
        self.stored = {}  # update: inbound
        self.turns = []  # addresses, in the order their turns began
        self.running = []
        self.ended = []  # addresses whose turn came to its end
        self.most_running = 0
        self.outage = 0  # how many times storing fails
        self.unstorable = None  # text that can never be stored
        self.storing = asyncio.Event()  # someone is waiting to store
        self.may_store = asyncio.Event()
        self.may_store.set()
        self.slow = {}  # address: an event its turns wait for
        self._news = asyncio.Event()

    async def accept(self, inbound, *, update=None):
        self.storing.set()
        await self.may_store.wait()
        if self.outage:
            self.outage -= 1
            raise StoreDown
        if self.unstorable and getattr(inbound.event, "text", None) == self.unstorable:
            raise ValueError
        fresh = update not in self.stored
        self.stored.setdefault(update, inbound)
        self._tell()
        return fresh

    async def receive(self, address):
        self.turns.append(address)
        self.running.append(address)
        self.most_running = max(self.most_running, self.running.count(address))
        self._tell()
        try:
            if address in self.slow:
                await self.slow[address].wait()
            self.ended.append(address)
        finally:
            self.running.remove(address)
            self._tell()

    def said(self, address=None):
        """The words stored so far, of everyone or of one person."""
        stored = [one for one in self.stored.values() if address in {None, one.address}]
        return [one.event.text for one in stored if isinstance(one.event, Said)]

    @property
    def events(self):
        return [one.event for one in self.stored.values()]

    async def until(self, ready):
        async with asyncio.timeout(5):
            while not ready():
                await self._news.wait()

    def _tell(self):
        self._news.set()
        self._news = asyncio.Event()


class QuickSession(AiohttpSession):
    """Closes at once: aiogram waits a quarter of a second for TLS, which is not used here."""

    async def close(self):
        if self._session is not None:
            await self._session.close()


class Waits:
    """Notes how long the channel would have waited, and does not."""

    def __init__(self):
        self.seconds = []

    async def __call__(self, seconds):
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Workshop:
    """Makes channels for one server, and closes them."""

    def __init__(self, server, waits):
        self.server = server
        self.waits = waits
        self.catalogue = Catalogue.load(REPOSITORY / "locales")
        self._channels = AsyncExitStack()

    def __call__(self, *, webhook=None, timeout=5.0, poll=30, margin=10, grace=5.0):
        """A channel. ``timeout``, ``poll``, ``margin``, ``grace``: seconds."""
        session = QuickSession(
            api=TelegramAPIServer.from_base(self.server.url),
            json_loads=read_answer,
            timeout=timeout,
        )
        channel = TelegramChannel(
            Bot(self.server.token, session=session),
            self.catalogue,
            SystemClock(),
            site=SITE,
            webhook=webhook,
            pace=Pace(poll=poll, margin=margin, grace=grace, pause=self.waits),
        )
        self._channels.push_async_callback(channel.close)
        return channel

    async def close(self):
        await self._channels.aclose()


@asynccontextmanager
async def listening(channel, door):
    """The channel takes in events inside the block; afterwards it has stopped."""
    task = asyncio.create_task(channel.listen(door))
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
