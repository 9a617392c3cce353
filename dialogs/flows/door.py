"""At the door of an activity: she types the code that is shown there, and has come."""

from __future__ import annotations

from dialogs import places
from dialogs.core import Dialog, Effect, End, GoTo, Turn, after, end, goto, to
from dialogs.gatherings import CheckedIn, TooManyTries, WrongCode
from dialogs.messages import Lines, Place
from dialogs.ports import Full
from dialogs.text import Text, _

door = Dialog("door")


@door.action
async def check_in(turn: Turn, code: str) -> Effect:
    """The code from a link or a picture."""
    return goto(typed_code, code, "")


@door.action
async def typed_code(turn: Turn, code: str, otherwise: str) -> Effect:
    """Six digits she has typed; what is no code goes to the step that was waiting for words."""
    try:
        found = await turn.ports.attendance.check_in(code)
    except WrongCode:
        if otherwise:
            return GoTo(Place(otherwise, (code,)))
        return _then_language(turn, _wrong_code())
    except TooManyTries:
        return _then_language(turn, _too_many_tries())
    except Full:
        return _then_language(turn, _full())
    return _then_language(turn, _checked_in(found))


def _then_language(turn: Turn, outcome: End) -> Effect:
    """Whoever is new here chooses a language next."""
    return outcome if turn.session.chosen else after(outcome.reply, GoTo(places.LANGUAGE))


def _checked_in(found: CheckedIn) -> End:
    return end(
        _first_words(found),
        Lines(
            (
                _("**{service}**", service=found.meeting.service.name),
                _("Time: {at:moment}", at=found.meeting.starts),
                _("Place: {unit}", unit=found.meeting.unit.name),
            )
        ),
        to(_("What is recorded about me"), places.RECORDED, icon="list"),
    )


def _first_words(found: CheckedIn) -> Text:
    match found.outcome:
        case "checked_in":
            return _("**You are checked in.** Welcome!")
        case "already":
            return _("You are checked in already.")
        case "seat_given":
            return _("**You are checked in.** You had no seat, and now you have one. Welcome!")


def _wrong_code() -> End:
    return end(
        _("That code is wrong or too old. Look at it again, or ask the person at the door."),
        to(_("My meetings"), places.MY_MEETINGS, icon="list"),
    )


def _full() -> End:
    return end(
        _("This activity is full, and you have no seat. Ask the person at the door."),
        to(_("Activities"), places.ACTIVITIES, icon="group"),
    )


def _too_many_tries() -> End:
    return end(
        _("The code was wrong too many times. Ask the person at the door to check you in."),
    )
