"""The SMS channel: one POST for each message, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter
from httpx2 import AsyncClient, HTTPError, Response, Timeout

from backend.channels import Channel, Door, Limits, Receipt, TryLater, Undeliverable
from backend.settings import REPOSITORY, Settings
from bot.sms.parts import one_part, parts
from bot.sms.reports import Reports
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Rendered, Urgency
from dialogs.text import Text, _

NAME = "sms"
LIMITS = Limits(text=1_000, per_second=10, burst=5)
PATIENCE = Timeout(10.0, connect=5.0)  # well below the time a worker leases a message for
OUR_FAULT_WAIT = timedelta(minutes=10)  # a wrong password or an empty account: somebody mends it
TOO_MANY_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
OUR_FAULTS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
)
LONGEST_REFERENCE = 100

log = structlog.get_logger(__name__)


class SmsChannel:
    """Sends to mobile telephones. Nothing comes in: a name for a sender cannot be answered."""

    pulls = False
    limits = LIMITS
    notice: Text | None = None

    def __init__(
        self,
        client: AsyncClient,
        catalogue: Catalogue,
        reports: Reports,
        *,
        sender: str,
        site: str,
        name: str = NAME,
    ) -> None:
        self.name = name
        self._client = client
        self._catalogue = catalogue
        self._reports = reports
        self._sender = sender
        self._site = site

    async def listen(self, door: Door) -> None:
        """Nothing comes in."""

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Send one message in as few parts as can be. Raises Undeliverable or TryLater.

        The provider has no idempotency key: a message whose answer was lost is sent again.
        """
        text = one_part(self._short(rendered))
        asked = {
            "from": self._sender,
            "to": address.id,
            "message": text,
            "dontlog": "message",  # the provider keeps no copy of the words
        }
        if _is_reachable_from_outside(self._site):
            asked["whendelivered"] = self._reports.address(self._site, message)
        try:
            answer = await self._client.post("sms", data=asked)
        except (HTTPError, OSError) as error:
            reason = type(error).__name__
            raise TryLater(reason) from None  # its own words may hold the number
        log.info("sms.answered", message=message, status=answer.status_code, parts=parts(text))
        return _receipt(answer)

    async def fetch(self, file: str) -> bytes:
        """Nothing comes in. Raises Undeliverable."""
        raise Undeliverable(self.name)

    async def speaks(self, address: Address, language: str) -> None:
        """Nothing to set."""

    async def reachable(self) -> bool:
        """Whether the provider answers and knows our account; nothing is sent."""
        try:
            answer = await self._client.get("me")
        except (HTTPError, OSError) as error:
            log.warning("sms.not_reachable", error=type(error).__name__)
            return False
        return answer.status_code == HTTPStatus.OK

    def routes(self) -> APIRouter | None:
        """Where the provider tells what became of a message."""
        return self._reports.routes()

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _short(self, rendered: Rendered) -> str:
        """Its short form; without one, that there is a message, and where to read it."""
        if rendered.brief is None:
            text = _("You have a message. Read it: {link}")
            return self._catalogue.translate(text, rendered.language).replace("{link}", self._site)
        if rendered.urgency is Urgency.REMINDER and "://" not in rendered.brief:
            return f"{rendered.brief}\n{self._site}"  # she cannot answer it where she reads it
        return rendered.brief


def create(settings: Settings) -> Sequence[Channel]:
    """The SMS channel, when there is a provider for it."""
    if not settings.sms_url:
        return []
    password = settings.sms_secret.get_secret_value()
    client = AsyncClient(
        base_url=settings.sms_url.rstrip("/") + "/",
        auth=(settings.sms_user, password),
        timeout=PATIENCE,
        trust_env=False,
    )
    catalogue = Catalogue.load(REPOSITORY / "locales")
    reports = Reports(NAME, settings.secret())
    return [SmsChannel(client, catalogue, reports, sender=settings.sms_sender, site=settings.url)]


def _receipt(answer: Response) -> Receipt:
    """The provider's own id of the message. Raises Undeliverable or TryLater."""
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        reason = "too many requests"
        raise TryLater(reason, _asked_to_wait(answer), everyone=True)
    if status in OUR_FAULTS or _speaks_of_our_sender(answer):
        log.error("sms.refused_us", status=status)
        reason = "we are refused"
        raise TryLater(reason, OUR_FAULT_WAIT, everyone=True)
    if answer.is_client_error:
        reason = "number refused"
        raise Undeliverable(reason)
    reference = _reference(answer.content) if status == HTTPStatus.OK else None
    if reference is None:
        reason = "no answer that can be read"
        raise TryLater(reason)
    return Receipt(reference)


def _reference(content: bytes) -> str | None:
    try:
        answer: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    match answer:
        case {"id": str(reference)} if 0 < len(reference) <= LONGEST_REFERENCE:
            return reference
        case _:
            return None


def _speaks_of_our_sender(answer: Response) -> bool:
    """The provider does not take the sender's name: that concerns every message."""
    bad = answer.status_code == HTTPStatus.BAD_REQUEST
    return bad and b"from" in answer.content[:200].lower()


def _asked_to_wait(answer: Response) -> timedelta:
    """How long the provider wants us to wait; a date or nonsense is the usual while."""
    asked = answer.headers.get("retry-after", "")
    if not asked.isascii() or not asked.isdecimal() or len(asked) > len("3600"):
        return TOO_MANY_WAIT
    return min(max(timedelta(seconds=int(asked)), timedelta(seconds=1)), LONGEST_WAIT)


def _is_reachable_from_outside(site: str) -> bool:
    return urlsplit(site).scheme == "https"
