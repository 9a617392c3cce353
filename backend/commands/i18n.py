"""``ingang i18n``: collect texts and update catalogues; with ``--check``, only look."""

from __future__ import annotations

import argparse

from backend import catalogues
from backend.commands.types import Commands
from backend.settings import REPOSITORY, Settings


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("i18n", help="collect texts and update every catalogue")
    parser.add_argument("--check", action="store_true", help="change nothing; 1 when incomplete")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Update the catalogues, or say what is missing."""
    if not chosen.check:
        catalogues.update(REPOSITORY)
    found = list(catalogues.problems(REPOSITORY))
    for problem in found:
        print(problem)
    return 1 if found and chosen.check else 0
