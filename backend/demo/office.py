"""What staff of the demonstration do with requests, and with wishes for an interpreter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import ColumnElement, select

from backend.demo.people import Visitor
from backend.models import Booking, Staff
from backend.services.bookings import Bookings
from backend.services.interpreters import Interpreters
from backend.services.requests import Requests
from dialogs.ports import BookingClosed

FOUND = 0.85  # of the interpreters who are asked for


async def answers_request(_plot: object, visitor: Visitor) -> None:
    """A coach says yes to the time that was asked for."""
    async with _in_somebodys_name(visitor):
        work = visitor.stage.work
        catalogue = await visitor.stage.runtime.cache.get(await work.reading())
        requests = Requests(Bookings(work, catalogue))
        for booking in await _hers(visitor, Booking.state == "requested"):
            with suppress(BookingClosed):
                await requests.accept(booking.id, booking.version)
        await work.write_messages()


async def looks_for_interpreter(_plot: object, visitor: Visitor) -> None:
    """Somebody calls the agency."""
    async with _in_somebodys_name(visitor):
        for booking in await _hers(visitor, Booking.interpreter == "wanted"):
            found = visitor.rng.random() < FOUND
            with suppress(BookingClosed):
                await Interpreters(visitor.stage.work).done(
                    booking.id, "booked" if found else "failed"
                )


async def _hers(visitor: Visitor, which: ColumnElement[bool]) -> list[Booking]:
    session = await visitor.stage.work.writing()
    rows = await session.scalars(
        select(Booking)
        .where(Booking.person_id == visitor.person, Booking.meeting_id.is_not(None), which)
        .order_by(Booking.created_at)
        .execution_options(populate_existing=True)
    )
    return list(rows)


@asynccontextmanager
async def _in_somebodys_name(visitor: Visitor) -> AsyncIterator[None]:
    """The journal names the first coach there is."""
    work = visitor.stage.work
    session = await work.writing()
    somebody = await session.scalar(
        select(Staff.id).where(Staff.role == "coach").order_by(Staff.username).limit(1)
    )
    work.actor = f"staff:{somebody}"
    try:
        yield
    finally:
        work.actor = "person"
