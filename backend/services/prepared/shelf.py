"""Every prepared message, by its name and by what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.services.prepared import (
    closing,
    elsewhere,
    meeting,
    papers,
    talk,
    understanding,
    waiting,
)
from backend.services.prepared.message import Prepared
from dialogs.text import Text, _


@dataclass(frozen=True)
class Theme:
    """Messages about the same thing, in the order they are offered."""

    title: Text
    kinds: tuple[type[Prepared], ...]


THEMES = (
    Theme(_("Waiting for an answer"), waiting.KINDS),
    Theme(_("Our meeting"), meeting.KINDS),
    Theme(_("Calls, times and interpreters"), talk.KINDS),
    Theme(_("Letters, papers and photos"), papers.KINDS),
    Theme(_("Understanding each other"), understanding.KINDS),
    Theme(_("Where the answer is"), elsewhere.KINDS),
    Theme(_("Ending the conversation"), closing.KINDS),
)

PREPARED: Mapping[str, type[Prepared]] = MappingProxyType(
    {kind.name: kind for theme in THEMES for kind in theme.kinds}
)
