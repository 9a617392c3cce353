"""A pause from one's papers: one word for why, until when, and the way back."""

from __future__ import annotations

from datetime import date

from dialogs import places
from dialogs.core import Dialog, Effect, GoTo, Outcome, Turn, after, ask, end, go, say, to
from dialogs.dates import HOW_TO_WRITE
from dialogs.messages import Place
from dialogs.papers import Pause
from dialogs.text import _

pause = Dialog("pause")


@pause.step
async def away(turn: Turn) -> Outcome:
    """Why there is to be a pause: one of two words, and no more is kept."""
    return ask(
        _("I can be quiet about your papers while you are away. Why? I keep only this word."),
        go(_("I am on parental leave"), until, "parent"),
        go(_("I am ill"), until, "ill"),
        _("Those who made the plans with you must hear it from you."),
    )


@pause.step
async def until(turn: Turn, why: Pause) -> Outcome:
    """Until when."""
    onward = Place(paused_until.name, (why,))
    return ask(
        _("Until which day?"),
        HOW_TO_WRITE,
        to(_("Choose with buttons"), places.choose_day(onward, "ahead")),
        go(_("I do not know"), paused, why),
        listen=places.typed_day(onward, "ahead"),
    )


@pause.action
async def paused_until(turn: Turn, why: Pause, day: date) -> Effect:
    """Quiet until a day."""
    await turn.ports.papers.pause(why, day)
    return end(
        _(
            "I am quiet about your papers. On {day:day} {year} I ask if we start again.",
            day=day,
            year=str(day.year),
        ),
        go(_("Start again now"), start_again),
    )


@pause.action
async def paused(turn: Turn, why: Pause) -> Effect:
    """Quiet, and asked once a month."""
    await turn.ports.papers.pause(why, None)
    return end(
        _("I am quiet about your papers. Once a month I ask if we start again."),
        go(_("Start again now"), start_again),
    )


@pause.action
async def start_again(turn: Turn) -> Effect:
    """Reminders are planned again."""
    await turn.ports.papers.start_again()
    told = say(
        _("Welcome back. I remind you again."),
        _("Dates may be different now. Ask those who made the plans with you."),
    )
    return after(told, GoTo(places.PAPERS))


@pause.step
async def away_still(turn: Turn) -> Outcome:
    """Answer to the question whether to start again: no."""
    return end(
        _("That is fine. I am quiet, and ask again later."),
        to(_("My papers"), places.PAPERS, icon="report"),
    )
