"""What goes along with a message where a channel takes files: the meeting, for a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter

from backend.calendars import ics
from backend.calendars.words import Wording
from backend.channels import Channel, Door, Limits, Receipt
from backend.database import Database
from backend.models import Message
from backend.reach import ABOUT_BOOKING, ABOUT_DAY
from backend.services.bookings import Bookings
from backend.services.catalogue import CatalogueCache
from backend.services.walltime import local_day
from backend.work import Work
from dialogs.messages import Address, Enclosure, Rendered
from dialogs.ports import Clock, Meeting, NoSuchBooking
from dialogs.text import Text

FILE, MEDIA = "meeting.ics", "text/calendar"
IN_A_CALENDAR = ("confirmed", "cancelled")


@dataclass(frozen=True)
class Enclosures:
    """Finds what a message is about, and makes a calendar file of it."""

    database: Database
    clock: Clock
    cache: CatalogueCache
    wording: Wording

    async def of(self, message: str, language: str) -> Enclosure | None:
        """The meetings a message is about, or None when it is about none that has a time."""
        work = Work(self.database, self.clock)
        try:
            session = await work.reading()
            row = await session.get(Message, message)
            if row is None or row.about is None:
                return None
            bookings = Bookings(work, await self.cache.get(session))
            meetings = await _meetings(bookings, row.person_id, row.about)
        finally:
            await work.close()
        events = [self.wording.for_person(meeting, language) for meeting in meetings]
        if not events:
            return None
        return Enclosure(FILE, MEDIA, ics.published(events, "", self.clock.now()))


async def _meetings(bookings: Bookings, person: str, about: str) -> Sequence[Meeting]:
    if about.startswith(ABOUT_BOOKING):
        try:
            meeting = await bookings.find(about.removeprefix(ABOUT_BOOKING))
        except NoSuchBooking:
            return []
        return [meeting] if meeting.state in IN_A_CALENDAR else []
    if about.startswith(ABOUT_DAY):
        day = date.fromisoformat(about.rpartition(":")[2])
        return list(_on(day, await bookings.coming(person)))
    return []


def _on(day: date, meetings: Sequence[Meeting]) -> Iterator[Meeting]:
    for meeting in meetings:
        if local_day(meeting.starts) == day and meeting.state in IN_A_CALENDAR:
            yield meeting


class Enclosing:
    """A channel that takes files, with a calendar file put beside what is about a meeting."""

    def __init__(self, channel: Channel, enclosures: Enclosures) -> None:
        self.name: str = channel.name
        self.limits: Limits = channel.limits
        self.pulls: bool = channel.pulls
        self.notice: Text | None = channel.notice
        self._channel = channel
        self._enclosures = enclosures

    async def listen(self, door: Door) -> None:
        """As the channel does."""
        await self._channel.listen(door)

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Send one message with its file. Raises Undeliverable, Unreachable or TryLater."""
        enclosure = await self._enclosures.of(message, rendered.language)
        enclosed = replace(rendered, enclosure=enclosure)
        return await self._channel.deliver(address, message, enclosed)

    async def fetch(self, file: str) -> bytes:
        """As the channel does. Raises Undeliverable or TryLater."""
        return await self._channel.fetch(file)

    async def speaks(self, address: Address, language: str) -> None:
        """As the channel does."""
        await self._channel.speaks(address, language)

    async def reachable(self) -> bool:
        """As the channel does."""
        return await self._channel.reachable()

    def routes(self) -> APIRouter | None:
        """As the channel does."""
        return self._channel.routes()

    async def close(self) -> None:
        """As the channel does."""
        await self._channel.close()


def with_files(channels: Mapping[str, Channel], enclosures: Enclosures) -> Mapping[str, Channel]:
    """The channels, those that take files among them with files."""
    return {
        name: Enclosing(channel, enclosures) if channel.limits.files else channel
        for name, channel in channels.items()
    }
