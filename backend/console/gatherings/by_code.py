"""Whom a code of four letters and digits may mean; seldom there are two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.people import code_of
from backend.models import Conversation


@dataclass(frozen=True)
class Found:
    """Somebody, and what tells her from another one with the same code."""

    person: str
    language: str
    seen_at: datetime


async def find(session: AsyncSession, code: str) -> list[Found]:
    """Everyone with a code, the last seen first."""
    wanted = "".join(code.split()).upper()
    rows = await session.execute(
        select(Conversation.person_id, Conversation.language, Conversation.seen_at).order_by(
            Conversation.seen_at, Conversation.id
        )
    )
    found = {row[0]: Found(*row) for row in rows if code_of(row[0]) == wanted}
    return sorted(found.values(), key=lambda each: each.seen_at, reverse=True)
