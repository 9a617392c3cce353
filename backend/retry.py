"""What to do when a message could not be sent: a decision as a value, apart from doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.channels import TryLater, Undeliverable, Unreachable

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
MOST_ATTEMPTS = 20  # half an hour: by then what is behind it matters more
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Again:
    """Try again after a while.

    ``told``: the channel has named the time. ``everyone``: it has asked all of us to wait.
    """

    after: timedelta
    told: bool = False
    everyone: bool = False


@dataclass(frozen=True)
class NoAnswer:
    """The channel did not answer, or not in its own words: perhaps it is down.

    ``after`` is how long this message waits. ``was_last``: it has been tried often enough.
    """

    after: timedelta
    was_last: bool = False


@dataclass(frozen=True)
class GiveUp:
    """Stop trying; staff see the reason. ``unreachable``: nothing else will get there either."""

    reason: str
    unreachable: bool = False


Decision = Again | NoAnswer | GiveUp


def decide(error: Exception, attempts: int, jitter: float) -> Decision:
    """What to do about an error at the given attempt; ``jitter`` is random in 0..1."""
    match error:
        case Undeliverable():
            return GiveUp(str(error) or "undeliverable")
        case Unreachable():
            return GiveUp("unreachable", unreachable=True)
        case TryLater():
            return _later(error, _wait(attempts, jitter), attempts)
        case TimeoutError():
            return NoAnswer(_wait(attempts, jitter), attempts >= MOST_ATTEMPTS)
        case _ if attempts >= MOST_ATTEMPTS:
            return GiveUp(type(error).__name__)
        case _:
            return Again(_wait(attempts, jitter))


def _later(error: TryLater, wait: timedelta, attempts: int) -> Decision:
    if error.after is not None:
        return Again(error.after, told=True, everyone=error.everyone)
    if error.everyone:
        return Again(wait, everyone=True)
    return NoAnswer(wait, attempts >= MOST_ATTEMPTS)


def _wait(attempts: int, jitter: float) -> timedelta:
    # The exponent is bounded: a channel may be down for longer than a float can double.
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_WAIT) * (0.8 + 0.4 * jitter)
