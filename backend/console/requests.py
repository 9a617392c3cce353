"""What staff do with what was asked for: accept, decline, propose times, see to interpreters."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Response
from pydantic import TypeAdapter, ValidationError

from backend.api.problems import Problem
from backend.console import notices
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.console.routing import own_page, see
from backend.console.sessions import SignedIn
from backend.console.telling import pen_of, wake, why_not
from backend.models.base import new_id
from backend.services import threads
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue
from backend.services.claims import HasOpenBooking
from backend.services.desk import PersonBooking
from backend.services.interpreters import Done, Interpreters
from backend.services.requests import MOST_PROPOSED, Requests, TooManyProposals
from backend.talks.switchboard import NoSuchThread
from backend.work import Work
from dialogs.ports import (
    BookingClosed,
    NoSuchBooking,
    OwnClash,
    Slot,
    SlotGone,
    SlotTaken,
    Wish,
)
from dialogs.text import Text, _

SHOWN_TIMES = 12
SHOWN_DAYS = 10
ANY_LANGUAGE = "sv"
SLOTS: TypeAdapter[Slot] = TypeAdapter(Slot)
LONGEST_SLOT = 400
NOT_PROPOSED = (SlotGone, SlotTaken, OwnClash, HasOpenBooking, BookingClosed, NoSuchBooking)

Version = Annotated[int, Form(ge=0, le=2**31)]
Onward = Annotated[str, Form()]
Chosen = Annotated[list[str], Form()]


async def answer(
    console: ConsoleOf,
    who: Who,
    booking: str,
    do: Annotated[Literal["accept", "decline"], Form()],
    version: Version,
    onward: Onward = "",
) -> Response:
    """Say yes or no to a request, and tell her."""
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            told = await _answer(console, work, who, booking, version, accept=do == "accept")
    except BookingClosed as error:
        raise Problem(HTTPStatus.CONFLICT, _changed_meanwhile()) from error
    wake(console, told)
    return see(own_page(onward))


async def interpreter(
    console: ConsoleOf,
    who: Who,
    booking: str,
    do: Annotated[Done, Form()],
    onward: Onward = "",
) -> Response:
    """An interpreter is booked, not to be had, or called off."""
    runtime = console.runtime
    told = None
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            await Interpreters(work).done(booking, do)
            if do != "cancelled":
                told = await _tell_of_interpreter(console, work, who, booking, do)
    except BookingClosed as error:
        raise Problem(HTTPStatus.CONFLICT, _changed_meanwhile()) from error
    wake(console, told)
    return see(own_page(onward))


async def times(
    console: ConsoleOf,
    who: Who,
    person: str,
    service: str = "",
    day: date | None = None,
    booking: str = "",
) -> Response:
    """Free times to propose to a person."""
    return await _times(console, who, person, service, day, booking)


async def propose(
    console: ConsoleOf,
    who: Who,
    person: str,
    service: Annotated[str, Form(max_length=100)],
    slot: Chosen = [],  # noqa: B006 - FastAPI copies it
    booking: Annotated[str, Form(max_length=40)] = "",
    version: Version = 0,
) -> Response:
    """Propose up to three times and tell her."""
    try:
        slots = [SLOTS.validate_json(each[:LONGEST_SLOT]) for each in slot]
        await _propose(console, who, person, slots, (booking, version) if booking else None)
    except (ValidationError, TooManyProposals):
        problem = _("Choose one, two or three times.")
        return await _times(console, who, person, service, None, booking, problem)
    except NOT_PROPOSED as error:
        return await _times(
            console, who, person, service, None, booking, why_not(error, _changed_meanwhile())
        )
    return see(f"/console/people/{person}")


async def _answer(
    console: Console, work: Work, who: SignedIn, booking: str, version: int, *, accept: bool
) -> str | None:
    bookings = Bookings(work, await console.runtime.cache.get(await work.reading()))
    requests, pen = Requests(bookings), pen_of(console, work, who)
    person = await bookings.person_of(booking)
    if accept:
        try:
            meeting = await requests.accept(booking, version)
        except NoSuchBooking:
            raise BookingClosed(booking) from None  # it has other times by now, or none
        return await pen.tell(person, notices.accepted(meeting), meeting, "accepted")
    try:
        asked = await bookings.find(booking)
    except NoSuchBooking:
        wish = await requests.find(booking, person)
        if wish.version != version:
            raise BookingClosed(booking) from None
        await requests.withdraw(person, booking, "coach")
        return await pen.tell(person, notices.declined(wish.service), wish, "declined")
    if asked.version != version or asked.state != "requested":
        raise BookingClosed(booking)
    off = await bookings.cancel(booking, "coach", version=version)
    return await pen.tell(person, notices.declined(off.service), off, "declined")


async def _tell_of_interpreter(
    console: Console, work: Work, who: SignedIn, booking: str, do: Done
) -> str | None:
    bookings = Bookings(work, await console.runtime.cache.get(await work.reading()))
    meeting = await bookings.find(booking)
    person = await bookings.person_of(booking)
    languages = console.runtime.texts.languages
    reply = (
        notices.interpreter_booked(meeting, languages)
        if do == "booked"
        else notices.interpreter_failed(meeting)
    )
    once = f"interpreter-{do}:{new_id()}"  # each time it is found out anew
    return await pen_of(console, work, who).tell(person, reply, meeting, once)


async def _propose(
    console: Console,
    who: SignedIn,
    person: str,
    slots: list[Slot],
    request: tuple[str, int] | None,
) -> Wish:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        bookings = Bookings(work, await runtime.cache.get(await work.reading()))
        if request and await bookings.person_of(request[0]) != person:
            raise NoSuchBooking(request[0])
        own = PersonBooking(person, work, CurrentCatalogue(runtime.cache, work))
        for slot in slots:
            own.expect_on_offer(bookings.catalogue, slot)
        wish = await Requests(bookings).propose(person, slots, request)
        reply = notices.proposed(wish, runtime.texts.languages)
        told = await pen_of(console, work, who).tell(person, reply, wish, "proposed")
    wake(console, told)
    return wish


async def _version_of(bookings: Bookings, booking: str, person: str) -> int:
    """Which version the page shows; an answer to one that is gone is refused later."""
    with suppress(NoSuchBooking):
        return (await bookings.find(booking, person)).version
    with suppress(NoSuchBooking):
        return (await Requests(bookings).find(booking, person)).version
    return 0


async def _times(
    console: Console,
    who: SignedIn,
    person: str,
    service: str,
    day: date | None,
    booking: str,
    problem: Text | None = None,
) -> Response:
    """The page to choose from. Raises NoSuchThread when nothing leads to her."""
    runtime = console.runtime
    work = console.work(who.actor)
    try:
        session = await work.reading()
        catalogue = await runtime.cache.get(session)
        last = (await threads.of_people(session, [person])).get(person)
        if last is None:
            raise NoSuchThread(person)
        given = [terms.service for terms in catalogue.services.values() if terms.is_bookable]
        wanted = next((each for each in given if each.id == service), given[0])
        chosen, mode = wanted.id, wanted.modes[0]
        calendar = PersonCalendar(person, work, CurrentCatalogue(runtime.cache, work))
        days = await calendar.days(chosen, SHOWN_DAYS, mode)
        offers = (
            await calendar.on(chosen, day, last.language, mode)
            if day
            else await calendar.nearest(chosen, last.language, SHOWN_TIMES, mode)
        )
        version = await _version_of(Bookings(work, catalogue), booking, person)
    finally:
        await work.close()
    return console.pages.show(
        who,
        "propose.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        person=person,
        code=code_of(person),
        thread=last,
        services=given,
        service=chosen,
        booking=booking,
        version=version,
        offers=[(SLOTS.dump_json(offer.slot).decode(), offer) for offer in offers],
        days=days,
        day_asked=day,
        most=MOST_PROPOSED,
        problem=problem,
        here="",
    )


def _changed_meanwhile() -> Text:
    return _("This was changed by someone else. Nothing was changed now. Look again.")
