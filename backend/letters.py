"""The letter that carries an invitation: words in the coach's language, and the event beside them.

It names the kind of meeting, the time and the place, and never the person: a mailbox is read by
other eyes and keeps everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast

from backend.calendars import ics
from backend.calendars.ics import Event, Method, uid_of
from backend.mail import domain_of
from backend.models import Invitation
from backend.services.catalogue import Catalogue
from dialogs.ports import Service, Unit
from dialogs.render import Renderer
from dialogs.text import Text, Web, _

FILE = "meeting.ics"


@dataclass(frozen=True)
class Writer:
    """Writes letters. ``sender`` is the mail address they come from, ``name`` the centre's."""

    renderer: Renderer
    sender: str
    name: str

    def write(
        self, row: Invitation, to: str, language: str, catalogue: Catalogue, now: datetime
    ) -> EmailMessage:
        """The letter of one invitation; sent again, it has the same Message-ID."""
        service = catalogue.services[row.service_id].service
        method = cast("Method", row.method)  # the table's CHECK allows no other
        event = self._event(row, method, language, catalogue)
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(self.name, addr_spec=self.sender)
        letter["To"] = Address(addr_spec=to)
        letter["Subject"] = self._one_line(_subject(method, service, row.starts_at), language)
        letter["Date"] = now
        letter["Message-ID"] = f"<invitation.{row.id}@{domain_of(self.sender)}>"
        letter["Auto-Submitted"] = "auto-generated"
        body = (
            self._lines(_opening(method), language),
            f"{event.summary}\n{event.description}",
            self._lines(_closing(method, f"{catalogue.links.url}/console"), language),
        )
        letter.set_content("\n\n".join(body) + "\n", cte="quoted-printable")
        _enclose(letter, ics.invitation(event, self.sender, to, now, method), method)
        return letter

    def _event(
        self, row: Invitation, method: Method, language: str, catalogue: Catalogue
    ) -> Event:
        unit = catalogue.units[row.unit_id]
        room = _room(row, catalogue)
        return Event(
            uid_of(row.booking_id, catalogue.links.url),
            row.version,
            row.starts_at,
            row.ends_at,
            self.renderer.label(catalogue.services[row.service_id].service.name, language),
            self._lines(_facts(row, unit, room), language),
            _where(row, unit, room),
            cancelled=method == "CANCEL",
            language=self.renderer.catalogue.languages[language].html,
        )

    def _lines(self, texts: Iterator[Text], language: str) -> str:
        return "\n".join(self.renderer.plain(text, language) for text in texts)

    def _one_line(self, text: Text, language: str) -> str:
        return " ".join(self.renderer.plain(text, language).split())


def _enclose(letter: EmailMessage, calendar: bytes, method: Method) -> None:
    """As another way to say the same, which calendars read, and as a file for all others."""
    letter.add_alternative(
        calendar.decode(), subtype="calendar", cte="base64", params={"method": method}
    )
    letter.add_attachment(calendar, maintype="application", subtype="ics", filename=FILE)


def _subject(method: Method, service: Service, starts: datetime) -> Text:
    match method:
        case "REQUEST":
            return _("Meeting: {service}, {at:moment}", service=service.name, at=starts)
        case "CANCEL":
            return _("Cancelled: {service}, {at:moment}", service=service.name, at=starts)


def _opening(method: Method) -> Iterator[Text]:
    match method:
        case "REQUEST":
            yield _("You have this meeting.")
            yield _("If it was at another time before, this is the new time.")
        case "CANCEL":
            yield _("You do not have this meeting any more.")


def _facts(row: Invitation, unit: Unit, room: str | None) -> Iterator[Text]:
    yield _("Time: {at:moment}", at=row.starts_at)
    match row.mode:
        case "phone":
            yield _("By telephone: you call.")
        case "video" if room is not None:
            yield _("By video: {room}", room=Web(room, room))
        case "video":
            yield _("By video.")
        case _:
            yield _("Place: {unit}, {address}", unit=unit.name, address=unit.address)


def _closing(method: Method, console: str) -> Iterator[Text]:
    if method == "REQUEST":
        yield _("Here you see whom you meet: {console}", console=Web(console, console))
        yield _("There you can also change the time or cancel.")
    yield _("Nobody reads answers to this letter.")


def _room(row: Invitation, catalogue: Catalogue) -> str | None:
    """The video room of this version; a meeting that is off has none."""
    if row.mode != "video" or row.method == "CANCEL":
        return None
    return catalogue.links.room(row.booking_id, row.version)


def _where(row: Invitation, unit: Unit, room: str | None) -> str:
    """Names and addresses are Swedish and stay as they are."""
    match row.mode:
        case "on_site":
            return ", ".join(filter(None, (unit.name, unit.address, unit.floor)))
        case "video":
            return room or ""
        case _:
            return ""
