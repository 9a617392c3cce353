"""The web as a channel: its reader fetches, so nothing is ever pushed to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter

from backend.channels import Door, Limits, Receipt, Undeliverable
from backend.settings import Settings
from dialogs.messages import Address, Rendered
from dialogs.text import Text, _

NAME = "web"


@dataclass(frozen=True)
class WebChannel:
    """The chat on a web page. Its routes are in ``routes`` and belong to the app itself."""

    name: str = NAME
    limits: Limits = field(default_factory=Limits)
    pulls: bool = True
    notice: Text | None = None

    async def listen(self, door: Door) -> None:
        """Requests come through the app."""

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Nothing is pushed to a reader who fetches. Raises Undeliverable."""
        raise Undeliverable(self.name)

    async def fetch(self, file: str) -> bytes:
        """Files come through the app. Raises Undeliverable."""
        raise Undeliverable(self.name)

    async def speaks(self, address: Address, language: str) -> None:
        """The page asks for its own texts."""

    async def reachable(self) -> bool:
        """It is this program itself."""
        return True

    def routes(self) -> APIRouter | None:
        """None of its own."""
        return None

    async def close(self) -> None:
        """Nothing is held."""


def create(settings: Settings) -> Sequence[WebChannel]:
    """The web is always there."""
    notice = _(
        "Others who use this phone can read what you write. Do not write your personal number, "
        "your address, or anything about your health."
    )
    return (WebChannel(notice=notice),)
