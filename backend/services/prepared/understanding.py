"""About understanding each other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.services.prepared.message import Prepared
from dialogs import places
from dialogs.core import Content, to
from dialogs.text import _


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
class OtherWords(Prepared):
    """Some of it was clear."""

    name = "other-words"
    title = _("Can you say it in other words?")

    def content(self) -> tuple[Content, ...]:
        """What helps."""
        return (
            _("I want to understand you well. Can you say it in other words?"),
            _("Short sentences help me."),
        )


@dataclass(frozen=True)
class OneQuestion(Prepared):
    """Several questions in one message."""

    name = "one-question"
    title = _("Please write one question at a time")

    def content(self) -> tuple[Content, ...]:
        """Which one first."""
        return (
            _("Please write one question at a time. Then I can answer each of them well."),
            _("Which one is the most important for you?"),
        )


@dataclass(frozen=True)
class WrongPlace(Prepared):
    """It was meant for somebody else."""

    name = "wrong-place"
    title = _("Your message came to the wrong place")

    def content(self) -> tuple[Content, ...]:
        """Who reads here."""
        return (
            _("I think that your message was meant for someone else. Please send it there."),
            _("The coaches at the centre read this chat. If you have a question, write it here."),
        )


KINDS: tuple[type[Prepared], ...] = (NotUnderstood, OtherWords, OneQuestion, WrongPlace)
