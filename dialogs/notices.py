"""What she is told when somebody else speaks with her: one message for each notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from dialogs import places
from dialogs.core import Content, say, to
from dialogs.messages import Button, Place, Reply
from dialogs.talks import (
    AreYouThere,
    Closed,
    CoachLeft,
    InQueue,
    Joined,
    Later,
    Notice,
    NotNow,
    StillWaiting,
    WithAssistant,
)
from dialogs.text import Text, _, n_

FACES = ((3, "good"), (2, "middling"), (1, "bad"))


def reply_for(notice: Notice, names: Mapping[str, str]) -> Reply:
    """The message; ``names`` are the coaches' first names by id."""
    return say(*content_of(notice, names))


def content_of(notice: Notice, names: Mapping[str, str]) -> tuple[Content, ...]:
    """Its paragraphs and buttons."""
    match notice:
        case InQueue() | StillWaiting() | CoachLeft():
            return (*_in_line(notice, names), *while_waiting())
        case Closed(opens=opens) | Later(opens=opens):
            return tuple(_nobody(opens, is_kept=isinstance(notice, Later)))
        case Joined(coach=coach, before=before):
            return tuple(_joined(names.get(coach), names.get(before or "")))
        case WithAssistant(coach=coach):
            return tuple(_assistant(with_faces=coach is not None))
        case NotNow(until=until):
            return tuple(_not_now(until))
        case AreYouThere():
            return tuple(_are_you_there())


def _in_line(
    notice: InQueue | StillWaiting | CoachLeft, names: Mapping[str, str]
) -> Iterator[Text]:
    match notice:
        case InQueue():
            yield from in_queue(notice)
        case StillWaiting():
            yield _("It takes longer than usual. You can wait, or choose:")
        case CoachLeft(coach=coach, place=place):
            yield from _gone(names.get(coach))
            yield _number(place)


def in_queue(queued: InQueue) -> Iterator[Text]:
    """Her place, and how long others have really waited."""
    if queued.is_first:
        yield _("We are finding a person for you. You can write already now.")
    yield _number(queued.place)
    if queued.minutes:
        yield n_(
            "Others have waited about one minute lately.",
            "Others have waited about {n:number} minutes lately.",
            n=queued.minutes,
        )


def while_waiting() -> tuple[Button, ...]:
    """What she can do instead of waiting."""
    return (
        Button(_("Leave a message instead"), Place("talk.write_instead"), "report"),
        Button(_("Book a coach instead"), Place("talk.book_instead"), "calendar"),
        Button(_("Stop waiting"), places.STOP_WAITING, "back"),
    )


def faces() -> Iterator[Button]:
    """How it was, in three faces."""
    labels = {3: _("Good"), 2: _("So-so"), 1: _("Not good")}
    for grade, name in FACES:
        yield Button(labels[grade], Place("talk.rate", (grade,)), f"face-{name}")


def _number(place: int) -> Text:
    if place == 1:
        return _("You are first in the queue.")
    return _("You are number {n:number} in the queue.", n=place)


def _joined(name: str | None, before: str | None) -> Iterator[Content]:
    if name and before:
        yield _("{name} takes over from {before}.", before=before, name=name)
    if name:
        yield _("{name} is here now. {name} is a person, not the assistant.", name=name)
    else:
        yield _("A person is here now, not the assistant.")
    yield _("What you write goes to this person.")


def _gone(name: str | None) -> Iterator[Text]:
    if name:
        yield _("{name} had to leave. Another person will answer you.", name=name)
    else:
        yield _("The person had to leave. Another person will answer you.")


def _nobody(opens: datetime | None, *, is_kept: bool) -> Iterator[Content]:
    """``is_kept``: she has waited, and need not write it again."""
    if is_kept:
        yield _("Nobody could answer now. What you wrote is kept. It is answered first.")
    elif opens:
        yield _("Nobody is here to talk now.")
    else:
        yield _("Nobody can talk here right now. You can leave a message.")
    if opens:
        yield _("We open on {at:moment}.", at=opens)
    if is_kept:
        yield _("The answer comes here. The assistant can help you until then.")
    yield to(_("Write more") if is_kept else _("Leave a message"), places.WRITE, icon="report")
    yield to(_("Book a coach"), places.BOOK, icon="calendar")
    yield to(_("Ask the assistant"), places.ASK_QUESTION, icon="question")


def _are_you_there() -> Iterator[Content]:
    yield _("Are you still there? There is no hurry.")
    yield Button(_("Yes, I am here"), Place("talk.stay"), "yes")
    yield Button(_("I have no more questions"), places.END_TALK)


def _assistant(*, with_faces: bool) -> Iterator[Content]:
    yield _("You are with the automatic assistant again.")
    if with_faces:
        yield _("How was it to talk to a person here?")
        yield from faces()
    yield to(_("Menu"), places.MENU, icon="menu")


def _not_now(until: datetime) -> Iterator[Content]:
    yield _("You cannot write to a person here until {at:moment}.", at=until)
    yield _("The assistant can answer you. You can also book a meeting and come to us.")
    yield to(_("Book a coach"), places.BOOK, icon="calendar")
    yield to(_("Menu"), places.MENU, icon="menu")
