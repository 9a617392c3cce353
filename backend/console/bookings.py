"""What staff do with a meeting: confirm, move, cancel, mark as seen, say who came."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from backend.api.problems import Problem
from backend.console import attendance, notices
from backend.console.attendance import Mark, NotYet, TooLate
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.console.routing import own_page, see
from backend.console.sessions import SignedIn
from backend.console.telling import pen_of, wake, why_not
from backend.models import Booking
from backend.reminders import afterwards
from backend.services import threads
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue
from backend.services.desk import PersonBooking
from backend.work import Work
from dialogs.ports import BookingClosed, Meeting, OwnClash, Slot, SlotGone, SlotTaken
from dialogs.text import Text, _

SHOWN_TIMES = 8
SHOWN_DAYS = 10
ANY_LANGUAGE = "sv"
SLOT: TypeAdapter[Slot] = TypeAdapter(Slot)

Do = Literal["seen", "confirm", "cancel", "attended", "no_show", "excused", "undo"]
Version = Annotated[int, Form(ge=0, le=2**31)]
Onward = Annotated[str, Form()]


async def change(
    console: ConsoleOf,
    who: Who,
    booking: str,
    do: Annotated[Do, Form()],
    version: Version,
    onward: Onward = "",
) -> Response:
    """One tap on a meeting. When it is not possible any more, a page says why."""
    try:
        await _change(console, who, booking, do, version)
    except (BookingClosed, IntegrityError) as error:
        raise Problem(HTTPStatus.CONFLICT, _changed_meanwhile()) from error
    except NotYet as error:
        detail = _("The meeting has not begun. You can mark this when it has.")
        raise Problem(HTTPStatus.CONFLICT, detail) from error
    except TooLate as error:
        detail = _("This was marked more than seven days ago. It cannot be changed any more.")
        raise Problem(HTTPStatus.CONFLICT, detail) from error
    return see(own_page(onward))


async def times(
    console: ConsoleOf, who: Who, booking: str, day: date | None = None, onward: str = ""
) -> Response:
    """Free times a meeting can be moved to."""
    return await _times(console, who, booking, day, onward)


async def move(
    console: ConsoleOf,
    who: Who,
    booking: str,
    version: Version,
    slot: Annotated[str, Form(max_length=400)] = "",
    onward: Onward = "",
) -> Response:
    """Move a meeting and tell the person."""
    try:
        await _move(console, who, booking, version, SLOT.validate_json(slot))
    except ValidationError:
        problem = _("Choose a time first.")
        return await _times(console, who, booking, None, onward, problem)
    except (SlotTaken, SlotGone, OwnClash, BookingClosed) as error:
        return await _times(
            console, who, booking, None, onward, why_not(error, _changed_meanwhile())
        )
    return see(own_page(onward))


async def _change(console: Console, who: SignedIn, booking: str, do: Do, version: int) -> None:
    runtime = console.runtime
    told: str | None = None
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        match do:
            case "seen":
                await _see(work, booking)
            case "confirm":
                told = await _confirm(console, work, who, booking, version)
            case "cancel":
                told = await _cancel(console, work, who, booking, version)
            case _:
                mark: Mark = "confirmed" if do == "undo" else do
                await attendance.mark(work, booking, version, mark)
                current = CurrentCatalogue(runtime.cache, work)
                languages = runtime.texts.languages
                await afterwards.follow_up(work, current, languages, booking, mark)
    wake(console, told)


async def _see(work: Work, booking: str) -> None:
    """Someone has looked at what changed; it is no longer news. Twice is once."""
    session = await work.writing()
    seen = await session.scalar(
        update(Booking)
        .where(Booking.id == booking, Booking.seen_by_staff.is_(False))
        .values(seen_by_staff=True)
        .returning(Booking.id)
    )
    if seen is not None:
        work.note("booking", booking, "seen")


async def _confirm(
    console: Console, work: Work, who: SignedIn, booking: str, version: int
) -> str | None:
    bookings = await _bookings(console, work)
    meeting = await _unchanged(bookings, booking, version)
    await _see(work, booking)
    person = await bookings.person_of(booking)
    return await pen_of(console, work, who).tell(
        person, notices.confirmed(meeting), meeting, "confirmed"
    )


async def _cancel(
    console: Console, work: Work, who: SignedIn, booking: str, version: int
) -> str | None:
    bookings = await _bookings(console, work)
    await _unchanged(bookings, booking, version)
    cancelled = await bookings.cancel(booking, "coach", version=version)
    person = await bookings.person_of(booking)
    return await pen_of(console, work, who).tell(
        person, notices.cancelled(cancelled), cancelled, "cancelled"
    )


async def _move(console: Console, who: SignedIn, booking: str, version: int, slot: Slot) -> None:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        bookings = await _bookings(console, work)
        before = await _unchanged(bookings, booking, version)
        if slot.service != before.service.id:
            raise SlotGone(slot)
        person = await bookings.person_of(booking)
        own = PersonBooking(person, work, CurrentCatalogue(runtime.cache, work))
        after = await own.move(booking, version, slot)
        await _see(work, booking)
        told = await pen_of(console, work, who).tell(
            person, notices.moved(after, before.starts), after, "moved"
        )
    wake(console, told)


async def _times(
    console: Console,
    who: SignedIn,
    booking: str,
    day: date | None,
    onward: str,
    problem: Text | None = None,
) -> Response:
    """The page to choose from. Raises NoSuchBooking."""
    runtime = console.runtime
    work = console.work(who.actor)
    try:
        bookings = await _bookings(console, work)
        meeting = await bookings.find(booking)
        person = await bookings.person_of(booking)
        last = (await threads.of_people(await work.reading(), [person])).get(person)
        language = last.language if last else ANY_LANGUAGE
        calendar = PersonCalendar(person, work, CurrentCatalogue(runtime.cache, work))
        service = meeting.service.id
        days = await calendar.days(service, SHOWN_DAYS, meeting.mode)
        offers = (
            await calendar.on(service, day, language, meeting.mode)
            if day
            else await calendar.nearest(service, language, SHOWN_TIMES, meeting.mode)
        )
    finally:
        await work.close()
    return console.pages.show(
        who,
        "move.html",
        HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        meeting=meeting,
        may_move=_may_move(meeting, runtime.clock.now()),
        person=code_of(person),
        thread=last,
        offers=[(SLOT.dump_json(offer.slot).decode(), offer) for offer in offers],
        days=days,
        day_asked=day,
        problem=problem,
        onward=own_page(onward),
        here="",
    )


def _may_move(meeting: Meeting, now: datetime) -> bool:
    """A seat in an activity is when the activity is."""
    is_coming = meeting.state == "confirmed" and meeting.starts > now
    return is_coming and not meeting.service.group


async def _unchanged(bookings: Bookings, booking: str, version: int) -> Meeting:
    """A booking that is as the page showed it. Raises NoSuchBooking or BookingClosed."""
    found = await bookings.find(booking)
    if found.version != version or found.state != "confirmed":
        raise BookingClosed(booking)
    return found


async def _bookings(console: Console, work: Work) -> Bookings:
    return Bookings(work, await console.runtime.cache.get(await work.reading()))


def _changed_meanwhile() -> Text:
    return _("The meeting was changed by someone else, or has been. Nothing was changed now.")
