"""Talking to a person here and now: asking, waiting, and ending it."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs import notices, places
from dialogs.core import Content, Dialog, Effect, GoTo, Outcome, Turn, ask, end, go, goto
from dialogs.talks import Asked, Closed, InQueue, NotNow, Standing, StillHere, Stopped
from dialogs.text import _

talk = Dialog("talk")


@talk.action
async def ask_now(turn: Turn, is_urgent: bool) -> Effect:
    """She wants a person: into the queue, or what there is while nobody is here."""
    told = await turn.ports.talks.happened(Asked(is_urgent))
    away = next((each for each in told if isinstance(each, Closed | NotNow)), None)
    if away is None:
        return goto(here)
    return end(*notices.content_of(away, {}))


@talk.step
async def here(turn: Turn) -> Outcome:
    """How it stands: her place, or who is here."""
    standing = await turn.ports.talks.standing()
    match standing.talk.owner:
        case "queue":
            place = InQueue(standing.desk.place, standing.desk.minutes)
            return ask(*notices.in_queue(place), *notices.while_waiting())
        case "coach":
            return ask(*_with(standing), go(_("End the talk"), finish))
        case _:
            return GoTo(places.PERSON)


def _with(standing: Standing) -> Iterator[Content]:
    if standing.name:
        yield _("You are talking with {name}, a person.", name=standing.name)
    else:
        yield _("You are talking with a person.")
    yield _("What you write goes to this person.")


@talk.step
async def only_these(turn: Turn) -> Outcome:
    """She sent something that nobody here can open."""
    return ask(
        _("That could not be sent. You can write, send a photo, or record your voice."),
        go(_("End the talk"), finish),
    )


@talk.action
async def stop(turn: Turn) -> Effect:
    """She waits no more; a coach who has come meanwhile stays."""
    return goto(here) if await _is_with_a_coach(turn) else await _leave(turn)


@talk.action
async def finish(turn: Turn) -> Effect:
    """The talk is over: the assistant again."""
    return await _leave(turn)


async def _is_with_a_coach(turn: Turn) -> bool:
    return (await turn.ports.talks.standing()).talk.owner == "coach"


async def _leave(turn: Turn) -> Effect:
    told = await turn.ports.talks.happened(Stopped())
    if not told:
        return GoTo(places.MENU)  # it had ended already
    return end(*(part for notice in told for part in notices.content_of(notice, {})))


@talk.action
async def stay(turn: Turn) -> Effect:
    """She is there."""
    await turn.ports.talks.happened(StillHere())
    return goto(here)


@talk.action
async def book_instead(turn: Turn) -> Effect:
    """A time with a coach rather than waiting."""
    if await _is_with_a_coach(turn):
        return goto(here)
    await turn.ports.talks.happened(Stopped())
    return GoTo(places.BOOK)


@talk.action
async def write_instead(turn: Turn) -> Effect:
    """A message rather than waiting."""
    if await _is_with_a_coach(turn):
        return goto(here)
    await turn.ports.talks.happened(Stopped())
    return GoTo(places.WRITE)


@talk.action
async def rate(turn: Turn, grade: int) -> Effect:
    """One of three faces."""
    await turn.ports.talks.rate(grade)
    return end(_("Thank you. It helps us to be better."))
