"""Fixed cards for danger: short, written by people, and shown before anything else."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs import places
from dialogs.core import Dialog, Outcome, Turn, ask, say, to
from dialogs.messages import Button, Reply, Urgency
from dialogs.text import Text, Web, _

emergency = Dialog("emergency")

ABUSE = {"violence", "forced-travel"}

SOS = Web("112", "tel:112")
POLICE = Web("114 14", "tel:+4611414")
CARE = Web("1177", "tel:1177")
POLICE_FROM_ABROAD = Web("+46 77 114 14 00", "tel:+46771141400")
FOREIGN_MINISTRY = Web("+46 8 405 50 05", "tel:+4684055005")
WOMEN = Web("020-50 50 50", "tel:+4620505050")


def _texts() -> Mapping[str, tuple[Text, ...]]:
    call = _("**Are you in danger now? Call {number}.** It works from every phone.", number=SOS)
    ask_for = _("Say what has happened and where you are. Stay on the line.")
    return {
        "emergency": (
            call,
            ask_for,
            _("Ill, but not in danger: call {number}.", number=CARE),
            _("The police, when it is not urgent: call {number}.", number=POLICE),
        ),
        "violence": (
            call,
            ask_for,
            _(
                "Has someone hurt you or threatened you? It is not your fault. Call {number}: "
                "Kvinnofridslinjen, day and night. You do not need to say your name. "
                "The call is not shown on the phone bill.",
                number=WOMEN,
            ),
        ),
        "forced-travel": (
            _("**Does someone force you to travel or to marry? Call {number} now.**", number=SOS),
            _("You decide over your own life. Forcing someone to marry is a crime in Sweden."),
            _("The police, when it is not urgent: call {number}.", number=POLICE),
            _(
                "Are you already abroad? Call the Swedish police: {police}, or the Ministry for "
                "Foreign Affairs, day and night: {ministry}.",
                police=POLICE_FROM_ABROAD,
                ministry=FOREIGN_MINISTRY,
            ),
        ),
        "self-harm": (
            _("**Do you think of taking your life? Call {number} now.**", number=SOS),
            _("You do not have to be alone with this. Tell someone near you."),
            _("For advice about how you feel: call {number}.", number=CARE),
        ),
    }


def card_for(kind: str) -> Reply:
    """The card for one kind of danger; an unknown kind gets the general one."""
    texts = _texts()
    return say(*texts.get(kind, texts["emergency"]), urgency=Urgency.CRISIS)


@emergency.step
async def card(turn: Turn, kind: str) -> Outcome:
    """The card as a page, with a way to a person."""
    return ask(
        *card_for(kind).parts,
        *_further(kind),
        to(_("Talk to a person"), places.TALK_IN_DANGER, icon="person"),
    )


@emergency.step
async def card_before(turn: Turn, kind: str, words: str) -> Outcome:
    """The card for words that may mean danger; when they do not, one tap leads to the answer."""
    return ask(
        *card_for(kind).parts,
        *_further(kind),
        to(_("Talk to a person"), places.TALK_IN_DANGER, icon="person"),
        to(_("Nobody is in danger: answer me"), places.answer_to(words), icon="question"),
    )


def _further(kind: str) -> tuple[Button, ...]:
    slug = "violence-help" if kind in ABUSE else "emergency-numbers"
    label = _("Help against violence") if kind in ABUSE else _("Which number to call")
    return (to(label, places.article(slug), icon="info"),)
