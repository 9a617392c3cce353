"""The e-mail channel: a reminder as a plain letter, with the meeting's calendar file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP

import structlog
from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException
from fastapi import APIRouter

from backend.channels import Channel, Door, Limits, Receipt, TryLater, Undeliverable
from backend.clock import SystemClock
from backend.mail import MailServer, domain_of
from backend.settings import REPOSITORY, Settings
from backend.smtp import fault_of, hand_in, is_final
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Enclosure, Rendered, Urgency
from dialogs.ports import Clock
from dialogs.text import Text, _

NAME = "mail"
LIMITS = Limits(text=20_000, per_second=2, burst=5, files=True)
SERVER_WAIT = timedelta(minutes=1)
WEB = re.compile(r"https?://\S+")

log = structlog.get_logger(__name__)


class MailChannel:
    """Hands letters to a mail server. Nothing comes in."""

    name = NAME
    pulls = False
    limits = LIMITS
    notice: Text | None = None

    def __init__(
        self, server: MailServer, sender: str, catalogue: Catalogue, clock: Clock
    ) -> None:
        self._server = server
        self._sender = sender
        self._catalogue = catalogue
        self._clock = clock

    async def listen(self, door: Door) -> None:
        """Nothing comes in."""

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Hand one letter in. Raises Undeliverable or TryLater."""
        letter = self._letter(address.id, message, rendered)
        try:
            await hand_in(self._server, letter, self._sender, address.id)
        except (SMTPException, OSError) as error:
            # Its own words may hold the address.
            log.info("mail.not_sent", message=message, error=type(error).__name__)
            raise _meaning(error) from None
        return Receipt(letter["Message-ID"])

    async def fetch(self, file: str) -> bytes:
        """Nothing comes in. Raises Undeliverable."""
        raise Undeliverable(self.name)

    async def speaks(self, address: Address, language: str) -> None:
        """Nothing to set."""

    async def reachable(self) -> bool:
        """Whether the server lets us in; no letter is sent."""
        return await fault_of(self._server, self._sender) is None

    def routes(self) -> APIRouter | None:
        """None."""
        return None

    async def close(self) -> None:
        """Nothing is held."""

    def _letter(self, to: str, message: str, rendered: Rendered) -> EmailMessage:
        """Sent again, it has the same Message-ID."""
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Mailbox("Ingång", addr_spec=self._sender)
        letter["To"] = Mailbox(addr_spec=to)
        letter["Subject"] = self._words(_subject(rendered), rendered.language)
        letter["Date"] = self._clock.now()
        letter["Message-ID"] = f"<message.{message}@{domain_of(self._sender)}>"
        letter["Auto-Submitted"] = "auto-generated"
        closing = self._words(_("Nobody reads answers to this letter."), rendered.language)
        body = (rendered.text, *_links(rendered), closing)
        letter.set_content("\n\n".join(body) + "\n", cte="base64")
        letter["Content-Language"] = rendered.language.replace("_", "-")
        if rendered.enclosure is not None:
            _enclose(letter, rendered.enclosure)
        return letter

    def _words(self, text: Text, language: str) -> str:
        return self._catalogue.translate(text, language)


def create(settings: Settings) -> Sequence[Channel]:
    """The e-mail channel, when there is a mail server."""
    server = settings.mail_server
    if server is None:
        return []
    catalogue = Catalogue.load(REPOSITORY / "locales")
    return [MailChannel(server, settings.mail_from, catalogue, SystemClock())]


def _subject(rendered: Rendered) -> Text:
    """Other eyes read the list of letters: it says no more than who writes."""
    if rendered.urgency is Urgency.REMINDER:
        return _("Ingång: a reminder")
    return _("Ingång: a message")


def _links(rendered: Rendered) -> Iterator[str]:
    """Addresses that are not in the text as such: behind words, or in the short form alone."""
    behind = [entity.url for entity in rendered.entities if entity.kind == "link"]
    for url in dict.fromkeys((*behind, *WEB.findall(rendered.brief or ""))):
        if url and url not in rendered.text:
            yield url


def _enclose(letter: EmailMessage, enclosure: Enclosure) -> None:
    kind, _slash, subtype = enclosure.media.partition("/")
    letter.add_attachment(
        enclosure.content, maintype=kind, subtype=subtype, filename=enclosure.name
    )


def _meaning(error: Exception) -> Exception:
    """What a failure means: for this letter alone, or for all of them."""
    reason = type(error).__name__
    if is_final(error):
        return Undeliverable("mail refused")
    if isinstance(error, SMTPAuthenticationError | SMTPConnectError):
        return TryLater(reason, SERVER_WAIT, everyone=True)
    return TryLater(reason)
