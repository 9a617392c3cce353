"""The Friday letter to each coach: counts, and links into the console.

It is handed in outside any transaction and marked afterwards, so a crash in between repeats it at
most once, under the same Message-ID. One worker at a time: the round has a lease of its own, and
what could not be sent waits for the next round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import structlog
from sqlalchemy import or_, select, update

from backend.database import Database, insertion
from backend.mail import MailServer, domain_of
from backend.models import Setting, Staff
from backend.services import week_ahead
from backend.services.catalogue import CatalogueCache
from backend.services.week_ahead import WeekAhead
from backend.services.weeks import Week
from backend.smtp import hand_in, is_final
from dialogs.ports import Clock
from dialogs.render import Renderer
from dialogs.text import Text, Web, _

log = structlog.get_logger()

LEASE = timedelta(minutes=15)
LEASED = "digest_lease"


@dataclass(frozen=True)
class Reader:
    """A coach who has not had this Friday's letter."""

    id: str
    to: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class Digest:
    """Writes and sends the letters. ``sender`` is the mail address they come from."""

    database: Database
    clock: Clock
    cache: CatalogueCache
    renderer: Renderer
    server: MailServer
    sender: str
    name: str

    async def send_due(self) -> int:
        """Send what is due now; how many letters were handed in."""
        now = self.clock.now()
        friday = week_ahead.friday_of(now)
        async with self.database.reading() as session:
            catalogue = await self.cache.get(session)
        at = week_ahead.due(friday, catalogue)
        readers = await self._readers(friday) if at is not None and at <= now else []
        if not readers or not await self._lease(now):
            return 0
        return sum([await self._send(reader, friday, catalogue.links.url) for reader in readers])

    async def next_due(self) -> datetime | None:
        """When there may next be letters to send."""
        now = self.clock.now()
        friday = week_ahead.friday_of(now)
        async with self.database.reading() as session:
            at = week_ahead.due(friday, await self.cache.get(session))
        if at is not None and at > now:
            return at
        return now + LEASE if await self._readers(friday) else Week.of(friday).ends

    async def _readers(self, friday: date) -> list[Reader]:
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Staff.id, Staff.email, Staff.language)
                .where(
                    Staff.is_active,
                    Staff.role == "coach",
                    Staff.email.is_not(None),
                    or_(Staff.digest_on.is_(None), Staff.digest_on < friday),
                )
                .order_by(Staff.id)
            )
            return [Reader(staff, to, language) for staff, to, language in rows if to]

    async def _lease(self, now: datetime) -> bool:
        """Whether this round is ours; seconds since 1970, as settings are whole numbers."""
        async with self.database.writing() as session:
            lease = insertion(session, Setting).values(
                name=LEASED, value=int((now + LEASE).timestamp())
            )
            taken = await session.scalar(
                lease.on_conflict_do_update(
                    index_elements=["name"],
                    set_={"value": lease.excluded.value},
                    where=Setting.value <= int(now.timestamp()),
                ).returning(Setting.name)
            )
        return taken is not None

    async def _send(self, reader: Reader, friday: date, url: str) -> int:
        async with self.database.reading() as session:
            ahead = await week_ahead.of_coach(session, reader.id, self.clock.now())
        if ahead.is_empty:
            await self._mark(reader, friday)
            return 0
        error = await self._try(self.letter(reader, ahead, friday, url), reader)
        if error is None or is_final(error):
            await self._mark(reader, friday)
        if error is not None:  # not in an except block: a traceback would hold the address
            log.warning("digest_not_sent", staff=reader.id, reason=type(error).__name__)
        return error is None

    async def _try(self, letter: EmailMessage, reader: Reader) -> Exception | None:
        try:
            await hand_in(self.server, letter, self.sender, reader.to)
        except Exception as error:
            return error
        return None

    async def _mark(self, reader: Reader, friday: date) -> None:
        async with self.database.writing() as session:
            await session.execute(
                update(Staff).where(Staff.id == reader.id).values(digest_on=friday)
            )

    def letter(self, reader: Reader, ahead: WeekAhead, friday: date, url: str) -> EmailMessage:
        """The letter in the coach's language; written again, it has the same Message-ID."""
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(self.name, addr_spec=self.sender)
        letter["To"] = Address(addr_spec=reader.to)
        letter["Subject"] = self._words(_("Your week ahead"), reader)
        letter["Date"] = self.clock.now()
        letter["Message-ID"] = f"<digest.{reader.id}.{friday}@{domain_of(self.sender)}>"
        letter["Auto-Submitted"] = "auto-generated"
        page = f"{url}/console/digest"
        lines = [
            f"{self._words(words, reader)}\n{url}{path}"
            for count, words, path in ahead.lines()
            if count
        ]
        closing = (
            _("All of it on one page: {page}", page=Web(page, page)),
            _("Nobody reads answers to this letter."),
        )
        body = [*lines, "\n".join(self._words(words, reader) for words in closing)]
        letter.set_content("\n\n".join(body) + "\n", cte="quoted-printable")
        return letter

    def _words(self, text: Text, reader: Reader) -> str:
        return self.renderer.plain(text, reader.language)
