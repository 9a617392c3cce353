"""Signing in and out, and the language of one's own console."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy import select, update

from backend.console import entrance, sessions
from backend.console.context import Console, ConsoleOf
from backend.console.entrance import Way
from backend.console.guard import Who, refuse_foreign
from backend.console.pages import DEFAULT_LANGUAGE, LANGUAGES
from backend.console.passwords import LONGEST
from backend.console.routing import SIGN_IN, own_page, see
from backend.console.throttle import TooFast
from backend.models import Staff
from backend.talks import duty
from backend.work import Work
from dialogs.text import _

LONGEST_NAME = 100


async def show(
    request: Request,
    console: ConsoleOf,
    onward: str = "",
    lang: str = DEFAULT_LANGUAGE,
    out: bool = False,
) -> Response:
    """The form; ``onward`` is where one was going, ``out`` says that one has just signed out."""
    said = _("You are signed out.") if out else None
    return entrance.ask_password(Way(console, request, onward, lang), said=said)


async def sign_in(
    request: Request,
    console: ConsoleOf,
    username: Annotated[str, Form(max_length=LONGEST_NAME)],
    password: Annotated[str, Form(max_length=LONGEST)],
    onward: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = DEFAULT_LANGUAGE,
) -> Response:
    """Check name and password; what else is asked for comes after that."""
    refuse_foreign(request, console)
    way = Way(console, request, onward, lang)
    try:
        await console.throttle.slow_down(way.client, username, console.runtime.clock.now())
    except TooFast as slow:
        return _too_fast(way, username, slow.seconds)
    staff = await _find(console, username.strip())
    checked = await console.passwords.check(staff.password_hash if staff else None, password)
    if staff is None or not checked.fits or not staff.is_active:
        wrong = _("The user name or the password is not right.")
        return entrance.ask_password(way, wrong, HTTPStatus.UNAUTHORIZED, username=username)
    if checked.rehashed is not None:
        await _renew(console, staff, checked.rehashed)
        staff = await _find(console, staff.username) or staff
    return await entrance.go_on(way, staff)


async def sign_out(console: ConsoleOf, who: Who) -> Response:
    """End this session for good."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        session = await work.writing()
        await duty.switch(session, who.staff, runtime.clock.now(), on=False)
        await sessions.end(session, who.session)
        work.note("staff", who.staff, "signed_out")
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
    return see(own_page(onward, who.home))


async def _find(console: Console, username: str) -> Staff | None:
    async with console.runtime.database.reading() as session:
        return await session.scalar(select(Staff).where(Staff.username == username))


async def _renew(console: Console, staff: Staff, rehashed: str) -> None:
    """The same password, hashed with today's parameters."""
    async with console.runtime.database.writing() as session:
        await session.execute(
            update(Staff)
            .where(Staff.id == staff.id, Staff.password_hash == staff.password_hash)
            .values(password_hash=rehashed)
        )


def _too_fast(way: Way, username: str, seconds: int) -> Response:
    status, wait = HTTPStatus.TOO_MANY_REQUESTS, entrance.wait(seconds)
    response = entrance.ask_password(way, wait, status, username=username)
    response.headers["Retry-After"] = str(seconds)
    return response
