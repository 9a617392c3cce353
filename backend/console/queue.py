"""The queue: one list of everything that waits for staff."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from markupsafe import Markup
from sqlalchemy import update

from backend.console import waiting
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.pages import Fragment
from backend.console.routing import HOME, own_page, see
from backend.console.sessions import SignedIn
from backend.console.talks import inbox
from backend.console.talks.standing import Refusal
from backend.models import Inbox
from backend.services.pen import Pen
from backend.work import Work

Speaks = Annotated[str, Query(max_length=20)]


async def show(console: ConsoleOf, who: Who, speaks: Speaks = "") -> Response:
    """The whole page; ``speaks`` chooses whom of those to see who wait to talk."""
    return await page(console, who, speaks)


async def page(
    console: Console, who: SignedIn, speaks: str = "", refusal: Refusal | None = None
) -> Response:
    """The same, with why something was not done."""
    talks, rows = await _parts(console, who, speaks)
    status = refusal.status if refusal else HTTPStatus.OK
    return console.pages.show(
        who,
        "queue.html",
        status,
        talks=talks,
        rows=rows,
        mark=_mark(talks, rows),
        speaks=speaks,
        refusal=refusal,
        here="queue",
    )


async def fragment(console: Console, who: SignedIn, speaks: str = "") -> Fragment:
    """What is live and the list, without the page around them."""
    talks, rows = await _parts(console, who, speaks)
    live = Markup('<div data-part="talks">{}</div>').format(talks.html)
    return Fragment(live + rows.html, _mark(talks, rows))


async def _parts(console: Console, who: SignedIn, speaks: str) -> tuple[Fragment, Fragment]:
    talks, others = await inbox.fragment(console, who, speaks)
    work = console.work(who.actor)
    try:
        queue = await waiting.look(console, work)
    finally:
        await work.close()
    rows = console.pages.fragment(who, "_queue_rows.html", queue=queue, talks=others)
    return talks, rows


def _mark(talks: Fragment, rows: Fragment) -> str:
    return talks.mark + rows.mark


async def settle(
    console: ConsoleOf,
    who: Who,
    handoff: str,
    do: Annotated[Literal["close", "reopen"], Form()],
    onward: Annotated[str, Form()] = "",
) -> Response:
    """Mark a message as answered or a call as made; or put a message back."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        pen = Pen(work, runtime.switchboard, who.staff)
        await (pen.close(handoff) if do == "close" else pen.reopen(handoff))
    return see(own_page(onward))


async def settle_failure(console: ConsoleOf, who: Who, row: int) -> Response:
    """Staff have seen what could not be answered; its content goes."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        session = await work.writing()
        settled = await session.scalar(
            update(Inbox)
            .where(Inbox.id == row, Inbox.state == "failed")
            .values(state="done", event=None, sender=None, file=None)
            .returning(Inbox.id)
        )
        if settled is not None:
            work.note("inbox", str(row), "seen")
    return see(HOME)
