"""``ingang staff add|list|reset``: accounts of the console."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import secrets

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.commands.failure import CommandFailed
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.console.passwords import UnfitPassword, hash_password
from backend.models import Staff, StaffSession
from backend.models.base import new_id
from backend.settings import Settings

ROLES = ("coach", "coordinator", "editor", "admin")


def add_to(commands: Commands) -> None:
    """Register the commands."""
    parser = commands.add_parser("staff", help="accounts of the console")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("add", help="a new account; the password is asked for")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="first name, as newcomers see it")
    add.add_argument("--role", choices=ROLES, default="coach")
    add.add_argument("--generate", action="store_true", help="make a password and print it")
    what.add_parser("list", help="every account")
    reset = what.add_parser("reset", help="a new password; signs the account out everywhere")
    reset.add_argument("username")
    reset.add_argument("--generate", action="store_true", help="make a password and print it")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Add, list or reset."""
    if chosen.what == "list":
        asyncio.run(_list(settings))
        return 0
    password = _password(generate=chosen.generate)
    try:
        hashed = hash_password(password)
    except UnfitPassword as error:
        raise CommandFailed(str(error)) from error
    if chosen.what == "add":
        asyncio.run(_add(settings, chosen, hashed))
    else:
        asyncio.run(_reset(settings, chosen.username, hashed))
    if chosen.generate:
        print(f"Password: {password}")
    return 0


def _password(*, generate: bool) -> str:
    return secrets.token_urlsafe(15) if generate else getpass.getpass("Password: ")


async def _add(settings: Settings, chosen: argparse.Namespace, hashed: str) -> None:
    async with prepared(settings, channels={}) as runtime:
        try:
            async with runtime.database.writing() as session:
                await session.execute(
                    insert(Staff).values(
                        id=new_id(),
                        username=chosen.username,
                        name=chosen.name,
                        role=chosen.role,
                        password_hash=hashed,
                        languages=[],
                        services=[],
                        created_at=runtime.clock.now(),
                    )
                )
        except IntegrityError as error:
            message = f"There is an account {chosen.username} already."
            raise CommandFailed(message) from error


async def _reset(settings: Settings, username: str, hashed: str) -> None:
    async with prepared(settings, {}) as runtime, runtime.database.writing() as session:
        found: str | None = await session.scalar(
            update(Staff)
            .where(Staff.username == username)
            .values(password_hash=hashed)
            .returning(Staff.id)
        )
        await session.execute(delete(StaffSession).where(StaffSession.staff_id == found))
    if found is None:
        message = f"There is no account {username}."
        raise CommandFailed(message)


async def _list(settings: Settings) -> None:
    async with prepared(settings, {}) as runtime, runtime.database.reading() as session:
        rows = (await session.scalars(select(Staff).order_by(Staff.username))).all()
    for row in rows:
        state = "" if row.is_active else "  (closed)"
        print(f"{row.username:20} {row.role:12} {row.name}{state}")
