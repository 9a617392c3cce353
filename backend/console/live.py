"""Pages that stay true: a part of a page is sent again as soon as it has changed.

The browser names the mark of what it shows and waits. A wake-up ends the wait at once; without
one we look every other second, and look too whether she is still signed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

from fastapi import Query, Response

from backend.console import queue, thread
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import door, occasion
from backend.console.guard import Who, note_presence, stay_awake, still_signed_in
from backend.console.pages import Fragment
from backend.console.sessions import SignedIn
from backend.signals import Signal
from backend.wake import EVERYTHING

LOOK_EVERY_S = 2.0
LONGEST_WAIT_S = 20

Mark = Annotated[str, Query(max_length=32)]
Wait = Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)]


async def queue_rows(
    console: ConsoleOf,
    who: Who,
    after: Mark = "",
    wait: Wait = 0,
    active: bool = False,
    speaks: queue.Speaks = "",
) -> Response:
    """The queue, once it is not what ``after`` stands for."""
    await _notice(console, who, active=active)
    return await _when_changed(
        console, who, EVERYTHING, after, wait, lambda: queue.fragment(console, who, speaks)
    )


async def messages(
    console: ConsoleOf,
    who: Who,
    conversation: str,
    after: Mark = "",
    wait: Wait = 0,
    active: bool = False,
) -> Response:
    """A conversation's messages, once they are not what ``after`` stands for.

    Others who look at it see that she does.
    """
    await _notice(console, who, active=active)
    console.runtime.hub.does(Signal("reading", who.staff, conversation))
    response = await _when_changed(
        console,
        who,
        conversation,
        after,
        wait,
        lambda: thread.messages(console, who, conversation),
    )
    if thread.has_new_messages(response.headers.get("X-Mark"), after):
        await thread.note_read(console, who, conversation)
    return response


async def occasion_rows(
    console: ConsoleOf,
    who: Who,
    meeting: str,
    after: Mark = "",
    wait: Wait = 0,
    active: bool = False,
) -> Response:
    """The people of an occasion, once they are not what ``after`` stands for."""
    await _notice(console, who, active=active)
    return await _when_changed(
        console, who, EVERYTHING, after, wait, lambda: occasion.fragment(console, who, meeting)
    )


async def door_screen(
    console: ConsoleOf, who: Who, meeting: str, after: Mark = "", wait: Wait = 0
) -> Response:
    """The screen at a door. It stays signed in while people are coming in, and no longer."""
    await _notice(console, who, active=await door.is_open(console, meeting))
    return await _when_changed(
        console, who, EVERYTHING, after, wait, lambda: door.fragment(console, who, meeting)
    )


async def _notice(console: Console, who: SignedIn, *, active: bool) -> None:
    """A page that is left open does not keep its session; someone who writes in it does.

    Either way its owner is there, for those who ask for a person.
    """
    if active:
        await stay_awake(console, who)
    else:
        await note_presence(console, who)


async def _when_changed(
    console: Console,
    who: SignedIn,
    what: str,
    after: str,
    wait: int,
    look: Callable[[], Awaitable[Fragment]],
) -> Response:
    """The fragment, or 204 when nothing changed. Raises SignInFirst when she is signed out."""
    hub = console.runtime.hub
    woken = hub.reader(what)
    try:
        found = await look()
        for _round in range(int(wait / LOOK_EVERY_S)):
            if found.mark != after:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), LOOK_EVERY_S)
            await still_signed_in(console, who)
            woken.clear()  # before looking: what changes while we look is looked at again
            found = await look()
    finally:
        hub.leave(what, woken)
    return console.pages.changed(found, after)
