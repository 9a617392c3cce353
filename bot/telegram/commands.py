"""The commands Telegram shows in its menu, described in the person's language."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import BotCommand

from dialogs.i18n import Catalogue
from dialogs.text import _

DESCRIPTIONS = {
    "start": _("Start from the beginning"),
    "menu": _("Show the menu"),
    "ask": _("Ask a question"),
    "book": _("Book a coach"),
    "my": _("My meetings"),
    "plan": _("My papers, my first weeks, my dates"),
    "person": _("Talk to a person"),
    "language": _("Change language"),
    "privacy": _("Who sees what I write"),
    "mydata": _("What do you have about me?"),
    "delete": _("Delete me"),
    "help": _("How this works"),
}


def commands(catalogue: Catalogue, language: str) -> Sequence[BotCommand]:
    """Every command with its description in ``language``. Names stay Latin, as Telegram asks."""
    return [
        BotCommand(command=name, description=catalogue.translate(text, language))
        for name, text in DESCRIPTIONS.items()
    ]
