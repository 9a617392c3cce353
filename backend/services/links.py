"""Addresses of ours that whoever holds them may use: a meeting's page, a calendar, a video room.

Each is made from a row's random id and our key, so nothing secret is stored and a copy of the
database opens none of them. Opening one never changes anything; only its form does.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

from backend.vault import Vault

MAC_BYTES = 12  # 96 bits


@dataclass(frozen=True)
class Links:
    """Makes addresses, and tells whether one was made here. ``url`` is the service's own."""

    url: str
    video_url: str
    vault: Vault

    def card(self, booking: str) -> str:
        """The page of one booking, to print and to show."""
        return f"{self.url}/m/{self.token('meeting', booking)}"

    def calendar(self, feed: str) -> str:
        """A calendar to subscribe to."""
        return f"{self.url}/calendar/{self.token('calendar', feed)}.ics"

    def first_weeks(self, path: str, *, children: bool) -> str:
        """A list to print; the same for everybody who came that way."""
        return f"{self.url}/first-weeks/{path}{'?children=yes' if children else ''}"

    def room(self, booking: str, version: int) -> str:
        """Where a video meeting is held; another room each time the booking changes."""
        return f"{self.video_url}/ingang-{self._mac('room', f'{booking}:{version}')}"

    def token(self, purpose: str, row: str) -> str:
        """A row's id, signed for one purpose."""
        return f"{row}.{self._mac(purpose, row)}"

    def row_of(self, purpose: str, token: str) -> str | None:
        """The id that was signed, or None when it was not signed by us for this purpose."""
        row, _dot, mac = token.rpartition(".")
        expected = self._mac(purpose, row)
        return row if row and hmac.compare_digest(mac.encode(), expected.encode()) else None

    def _mac(self, purpose: str, text: str) -> str:
        key = self.vault.derive(f"link:{purpose}")
        digest = hmac.digest(key, text.encode(), "sha256")[:MAC_BYTES]
        return base64.urlsafe_b64encode(digest).decode()
