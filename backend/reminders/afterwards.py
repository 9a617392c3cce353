"""What follows when staff have said how a meeting went: after a missed one, three new times.

It waits for the quiet hours to end, goes out once for a meeting, and is void when the mark is
taken back before that.
"""

from __future__ import annotations

from backend.models import Booking, Message
from backend.reminders import timing, words
from backend.reminders.rules import Ending, Rule
from backend.reminders.timing import Times
from backend.services import claims, seeing, threads
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CurrentCatalogue
from backend.services.meetings import about, with_meeting
from backend.work import Planned, Work
from dialogs.i18n import Languages
from dialogs.ports import Meeting, Offer

TIMES = 3
ENDINGS: dict[str, Ending] = {"no_show": "missed", "attended": "attended"}


async def follow_up(
    work: Work, current: CurrentCatalogue, languages: Languages, booking: str, mark: str
) -> None:
    """Plan what follows from a mark, and void what followed from the one before.

    Comes after the mark is made. Nothing follows when she has a new meeting of the kind already.
    """
    catalogue = await current.get()
    names = [_dedupe(rule, booking) for rule in catalogue.rules.reminders if rule.ending]
    work.voided.append(Message.dedupe.in_(names))
    ending = ENDINGS.get(mark)
    rules = [] if ending is None else list(catalogue.rules.after("meeting", ending))
    if not rules:
        return
    session = await work.reading()
    row = (await session.execute(with_meeting().where(Booking.id == booking))).one()
    person, meeting = row[0].person_id, seeing.meeting(catalogue, *row)
    right = claims.open_resource(person, meeting.service.id)
    again = await claims.owner(session, right)
    if meeting.service.group or again not in (None, booking):
        return
    offers = await _nearest(work, current, person, meeting)
    times = Times(meeting.starts, meeting.ends, work.clock.now())
    for rule in rules:
        missed = rule.ending == "missed"
        work.plan(
            Planned(
                person=person,
                reply=words.new_time(meeting, offers, languages, missed=missed),
                due=timing.due(rule, catalogue.rules, "meeting", times) or times.since,
                dedupe=_dedupe(rule, booking),
                expires=timing.expires(rule, times),
                about=about(booking),
                about_version=meeting.version,
            )
        )


async def _nearest(
    work: Work, current: CurrentCatalogue, person: str, meeting: Meeting
) -> list[Offer]:
    """The first free times she can book herself, as she would see them."""
    terms = (await current.get()).services[meeting.service.id]
    if terms.by_referral:
        return []
    last = (await threads.of_people(await work.reading(), [person])).get(person)
    calendar = PersonCalendar(person, work, current)
    language = last.language if last else ""
    return list(await calendar.nearest(meeting.service.id, language, TIMES, meeting.mode))


def _dedupe(rule: Rule, booking: str) -> str:
    """Without a version: however often the mark is changed, she is asked once."""
    return f"{about(booking)}:{rule.name}"
