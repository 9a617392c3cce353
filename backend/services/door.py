"""At the door of an activity: a code of six digits that is shown there, and typed by who comes.

The code is made from the occasion, the ten minutes it is, and our key: nothing is stored, and
what somebody else saw there yesterday opens nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Meeting, Service
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.meetings import about
from backend.services.seats import Seats
from backend.services.states import change
from backend.vault import Vault
from backend.work import Work
from dialogs import ports
from dialogs.ports import BookingState, SlotGone

WINDOW = timedelta(minutes=10)
EARLY = timedelta(minutes=30)
DIGITS = 6
EXPECTED = ("confirmed", "attended", "no_show", "excused")

Outcome = Literal["checked_in", "already", "seat_given"]


class NoSuchCode(LookupError):
    """No occasion has this code now."""


@dataclass(frozen=True)
class CheckedIn:
    """What came of a code at the door."""

    meeting: ports.Meeting
    outcome: Outcome


def door_code(vault: Vault, meeting: str, now: datetime) -> str:
    """Six digits to show at the door; others every ten minutes."""
    return _code(vault, meeting, _window(now))


async def check_in(
    work: Work, catalogue: Catalogue, vault: Vault, person: str, code: str
) -> CheckedIn:
    """She is at the door and types its code: she has come. Who had no seat gets one.

    From half an hour before the start to the end; this code and the one before it are good.
    Raises NoSuchCode, or Full when she had no seat and there is none. The caller limits tries.
    """
    session = await work.reading()
    now = work.clock.now()
    meeting = await _opened_by(session, vault, person, code, now)
    seats = Seats(Bookings(work, catalogue))
    row = await _booking(session, person, meeting)
    if row is not None and row.state == "attended":
        return CheckedIn(await seats.bookings.find(row.id), "already")
    outcome: Outcome = "checked_in"
    if row is None:
        try:
            booking = (await seats.join_at_the_door(person, meeting)).booking
        except SlotGone:
            raise NoSuchCode from None
        outcome = "seat_given"
    else:
        booking = row.id
    return CheckedIn(await _arrived(work, seats.bookings, booking), outcome)


async def _opened_by(
    session: AsyncSession, vault: Vault, person: str, code: str, now: datetime
) -> str:
    """The occasion whose code it is, hers first. Every one is looked at, whichever it is."""
    mine = select(Booking.meeting_id).where(
        Booking.person_id == person, Booking.state.in_(EXPECTED), Booking.meeting_id.is_not(None)
    )
    open_now = await session.execute(
        select(Meeting.id, Meeting.id.in_(mine))
        .join(Service, Service.id == Meeting.service_id)
        .where(
            Service.is_group,
            Meeting.state == "planned",
            Meeting.starts_at <= now + EARLY,
            Meeting.ends_at > now,
        )
        .order_by(Meeting.id.in_(mine).desc(), Meeting.starts_at, Meeting.id)
    )
    typed = "".join(letter for letter in code if letter.isdecimal())
    given = "".join(str(int(digit)) for digit in typed).encode()
    found = [
        meeting
        for meeting, _hers in open_now
        for good in (_window(now), _window(now) - 1)
        if hmac.compare_digest(_code(vault, meeting, good).encode(), given)
    ]
    if not found:
        raise NoSuchCode
    return found[0]


async def _booking(session: AsyncSession, person: str, meeting: str) -> Booking | None:
    return await session.scalar(
        select(Booking).where(
            Booking.person_id == person,
            Booking.meeting_id == meeting,
            Booking.state.in_(EXPECTED),
        )
    )


async def _arrived(work: Work, bookings: Bookings, booking: str) -> ports.Meeting:
    """She is there: the booking says so, and no reminder comes any more."""
    session = await work.writing()
    row = await session.get_one(Booking, booking, populate_existing=True)
    changed = await change(
        session,
        booking,
        row.version,
        cast("BookingState", row.state),
        "attended",
        marked_at=work.clock.now(),
        seen_by_staff=True,
    )
    work.void(about(booking))
    work.note("booking", booking, "attended", version=changed.version)
    return await bookings.find(booking)


def _window(now: datetime) -> int:
    return int(now.timestamp()) // int(WINDOW.total_seconds())


def _code(vault: Vault, meeting: str, window: int) -> str:
    digest = hmac.digest(vault.derive("door"), f"{meeting}:{window}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"
