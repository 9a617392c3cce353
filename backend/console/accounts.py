"""Accounts of the console: who has one, opening and changing them, and passwords given anew.

A password that is given here is shown once and works once: its owner chooses another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Request, Response

from backend.api.problems import Problem
from backend.console import profiles
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.passwords import for_once, random_password
from backend.console.profiles import ROLES, Draft
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.models import Staff
from backend.services import accounts
from backend.services.accounts import LastAdmin, OwnAccount, UsernameTaken
from backend.services.catalogue import Catalogue
from backend.site.entries import CoachEntry
from backend.work import Work
from dialogs.ports import Service
from dialogs.text import Text, _

PATH = "/console/accounts"
OWN = _("You cannot close your own account or change your own role. Ask another admin.")
LAST = _("This is the last admin. Make somebody else an admin first.")

Do = Literal["password", "codes", "close", "reopen"]


@dataclass(frozen=True)
class Line:
    """One account in the list."""

    id: str
    username: str
    name: str
    role: str
    languages: tuple[str, ...]
    services: tuple[Service, ...]
    last: datetime | None
    has_codes: bool
    is_active: bool


async def show(console: ConsoleOf, who: Who) -> Response:
    """Everybody, and a form for somebody new."""
    return await _list(console, who, Draft())


async def add(console: ConsoleOf, who: Who, request: Request) -> Response:
    """Open an account; its first password is shown on its page, this once."""
    draft = profiles.typed(await request.form())
    wrong = profiles.faults(draft, _languages(console), is_new=True)
    password = random_password()
    if not wrong:
        hashed = for_once(await console.passwords.make_hash(password))
        try:
            async with _begin(console, who) as work:
                account = await accounts.add(work, draft.username, draft.profile(), hashed)
        except UsernameTaken:
            wrong = {"username": _("Somebody else has this user name.")}
    if wrong:
        return await _list(console, who, replace(draft, wrong=wrong))
    return await _one(console, who, account, password=password)


async def show_one(console: ConsoleOf, who: Who, account: str) -> Response:
    """One account."""
    return await _one(console, who, account)


async def change(console: ConsoleOf, who: Who, account: str, request: Request) -> Response:
    """Change name, role, address or languages."""
    row = await _row(console, account)
    draft = replace(profiles.typed(await request.form()), username=row.username)
    draft = profiles.with_filed(draft, row, _entry(console, row))
    wrong = profiles.faults(draft, {*_languages(console), *row.languages}, is_new=False)
    if not wrong:
        try:
            async with _begin(console, who) as work:
                await accounts.change(work, account, draft.profile())
        except OwnAccount:
            wrong = {"role": OWN}
        except LastAdmin:
            wrong = {"role": LAST}
    if wrong:
        return await _one(console, who, account, draft=replace(draft, wrong=wrong))
    return see(PATH)


async def act(console: ConsoleOf, who: Who, account: str, do: Annotated[Do, Form()]) -> Response:
    """A new password, no codes any more, or the account closed or open again."""
    await _row(console, account)
    password = random_password() if do == "password" else ""
    hashed = for_once(await console.passwords.make_hash(password)) if password else ""
    try:
        async with _begin(console, who) as work:
            match do:
                case "password":
                    await accounts.set_password(work, account, hashed)
                case "codes":
                    await accounts.reset_second_factor(work, account)
                case "close":
                    await accounts.close(work, account)
                case "reopen":
                    await accounts.reopen(work, account)
    except (OwnAccount, LastAdmin) as error:
        problem = OWN if isinstance(error, OwnAccount) else LAST
        return await _one(console, who, account, problem=problem)
    if password:
        return await _one(console, who, account, password=password)
    return see(f"{PATH}/{account}")


def _begin(console: Console, who: SignedIn) -> AbstractAsyncContextManager[Work]:
    return Work.begin(console.runtime.database, console.runtime.clock, who.actor)


async def _row(console: Console, account: str) -> Staff:
    async with console.runtime.database.reading() as session:
        row = await session.get(Staff, account)
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, _("There is no such account."))
    return row


async def _list(console: Console, who: SignedIn, draft: Draft) -> Response:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        rows = await accounts.everyone(session)
        last = await accounts.last_signed_in(session)
    return console.pages.show(
        who,
        "accounts.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if draft.wrong else HTTPStatus.OK,
        lines=[_line(row, catalogue, last.get(row.id)) for row in rows],
        draft=draft,
        roles=ROLES,
        choices=_languages(console),
        here="accounts",
    )


async def _one(
    console: Console,
    who: SignedIn,
    account: str,
    *,
    draft: Draft | None = None,
    problem: Text | None = None,
    password: str = "",
) -> Response:
    """An account's page; ``draft`` is what was typed and refused."""
    row = await _row(console, account)
    entry = _entry(console, row)
    status = HTTPStatus.OK
    if problem:
        status = HTTPStatus.CONFLICT
    elif draft:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return console.pages.show(
        who,
        "account.html",
        status,
        account=row,
        draft=draft or profiles.draft_of(row),
        problem=problem,
        password=password,
        roles=ROLES,
        choices=list(dict.fromkeys((*_languages(console), *row.languages))),
        is_filed=entry is not None,
        is_email_filed=entry is not None and entry.email is not None,
        is_own=row.id == who.staff,
        here="accounts",
    )


def _line(row: Staff, catalogue: Catalogue, last: datetime | None) -> Line:
    services = (catalogue.services.get(each) for each in row.services)
    return Line(
        row.id,
        row.username,
        row.name,
        row.role,
        tuple(row.languages),
        tuple(terms.service for terms in services if terms),
        last,
        row.totp_sealed is not None,
        row.is_active,
    )


def _languages(console: Console) -> Sequence[str]:
    """The languages that can be chosen."""
    return tuple(console.runtime.texts.languages.by_code)


def _entry(console: Console, row: Staff) -> CoachEntry | None:
    """What the site file says of a coach."""
    found = (entry for entry in console.runtime.site.coaches if entry.username == row.username)
    return next(found, None)
