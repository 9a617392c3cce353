"""Where the answer is: in an article, or with somebody else than us."""

from __future__ import annotations

from dataclasses import dataclass

from backend.services.prepared.message import SWEDISH, Prepared
from backend.services.prepared.values import Authority
from dialogs import places
from dialogs.core import Content, to
from dialogs.flows.emergency import card_for
from dialogs.messages import Urgency
from dialogs.text import Words, _
from knowledge.article import Article

WHO_DECIDES = "who-does-what"
WHOM_TO_CALL = "emergency-numbers"


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
class DecidedBy(Prepared):
    """It is not for us to decide."""

    name = "decided-by"
    title = _("An authority decides this, not we")
    authority: Authority

    def content(self) -> tuple[Content, ...]:
        """Who decides; never what."""
        return (
            _("{authority} decides this. We do not.", authority=self.authority.name),
            _("I cannot say what they will decide. I can help you to understand their letters."),
        )


@dataclass(frozen=True)
class Contact(Prepared):
    """It has to be asked where it is decided."""

    name = "contact"
    title = _("Please contact an authority")
    authority: Authority

    def content(self) -> tuple[Content, ...]:
        """Whom, by which number if we know one, and that help is near."""
        phone = self.authority.phone
        return (
            _("Please contact {authority} about this.", authority=self.authority.name),
            *([_("Phone: {number}", number=phone)] if phone else []),
            _("Do you want help to contact them? Book a time, and we do it together."),
            to(_("Book a coach"), places.BOOK, icon="calendar"),
        )


@dataclass(frozen=True)
class CannotHelp(Prepared):
    """It is outside of what the centre does."""

    name = "cannot-help"
    title = _("We cannot help with this here, but somebody else can be asked")
    authority: Authority

    def content(self) -> tuple[Content, ...]:
        """Who can be asked instead."""
        return (
            _(
                "We cannot help with this here. You can ask {authority}.",
                authority=self.authority.name,
            ),
            to(_("Who decides what"), places.article(WHO_DECIDES), icon="info"),
        )


@dataclass(frozen=True)
class Urgent(Prepared):
    """It sounds like danger: the same words as everywhere else."""

    name = "urgent"
    title = _("Is someone in danger? Call 112.")
    urgency = Urgency.CRISIS

    def content(self) -> tuple[Content, ...]:
        """The fixed card."""
        return (
            *card_for("emergency").parts,
            to(_("Which number to call"), places.article(WHOM_TO_CALL), icon="info"),
        )


KINDS: tuple[type[Prepared], ...] = (ReadThis, DecidedBy, Contact, CannotHelp, Urgent)
