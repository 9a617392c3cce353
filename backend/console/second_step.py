"""What comes after the password: a code, setting up codes, or a password of one's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy import update

from backend.console import entrance, passwords, pending, second_factor
from backend.console.context import Console, ConsoleOf
from backend.console.entrance import CODE_NOT_RIGHT, Way
from backend.console.guard import refuse_foreign
from backend.console.pages import DEFAULT_LANGUAGE
from backend.console.passwords import LONGEST, SHORTEST, UnfitPassword
from backend.console.pending import Pending
from backend.console.throttle import TooFast
from backend.models import Staff
from backend.work import Work
from dialogs.text import Text, _

LONGEST_CODE = 40

Carried = Annotated[str, Form(alias="pending", max_length=pending.LONGEST)]


async def take_code(
    request: Request,
    console: ConsoleOf,
    carried: Carried,
    code: Annotated[str, Form(max_length=LONGEST_CODE)] = "",
    recovery: Annotated[str, Form(max_length=LONGEST_CODE)] = "",
    onward: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = DEFAULT_LANGUAGE,
) -> Response:
    """Six digits from the phone, or a code on paper; or the first digits of a new phone."""
    refuse_foreign(request, console)
    way = Way(console, request, onward, lang)
    found = await _half_way(console, carried)
    if found is None:
        return entrance.too_late(way)
    held, staff = found
    try:
        console.throttle.slow_down_codes(way.client, staff.id, console.runtime.clock.now())
    except TooFast as slow:
        status, wait = HTTPStatus.TOO_MANY_REQUESTS, entrance.wait(slow.seconds)
        response = _ask_again(way, staff, held, wait, status)
        response.headers["Retry-After"] = str(slow.seconds)
        return response
    if held.secret:
        return await _set_up(way, staff, held, code)
    return await _check(way, staff, held, code, recovery)


async def take_password(
    request: Request,
    console: ConsoleOf,
    carried: Carried,
    password: Annotated[str, Form(max_length=LONGEST)],
    onward: Annotated[str, Form()] = "",
    lang: Annotated[str, Form()] = DEFAULT_LANGUAGE,
) -> Response:
    """A password of one's own, in place of one that was given for a single use."""
    refuse_foreign(request, console)
    way = Way(console, request, onward, lang)
    found = await _half_way(console, carried)
    if found is None or not _may_choose(*found):
        return entrance.too_late(way)
    held, staff = found
    problem, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        hashed = await console.passwords.make_hash(password)
    except UnfitPassword:
        problem = _(
            "Choose another password: {shortest:number} to {longest:number} characters, and not "
            "one that many people use.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
        return entrance.ask_new_password(way, staff, held, problem, status)
    if (await console.passwords.check(staff.password_hash, password)).fits:
        problem = _("Choose another password than the one you were given.")
        return entrance.ask_new_password(way, staff, held, problem, status)
    if not await _replace_password(console, staff, hashed):
        return entrance.too_late(way)
    return await entrance.go_on(way, await _fresh(console, staff), proved=held.proved)


async def _set_up(way: Way, staff: Staff, held: Pending, code: str) -> Response:
    runtime = way.console.runtime
    async with Work.begin(runtime.database, runtime.clock, f"staff:{staff.id}") as work:
        codes = await second_factor.turn_on(work, runtime.vault, staff, held.secret, _digits(code))
    if codes is None:
        return _ask_again(way, staff, held, CODE_NOT_RIGHT, HTTPStatus.UNAUTHORIZED)
    return await entrance.enter(way, await _fresh(way.console, staff), codes=codes)


async def _check(way: Way, staff: Staff, held: Pending, code: str, recovery: str) -> Response:
    runtime = way.console.runtime
    left: int | None = None
    async with Work.begin(runtime.database, runtime.clock, f"staff:{staff.id}") as work:
        if recovery:
            left = await second_factor.take_recovery_code(work, runtime.vault, staff, recovery)
            is_right = left is not None
        else:
            is_right = await second_factor.take_code(work, runtime.vault, staff, _digits(code))
    if not is_right:
        return _ask_again(way, staff, held, CODE_NOT_RIGHT, HTTPStatus.UNAUTHORIZED)
    return await entrance.go_on(way, await _fresh(way.console, staff), proved=True, left=left)


def _ask_again(way: Way, staff: Staff, held: Pending, problem: Text, status: int) -> Response:
    """The same page; the time that is left stays what it was."""
    if held.secret:
        return entrance.ask_set_up(way, staff, held, problem, status)
    return entrance.ask_code(way, held, problem, status)


def _may_choose(held: Pending, staff: Staff) -> bool:
    """A given password alone is not enough where a code is asked for."""
    is_proved = held.proved or staff.totp_sealed is None
    return is_proved and passwords.is_for_once(staff.password_hash)


def _digits(code: str) -> str:
    """As it is compared: some apps show a space in the middle."""
    return "".join(code.split())


async def _half_way(console: Console, carried: str) -> tuple[Pending, Staff] | None:
    """A sign-in that is half done and still good, and whose it is."""
    held = pending.read(console.runtime.vault, carried)
    if held is None:
        return None
    async with console.runtime.database.reading() as session:
        staff = await session.get(Staff, held.staff)
    if staff is None or not held.is_of(staff, console.runtime.clock.now()):
        return None
    return held, staff


async def _fresh(console: Console, staff: Staff) -> Staff:
    """The account as it is now."""
    async with console.runtime.database.reading() as session:
        return await session.get_one(Staff, staff.id)


async def _replace_password(console: Console, staff: Staff, hashed: str) -> bool:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, f"staff:{staff.id}") as work:
        session = await work.writing()
        changed = await session.scalar(
            update(Staff)
            .where(Staff.id == staff.id, Staff.password_hash == staff.password_hash)
            .values(password_hash=hashed)
            .returning(Staff.id)
        )
        if changed is not None:
            work.note("staff", staff.id, "password_changed")
    return changed is not None
