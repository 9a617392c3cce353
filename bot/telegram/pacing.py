"""How long to wait: after a failure, for an answer, and when Telegram asks for it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """Waiting times in seconds, and how to wait.

    ``poll``: how long Telegram may keep a request open. ``margin``: how much longer we listen.
    ``grace``: how long turns under way may go on when we stop.
    """

    poll: int = 30
    margin: int = 10
    grace: float = 10.0
    first_wait: float = 0.5
    longest_wait: float = 30.0
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Backoff:
    """Longer and longer waits between tries, spread so that bots do not return in step."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._failures = 0

    async def wait(self, at_least: float = 0.0) -> None:
        """Wait after one more failure; ``at_least`` is what Telegram asked for, in seconds."""
        # The exponent is bounded, or a long outage would overflow the float.
        doubled = self._pace.first_wait * 2 ** min(self._failures, 16)
        spread = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret
        self._failures += 1
        await self._pace.pause(max(min(doubled, self._pace.longest_wait) * spread, at_least))

    def succeeded(self) -> None:
        """Begin again with short waits."""
        self._failures = 0


@dataclass
class Flood:
    """Tells a limit on one chat from a limit on the whole bot.

    Telegram's 429 says how long to wait, never for what; its maintainers say that a client
    cannot know. There is a limit for each chat (about one message a second) and one for the bot
    (about thirty). So a wait holds for its chat alone, until a second chat is told to wait while
    the first still does: then it is the bot. Taking every wait for the bot's would let one busy
    chat, told to wait for an hour, silence everyone.
    """

    monotonic: Callable[[], float] = time.monotonic
    _until: dict[int, float] = field(default_factory=dict)

    def told_to_wait(self, chat: int, seconds: float) -> bool:
        """Note a wait; True when it must be taken to hold for everyone."""
        now = self.monotonic()
        self._until = {known: until for known, until in self._until.items() if until > now}
        self._until[chat] = now + seconds
        return len(self._until) > 1
