"""An account's second step: a key that its phone has too, and codes on paper for when it is lost.

Both are sealed in one column. A code from the phone and a code on paper each work once, also
when two browsers send the same one at the same moment.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from backend.console import totp
from backend.models import Staff
from backend.vault import Vault, hash_token
from backend.work import Work

RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
GROUPS, GROUP = 3, 4  # 59 bits


@dataclass(frozen=True)
class SecondFactor:
    """The key in base32, and the hashes of the recovery codes that are left."""

    secret: str
    recovery: tuple[str, ...]

    def sealed(self, vault: Vault) -> bytes:
        """As it is stored."""
        return vault.seal(json.dumps({"secret": self.secret, "recovery": self.recovery}))

    @classmethod
    def opened(cls, vault: Vault, sealed: bytes) -> SecondFactor:
        """As it was stored. Raises WrongKey."""
        held = json.loads(vault.open(sealed))
        return cls(held["secret"], tuple(held["recovery"]))


async def turn_on(
    work: Work, vault: Vault, staff: Staff, secret: str, code: str
) -> Sequence[str] | None:
    """Begin to ask for codes; the recovery codes, which are told now and never again.

    None when the code is not one of the key's, or another browser was first.
    """
    step = totp.accept(secret, code, work.clock.now(), last_used=0)
    if step is None:
        return None
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    factor = SecondFactor(secret, tuple(_hash(each) for each in codes))
    session = await work.writing()
    changed = await session.scalar(
        update(Staff)
        .where(Staff.id == staff.id, Staff.totp_sealed.is_(None))
        .values(totp_sealed=factor.sealed(vault), totp_used=step)
        .returning(Staff.id)
    )
    if changed is None:
        return None
    work.note("staff", staff.id, "second_factor_on")
    return codes


async def take_code(work: Work, vault: Vault, staff: Staff, code: str) -> bool:
    """Whether a code from the phone is right; it is used up then. Raises WrongKey."""
    if staff.totp_sealed is None:
        return False
    secret = SecondFactor.opened(vault, staff.totp_sealed).secret
    step = totp.accept(secret, code, work.clock.now(), staff.totp_used)
    if step is None:
        return False
    session = await work.writing()
    used = await session.scalar(
        update(Staff)
        .where(
            Staff.id == staff.id,
            Staff.totp_sealed == staff.totp_sealed,
            Staff.totp_used < step,
        )
        .values(totp_used=step)
        .returning(Staff.id)
    )
    return used is not None


async def take_recovery_code(work: Work, vault: Vault, staff: Staff, code: str) -> int | None:
    """How many codes on paper are left after this one; None when it is none. Raises WrongKey."""
    if staff.totp_sealed is None:
        return None
    factor = SecondFactor.opened(vault, staff.totp_sealed)
    left = tuple(each for each in factor.recovery if each != _hash(code))
    if len(left) == len(factor.recovery):
        return None
    session = await work.writing()
    used = await session.scalar(
        update(Staff)
        .where(Staff.id == staff.id, Staff.totp_sealed == staff.totp_sealed)
        .values(totp_sealed=SecondFactor(factor.secret, left).sealed(vault))
        .returning(Staff.id)
    )
    if used is None:
        return None
    work.note("staff", staff.id, "recovery_code_used", left=len(left))
    return len(left)


def _recovery_code() -> str:
    letters = [secrets.choice(LETTERS) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, GROUPS * GROUP, GROUP))


def _hash(code: str) -> str:
    """Of a code as it may be written: in capitals, with spaces, without hyphens."""
    return hash_token("".join(each for each in code.casefold() if each.isalnum()))
