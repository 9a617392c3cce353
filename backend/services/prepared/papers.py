"""About letters, papers and photos of them."""

from __future__ import annotations

from dataclasses import dataclass

from backend.services.prepared.message import Prepared
from backend.services.prepared.values import THINGS, Things
from dialogs import places
from dialogs.core import Content, to
from dialogs.messages import Lines
from dialogs.text import _


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
class SendPhoto(Prepared):
    """The letter has to be seen."""

    name = "send-photo"
    title = _("Please send a photo of the letter")

    def content(self) -> tuple[Content, ...]:
        """What to cover before."""
        return (
            _("Please send a photo of the letter here."),
            _("Cover your personal number before you take the photo. I do not need to see it."),
        )


@dataclass(frozen=True)
class PhotoUnclear(Prepared):
    """The photo cannot be read."""

    name = "photo-unclear"
    title = _("I cannot read the photo well. Please come with the letter.")

    def content(self) -> tuple[Content, ...]:
        """Come with it, or try once more."""
        return (
            _("Thank you for the photo. I cannot read it well."),
            _("Please book a time and bring the letter. Or take a new photo in good light."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )


@dataclass(frozen=True)
class NoNumber(Prepared):
    """She has written her personal number, or asks whether she should."""

    name = "no-personal-number"
    title = _("Please do not send your personal number here")

    def content(self) -> tuple[Content, ...]:
        """That it is not needed, and not her fault."""
        return (
            _("Please do not send your personal number here. I do not need it in the chat."),
            _("You have done nothing wrong. This is only to keep it safe."),
        )


@dataclass(frozen=True)
class LastDay(Prepared):
    """A letter may have to be answered before a day."""

    name = "last-day"
    title = _("Look for the last day in the letter")

    def content(self) -> tuple[Content, ...]:
        """What to look for, and what to do with it."""
        return (
            _("Does the letter say a last day to answer? Look for a date in it."),
            _("Write that day here. Then I know how much time we have."),
        )


KINDS: tuple[type[Prepared], ...] = (Bring, SendPhoto, PhotoUnclear, NoNumber, LastDay)
