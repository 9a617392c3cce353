"""What people and staff do in the contest, several of them at once wherever it can hurt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from backend.models import Booking
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.holds import Holds
from backend.services.offering import Offering
from backend.services.requests import MOST_PROPOSED, Requests
from backend.wake import Hub
from dialogs import ports
from dialogs.ports import NoSuchBooking, Slot, Wish
from tests.soak.arena import ACTIVITIES, ADVICE, COACHING, QUARTER, REVIEW, slots
from tests.soak.attempt import Attempt, Row

FEW_WANT = 6  # weeks, the first of which everyone wants
CONFIRMED = Booking.state == "confirmed"


async def books_the_same(attempt: Attempt) -> None:
    """One of twenty times that everyone wants."""
    await attempt.book(attempt.alone[0], attempt.dice.choice(slots()))


async def books(attempt: Attempt) -> None:
    """A time that overlaps others: of another length, or a quarter of an hour earlier."""
    await attempt.book(attempt.anyone(), attempt.slot(attempt.dice.choice((COACHING, ADVICE))))


async def races(attempt: Attempt) -> None:
    """Two people tap the same time at the same moment, often one that nobody else wants."""
    slot = _some_week(attempt, COACHING)
    await asyncio.gather(*(attempt.book(person, slot) for person in attempt.alone))


async def books_twice(attempt: Attempt) -> None:
    """One person in two places at once: the same kind twice, or two kinds of meeting."""
    person = attempt.anyone() if attempt.dice.random() < 0.3 else attempt.alone[0]
    other = attempt.dice.choice((ADVICE, ADVICE, COACHING, REVIEW))
    slot = _some_week(attempt, ADVICE)
    beside = attempt.slot_beside(slot, other)
    await asyncio.gather(attempt.book(person, slot), attempt.book(person, beside))


async def lets_go(attempt: Attempt) -> None:
    """Holds a time and changes her mind, while somebody else waits for just that."""
    person, other = attempt.alone
    slot = attempt.slot(COACHING)
    held = await attempt.hold(person, slot)
    if held is None:
        return

    async def release() -> None:
        async with attempt.desk(person) as desk:
            await desk.release(held)

    await asyncio.gather(attempt.tries("let go", release()), attempt.book(other, slot))


async def runs_out(attempt: Attempt) -> None:
    """Thinks too long; somebody takes over, or she is just in time after all."""
    person, other = attempt.alone
    slot = attempt.slot(ADVICE)
    held = await attempt.hold(person, slot)
    attempt.clock.forward(minutes=attempt.dice.choice((4, 6)))
    await asyncio.gather(attempt.book(other, slot), attempt.confirm(person, held))


async def moves(attempt: Attempt) -> None:
    """One meeting is moved to two times at once: by her, and by staff."""
    row = await attempt.come_across(CONFIRMED, Booking.service_id.in_((COACHING, ADVICE)))
    if row is not None:
        first, second = await attempt.free(row.service), attempt.slot(row.service)
        await asyncio.gather(attempt.move(row, first), attempt.move(row, second))


async def moves_as_she_books(attempt: Attempt) -> None:
    """Staff move one of her meetings a little, while she books another kind at about that time."""
    row = await attempt.come_across(CONFIRMED, Booking.service_id.in_((COACHING, ADVICE)))
    found = None if row is None else await _meeting(attempt, row)
    if row is not None and found is not None:
        slot = ports.slot_of(found)
        later = replace(slot, starts=slot.starts + attempt.dice.choice((-2, -1, 1, 2)) * QUARTER)
        beside = attempt.slot_beside(slot, ADVICE if row.service == COACHING else COACHING)
        await asyncio.gather(attempt.move(row, later), attempt.book(row.person, beside))


async def swaps(attempt: Attempt) -> None:
    """Two people each move to the other's time."""
    rows = [await attempt.come_across(CONFIRMED, Booking.service_id == COACHING) for _ in "ab"]
    found = [(row, await _meeting(attempt, row)) for row in rows if row is not None]
    slots = [(row, ports.slot_of(seen)) for row, seen in found if seen is not None]
    if len(slots) == 2:
        (one, hers), (two, theirs) = slots
        await asyncio.gather(attempt.move(one, theirs), attempt.move(two, hers))


async def cancels(attempt: Attempt) -> None:
    """She calls it off, and so do staff, at the same moment; or she books another kind besides."""
    row = await attempt.come_across(CONFIRMED)
    found = None if row is None else await _meeting(attempt, row)
    if row is None or found is None:
        return

    async def by_her() -> None:
        async with attempt.desk(row.person) as desk:
            await desk.cancel(row.booking)

    async def by_staff() -> None:
        async with attempt.staff() as bookings:
            await bookings.cancel(row.booking, "coach")

    doing: list[Awaitable[object]] = [attempt.tries("cancel", by_her())]
    throw = attempt.dice.random()
    if throw < 0.2:
        doing.append(attempt.tries("cancel", by_staff()))
    elif throw < 0.5 and found.coach_id is not None:
        other = ADVICE if row.service == COACHING else COACHING
        doing.append(attempt.book(row.person, attempt.slot_beside(ports.slot_of(found), other)))
    await asyncio.gather(*doing)


async def asks(attempt: Attempt) -> None:
    """A meeting that a coach says yes to first."""
    await attempt.book(attempt.anyone(), attempt.slot(REVIEW))


async def answers(attempt: Attempt) -> None:
    """Two of the staff answer one request, each in her own way."""
    row = await attempt.come_across(Booking.state.in_(("requested", "proposed")))
    if row is not None:
        ways = attempt.dice.choices((_accept, _propose, _withdraw), (3, 5, 2), k=2)
        await asyncio.gather(*(way(attempt, row) for way in ways))


async def picks(attempt: Attempt) -> None:
    """She takes a proposed time twice over, takes none, or wants it no more."""
    row = await attempt.come_across(Booking.state == "proposed")
    if row is not None:
        ways = attempt.dice.choices((_pick, _none_fits, _withdraw), (6, 2, 2), k=2)
        await asyncio.gather(*(way(attempt, row) for way in ways))


async def waits(attempt: Attempt) -> None:
    """Stands in line, perhaps for an earlier time; what is offered she takes, or lets pass."""
    person, service = attempt.anyone(), attempt.dice.choice((COACHING, ADVICE, REVIEW))
    instead = await attempt.come_across(CONFIRMED, Booking.service_id != "cv-workshop")
    if instead is not None and attempt.dice.random() < 0.5:
        person = instead.person

    async def stand() -> Wish:
        async with attempt.wishes(person) as wishes:
            if instead is not None and instead.person == person:
                return await wishes.wait_instead(instead.booking)
            return await wishes.wait(service)

    await asyncio.gather(*(attempt.tries("wait", stand()) for _time in range(2)))
    offering = Offering(attempt.database, attempt.clock, attempt.cache, Hub())
    await attempt.tries("offer", offering.offer_free_times())
    async with attempt.wishes(person) as wishes:
        found = [wish for wish in await wishes.open() if wish.state in ("held", "waiting")]
    for wish in found:
        await _answer_offer(attempt, person, wish)


async def joins(attempt: Attempt) -> None:
    """A seat in an activity with three of them."""

    async def join() -> None:
        async with attempt.desk(attempt.anyone()) as desk:
            await desk.join(attempt.dice.choice(ACTIVITIES))

    await attempt.tries("join", join())


async def sweeps(attempt: Attempt) -> None:
    """What has run out is ended, by a clock that is minutes, hours or a day ahead."""
    attempt.clock.forward(hours=attempt.dice.choice((0.1, 3, 25)))

    async def expire() -> None:
        async with attempt.staff() as bookings:
            await Holds(bookings).expire()

    await attempt.tries("sweep", expire())


def _some_week(attempt: Attempt, service: str) -> Slot:
    """A contested time, or the same in a later week."""
    slot = attempt.slot(service)
    return replace(slot, starts=slot.starts + timedelta(weeks=attempt.dice.randrange(FEW_WANT)))


async def _meeting(attempt: Attempt, row: Row) -> ports.Meeting | None:
    """As it is now; it may have been called off since, and a request lose its time."""
    async with attempt.staff() as bookings:
        with suppress(NoSuchBooking):
            return await bookings.find(row.booking)
    return None


async def _accept(attempt: Attempt, row: Row) -> None:
    async def accept() -> None:
        async with attempt.staff() as bookings:
            await Requests(bookings).accept(row.booking, row.version)

    await attempt.tries("accept", accept())


async def _propose(attempt: Attempt, row: Row) -> None:
    """Three times that are free as staff see it, before somebody else takes one."""

    async def propose() -> None:
        async with attempt.work("staff:amina") as (work, catalogue):
            calendar = PersonCalendar(row.person, work, catalogue)
            offers = await calendar.nearest(row.service, "en", MOST_PROPOSED)
            requests = Requests(Bookings(work, await catalogue.get()))
            slots = [offer.slot for offer in offers]
            await requests.propose(row.person, slots, (row.booking, row.version))

    await attempt.tries("propose", propose())


async def _withdraw(attempt: Attempt, row: Row) -> None:
    async def withdraw() -> None:
        async with attempt.wishes(row.person) as wishes:
            await wishes.withdraw(row.booking)

    await attempt.tries("withdraw", withdraw())


async def _pick(attempt: Attempt, row: Row) -> None:
    async def pick() -> None:
        async with attempt.wishes(row.person) as wishes:
            await wishes.pick(row.booking, row.version, attempt.dice.randrange(MOST_PROPOSED))

    await attempt.tries("pick", pick())


async def _none_fits(attempt: Attempt, row: Row) -> None:
    async def none_fits() -> None:
        async with attempt.wishes(row.person) as wishes:
            await wishes.none_fits(row.booking, row.version)

    await attempt.tries("none fits", none_fits())


async def _answer_offer(attempt: Attempt, person: str, wish: Wish) -> None:
    async def take() -> None:
        async with attempt.wishes(person) as wishes:
            await wishes.take(wish.booking, wish.version)

    async def let_pass() -> None:
        async with attempt.wishes(person) as wishes:
            await wishes.let_pass(wish.booking, wish.version)

    throw = attempt.dice.random()
    if wish.state == "waiting" and throw < 0.7:
        await _withdraw(attempt, Row(wish.booking, wish.version, person, wish.service.id, None))
    elif wish.state == "held" and throw < 0.7:
        await asyncio.gather(*(attempt.tries("take", take()) for _time in range(2)))
    elif wish.state == "held" and throw < 0.9:
        await attempt.tries("let pass", let_pass())


SCENES: dict[Callable[[Attempt], Coroutine[Any, Any, None]], int] = {
    books_the_same: 1,
    books: 13,
    races: 6,
    books_twice: 14,
    lets_go: 5,
    runs_out: 5,
    moves: 8,
    moves_as_she_books: 6,
    swaps: 4,
    cancels: 17,
    asks: 6,
    answers: 4,
    picks: 4,
    waits: 4,
    joins: 2,
    sweeps: 1,
}
