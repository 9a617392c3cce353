"""What a person is told when staff change a meeting of hers."""

from __future__ import annotations

from datetime import datetime

from dialogs import cards, places
from dialogs.core import say, to
from dialogs.messages import Reply, Twin
from dialogs.ports import Meeting
from dialogs.text import _


def confirmed(meeting: Meeting) -> Reply:
    """Someone here has seen it."""
    return say(
        _("**Your meeting is confirmed.** You are welcome."),
        cards.meeting_card(meeting),
        to(_("Change or cancel"), places.meeting(meeting.booking)),
        twin=Twin.SHOWN,
    )


def moved(meeting: Meeting, before: datetime) -> Reply:
    """A new time, and ways out if it does not suit her."""
    return say(
        _("**Your meeting has a new time.** We had to move it. We are sorry."),
        _("It is no longer on {at:moment}.", at=before),
        cards.meeting_card(meeting),
        to(_("Another time"), places.move(meeting.booking, meeting.version)),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
        twin=Twin.SHOWN,
    )


def cancelled(meeting: Meeting) -> Reply:
    """Called off by us; a new time is one tap away."""
    again = (
        to(_("Activities"), places.ACTIVITIES, icon="group")
        if meeting.service.group
        else to(_("Book a new time"), places.book(meeting.service.id), icon="calendar")
    )
    return say(
        _("**Your meeting is cancelled.** We could not keep it. We are sorry."),
        cards.short_place(meeting),
        again,
        to(_("Write to a coach"), places.write_back(), icon="person"),
        twin=Twin.SHOWN,
    )
