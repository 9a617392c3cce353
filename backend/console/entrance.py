"""The way in: what is asked for at each step, and the last one, over the threshold.

First comes the password. Then, as the account has it: a code, a new password in place of one that
was given, or setting up codes. Only then there is a session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from fastapi import Request, Response

from backend.console import passwords, pending, sessions, totp
from backend.console.context import Console
from backend.console.pending import Pending
from backend.console.routing import own_page, see
from backend.console.sessions import HOMES, Role
from backend.models import Staff
from backend.pages.routes import qr_code
from backend.services.accounts import SIGNED_IN
from backend.talks import duty
from backend.vault import hash_token
from backend.work import Work
from dialogs.text import Text, _, n_

CODE_NOT_RIGHT = _("The code is not right, or it has been used. Wait for the next one.")
TOO_LATE = _("That took too long, or it was used already. Sign in again.")

# Where those go who see no conversations; anything else they had in mind leads to their home.
THEIRS: Mapping[Role, tuple[str, ...]] = {
    "editor": ("/console/questions",),
    "admin": (
        *("/console/accounts", "/console/questions", "/console/figures", "/console/hours"),
        *("/console/closures", "/console/services", "/console/units", "/console/activities"),
    ),
}
NOT_FOR_COACHES = "/console/accounts"


@dataclass(frozen=True)
class Way:
    """One request of somebody on her way in; ``onward`` is where she wants to go."""

    console: Console
    request: Request
    onward: str
    lang: str

    @property
    def client(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    def page(
        self, name: str, status: int, problem: Text | None = None, **given: object
    ) -> Response:
        """A page for nobody yet."""
        onward = own_page(self.onward)
        return self.console.pages.show(
            None,
            name,
            status,
            language=self.lang,
            onward=onward,
            problem=problem,
            here="",
            **given,
        )


def ask_password(
    way: Way,
    problem: Text | None = None,
    status: int = HTTPStatus.OK,
    *,
    said: Text | None = None,
    username: str = "",
) -> Response:
    """The first page."""
    longest = passwords.LONGEST
    return way.page("sign_in.html", status, problem, said=said, username=username, longest=longest)


def too_late(way: Way) -> Response:
    """From the beginning: what was asked for before is worth nothing any more."""
    return ask_password(way, TOO_LATE, HTTPStatus.UNAUTHORIZED)


def wait(seconds: int) -> Text:
    """What somebody reads who tries too fast."""
    return n_(
        "Too many tries. Wait one second and try again.",
        "Too many tries. Wait {n:number} seconds and try again.",
        n=seconds,
    )


def ask_code(
    way: Way, held: Pending, problem: Text | None = None, status: int = HTTPStatus.OK
) -> Response:
    """The six digits, or a code on paper."""
    return way.page("sign_in_code.html", status, problem, pending=_carried(way, held))


def ask_set_up(
    way: Way,
    staff: Staff,
    held: Pending,
    problem: Text | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The key as a picture and in letters, and the first six digits."""
    issuer = way.console.runtime.site.name
    return way.page(
        "sign_in_set_up.html",
        status,
        problem,
        pending=_carried(way, held),
        qr=qr_code(totp.address(held.secret, staff.username, issuer)),
        key=totp.in_groups(held.secret),
    )


def ask_new_password(
    way: Way,
    staff: Staff,
    held: Pending,
    problem: Text | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """A password of her own, in place of the one she was given."""
    return way.page(
        "sign_in_password.html",
        status,
        problem,
        pending=_carried(way, held),
        username=staff.username,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )


async def go_on(
    way: Way, staff: Staff, *, proved: bool = False, left: int | None = None
) -> Response:
    """What is asked for next, or in. ``proved``: a code was given; ``left``: of those on paper."""
    now = way.console.runtime.clock.now()
    if staff.totp_sealed is not None and not proved:
        return ask_code(way, pending.begin(staff, now))
    if passwords.is_for_once(staff.password_hash):
        return ask_new_password(way, staff, pending.begin(staff, now, proved=proved))
    if staff.totp_sealed is None and way.console.runtime.settings.asks_for_codes:
        return ask_set_up(way, staff, pending.begin(staff, now, secret=totp.new_secret()))
    return await enter(way, staff, left=left)


async def enter(
    way: Way, staff: Staff, *, codes: Sequence[str] = (), left: int | None = None
) -> Response:
    """In, with a session and a token of its own; first past the recovery codes, if there are any.

    From the beginning when the account has changed since ``staff`` was read.
    """
    token = await _begin(way, staff)
    if token is None:
        return too_late(way)
    first = first_page(cast("Role", staff.role), way.onward)
    if codes or left is not None:
        response = way.page("signed_in.html", HTTPStatus.OK, codes=codes, left=left, first=first)
    else:
        response = see(first)
    way.console.cookie.set(response, token)
    return response


def first_page(role: Role, onward: str) -> str:
    """The page that was wanted, unless it is not for this role."""
    home = HOMES[role]
    wanted = own_page(onward, home)
    if role in THEIRS:
        return wanted if wanted.startswith(THEIRS[role]) else home
    return home if wanted.startswith(NOT_FOR_COACHES) else wanted


def _carried(way: Way, held: Pending) -> str:
    return held.sealed(way.console.runtime.vault)


async def _begin(way: Way, staff: Staff) -> str | None:
    """A new session; whatever the browser held before is worth nothing."""
    runtime = way.console.runtime
    now = runtime.clock.now()
    async with Work.begin(runtime.database, runtime.clock, f"staff:{staff.id}") as work:
        session = await work.writing()
        current = await session.get(Staff, staff.id, with_for_update=True)
        if current is None or not pending.begin(staff, now).is_of(current, now):
            return None
        await duty.begin(session, staff.id, now)
        await sessions.forget_ended(session, now)
        await sessions.end(session, hash_token(way.console.cookie.read(way.request)))
        token = await sessions.begin(session, staff.id, now)
        work.note("staff", staff.id, SIGNED_IN)
    return token
