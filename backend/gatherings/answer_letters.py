"""The letter that answers a suggestion: plain text, once, in the language of the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from aiosmtplib import SMTPException

from backend.gatherings.checks import instant_of
from backend.gatherings.contact import Contact
from backend.gatherings.suggestions import Suggestion
from backend.mail import MailServer, domain_of
from backend.services.catalogue import Catalogue
from backend.smtp import hand_in
from dialogs.render import Renderer
from dialogs.text import Text, Words, _

NOT_SENT = (SMTPException, OSError, TimeoutError)


@dataclass(frozen=True)
class AnswerWriter:
    """Writes answers. ``sender`` is the mail address they come from, ``name`` the centre's."""

    renderer: Renderer
    sender: str
    name: str

    def write(
        self,
        suggestion: Suggestion,
        contact: Contact,
        catalogue: Catalogue,
        now: datetime,
        *,
        accepted: bool,
    ) -> EmailMessage:
        """The letter. It names what was suggested, and nothing of what we think of it."""
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(self.name, addr_spec=self.sender)
        letter["To"] = Address(addr_spec=contact.mail)
        subject = self._plain(_("Your activity: our answer"), contact.language)
        letter["Subject"] = " ".join(subject.split())
        letter["Date"] = now
        letter["Message-ID"] = f"<suggestion.{suggestion.id}@{domain_of(self.sender)}>"
        letter["Auto-Submitted"] = "auto-generated"
        lines = _lines(suggestion, catalogue, accepted=accepted)
        text = "\n".join(self._plain(line, contact.language) for line in lines)
        letter.set_content(f"{text}\n\n{self.name}\n", cte="quoted-printable")
        return letter

    def _plain(self, text: Text, language: str) -> str:
        return self.renderer.plain(text, language)


async def send(server: MailServer, letter: EmailMessage, sender: str, to: str) -> bool:
    """Hand the letter in; False when the server does not take it now. Nothing is logged of it."""
    try:
        await hand_in(server, letter, sender, to)
    except NOT_SENT:
        return False
    return True


def _lines(suggestion: Suggestion, catalogue: Catalogue, *, accepted: bool) -> Iterator[Text]:
    new = suggestion.new
    name = Words.of(new.name) if new.name else catalogue.services[new.service].service.name
    starts = instant_of(new.first)
    yield _("You have suggested an activity: {name}", name=name)
    if starts is not None:
        yield _("Time: {at:moment}", at=starts)
    if accepted:
        yield _("Thank you! It is now among our activities. People can sign up for it.")
        yield _("Number of places: {seats:number}", seats=new.capacity)
    else:
        yield _("Thank you. We cannot have it among our activities this time.")
    yield _("We have deleted your mail address. Nobody reads answers to this letter.")
