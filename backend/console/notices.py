"""What a person is told when staff change a meeting of hers."""

from __future__ import annotations

from datetime import datetime

from dialogs import cards, places
from dialogs.core import say, to
from dialogs.i18n import Languages
from dialogs.messages import Reply, Twin
from dialogs.ports import Meeting, Service, Wish
from dialogs.text import Text, _


def confirmed(meeting: Meeting) -> Reply:
    """Someone here has seen it."""
    return say(
        _("**Your meeting is confirmed.** You are welcome."),
        cards.meeting_card(meeting),
        to(_("Another time"), places.move(meeting.booking, meeting.version)),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
        to(_("More about this meeting"), places.about_meeting(meeting.booking)),
        twin=Twin.SHOWN,
        brief=cards.in_brief(meeting),
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
        brief=cards.moved_in_brief(meeting),
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
        brief=cards.cancelled_in_brief(meeting),
    )


def accepted(meeting: Meeting) -> Reply:
    """The time she asked for is hers."""
    return say(
        _("**Yes, you have this meeting.** I will remind you."),
        cards.meeting_card(meeting),
        to(_("Another time"), places.move(meeting.booking, meeting.version)),
        to(_("I can't come"), places.cannot_come(meeting.booking)),
        to(_("More about this meeting"), places.about_meeting(meeting.booking)),
        twin=Twin.SHOWN,
        brief=cards.in_brief(meeting),
    )


def declined(service: Service) -> Reply:
    """There is no time for it; a person tells her why when she asks."""
    return say(
        _("We have no time for the meeting you asked for. We are sorry."),
        _("**{service}**", service=service.name),
        to(_("Book a new time"), places.book(service.id), icon="calendar"),
        to(_("Write to a coach"), places.write_back(), icon="person"),
    )


def proposed(wish: Wish, languages: Languages) -> Reply:
    """Up to three times, each one tap away."""
    return say(
        _("**{service}**", service=wish.service.name),
        _("A coach proposes these times. Which one suits you?"),
        *_until(wish),
        *(
            to(
                cards.offer_label(offer, languages),
                places.pick_proposal(wish.booking, wish.version, index),
            )
            for index, offer in enumerate(wish.proposals)
        ),
        to(_("None of them suits me"), places.none_fits(wish.booking, wish.version)),
    )


def _until(wish: Wish) -> tuple[Text, ...]:
    if wish.until is None:
        return ()
    return (_("I keep them for you until {until:moment}.", until=wish.until),)


def interpreter_booked(meeting: Meeting, languages: Languages) -> Reply:
    """Somebody interprets."""
    return say(
        _("**An interpreter is booked for your meeting.**"),
        cards.short_place(meeting),
        *cards.interpreter_lines(meeting, languages),
        to(_("More about this meeting"), places.about_meeting(meeting.booking)),
    )


def interpreter_failed(meeting: Meeting) -> Reply:
    """Nobody interprets: what she can do instead."""
    return say(
        _("We have found no interpreter for your meeting. We are sorry."),
        cards.short_place(meeting),
        _("You can come anyway, take another time, or change the interpreter."),
        to(_("I come anyway"), places.will_come(meeting.booking)),
        to(_("Another time"), places.move(meeting.booking, meeting.version)),
        to(_("Change the interpreter"), places.interpreter(meeting.booking)),
    )
