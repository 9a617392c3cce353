"""Who sees what, what is kept, and how to have it deleted."""

from __future__ import annotations

from dialogs import places
from dialogs.core import Dialog, Effect, Outcome, Turn, ask, end, go, say, to
from dialogs.messages import Lines, Reply
from dialogs.text import _, n_

privacy = Dialog("privacy")


@privacy.step
async def overview(turn: Turn) -> Outcome:
    """In a few sentences: who reads, who does not, for how long."""
    kept = await turn.ports.people.holding()
    by_machine = _(
        "A machine may translate what you write to the coaches. "
        "They always see your own words too."
    )
    translated = (by_machine,) if kept.is_translated else ()
    return ask(
        _("You do not need to say your name here."),
        _(
            "The coaches at Etableringscentrum can read what you write, and see your meetings. "
            "We do not send it to other authorities. There are no advertisements here."
        ),
        n_(
            "What you write is deleted one day after your last message.",
            "What you write is deleted {n:number} days after your last message.",
            n=kept.kept_days,
        ),
        _(
            "Your questions are also kept without who asked them, just as long. "
            "From them we learn which answers are missing."
        ),
        n_(
            "Photos and voice messages are deleted one day after you sent them.",
            "Photos and voice messages are deleted {n:number} days after you sent them.",
            n=kept.file_days,
        ),
        *translated,
        go(_("What do you have about me?"), my_data),
        go(_("Delete me"), ask_delete),
    )


@privacy.step
async def my_data(turn: Turn) -> Outcome:
    """Everything that is stored about the person, counted."""
    kept = await turn.ports.people.holding()
    means = await turn.ports.reach.mine()
    return ask(
        _("This is what we have about you:"),
        Lines(
            (
                _("Your language: {language}", language=turn.ports.languages[turn.language].name),
                _("First contact: {at:day}", at=kept.since),
                _("Messages: {n:number}", n=kept.messages),
                _("Photos and voice messages: {n:number}", n=kept.files),
                _("Meetings: {n:number}", n=kept.meetings),
                _("Reminders to come: {n:number}", n=kept.reminders),
                _("Dates you gave me: {n:number}", n=kept.dates),
                _("Cards with your papers: {n:number}", n=kept.papers),
                _("Telephone numbers for a call: {n:number}", n=kept.contacts),
                _("Numbers and mail addresses for reminders: {n:number}", n=means.given),
            )
        ),
        _("We do not have your name, your personal number, your address or where you are."),
        to(_("What is recorded about me"), places.RECORDED, icon="list"),
        go(_("Delete me"), ask_delete),
    )


@privacy.step
async def ask_delete(turn: Turn) -> Outcome:
    """Say what deleting does before it is done."""
    return ask(
        turn.ports.people.promise(),
        _("Your meetings will be cancelled. You get no more reminders."),
        go(_("Yes, delete me"), delete),
    )


@privacy.action
async def delete(turn: Turn) -> Effect:
    """Delete, and give a receipt."""
    await turn.ports.people.erase()
    return end(
        turn.ports.people.receipt(),
        _("Write to me if you want to start again."),
    )


def number_hidden() -> Reply:
    """What is said when a personnummer was typed and hidden."""
    return say(
        _(
            "I have hidden a number that looked like a personal number. "
            "You never need to write it here."
        )
    )
