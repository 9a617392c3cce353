"""What every change of a booking by staff ends with: telling the person, or saying why not."""

from __future__ import annotations

from backend.console.context import Console
from backend.console.sessions import SignedIn
from backend.services.claims import HasOpenBooking
from backend.services.pen import Pen
from backend.work import Work
from dialogs.ports import OwnClash, SlotGone, SlotTaken
from dialogs.text import Text, _


def pen_of(console: Console, work: Work, who: SignedIn) -> Pen:
    """To write to people in the name of who is signed in."""
    return Pen(work, console.runtime.switchboard, who.staff)


def wake(console: Console, told: str | None) -> None:
    """After the commit: there may be something to release and to show."""
    console.runtime.hub.nudge()
    if told is not None:
        console.runtime.hub.changed(told)


def why_not(error: Exception, otherwise: Text) -> Text:
    """Why a time could not be had, in words for staff."""
    match error:
        case SlotTaken():
            return _("Someone else has just taken that time. Nothing was changed.")
        case SlotGone():
            return _("That time is no longer free to book. Nothing was changed.")
        case OwnClash():
            return _("The person has something else at that time. Nothing was changed.")
        case HasOpenBooking():
            return _("The person has a meeting of this kind already. Move that one instead.")
        case _:
            return otherwise
