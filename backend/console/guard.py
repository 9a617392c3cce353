"""Who may do what: nothing, until signed in; and only by a form of our own.

These hang on the console's router itself, so a page that is added later is guarded unless
someone takes the trouble to open it.
"""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request

from backend.api.origin import is_own
from backend.api.problems import Problem
from backend.console import badge, sessions
from backend.console.context import Console, ConsoleOf
from backend.console.sessions import NOTED_EVERY, SignedIn
from backend.talks import duty
from backend.vault import hash_token
from dialogs.text import _

SAFE = frozenset(("GET", "HEAD"))
FIELD = "csrf"


class SignInFirst(Exception):
    """Nobody is signed in, or no longer."""


async def signed_in(request: Request, console: ConsoleOf) -> SignedIn:
    """Who makes the request. Raises SignInFirst."""
    who = await _find(request, console)
    if who is None:
        raise SignInFirst
    request.state.who = who
    return who


Who = Annotated[SignedIn, Depends(signed_in)]


async def own_form(request: Request, console: ConsoleOf, who: Who) -> None:
    """A change comes from a page of ours that this session was given. Raises Problem 403."""
    if request.method in SAFE:
        return
    refuse_foreign(request, console)
    token = (await request.form()).get(FIELD)
    given = token if isinstance(token, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), who.csrf.encode()):
        raise not_from_here()


async def sees_conversations(who: Who) -> None:
    """Coaches and coordinators see what newcomers write. Raises Problem 403."""
    if not who.sees_conversations:
        detail = _("Only coaches and coordinators see conversations and meetings.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def keeps_catalogue(who: Who) -> None:
    """Coordinators and administrators change what can be booked. Raises Problem 403."""
    if not who.keeps_catalogue:
        detail = _("Only coordinators and admins change services, places and closed days.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def keeps_accounts(who: Who) -> None:
    """Administrators open and close accounts. Raises Problem 403."""
    if not who.keeps_accounts:
        detail = _("Only admins see and change accounts.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def sees_figures(who: Who) -> None:
    """Coordinators and administrators see the centre in numbers. Raises Problem 403."""
    if not who.sees_figures:
        detail = _("Only coordinators and admins see figures.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def edits_articles(who: Who) -> None:
    """Editors and administrators write what people are answered with. Raises Problem 403."""
    if not who.edits_articles:
        detail = _("Only editors and admins change articles.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def mends_delivery(who: Who) -> None:
    """Coordinators and administrators see what did not arrive. Raises Problem 403."""
    if not who.mends_delivery:
        detail = _("Only coordinators and admins see what did not arrive.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


async def note_presence(console: Console, who: SignedIn) -> None:
    """A page of hers is open: written only for who takes chats, four times a minute at most."""
    now = console.runtime.clock.now()
    known = who.present_at
    takes = who.on_duty and who.sees_conversations
    if takes and (known is None or now - known >= duty.NOTED_EVERY):
        async with console.runtime.database.writing() as session:
            await duty.note_presence(session, who.staff, now)


async def stay_awake(console: ConsoleOf, who: Who) -> None:
    """Something was done by hand: the idle time begins again."""
    await note_presence(console, who)
    now = console.runtime.clock.now()
    if who.mends_delivery:
        await badge.count_again(console, now)
    if now - who.seen_at >= NOTED_EVERY:
        async with console.runtime.database.writing() as session:
            await sessions.keep_awake(session, who.session, now)


def refuse_foreign(request: Request, console: Console) -> None:
    """The browser says that the form is of this site. Raises Problem 403."""
    if not is_own(request, console.runtime.settings.url):
        raise not_from_here()


def not_from_here() -> Problem:
    """A form that is too old, of another session, or of another site."""
    detail = _("This page was too old. Nothing was changed. Load the page again and try again.")
    return Problem(HTTPStatus.FORBIDDEN, detail)


async def still_signed_in(console: Console, who: SignedIn) -> None:
    """Look again, for a request that takes long. Raises SignInFirst."""
    now = console.runtime.clock.now()
    async with console.runtime.database.reading() as session:
        if await sessions.find(session, who.session, now) is None:
            raise SignInFirst


async def _find(request: Request, console: Console) -> SignedIn | None:
    token = console.cookie.read(request)
    if not token:
        return None
    now = console.runtime.clock.now()
    async with console.runtime.database.reading() as session:
        return await sessions.find(session, hash_token(token), now)
