"""What a person is told when staff give her a seat, a place in a course, or one in line."""

from __future__ import annotations

from dialogs import cards, places
from dialogs.core import say, to
from dialogs.messages import Reply, Twin
from dialogs.ports import Meeting
from dialogs.text import Text, Words, _


def seated(meeting: Meeting) -> Reply:
    """A seat that somebody here has taken for her."""
    return say(
        _("**You have a seat.** A coach has signed you up for this."),
        cards.meeting_card(meeting),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
        to(_("More about this meeting"), places.about_meeting(meeting.booking)),
        twin=Twin.SHOWN,
    )


def enrolled(course: Text | Words, first: Meeting | None) -> Reply:
    """A course that somebody here has signed her up for."""
    when = (_("The first time is {at:moment}.", at=first.starts),) if first else ()
    return say(
        _("**You have a place in {course}.** A coach has signed you up.", course=course),
        *when,
        to(_("My meetings"), places.MY_MEETINGS, icon="calendar"),
        twin=Twin.SHOWN,
    )


def in_line(course: Text | Words) -> Reply:
    """The course is full: what happens next."""
    return say(
        _("**You wait for a place in {course}.**", course=course),
        _("I will tell you when there is one."),
        to(_("My meetings"), places.MY_MEETINGS, icon="calendar"),
        twin=Twin.SHOWN,
    )


def left(course: Text | Words) -> Reply:
    """A course that she is no longer in."""
    return say(
        _("**You are no longer signed up for {course}.**", course=course),
        _("A coach has changed this."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
        to(_("Write to a coach"), places.write_back(), icon="person"),
        twin=Twin.SHOWN,
    )
