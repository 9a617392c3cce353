"""A sign-in that is half done: the password was right, and something else is still asked for.

The browser carries it from page to page, sealed. It is bound to the account as it was, so it is
worth nothing once a code has been taken, the password or the second step has changed, the account
is closed, or five minutes have passed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from backend.models import Staff
from backend.vault import Vault, WrongKey

LASTS = timedelta(minutes=5)
LONGEST = 2_000
PURPOSE = "sign-in"


@dataclass(frozen=True)
class Pending:
    """Whose sign-in it is, and how far it has come.

    ``secret`` is the key of a second step that is to be switched on; ``proved`` says that a code
    was given; ``until`` is in seconds since 1970.
    """

    staff: str
    mark: str
    until: int
    secret: str = ""
    proved: bool = False

    def sealed(self, vault: Vault) -> str:
        """For the browser to carry."""
        return vault.seal(json.dumps({"for": PURPOSE} | asdict(self))).decode("ascii")

    def is_of(self, staff: Staff, now: datetime) -> bool:
        """Whether the account is still as it was, and time is left."""
        return (
            staff.is_active
            and staff.id == self.staff
            and mark_of(staff) == self.mark
            and now.timestamp() < self.until
        )


def begin(staff: Staff, now: datetime, *, secret: str = "", proved: bool = False) -> Pending:
    """A sign-in to an account as it is now."""
    until = int((now + LASTS).timestamp())
    return Pending(staff.id, mark_of(staff), until, secret, proved)


def read(vault: Vault, carried: str) -> Pending | None:
    """What a browser sent; None when it is not ours."""
    try:
        held = json.loads(vault.open(carried.encode("utf-8", "replace")))
    except (WrongKey, ValueError):
        return None
    if not isinstance(held, dict) or held.pop("for", None) != PURPOSE:
        return None
    return Pending(**held)


def mark_of(staff: Staff) -> str:
    """What a sign-in depends on, in a few letters: it is another one after every change."""
    parts = (staff.password_hash, staff.totp_used, (staff.totp_sealed or b"").decode("ascii"))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
