"""A person answers: leave a message for the coaches, or ask to be called."""

from __future__ import annotations

from dialogs import places
from dialogs.core import (
    Dialog,
    Effect,
    End,
    GoTo,
    Outcome,
    Turn,
    after,
    ask,
    end,
    go,
    goto,
    say,
    to,
    typed,
)
from dialogs.ports import CallTime, NotANumber
from dialogs.talks import LeftMessage
from dialogs.text import Text, _

person = Dialog("person")

FEW_DIGITS = 4


@person.step
async def choose(turn: Turn) -> Outcome:
    """How a person should answer: now, when somebody is here."""
    desk = (await turn.ports.talks.standing()).desk
    now = (to(_("Talk now, here in the chat"), places.TALK, icon="person"),)
    opens = (_("We open on {at:moment}.", at=desk.opens),) if desk.opens else ()
    return ask(
        _("How do you want to reach a person?"),
        *(now if desk.is_staffed else opens),
        go(_("Write a message"), write),
        go(_("Call me"), number),
        to(_("Book a coach"), places.BOOK, icon="calendar"),
    )


@person.step
async def write(turn: Turn) -> Outcome:
    """An invitation to write to the coaches."""
    return ask(
        _("Write your message to the coaches now. You can write in your own language."),
        _("Do not write your personal number or address."),
        listen=typed(leave),
    )


@person.action
async def leave(turn: Turn, text: str) -> Effect:
    """Put the message into the queue."""
    await turn.ports.handoff.leave(text)
    await turn.ports.talks.happened(LeftMessage())
    return end(
        _("The coaches have your message. A person answers you here."),
        _("I cannot say when. You can go on asking me while you wait."),
        go(_("Write more"), write),
        go(_("Call me"), number),
    )


@person.step
async def number(turn: Turn) -> Outcome:
    """Ask for a telephone number, for this purpose only."""
    return ask(
        _("Which number should we call? Write it here."),
        _("Only the coaches see it. It is deleted when they have called."),
        listen=typed(take_number),
    )


@person.action
async def take_number(turn: Turn, text: str) -> Effect:
    """Keep the number, encrypted; it never enters the transcript."""
    try:
        await turn.ports.handoff.call_me(text)
    except NotANumber:
        wrong = say(
            _("That does not look like a telephone number. Write only digits, like 070 123 45 67.")
        )
        return after(wrong, GoTo(number.at(), conceal=_may_be_a_number(text)))
    return GoTo(when.at(), conceal=True)


def _may_be_a_number(text: str) -> bool:
    """A number with a slip in it is as private as a right one; a sentence is for the coaches."""
    return sum(char.isdigit() for char in text) >= FEW_DIGITS


@person.step
async def when(turn: Turn) -> Outcome:
    """A call is wished for already; the time makes it easier."""
    return ask(
        _("We have your number. When is a good time to call?"),
        *(go(label, take_time, wish) for wish, label in _times()),
    )


def _times() -> tuple[tuple[CallTime, Text], ...]:
    return (
        ("morning", _("In the morning")),
        ("afternoon", _("In the afternoon")),
        ("any", _("Any time")),
    )


@person.action
async def take_time(turn: Turn, wish: CallTime) -> Effect:
    """Note when a call suits her."""
    await turn.ports.handoff.call_when(wish)
    return _call_noted()


def _call_noted() -> End:
    return end(
        _("Good. A coach will call you. The number may be hidden."),
        go(_("Do not call me"), do_not_call),
    )


@person.action
async def do_not_call(turn: Turn) -> Effect:
    """Take the wish back."""
    await turn.ports.handoff.cancel_call()
    return end(_("We will not call. Your number is deleted."))


@person.action
async def sent(turn: Turn, kind: str) -> Effect:
    """A photo or a voice note: the assistant reads only text, so it goes to the coaches."""
    await turn.ports.handoff.leave("")
    await turn.ports.talks.happened(LeftMessage())
    return goto(sent_on, kind)


@person.step
async def sent_on(turn: Turn, kind: str) -> Outcome:
    """What she types next belongs to it: it is often the question."""
    got = {
        "photo": _("The coaches have your photo. A person looks at it and answers you here."),
    }.get(kind, _("The coaches have your recording. A person listens and answers you here."))
    return ask(
        got,
        _("I am a program and can only read text. What you write now goes to the coaches too."),
        go(_("Take it back"), take_back),
        to(_("Ask the assistant"), places.ASK_QUESTION, icon="question"),
        listen=typed(leave),
    )


@person.action
async def take_back(turn: Turn) -> Effect:
    """What she sent last is deleted, unless somebody has seen it."""
    if await turn.ports.handoff.take_back():
        return end(_("It is deleted. Nobody has seen it."))
    return end(_("A person has seen it already. Ask that person to delete it."))


@person.step
async def unread_file(turn: Turn, kind: str) -> Outcome:
    """Something we cannot take: nobody opens it, and we say what works instead."""
    opening = {
        "photo": _("I could not open that picture. I did not save it."),
        "voice": _("I could not open that recording. I did not save it."),
    }.get(kind, _("You can write, send a photo or record your voice. I did not save this."))
    return ask(
        opening,
        _("Write your question in words. Or let a person help you."),
        go(_("Call me"), number),
        go(_("Write a message"), write),
        listen=turn.session.listen,
    )
