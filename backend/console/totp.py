"""Six-digit codes that change every thirty seconds (RFC 6238), as authenticator apps show them.

A code is taken once, half a minute early or late at most: phones' clocks are a little off.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

SECRET_BYTES = 20  # as long as a SHA-1 digest, which is what the RFC advises
STEP_S = 30
DIGITS = 6
EARLY_OR_LATE = 1
GROUP = 4


def new_secret() -> str:
    """A random key in base32, as apps read it: 32 letters and digits."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def step_at(now: datetime) -> int:
    """The number of the half minute that a moment lies in, counted from 1970."""
    return int(now.timestamp()) // STEP_S


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one half minute."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def accept(secret: str, code: str, now: datetime, last_used: int) -> int | None:
    """The half minute that a code is of; None when it is wrong, too old, or has been used.

    Nothing at or before ``last_used`` counts. How long it takes does not tell how near a guess is.
    """
    given = code.encode("utf-8", "replace")
    middle = step_at(now)
    found = None
    for step in range(middle - EARLY_OR_LATE, middle + EARLY_OR_LATE + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), given)
        if fits and step > last_used and found is None:
            found = step
    return found


def address(secret: str, account: str, issuer: str) -> str:
    """What an app reads from a picture, to show the codes of an account from then on."""
    label = quote(f"{issuer}:{account}", safe="")
    how = {"algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    query = urlencode({"secret": secret, "issuer": issuer, **how}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def in_groups(secret: str) -> str:
    """A key in groups of four, to be typed by hand."""
    return " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
