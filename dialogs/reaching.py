"""Ways to reach a person outside the chat: a mobile number or a mail address of hers.

They carry reminders and the code that proves them, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

Kind = Literal["sms", "mail"]
LETTERBOXES: tuple[Kind, ...] = get_args(Kind)  # the names of their channels
MOST_TRIES = 5


class NotAMobile(ValueError):
    """What was typed is not the number of a mobile telephone."""


class NotAMailAddress(ValueError):
    """What was typed is not a mail address."""


class AlreadyThere(Exception):
    """She has this number or address already."""


class TooManyCodes(Exception):
    """She, or everybody together, has been sent too many codes lately."""


class NotTheCode(Exception):
    """The code is not the one that was sent; ``left`` is how often she may still try."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class CodeTooOld(Exception):
    """The code is too old, was tried too often, or the way is there no more."""


@dataclass(frozen=True)
class Way:
    """One way to reach her. ``address`` is its id, None for a chat; ``hint`` the end of a number.

    ``fault`` is why what was sent there last could not arrive, in the channel's own words.
    """

    channel: str
    address: str | None = None
    hint: str = ""
    fault: str | None = None

    @property
    def works(self) -> bool:
        """Whether what was sent there last has arrived, as far as we know."""
        return self.fault is None


@dataclass(frozen=True)
class Means:
    """How she can be reached: her ways, the one tried first first."""

    ways: tuple[Way, ...]

    @property
    def given(self) -> int:
        """How many numbers and addresses she has given."""
        return sum(way.address is not None for way in self.ways)

    def has(self, kind: Kind) -> bool:
        """Whether one of her ways is of this kind."""
        return any(way.channel == kind for way in self.ways)


class Reach(Protocol):
    """How she is reminded, and what changes it."""

    @property
    def may_add(self) -> Sequence[Kind]:
        """What this installation can send by, beside the chats."""

    async def mine(self) -> Means:
        """Her ways that count, in order."""

    async def put_first(self, channel: str) -> None:
        """Try this way before the others."""

    async def add(self, kind: Kind, typed: str) -> str:
        """Send a code to a number or address; the id it is confirmed by.

        Raises NotAMobile, NotAMailAddress, AlreadyThere, TooManyCodes.
        """

    async def confirm(self, address: str, code: str) -> None:
        """The code she has typed: from now on the way counts. Raises NotTheCode, CodeTooOld."""

    async def remove(self, address: str) -> None:
        """Delete a number or address at once."""
