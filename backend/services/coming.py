"""Coming or not, as one person says it: the attendance port of one turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from backend.models import Booking, Journal, Meeting, Message, Series
from backend.services import attending
from backend.services.bookings import Bookings
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import EXPECTED
from backend.services.meetings import about
from backend.vault import Vault
from backend.work import Planned, Work
from dialogs import cards, places, ports
from dialogs.core import say, to
from dialogs.gatherings import Absence, CheckedIn, Coming, TooManyTries, WrongCode
from dialogs.messages import Lines, Reply, Urgency
from dialogs.ports import BookingClosed
from dialogs.text import _

MOST_TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class PersonAttendance:
    """What one person says of her meetings within one unit of work."""

    person: str
    work: Work
    catalogue: CurrentCatalogue
    vault: Vault

    async def comes(self, booking: str) -> Coming:
        """She says that she comes. Raises NoSuchBooking, BookingClosed."""
        catalogue = await self.catalogue.get()
        session = await self.work.reading()
        said = await session.scalar(
            select(Booking.coming_at).where(
                Booking.id == booking, Booking.person_id == self.person
            )
        )
        async with self._all_or_nothing():
            meeting = await attending.says_coming(self.work, catalogue, self.person, booking)
        return Coming(meeting, again=said is not None)

    async def tell_absence(self, booking: str, reason: Absence | None) -> ports.Meeting:
        """She cannot come. Raises NoSuchBooking, BookingClosed.

        Whoever calls off in time, and gives no reason, was free to do so; she is absent only from
        a course, or from what has begun.
        """
        bookings = Bookings(self.work, await self.catalogue.get())
        async with self._all_or_nothing():
            if reason is None and not await self._is_expected(booking):
                return await bookings.cancel(booking, "person", self.person)
            return await attending.tells_absence(
                self.work, bookings.catalogue, self.person, booking, reason or "other"
            )

    async def leave_home(self, booking: str, version: int, minutes: int) -> datetime:
        """One message so long before the start; when. Raises NoSuchBooking, BookingClosed.

        She has chosen the hour herself, so it may be a quiet one. A later choice takes the
        earlier one's place.
        """
        bookings = Bookings(self.work, await self.catalogue.get())
        meeting = await bookings.find(booking, self.person)
        due = meeting.starts - timedelta(minutes=minutes)
        if meeting.state != "confirmed" or meeting.version != version:
            raise BookingClosed(booking)
        if due <= self.work.clock.now():
            raise BookingClosed(booking)
        dedupe = f"{about(booking)}:{version}:leave"
        self.work.voided.append(Message.dedupe.startswith(dedupe, autoescape=True))
        self.work.plan(
            Planned(
                self.person,
                _time_to_leave(meeting),
                due,
                f"{dedupe}:{minutes}",
                expires=meeting.starts,
                about=about(booking),
                about_version=version,
            )
        )
        self.work.note("booking", booking, "leaves", version=version, minutes=minutes)
        return due

    async def check_in(self, code: str) -> CheckedIn:
        """She is at the door. Raises WrongCode, TooManyTries, Full."""
        catalogue = await self.catalogue.get()
        if await self._wrong_tries() >= MOST_TRIES:
            raise TooManyTries
        try:
            async with self._all_or_nothing():
                found = await attending.check_in(
                    self.work, catalogue, self.vault, self.person, code
                )
        except attending.NoSuchCode:
            await self.work.abandon()
            self.work.note("door", self.person, "wrong_code")
            raise WrongCode from None
        return CheckedIn(found.meeting, found.outcome)

    async def _is_expected(self, booking: str) -> bool:
        """Whether she is to be there: a course's lesson, or what has begun."""
        session = await self.work.reading()
        found = await session.scalar(
            select(Booking.id)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .outerjoin(Series, Series.id == Meeting.series_id)
            .where(
                Booking.id == booking,
                or_(Series.enrols, Meeting.starts_at <= self.work.clock.now()),
            )
        )
        return found is not None

    async def _wrong_tries(self) -> int:
        """How many wrong codes she has typed of late; the journal outlives a restart."""
        session = await self.work.reading()
        since = self.work.clock.now() - TRIES_WITHIN
        counted = await session.scalar(
            select(func.count())
            .select_from(Journal)
            .where(
                Journal.entity == "door",
                Journal.entity_id == self.person,
                Journal.action == "wrong_code",
                Journal.at > since,
            )
        )
        return counted or 0

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        try:
            yield
        except EXPECTED:
            await self.work.abandon()
            raise


def _time_to_leave(meeting: ports.Meeting) -> Reply:
    """What she has asked to be told when she leaves home: the time, the place and the way."""
    return say(
        _("It is time to leave home now."),
        Lines((_("Time: {at:moment}", at=meeting.starts), *cards.way_to(meeting.unit))),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
        urgency=Urgency.REMINDER,
    )
