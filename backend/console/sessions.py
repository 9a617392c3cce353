"""Signed-in browsers: rows of the database, so that signing out really ends them.

The cookie holds a random token; the row holds its SHA-256. A session ends thirty minutes after
the last thing done, twelve hours after signing in, when the account is closed, and when its
password is reset.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from fastapi import Request, Response
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Staff, StaffSession
from backend.vault import hash_token

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # so that not every page is a write

Role = Literal["coach", "coordinator", "editor", "admin"]

HOMES: Mapping[Role, str] = {
    "coach": "/console",
    "coordinator": "/console",
    "editor": "/console/questions",
    "admin": "/console/accounts",
}


@dataclass(frozen=True)
class SignedIn:
    """Who makes a request, and the token that her forms must carry."""

    staff: str
    name: str
    role: Role
    language: str
    csrf: str
    session: str  # the token's hash
    seen_at: datetime
    on_duty: bool = False
    present_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How the journal names her."""
        return f"staff:{self.staff}"

    @property
    def sees_conversations(self) -> bool:
        """Whether what newcomers write is her work."""
        return self.role in ("coach", "coordinator")

    @property
    def keeps_catalogue(self) -> bool:
        """Whether services, units, closures and the hours of others are hers to change."""
        return self.role in ("coordinator", "admin")

    @property
    def keeps_accounts(self) -> bool:
        """Whether the accounts of the console are hers to change."""
        return self.role == "admin"

    @property
    def sees_figures(self) -> bool:
        """Whether she sees how the centre is doing, in numbers."""
        return self.role in ("coordinator", "admin")

    @property
    def edits_articles(self) -> bool:
        """Whether what people are answered with is hers to write."""
        return self.role in ("editor", "admin")

    @property
    def mends_delivery(self) -> bool:
        """Whether she sees what did not arrive, and may send it again."""
        return self.role in ("coordinator", "admin")

    @property
    def home(self) -> str:
        """The page that her work begins at; she may always see it."""
        return HOMES[self.role]


@dataclass(frozen=True)
class Cookie:
    """The cookie that carries the token. Only https allows the ``__Host-`` name."""

    https: bool

    @property
    def name(self) -> str:
        """Its name."""
        return "__Host-sid" if self.https else "sid"

    def read(self, request: Request) -> str:
        """The token a browser sent, or an empty string."""
        return request.cookies.get(self.name, "")

    def set(self, response: Response, token: str) -> None:
        """Give a browser its token until it is closed."""
        response.set_cookie(
            self.name, token, path="/", secure=self.https, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        """Take the token back, and whatever else the browser has kept of us."""
        response.delete_cookie(
            self.name, path="/", secure=self.https, httponly=True, samesite="lax"
        )
        response.headers["Clear-Site-Data"] = '"cache", "cookies"'


async def begin(session: AsyncSession, staff: str, now: datetime) -> str:
    """A new session; its token, which is told to the browser and kept nowhere."""
    token = secrets.token_urlsafe(32)
    await session.execute(
        insert(StaffSession).values(
            token_hash=hash_token(token),
            staff_id=staff,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
        )
    )
    return token


async def find(session: AsyncSession, token_hash: str, now: datetime) -> SignedIn | None:
    """Who a session belongs to; None when it has ended or the account is closed."""
    row = (
        await session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(
                StaffSession.token_hash == token_hash,
                StaffSession.seen_at > now - IDLE,
                StaffSession.created_at > now - ABSOLUTE,
                Staff.is_active,
            )
        )
    ).first()
    if row is None:
        return None
    held, staff = row
    return SignedIn(
        staff.id,
        staff.name,
        cast("Role", staff.role),  # the table's CHECK allows nothing else
        staff.language,
        held.csrf,
        held.token_hash,
        held.seen_at,
        staff.on_duty,
        staff.present_at,
    )


async def keep_awake(session: AsyncSession, token_hash: str, now: datetime) -> None:
    """Something was done: the idle time begins again."""
    await session.execute(
        update(StaffSession).where(StaffSession.token_hash == token_hash).values(seen_at=now)
    )


async def end(session: AsyncSession, token_hash: str) -> None:
    """Sign out one browser."""
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


async def forget_ended(session: AsyncSession, now: datetime) -> None:
    """Delete the rows of sessions that have ended by themselves."""
    await session.execute(
        delete(StaffSession).where(
            or_(StaffSession.seen_at <= now - IDLE, StaffSession.created_at <= now - ABSOLUTE)
        )
    )
