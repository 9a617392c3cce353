"""Fingerprints and encryption, all derived from the one secret key.

Account ids and telephone numbers are stored encrypted (Fernet: AES-128-CBC with HMAC); accounts
are looked up by a keyed fingerprint. A copy of the database alone tells nobody whom it is about.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class WrongKey(Exception):
    """Stored data was encrypted with another secret key."""


class Vault:
    """Seals and opens what must not lie open in the database."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self.derive("seal")))

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose; knowing one tells nothing of another."""
        return hmac.digest(self._secret, purpose.encode(), "sha256")

    def fingerprint(self, channel: str, account: str) -> str:
        """What an account is looked up by."""
        text = f"{channel}\x00{account}".encode()
        return hmac.new(self.derive("account"), text, "sha256").hexdigest()

    def seal(self, text: str) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt. Raises WrongKey."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise WrongKey from error


def hash_token(token: str) -> str:
    """SHA-256 of a random token: enough, since the token itself has over 128 bits."""
    return hashlib.sha256(token.encode()).hexdigest()
