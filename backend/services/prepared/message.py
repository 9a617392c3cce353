"""What a prepared message is, and how what a coach writes begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dialogs import places
from dialogs.core import Content, say, to
from dialogs.messages import Quote, Reply, Urgency
from dialogs.text import Text, _

SWEDISH = "sv"


@dataclass(frozen=True)
class Prepared:
    """One of them. ``name`` is in its address; ``title`` is what staff pick it by.

    ``hint`` is for the one who sends it, and never sent.
    """

    name: ClassVar[str]
    title: ClassVar[Text]
    hint: ClassVar[Text | None] = None
    urgency: ClassVar[Urgency] = Urgency.REPLY

    def content(self) -> tuple[Content, ...]:
        """Its paragraphs and buttons."""
        raise NotImplementedError


def as_reply(prepared: Prepared, by: str) -> Reply:
    """A filled-in message, said by a person with a name."""
    return say(
        _("From {name}, a person at the centre:", name=by),
        *prepared.content(),
        to(_("Write back"), places.write_back(), icon="person"),
        urgency=prepared.urgency,
    )


def in_swedish(text: str, by: str) -> Reply:
    """What someone has written herself: in Swedish, and said to be."""
    return say(
        opening(by),
        Quote(text, SWEDISH),
        to(_("Write back"), places.write_back(), icon="person"),
    )


def opening(by: str) -> Text:
    """The line above a message in Swedish; each reader sees it in her own language."""
    return _("From {name}, a person at the centre. {name} writes in Swedish:", name=by)
