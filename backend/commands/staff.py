"""``ingang staff add|list|reset|email``: accounts of the console."""

from __future__ import annotations

import argparse
import asyncio
import getpass
from contextlib import AbstractAsyncContextManager

from sqlalchemy import select

from backend.commands.failure import CommandFailed
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.console.passwords import UnfitPassword, hash_password, random_password
from backend.mail import is_mail_address
from backend.models import Staff
from backend.runtime import Runtime
from backend.services import accounts
from backend.services.accounts import ROLES, Profile, UsernameTaken
from backend.services.centre import NoSuchStaff
from backend.services.invitations import set_address
from backend.settings import Settings
from backend.work import Work

NOWHERE = "-"


def add_to(commands: Commands) -> None:
    """Register the commands."""
    parser = commands.add_parser("staff", help="accounts of the console")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("add", help="a new account; the password is asked for")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="first name, as newcomers see it")
    add.add_argument("--role", choices=ROLES, default="coach")
    add.add_argument("--email", metavar="ADDRESS", help="for invitations to their own calendar")
    add.add_argument("--generate", action="store_true", help="make a password and print it")
    what.add_parser("list", help="every account")
    reset = what.add_parser("reset", help="a new password; signs the account out everywhere")
    reset.add_argument("username")
    reset.add_argument("--generate", action="store_true", help="make a password and print it")
    reset.add_argument(
        "--second-factor",
        action="store_true",
        help="forget their phone and recovery codes instead; the password stays",
    )
    email = what.add_parser("email", help="where invitations to their own calendar are sent")
    email.add_argument("username")
    email.add_argument("address", metavar="ADDRESS|-", help="at work; - for none")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Add, list or reset, or change where invitations go."""
    if chosen.what == "list":
        asyncio.run(_list(settings))
        return 0
    if chosen.what == "email":
        address = None if chosen.address == NOWHERE else chosen.address
        asyncio.run(_email(settings, chosen.username, _checked(address)))
        return 0
    if chosen.what == "reset" and chosen.second_factor:
        asyncio.run(_reset(settings, chosen.username, None))
        print("Codes are off. Where they are required, they are set up again at the next sign-in.")
        return 0
    if chosen.what == "add":
        _checked(chosen.email)
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


def _checked(address: str | None) -> str | None:
    if address is not None and not is_mail_address(address):
        message = f"{address} is not a mail address."
        raise CommandFailed(message)
    return address


def _password(*, generate: bool) -> str:
    return random_password() if generate else getpass.getpass("Password: ")


async def _add(settings: Settings, chosen: argparse.Namespace, hashed: str) -> None:
    profile = Profile(chosen.name, chosen.role, chosen.email)
    async with prepared(settings, channels={}) as runtime:
        try:
            async with _begin(runtime) as work:
                await accounts.add(work, chosen.username, profile, hashed)
        except UsernameTaken as error:
            message = f"There is an account {error} already."
            raise CommandFailed(message) from error


async def _reset(settings: Settings, username: str, hashed: str | None) -> None:
    """Another password, or no second step any more when there is none."""
    async with prepared(settings, {}) as runtime:
        try:
            async with _begin(runtime) as work:
                staff = await accounts.find(await work.reading(), username)
                if hashed is None:
                    await accounts.reset_second_factor(work, staff)
                else:
                    await accounts.set_password(work, staff, hashed)
        except NoSuchStaff as error:
            message = f"There is no account {username}."
            raise CommandFailed(message) from error


def _begin(runtime: Runtime) -> AbstractAsyncContextManager[Work]:
    return Work.begin(runtime.database, runtime.clock, "system")


async def _email(settings: Settings, username: str, address: str | None) -> None:
    async with prepared(settings, {}) as runtime, runtime.database.writing() as session:
        found = await set_address(session, username, address)
    if not found:
        message = f"There is no account {username}."
        raise CommandFailed(message)


async def _list(settings: Settings) -> None:
    async with prepared(settings, {}) as runtime, runtime.database.reading() as session:
        rows = (await session.scalars(select(Staff).order_by(Staff.username))).all()
    for row in rows:
        state = "  (codes)" if row.totp_sealed else ""
        state += "" if row.is_active else "  (closed)"
        print(f"{row.username:20} {row.role:12} {row.name}{state}")
