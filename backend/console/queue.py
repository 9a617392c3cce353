"""The queue: one list of everything that waits for staff."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form, Response
from sqlalchemy import update

from backend.console import waiting
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.pages import Fragment
from backend.console.routing import HOME, own_page, see
from backend.console.sessions import SignedIn
from backend.models import Inbox
from backend.services.threads import Pen
from backend.work import Work


async def show(console: ConsoleOf, who: Who) -> Response:
    """The whole page."""
    rows = await fragment(console, who)
    return console.pages.show(who, "queue.html", rows=rows, here="queue")


async def fragment(console: Console, who: SignedIn) -> Fragment:
    """The list alone."""
    work = console.work(who.actor)
    try:
        queue = await waiting.look(console, work)
    finally:
        await work.close()
    return console.pages.fragment(who, "_queue_rows.html", queue=queue)


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
        pen = Pen(work, runtime.renderer, runtime.channels, who.staff)
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
            .values(state="done", event=None, sender=None)
            .returning(Inbox.id)
        )
        if settled is not None:
            work.note("inbox", str(row), "seen")
    return see(HOME)
