"""Eight messages that coaches write again and again, prepared once in every language.

Each is a class: its fields are the blanks, typed, so that the page can ask for them and each
language can write them in its own way. Nothing here is translated at the moment of writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from backend.services.catalogue import Coach
from dialogs import places
from dialogs.core import Content, say, to
from dialogs.messages import Lines, Quote, Reply
from dialogs.ports import Unit
from dialogs.text import Text, Words, _
from knowledge.article import Article

SWEDISH = "sv"


@dataclass(frozen=True)
class Things:
    """Something to bring, by the names they have in ``THINGS``."""

    names: tuple[str, ...]


THINGS: Mapping[str, Text] = {
    "id": _("Your ID card or passport"),
    "permit": _("Your residence permit card"),
    "letter": _("The letter you have received"),
    "school": _("Papers from your schools"),
    "work": _("Papers from your jobs"),
    "phone": _("Your phone"),
}


@dataclass(frozen=True)
class Prepared:
    """One of the eight. ``title`` is what staff pick it by."""

    name: ClassVar[str]
    title: ClassVar[Text]

    def content(self) -> tuple[Content, ...]:
        """Its paragraphs and buttons."""
        raise NotImplementedError


@dataclass(frozen=True)
class ReadIt(Prepared):
    """The message has been read, and there is a day for the answer."""

    name = "read-it"
    title = _("I have read your message and will answer on a day")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the answer comes."""
        return (
            _("I have read your message. I will answer you on {day:day}.", day=self.day),
            _("You do not need to do anything now."),
        )


@dataclass(frozen=True)
class ReadThis(Prepared):
    """An article answers the question."""

    name = "read-this"
    title = _("An article answers your question")
    article: Article

    def content(self) -> tuple[Content, ...]:
        """The article, one tap away, by its title in the reader's language."""
        texts = self.article.translations
        first = [SWEDISH] if SWEDISH in texts else []
        titles = {code: texts[code].title for code in (*first, *texts)}
        return (
            _("Here is the answer to your question:"),
            to(Words.of(titles), places.article(self.article.slug)),
        )


@dataclass(frozen=True)
class BookATime(Prepared):
    """It is better to talk."""

    name = "book-a-time"
    title = _("Please book a time")

    def content(self) -> tuple[Content, ...]:
        """A way straight to the free times."""
        return (
            _("Please book a time with a coach. Then we can talk about this."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )


@dataclass(frozen=True)
class Come(Prepared):
    """Come to a place at a time."""

    name = "come"
    title = _("Please come to a place at a time")
    unit: Unit
    at: datetime

    def content(self) -> tuple[Content, ...]:
        """Where, when, and that no reminder follows."""
        where = [
            _("Please come to {unit} on {at:moment}.", unit=self.unit.name, at=self.at),
            _("Address: {address}", address=self.unit.address),
        ]
        if self.unit.door:
            where.append(_("The door: {door}", door=self.unit.door))
        return (Lines(tuple(where)), _("You get no reminder of this."))


@dataclass(frozen=True)
class Bring(Prepared):
    """What to bring next time."""

    name = "bring"
    title = _("Please bring something")
    things: Things

    def content(self) -> tuple[Content, ...]:
        """One thing on each line."""
        asked = _("Please bring this when we meet:")
        return (Lines((asked, *(THINGS[name] for name in self.things.names))),)


@dataclass(frozen=True)
class TriedToCall(Prepared):
    """Nobody answered the telephone."""

    name = "tried-to-call"
    title = _("I tried to call you")
    day: date

    def content(self) -> tuple[Content, ...]:
        """When the next try is."""
        return (
            _(
                "I tried to call you and could not reach you. I will try again on {day:day}.",
                day=self.day,
            ),
            _("Does another day suit you better? Write back."),
        )


@dataclass(frozen=True)
class NotUnderstood(Prepared):
    """Nobody here reads that language, or the words were not clear."""

    name = "not-understood"
    title = _("I could not understand your message")

    def content(self) -> tuple[Content, ...]:
        """Other ways to be understood."""
        return (
            _("I have your message, but I could not understand it. That is not your fault."),
            _("We can call you, or you can book a meeting. Tell us if you want an interpreter."),
            to(_("Talk to a person"), places.PERSON, icon="person"),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )


@dataclass(frozen=True)
class PassedOn(Prepared):
    """Someone else helps."""

    name = "passed-on"
    title = _("Someone else will help you")
    coach: Coach

    def content(self) -> tuple[Content, ...]:
        """Who it is."""
        return (
            _(
                "{name} can help you better than I can. I have asked {name} to write to you here.",
                name=self.coach.name,
            ),
            _("You do not need to do anything now."),
        )


PREPARED: Mapping[str, type[Prepared]] = {
    kind.name: kind
    for kind in (
        *(ReadIt, ReadThis, BookATime, Come),
        *(Bring, TriedToCall, NotUnderstood, PassedOn),
    )
}


def as_reply(prepared: Prepared, by: str) -> Reply:
    """A filled-in message, said by a person with a name."""
    return say(
        _("From {name}, a person at the centre:", name=by),
        *prepared.content(),
        to(_("Write back"), places.write_back(), icon="person"),
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
