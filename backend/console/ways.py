"""By which ways a person is reminded, and which of them has failed. Never a number or address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.console.context import Console
from backend.services.reaching import BLOCKED, PersonReach
from backend.work import Work
from dialogs.reaching import LETTERBOXES
from dialogs.text import Text, _

NAMES: Mapping[str, Text] = {
    "sms": _("SMS"),
    "mail": _("E-mail"),
    "web": _("Chat on the web"),
}
FAULTS: Mapping[str, Text] = {
    BLOCKED: _("blocked"),
    "number refused": _("the number was refused"),
    "mail refused": _("the mail address was refused"),
}


@dataclass(frozen=True)
class Way:
    """One way, the first tried first. ``fault``: why what was sent there last did not arrive."""

    name: Text
    fault: Text | None
    only_reminders: bool


async def of(console: Console, work: Work, person: str) -> Sequence[Way]:
    """Her ways in her order."""
    runtime = console.runtime
    means = await PersonReach(person, "sv", work, runtime.vault, runtime.channels).mine()
    return [
        Way(name_of(way.channel), _fault(way.fault), way.channel in LETTERBOXES)
        for way in means.ways
    ]


def name_of(channel: str) -> Text:
    """What a channel is called."""
    return NAMES.get(channel) or _("{name}", name=channel.capitalize())


def _fault(reason: str | None) -> Text | None:
    if reason is None:
        return None
    return FAULTS.get(reason, _("the last message did not arrive"))
