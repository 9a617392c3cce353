"""What a coach does with a talk: takes it, gives it back or on, takes it over, blocks it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.console import queue, thread
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import HOME, see
from backend.console.sessions import SignedIn
from backend.console.talks.standing import LONGEST_NOTE, Refusal
from backend.console.thread import Answer
from backend.hygiene import clean, mask
from backend.services.handing import Hand, HasEnough, NobodyHasIt, NotOnDuty
from backend.services.pen import Pen
from backend.signals import Signal
from backend.talks.switchboard import until_settled
from backend.work import Work
from dialogs.talks import TakenByOther
from dialogs.text import Text, _, n_

Do = Literal["take", "over", "back", "end", "pass", "block", "unblock"]
Refused = TakenByOther | HasEnough | NotOnDuty | NobodyHasIt

NOBODY = _("This chat has ended or waits again. Nothing was changed.")


class Order(BaseModel):
    """A form. ``to``: a colleague's id, or the queue; ``holder``: who had it when it was drawn."""

    model_config = ConfigDict(frozen=True)

    do: Do
    to: str = Field(default="", max_length=64)
    holder: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=20_000)
    stood: Literal["", "queue"] = ""


async def act(
    console: ConsoleOf, who: Who, conversation: str, order: Annotated[Order, Form()]
) -> Response:
    """Do it, and go on to the conversation, or to the queue when it is over for her.

    What is refused is said on the page where she stood.
    """
    words, hidden = mask(clean(order.note).strip())
    problem = _fault(words, hidden=hidden)
    if problem is not None:
        refusal = Refusal(problem, words, HTTPStatus.UNPROCESSABLE_ENTITY)
        return await _stays(console, who, conversation, refusal, order.stood)
    try:
        await until_settled(lambda: _run(console, who, conversation, order))
    except (TakenByOther, HasEnough, NotOnDuty, NobodyHasIt) as refused:
        refusal = Refusal(await _why(console, who, refused, order.do), words)
        return await _stays(console, who, conversation, refusal, order.stood)
    console.runtime.hub.changed(conversation)
    if order.do in ("back", "end", "pass"):
        return see(HOME)
    return see(f"/console/threads/{conversation}#latest")


async def typing(console: ConsoleOf, who: Who, conversation: str) -> Response:
    """She writes in it just now: heard by who looks at it, and forgotten."""
    console.runtime.hub.does(Signal("typing", who.staff, conversation))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _run(console: Console, who: SignedIn, conversation: str, order: Order) -> None:
    """One transaction. Raises NoSuchThread, ChangedMeanwhile, or what refuses it."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        hand = Hand(Pen(work, runtime.switchboard, who.staff))
        match order.do:
            case "take":
                await hand.take(conversation)
            case "over":
                await hand.take_over(conversation, order.holder)
            case "back":
                await hand.hand_back(conversation, clean(order.note).strip())
            case "end":
                await hand.hand_back(conversation)
            case "pass":
                await hand.pass_on(conversation, order.to or None, clean(order.note).strip())
            case "block":
                await hand.block(conversation, on=True)
            case "unblock":
                await hand.block(conversation, on=False)


async def _stays(
    console: Console, who: SignedIn, conversation: str, refusal: Refusal, stood: str
) -> Response:
    """The page where she stood, with why not."""
    if stood == "queue":
        return await queue.page(console, who, refusal=refusal)
    return await thread.page(console, who, conversation, Answer(), refusal=refusal)


def _fault(note: str, *, hidden: bool) -> Text | None:
    """Why a note cannot be kept as it is."""
    if len(note) > LONGEST_NOTE:
        return _(
            "The text is too long. It has {n:number} characters, and {most:number} is the most.",
            n=len(note),
            most=LONGEST_NOTE,
        )
    if hidden:
        return _("There was a personal number in the text. It is hidden now. Read it once more.")
    return None


async def _why(console: Console, who: SignedIn, refused: Refused, do: Do) -> Text:
    """Why not, in words."""
    async with console.runtime.database.reading() as session:
        names = (await console.runtime.cache.get(session)).names
    match refused:
        case TakenByOther(coach=coach):
            return _taken(names.get(coach), is_news=do in ("take", "over"))
        case HasEnough(coach=coach, most=most) if coach == who.staff:
            return _enough(most)
        case HasEnough(coach=coach):
            name = names.get(coach, coach)
            return _("{name} has as many chats as possible. Choose somebody else.", name=name)
        case NotOnDuty(coach=coach):
            name = names.get(coach, coach)
            return _("{name} takes no chats any more. Choose somebody else.", name=name)
        case _:
            return NOBODY


def _enough(most: int) -> Text:
    return n_(
        "You have one chat already. You take no more at once.",
        "You have {n:number} chats already. You take no more at once.",
        n=most,
    )


def _taken(name: str | None, *, is_news: bool) -> Text:
    if name is None:
        return _("Somebody else has this chat now.")
    if is_news:
        return _("{name} has just taken it.", name=name)
    return _("{name} has this chat now. Nothing was changed.", name=name)
