"""The command menu in every language."""

from __future__ import annotations

from backend.settings import REPOSITORY
from bot.telegram.commands import DESCRIPTIONS, commands
from dialogs.i18n import Catalogue
from dialogs.routing import COMMANDS
from tests.telegram.rules import commands_error


def test_every_command_that_leads_somewhere_is_in_the_menu_and_no_other():
    assert list(DESCRIPTIONS) == list(COMMANDS)


def test_telegram_takes_the_menu_in_every_language():
    catalogue = Catalogue.load(REPOSITORY / "locales")
    for language in catalogue.languages.by_code:
        described = [one.model_dump() for one in commands(catalogue, language)]
        assert commands_error(described) is None
