"""What comes in from a channel, and what goes back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from dialogs.text import Text, Words


@dataclass(frozen=True)
class Address:
    """Identity of an account: ``channel`` names a configured instance, never a kind."""

    channel: str
    id: str


@dataclass(frozen=True)
class Started:
    """The person opened the conversation. ``hint`` is the language the phone or page asked for.

    ``code`` is the one at the door of an activity, when she has come by its picture; ``unit`` the
    place whose page it is.
    """

    hint: str | None = None
    code: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Said:
    """The person wrote ``text``. ``masked`` tells that a personnummer in it has been hidden."""

    text: str
    masked: bool = False


@dataclass(frozen=True)
class Tapped:
    """The person tapped button number ``index`` (from 0) of our message ``message``."""

    message: str
    index: int


@dataclass(frozen=True)
class SentFile:
    """The person sent something that is not text. Only photos and voice notes are taken in.

    ``file`` is the channel's own name of it, until it has been fetched; ``seconds`` how long it
    is. Both say nothing of what it really is: that is seen when it is opened.
    """

    kind: Literal["photo", "voice", "video", "document", "place", "contact", "sticker", "other"]
    file: str | None = None
    seconds: int = 0


Event = Started | Said | Tapped | SentFile


@dataclass(frozen=True)
class Inbound:
    """One event from one account. ``message_id`` is the channel's own and unique per address."""

    address: Address
    message_id: str
    at: datetime
    event: Event


@dataclass(frozen=True)
class Place:
    """Where a link leads or a person is: a step's name and JSON arguments."""

    step: str
    args: tuple[object, ...] = ()


Label = Text | Words | str  # a str is a proper name in its own script: a language, a coach


@dataclass(frozen=True)
class Button:
    """A link and what is written on it. ``icon`` names one of our own pictures."""

    label: Label
    link: Place
    icon: str | None = None


@dataclass(frozen=True)
class Quote:
    """A person's own words: shown as they are, marked with their language when it is known."""

    text: str
    language: str | None = None


@dataclass(frozen=True)
class Excerpt:
    """Part of an article by reference: ``section`` 0 is its opening, 1 the first "more"."""

    slug: str
    language: str
    section: int
    digest: str


@dataclass(frozen=True)
class Lines:
    """Texts that belong together, one below the other."""

    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Attached:
    """The photo or recording kept beside the message; ``seconds`` is how long it plays."""

    kind: Literal["photo", "voice"]
    seconds: int = 0


Part = Text | Lines | Quote | Excerpt | Attached


class Urgency(StrEnum):
    """In which order a channel sends what is due."""

    CRISIS = "crisis"
    REPLY = "reply"
    REMINDER = "reminder"
    BULK = "bulk"


class Twin(StrEnum):
    """Whether the Swedish stands beside the reader's own language."""

    NONE = "none"
    FOLDED = "folded"  # one tap away
    SHOWN = "shown"  # made to be shown to others: a confirmation card


@dataclass(frozen=True)
class Reply:
    """One message, untranslated: paragraphs and buttons. ``brief`` is all an SMS has room for."""

    parts: tuple[Part, ...]
    buttons: tuple[Button, ...] = ()
    urgency: Urgency = Urgency.REPLY
    twin: Twin = Twin.NONE
    brief: Text | None = None


@dataclass(frozen=True)
class Entity:
    """A typed run of text; ``offset`` and ``length`` count UTF-16 code units."""

    kind: Literal["bold", "link", "phone"]
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True)
class RenderedButton:
    """A button in one language."""

    label: str
    icon: str | None = None


@dataclass(frozen=True)
class Enclosure:
    """A file beside a message, on channels that take files. ``media`` is its MIME type."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True)
class Rendered:
    """A message in one language, ready for any channel. ``twin`` is the same in Swedish.

    ``brief`` is its short form for an SMS: plain text without marks of any kind.
    """

    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    entities: tuple[Entity, ...] = ()
    buttons: tuple[RenderedButton, ...] = ()
    urgency: Urgency = Urgency.REPLY
    twin: Rendered | None = None
    twin_folded: bool = False
    enclosure: Enclosure | None = None
    brief: str | None = None
