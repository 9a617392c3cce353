"""What to do when a message could not be sent: a decision as a value, apart from doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.channels import TryLater, Undeliverable, Unreachable

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
MOST_ATTEMPTS = 12


@dataclass(frozen=True)
class Again:
    """Try again after a while. ``everyone``: the channel has asked all of us to wait."""

    after: timedelta
    everyone: bool = False


@dataclass(frozen=True)
class GiveUp:
    """Stop trying; staff see the reason. ``unreachable``: nothing else will get there either."""

    reason: str
    unreachable: bool = False


Decision = Again | GiveUp


def decide(error: Exception, attempts: int, jitter: float) -> Decision:
    """What to do about an error at the given attempt; ``jitter`` is random in 0..1."""
    match error:
        case Undeliverable():
            return GiveUp(str(error) or "undeliverable")
        case Unreachable():
            return GiveUp("unreachable", unreachable=True)
        case TryLater(after=timedelta() as after, everyone=everyone):
            return Again(after, everyone)
        case _ if attempts >= MOST_ATTEMPTS:
            return GiveUp(type(error).__name__)
        case _:
            wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
            return Again(wait * (0.8 + 0.4 * jitter))
