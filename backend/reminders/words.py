"""What reminders say. Fixed words, true also when they come late; a meeting brings the rest.

A reminder never threatens or blames, and never says more of a meeting than its card does, for
other eyes read telephones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from backend.reminders.rules import Kind, Opening
from backend.services.walltime import local_day
from dialogs import cards, places
from dialogs.core import say, to
from dialogs.i18n import Languages
from dialogs.messages import Button, Lines, Reply, Urgency
from dialogs.ports import Meeting, Offer
from dialogs.text import Text, _, n_


def reminder(words: Opening, meeting: Meeting, kind: Kind) -> Reply:
    """One reminder that comes before a meeting."""
    return TEMPLATES[words](meeting, kind)


def of_a_day(day: date, meetings: Sequence[Meeting]) -> Reply:
    """Everything of one day in one message, in order of time."""
    brief = n_(
        "{at:short} and one thing more",
        "{at:short} and {n:number} things more",
        n=len(meetings) - 1,
        at=meetings[0].starts,
    )
    return say(
        _("Remember: this is what you have on {day:day}.", day=day),
        *(Lines((_what(meeting), _where(meeting), *_bring(meeting))) for meeting in meetings),
        *(to(_what(meeting), places.meeting(meeting.booking)) for meeting in meetings),
        to(_("I can't come to something"), places.MY_MEETINGS, icon="list"),
        urgency=Urgency.REMINDER,
        brief=brief,
    )


def new_time(
    meeting: Meeting, offers: Sequence[Offer], languages: Languages, *, missed: bool
) -> Reply:
    """After a meeting: free times, each one tap away. Nobody is asked why she did not come."""
    opening = (_("We missed you on {day:day}.", day=local_day(meeting.starts)),)
    return say(
        *(opening if missed else ()),
        _("Shall we find a new time?"),
        *(to(cards.offer_label(offer, languages), places.hold(offer.slot)) for offer in offers),
        to(_("More times"), places.book(meeting.service.id), icon="calendar"),
        to(_("Write to a coach"), places.write_back(), icon="person"),
        urgency=Urgency.REMINDER,
        brief=_("Shall we find a new time?"),
    )


def _soon(meeting: Meeting, kind: Kind) -> Reply:
    booked = {
        "meeting": _("You have booked a meeting. Does the time still suit you?"),
        "activity": _("You have a seat at an activity. Does the time still suit you?"),
        "lesson": _("You have a lesson. Does the time still suit you?"),
    }
    return _said(meeting, booked[kind], cards.meeting_card(meeting))


def _remember(meeting: Meeting, kind: Kind) -> Reply:
    opening = {
        "meeting": _("Remember: you have a meeting."),
        "activity": _("Remember: you have an activity."),
        "lesson": _("Remember: you have a lesson."),
    }
    return _said(meeting, opening[kind], *_welcome(meeting), cards.meeting_card(meeting))


def _today(meeting: Meeting, kind: Kind) -> Reply:
    opening = {
        "meeting": _("You have a meeting today."),
        "activity": _("You have an activity today."),
        "lesson": _("You have a lesson today."),
    }
    way = Lines((_("Time: {at:moment}", at=meeting.starts), *cards.where(meeting)))
    return _said(meeting, opening[kind], way)


TEMPLATES: Mapping[Opening, Callable[[Meeting, Kind], Reply]] = {
    "soon": _soon,
    "remember": _remember,
    "today": _today,
}


def _said(meeting: Meeting, *parts: Text | Lines) -> Reply:
    return say(
        *parts,
        *_answers(meeting),
        urgency=Urgency.REMINDER,
        brief=cards.in_brief(meeting),
    )


def _welcome(meeting: Meeting) -> Iterator[Text]:
    """Who is waiting for her: a first name does more than an office's."""
    if meeting.coach is None:
        return
    match meeting.mode:
        case "on_site":
            yield _(
                "{coach} at {unit} looks forward to seeing you.",
                coach=meeting.coach,
                unit=meeting.unit.name,
            )
        case "video":
            yield _("{coach} looks forward to seeing you.", coach=meeting.coach)
        case "phone":
            yield _("{coach} looks forward to talking with you.", coach=meeting.coach)


def _answers(meeting: Meeting) -> Iterator[Button]:
    yield to(_("I will come"), places.will_come(meeting.booking))
    if not meeting.service.group:
        yield to(_("Another time"), places.move(meeting.booking, meeting.version))
    yield to(_("I can't come"), places.cannot_come(meeting.booking))


def _what(meeting: Meeting) -> Text:
    return _("{at:time} {service}", at=meeting.starts, service=meeting.service.name)


def _where(meeting: Meeting) -> Text:
    match meeting.mode:
        case "phone":
            return _("By phone: we call you.")
        case "video":
            return cards.by_video(meeting)
        case "on_site":
            unit = meeting.unit
            return _("Place: {unit}, {address}", unit=unit.name, address=unit.address)


def _bring(meeting: Meeting) -> Iterator[Text]:
    if meeting.service.bring:
        yield _("Bring: {things}", things=meeting.service.bring)
