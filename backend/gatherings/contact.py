"""Whom to answer about a suggestion: sealed while it waits, gone when it is decided."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Self

from backend.vault import Vault, WrongKey


@dataclass(frozen=True)
class Contact:
    """A mail address, the language of our answer, and the place when it is none of our own."""

    mail: str = field(repr=False)
    language: str
    place: str = ""

    def seal(self, vault: Vault) -> bytes:
        """As it is stored."""
        return vault.seal(json.dumps(asdict(self)))

    @classmethod
    def open(cls, vault: Vault, sealed: bytes | None) -> Self | None:
        """What was stored; None when there is nothing, or our key does not open it."""
        try:
            return cls(**json.loads(vault.open(sealed))) if sealed else None
        except WrongKey:
            return None
