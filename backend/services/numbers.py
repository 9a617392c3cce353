"""Telephone numbers for meetings by phone: for that meeting alone, encrypted, gone after it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Booking, Contact, Meeting
from backend.models.base import new_id
from backend.vault import Vault, WrongKey
from backend.work import Work

PURPOSE = "meeting:"
KEPT_AFTER = timedelta(days=1)


async def keep_number(work: Work, vault: Vault, person: str, booking: str, number: str) -> None:
    """Keep the number to ring for a booking; a new one takes its place."""
    session = await work.writing()
    await session.execute(delete(Contact).where(Contact.purpose == PURPOSE + booking))
    await session.execute(
        insert(Contact).values(
            id=new_id(),
            person_id=person,
            purpose=PURPOSE + booking,
            sealed=vault.seal(number),
            created_at=work.clock.now(),
        )
    )
    work.note("booking", booking, "number_given")


async def number_for(session: AsyncSession, vault: Vault, booking: str) -> str | None:
    """The number to ring, or None when there is none or our key does not open it."""
    sealed = await session.scalar(
        select(Contact.sealed).where(Contact.purpose == PURPOSE + booking)
    )
    try:
        return vault.open(sealed) if sealed else None
    except WrongKey:
        return None


async def forget_numbers(session: AsyncSession, now: datetime) -> None:
    """Delete the numbers of meetings that have been, or are off."""
    still_needed = exists().where(
        Contact.purpose == PURPOSE + Booking.id,
        Booking.meeting_id == Meeting.id,
        Booking.state.in_(("held", "requested", "confirmed")),
        Meeting.ends_at > now - KEPT_AFTER,
    )
    await session.execute(
        delete(Contact).where(Contact.purpose.like(f"{PURPOSE}%"), ~still_needed)
    )
