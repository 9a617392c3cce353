"""What did not arrive and why, and what waits: to be sent again, or left.

Kinds, channels and reasons only, never what a message says: administrators see this page too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Form, Response

from backend.console import badge
from backend.console.context import ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.console.routing import see
from backend.console.ways import name_of
from backend.services import stuck
from backend.services.stuck import Failure
from backend.work import PRIORITY, Work
from dialogs.messages import Urgency
from dialogs.text import Text, _

PATH = "/console/stuck"
LATE = timedelta(minutes=5)
ONES_SHOWN = 25
OTHER = "other"

KINDS: Mapping[int, Text] = {
    PRIORITY[Urgency.CRISIS]: _("Answer in danger"),
    PRIORITY[Urgency.REPLY]: _("Reply"),
    PRIORITY[Urgency.REMINDER]: _("Reminder"),
    PRIORITY[Urgency.BULK]: _("News"),
}
FROM_A_COACH = _("Message from a coach")

REASONS: Mapping[str, Text] = {
    "unreachable": _("The person has blocked us, or left this chat"),
    "no_address": _("There is no way to reach the person"),
    "no answer": _("The channel did not answer for a long time"),
    "not delivered": _("The channel took it, and said later that it did not arrive"),
    "expired": _("It was too late: what it was about had begun"),
    "unreadable": _("The message cannot be shown any more: a fault of ours"),
    OTHER: _("The channel refused it"),
}


@dataclass(frozen=True)
class Group:
    """What did not arrive for one reason."""

    reason: str
    words: Text
    failures: Sequence[Failure]

    @property
    def shown(self) -> Sequence[Failure]:
        """The first of them; the others are only counted."""
        return self.failures[:ONES_SHOWN]

    @property
    def can_go(self) -> int:
        """How many may be sent again."""
        return sum(failure.may_go for failure in self.failures)


async def show(console: ConsoleOf, who: Who) -> Response:
    """The page."""
    now, channels = console.runtime.clock.now(), console.runtime.channels
    sending = [name for name, channel in channels.items() if not channel.pulls]
    async with console.runtime.database.reading() as session:
        waiting = await stuck.waiting(session, sending, now)
        held, held_since = await stuck.held(session, now)
        failures = await stuck.failures(session, channels, now)
        missed = await stuck.missed(session, now)
    return console.pages.show(
        who,
        "stuck.html",
        waiting=waiting,
        late_before=now - LATE,
        held=held,
        held_since=held_since,
        groups=_grouped(failures),
        missed=missed,
        code_of=code_of,
        kind_of=_kind,
        name_of=name_of,
        known=REASONS,
        here="stuck",
    )


async def act(
    console: ConsoleOf,
    who: Who,
    do: Annotated[Literal["again", "leave"], Form()],
    message: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Send one message, or all that failed for one reason, again; or leave them."""
    runtime = console.runtime
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        failures = await stuck.failures(session, runtime.channels, now)
    chosen = {
        each.message
        for each in failures
        if each.message == message or (reason and _reason(each) == reason)
    }
    touched: set[str] = set()
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        if do == "again":
            touched = await stuck.send_again(work, runtime.channels, chosen)
        else:
            await stuck.leave(work, runtime.channels, chosen)
    for conversation in touched:
        runtime.hub.changed(conversation)
    runtime.hub.nudge()
    await badge.count_again(console, now, at_once=True)
    return see(PATH)


def _grouped(failures: Sequence[Failure]) -> Sequence[Group]:
    """By reason, in the order in which something can be done about them."""
    return [
        Group(reason, words, found)
        for reason, words in REASONS.items()
        if (found := [each for each in failures if _reason(each) == reason])
    ]


def _reason(failure: Failure) -> str:
    return failure.reason if failure.reason in REASONS else OTHER


def _kind(failure: Failure) -> Text:
    if failure.author == "coach":
        return FROM_A_COACH
    return KINDS.get(failure.priority, KINDS[PRIORITY[Urgency.BULK]])
