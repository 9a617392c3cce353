"""What tests of requests, the line and interpreters share: a few times, and what is sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from backend.database import Database
from backend.models import Booking, Claim, Hours, Meeting, Message, Override, Service
from backend.services import claims
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import Catalogue, CurrentCatalogue, touch
from backend.services.freetimes import wanted_cells
from backend.services.offering import Offering
from backend.services.requests import Requests
from backend.services.seeing import SLOT, slot_of
from backend.work import Work
from dialogs.ports import Clock, Slot
from tests.house import House, Person

TUESDAY = date(2026, 11, 24)
NINE, TEN, ELEVEN = 9 * 60, 10 * 60, 11 * 60
LENGTH, STEP = 45, 60
IN_TIME_S = 5


async def set_service(house: House, service: str = "coaching", **values: object) -> None:
    """Change the terms of a service."""
    async with house.database.writing() as session:
        await session.execute(update(Service).where(Service.id == service).values(**values))
        await touch(session)


async def give_only(house: House, count: int = 1, coach: str = "bo", start: int = NINE) -> None:
    """Nothing is on offer but a few times of one coach on Tuesday, one an hour."""
    async with house.database.writing() as session:
        await session.execute(delete(Hours))
        await session.execute(delete(Override))
        await session.execute(
            insert(Override).values(
                staff_id=coach,
                day=TUESDAY,
                from_minute=start,
                to_minute=start + (count - 1) * STEP + LENGTH,
                is_open=True,
                unit_id="centre",
            )
        )
        await touch(session)


async def free(house: House, limit: int = 3, service: str = "coaching") -> list[Slot]:
    """The first free times."""
    work = Work(house.database, house.clock)
    try:
        calendar = PersonCalendar("", work, CurrentCatalogue(house.cache, work))
        return [offer.slot for offer in await calendar.nearest(service, "en", limit)]
    finally:
        await work.close()


@asynccontextmanager
async def staff(house: House, actor: str = "staff:amina") -> AsyncIterator[Bookings]:
    """Bookings, as a member of staff changes them."""
    async with Work.begin(house.database, house.clock, actor) as work:
        yield await house.bookings(work)


async def proposes(house: House, person: str, slots: Sequence[Slot], booking: str = "") -> str:
    """Staff propose times, in answer to a booking or of their own accord; the booking's id."""
    async with staff(house) as bookings:
        request = (booking, (await row_of(house, booking)).version) if booking else None
        return (await Requests(bookings).propose(person, slots, request)).booking


async def round_of(house: House) -> int:
    """One round of offers, and what is due is released; how many offers were made."""
    made = await Offering(house.database, house.clock, house.cache, house.hub).offer_free_times()
    await house.releaser.release_due()
    return made


async def waits(person: Person, language: str = "English") -> None:
    """Somebody new finds no free time and wants to hear of one."""
    await person.settles(language)
    await person.says("/book")
    await person.taps("Tell me")


async def rows(house: House) -> Sequence[Booking]:
    """All bookings, in the order they were made in."""
    async with house.database.reading() as session:
        return (
            await session.scalars(select(Booking).order_by(Booking.created_at, Booking.id))
        ).all()


async def row_of(house: House, booking: str) -> Booking:
    """One of them."""
    async with house.database.reading() as session:
        return await session.get_one(Booking, booking)


async def states(house: House, person: Person) -> list[str]:
    """The states of somebody's bookings, in the order they were made in."""
    hers = await person.id()
    return [row.state for row in await rows(house) if row.person_id == hers]


async def planned(house: House) -> list[str]:
    """The names of the reminders that are to come."""
    async with house.database.reading() as session:
        found = await session.scalars(
            select(Message.dedupe)
            .where(Message.state == "planned", Message.dedupe.like("booking:%"))
            .order_by(Message.due_at)
        )
        return [str(dedupe).rpartition(":")[2] for dedupe in found]


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[None]:
    """The worker's own loops run."""
    task = asyncio.create_task(house.worker.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until something holds; fail when that takes too long."""
    async with asyncio.timeout(IN_TIME_S):
        while not await holds():  # noqa: ASYNC110 - a database has no event to wait for
            await asyncio.sleep(0.05)


async def what_is_wrong(database: Database, clock: Clock, catalogue: Catalogue) -> list[str]:
    """Claims that lead to nothing open, and open bookings that lack a claim of theirs."""
    now = clock.now()
    async with database.reading() as session:
        bookings = {row.id: row for row in await session.scalars(select(Booking))}
        held = {row.id: row for row in await session.scalars(select(Meeting))}
        lives = [
            (row.booking_id, row.resource, row.cell)
            for row in await session.scalars(select(Claim))
            if row.until is None or row.until > now
        ]
    wrong = []
    wanted = {row.id: _claims_of(row, held, catalogue, now) for row in bookings.values()}
    for booking, resource, cell in lives:
        if (resource, cell) not in wanted[booking]:
            wrong.append(f"{bookings[booking].state} claims {resource} {cell}")
    taken = set(lives)
    for booking, needed in wanted.items():
        missing = {each for each in needed if (booking, *each) not in taken}
        if missing:
            wrong.append(f"{bookings[booking].state} lacks {sorted(missing)[:3]}")
    return wrong


def _claims_of(
    row: Booking, held: Mapping[str, Meeting], catalogue: Catalogue, now: datetime
) -> set[claims.Wanted]:
    """What a booking is to have claimed as long as it lives."""
    right = (claims.open_resource(row.person_id, row.service_id), 0)
    place = (claims.wait_resource(row.person_id, row.service_id), 0)
    terms = catalogue.services[row.service_id]
    over = row.hold_until is not None and row.hold_until <= now
    slots = [SLOT.validate_python(each) for each in row.proposals]
    if row.meeting_id is not None:
        slots = [slot_of(held[row.meeting_id])]
    cells = {cell for slot in slots for cell in wanted_cells(slot, terms, row.person_id)}
    waits = {place} if row.offered else set()
    match row.state:
        case "waiting":
            return {place}
        case "requested" if row.meeting_id is None:
            return {right}
        case "proposed":
            return {right} if over else cells | {right}
        case "held":
            own = cells - {right} if row.instead_of else cells
            return waits if over else own | waits
        case "requested" | "confirmed":
            return cells if held[row.meeting_id or ""].ends_at > now else cells - {right}
        case _:
            return set()
