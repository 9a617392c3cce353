"""What a person hears in her conversation when her meeting was changed on its own page."""

from __future__ import annotations

from datetime import datetime

from backend.services.meetings import about
from backend.work import Planned
from dialogs import cards, places
from dialogs.core import say, to
from dialogs.messages import Reply, Twin
from dialogs.ports import Meeting
from dialogs.text import _


def cancelled(person: str, meeting: Meeting, now: datetime) -> Planned:
    """It is called off; a new time is one tap away."""
    again = to(_("Book a new time"), places.book(meeting.service.id), icon="calendar")
    reply = say(
        _("The meeting is cancelled. Thank you for telling us. You get no more reminders of it."),
        cards.short_place(meeting),
        *(() if meeting.service.group else (again,)),
        brief=cards.cancelled_in_brief(meeting),
    )
    return _told(person, meeting, reply, now)


def moved(person: str, meeting: Meeting, now: datetime) -> Planned:
    """It has the time that was chosen."""
    reply = say(
        _("**Moved.** This is the new time. I will remind you."),
        cards.meeting_card(meeting),
        to(_("Change or cancel"), places.meeting(meeting.booking)),
        twin=Twin.SHOWN,
        brief=cards.moved_in_brief(meeting),
    )
    return _told(person, meeting, reply, now)


def _told(person: str, meeting: Meeting, reply: Reply, now: datetime) -> Planned:
    subject = about(meeting.booking)
    return Planned(
        person,
        reply,
        now,
        f"{subject}:{meeting.version}:by-link",
        meeting.starts,
        subject,
        meeting.version,
    )
