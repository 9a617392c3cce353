"""Guessing passwords is made slow, and nobody is ever locked out.

One client trying one account, or many, has to wait. Many clients trying the same account are
each held up for a few seconds, so that its owner can still sign in meanwhile.

Codes are another matter. Only who knows the password gets as far as guessing one, and there are a
million of them at most: the whole account has to wait, wherever the tries come from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from backend.api.limits import RateLimit

LONGEST_PAUSE_S = 5


class TooFast(Exception):
    """Too many tries by one client; ``seconds`` until it may try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class Throttle:
    """Counts tries. ``pause`` waits for a number of seconds."""

    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    of_client: RateLimit = field(default_factory=lambda: RateLimit(30, 30))
    of_pair: RateLimit = field(default_factory=lambda: RateLimit(2, 10))
    of_account: RateLimit = field(default_factory=lambda: RateLimit(10, 20))

    of_codes: RateLimit = field(default_factory=lambda: RateLimit(0.5, 5))

    def slow_down_codes(self, client: str, account: str, now: datetime) -> None:
        """Let a code for an account be tried. Raises TooFast."""
        seconds = self.of_client.wait(client, now) or self.of_codes.wait(account, now)
        if seconds:
            raise TooFast(seconds)

    async def slow_down(self, client: str, account: str, now: datetime) -> None:
        """Let a try through, perhaps after a pause. Raises TooFast."""
        name = account.casefold()
        seconds = self.of_client.wait(client, now) or self.of_pair.wait(f"{client}\n{name}", now)
        if seconds:
            raise TooFast(seconds)
        pause = self.of_account.wait(name, now)
        if pause:
            await self.pause(min(pause, LONGEST_PAUSE_S))
