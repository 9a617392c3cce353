"""What a channel is, and how channels are found without importing them.

A channel lists itself in the entry-point group ``ingang.channels`` as a factory
``create(settings: Settings) -> Sequence[Channel]``; it returns nothing when it is not configured.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from typing import Protocol

from fastapi import APIRouter

from backend.settings import Settings
from dialogs.messages import Address, Inbound, Rendered
from dialogs.text import Text

GROUP = "ingang.channels"


class Undeliverable(Exception):
    """This message can never be delivered; the reason is a word, not the text."""


class Unreachable(Exception):
    """The person has blocked us or deleted the account; nothing can be delivered any more."""


class TryLater(Exception):
    """Delivery failed for now. ``after`` is how long the channel asked us to wait, if it did.

    ``everyone`` says that the wait holds for the whole channel, not for this person alone.
    """

    def __init__(
        self, reason: str, after: timedelta | None = None, *, everyone: bool = False
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.everyone = everyone


@dataclass(frozen=True)
class Receipt:
    """Proof of delivery: the channel's own id of the message, when it has one."""

    reference: str | None = None


@dataclass(frozen=True)
class Limits:
    """What a channel can take. ``per_second`` and ``burst`` fill the bucket of its sender.

    ``per_chat`` is how long one chat must be left alone between two messages.
    """

    text: int = 4_000
    per_second: float = 1_000.0
    burst: int = 1_000
    per_chat: timedelta = timedelta(0)
    files: bool = False  # whether a calendar file is put beside a message about a meeting


class Door(Protocol):
    """The one way in, as a channel sees it."""

    async def accept(self, inbound: Inbound, *, update: str | None = None) -> bool:
        """Store what came; False when it was stored before. Only then may it be acknowledged.

        ``update`` is the channel's own number of the update, unique for its bot.
        """

    async def receive(self, address: Address) -> None:
        """Run what was stored for this address, in the order it came."""


class Channel(Protocol):
    """A way to reach people. ``name`` is that of a configured instance, such as "telegram".

    ``pulls`` says that the reader fetches: what is released counts as sent, and ``deliver`` is
    never called. ``notice`` is what people must be told before they type.
    """

    name: str
    limits: Limits
    pulls: bool
    notice: Text | None

    async def listen(self, door: Door) -> None:
        """Take in events until cancelled. Each is accepted before it is acknowledged."""

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Send one message; ``message`` is the id that its buttons refer to.

        Raises Undeliverable, Unreachable or TryLater.
        """

    async def fetch(self, file: str) -> bytes:
        """What somebody has sent, by the name the channel gave it in ``SentFile``.

        At most as many bytes as may be taken in. Raises Undeliverable or TryLater.
        """

    async def speaks(self, address: Address, language: str) -> None:
        """The person has chosen a language: set what the channel shows, such as commands."""

    async def reachable(self) -> bool:
        """Whether the channel's own service can be reached now."""

    def routes(self) -> APIRouter | None:
        """HTTP routes of the channel's own, or None."""

    async def close(self) -> None:
        """Let go of connections."""


Factory = Callable[[Settings], Sequence[Channel]]
Listen = Callable[[Door], Awaitable[None]]


def discover(settings: Settings) -> Mapping[str, Channel]:
    """Every configured channel by its name."""
    found: dict[str, Channel] = {}
    for point in entry_points(group=GROUP):
        create: Factory = point.load()
        found |= {channel.name: channel for channel in create(settings)}
    return found
