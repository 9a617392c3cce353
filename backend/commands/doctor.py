"""``ingang doctor``: is everything in order, and if not, what to do."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from backend.commands.types import Commands
from backend.migrate import head, is_current
from backend.models import Inbox, Message
from backend.post import backlog
from backend.runtime import Runtime, open_runtime
from backend.settings import BrokenKey, Settings
from backend.site import BrokenSite
from backend.smtp import fault_of

LATE = timedelta(minutes=5)
MAIL = "mail"  # a channel, and the invitations to coaches' own calendars


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    is_well: bool
    words: str


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("doctor", help="look for what is wrong")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Print each check; 1 when something is wrong."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    try:
        runtime = open_runtime(settings)
    except BrokenSite as error:
        print(f"WRONG  site file: {error}")
        return 1
    except BrokenKey as error:
        print(f"WRONG  key file: {error} is empty or cut short; restore it from a backup")
        return 1
    well = True
    try:
        async for check in _checks(runtime):
            well = well and check.is_well
            print(f"{'ok   ' if check.is_well else 'WRONG'}  {check.name}: {check.words}")
    finally:
        await runtime.close()
    return 0 if well else 1


async def _checks(runtime: Runtime) -> AsyncIterator[Check]:
    problems = runtime.answers.library.problems
    articles = len(runtime.answers.library.articles)
    yield Check("articles", not problems, f"{articles} served, {len(problems)} left out")
    for problem in problems:
        yield Check("article", is_well=False, words=str(problem))
    decided = runtime.policy.may_delete_messages
    words = "what people write may be deleted" if decided else "set INGANG_RETENTION_DECISION"
    yield Check("retention", decided, words)
    try:
        current = await is_current(runtime.database)
    except Exception as error:
        yield Check("database", is_well=False, words=f"cannot be reached ({type(error).__name__})")
        return
    yield Check("database", current, f"revision {head()}" if current else "run: ingang migrate")
    if current:
        async for check in _traffic(runtime):
            yield check
        async for check in _mail(runtime):
            yield check
    async for check in _channels(runtime):
        yield check


async def _channels(runtime: Runtime) -> AsyncIterator[Check]:
    """Whether each channel's own service answers us; nothing is sent."""
    if not runtime.settings.sms_url:
        yield Check("sms", is_well=True, words="off; INGANG_SMS_URL turns it on")
    for channel in runtime.channels.values():
        if channel.name == MAIL:
            continue  # its server has been looked at above
        reached = await channel.reachable()
        yield Check(channel.name, reached, "can be reached" if reached else "cannot be reached")


async def _traffic(runtime: Runtime) -> AsyncIterator[Check]:
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        oldest = await session.scalar(
            select(func.min(Message.due_at)).where(
                Message.state.in_(("due", "sending")), Message.direction == "out"
            )
        )
        failed = await session.scalar(
            select(func.count()).select_from(Inbox).where(Inbox.state == "failed")
        )
    late = oldest is not None and now - oldest > LATE
    words = f"oldest waits since {oldest:%Y-%m-%d %H:%M} UTC" if oldest else "nothing waits"
    yield Check("undelivered", not late, words)
    yield Check("failed events", not failed, str(failed or 0))


async def _mail(runtime: Runtime) -> AsyncIterator[Check]:
    """Invitations to coaches' own calendars; where no server is set, none are meant to be sent."""
    server = runtime.settings.mail_server
    if server is None:
        yield Check("mail", is_well=True, words="off; INGANG_SMTP_URL turns it on")
        return
    fault = await fault_of(server, runtime.settings.mail_from)
    words = f"cannot be reached ({fault})" if fault else "can be reached"
    yield Check("mail", fault is None, words)
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        waiting = await backlog(session, now)
    late = waiting.oldest is not None and now - waiting.oldest > LATE
    words = f"{waiting.oldest:oldest is due since %Y-%m-%d %H:%M} UTC, " if waiting.oldest else ""
    words += f"{waiting.in_vain} tried in vain, {waiting.failed} given up"
    yield Check("invitations", not (late or waiting.in_vain or waiting.failed), words)
