"""Passwords of staff: refused when unfit, hashed with Argon2id, checked beside the event loop.

One check takes 64 MiB and about a tenth of a second, so only a few run at a time, in threads.
An account that does not exist is checked against a hash too: the time tells nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
AT_ONCE = 2
MEMORY_KIB = 64 * 1024
RANDOM_BYTES = 15
ONCE = "once:"  # before the hash of a password that is replaced when it is first used

# Of twelve characters and more, what is tried first; anything shorter is refused anyway.
COMMON = frozenset(
    (
        *("password1234", "password12345", "password123456", "passwordpassword"),
        *("123456789012", "1234567890123", "12345678901234", "123456123456", "123123123123"),
        *("012345678901", "987654321098", "111111111111", "000000000000", "121212121212"),
        *("qwertyuiop12", "qwertyuiop123", "qwertyuiopå1", "qwerty123456", "qwertyqwerty"),
        *("1qaz2wsx3edc", "q1w2e3r4t5y6", "asdfghjkl123", "abcdefghijkl", "abcabcabcabc"),
        *("aaaaaaaaaaaa", "letmeinletmein", "iloveyou1234", "administrator", "changemechangeme"),
        *("welcome12345", "welcome123456", "sommar123456", "vinter123456", "stockholm123"),
        *("stockholm1234", "stockholm2026", "stockholm12345", "sverige12345", "sverige123456"),
        *("lösenord1234", "losenord1234", "lösenord12345", "losenord12345", "lösenordlösenord"),
        *("hejhejhejhej", "ingang123456", "ingång123456", "ingangingang", "ingångingång"),
        *("etablering123", "etableringscentrum", "valkommen123", "välkommen123"),
    )
)


class UnfitPassword(ValueError):
    """A password that must not be used; the message says why, for the person who chose it."""


def make_hasher(memory_kib: int = MEMORY_KIB) -> PasswordHasher:
    """Argon2id as we use it; tests take less memory."""
    return PasswordHasher(time_cost=3, memory_cost=memory_kib, parallelism=1)


def hash_password(password: str) -> str:
    """The hash of a new password. Raises UnfitPassword."""
    refuse_unfit(password)
    return make_hasher().hash(password)


def refuse_unfit(password: str) -> None:
    """Length and a list of what is tried first; no rules about kinds of characters.

    Raises UnfitPassword.
    """
    if len(password) < SHORTEST:
        message = f"A password has at least {SHORTEST} characters."
        raise UnfitPassword(message)
    if len(password) > LONGEST:
        message = f"A password has at most {LONGEST} characters."
        raise UnfitPassword(message)
    if password.casefold() in COMMON:
        message = "That password is one of the first that others try. Choose another one."
        raise UnfitPassword(message)


def random_password() -> str:
    """A password that nobody has thought of: twenty characters."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def for_once(password_hash: str) -> str:
    """The same hash, of a password that has to be replaced when it is first used."""
    return f"{ONCE}{password_hash}"


def is_for_once(password_hash: str | None) -> bool:
    """Whether a hash is of such a password."""
    return (password_hash or "").startswith(ONCE)


@dataclass(frozen=True)
class Checked:
    """A password's verdict; ``rehashed`` is its new hash when the parameters have changed."""

    fits: bool
    rehashed: str | None = None


@dataclass
class Passwords:
    """Checks passwords, a few at a time."""

    hasher: PasswordHasher = field(default_factory=make_hasher)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _nobody: str = field(init=False)

    def __post_init__(self) -> None:
        self._nobody = self.hasher.hash("nobody has this password")

    async def check(self, password_hash: str | None, password: str) -> Checked:
        """Whether a password belongs to a hash; without one it takes as long and never fits."""
        async with self._turn:
            return await asyncio.to_thread(self._check, password_hash, password)

    async def make_hash(self, password: str) -> str:
        """The hash of a new password. Raises UnfitPassword."""
        refuse_unfit(password)
        async with self._turn:
            return await asyncio.to_thread(self.hasher.hash, password)

    def _check(self, password_hash: str | None, password: str) -> Checked:
        try:
            self.hasher.verify((password_hash or self._nobody).removeprefix(ONCE), password)
        except (VerificationError, InvalidHashError):
            return Checked(fits=False)
        if password_hash is None:
            return Checked(fits=False)
        if not is_for_once(password_hash) and self.hasher.check_needs_rehash(password_hash):
            return Checked(fits=True, rehashed=self.hasher.hash(password))
        return Checked(fits=True)
