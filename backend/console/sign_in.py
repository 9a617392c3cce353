"""Signing in and out, and the language of one's own console."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import sessions
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who, refuse_foreign
from backend.console.pages import DEFAULT_LANGUAGE, LANGUAGES
from backend.console.passwords import LONGEST
from backend.console.routing import SIGN_IN, own_page, see
from backend.console.throttle import TooFast
from backend.models import Journal, Staff
from backend.vault import hash_token
from dialogs.text import Text, _, n_

LONGEST_NAME = 100


async def show(
    console: ConsoleOf, onward: str = "", lang: str = DEFAULT_LANGUAGE, out: bool = False
) -> Response:
    """The form; ``onward`` is where one was going, ``out`` says that one has just signed out."""
    said = _("You are signed out.") if out else None
    return _form(console, onward, lang, said=said)


async def sign_in(
    request: Request,
    console: ConsoleOf,
    username: Annotated[str, Form(max_length=LONGEST_NAME)],
    password: Annotated[str, Form(max_length=LONGEST)],
    onward: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = DEFAULT_LANGUAGE,
) -> Response:
    """Check name and password; a new session each time."""
    refuse_foreign(request, console)
    client = request.client.host if request.client else ""
    try:
        await console.throttle.slow_down(client, username, console.runtime.clock.now())
    except TooFast as slow:
        return _too_fast(console, onward, lang, username, slow.seconds)
    staff = await _find(console, username.strip())
    checked = await console.passwords.check(staff.password_hash if staff else None, password)
    if staff is None or not checked.fits or not staff.is_active:
        wrong = _("The user name or the password is not right.")
        status = HTTPStatus.UNAUTHORIZED
        return _form(console, onward, lang, problem=wrong, username=username, status=status)
    token = await _begin(console, staff.id, console.cookie.read(request), checked.rehashed)
    response = see(own_page(onward))
    console.cookie.set(response, token)
    return response


async def sign_out(console: ConsoleOf, who: Who) -> Response:
    """End this session for good."""
    async with console.runtime.database.writing() as session:
        await sessions.end(session, who.session)
        await _journal(console, session, who.staff, "signed_out")
    response = see(f"{SIGN_IN}?out=1&lang={who.language}")
    console.cookie.clear(response)
    return response


async def change_language(
    console: ConsoleOf,
    who: Who,
    language: Annotated[str, Form()],
    onward: Annotated[str, Form()] = "",
) -> Response:
    """Show the console in another language from now on."""
    if language in LANGUAGES:
        async with console.runtime.database.writing() as session:
            await session.execute(
                update(Staff).where(Staff.id == who.staff).values(language=language)
            )
    return see(own_page(onward))


async def _find(console: Console, username: str) -> Staff | None:
    async with console.runtime.database.reading() as session:
        return await session.scalar(select(Staff).where(Staff.username == username))


async def _begin(console: Console, staff: str, old_token: str, rehashed: str | None) -> str:
    """A session with a token of its own; whatever the browser held before is worth nothing."""
    now = console.runtime.clock.now()
    async with console.runtime.database.writing() as session:
        await sessions.forget_ended(session, now)
        await sessions.end(session, hash_token(old_token))
        if rehashed is not None:
            await session.execute(
                update(Staff).where(Staff.id == staff).values(password_hash=rehashed)
            )
        token = await sessions.begin(session, staff, now)
        await _journal(console, session, staff, "signed_in")
    return token


async def _journal(console: Console, session: AsyncSession, staff: str, action: str) -> None:
    await session.execute(
        insert(Journal).values(
            at=console.runtime.clock.now(),
            actor=f"staff:{staff}",
            entity="staff",
            entity_id=staff,
            action=action,
            data={},
        )
    )


def _too_fast(console: Console, onward: str, lang: str, username: str, seconds: int) -> Response:
    wait = n_(
        "Too many tries. Wait one second and try again.",
        "Too many tries. Wait {n:number} seconds and try again.",
        n=seconds,
    )
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = _form(console, onward, lang, problem=wait, username=username, status=status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _form(
    console: Console,
    onward: str,
    lang: str,
    *,
    said: Text | None = None,
    problem: Text | None = None,
    username: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    return console.pages.show(
        None,
        "sign_in.html",
        status,
        language=lang,
        onward=own_page(onward),
        said=said,
        problem=problem,
        username=username,
        longest=LONGEST,
        here="",
    )
