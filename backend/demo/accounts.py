"""Who can sign in to the demonstration's console. The password is printed for everyone to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Staff
from backend.models.base import new_id

USERNAME = "amina"
PASSWORD = "ett steg in i taget"  # noqa: S105 - public, and a demonstration stays on this machine
OTHERS = (("admin", "Sara", "admin"), ("samordnare", "Karin", "coordinator"))

Hash = Callable[[str], str]


async def open_accounts(session: AsyncSession, hash_password: Hash, now: datetime) -> None:
    """Give every coach of the site file the password, and add those the file has not."""
    hashed = hash_password(PASSWORD)
    await session.execute(
        update(Staff).where(Staff.password_hash.is_(None)).values(password_hash=hashed)
    )
    known = set(await session.scalars(select(Staff.username)))
    wanted = ((USERNAME, USERNAME.title(), "coach"), *OTHERS)
    missing = [
        {
            "id": new_id(),
            "username": username,
            "name": name,
            "role": role,
            "password_hash": hashed,
            "languages": [],
            "services": [],
            "created_at": now,
        }
        for username, name, role in wanted
        if username not in known
    ]
    if missing:
        await session.execute(insert(Staff), missing)
